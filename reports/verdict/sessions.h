/* sessions.h: one number a session, and whether one more session is like them.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SESSIONS_H
#define RS_SESSIONS_H

#include "reports/verdict/experiment.h"

/* Below, the spread between sessions is not known well enough for a verdict. */
#define RS_SESSIONS_ENOUGH 5u
#define RS_SESSIONS_MAX    1000u

/* What is asked of a metric. */
typedef struct rs_sessions_question {
    rs_metric_better better;
    double tail;      /* share of the percentile it is; 0: it is none */
    double threshold; /* 0.05: a slowdown of 5 % must be caught */
    uint32_t metrics; /* gated in all, over which the error is divided */
    bool elsewhere;   /* the new session is of another machine, or another type of build */
} rs_sessions_question;

typedef struct rs_sessions_answer {
    rs_experiment_word word;
    bool known;           /* there is a middle */
    rs_interval interval; /* of the logarithm of how many times worse the new session is; its ends
                             are NAN where there are none */
    double base;          /* what the middle compares with, in the metric's unit */
    double spread;        /* of the sessions' logarithms; NAN: there is one session */
    uint32_t needed;      /* WAITS: how many sessions would decide, as far as one can tell; 0: no
                             number would */
} rs_sessions_answer;

/* rs_sessions_judge compares `now` with the numbers of `count` sessions, 1 to RS_SESSIONS_MAX.
 * NAN: not measured; INFINITY: never. */
rs_sessions_answer rs_sessions_judge(const rs_sessions_question *question, const double *base,
                                     uint32_t count, double now);

/* rs_sessions_exact compares two numbers that have no noise. */
rs_sessions_answer rs_sessions_exact(const rs_sessions_question *question, double base, double now);

#endif
