/* reorder.c: a heap of events, the oldest on top.
 * SPDX-License-Identifier: MIT
 */
#include "reports/reorder.h"

#include "reports/rows.h"
#include "runtime/base/assert.h"

#include <stdlib.h>

#define PLACES (RS_REORDER_EVENTS + 1)

bool rs_reorder_is_late(const rs_reorder *reorder, int64_t time_ns) {
    return reorder->begun && time_ns < reorder->last_ns;
}

bool rs_reorder_is_full(const rs_reorder *reorder) {
    return reorder->count == PLACES;
}

static bool is_before(const rs_reorder_event *a, const rs_reorder_event *b) {
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->line < b->line;
}

void rs_reorder_put(rs_reorder *reorder, const rs_reorder_event *event) {
    RS_ASSERT(!rs_reorder_is_full(reorder));
    if (!reorder->heap) reorder->heap = rs_rows_alloc(sizeof *reorder->heap * PLACES);
    uint32_t at = reorder->count++;
    for (; at > 0 && is_before(event, &reorder->heap[(at - 1) / 2]); at = (at - 1) / 2)
        reorder->heap[at] = reorder->heap[(at - 1) / 2];
    reorder->heap[at] = *event;
}

/* The older child of the empty place `at`; 0: it has none. */
static uint32_t older_child(const rs_reorder *reorder, uint32_t at) {
    uint32_t left = 2 * at + 1, right = left + 1;
    if (left >= reorder->count) return 0;
    if (right >= reorder->count) return left;
    return is_before(&reorder->heap[right], &reorder->heap[left]) ? right : left;
}

bool rs_reorder_take(rs_reorder *reorder, rs_reorder_event *event) {
    if (reorder->count == 0) return false;
    *event = reorder->heap[0];
    const rs_reorder_event last = reorder->heap[--reorder->count];
    uint32_t at = 0, child;
    while ((child = older_child(reorder, at)) != 0 && is_before(&reorder->heap[child], &last)) {
        reorder->heap[at] = reorder->heap[child];
        at = child;
    }
    reorder->heap[at] = last;
    reorder->last_ns = event->time_ns;
    reorder->begun = true;
    return true;
}

void rs_reorder_fini(rs_reorder *reorder) {
    free(reorder->heap);
    *reorder = (rs_reorder){0};
}
