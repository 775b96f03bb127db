/* memo.h: a number for each of many words, such as the place of each call in a history.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MEMO_H
#define RS_MEMO_H

#include <stdint.h>

typedef struct rs_memo_cell {
    uint64_t key; /* 0: free */
    uint32_t value;
} rs_memo_cell;

/* Zeroed is empty. Owner: rs_memo_fini. */
typedef struct rs_memo {
    rs_memo_cell *cells; /* open addressing; a power of two, at most half full */
    uint32_t room, count;
} rs_memo;

/* rs_memo_fini frees what it holds, and leaves it empty. */
void rs_memo_fini(rs_memo *memo);

/* rs_memo_put remembers `value` of `key`, which is not 0; the last one counts. */
void rs_memo_put(rs_memo *memo, uint64_t key, uint32_t value);

/* rs_memo_get returns the value of `key`, UINT32_MAX when there is none. */
uint32_t rs_memo_get(const rs_memo *memo, uint64_t key);

#endif
