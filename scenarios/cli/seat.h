/* seat.h: on which processors the repetitions of an experiment run: those that others use least.
 * Somebody who is pinned beside a repetition costs it a tenth of its throughput now and then, and
 * the kernel moves threads there again and again.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_SEAT_H
#define RS_CLI_SEAT_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What is known of each processor. */
typedef struct rs_seat_use {
    uint64_t idle_ns;  /* since the machine's start, at the last look */
    double foreign_ns; /* that others used it; what is long ago counts less */
} rs_seat_use;

typedef struct rs_seat {
    uint32_t needed;   /* processors that a repetition uses */
    cpu_set_t allowed; /* to this program, when it began */
    cpu_set_t taken;   /* `needed` of these, or all */
    bool chooses;      /* there are more than needed, and the system tells what they do */
    double lasted_ns;  /* what foreign_ns is a part of */
    uint64_t at_ns;    /* of the wall, at the last look */
    uint64_t own_ns;   /* that this program and its children have used, at the last look */
    rs_seat_use uses[CPU_SETSIZE];
} rs_seat;

/* rs_seat_open looks what others do, for a tenth of a second if there is a choice.
 * Owner: rs_seat_close. */
void rs_seat_open(rs_seat *seat, uint32_t needed);

/* rs_seat_take pins the calling thread, and whomever it starts from then on, to the processors that
 * others used least lately. */
void rs_seat_take(rs_seat *seat);

/* rs_seat_close lets the calling thread run where it could before. */
void rs_seat_close(rs_seat *seat);

/* The parts below are apart from the machine, for tests. */

/* rs_seat_read reads from /proc/stat how long each processor was idle, in ticks of `tick_ns`, into
 * idle_ns[CPU_SETSIZE], and which processors there are into `found`. */
void rs_seat_read(FILE *stat, uint64_t tick_ns, uint64_t *idle_ns, cpu_set_t *found);

/* rs_seat_count counts what others did in the `lasted_ns` before a look that found
 * idle_ns[CPU_SETSIZE]; `own_ns` of it this program used, on the processors taken. */
void rs_seat_count(rs_seat *seat, const uint64_t *idle_ns, uint64_t lasted_ns, uint64_t own_ns);

/* rs_seat_choose takes the processors that others used least; it moves only for a gain. */
void rs_seat_choose(rs_seat *seat);

#endif
