/* histogram.c: reading histograms; recording is inline in the header.
 * SPDX-License-Identifier: MIT
 */
#include "reports/histogram.h"

#include "runtime/base/assert.h"

#include <string.h>

void rs_histogram_init(rs_histogram *histogram) {
    memset(histogram, 0, sizeof *histogram);
}

void rs_histogram_record_many(rs_histogram *histogram, uint64_t value, uint64_t times) {
    uint64_t product;
    if (times == 0) return;
    if (__builtin_mul_overflow(value, times, &product)) product = UINT64_MAX;
    histogram->bins[rs_histogram_index(value)] += times;
    histogram->count += times;
    histogram->sum = rs_histogram_sum_saturating(histogram->sum, product);
    if (~value > histogram->not_min) histogram->not_min = ~value;
    if (value > histogram->max) histogram->max = value;
}

void rs_histogram_merge(rs_histogram *into, const rs_histogram *from) {
    if (from->count == 0) return;
    for (uint32_t i = 0; i < RS_HISTOGRAM_BINS; i++) into->bins[i] += from->bins[i];
    into->count += from->count;
    into->sum = rs_histogram_sum_saturating(into->sum, from->sum);
    if (from->not_min > into->not_min) into->not_min = from->not_min;
    if (from->max > into->max) into->max = from->max;
}

uint64_t rs_histogram_min(const rs_histogram *histogram) {
    return histogram->count ? ~histogram->not_min : 0;
}

double rs_histogram_mean(const rs_histogram *histogram) {
    return histogram->count ? (double)histogram->sum / (double)histogram->count : 0;
}

/* The first 2^(bits+1) bins are one value wide; from there each octave doubles the width. */
static uint32_t bin_shift(uint32_t index) {
    return index < (2u << RS_HISTOGRAM_BITS) ? 0 : (index >> RS_HISTOGRAM_BITS) - 1;
}

uint64_t rs_histogram_low(uint32_t index) {
    RS_ASSERT(index < RS_HISTOGRAM_BINS);
    uint32_t shift = bin_shift(index);
    return (uint64_t)(index - (shift << RS_HISTOGRAM_BITS)) << shift;
}

uint64_t rs_histogram_high(uint32_t index) {
    return rs_histogram_low(index) + ((UINT64_C(1) << bin_shift(index)) - 1);
}

/* The middle of the bin, clamped to what was really seen. */
static uint64_t bin_value(const rs_histogram *histogram, uint32_t index) {
    uint64_t low = rs_histogram_low(index), high = rs_histogram_high(index);
    uint64_t middle = low + (high - low) / 2;
    uint64_t min = rs_histogram_min(histogram);
    if (middle < min) return min;
    return middle > histogram->max ? histogram->max : middle;
}

static uint64_t value_of_rank(const rs_histogram *histogram, uint64_t rank) {
    if (rank <= 1) return rs_histogram_min(histogram);
    if (rank >= histogram->count) return histogram->max;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < RS_HISTOGRAM_BINS; i++) {
        seen += histogram->bins[i];
        if (seen >= rank) return bin_value(histogram, i);
    }
    return histogram->max;
}

uint64_t rs_histogram_percentile_open(const rs_histogram *histogram, uint32_t millionths,
                                      uint64_t unfinished) {
    RS_ASSERT(millionths <= RS_P100);
    unsigned __int128 total = (unsigned __int128)histogram->count + unfinished;
    if (total == 0) return 0;
    unsigned __int128 rank = (total * millionths + (RS_P100 - 1)) / RS_P100;
    if (rank == 0) rank = 1;
    if (rank > histogram->count) return UINT64_MAX;
    return value_of_rank(histogram, (uint64_t)rank);
}

uint64_t rs_histogram_percentile(const rs_histogram *histogram, uint32_t millionths) {
    return rs_histogram_percentile_open(histogram, millionths, 0);
}

bool rs_histogram_next(const rs_histogram *histogram, uint32_t from, rs_histogram_bin *bin) {
    for (uint32_t i = from; i < RS_HISTOGRAM_BINS; i++) {
        if (histogram->bins[i] == 0) continue;
        *bin = (rs_histogram_bin){i, histogram->bins[i], rs_histogram_low(i), rs_histogram_high(i)};
        return true;
    }
    return false;
}

bool rs_histogram_valid(const rs_histogram *histogram) {
    uint64_t total = 0;
    uint32_t first = RS_HISTOGRAM_BINS, last = 0;
    for (uint32_t i = 0; i < RS_HISTOGRAM_BINS; i++) {
        if (histogram->bins[i] == 0) continue;
        if (__builtin_add_overflow(total, histogram->bins[i], &total)) return false;
        if (first == RS_HISTOGRAM_BINS) first = i;
        last = i;
    }
    if (total != histogram->count) return false;
    if (total == 0) return histogram->sum == 0 && histogram->max == 0 && histogram->not_min == 0;
    return rs_histogram_index(rs_histogram_min(histogram)) == first &&
           rs_histogram_index(histogram->max) == last;
}
