/* check.h: what a file of this folder exports: one rs_check, which looks at the whole history of a
 * virtual run when that is over. Adding a check is one new file here and one line in catalogue.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CHECK_H
#define RS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct rs_checking; /* scenarios/engine/checking.h */

/* What a history holds beside the events of roles, which are always in it. */
#define RS_CHECK_CALLS 1u /* what clients asked for and were told */
#define RS_CHECK_MAIL  2u /* every message: sent, taken; every answer */

/* As many as a plan may name; bits of a word count the checks. */
#define RS_CHECKS_MAX 32u

typedef struct rs_check {
    const char *name;  /* the word in `checks` */
    const char *about; /* one sentence: what must hold */
    uint32_t needs;    /* RS_CHECK_… */
    bool by_name_only; /* `checks: all` leaves it out */
    bool takes_time;   /* may be written `name(500ms)` */
    /* run adds a finding for each place where it does not hold. */
    void (*run)(struct rs_checking *checking);
} rs_check;

/* rs_checks is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_check *const rs_checks[];

/* rs_check_find returns the check called `name`, or NULL. */
const rs_check *rs_check_find(const char *name);

#endif
