/* shim.h: Google Benchmark for C. A benchmark is a function that asks rs_bench_keep_running until
 * it says no, does that many iterations each time, and, with manual time, tells what they took.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SHIM_H
#define RS_SHIM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Three numbers behind a name, six values each, are as much as anyone reads. */
#define RS_BENCH_ARGS_MAX   3
#define RS_BENCH_VALUES_MAX 6

typedef struct rs_bench rs_bench; /* a benchmark that runs */

typedef enum rs_bench_unit { RS_BENCH_NS, RS_BENCH_US, RS_BENCH_MS } rs_bench_unit;

/* An argument and the values that it takes; written RS_BENCH_ARG("children", 1, 100, 10000). */
typedef struct rs_bench_arg {
    const char *name; /* shown before the value when the case has several: "tables:100/clients:8" */
    uint32_t count;   /* of values */
    int64_t values[RS_BENCH_VALUES_MAX];
} rs_bench_arg;

#define RS_BENCH_ARG(NAME, ...)                                                                    \
    {                                                                                              \
        NAME, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), {                                \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

typedef struct rs_bench_case {
    const char *name; /* words with slashes between them; unique */
    void (*run)(rs_bench *bench);
    const void *context; /* what tells this case from others with the same `run` */
    /* One benchmark for each combination of values; ends with an empty one. */
    rs_bench_arg args[RS_BENCH_ARGS_MAX + 1];
    uint64_t iterations; /* 0: as many as Google Benchmark likes, which counts told time only */
    rs_bench_unit unit;  /* in which times are shown */
    bool manual_time;    /* times come from rs_bench_time, not from the clock around the loop */
} rs_bench_case;

/* rs_bench_add registers cases up to the first one without name, to do `iterations` each where they
 * do not say how many; 0: as many as Google Benchmark likes. Owner: they must stay valid. */
void rs_bench_add(const rs_bench_case *cases, uint64_t iterations);

/* rs_bench_main runs what the command line asks for (--benchmark_filter=…) and returns the exit
 * status: 0, 1 when a benchmark failed, 2 when an option is unknown. Call it once. */
int rs_bench_main(int argc, char **argv);

/* rs_bench_keep_running says whether to do another `batch` iterations; the last batch may go beyond
 * rs_bench_iterations, and counts. One call for many iterations: the way over the shim costs a
 * nanosecond. */
bool rs_bench_keep_running(rs_bench *bench, uint64_t batch);

/* rs_bench_iterations returns how many iterations are wanted. */
uint64_t rs_bench_iterations(const rs_bench *bench);

/* rs_bench_case_of returns the case that runs. */
const rs_bench_case *rs_bench_case_of(const rs_bench *bench);

/* rs_bench_argument returns the value of the case's argument `index`. */
int64_t rs_bench_argument(const rs_bench *bench, uint32_t index);

/* rs_bench_time adds `ns` to what the iterations took; with manual time. */
void rs_bench_time(rs_bench *bench, double ns);

/* rs_bench_counter shows `value` in a column `name`. */
void rs_bench_counter(rs_bench *bench, const char *name, double value);

/* rs_bench_fail ends the benchmark as failed, with a text. The loop must be left at once. */
void rs_bench_fail(rs_bench *bench, const char *text);

#ifdef __cplusplus
}
#endif

#endif
