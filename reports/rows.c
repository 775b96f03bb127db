/* rows.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"

#include "runtime/base/assert.h"

#include <stdlib.h>
#include <string.h>

/* One block serves hundreds of ids and paths. */
#define BLOCK_BYTES 16000

struct rs_texts_block {
    struct rs_texts_block *next;
    size_t used, room;
    char bytes[];
};

void *rs_rows_alloc(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) rs_panic(__FILE__, __LINE__, "out of memory for the report");
    return memory;
}

static void grow(void **at, size_t *room, size_t size) {
    size_t wanted = *room ? *room * 2 : 8, bytes;
    if (__builtin_mul_overflow(wanted, size, &bytes))
        rs_panic(__FILE__, __LINE__, "too many rows for the report");
    void *larger = realloc(*at, bytes);
    if (!larger) rs_panic(__FILE__, __LINE__, "out of memory for the report");
    *at = larger;
    *room = wanted;
}

void *rs_rows_add(void **at, size_t *count, size_t *room, size_t size) {
    if (*count == *room) grow(at, room, size);
    return memset((char *)*at + size * (*count)++, 0, size);
}

static struct rs_texts_block *add_block(rs_texts *texts, size_t length) {
    size_t room = length > BLOCK_BYTES ? length : BLOCK_BYTES;
    struct rs_texts_block *block = rs_rows_alloc(sizeof *block + room);
    block->room = room;
    block->next = texts->block;
    texts->block = block;
    return block;
}

char *rs_texts_copy(rs_texts *texts, const char *text, size_t length) {
    struct rs_texts_block *block = texts->block;
    if (!block || block->room - block->used < length + 1) block = add_block(texts, length + 1);
    char *copy = memcpy(block->bytes + block->used, text, length);
    copy[length] = '\0';
    block->used += length + 1;
    return copy;
}

bool rs_texts_equal(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

void rs_texts_fini(rs_texts *texts) {
    for (struct rs_texts_block *block = texts->block, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    texts->block = NULL;
}
