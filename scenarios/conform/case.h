/* case.h: a conformance case as it stands in its file: a tree, and what is done to it. README.md
 * has the format. What a supervisor refuses is not refused here: its error is part of the trace.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONFORM_CASE_H
#define RS_CONFORM_CASE_H

#include "runtime/otp/supervisor.h"
#include "scenarios/conform/pool.h"

/* What a child's init does. */
typedef enum rs_case_init {
    RS_CASE_STARTS,
    RS_CASE_IGNORES,
    RS_CASE_FAILS_FIRST,          /* attempts 1 … number */
    RS_CASE_FAILS_ATTEMPTS,       /* those in `attempts` */
    RS_CASE_FAILS_AFTER_STARTS,   /* once the path has been started `number` times */
    RS_CASE_IGNORES_AFTER_STARTS, /* likewise */
} rs_case_init;

/* A worker or a supervisor. The enums may hold a wrong word's atom, see supervisor.h. */
typedef struct rs_case_node {
    const char *id;
    bool is_supervisor;
    bool significant;
    bool traps_exit; /* workers */
    rs_restart restart;
    uint64_t shutdown_ns;
    uint64_t terminate_delay_ns; /* workers: how long terminate takes */
    rs_case_init init;
    uint64_t number;
    const uint64_t *attempts;
    uint32_t attempt_count;
    uint32_t child_count; /* supervisors: in start order; simple_one_for_one: its template */
    const struct rs_case_node *children;
    rs_strategy strategy;
    rs_auto_shutdown auto_shutdown;
    int64_t intensity, period_s;
} rs_case_node;

/* The words of `op`. */
#define RS_CASE_OPS(X)                                                                             \
    X(EXIT, "exit")                                                                                \
    X(SIGNAL, "signal")                                                                            \
    X(BURST, "burst")                                                                              \
    X(START_CHILD, "start_child")                                                                  \
    X(TERMINATE_CHILD, "terminate_child")                                                          \
    X(RESTART_CHILD, "restart_child")                                                              \
    X(DELETE_CHILD, "delete_child")                                                                \
    X(COUNT_CHILDREN, "count_children")                                                            \
    X(SLEEP_MS, "sleep_ms")                                                                        \
    X(STOP_ROOT, "stop_root")

typedef enum rs_case_op {
#define X(NAME, WORD) RS_CASE_##NAME,
    RS_CASE_OPS(X)
#undef X
        RS_CASE_OP_COUNT
} rs_case_op;

typedef struct rs_case_exit {
    const char *id, *reason;
} rs_case_exit;

typedef struct rs_case_action {
    rs_case_op op;
    const char *path;   /* exit, signal: of a process; else `sup` */
    const char *id;     /* terminate_child, restart_child, delete_child */
    const char *reason; /* a term's text */
    const rs_case_node *child;
    const rs_case_exit *exits;
    uint32_t exit_count;
    uint64_t ms;
} rs_case_action;

typedef struct rs_case {
    const char *name;
    rs_case_node root;
    const rs_case_action *actions;
    uint32_t action_count;
    void *json; /* owns the texts */
} rs_case;

#define RS_CASE_MESSAGE 1024

/* rs_case_read reads the file `path`; nodes and actions lie in `pool`. On an error `message` says
 * where it is and what would have been right.
 * Errors: RS_EIO, RS_ESYNTAX (no JSON), RS_EINVAL (not a case), RS_ENOMEM. Owner: the caller, who
 * ends it with rs_case_fini, whatever comes back. */
rs_err rs_case_read(rs_case *one, const char *path, rs_pool *pool, char message[RS_CASE_MESSAGE]);
void rs_case_fini(rs_case *one);

/* rs_case_parse is rs_case_read for a text of `bytes` bytes, which messages call `name`. */
rs_err rs_case_parse(rs_case *one, const char *name, const char *text, size_t bytes, rs_pool *pool,
                     char message[RS_CASE_MESSAGE]);

/* rs_case_op_word returns the word of `op`, static. */
const char *rs_case_op_word(rs_case_op op);

#endif
