/* backoff.h: how long a supervisor lets a child be down before it starts it again, growing from one
 * restart in a row to the next. Pure. Beyond OTP, whose restarts come at once.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BACKOFF_H
#define RS_BACKOFF_H

#include "runtime/base/prng.h"

typedef struct rs_backoff {
    uint64_t first_ns;   /* the wait before the first restart in a row */
    uint64_t max_ns;     /* no wait is longer */
    uint32_t factor;     /* each is so many times the one before; 1: always the same */
    uint32_t jitter_ppm; /* by chance, up to so much of it is left out */
    uint64_t reset_ns;   /* a child that has lived so long begins anew */
} rs_backoff;

/* A child's place in it. Zeroed: it has not been restarted. */
typedef struct rs_backoff_state {
    uint64_t wait_ns; /* the latest, without jitter; 0: none in this row */
} rs_backoff_state;

/* rs_backoff_wait_ns returns how long to wait before the restart of a child that has lived for
 * `lived_ns`; 0: it did not start. */
uint64_t rs_backoff_wait_ns(const rs_backoff *backoff, rs_backoff_state *state, uint64_t lived_ns,
                            rs_prng *chance);

#endif
