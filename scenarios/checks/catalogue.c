/* catalogue.c: every check, in the order that `respawn list` shows.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/check.h"

#include <stddef.h>
#include <string.h>

extern const rs_check rs_check_alive, rs_check_calls_lost, rs_check_healed, rs_check_memory,
    rs_check_names, rs_check_order, rs_check_orphans, rs_check_registry_stale, rs_check_replies,
    rs_check_scores, rs_check_scores_kept, rs_check_start_order, rs_check_stop_order;

const rs_check *const rs_checks[] = {
    &rs_check_alive,          &rs_check_orphans,
    &rs_check_healed,         &rs_check_names,
    &rs_check_registry_stale, &rs_check_start_order,
    &rs_check_stop_order,     &rs_check_calls_lost,
    &rs_check_replies,        &rs_check_order,
    &rs_check_scores,         &rs_check_scores_kept,
    &rs_check_memory,         NULL,
};

const rs_check *rs_check_find(const char *name) {
    for (size_t i = 0; rs_checks[i]; i++)
        if (strcmp(rs_checks[i]->name, name) == 0) return rs_checks[i];
    return NULL;
}
