/* side.h: one side of an experiment: a build of respawn and what is set on it. Each repetition is a
 * fresh process of that program.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_SIDE_H
#define RS_CLI_SIDE_H

#include "reports/result.h"
#include "scenarios/cli/callgrind.h"
#include "scenarios/cli/options.h"
#include "scenarios/language/plan.h"

typedef struct rs_side {
    const char *name;              /* "A", "B" */
    const char *path;              /* of the program, as given; NULL: this one */
    int program;                   /* file descriptor */
    rs_options options;            /* the command's, and what is set on this side */
    rs_plan *plan;                 /* as this program reads the scenario */
    const rs_callgrind *callgrind; /* counts instructions; NULL: they are not counted */
} rs_side;

/* How one repetition ended. */
typedef struct rs_side_run {
    int status;          /* exit status; 70: it ended by a signal */
    rs_result *result;   /* NULL: there is none. Owner: the caller */
    bool interrupted;    /* by a signal to this program */
    char *said;          /* on stderr; never NULL. Owner: the caller */
    double instructions; /* of the process that ran the scenario; NAN: not counted */
} rs_side_run;

/* rs_side_open finds the program and reads the scenario with the settings of this side. False,
 * after a message on stderr. Owner: rs_side_close, also after false. */
bool rs_side_open(rs_side *side, const char *name, const rs_options *options,
                  const rs_options_side *own);
void rs_side_close(rs_side *side);

/* rs_side_repeat carries out one repetition with `seed`. SIGINT, SIGTERM and SIGHUP are handed on.
 * The signals must be held (rs_watch_hold). */
rs_side_run rs_side_repeat(const rs_side *side, uint64_t seed);

#endif
