/* histogram.h: a log-linear histogram of 64-bit values: 7 bits per octave, so a value read back is
 * within 0.8 % (values below 256 are exact) over the whole range. It exists because percentiles of
 * millions of restarts must be kept and merged without the samples. It is flat, without pointers,
 * and all-zero bytes are an empty one: it may lie in freshly mapped shared memory.
 * Invariant: count is the sum of the bins; sum saturates; min and max are exact.
 * Thread: one writer at a time; give each core its own and merge.
 * Source: the bin layout of HdrHistogram, with powers of two throughout.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HISTOGRAM_H
#define RS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 7 bits: half a bin is 0.4 % of its value, below what a run can repeat; 58 KiB stay in L2. */
#define RS_HISTOGRAM_BITS 7
#define RS_HISTOGRAM_BINS ((64 - RS_HISTOGRAM_BITS + 1) << RS_HISTOGRAM_BITS)
/* The name of this layout in files. */
#define RS_HISTOGRAM_SCHEME "log2/7"

/* Percentiles are asked for in millionths, so that ranks are exact integers. */
#define RS_P50   500000u
#define RS_P90   900000u
#define RS_P99   990000u
#define RS_P999  999000u
#define RS_P9999 999900u
#define RS_P100  1000000u

typedef struct rs_histogram {
    uint64_t count;
    uint64_t sum;     /* UINT64_MAX: saturated */
    uint64_t not_min; /* the complement of the smallest value, so that zero means none */
    uint64_t max;
    uint64_t bins[RS_HISTOGRAM_BINS];
} rs_histogram;

typedef struct rs_histogram_bin {
    uint32_t index;
    uint64_t count;
    uint64_t low, high; /* the values it holds, both inclusive */
} rs_histogram_bin;

/* rs_histogram_index returns the bin of `value`. */
static inline uint32_t rs_histogram_index(uint64_t value) {
    const uint32_t top = 1u << RS_HISTOGRAM_BITS;
    uint32_t shift = (uint32_t)(63 - RS_HISTOGRAM_BITS) - (uint32_t)__builtin_clzll(value | top);
    return shift * top + (uint32_t)(value >> shift);
}

/* rs_histogram_sum_saturating returns a + b, or UINT64_MAX when that does not fit. */
static inline uint64_t rs_histogram_sum_saturating(uint64_t a, uint64_t b) {
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* rs_histogram_record adds one sample; 1 to 3 ns. Async-signal-safe. */
static inline void rs_histogram_record(rs_histogram *histogram, uint64_t value) {
    histogram->bins[rs_histogram_index(value)]++;
    histogram->count++;
    histogram->sum = rs_histogram_sum_saturating(histogram->sum, value);
    if (~value > histogram->not_min) histogram->not_min = ~value;
    if (value > histogram->max) histogram->max = value;
}

/* rs_histogram_init makes `histogram` empty. Not needed on zeroed memory. */
void rs_histogram_init(rs_histogram *histogram);

/* rs_histogram_record_many adds `times` samples of `value`. */
void rs_histogram_record_many(rs_histogram *histogram, uint64_t value, uint64_t times);

/* rs_histogram_merge adds all samples of `from` to `into`; exact. */
void rs_histogram_merge(rs_histogram *into, const rs_histogram *from);

/* rs_histogram_min returns the smallest sample; 0 when there is none. */
uint64_t rs_histogram_min(const rs_histogram *histogram);

/* rs_histogram_mean returns sum / count; 0 when there is no sample. A lower bound when the sum is
 * saturated. */
double rs_histogram_mean(const rs_histogram *histogram);

/* rs_histogram_percentile returns the sample of nearest rank ceil(count * millionths / 10^6), as
 * the middle of its bin, never outside [min, max]; 0 when there is no sample.
 * Units: `millionths` in 0..10^6; 0 gives the minimum, 10^6 the maximum. */
uint64_t rs_histogram_percentile(const rs_histogram *histogram, uint32_t millionths);

/* rs_histogram_percentile_open is rs_histogram_percentile over the samples and `unfinished` more
 * that are infinite: UINT64_MAX when the rank falls among those. A restart that never came counts
 * as infinitely slow, so that a policy that never restarts cannot look fast. */
uint64_t rs_histogram_percentile_open(const rs_histogram *histogram, uint32_t millionths,
                                      uint64_t unfinished);

/* rs_histogram_next writes the first non-empty bin with index >= `from` to `bin` and returns true,
 * or returns false after the last. Begin with 0, go on with bin->index + 1. */
bool rs_histogram_next(const rs_histogram *histogram, uint32_t from, rs_histogram_bin *bin);

/* rs_histogram_low returns the smallest value of bin `index` < RS_HISTOGRAM_BINS. */
uint64_t rs_histogram_low(uint32_t index);

/* rs_histogram_high returns the largest value of bin `index` < RS_HISTOGRAM_BINS. */
uint64_t rs_histogram_high(uint32_t index);

/* rs_histogram_valid says whether the parts agree: the bins add up to count, min and max lie in the
 * outermost bins. For histograms that come from files. */
bool rs_histogram_valid(const rs_histogram *histogram);

#endif
