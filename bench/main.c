/* main.c: the benchmarks, in the order they run.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

static const rs_bench_case *const subjects[] = {
    rs_bench_switch,    rs_bench_sched, rs_bench_send,  rs_bench_workloads, rs_bench_receive,
    rs_bench_relation,  rs_bench_timer, rs_bench_name,  rs_bench_table,     rs_bench_store,
    rs_bench_arena,     rs_bench_crash, rs_bench_catch, rs_bench_restart,   rs_bench_plan,
    rs_bench_histogram, NULL,
};

/* Takes the only option of ours off the command line: Google Benchmark has one in later versions.
 */
static uint64_t take_iterations(int *argc, char **argv) {
    const char *option = "--iterations=";
    if (*argc < 2 || strncmp(argv[1], option, strlen(option)) != 0) return 0;
    uint64_t iterations = strtoull(argv[1] + strlen(option), NULL, 10);
    (*argc)--;
    for (int i = 1; i <= *argc; i++) argv[i] = argv[i + 1];
    return iterations;
}

/* `--iterations=N`, before all others: so many of each, for counting instructions. */
int main(int argc, char **argv) {
    uint64_t iterations = take_iterations(&argc, argv);
    for (const rs_bench_case *const *subject = subjects; *subject; subject++)
        rs_bench_add(*subject, iterations);
    return rs_bench_main(argc, argv);
}
