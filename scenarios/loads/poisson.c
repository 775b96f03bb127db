/* poisson.c: `rate: poisson(200k/s)`: independent arrivals, as of many users who know nothing of
 * each other: exponential distances, hence bursts.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

const rs_load_kind rs_load_poisson = {
    .name = "poisson",
    .about = "independent arrivals at random distances, in bursts as real users make them",
    .syntax = "poisson(RATE)",
    .open = true,
    .interval_ns = rs_prng_exponential,
};
