/* signals_model.h: what a few processes did to one another, in the order in which it happened, and
 * whether the rulebook allows it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_SIGNALS_MODEL_H
#define RS_FUZZ_SIGNALS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define PLAYERS_MAX  6u
#define MONITORS_MAX 512u

/* Exit reasons, as bits: of some deaths two reasons are right. */
typedef enum rs_model_why {
    WHY_NORMAL = 1,
    WHY_KILL = 2,
    WHY_BOOM = 4,
    WHY_PAIR = 8,
    WHY_KILLED = 16,
    WHY_NOPROC = 32,
    WHY_OTHER = 64
} rs_model_why;

/* Which messages a receive wants. */
typedef enum rs_model_want {
    WANT_ANY,
    WANT_ODD,  /* numbers that are */
    WANT_NEWS, /* EXIT and DOWN */
    WANT_FROM, /* of one sender */
    WANT_NOTHING
} rs_model_want;

typedef enum rs_model_news { NEWS_NONE, NEWS_NUMBER, NEWS_EXIT, NEWS_DOWN } rs_model_news;

typedef enum rs_model_deed {
    DEED_SEND, /* number */
    DEED_RECEIVE,
    DEED_LINK,
    DEED_UNLINK,
    DEED_MONITOR,   /* number: the monitor's */
    DEED_DEMONITOR, /* number: the monitor's */
    DEED_SIGNAL,    /* why; WHY_KILL kills */
    DEED_EXIT,      /* why */
    DEED_TRAP,      /* flag */
    DEED_SPAWN,     /* number: the monitor's, if `flag` */
    DEED_ASK,       /* whether whom is alive */
    DEED_ANSWER,    /* flag */
    DEED_DEATH,     /* why */
} rs_model_deed;

/* Deeds that wait (receive, answer) are told when they are done, all others before they begin: who
 * is to die does not get to do them. */
typedef struct rs_model_step {
    rs_model_deed deed;
    uint32_t who, whom, number;
    bool flag; /* trap; demonitor: flush; spawn: monitor; answer: alive */
    bool link; /* spawn */
    rs_model_why why;
    uint64_t now_ns;
    /* receive */
    rs_model_want want;
    uint32_t wanted_from;
    uint64_t deadline_ns; /* 0: it did not wait */
    rs_model_news got;    /* what, from `whom`, with `number` or `why` */
} rs_model_step;

/* rs_model_begin starts with `players` processes, all alive, of PLAYERS_MAX that may be born. */
void rs_model_begin(uint32_t players);

/* rs_model_take checks that the next step may follow those before it. */
void rs_model_take(const rs_model_step *next);

/* rs_model_end checks that all have ended. */
void rs_model_end(void);

/* rs_model_wants tells whether a receive of `want` takes such a message. */
bool rs_model_wants(rs_model_want want, uint32_t wanted_from, rs_model_news kind, uint32_t from,
                    uint32_t number);

#endif
