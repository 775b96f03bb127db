/* pool.h: memory that only grows and is given back whole: taking from it is an addition, so it may
 * be done inside the runtime, where malloc may not be called.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONFORM_POOL_H
#define RS_CONFORM_POOL_H

#include <stdbool.h>
#include <stddef.h>

/* Address space; what is not used takes no memory. */
#define RS_POOL_BYTES ((size_t)256 << 20)

typedef struct rs_pool {
    char *base;
    size_t used;
    bool overflowed; /* something did not fit */
} rs_pool;

/* rs_pool_init returns false when there is no address space. Owner: ends with rs_pool_fini. */
bool rs_pool_init(rs_pool *pool);
void rs_pool_fini(rs_pool *pool);

/* rs_pool_take returns zeroed memory, aligned to 16; NULL, and pool->overflowed: it is full. */
void *rs_pool_take(rs_pool *pool, size_t bytes);

/* rs_pool_print returns the text, or "" when it is full. */
const char *rs_pool_print(rs_pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
