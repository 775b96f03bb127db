/* reorder.h: brings events back into the order of their times. Several cores, or the tracer of
 * another runtime, write one file together, so that a line may stand behind some that are younger.
 * Memory is bounded: so many events are held back, and what comes later than that is too late.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_REORDER_H
#define RS_REORDER_H

#include <stdbool.h>
#include <stdint.h>

/* More than all cores write while one of them is kept from writing down what it has seen: a core
 * that lost its processor for 50 ms, among others that tell of a million events a second. */
#define RS_REORDER_EVENTS 65536u

typedef struct rs_reorder_event {
    int64_t time_ns;
    uint64_t line; /* of two at the same time, the one that was told first is the first */
    uint64_t incarnation;
    uint32_t role, cause;
    uint16_t fault;
    uint8_t kind, stop;
} rs_reorder_event;

/* Zeroed is empty. */
typedef struct rs_reorder {
    rs_reorder_event *heap; /* of RS_REORDER_EVENTS, and one that is about to be taken */
    uint32_t count;
    bool begun;
    int64_t last_ns; /* of the latest that was taken */
} rs_reorder;

/* rs_reorder_is_late says whether `time_ns` lies before what has been taken already. */
bool rs_reorder_is_late(const rs_reorder *reorder, int64_t time_ns);

/* rs_reorder_is_full says whether one must be taken before the next is put: the oldest of more than
 * RS_REORDER_EVENTS. So what has just been put may be the one. */
bool rs_reorder_is_full(const rs_reorder *reorder);

/* rs_reorder_put adds an event that is not late. */
void rs_reorder_put(rs_reorder *reorder, const rs_reorder_event *event);

/* rs_reorder_take takes out the oldest; false: there is none. */
bool rs_reorder_take(rs_reorder *reorder, rs_reorder_event *event);

/* rs_reorder_fini frees what is held back. */
void rs_reorder_fini(rs_reorder *reorder);

#endif
