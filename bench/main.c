/* main.c: the benchmarks, in the order they run.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#include <stddef.h>

static const rs_bench_case *const cases[] = {
    &rs_bench_table_calls,         &rs_bench_start_tables,
    &rs_bench_restart_kill,        &rs_bench_restart_segv,
    &rs_bench_restart_kill_rested, &rs_bench_restart_segv_rested,
    &rs_bench_idle_tables,         NULL,
};

bool rs_bench_in_world(rs_bench *bench, uint32_t threads, const rs_observer *observer,
                       void (*entry)(void *context), void *context) {
    const char *failure = rs_world_run(threads, observer, entry, context);
    if (failure) rs_bench_fail(bench, failure);
    return !failure;
}

int main(int argc, char **argv) {
    for (const rs_bench_case *const *bench = cases; *bench; bench++) rs_bench_add(*bench);
    return rs_bench_main(argc, argv);
}
