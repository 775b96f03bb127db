/* pool.c: see pool.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/pool.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

bool rs_pool_init(rs_pool *pool) {
    void *base = mmap(NULL, RS_POOL_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    *pool = (rs_pool){.base = base == MAP_FAILED ? NULL : base};
    return pool->base != NULL;
}

void rs_pool_fini(rs_pool *pool) {
    if (pool->base) munmap(pool->base, RS_POOL_BYTES);
    *pool = (rs_pool){0};
}

void *rs_pool_take(rs_pool *pool, size_t bytes) {
    size_t whole = (bytes + 15) & ~(size_t)15;
    if (whole < bytes || whole > RS_POOL_BYTES - pool->used) {
        pool->overflowed = true;
        return NULL;
    }
    void *taken = pool->base + pool->used;
    pool->used += whole;
    return taken;
}

const char *rs_pool_print(rs_pool *pool, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : rs_pool_take(pool, (size_t)length + 1);
    if (!text) return "";
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}
