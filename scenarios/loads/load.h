/* load.h: what a file of this folder exports: one rs_load_kind, a way in which requests arrive.
 * Adding one is one new file here and one line in catalogue.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOADS_LOAD_H
#define RS_LOADS_LOAD_H

#include "runtime/base/prng.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rs_load_kind {
    const char *name;   /* closed, constant, poisson */
    const char *about;  /* one sentence */
    const char *syntax; /* how `rate:` names it: "max", "RATE", "poisson(RATE)" */
    bool open;          /* requests have intended start times */
    /* interval_ns returns the time between two arrivals of one client whose mean interval is
     * `mean_ns`; NULL for a closed loop. */
    uint64_t (*interval_ns)(rs_prng *prng, uint64_t mean_ns);
} rs_load_kind;

/* rs_loads is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_load_kind *const rs_loads[];

/* rs_load_find returns the load called `name`, or NULL. */
const rs_load_kind *rs_load_find(const char *name);

#endif
