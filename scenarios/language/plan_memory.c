/* plan_memory.c: a list of blocks, each handed out from the front.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/plan_memory.h"

#include "runtime/base/assert.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A usual scenario needs about 20 KiB: one block and a half. */
#define BLOCK_BYTES 16384u

typedef struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
} block;

struct rs_plan_memory {
    block *first;
};

rs_plan_memory *rs_plan_memory_create(void) {
    rs_plan_memory *memory = calloc(1, sizeof *memory);
    RS_ASSERT(memory);
    return memory;
}

void rs_plan_memory_destroy(rs_plan_memory *memory) {
    if (!memory) return;
    for (block *at = memory->first, *next; at; at = next) {
        next = at->next;
        free(at);
    }
    free(memory);
}

static void add_block(rs_plan_memory *memory, size_t bytes) {
    size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    block *added = calloc(1, sizeof *added + size);
    RS_ASSERT(added);
    added->size = size;
    added->next = memory->first;
    memory->first = added;
}

void *rs_plan_memory_take(rs_plan_memory *memory, size_t bytes) {
    const size_t step = alignof(max_align_t);
    RS_ASSERT(bytes < SIZE_MAX / 2);
    size_t rounded = (bytes + step - 1) / step * step;
    if (!memory->first || memory->first->size - memory->first->used < rounded)
        add_block(memory, rounded);
    void *taken = memory->first->bytes + memory->first->used;
    memory->first->used += rounded;
    return taken;
}

void *rs_plan_memory_array(rs_plan_memory *memory, size_t count, size_t bytes) {
    RS_ASSERT(bytes && count < SIZE_MAX / 2 / bytes);
    return rs_plan_memory_take(memory, (count ? count : 1) * bytes);
}

char *rs_plan_memory_copy(rs_plan_memory *memory, const char *text, size_t length) {
    char *copy = rs_plan_memory_take(memory, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *rs_plan_memory_format(rs_plan_memory *memory, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    RS_ASSERT(length >= 0);
    char *text = rs_plan_memory_take(memory, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}
