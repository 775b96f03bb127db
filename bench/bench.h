/* bench.h: the benchmarks, one file each; main.c lists them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BENCH_H
#define RS_BENCH_H

#include "bench/shim/shim.h"
#include "bench/world.h"

extern const rs_bench_case rs_bench_table_calls, rs_bench_start_tables;
extern const rs_bench_case rs_bench_restart_kill, rs_bench_restart_segv;
extern const rs_bench_case rs_bench_restart_kill_rested, rs_bench_restart_segv_rested;
extern const rs_bench_case rs_bench_idle_tables;

/* rs_bench_in_world is rs_world_run for a benchmark, which fails when that does; false then. */
bool rs_bench_in_world(rs_bench *bench, uint32_t threads, const rs_observer *observer,
                       void (*entry)(void *context), void *context);

#endif
