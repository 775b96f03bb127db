/* backoff.c: see backoff.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/backoff.h"

static uint64_t longer(const rs_backoff *backoff, uint64_t wait_ns) {
    if (wait_ns == 0) return backoff->first_ns;
    uint64_t next;
    return __builtin_mul_overflow(wait_ns, (uint64_t)backoff->factor, &next) ? UINT64_MAX : next;
}

/* A part of a wait of 34 years or less, which is what `max_ns` may be, fits when divided first. */
static uint64_t part(uint64_t ns, uint32_t ppm) {
    return ns / 1000000 * ppm + ns % 1000000 * ppm / 1000000;
}

uint64_t rs_backoff_wait_ns(const rs_backoff *backoff, rs_backoff_state *state, uint64_t lived_ns,
                            rs_prng *chance) {
    if (lived_ns >= backoff->reset_ns) state->wait_ns = 0;
    uint64_t wait_ns = longer(backoff, state->wait_ns);
    if (wait_ns > backoff->max_ns) wait_ns = backoff->max_ns;
    state->wait_ns = wait_ns;
    if (backoff->jitter_ppm == 0) return wait_ns;
    return wait_ns - rs_prng_below(chance, part(wait_ns, backoff->jitter_ppm) + 1);
}
