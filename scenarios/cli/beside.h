/* beside.h: the restarts of several runs in one table, stage by stage: ours, and those of whoever
 * else wrote respawn.events.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_BESIDE_H
#define RS_CLI_BESIDE_H

#include "reports/formats/paint.h"
#include "reports/result.h"

#include <stdint.h>

typedef struct rs_beside_row {
    const char *name; /* the file's */
    rs_result *result;
} rs_beside_row;

/* rs_beside_paint writes the table; what ran under the real and under the virtual clock stands in
 * tables of their own. */
void rs_beside_paint(const rs_beside_row *rows, uint32_t count, rs_paint *paint);

#endif
