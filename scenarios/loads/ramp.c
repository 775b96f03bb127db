/* ramp.c: `rate: ramp(0/s to 200k/s)`: the rate changes evenly from the load's beginning to its
 * end, to see where a system gives in. Requests are due at exact distances; clients take turns.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/slope.h"

static uint64_t ramp_next(rs_load_course *course, rs_prng *prng) {
    (void)prng;
    uint64_t number = course->number + course->ordinal * course->clients;
    return rs_slope_time_ns(course, number << RS_SLOPE_PLACES);
}

const rs_load_kind rs_load_ramp = {
    .name = "ramp",
    .about = "a rate that changes evenly from the load's beginning to its end",
    .syntax = "rate: ramp(RATE to RATE)",
    .form = RS_LOAD_RATES,
    .open = true,
    .next_ns = ramp_next,
};
