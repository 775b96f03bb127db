/* constant.c: `rate: 200k/s`: requests are due at equal distances, whatever the system does;
 * latency counts from the moment they were due.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

static uint64_t constant_interval(rs_prng *prng, uint64_t mean_ns) {
    (void)prng;
    return mean_ns;
}

const rs_load_kind rs_load_constant = {
    .name = "constant",
    .about = "requests are due at equal distances, whatever the system does",
    .syntax = "RATE",
    .open = true,
    .interval_ns = constant_interval,
};
