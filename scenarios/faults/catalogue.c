/* catalogue.c: the ways to die that a scenario can name after `how:`, in the order that
 * `respawn list` shows: from the politest to the rudest, then those of a
 * position in the tree.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/fault.h"

#include <stddef.h>
#include <string.h>

extern const rs_fault_kind rs_fault_abort;
extern const rs_fault_kind rs_fault_bus;
extern const rs_fault_kind rs_fault_delay;
extern const rs_fault_kind rs_fault_drop;
extern const rs_fault_kind rs_fault_duplicate;
extern const rs_fault_kind rs_fault_flood;
extern const rs_fault_kind rs_fault_reorder;
extern const rs_fault_kind rs_fault_clock_jump;
extern const rs_fault_kind rs_fault_exhaust_processes;
extern const rs_fault_kind rs_fault_exit;
extern const rs_fault_kind rs_fault_fail_alloc;
extern const rs_fault_kind rs_fault_fpe;
extern const rs_fault_kind rs_fault_hang;
extern const rs_fault_kind rs_fault_ill;
extern const rs_fault_kind rs_fault_init_fail;
extern const rs_fault_kind rs_fault_init_hang;
extern const rs_fault_kind rs_fault_init_slow;
extern const rs_fault_kind rs_fault_kill;
extern const rs_fault_kind rs_fault_leak;
extern const rs_fault_kind rs_fault_oom;
extern const rs_fault_kind rs_fault_segv;
extern const rs_fault_kind rs_fault_signal;
extern const rs_fault_kind rs_fault_slow;
extern const rs_fault_kind rs_fault_stack_overflow;
extern const rs_fault_kind rs_fault_stall;
extern const rs_fault_kind rs_fault_terminate_hang;

const rs_fault_kind *rs_faults[RS_FAULTS_MAX + 1] = {
    &rs_fault_exit,
    &rs_fault_signal,
    &rs_fault_kill,
    &rs_fault_abort,
    &rs_fault_fpe,
    &rs_fault_ill,
    &rs_fault_segv,
    &rs_fault_bus,
    &rs_fault_stack_overflow,
    &rs_fault_oom,
    &rs_fault_leak,
    &rs_fault_slow,
    &rs_fault_hang,
    &rs_fault_init_fail,
    &rs_fault_init_slow,
    &rs_fault_init_hang,
    &rs_fault_terminate_hang,
    &rs_fault_drop,
    &rs_fault_delay,
    &rs_fault_duplicate,
    &rs_fault_reorder,
    &rs_fault_flood,
    &rs_fault_fail_alloc,
    &rs_fault_exhaust_processes,
    &rs_fault_stall,
    &rs_fault_clock_jump,
    NULL,
};

const rs_fault_kind *rs_fault_find(const char *name) {
    for (const rs_fault_kind *const *fault = rs_faults; *fault; fault++)
        if (strcmp((*fault)->name, name) == 0) return *fault;
    return NULL;
}

rs_err rs_fault_add(const rs_fault_kind *fault) {
    size_t count = 0;
    while (rs_faults[count]) count++;
    if (count == RS_FAULTS_MAX) return RS_ELIMIT;
    rs_faults[count] = fault;
    return RS_OK;
}
