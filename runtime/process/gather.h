/* gather.h: the last look at a process that ends as it should not have: its crash report.
 *
 * Only where the observer listens is anything gathered, and nothing is paid otherwise. Facts are
 * read inside the runtime; then the process itself, in user mode, lets the types tell the messages
 * and the behaviour its state: what they do wrong is theirs, and cannot change how it ends.
 * Source: rule G13.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GATHER_H
#define RS_GATHER_H

#include "runtime/process/process.h"

/* What a process handled lately, by its place; see rs_observer.recent. */
typedef struct rs_recent rs_recent;

/* rs_gather_is_on says whether anybody listens. Also where no runtime runs any more. */
static inline bool rs_gather_is_on(void) {
    const rs_runtime *runtime = rs_the_runtime;
    return RS_UNLIKELY(runtime && runtime->observer.crash);
}

/* rs_gather_keeps_messages says whether the observer wants to hear what was handled before. */
static inline bool rs_gather_keeps_messages(const rs_runtime *runtime) {
    return runtime->observer.crash && runtime->observer.recent;
}

/* rs_gather_init prepares what the observer wants kept for `places` processes; false: no memory. */
bool rs_gather_init(rs_runtime *runtime, uint32_t places);
void rs_gather_fini(rs_runtime *runtime, uint32_t places);

/* rs_gather_born forgets what whoever had the place of `process` before had handled. */
void rs_gather_born(rs_runtime *runtime, const rs_process *process);

/* rs_gather_message remembers that the caller is about to handle `message`. In a section. */
void rs_gather_message(rs_core *core, const rs_process *self, const rs_message *message);

/* rs_gather_crash tells the observer of the end of the caller, whose reason is set, and fills the
 * report that it asks for. In a section, which is left meanwhile; returns the core. */
rs_core *rs_gather_crash(rs_core *core, const rs_crash_frames *frames);

#endif
