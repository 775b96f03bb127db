/* histogram_fuzz.c: recording and merging, beside a plain list of (value, times). Model: counts,
 * sums and extremes are those of the list; a percentile is the list's value of nearest rank within
 * 1/128 of it, exact below 256, and among the samples; each bin holds as many as the list has
 * there; merging is recording both.
 *
 * An operation is five bytes: what, on which of two histograms, and a value of 16 bits somewhere in
 * 64, with how many times, or which percentile.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "reports/histogram.h"
#include "runtime/base/assert.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 2048u /* two lists of as many operations as an input can have */
#define OPERATION   5u

typedef struct sample {
    uint64_t value, times;
} sample;

typedef struct subject {
    rs_histogram histogram;
    sample samples[SAMPLES_MAX];
    uint32_t count;
} subject;

static subject subjects[2];

static void note(subject *this, uint64_t value, uint64_t times) {
    if (times) this->samples[this->count++] = (sample){value, times};
}

/* ------------------------------------------------------------------ the model's answers */

static int by_value(const void *left, const void *right) {
    uint64_t a = ((const sample *)left)->value, b = ((const sample *)right)->value;
    return (a > b) - (a < b);
}

static void sort(subject *this) {
    qsort(this->samples, this->count, sizeof *this->samples, by_value);
}

static uint64_t total(const subject *this) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < this->count; i++) sum += this->samples[i].times;
    return sum;
}

static uint64_t saturated_sum(const subject *this) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < this->count; i++) {
        uint64_t part;
        if (__builtin_mul_overflow(this->samples[i].value, this->samples[i].times, &part) ||
            __builtin_add_overflow(sum, part, &sum))
            return UINT64_MAX;
    }
    return sum;
}

/* The value of rank `rank`, from 1, in the sorted list. */
static uint64_t ranked(const subject *this, uint64_t rank) {
    uint32_t i = 0;
    for (; rank > this->samples[i].times; i++) rank -= this->samples[i].times;
    return this->samples[i].value;
}

static uint64_t held_between(const subject *this, uint64_t low, uint64_t high) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < this->count; i++)
        if (this->samples[i].value >= low && this->samples[i].value <= high)
            sum += this->samples[i].times;
    return sum;
}

/* ------------------------------------------------------------------ comparing */

static void check_percentile(const subject *this, uint32_t millionths, uint64_t unfinished) {
    const rs_histogram *histogram = &this->histogram;
    uint64_t got = rs_histogram_percentile_open(histogram, millionths, unfinished);
    unsigned __int128 all = (unsigned __int128)total(this) + unfinished;
    if (!unfinished) RS_ASSERT(got == rs_histogram_percentile(histogram, millionths));
    if (all == 0) {
        RS_ASSERT(got == 0);
        return;
    }
    unsigned __int128 rank = (all * millionths + 999999) / 1000000;
    if (rank == 0) rank = 1;
    if (rank > total(this)) {
        RS_ASSERT(got == UINT64_MAX);
        return;
    }
    uint64_t expected = ranked(this, (uint64_t)rank);
    uint64_t error = got > expected ? got - expected : expected - got;
    RS_ASSERT(error <= (expected < 256 ? 0 : expected / 128));
    RS_ASSERT(got >= rs_histogram_min(histogram) && got <= histogram->max);
}

static void check_bins(const subject *this) {
    rs_histogram_bin bin;
    uint64_t seen = 0;
    for (uint32_t at = 0; rs_histogram_next(&this->histogram, at, &bin); at = bin.index + 1) {
        RS_ASSERT(bin.count == held_between(this, bin.low, bin.high));
        seen += bin.count;
    }
    RS_ASSERT(seen == total(this));
}

static void check(subject *this) {
    const rs_histogram *histogram = &this->histogram;
    RS_ASSERT(rs_histogram_valid(histogram));
    RS_ASSERT(histogram->count == total(this));
    RS_ASSERT(histogram->sum == saturated_sum(this));
    sort(this);
    if (this->count) {
        RS_ASSERT(rs_histogram_min(histogram) == this->samples[0].value);
        RS_ASSERT(histogram->max == this->samples[this->count - 1].value);
    }
    check_bins(this);
}

/* ------------------------------------------------------------------ operations */

static void merge(subject *into, const subject *from) {
    if (into->count + from->count > SAMPLES_MAX) return;
    rs_histogram_merge(&into->histogram, &from->histogram);
    for (uint32_t i = 0; i < from->count; i++)
        note(into, from->samples[i].value, from->samples[i].times);
}

static void operate(rs_program *program) {
    uint8_t what = rs_program_byte(program), shift = rs_program_byte(program) % 64;
    uint64_t value = rs_program_word(program, 2) << shift, times = rs_program_byte(program);
    subject *this = &subjects[what / 8 % 2], *other = &subjects[1 - what / 8 % 2];
    if (this->count == SAMPLES_MAX) return;
    if (what / 16 % 2) value = ~value;
    switch (what % 8) {
    case 0:
    case 1:
        rs_histogram_record(&this->histogram, value);
        note(this, value, 1);
        break;
    case 2:
    case 3:
        rs_histogram_record_many(&this->histogram, value, times << (value % 4 * 8));
        note(this, value, times << (value % 4 * 8));
        break;
    case 4: merge(this, other); break;
    case 5:
        rs_histogram_init(&this->histogram);
        this->count = 0;
        break;
    default:
        sort(this);
        check_percentile(this, (uint32_t)(value % (RS_P100 + 1)), what % 8 == 6 ? 0 : times);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t asked[] = {0, 1, RS_P50, RS_P90, RS_P99, RS_P9999, RS_P100};
    rs_program program = rs_program_of(data, size);
    memset(&subjects, 0, sizeof subjects);
    for (int i = 0; i < 512 && rs_program_has(&program, OPERATION); i++) operate(&program);
    for (uint32_t i = 0; i < 2; i++) {
        check(&subjects[i]);
        for (size_t p = 0; p < sizeof asked / sizeof *asked; p++)
            check_percentile(&subjects[i], asked[p], i);
    }
    return 0;
}
