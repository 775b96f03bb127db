/* catalogue.c: every check, in the order that `respawn list` shows.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/check.h"

#include <stddef.h>
#include <string.h>

extern const rs_check rs_check_alive, rs_check_orphans;

const rs_check *const rs_checks[] = {
    &rs_check_alive,
    &rs_check_orphans,
    NULL,
};

const rs_check *rs_check_find(const char *name) {
    for (size_t i = 0; rs_checks[i]; i++)
        if (strcmp(rs_checks[i]->name, name) == 0) return rs_checks[i];
    return NULL;
}
