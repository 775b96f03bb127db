// shim.cc: shim.h over Google Benchmark. The only C++ that our programs link: the library speaks
// nothing else. SPDX-License-Identifier: MIT
#include "bench/shim/shim.h"

#include <benchmark/benchmark.h>

struct rs_bench {
    benchmark::State &state;
    const rs_bench_case *running;
};

static bool has_failed;

static benchmark::TimeUnit unit_of(rs_bench_unit unit) {
    switch (unit) {
    case RS_BENCH_US: return benchmark::kMicrosecond;
    case RS_BENCH_MS: return benchmark::kMillisecond;
    case RS_BENCH_NS: break;
    }
    return benchmark::kNanosecond;
}

static void run_case(benchmark::State &state, const rs_bench_case *bench) {
    rs_bench running{state, bench};
    bench->run(&running);
}

static void add_arguments(benchmark::internal::Benchmark *entry, const rs_bench_arg *args) {
    std::vector<std::string> names;
    std::vector<std::vector<int64_t>> values;
    for (; args->name; args++) {
        names.emplace_back(args->name);
        values.emplace_back(args->values, args->values + args->count);
    }
    if (names.empty()) return;
    entry->ArgsProduct(values);
    if (names.size() > 1) entry->ArgNames(names);
}

static void add_case(const rs_bench_case *bench, uint64_t iterations) {
    auto *entry = benchmark::RegisterBenchmark(bench->name, run_case, bench);
    entry->Unit(unit_of(bench->unit));
    add_arguments(entry, bench->args);
    if (bench->iterations) iterations = bench->iterations;
    if (iterations) entry->Iterations(static_cast<benchmark::IterationCount>(iterations));
    if (bench->manual_time) entry->UseManualTime();
}

void rs_bench_add(const rs_bench_case *cases, uint64_t iterations) {
    for (; cases->name; cases++) add_case(cases, iterations);
}

int rs_bench_main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return has_failed;
}

bool rs_bench_keep_running(rs_bench *bench, uint64_t batch) {
    return bench->state.KeepRunningBatch(static_cast<benchmark::IterationCount>(batch));
}

uint64_t rs_bench_iterations(const rs_bench *bench) {
    return static_cast<uint64_t>(bench->state.max_iterations);
}

const rs_bench_case *rs_bench_case_of(const rs_bench *bench) {
    return bench->running;
}

int64_t rs_bench_argument(const rs_bench *bench, uint32_t index) {
    return bench->state.range(index);
}

void rs_bench_time(rs_bench *bench, double ns) {
    bench->state.SetIterationTime(ns * 1e-9);
}

void rs_bench_counter(rs_bench *bench, const char *name, double value) {
    bench->state.counters[name] = value;
}

void rs_bench_fail(rs_bench *bench, const char *text) {
    bench->state.SkipWithError(text);
    has_failed = true;
}
