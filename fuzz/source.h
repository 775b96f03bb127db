/* source.h: the source tree as text, for house_test.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_SOURCE_H
#define RS_FUZZ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rs_source {
    char *path; /* from the root, such as "runtime/base/list.h" */
    char *text; /* as it stands */
    char *code; /* the same, with comments, strings and characters as blanks; lines stay */
} rs_source;

typedef struct rs_sources {
    rs_source *items;
    size_t count;
} rs_sources;

/* rs_sources_load reads every .c, .h and .pml file of the house, sorted by path; false when it
 * cannot. */
bool rs_sources_load(rs_sources *sources, const char *root);

/* rs_sources_free frees what rs_sources_load made. */
void rs_sources_free(rs_sources *sources);

/* rs_source_read returns the text of the file at `path`, NULL when it cannot; the caller frees it.
 */
char *rs_source_read(const char *path);

/* rs_source_make makes a source of a made-up file; the caller frees it with rs_source_free. */
rs_source rs_source_make(const char *path, const char *text);

/* rs_source_free frees one source. */
void rs_source_free(rs_source *source);

/* rs_source_line returns the number, from 1, of the line that `at` points into; `start` is its text
 * or code. */
int rs_source_line(const char *start, const char *at);

/* rs_source_find returns the next place at or behind `from` where `word` stands as a whole
 * identifier, or NULL. */
const char *rs_source_find(const char *from, const char *word);

#endif
