/* result_file.h: results that were written by `run --export-json`.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_RESULT_FILE_H
#define RS_CLI_RESULT_FILE_H

#include "reports/result.h"

#include <stdio.h>

/* rs_result_file_open opens the file at `path` to be read, from its beginning as often as needed: a
 * pipe is copied. NULL, after a message on stderr. Owner: fclose. */
FILE *rs_result_file_open(const char *path);

/* rs_result_file_copy reads the rest of `stream`, behind `first`, which was taken from it: what a
 * pipe has given it does not give again. NULL, after a message on stderr. Owner: fclose. */
FILE *rs_result_file_copy(FILE *stream, const char *first, const char *name);

/* rs_result_file_load reads `stream`, called `name` in messages. NULL, after a message on stderr.
 * Owner: rs_result_destroy. */
rs_result *rs_result_file_load(FILE *stream, const char *name);

/* rs_result_file_read is both for a file that must hold the result of a run. */
rs_result *rs_result_file_read(const char *path);

#endif
