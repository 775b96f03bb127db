/* apart.h: one attempt in a process of its own, for who must outlive it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APART_H
#define RS_APART_H

#include "scenarios/explore/attempt.h"

#include <sys/types.h>

/* rs_apart_run is rs_attempt_run in a child process, which is killed after `timeout_ns` of the
 * wall: the attempt is then late, and tells how far it had come. `look` runs in the child: what it
 * writes must lie in shared memory (rs_map_create). Errors: false when the system has no process
 * for it. */
bool rs_apart_run(const rs_attempt_order *order, uint64_t timeout_ns, rs_attempt *attempt,
                  rs_attempt_look *look, void *context);

/* rs_apart_tell writes how a run ended that took its process along: `status` as of waitpid. */
void rs_apart_tell(int status, char *text, size_t bytes);

/* rs_apart_detach makes the calling child end with its `parent`, and leaves Ctrl-C to that. */
void rs_apart_detach(pid_t parent);

#endif
