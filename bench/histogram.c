/* histogram.c: the latency histogram: recording a sample, merging two, reading a percentile.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/base/assert.h"
#include "runtime/base/prng.h"

#define SAMPLES 4096u /* a power of two */

static rs_histogram samples;

/* Latencies spread over many octaves, as those of a run are. */
static void draw(uint64_t values[SAMPLES]) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "histogram");
    for (uint32_t i = 0; i < SAMPLES; i++) values[i] = rs_prng_exponential(&prng, 100000);
}

static void fill(rs_histogram *histogram) {
    static uint64_t values[SAMPLES];
    draw(values);
    rs_histogram_init(histogram);
    for (uint32_t i = 0; i < SAMPLES; i++) rs_histogram_record(histogram, values[i]);
}

static void run_record(rs_bench *bench) {
    static uint64_t values[SAMPLES];
    draw(values);
    rs_histogram_init(&samples);
    while (rs_bench_keep_running(bench, SAMPLES))
        for (uint32_t i = 0; i < SAMPLES; i++) rs_histogram_record(&samples, values[i]);
    RS_ASSERT(samples.count >= SAMPLES);
}

static void run_merge(rs_bench *bench) {
    static rs_histogram from;
    fill(&from);
    rs_histogram_init(&samples);
    while (rs_bench_keep_running(bench, 1)) rs_histogram_merge(&samples, &from);
    RS_ASSERT(samples.count >= SAMPLES);
}

static void run_percentile(rs_bench *bench) {
    fill(&samples);
    uint64_t least = UINT64_MAX;
    while (rs_bench_keep_running(bench, 1)) {
        uint64_t value = rs_histogram_percentile(&samples, RS_P99);
        if (value < least) least = value;
    }
    RS_ASSERT(least > rs_histogram_min(&samples));
}

const rs_bench_case rs_bench_histogram[] = {
    {.name = "histogram/record", .run = run_record},
    {.name = "histogram/merge", .run = run_merge, .unit = RS_BENCH_US},
    {.name = "histogram/percentile", .run = run_percentile, .unit = RS_BENCH_US},
    {0},
};
