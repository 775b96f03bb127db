/* timeline.h: what happened when, in at most 1024 windows of equal length. Windows begin at 10 ms;
 * a run that outlives them doubles their length by merging neighbours, so memory is constant and
 * nothing is lost but resolution. Flat, without pointers; zeroed memory is an empty timeline, so it
 * may lie in shared memory.
 * Thread: one writer at a time; give each core its own and merge.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TIMELINE_H
#define RS_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

/* The window of calls.availability_time; shorter ones are mostly empty. */
#define RS_TIMELINE_WINDOW_NS UINT64_C(10000000)
/* More than a page's width in pixels; 40 KiB. */
#define RS_TIMELINE_WINDOWS 1024u

/* column, meaning */
#define RS_TIMELINE_COLUMNS(X)                                                                     \
    X(ANSWERED, "answered", "calls answered in the window")                                        \
    X(FAILED, "failed", "calls failed in the window")                                              \
    X(RESTARTS, "restarts", "replacements that were started in the window")                        \
    X(MESSAGES, "messages", "signals delivered in the window")                                     \
    X(FAULTS, "faults", "faults that struck in the window")

typedef enum rs_timeline_column {
#define X(NAME, WORD, MEANING) RS_TIMELINE_##NAME,
    RS_TIMELINE_COLUMNS(X)
#undef X
        RS_TIMELINE_COLUMN_COUNT
} rs_timeline_column;

typedef struct rs_timeline {
    uint32_t doublings; /* windows are RS_TIMELINE_WINDOW_NS << doublings long */
    uint32_t used;      /* windows up to the last one with an entry */
    uint64_t counts[RS_TIMELINE_WINDOWS][RS_TIMELINE_COLUMN_COUNT];
} rs_timeline;

/* rs_timeline_add counts `count` in the window of `time_ns` since the run's t = 0. */
void rs_timeline_add(rs_timeline *timeline, uint64_t time_ns, rs_timeline_column column,
                     uint64_t count);

/* rs_timeline_merge adds all of `from` to `into`, in windows of the longer of both lengths. */
void rs_timeline_merge(rs_timeline *into, const rs_timeline *from);

/* rs_timeline_window_ns returns the length of a window. */
uint64_t rs_timeline_window_ns(const rs_timeline *timeline);

/* rs_timeline_word returns the word that files use for `column`, static. */
const char *rs_timeline_word(rs_timeline_column column);

#endif
