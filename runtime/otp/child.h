/* child.h: a supervisor's records of its children. Records have numbers that never change while
 * they are in use and lie in chunks that never move, so a link's tag can be a number and every
 * event of a child is O(1). Freed records are used again first, so that replacing a child costs no
 * memory.
 * Source: rules S10, S17, S29.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CHILD_H
#define RS_CHILD_H

#include "runtime/otp/supervisor.h"

typedef enum rs_child_state {
    RS_CHILD_FREE,       /* no child at all */
    RS_CHILD_DOWN,       /* OTP's undefined */
    RS_CHILD_RUNNING,    /* a process; it may be dead already, its EXIT not been taken yet */
    RS_CHILD_RESTARTING, /* its start failed; a retry is on its way (S18) */
    RS_CHILD_STOPPING    /* told to go, together with all the others (S24) */
} rs_child_state;

/* 32 bytes: a million children cost 32 MB. */
typedef struct rs_child {
    rs_pid pid; /* running, stopping; restarting: of its last process; else 0 */
    union {
        const rs_child_spec *spec; /* its own, the supervisor's copy */
        const void *extra;         /* of a template: what it is started with, or NULL */
    };
    uint32_t role;
    uint32_t next; /* in start order; stopping: with the same shutdown; of a free record: the next
                      free one; 0: none */
    union {
        uint32_t previous;    /* static: in start order; 0: none */
        uint32_t extra_bytes; /* of a template */
    };
    uint32_t number : 28; /* from 1 */
    uint32_t state : 3;
    uint32_t noticed : 1; /* stopping: its end has been told */
} rs_child;

/* All children of one supervisor. Zeroed memory is an empty set. */
typedef struct rs_children {
    rs_child **chunks;
    uint32_t chunk_capacity;
    uint32_t highest; /* number in use so far */
    uint32_t free;    /* the first free number; 0: none */
    uint32_t count;
    uint32_t first, last; /* static: in start order */
} rs_children;

/* rs_child_add returns a zeroed record in state RS_CHILD_DOWN, in no order. */
rs_child *rs_child_add(rs_children *children);

/* rs_child_append puts `child` last in start order (S29). */
void rs_child_append(rs_children *children, rs_child *child);

/* rs_child_move puts `child`, which is in the start order, last in it. */
void rs_child_move(rs_children *children, rs_child *child);

/* rs_child_unlink takes `child` out of the start order. */
void rs_child_unlink(rs_children *children, rs_child *child);

/* rs_child_remove frees the record of a child that is in no order any more. */
void rs_child_remove(rs_children *children, rs_child *child);

/* rs_child_at returns the record `number`, or NULL when there is none in use. */
rs_child *rs_child_at(const rs_children *children, uint64_t number);

/* rs_child_next returns the record in use with the next higher number than `number`, or NULL: for
 * walks in no particular order, starting from 0. */
rs_child *rs_child_next(const rs_children *children, uint32_t number);

#endif
