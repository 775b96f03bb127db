/* dynamic_supervisor.c: a supervisor of the kind simple_one_for_one whose children have no template
 * (see supervisor_state.h), so that the code of supervisors is its own: here is what it is asked
 * for, and how it begins.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/dynamic_supervisor.h"

#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_serve.h"
#include "runtime/otp/supervisor_spec.h"
#include "runtime/otp/supervisor_state.h"

#include <string.h>

/* ---------------------------------------------------------------- the supervisor's side */

static rs_term check(const rs_dynamic_supervisor_spec *spec) {
    const rs_supervisor_spec flags = {.intensity = spec->intensity, .period_s = spec->period_s};
    rs_term error = rs_supervisor_spec_flags(&flags);
    if (error || spec->max_children >= 0) return error;
    return rs_shape_pair(rs_shape_word("invalid_max_children"),
                         rs_term_integer(spec->max_children));
}

/* The spec is followed by its extra bytes. */
static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    rs_supervisor *supervisor = state;
    const rs_dynamic_supervisor_spec *spec = args;
    rs_trap_exit(true);
    rs_term error = check(spec);
    if (error) return rs_stop(rs_shape_pair(RS_ATOM(supervisor_data), error));
    supervisor->strategy = RS_SIMPLE_ONE_FOR_ONE;
    supervisor->is_dynamic = true;
    supervisor->max_children = spec->max_children;
    supervisor->extra_bytes = spec->extra_bytes;
    if (spec->extra_bytes)
        supervisor->extra = memcpy(rs_alloc(spec->extra_bytes), spec + 1, spec->extra_bytes);
    rs_supervisor_open_window(&supervisor->window, (uint64_t)spec->intensity,
                              (uint64_t)spec->period_s);
    return RS_INIT_OK;
}

static const rs_gen_server module = {
    .name = "dynamic_supervisor",
    .state_bytes = sizeof(rs_supervisor),
    .init = init,
    .handle_call = rs_supervisor_serve,
    .handle_info = rs_supervisor_take_info,
    .terminate = rs_supervisor_terminate,
};

/* ---------------------------------------------------------------- the caller's side */

rs_start_result rs_dynamic_supervisor_start(const rs_dynamic_supervisor_spec *spec,
                                            const rs_start_options *options, rs_pid *pid,
                                            rs_term *reason) {
    const uint32_t extra_bytes = spec->extra_bytes;
    if (extra_bytes > UINT32_MAX - sizeof *spec) rs_exit(RS_ATOM(system_limit));
    const uint32_t bytes = (uint32_t)sizeof *spec + extra_bytes;
    rs_dynamic_supervisor_spec *given = rs_alloc(bytes);
    *given = *spec;
    if (extra_bytes) memcpy(given + 1, spec->extra, extra_bytes);
    rs_start_result result = rs_gen_server_start(&module, given, bytes, options, pid, reason);
    rs_free(given, bytes);
    return result;
}

rs_start_result rs_dynamic_supervisor_start_child(rs_pid supervisor, const rs_child_spec *spec,
                                                  const char *key, rs_pid *pid, rs_term *reason) {
    rs_supervisor_parcel request = {.head.word = RS_SUPERVISOR_START_DYNAMIC,
                                    .spec = spec,
                                    .bytes = spec->args,
                                    .more = spec->bytes,
                                    .text = key};
    return rs_supervisor_call_start(supervisor, &request, pid, reason);
}

rs_term rs_dynamic_supervisor_terminate_child(rs_pid supervisor, rs_pid pid) {
    return rs_supervisor_terminate_child(supervisor, NULL, pid);
}

bool rs_dynamic_supervisor_count_children(rs_pid supervisor, rs_child_counts *counts) {
    return rs_supervisor_count_children(supervisor, counts);
}

uint32_t rs_dynamic_supervisor_which_children(rs_pid supervisor, uint32_t from,
                                              rs_child_info *infos, uint32_t max) {
    return rs_supervisor_which_children(supervisor, from, infos, max);
}
