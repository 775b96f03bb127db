/* names.h: texts as numbers: each text has one, from 0 in the order of first mention, so that
 * millions of lines may speak of a role without holding its path.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_NAMES_H
#define RS_NAMES_H

#include "reports/lookup.h"
#include "reports/rows.h"

/* Zeroed is empty. */
typedef struct rs_names {
    rs_lookup index;
    RS_ROWS(const char *) rows; /* by number */
    rs_texts texts;
} rs_names;

/* rs_names_number returns the number of `text`, a new one when it was not mentioned before. */
uint32_t rs_names_number(rs_names *names, const char *text);

/* rs_names_fini frees all texts. */
void rs_names_fini(rs_names *names);

#endif
