// shim.cc: shim.h over Google Benchmark. The only C++ of the house: the library speaks nothing
// else. SPDX-License-Identifier: MIT
#include "bench/shim/shim.h"

#include <benchmark/benchmark.h>

struct rs_bench {
    benchmark::State &state;
};

static benchmark::TimeUnit unit_of(rs_bench_unit unit) {
    switch (unit) {
    case RS_BENCH_US: return benchmark::kMicrosecond;
    case RS_BENCH_MS: return benchmark::kMillisecond;
    case RS_BENCH_NS: break;
    }
    return benchmark::kNanosecond;
}

static void run_case(benchmark::State &state, const rs_bench_case *bench) {
    rs_bench running{state};
    bench->run(&running);
}

void rs_bench_add(const rs_bench_case *bench) {
    auto *entry = benchmark::RegisterBenchmark(bench->name, run_case, bench);
    entry->Unit(unit_of(bench->unit));
    if (bench->argument) entry->Arg(bench->argument);
    if (bench->iterations)
        entry->Iterations(static_cast<benchmark::IterationCount>(bench->iterations));
    if (bench->manual_time) entry->UseManualTime();
}

int rs_bench_main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

bool rs_bench_keep_running(rs_bench *bench, uint64_t batch) {
    return bench->state.KeepRunningBatch(static_cast<benchmark::IterationCount>(batch));
}

uint64_t rs_bench_iterations(rs_bench *bench) {
    return static_cast<uint64_t>(bench->state.max_iterations);
}

int64_t rs_bench_argument(rs_bench *bench) {
    return bench->state.range(0);
}

void rs_bench_time(rs_bench *bench, uint64_t ns) {
    bench->state.SetIterationTime(static_cast<double>(ns) * 1e-9);
}

void rs_bench_items(rs_bench *bench, uint64_t items) {
    bench->state.SetItemsProcessed(static_cast<int64_t>(items));
}

void rs_bench_counter(rs_bench *bench, const char *name, double value) {
    bench->state.counters[name] = value;
}

void rs_bench_fail(rs_bench *bench, const char *text) {
    bench->state.SkipWithError(text);
}
