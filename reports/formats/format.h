/* format.h: a way to tell a result. A format is one file that exports one object and one line in
 * catalogue.c; that line alone gives `--export-NAME` and a place in `respawn list formats`.
 * Formats are pure: they read the result, write to the stream and compute nothing that is not in
 * the result. Every text of a result may come from a stranger: each format escapes for its medium.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FORMAT_H
#define RS_FORMAT_H

#include "reports/result.h"
#include "runtime/base/error.h"

#include <stdio.h>

typedef struct rs_format {
    const char *name;      /* the word behind --export- */
    const char *about;     /* one sentence */
    const char *extension; /* without a dot */
    /* Writes all of `result`. Errors: RS_EIO when the stream takes no more. */
    rs_err (*write)(const rs_result *result, FILE *stream);
    /* What the head of an existing file must contain to be overwritten without force; NULL: none
     * may be. For rs_file_open. */
    const char *mark;
} rs_format;

/* rs_formats is the catalogue, in the order that lists show; ends with NULL. */
extern const rs_format *const rs_formats[];

/* rs_format_find returns the format called `name`, or NULL. */
const rs_format *rs_format_find(const char *name);

#endif
