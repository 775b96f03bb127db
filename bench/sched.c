/* sched.c: what it costs that designs can be exchanged. One iteration makes a task ready and takes
 * one out, a few at a time, with the code of `steal`: once through the pointers of its
 * rs_sched_kind, as the runtime does, and once as calls that the compiler knows. The branch is
 * predicted in both; what is left of the difference is the call itself and what inlining saves.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

/* The functions themselves are static: a copy of the file, whose design gets another name. */
#define rs_sched_steal direct_steal
#include "runtime/sched/steal.c"
#undef rs_sched_steal

#define TASKS  16u /* ready at a time: a ping-pong would measure how slot and ring are forwarded */
#define ROUNDS 64u

/* The compiler must not know which design it is. */
static const rs_sched_kind *volatile chosen;

/* A design with memory of its own; NULL when there is none. Owner: the caller, who frees it. */
static void *start(rs_bench *bench) {
    const rs_sched_config config = {.cores = 1, .tasks_max = TASKS};
    size_t bytes = (steal_bytes(&config) + RS_CACHE_LINE - 1) / RS_CACHE_LINE * RS_CACHE_LINE;
    void *sched = aligned_alloc(RS_CACHE_LINE, bytes);
    if (!sched) {
        rs_bench_fail(bench, "no memory");
        return NULL;
    }
    memset(sched, 0, bytes);
    steal_init(sched, &config);
    return sched;
}

static void run_direct(rs_bench *bench) {
    rs_task tasks[TASKS] = {0};
    void *sched = start(bench);
    while (sched && rs_bench_keep_running(bench, ROUNDS * TASKS))
        for (uint32_t round = 0; round < ROUNDS; round++) {
            for (uint32_t i = 0; i < TASKS; i++) steal_ready(sched, &tasks[i], 0, RS_READY_SIGNAL);
            for (uint32_t i = 0; i < TASKS; i++) RS_ASSERT(steal_next(sched, 0));
        }
    free(sched);
}

static void run_indirect(rs_bench *bench) {
    rs_task tasks[TASKS] = {0};
    void *sched = start(bench);
    chosen = rs_sched_name("steal");
    const rs_sched_kind *kind = chosen;
    while (sched && rs_bench_keep_running(bench, ROUNDS * TASKS))
        for (uint32_t round = 0; round < ROUNDS; round++) {
            for (uint32_t i = 0; i < TASKS; i++) kind->ready(sched, &tasks[i], 0, RS_READY_SIGNAL);
            for (uint32_t i = 0; i < TASKS; i++) RS_ASSERT(kind->next(sched, 0));
        }
    free(sched);
}

const rs_bench_case rs_bench_sched[] = {
    {.name = "sched/direct", .run = run_direct},
    {.name = "sched/indirect", .run = run_indirect},
    {0},
};
