/* bench.c: what the benchmarks share.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

const rs_runtime_options rs_bench_1_thread = {.threads = 1};
const rs_runtime_options rs_bench_2_threads = {.threads = 2};

typedef struct errand {
    rs_bench_entry *entry;
    void *context;
    uint64_t iterations, took_ns;
} errand;

static void run_errand(void *context) {
    errand *todo = context;
    todo->took_ns = todo->entry(todo->context, todo->iterations);
}

bool rs_bench_in_world(rs_bench *bench, const rs_runtime_options *options, uint64_t batch,
                       rs_bench_entry *entry, void *context) {
    errand todo = {.entry = entry, .context = context};
    todo.iterations = (rs_bench_iterations(bench) + batch - 1) / batch * batch;
    while (rs_bench_keep_running(bench, todo.iterations)) {
        const char *failure = rs_world_run(options, run_errand, &todo);
        if (failure) {
            rs_bench_fail(bench, failure);
            return false;
        }
        rs_bench_time(bench, (double)todo.took_ns);
    }
    return true;
}

void rs_bench_child(rs_entry *entry, const void *args, uint32_t bytes) {
    rs_ref ref;
    if (!rs_spawn_monitor(entry, args, bytes, &ref)) rs_exit(RS_ATOM(system_limit));
    if (rs_message_reason(rs_receive(NULL, NULL, RS_FOREVER)) != RS_ATOM(normal))
        rs_exit(RS_ATOM(error));
}

void rs_bench_latencies(rs_bench *bench, const rs_histogram *latencies) {
    rs_bench_counter(bench, "p50_ns", (double)rs_histogram_percentile(latencies, RS_P50));
    rs_bench_counter(bench, "p99_ns", (double)rs_histogram_percentile(latencies, RS_P99));
    rs_bench_counter(bench, "max_ns", (double)latencies->max);
}
