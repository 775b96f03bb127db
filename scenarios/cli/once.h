/* once.h: one run of a plan as every command does it: carried out, judged, its end told on stderr.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_ONCE_H
#define RS_CLI_ONCE_H

#include "reports/result.h"
#include "scenarios/cli/options.h"
#include "scenarios/engine/watch.h"
#include "scenarios/language/plan.h"

#include <stdio.h>

typedef struct rs_once {
    rs_result *result; /* the caller's */
    int status;        /* exit status */
    int events_error;  /* errno of writing the events */
    bool at_once;      /* stopped by a second Ctrl-C: there is nothing to report */
    bool began;        /* t = 0 was reached */
    bool interrupted;  /* by a signal */
} rs_once;

/* Where a run's stories go. */
typedef struct rs_once_story {
    int events_fd;                 /* -1: nowhere */
    FILE *crashes;                 /* NULL: nowhere */
    bool calls;                    /* events tell calls as well, to be compared */
    FILE *trace;                   /* NULL: nowhere */
    const rs_spectator *spectator; /* who looks on; NULL: nobody */
} rs_once_story;

/* rs_once_run runs `plan` with `seed`, and tells of it as `story` says. `options` are those
 * of the command that repeats it. */
rs_once rs_once_run(const rs_options *options, const rs_plan *plan, uint64_t seed,
                    rs_once_story story);

/* rs_once_take_verdict lets what speaks against repetition `number`, whose result is `from`, speak
 * against `result` too; of which one is missing is not complete. */
void rs_once_take_verdict(rs_result *result, const rs_result *from, uint64_t number);

/* rs_once_stops says whether a run that ended with `status` is the last one. */
bool rs_once_stops(int status);

#endif
