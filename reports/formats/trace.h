/* trace.h: writes a trace in the Trace Event Format (JSON), which Perfetto and Chromium's DevTools
 * open. Three groups of tracks: the run (its phases, its faults), the cores (a
 * track each: what ran, and marks of what happened), and lives (a row per position).
 *
 * Written so that every reader takes it: numbers before texts in each event, since old Perfettos
 * know no \u escapes where they look for the time; no displayTimeUnit, which some of them take for
 * the unit of `ts`; times in microseconds with three decimals, so that nothing overlaps by
 * rounding. SPDX-License-Identifier: MIT
 */
#ifndef RS_TRACE_H
#define RS_TRACE_H

#include "runtime/base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define RS_TRACE_FORMAT "respawn.trace/1"
#define RS_TRACE_MARK   "respawn.trace/"

/* Of what there was, how much the trace tells, and how much was dropped for want of room. */
typedef struct rs_trace_share {
    uint64_t told, dropped;
} rs_trace_share;

typedef struct rs_trace_header {
    const char *scenario, *clock, *scheduler;
    uint64_t seed;
    uint32_t cores;
    uint64_t end_ns; /* of the last of what is told, since t = 0 */
    rs_trace_share slices, events, faults, lives;
} rs_trace_header;

/* "7 slices, 1 life": what was dropped. */
#define RS_TRACE_DROPS_BYTES 128u

/* rs_trace_print_drops prints what `header` says to have been dropped; false: nothing was. */
bool rs_trace_print_drops(const rs_trace_header *header, char text[RS_TRACE_DROPS_BYTES]);

/* Tracks outside of the cores. */
typedef enum rs_trace_track { RS_TRACE_PHASES = 1, RS_TRACE_FAULTS = 2 } rs_trace_track;

/* Where on its way a flow is. */
typedef enum rs_trace_step { RS_TRACE_FIRST, RS_TRACE_NEXT, RS_TRACE_LAST } rs_trace_step;

/* All that may be said of something; 0, NULL and "" are left out. Texts may come from strangers. */
typedef struct rs_trace_args {
    const char *role;
    uint64_t incarnation;
    const char *reason, *fault, *how, *outcome, *end, *note;
} rs_trace_args;

typedef struct rs_trace {
    FILE *stream;
    bool begun; /* an event has been written */
} rs_trace;

/* rs_trace_begin writes the head, and names all tracks. Owner: `stream` stays the caller's. */
void rs_trace_begin(rs_trace *trace, FILE *stream, const rs_trace_header *header);

/* rs_trace_span writes a span on one of the run's tracks. */
void rs_trace_span(rs_trace *trace, rs_trace_track track, uint64_t from_ns, uint64_t to_ns,
                   const char *name);

/* rs_trace_slice writes that `name` ran on `core`, from 0. Those of a core must not overlap. */
void rs_trace_slice(rs_trace *trace, uint32_t core, uint64_t from_ns, uint64_t to_ns,
                    const char *name, const rs_trace_args *args);

/* rs_trace_mark writes what happened on `core`: a slice that takes no time, so that flows can lead
 * from and to it. */
void rs_trace_mark(rs_trace *trace, uint32_t core, uint64_t time_ns, const char *name,
                   const rs_trace_args *args);

/* rs_trace_instant writes a moment on one of the run's tracks. */
void rs_trace_instant(rs_trace *trace, rs_trace_track track, uint64_t time_ns, const char *name,
                      const rs_trace_args *args);

/* rs_trace_flow leads the flow `number`, not 0, through the mark of `core` that was just written.
 */
void rs_trace_flow(rs_trace *trace, uint32_t core, uint64_t time_ns, uint64_t number,
                   rs_trace_step step);

/* rs_trace_life writes a life, `number` being different for each, in the row `name`. */
void rs_trace_life(rs_trace *trace, uint64_t number, uint64_t from_ns, uint64_t to_ns,
                   const char *name, const rs_trace_args *args);

/* rs_trace_end closes it. Errors: RS_EIO when a write has failed so far. */
rs_err rs_trace_end(rs_trace *trace);

#endif
