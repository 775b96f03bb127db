/* clock.h: the door for time. Real: CLOCK_MONOTONIC. Virtual: the core's own count of declared
 * costs.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLOCK_H
#define RS_CLOCK_H

#include "runtime/process/process.h"

/* rs_clock_real_ns reads the monotonic clock of the machine, and adds what the run's has jumped
 * (see rs_bend_jump). Any thread. */
uint64_t rs_clock_real_ns(void);

/* rs_clock_now returns the run's time on `core`. */
static inline uint64_t rs_clock_now(rs_core *core) {
    return core->is_virtual ? core->now_ns : (core->now_ns = rs_clock_real_ns());
}

/* rs_clock_spend adds a declared cost; nothing under the real clock. */
static inline void rs_clock_spend(rs_core *core, uint64_t cost_ns) {
    if (RS_UNLIKELY(core->is_virtual)) core->now_ns += cost_ns;
}

/* rs_clock_newest returns when the newest signal for `process` was sent. Under the virtual clock
 * nothing is received before it was sent: rs_clock_note_sent tells when that was, and
 * rs_clock_catch_up lets `self` wait until then. */
static inline uint64_t *rs_clock_newest(const rs_core *core, const rs_process *process) {
    return &core->runtime->newest_ns[process - core->runtime->processes];
}

static inline void rs_clock_note_sent(const rs_core *core, const rs_process *to) {
    uint64_t *newest_ns = rs_clock_newest(core, to);
    if (*newest_ns < core->now_ns) *newest_ns = core->now_ns;
}

static inline void rs_clock_catch_up(rs_core *core, const rs_process *self) {
    uint64_t newest_ns = *rs_clock_newest(core, self);
    if (core->now_ns < newest_ns) core->now_ns = newest_ns;
}

/* How much later than the true time rs_clock_no_earlier may answer. */
#define RS_CLOCK_SLACK_NS 10000u

/* rs_clock_refresh reads the machine's clock for `core` and notes the cycle counter beside it. */
void rs_clock_refresh(rs_core *core);

/* rs_clock_no_earlier returns a time that is not before now and at most RS_CLOCK_SLACK_NS after:
 * for the deadlines of calls, where reading the clock exactly (20 ns) would be a third of the call.
 */
uint64_t rs_clock_no_earlier(rs_core *core);

#endif
