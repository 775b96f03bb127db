/* events.h: writes respawn.events/1, the complete story of a run as JSON lines, while it happens:
 * millions of events go to a file, not to memory. It formats into its own buffer and hands whole
 * lines to write(2), so a reader never sees half a line of a run that was cut off between writes,
 * and the last good line of a torn file ends with a newline. Who reads from a pipe may be slow, so
 * it gets no more at once than poll(2) promises to take. Uses neither stdio nor malloc.
 * Thread: one at a time per writer.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_EVENTS_H
#define RS_EVENTS_H

#include "runtime/base/error.h"
#include "runtime/base/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_EVENTS_FORMAT "respawn.events/1"
#define RS_EVENTS_MARK   "respawn.events/"

/* A write every three hundred lines or so: whenever the longest line might not fit any more. */
#define RS_EVENTS_BUFFER_BYTES (128u << 10)
/* Roles and reasons are cut to so many bytes, so that each line fits the buffer. */
#define RS_EVENTS_TEXT_MAX 4000u
/* A wait in ms that does not end. */
#define RS_EVENTS_FOREVER (-1)

typedef struct rs_events {
    int fd;
    bool may_wait; /* it is no file */
    int error;     /* errno of the first write that failed, 0: none */
    size_t used;
    uint64_t lines;
    char buffer[RS_EVENTS_BUFFER_BYTES];
} rs_events;

/* The keys of the first line: type, key, member of rs_events_header, what it says. Of all but
 * `seed` those that say nothing – 0 or NULL – are left out. */
#define RS_EVENTS_HEADER_KEYS(X)                                                                   \
    X(text, "runtime", runtime, "who tells the story: respawn, beam, …")                           \
    X(text, "scenario", scenario, "the scenario's name")                                           \
    X(hex, "seed", seed, "that all chance came from")                                              \
    X(text, "clock", clock, "real or virtual")                                                     \
    X(text, "scheduler", scheduler, "the design that decided who ran where")                       \
    X(count, "threads", threads, "cores")                                                          \
    X(text, "t0", t0, "wall time of t = 0, ISO 8601")

typedef struct rs_events_header {
    const char *scenario;
    uint64_t seed;
    const char *clock, *scheduler;
    uint64_t threads;
    const char *t0;
    const char *runtime;
} rs_events_header;

/* The same of one line, with members of rs_events_line; time and event are always there. */
#define RS_EVENTS_LINE_KEYS(X)                                                                     \
    X(time, "t_ns", time_ns, "since t = 0; set-up is before it")                                   \
    X(event, "event", event, "what happened")                                                      \
    X(text, "role", role, "path below the root, which goes by its id")                             \
    X(count, "incarnation", incarnation, "the N of role#N, from 1")                                \
    X(text, "reason", reason, "of an exit, as Erlang prints it")                                   \
    X(count, "cause", cause, "number of the blow that led to it")                                  \
    X(text, "fault", fault, "id of the fault that struck the blow")                                \
    X(count, "init_ns", init_ns, "started: when init was entered, since t = 0")                    \
    X(text, "stop", stop, "stopping: shutdown, sibling or escalation")                             \
    X(count, "core", core, "where it happened, from 1")

typedef struct rs_events_line {
    int64_t time_ns;
    rs_event_kind event;
    const char *role;
    uint64_t incarnation;
    const char *reason; /* already printed */
    uint32_t cause;
    const char *fault;
    uint64_t init_ns;
    const char *stop;
    uint32_t core;
} rs_events_line;

/* rs_events_init begins a file on `fd` with the header line.
 * Owner: `fd` stays the caller's. */
void rs_events_init(rs_events *events, int fd, const rs_events_header *header);

/* rs_events_make_room says whether a line fits, if need be when rs_events_write has written what it
 * could. */
bool rs_events_make_room(rs_events *events, int wait_ms);

/* rs_events_add appends one line; about 100 ns. It makes room, however long that takes. A write
 * error is kept for rs_events_flush. */
void rs_events_add(rs_events *events, const rs_events_line *line);

/* An operation of a client, which is no event of the story: in the stories of two runs that are
 * compared it tells where they part. */
typedef struct rs_events_call {
    int64_t time_ns;    /* when it was over, since t = 0 */
    const char *load;   /* id */
    uint64_t client;    /* from 0 */
    const char *reason; /* why it failed; NULL: it was answered */
} rs_events_call;

/* rs_events_add_call appends a line that readers of respawn.events/1 do not know. */
void rs_events_add_call(rs_events *events, const rs_events_call *call);

/* rs_events_is_call says whether `line` is one of those. */
bool rs_events_is_call(const char *line);

/* rs_events_write writes what its reader takes of what is buffered, and waits `wait_ms` at most for
 * him to take any; false: he has not taken all. After an error nothing is left. */
bool rs_events_write(rs_events *events, int wait_ms);

/* rs_events_flush writes what is buffered, however long that takes.
 * Errors: RS_EIO, from now on always, when a write has failed; events->error is its errno. */
rs_err rs_events_flush(rs_events *events);

#endif
