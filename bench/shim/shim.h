/* shim.h: Google Benchmark for C. A benchmark is a function that asks rs_bench_keep_running until
 * it says no, does that many iterations each time, and tells what they took.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SHIM_H
#define RS_SHIM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rs_bench rs_bench; /* a benchmark that runs */

typedef enum rs_bench_unit { RS_BENCH_NS, RS_BENCH_US, RS_BENCH_MS } rs_bench_unit;

typedef struct rs_bench_case {
    const char *name;
    void (*run)(rs_bench *bench);
    int64_t argument;    /* for rs_bench_argument; shown behind the name when not 0 */
    uint64_t iterations; /* how many; 0: as many as Google Benchmark likes */
    rs_bench_unit unit;  /* in which times are shown */
    bool manual_time;    /* times come from rs_bench_time, not from the clock around the loop */
} rs_bench_case;

/* rs_bench_add registers a case; call before rs_bench_main. `bench` must stay valid. */
void rs_bench_add(const rs_bench_case *bench);

/* rs_bench_main runs what the command line asks for (--benchmark_filter=…) and returns the exit
 * status. */
int rs_bench_main(int argc, char **argv);

/* rs_bench_keep_running says whether to do another `batch` iterations. One call for many
 * iterations: the way over the shim costs a nanosecond. */
bool rs_bench_keep_running(rs_bench *bench, uint64_t batch);

/* rs_bench_iterations returns how many iterations there will be. */
uint64_t rs_bench_iterations(rs_bench *bench);

/* rs_bench_argument returns the case's argument. */
int64_t rs_bench_argument(rs_bench *bench);

/* rs_bench_time adds `ns` to what the iterations took; with manual_time. */
void rs_bench_time(rs_bench *bench, uint64_t ns);

/* rs_bench_items tells how many things were done in all, for a rate per second. */
void rs_bench_items(rs_bench *bench, uint64_t items);

/* rs_bench_counter shows `value` in a column `name`. */
void rs_bench_counter(rs_bench *bench, const char *name, double value);

/* rs_bench_fail ends the benchmark as failed, with a text. The loop must be left at once. */
void rs_bench_fail(rs_bench *bench, const char *text);

#ifdef __cplusplus
}
#endif

#endif
