/* bench.h: the benchmarks, one file for each subject, and what they share. main.c lists them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BENCH_H
#define RS_BENCH_H

#include "bench/shim/shim.h"
#include "bench/world.h"
#include "reports/histogram.h"

extern const rs_bench_case rs_bench_arena[], rs_bench_catch[], rs_bench_crash[],
    rs_bench_histogram[], rs_bench_name[], rs_bench_plan[], rs_bench_receive[], rs_bench_relation[],
    rs_bench_restart[], rs_bench_sched[], rs_bench_send[], rs_bench_store[], rs_bench_switch[],
    rs_bench_table[], rs_bench_timer[], rs_bench_workloads[];

/* Work inside a runtime: does `iterations` of it and returns the nanoseconds that they took. Runs
 * in the first process, which an rs_exit of any other reason than `normal` makes fail. */
typedef uint64_t rs_bench_entry(void *context, uint64_t iterations);

/* rs_bench_in_world runs entry(context) once, in a runtime with these options, for all iterations
 * of a benchmark with manual time, rounded up to whole batches. False: it failed. */
bool rs_bench_in_world(rs_bench *bench, const rs_runtime_options *options, uint64_t batch,
                       rs_bench_entry *entry, void *context);

extern const rs_runtime_options rs_bench_1_thread, rs_bench_2_threads;

/* rs_bench_child runs entry(args) in a process of its own and waits for its end; the caller, a
 * process, exits `error` when that is not normal. For work whose traces shall go with it. */
void rs_bench_child(rs_entry *entry, const void *args, uint32_t bytes);

/* rs_bench_latencies shows the percentiles of a histogram of nanoseconds as counters. */
void rs_bench_latencies(rs_bench *bench, const rs_histogram *latencies);

#endif
