/* crashes.h: respawn.crashes/1: the crash reports of a run as JSON lines, a header, one line for
 * each report in order of time, and one for each reason that says how many there were in all: of a
 * million deaths the first are told and all are counted.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CRASHES_H
#define RS_CRASHES_H

#include "runtime/base/crash_report.h"
#include "runtime/base/error.h"

#include <stdio.h>

#define RS_CRASHES_FORMAT "respawn.crashes/1"
#define RS_CRASHES_MARK   "respawn.crashes/"

typedef struct rs_crashes_header {
    const char *scenario, *clock;
    uint64_t seed;
} rs_crashes_header;

/* How an earlier incarnation of the role ended. */
typedef struct rs_crashes_end {
    int64_t time_ns;
    uint64_t incarnation;
    const char *reason;
} rs_crashes_end;

#define RS_CRASHES_ENDS_MAX 4u

/* What the report itself cannot know; NULL and 0 are left out. */
typedef struct rs_crashes_line {
    const rs_crash_report *report;
    int64_t time_ns;      /* since t = 0 */
    const char *role;     /* path below the root */
    uint64_t incarnation; /* the N of role#N, from 1 */
    uint32_t cause;       /* number of the fault that led to it, as in respawn.events */
    const char *fault;    /* id of the fault's plan */
    const char *entry;    /* name of the function that it began with */
    const char *frames[RS_CRASH_FRAMES_MAX]; /* names of report->frames */
    const char *links[RS_CRASH_LINKS_MAX];   /* roles of report->links; NULL: none */
    const rs_crashes_end *ends;              /* the latest of the role before, oldest first */
    uint32_t end_count;                      /* that are told */
    uint64_t ended;                          /* how many there were */
} rs_crashes_line;

/* rs_crashes_begin writes the header, rs_crashes_add a report, rs_crashes_count how many ends had a
 * reason and of how many of them there is a report.
 * Errors: RS_EIO. */
rs_err rs_crashes_begin(FILE *stream, const rs_crashes_header *header);
rs_err rs_crashes_add(FILE *stream, const rs_crashes_line *line);
rs_err rs_crashes_count(FILE *stream, const char *reason, uint64_t count, uint64_t told);

/* rs_crashes_kind returns the word for the kind of a message, static. */
const char *rs_crashes_kind(uint32_t kind);

/* rs_crashes_signal returns the name of a signal, static; NULL for one that is no fault. */
const char *rs_crashes_signal(int signal);

#endif
