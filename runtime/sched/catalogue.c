/* catalogue.c: the scheduler designs, one line each.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/sched.h"

extern const rs_sched_kind rs_sched_steal, rs_sched_global, rs_sched_pinned, rs_sched_migrate,
    rs_sched_deadline, rs_sched_fifo, rs_sched_random, rs_sched_pct, rs_sched_replay;

const rs_sched_kind *rs_scheds[RS_SCHEDS_MAX + 1] = {
    &rs_sched_steal, &rs_sched_global, &rs_sched_pinned, &rs_sched_migrate, &rs_sched_deadline,
    &rs_sched_fifo,  &rs_sched_random, &rs_sched_pct,    &rs_sched_replay,  NULL,
};
