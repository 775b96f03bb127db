/* catalogue.c: the ways to die that a scenario can name after `how:`, in the order that
 * `respawn list` shows: from the politest to the rudest.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/fault.h"

#include <stddef.h>
#include <string.h>

extern const rs_fault_kind rs_fault_abort;
extern const rs_fault_kind rs_fault_exit;
extern const rs_fault_kind rs_fault_fpe;
extern const rs_fault_kind rs_fault_kill;
extern const rs_fault_kind rs_fault_segv;
extern const rs_fault_kind rs_fault_signal;
extern const rs_fault_kind rs_fault_stack_overflow;

const rs_fault_kind *const rs_faults[] = {
    &rs_fault_exit, &rs_fault_signal, &rs_fault_kill,           &rs_fault_abort,
    &rs_fault_fpe,  &rs_fault_segv,   &rs_fault_stack_overflow, NULL,
};

const rs_fault_kind *rs_fault_find(const char *name) {
    for (const rs_fault_kind *const *fault = rs_faults; *fault; fault++)
        if (strcmp((*fault)->name, name) == 0) return *fault;
    return NULL;
}
