/* baseline_json.h: respawn.baseline/1: sessions as they lie in a file. It may come from a stranger:
 * its size is bounded, and what contradicts itself or what this program knows is refused.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BASELINE_JSON_H
#define RS_BASELINE_JSON_H

#include "reports/verdict/baseline.h"
#include "runtime/base/error.h"

#include <stdio.h>

#define RS_BASELINE_FORMAT "respawn.baseline/1.0"
#define RS_BASELINE_MARK   "respawn.baseline/"

/* rs_baseline_json_write writes all sessions, one a line.
 * Errors: RS_EIO when the stream takes no more. */
rs_err rs_baseline_json_write(const rs_baseline *baseline, FILE *stream);

/* rs_baseline_json_load appends the sessions of `stream` to `baseline`. `name` is the file's name
 * for messages. On error `message` (of `size` bytes) tells `name:line:column: problem` for
 * malformed JSON, `name: sessions[3].gate[0]: problem` for what is JSON, but no baseline; some of
 * its sessions may have been added.
 * Errors: RS_EIO, RS_ESYNTAX, RS_ELIMIT (too large). */
rs_err rs_baseline_json_load(FILE *stream, const char *name, rs_baseline *baseline, char *message,
                             size_t size);

#endif
