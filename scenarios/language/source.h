/* source.h: the bytes of a scenario file, read whole and checked to be text before anything looks
 * into them. They come from a stranger.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SOURCE_H
#define RS_SOURCE_H

#include "scenarios/language/diagnostic.h"
#include "scenarios/language/plan_memory.h"

/* The largest scenario of the suite has 4 KiB; a generated one with ten thousand children 600 KiB,
 * one with a hundred thousand arrivals 5 MiB. */
#define RS_SOURCE_BYTES_MAX (8u << 20)

typedef struct rs_source {
    const char *file;
    const char *bytes; /* valid UTF-8 without control characters, a byte order mark or NUL */
    size_t length;
    uint64_t hash; /* FNV-1a over the bytes of the file */
} rs_source;

/* rs_source_read reads `path` into `memory` and checks it; false after adding what is wrong. */
bool rs_source_read(const char *path, rs_plan_memory *memory, rs_diagnostics *diagnostics,
                    rs_source *source);

/* rs_source_check fills `source` from bytes in memory, which it borrows; false after adding what is
 * wrong, such as invalid UTF-8. */
bool rs_source_check(const char *file, const char *bytes, size_t length,
                     rs_diagnostics *diagnostics, rs_source *source);

#endif
