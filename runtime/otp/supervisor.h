/* supervisor.h: OTP's supervisor: a pure decision (decision.h) and a small process that carries it
 * out, O(1) per child.
 * Source: rules S1-S36, H3.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_H
#define RS_SUPERVISOR_H

#include "runtime/otp/backoff.h"
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

/* A wrong value comes back in OTP's error (S2). So that words and signs survive until then, a field
 * of the three enums above may hold an unknown word's atom, and a shutdown_ns a negative integer's
 * term, or RS_SHUTDOWN_WRONG with an atom's. */
#define RS_SHUTDOWN_WRONG (UINT64_C(1) << 63)

/* What a start function is given; all of it is valid until it returns. */
typedef struct rs_child_start {
    const void *args; /* the spec's */
    uint32_t bytes;
    const void *extra; /* simple_one_for_one: what start_child gave; DynamicSupervisor: its own */
    uint32_t extra_bytes;
    rs_start_options options; /* pass on to rs_gen_server_start or rs_supervisor_start */
} rs_child_start;

/* A start function starts a process linked to the caller with options.link_tag. It runs in the
 * supervisor, which waits for it. When it exits or crashes natively, that is a failed start, the
 * error {'EXIT',Reason}, under a DynamicSupervisor Reason alone; what it had allocated stays the
 * supervisor's. RS_START_OK with *pid 0 is RS_START_IGNORE; *reason of RS_START_ERROR passes to the
 * supervisor. */
typedef rs_start_result rs_start_function(const rs_child_start *start, rs_pid *pid,
                                          rs_term *reason);

/* How often one child may be restarted in a while. When it has ended, or not started, once more, it
 * stays down, whatever its restart type, and its supervisor goes on. Beyond OTP, where only
 * supervisors count. */
typedef struct rs_budget {
    uint64_t restarts;
    uint64_t period_s; /* at least 1 */
} rs_budget;

typedef struct rs_child_spec {
    _Alignas(16) const char *id; /* must outlive the supervisor, as args must */
    rs_start_function *start;
    const void *args;
    uint32_t bytes;
    rs_restart restart;
    uint64_t shutdown_ns;
    bool significant;
    bool is_supervisor;
    const rs_backoff *backoff; /* NULL: restarts come at once; must outlive the supervisor */
    const rs_budget *budget;   /* NULL: no limit of its own; likewise */
    /* How long its next process waits for the last one, if that lingers (see rs_lingers), so that
     * never two of them do something; then it is started all the same. 0: not at all. */
    uint64_t fence_ns;
} rs_child_spec;

typedef struct rs_supervisor_spec {
    rs_strategy strategy;
    int64_t intensity; /* not negative */
    int64_t period_s;  /* at least 1 */
    rs_auto_shutdown auto_shutdown;
    const rs_child_spec *children; /* in start order; simple_one_for_one: the one template */
    uint32_t child_count;
} rs_supervisor_spec;

/* rs_supervisor_start starts a supervisor and its children; it waits until all are up. The spec and
 * its children are copied; ids and args must outlive the supervisor.
 * Errors: RS_START_ERROR with OTP's shapes (S2, S7). */
rs_start_result rs_supervisor_start(const rs_supervisor_spec *spec, const rs_start_options *options,
                                    rs_pid *pid, rs_term *reason);

/* All calls below wait without limit (S32); one that is gone answers `noproc`, or the reason it
 * ended with meanwhile. */

/* rs_supervisor_start_child adds a child. simple_one_for_one: `spec` is NULL, `extra` (copied, kept
 * for restarts) goes to the start function and `key` names the role below the supervisor's (NULL:
 * its ordinal, from 1). Static supervisors: `spec` is copied, `extra` and `key` are unused.
 * RS_START_OK is {ok,Pid}, RS_START_IGNORE {ok,undefined}, RS_START_ERROR {error,Reason} with OTP's
 * shapes (S28, S33; the child's record is the atom `child`) and *reason owned by the caller. */
rs_start_result rs_supervisor_start_child(rs_pid supervisor, const rs_child_spec *spec,
                                          const void *extra, uint32_t bytes, const char *key,
                                          rs_pid *pid, rs_term *reason);

/* The next three return owned terms (S28-S34): the atom ok or {error,Reason};
 * rs_supervisor_restart_child gives {ok,Pid} or {ok,undefined} instead of ok.
 * rs_supervisor_terminate_child takes the child's id or, when that is NULL, its pid. */
rs_term rs_supervisor_terminate_child(rs_pid supervisor, const char *id, rs_pid pid);
rs_term rs_supervisor_restart_child(rs_pid supervisor, const char *id);
rs_term rs_supervisor_delete_child(rs_pid supervisor, const char *id);

typedef struct rs_child_counts {
    uint64_t specs, active, supervisors, workers;
} rs_child_counts;

/* rs_supervisor_count_children asks for the counts of S31. False: the supervisor is gone. */
bool rs_supervisor_count_children(rs_pid supervisor, rs_child_counts *counts);

typedef struct rs_child_info {
    char id[64];   /* cut; "" for simple_one_for_one */
    rs_term child; /* pid, undefined or restarting */
    bool is_supervisor;
    uint32_t role;
} rs_child_info;

/* rs_supervisor_which_children copies up to `max` infos, starting with the `from`-th child (from 0)
 * in reverse start order (S31; simple_one_for_one: in no particular order), and returns how many
 * children there are; 0 also when the supervisor is gone. Several calls may be made for many
 * children, and others' calls be served in between. */
uint32_t rs_supervisor_which_children(rs_pid supervisor, uint32_t from, rs_child_info *infos,
                                      uint32_t max);

/* rs_supervisor_change_code lets a suspended supervisor (rs_sys_suspend) go on with another spec,
 * as if its init gave that now: flags are replaced; a child whose id is in the new spec keeps its
 * process and gets that spec; new ids are added and not started; the others stay as they are, last
 * in start order. Copied, as by rs_supervisor_start. Under simple_one_for_one the template is
 * replaced; from or to that the strategy cannot be changed. Returns, as sys:change_code does, the
 * atom ok or {error,Reason}, owned by the caller, and then all is as it was. Source: rule H3. */
rs_term rs_supervisor_change_code(rs_pid supervisor, const rs_supervisor_spec *spec);

#endif
