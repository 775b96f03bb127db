/* supervisor_subject.h: does to real supervisors, under the virtual clock, what was done to the
 * model, and writes the same story.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_SUPERVISOR_SUBJECT_H
#define RS_FUZZ_SUPERVISOR_SUBJECT_H

#include "fuzz/supervisor_model.h"

/* rs_subject_run plays the operations, each when the model says that it begins, on a tree of
 * `root`. */
void rs_subject_run(rs_model_story *story, const rs_model_node *root, const rs_model_op *ops,
                    uint32_t count);

#endif
