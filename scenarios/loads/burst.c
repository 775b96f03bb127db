/* burst.c: `rate: burst(100 every 50ms)`: requests come all at once and then none, as when a queue
 * is emptied, a page of results is fetched, or everybody's timer is set to the full minute. The
 * first burst is due when the load begins. Clients take turns; a burst of more requests than there
 * are clients waits in line at them, and its latency says so. SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

static uint64_t burst_next(rs_load_course *course, rs_prng *prng) {
    (void)prng;
    uint64_t number = course->number + course->ordinal * course->clients;
    return course->begin_ns + number / course->rate.count * course->rate.every_ns;
}

const rs_load_kind rs_load_burst = {
    .name = "burst",
    .about = "so many requests are due at once, so often",
    .syntax = "rate: burst(COUNT every DURATION)",
    .form = RS_LOAD_BURST,
    .open = true,
    .next_ns = burst_next,
};
