/* catalogue.c: the scheduler designs, one line each.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/sched.h"

#include <string.h>

extern const rs_sched_kind rs_sched_steal, rs_sched_fifo;

const rs_sched_kind *const rs_scheds[] = {
    &rs_sched_steal,
    &rs_sched_fifo,
    NULL,
};

const rs_sched_kind *rs_sched_find(const char *name) {
    for (const rs_sched_kind *const *kind = rs_scheds; *kind; kind++)
        if (strcmp((*kind)->name, name) == 0) return *kind;
    return NULL;
}
