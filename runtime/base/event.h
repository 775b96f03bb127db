/* event.h: the words of a life's story, shared by the runtime that emits them and the reports that
 * tell them. An event belongs to a role (a position in the tree) or to none (0).
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_EVENT_H
#define RS_EVENT_H

#include <stdint.h>

/* name, word in files, meaning */
#define RS_EVENTS(X)                                                                               \
    X(FAULT, "fault", "a fault strikes the process; detail: the fault's number")                   \
    X(EXIT, "exit", "the runtime knows the death; reason set")                                     \
    X(NOTICED, "noticed", "the supervisor took the exit")                                          \
    X(STOPPING, "stopping", "the supervisor is about to stop the child; detail: rs_stop_cause")    \
    X(STARTED, "started", "init returned; other_ns: when init was entered")                        \
    X(INIT_FAILED, "init_failed", "init did not succeed; reason set")                              \
    X(REACHABLE, "reachable", "the role's name or registry entry leads to the process")            \
    X(SERVED, "served", "the process answered its first request")                                  \
    X(ESCALATED, "escalated", "the supervisor gave up: more restarts than intensity in period")    \
    X(NOT_DUE, "not_due", "the supervisor does not restart this death")

typedef enum rs_event_kind {
#define X(NAME, WORD, MEANING) RS_EVENT_##NAME,
    RS_EVENTS(X)
#undef X
        RS_EVENT_COUNT
} rs_event_kind;

/* Why a supervisor stops a child that did not die by itself. */
typedef enum rs_stop_cause {
    RS_STOP_SHUTDOWN,   /* the tree is going down or terminate_child was called */
    RS_STOP_SIBLING,    /* one_for_all or rest_for_one restart of the group */
    RS_STOP_ESCALATION, /* the supervisor gave up */
} rs_stop_cause;

/* What a supervisor, and for EXITED the application controller, reports beside acting; OTP's words,
 * but for GIVEN_UP. */
#define RS_REPORTS(X)                                                                              \
    X(CHILD_TERMINATED, "child_terminated", "a child ended that should not have")                  \
    X(START_ERROR, "start_error", "a child did not start, or not start again")                     \
    X(SHUTDOWN_ERROR, "shutdown_error", "a child did not end as it was told")                      \
    X(SHUTDOWN, "shutdown", "the supervisor gives up")                                             \
    X(GIVEN_UP, "given_up", "a child has used up its budget of restarts and stays down")           \
    X(EXITED, "exited", "an application has ended, or could not start")

typedef enum rs_report_context {
#define X(NAME, WORD, MEANING) RS_REPORT_##NAME,
    RS_REPORTS(X)
#undef X
        RS_REPORT_COUNT
} rs_report_context;

typedef struct rs_event {
    uint64_t time_ns;  /* of the run's clock */
    uint64_t other_ns; /* see the kind */
    uint64_t pid;      /* opaque word of the process */
    uint64_t reason;   /* an rs_term, or 0 */
    uint32_t role;     /* number given by the observer; 0: none */
    uint32_t cause;    /* id of the fault that led to this; 0: none */
    uint16_t kind;     /* rs_event_kind */
    uint16_t core;     /* scheduler index it happened on */
    uint32_t detail;   /* see the kind */
} rs_event;

/* rs_event_word returns the word that files use for `kind`, static. */
const char *rs_event_word(rs_event_kind kind);

/* rs_event_stop_word returns the word that files use for `cause`, static; NULL for no
 * rs_stop_cause.
 */
const char *rs_event_stop_word(uint32_t cause);

/* rs_report_word returns OTP's word for `context`, static. */
const char *rs_report_word(rs_report_context context);

#endif
