/* main.c: the benchmarks, in the order they run.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#include <stddef.h>

static const rs_bench_case *const subjects[] = {
    rs_bench_switch,    rs_bench_sched, rs_bench_send,  rs_bench_workloads, rs_bench_receive,
    rs_bench_relation,  rs_bench_timer, rs_bench_name,  rs_bench_table,     rs_bench_store,
    rs_bench_arena,     rs_bench_crash, rs_bench_catch, rs_bench_restart,   rs_bench_plan,
    rs_bench_histogram, NULL,
};

int main(int argc, char **argv) {
    for (const rs_bench_case *const *subject = subjects; *subject; subject++)
        rs_bench_add(*subject);
    return rs_bench_main(argc, argv);
}
