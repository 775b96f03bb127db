/* engine.h: the way in: a plan becomes a result.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ENGINE_H
#define RS_ENGINE_H

#include "reports/result.h"
#include "runtime/sched/sched.h"
#include "scenarios/engine/watch.h"

#include <stdio.h>

typedef struct rs_engine_options {
    uint64_t seed;          /* of this repetition */
    uint64_t timeout_ns;    /* 0: rs_watch_timeout_ns */
    int events_fd;          /* respawn.events/1 goes there; -1: nowhere */
    bool events_tell_calls; /* of a virtual run, between the events: to compare it with another */
    rs_plugins plugins;     /* for the plan's upgrades */
    rs_choices *choices_record; /* a chooser's choices go there, see recording.h; NULL: nowhere */
    const rs_choices *choices_replay; /* what the scheduler `replay` follows; NULL: the plan's */
    FILE *crashes; /* respawn.crashes/1 goes there when it is over; NULL: nowhere */
    FILE *trace;   /* likewise a trace, with up to trace_turns turns (0: RS_FILM_TURNS) */
    uint64_t trace_turns;
    bool all_checks;               /* look at the run, unless the plan says which do */
    bool progress;                 /* on stderr, when it is a terminal */
    const rs_spectator *spectator; /* NULL: nobody looks on */
} rs_engine_options;

/* rs_engine_run carries out `plan` in a child process and fills a fresh `result`, judged. Whatever
 * happens to the child, the result tells what is known. *events_error is the errno of writing the
 * events, 0 when all is well. */
void rs_engine_run(const rs_plan *plan, const rs_engine_options *options, rs_result *result,
                   rs_ending *ending, int *events_error);

/* rs_engine_choose_checks lets the plan's checks look at the run in `shared`; with `all`, every
 * check where the plan does not say. */
void rs_engine_choose_checks(rs_shared *shared, bool all);

/* rs_engine_seed returns the seed of repetition `number`, counted from 0, of a run with `seed`. The
 * first is the seed itself, so that one repetition is a plain run. */
uint64_t rs_engine_seed(uint64_t seed, uint64_t number);

#endif
