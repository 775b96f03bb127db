/* catalogue.c: the ways in which requests arrive, in the order that `respawn list` shows.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

#include <stddef.h>
#include <string.h>

extern const rs_load_kind rs_load_closed;
extern const rs_load_kind rs_load_constant;
extern const rs_load_kind rs_load_poisson;

const rs_load_kind *const rs_loads[] = {
    &rs_load_closed,
    &rs_load_constant,
    &rs_load_poisson,
    NULL,
};

const rs_load_kind *rs_load_find(const char *name) {
    for (const rs_load_kind *const *load = rs_loads; *load; load++)
        if (strcmp((*load)->name, name) == 0) return *load;
    return NULL;
}
