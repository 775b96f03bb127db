/* fault.h: what a file of this folder exports: one rs_fault_kind. Adding a fault is one new file
 * here and one line in catalogue.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_H
#define RS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rs_fault_kind {
    const char *name;   /* the word after `how:` */
    const char *about;  /* one sentence */
    bool takes_reason;  /* written `name(reason)` */
    bool portable;      /* means something on a runtime other than ours */
    const char *reason; /* what its victims die of, for the reader; NULL: the given one */
    /* strike hits the process `victim` (an rs_pid); `reason` is an rs_term, 0 when the kind takes
     * none; `cause` identifies this strike in every event that follows from it. */
    void (*strike)(uint64_t victim, uint64_t reason, uint32_t cause);
} rs_fault_kind;

/* rs_faults is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_fault_kind *const rs_faults[];

/* rs_fault_find returns the fault called `name`, or NULL. */
const rs_fault_kind *rs_fault_find(const char *name);

#endif
