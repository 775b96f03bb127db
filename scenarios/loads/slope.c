/* slope.c: a rate that changes evenly over a load.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/slope.h"

typedef __int128 wide;

/* The rate at `at_ns` after the beginning, with RS_SLOPE_PLACES: 40 bits and 16 places. */
static wide rate_at(const rs_load_rate *rate, wide growth, uint64_t at_ns) {
    return ((wide)rate->per_ks << RS_SLOPE_PLACES) + ((growth * at_ns) >> (64 - RS_SLOPE_PLACES));
}

/* Twice the arrivals up to `at_ns`, times 10^12: at most 57 + 50 bits. */
static wide arrived(const rs_load_rate *rate, wide growth, uint64_t at_ns) {
    return (((wide)rate->per_ks << RS_SLOPE_PLACES) + rate_at(rate, growth, at_ns)) * at_ns;
}

/* From where the arrivals were too few, in steps that double, and then back to the exact place. */
uint64_t rs_slope_time_ns(const rs_load_course *course, uint64_t passed) {
    const rs_load_rate *rate = &course->rate;
    uint64_t length_ns = course->end_ns - course->begin_ns, step_ns = 1000;
    uint64_t low_ns = course->due_ns - course->begin_ns, high_ns = low_ns;
    wide growth = ((wide)rate->to_per_ks - (wide)rate->per_ks) * ((wide)1 << 64) / length_ns;
    wide wanted = (wide)passed * 2 * 1000000000000;
    while (high_ns < length_ns && arrived(rate, growth, high_ns) < wanted) {
        low_ns = high_ns;
        high_ns += step_ns < length_ns - high_ns ? step_ns : length_ns - high_ns;
        step_ns *= 2;
    }
    while (low_ns < high_ns) {
        uint64_t middle_ns = low_ns + (high_ns - low_ns) / 2;
        if (arrived(rate, growth, middle_ns) < wanted)
            low_ns = middle_ns + 1;
        else
            high_ns = middle_ns;
    }
    return course->begin_ns + high_ns;
}
