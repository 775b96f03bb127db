/* load.h: reads respawn.result/1.x back into a result. The file may come from a stranger: its size,
 * depth and numbers of rows are bounded, all texts are only texts, and what contradicts itself is
 * refused.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOAD_H
#define RS_LOAD_H

#include "reports/result.h"
#include "runtime/base/error.h"

#include <stddef.h>
#include <stdio.h>

/* Thirty times what a million restarts need. */
#define RS_LOAD_BYTES_MAX (64u << 20)
/* Each takes 58 KiB; the largest scenario (1000 loads, 255 faults, 64 phases) makes 6300. */
#define RS_LOAD_HISTOGRAMS_MAX 8192u
#define RS_LOAD_ROWS_MAX       100000u
/* As many as a scenario may have. */
#define RS_LOAD_FAULTS_MAX 255u
/* A run looks with a dozen of checks and keeps 256 findings; who tells them compares them. */
#define RS_LOAD_CHECKS_MAX   255u
#define RS_LOAD_FINDINGS_MAX 4096u

/* rs_load_json reads all of `stream` as JSON, with no key twice. `name` is the file's name for
 * messages; on error `message` (of `size` bytes) tells `name:line:column: problem`.
 * Errors: RS_EIO, RS_ESYNTAX, RS_ELIMIT (too large).
 * Owner:  json_decref. */
rs_err rs_load_json(FILE *stream, const char *name, struct json_t **root, char *message,
                    size_t size);

/* rs_result_load reads all of `stream` into `*result`. `name` is the file's name for messages.
 * Unknown keys are ignored, missing ones leave their value unknown. On error `message` (of `size`
 * bytes) tells `name:line:column: problem` for malformed JSON, `name: metrics[3].kind: problem`
 * for what is JSON, but no result.
 * Errors: RS_EIO, RS_ESYNTAX, RS_ELIMIT (too large).
 * Owner:  rs_result_destroy. */
rs_err rs_result_load(FILE *stream, const char *name, rs_result **result, char *message,
                      size_t size);

#endif
