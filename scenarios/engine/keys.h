/* keys.h: which keys the operations of a load work on. What a distribution needs is made before the
 * run, once for all clients, in memory that nobody counts as the run's.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_KEYS_H
#define RS_KEYS_H

#include "runtime/respawn.h"
#include "scenarios/language/plan.h"

typedef struct rs_keys {
    const rs_plan *plan;
    uint64_t **totals; /* by load; NULL: its keys are not zipf */
} rs_keys;

/* rs_keys_init prepares the keys of all loads of `plan`; false when there is no memory. */
bool rs_keys_init(rs_keys *keys, const rs_plan *plan, rs_larder *larder);
void rs_keys_fini(rs_keys *keys, rs_larder *larder);

/* rs_keys_draw draws a key of load `load` for a client. `next` is the client's place in a sequence,
 * at first its number. */
uint64_t rs_keys_draw(const rs_keys *keys, uint32_t load, uint64_t *next, rs_prng *prng);

#endif
