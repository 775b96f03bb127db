/* supervisor.h: OTP's supervisor: a pure decision (decision.h) and a small process that carries it
 * out, O(1) per child.
 * Source: rules S1-S36.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_H
#define RS_SUPERVISOR_H

#include "runtime/otp/gen_server.h"

typedef enum rs_strategy {
    RS_ONE_FOR_ONE,
    RS_ONE_FOR_ALL,
    RS_REST_FOR_ONE,
    RS_SIMPLE_ONE_FOR_ONE
} rs_strategy;
typedef enum rs_restart { RS_PERMANENT, RS_TRANSIENT, RS_TEMPORARY } rs_restart;
typedef enum rs_auto_shutdown {
    RS_AUTO_SHUTDOWN_NEVER,
    RS_ANY_SIGNIFICANT,
    RS_ALL_SIGNIFICANT
} rs_auto_shutdown;

#define RS_BRUTAL_KILL       UINT64_MAX       /* shutdown_ns */
#define RS_SHUTDOWN_INFINITY (UINT64_MAX - 1) /* shutdown_ns */

/* What a start function is given. */
typedef struct rs_child_start {
    const void *args; /* the spec's */
    uint32_t bytes;
    const void *extra; /* simple_one_for_one: what start_child gave */
    uint32_t extra_bytes;
    rs_start_options options; /* pass on to rs_gen_server_start or rs_supervisor_start */
} rs_child_start;

typedef rs_start_result rs_start_function(const rs_child_start *start, rs_pid *pid, rs_term *reason);

typedef struct rs_child_spec {
    const char *id; /* must outlive the supervisor, as args must */
    rs_start_function *start;
    const void *args;
    uint32_t bytes;
    rs_restart restart;
    uint64_t shutdown_ns;
    bool significant;
    bool is_supervisor;
} rs_child_spec;

typedef struct rs_supervisor_spec {
    rs_strategy strategy;
    uint32_t intensity;
    uint32_t period_s; /* at least 1 */
    rs_auto_shutdown auto_shutdown;
    const rs_child_spec *children; /* in start order; simple_one_for_one: the one template */
    uint32_t child_count;
} rs_supervisor_spec;

/* rs_supervisor_start starts a supervisor and its children; it waits until all are up. The spec is
 * copied, what it points to must outlive the supervisor. Errors: RS_START_ERROR with OTP's shapes (S2, S7). */
rs_start_result rs_supervisor_start(const rs_supervisor_spec *spec, const rs_start_options *options,
                                    rs_pid *pid, rs_term *reason);

/* rs_supervisor_start_child adds a child. simple_one_for_one: `spec` is NULL, `extra` (copied, kept for
 * restarts) goes to the start function and `key` names the role below the supervisor's (NULL: the
 * ordinal). Static supervisors: `spec` is copied, `extra` and `key` are unused. *result: {ok,Pid} as
 * RS_START_OK; else the error with OTP's shapes (S28, S33), owned by the caller. A call that fails
 * because the supervisor is gone gives RS_START_ERROR with the call's reason. */
rs_start_result rs_supervisor_start_child(rs_pid supervisor, const rs_child_spec *spec,
                                          const void *extra, uint32_t bytes, const char *key,
                                          rs_pid *pid, rs_term *reason);

/* The rest return the atom ok, or {error,…} as an owned term (rules S28-S34). */
rs_term rs_supervisor_terminate_child(rs_pid supervisor, const char *id, rs_pid pid);
rs_term rs_supervisor_restart_child(rs_pid supervisor, const char *id);
rs_term rs_supervisor_delete_child(rs_pid supervisor, const char *id);

typedef struct rs_child_counts {
    uint64_t specs, active, supervisors, workers;
} rs_child_counts;

/* rs_supervisor_count_children asks for the counts of rule S31. False when the supervisor is gone. */
bool rs_supervisor_count_children(rs_pid supervisor, rs_child_counts *counts);

typedef struct rs_child_info {
    char id[64];   /* cut; "" for simple_one_for_one */
    rs_term child; /* pid, undefined or restarting */
    bool is_supervisor;
    uint32_t role;
} rs_child_info;

/* rs_supervisor_which_children copies up to `max` infos, in reverse start order (S31), starting at
 * child number `from`, and returns how many children there are. */
uint32_t rs_supervisor_which_children(rs_pid supervisor, uint32_t from, rs_child_info *infos,
                                      uint32_t max);

#endif
