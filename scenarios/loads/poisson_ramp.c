/* poisson_ramp.c: `rate: poisson_ramp(0/s to 200k/s)`: as ramp, but independent arrivals: the
 * distances are exponential in numbers of arrivals, and the rate makes times of them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/slope.h"

/* Each client has its share of the arrivals, and so waits for as many of all as there are clients.
 */
static uint64_t poisson_ramp_next(rs_load_course *course, rs_prng *prng) {
    course->passed += rs_prng_exponential(prng, (uint64_t)course->clients << RS_SLOPE_PLACES);
    return rs_slope_time_ns(course, course->passed);
}

const rs_load_kind rs_load_poisson_ramp = {
    .name = "poisson_ramp",
    .about = "independent arrivals, whose rate changes evenly from the load's beginning to its end",
    .syntax = "rate: poisson_ramp(RATE to RATE)",
    .form = RS_LOAD_RATES,
    .open = true,
    .next_ns = poisson_ramp_next,
};
