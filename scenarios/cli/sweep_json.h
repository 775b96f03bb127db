/* sweep_json.h: the table of a sweep as JSON (`respawn.sweep/1`): a row for each combination, with
 * the medians that the terminal shows.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_SWEEP_JSON_H
#define RS_CLI_SWEEP_JSON_H

#include "runtime/base/error.h"
#include "scenarios/cli/table.h"

#include <stdio.h>

#define RS_SWEEP_FORMAT "respawn.sweep/1.0"

typedef struct rs_sweep_told {
    const char *scenario, *about; /* about: NULL: none */
    uint64_t repetitions;         /* of each combination */
    const rs_table *table;
} rs_sweep_told;

/* rs_sweep_json writes `told`. Errors: RS_EIO when the stream takes no more. */
rs_err rs_sweep_json(const rs_sweep_told *told, FILE *stream);

#endif
