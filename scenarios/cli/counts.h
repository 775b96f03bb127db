/* counts.h: what counted pairs may be of, and what is said of them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_COUNTS_H
#define RS_CLI_COUNTS_H

#include "scenarios/cli/pairs.h"

/* rs_counts_possible says whether instructions of these sides can be compared. False, after a
 * message on stderr. */
bool rs_counts_possible(const rs_options *options, const rs_side *a, const rs_side *b);

/* rs_counts_note writes how far each side's repetitions lie apart. */
void rs_counts_note(const rs_pairs *pairs, char *text, size_t bytes);

/* rs_counts_why writes the sentence behind the word of pairs that were counted. */
void rs_counts_why(const rs_pairs *pairs, char *text, size_t bytes);

/* rs_counts_how returns how it was counted; static. */
const char *rs_counts_how(void);

#endif
