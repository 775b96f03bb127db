/* choices.h: a scheduler's choices, written down: "0*57 1 0*3 2" are ranks by age, 0 being who has
 * been ready longest, each as often as stands behind its star. One text holds as many as a line
 * has room for; what lies behind the last other than 0 is left out, for so `fifo` chooses, too.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CHOICES_H
#define RS_CHOICES_H

#include "runtime/sched/sched.h"
#include "scenarios/language/reader.h"

/* Choices with more than one process ready; a run that makes more is too long to be repeated by
 * them. In memory 4 MiB, in a file two or three. */
#define RS_CHOICES_MAX (1u << 20)

/* Of a line of 100 columns what indentation and quotes leave. */
#define RS_CHOICES_TEXT_BYTES 92u

/* rs_choices_read returns what the list `value` says; NULL after a problem.
 * Owner: reader->memory. */
const rs_choices *rs_choices_read(rs_reader *reader, const rs_document_node *value);

/* rs_choices_trim returns those up to the last that is not 0. Owner: `choices` keeps the ranks. */
rs_choices rs_choices_trim(const rs_choices *choices);

/* rs_choices_print writes those from number `from` on, one at least, that fit into `text`, and
 * returns the number of the next; `from` is below the count of what has found its room. */
uint64_t rs_choices_print(const rs_choices *choices, uint64_t from,
                          char text[RS_CHOICES_TEXT_BYTES]);

#endif
