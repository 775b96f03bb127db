/* timeline.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/timeline.h"

#include "runtime/base/assert.h"

#include <string.h>

uint64_t rs_timeline_window_ns(const rs_timeline *timeline) {
    return RS_TIMELINE_WINDOW_NS << timeline->doublings;
}

static void halve(rs_timeline *timeline) {
    uint32_t used = (timeline->used + 1) / 2;
    for (uint32_t i = 0; i < used; i++)
        for (uint32_t c = 0; c < RS_TIMELINE_COLUMN_COUNT; c++)
            timeline->counts[i][c] = timeline->counts[2 * i][c] + timeline->counts[2 * i + 1][c];
    memset(timeline->counts[used], 0, sizeof *timeline->counts * (RS_TIMELINE_WINDOWS - used));
    timeline->used = used;
    timeline->doublings++;
}

void rs_timeline_add(rs_timeline *timeline, uint64_t time_ns, rs_timeline_column column,
                     uint64_t count) {
    RS_ASSERT(column < RS_TIMELINE_COLUMN_COUNT);
    while (time_ns / rs_timeline_window_ns(timeline) >= RS_TIMELINE_WINDOWS) halve(timeline);
    uint32_t window = (uint32_t)(time_ns / rs_timeline_window_ns(timeline));
    timeline->counts[window][column] += count;
    if (window >= timeline->used) timeline->used = window + 1;
}

void rs_timeline_merge(rs_timeline *into, const rs_timeline *from) {
    while (into->doublings < from->doublings) halve(into);
    uint32_t shift = into->doublings - from->doublings;
    for (uint32_t i = 0; i < from->used; i++)
        for (uint32_t c = 0; c < RS_TIMELINE_COLUMN_COUNT; c++)
            into->counts[i >> shift][c] += from->counts[i][c];
    uint32_t used = from->used ? ((from->used - 1) >> shift) + 1 : 0;
    if (used > into->used) into->used = used;
}

const char *rs_timeline_word(rs_timeline_column column) {
    static const char *const words[] = {
#define X(NAME, WORD, MEANING) WORD,
        RS_TIMELINE_COLUMNS(X)
#undef X
    };
    RS_ASSERT(column < RS_TIMELINE_COLUMN_COUNT);
    return words[column];
}
