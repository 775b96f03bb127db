/* memo.c: a number for each of many words.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/memo.h"

#include "reports/rows.h"

#include <stdlib.h>

#define ROOM_FIRST 1024u

static rs_memo_cell *find_cell(const rs_memo *memo, uint64_t key) {
    uint32_t at = (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
    for (;; at++) {
        rs_memo_cell *cell = &memo->cells[at & (memo->room - 1)];
        if (cell->key == key || cell->key == 0) return cell;
    }
}

static void grow(rs_memo *memo) {
    rs_memo before = *memo;
    memo->room = before.room ? 2 * before.room : ROOM_FIRST;
    memo->cells = rs_rows_alloc(sizeof *memo->cells * memo->room);
    for (uint32_t i = 0; i < before.room; i++)
        if (before.cells[i].key) *find_cell(memo, before.cells[i].key) = before.cells[i];
    free(before.cells);
}

void rs_memo_fini(rs_memo *memo) {
    free(memo->cells);
    *memo = (rs_memo){0};
}

void rs_memo_put(rs_memo *memo, uint64_t key, uint32_t value) {
    if (2 * (memo->count + 1) > memo->room) grow(memo);
    rs_memo_cell *cell = find_cell(memo, key);
    memo->count += cell->key == 0;
    *cell = (rs_memo_cell){key, value};
}

uint32_t rs_memo_get(const rs_memo *memo, uint64_t key) {
    if (!memo->room || !key) return UINT32_MAX;
    const rs_memo_cell *cell = find_cell(memo, key);
    return cell->key ? cell->value : UINT32_MAX;
}
