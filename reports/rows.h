/* rows.h: growing arrays of one shape, {at, count, room}, and the text that rows point to. A report
 * that cannot get memory ends the program (rs_panic): it runs in the parent, beside the runtime it
 * reports on, and half a report would be a lie.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ROWS_H
#define RS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#define RS_ROWS(TYPE)                                                                              \
    struct {                                                                                       \
        TYPE *at;                                                                                  \
        size_t count, room;                                                                        \
    }

/* RS_ROWS_ADD returns a new zeroed last row of `ROWS`; rows returned before may have moved. */
#define RS_ROWS_ADD(ROWS)                                                                          \
    rs_rows_add((void **)&(ROWS)->at, &(ROWS)->count, &(ROWS)->room, sizeof *(ROWS)->at)

/* rs_rows_add is RS_ROWS_ADD for rows of `size` bytes. */
void *rs_rows_add(void **at, size_t *count, size_t *room, size_t size);

/* rs_rows_alloc returns `size` zeroed bytes, never NULL.
 * Owner: free() it. */
void *rs_rows_alloc(size_t size);

/* Texts that live and die together. Zeroed is empty. */
typedef struct rs_texts {
    struct rs_texts_block *block;
} rs_texts;

/* rs_texts_copy returns a copy of `length` bytes of `text`, with a NUL behind it.
 * Owner: `texts`, until rs_texts_fini. */
char *rs_texts_copy(rs_texts *texts, const char *text, size_t length);

/* rs_texts_equal says whether two texts, which may be NULL, are the same. */
bool rs_texts_equal(const char *a, const char *b);

/* rs_texts_fini frees all texts. */
void rs_texts_fini(rs_texts *texts);

#endif
