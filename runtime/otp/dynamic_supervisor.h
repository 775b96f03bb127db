/* dynamic_supervisor.h: Elixir's DynamicSupervisor: it starts without children and takes them as
 * they come, each with a spec of its own. They have no ids and no order, and are known by their
 * pids. Restarts, retries, backoff and budgets are those of supervisor.h, under one_for_one.
 *
 *     rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
 *     spec.max_children = 100;
 *     rs_dynamic_supervisor_start(&spec, NULL, &supervisor, &reason);
 *     rs_dynamic_supervisor_start_child(supervisor, &game, "chess", &pid, &reason);
 *
 * Source: rule E2.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DYNAMIC_SUPERVISOR_H
#define RS_DYNAMIC_SUPERVISOR_H

#include "runtime/otp/supervisor.h"

#define RS_MAX_CHILDREN_INFINITY INT64_MAX

typedef struct rs_dynamic_supervisor_spec {
    int64_t intensity;    /* not negative */
    int64_t period_s;     /* at least 1 */
    int64_t max_children; /* not negative; those being restarted count as well */
    const void *extra;    /* extra_arguments: given to every start function, beside the args of its
                             child; copied */
    uint32_t extra_bytes;
} rs_dynamic_supervisor_spec;

/* rs_dynamic_supervisor_defaults returns Elixir's: 3 restarts in 5 s, as many children as come. */
static inline rs_dynamic_supervisor_spec rs_dynamic_supervisor_defaults(void) {
    return (rs_dynamic_supervisor_spec){
        .intensity = 3, .period_s = 5, .max_children = RS_MAX_CHILDREN_INFINITY};
}

/* rs_dynamic_supervisor_start starts a supervisor without children. It stops them all at once, each
 * with its own shutdown. Errors: RS_START_ERROR with {supervisor_data,{invalid_max_children,-1}}
 * and the like. */
rs_start_result rs_dynamic_supervisor_start(const rs_dynamic_supervisor_spec *spec,
                                            const rs_start_options *options, rs_pid *pid,
                                            rs_term *reason);

/* rs_dynamic_supervisor_start_child adds a child. `spec` is copied, and so are its args, which are
 * kept as long as the child may be restarted; its id is not looked at. `key` names the role below
 * the supervisor's (NULL: its ordinal, from 1). A child that ignores is not kept, one that ended
 * for good is forgotten.
 * Errors: RS_START_ERROR with *reason owned by the caller: what is wrong with the spec,
 * max_children, or why it did not start. */
rs_start_result rs_dynamic_supervisor_start_child(rs_pid supervisor, const rs_child_spec *spec,
                                                  const char *key, rs_pid *pid, rs_term *reason);

/* rs_dynamic_supervisor_terminate_child stops the child `pid`, or one being restarted that last was
 * `pid`, and forgets it. Returns the atom ok, or {error,not_found} for any other pid, dead or
 * alive; owned by the caller. */
rs_term rs_dynamic_supervisor_terminate_child(rs_pid supervisor, rs_pid pid);

/* rs_dynamic_supervisor_count_children asks for the counts: `specs` is how many children there are,
 * `active` how many of them are not being restarted. False: the supervisor is gone. */
bool rs_dynamic_supervisor_count_children(rs_pid supervisor, rs_child_counts *counts);

/* rs_dynamic_supervisor_which_children is rs_supervisor_which_children; the ids are "". */
uint32_t rs_dynamic_supervisor_which_children(rs_pid supervisor, uint32_t from,
                                              rs_child_info *infos, uint32_t max);

#endif
