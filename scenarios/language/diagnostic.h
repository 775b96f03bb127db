/* diagnostic.h: the problems of a scenario, collected while it is read and printed in one go, each
 * with its place and the words that would have been right.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DIAGNOSTIC_H
#define RS_DIAGNOSTIC_H

#include "scenarios/language/plan.h"

#include <stdio.h>

/* More than a screen; the rest is counted. A hostile file could have a problem in every byte. */
#define RS_DIAGNOSTICS_MAX 100u

typedef struct rs_diagnostic {
    rs_place place;
    const char *message; /* one line; controls are escaped */
    uint32_t number;     /* in the order of finding */
} rs_diagnostic;

typedef struct rs_diagnostics rs_diagnostics;

/* rs_diagnostics_create returns an empty collection. */
rs_diagnostics *rs_diagnostics_create(void);

/* rs_diagnostics_destroy frees it; NULL is fine. */
void rs_diagnostics_destroy(rs_diagnostics *diagnostics);

/* rs_diagnostics_count returns how many problems were found, with those that were only counted. */
uint32_t rs_diagnostics_count(const rs_diagnostics *diagnostics);

/* rs_diagnostics_get returns the kept problem `index` (below RS_DIAGNOSTICS_MAX and the count) in
 * the order of places. */
const rs_diagnostic *rs_diagnostics_get(rs_diagnostics *diagnostics, uint32_t index);

/* rs_diagnostics_print writes every problem as `file:line:column: message`, sorted by place. */
void rs_diagnostics_print(rs_diagnostics *diagnostics, FILE *out);

/* rs_diagnostic_add adds a problem; copies place and message. */
void rs_diagnostic_add(rs_diagnostics *diagnostics, rs_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* rs_diagnostic_unknown adds "unknown `what` '`given`'" with the nearest of the NULL-terminated
 * `words`, or all of them when none is near. */
void rs_diagnostic_unknown(rs_diagnostics *diagnostics, rs_place place, const char *what,
                           const char *given, const char *const *words);

/* rs_diagnostic_unknown_word is rs_diagnostic_unknown for words that a plugin could have: it says
 * so. */
void rs_diagnostic_unknown_word(rs_diagnostics *diagnostics, rs_place place, const char *what,
                                const char *given, const char *const *words);

#endif
