/* constant.c: `rate: 200k/s`: requests are due at equal distances, whatever the system does;
 * latency counts from the moment they were due. Clients take turns.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

static uint64_t constant_next(rs_load_course *course, rs_prng *prng) {
    (void)prng;
    if (course->ordinal) return course->due_ns + course->mean_ns;
    return course->begin_ns + course->mean_ns / course->clients * course->number;
}

const rs_load_kind rs_load_constant = {
    .name = "constant",
    .about = "requests are due at equal distances, whatever the system does",
    .syntax = "rate: RATE",
    .form = RS_LOAD_RATE,
    .open = true,
    .next_ns = constant_next,
};
