/* poisson.c: `rate: poisson(200k/s)`: independent arrivals, as of many users who know nothing of
 * each other: exponential distances, hence bursts.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

static uint64_t poisson_next(rs_load_course *course, rs_prng *prng) {
    if (course->ordinal) return course->due_ns + rs_prng_exponential(prng, course->mean_ns);
    return course->begin_ns + course->mean_ns / course->clients * course->number;
}

const rs_load_kind rs_load_poisson = {
    .name = "poisson",
    .about = "independent arrivals at random distances, in bursts as real users make them",
    .syntax = "rate: poisson(RATE)",
    .form = RS_LOAD_RATE,
    .open = true,
    .next_ns = poisson_next,
};
