/* watch.h: the parent's side of a run: it looks after the child until it is gone, whatever way that
 * happens, and says how the run ended.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WATCH_H
#define RS_WATCH_H

#include "reports/formats/trace.h"
#include "reports/result.h"
#include "scenarios/engine/progress.h"
#include "scenarios/engine/story.h"
#include "scenarios/engine/surroundings.h"

#include <signal.h>

typedef struct rs_watch {
    uint64_t timeout_ns;                  /* of the wall, for the whole run */
    rs_story *story;                      /* NULL: events are not exported */
    bool progress;                        /* wanted, where the spectator shows nothing */
    const struct rs_spectator *spectator; /* NULL: nobody looks on */
} rs_watch;

typedef struct rs_ending {
    rs_result_status status;
    int exit_code;             /* 0: nothing speaks against the run but its expectations */
    bool at_once;              /* a second Ctrl-C: report nothing */
    bool began;                /* t = 0 was reached */
    bool interrupted;          /* by a signal */
    uint64_t elapsed_ns;       /* by the wall */
    rs_optional clock_step_ns; /* see rs_steps */
    rs_place place;            /* that the reason speaks of; file NULL: none */
    rs_trace_header trace;     /* what the trace tells, if one was wanted */
    char reason[640];          /* "" when complete */
} rs_ending;

/* Who looks on while a run goes on, in the parent's place and time. What the child says on stderr
 * meanwhile is told when the spectator has gone. */
typedef struct rs_spectator {
    void *context;
    /* show is called between two looks, `wall_ns` being rs_watch_wall_ns; false: it shows nothing
     * now, so the line of progress may. */
    bool (*show)(void *context, const rs_shared *shared, uint64_t wall_ns);
    /* hide is called when the child is gone; unless `silent`, something is about to be said of it
     * on stderr. */
    void (*hide)(void *context, bool silent);
} rs_spectator;

/* rs_watch_run starts the child for `shared` and returns when it is gone. SIGINT and SIGTERM wind
 * the run down, a second one ends it at once. Signals are as before when it returns. */
void rs_watch_run(const rs_watch *watch, rs_shared *shared, rs_ending *ending);

/* rs_watch_hold and rs_watch_release enclose several runs: a signal that arrives between two of
 * them stops the next one at once, instead of the program. *before is for rs_watch_release. */
void rs_watch_hold(sigset_t *before);
void rs_watch_release(const sigset_t *before);

/* rs_watch_wall_ns returns the time of the wall in ns, from an arbitrary start: what the parent
 * waits by, outside every run. */
uint64_t rs_watch_wall_ns(void);

/* rs_watch_busy_ns returns for how long the calling thread has had a processor, in ns. */
uint64_t rs_watch_busy_ns(void);

/* rs_watch_timeout_ns returns the default timeout for `plan`: generous, for a run that hangs must
 * end, and one on a slow machine must not. */
uint64_t rs_watch_timeout_ns(const rs_plan *plan);

#endif
