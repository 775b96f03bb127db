/* supervisor.c: the process that carries the decisions out: a gen_server that traps exits, takes
 * its children's EXITs and restarts whom decision.h says, as long as intensity.h allows it.
 * An EXIT's `ref` is the number of the child's record, so an event costs the same whether there are
 * three children or a million.
 * Source: rules S4-S19, S25-S27.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"

#include "runtime/otp/decision.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_change.h"
#include "runtime/otp/supervisor_serve.h"
#include "runtime/otp/supervisor_spec.h"
#include "runtime/otp/supervisor_stop.h"
#include "runtime/otp/system.h"
#include "runtime/process/timer.h"

#include <string.h>

/* "Try again": which child is to be started, and who its last process was. */
typedef struct retry {
    uint64_t number;
    rs_pid pid;
    uint64_t stamp; /* see rs_try */
} retry;

static const rs_type retry_type = {.name = "supervisor_retry", .bytes = sizeof(retry)};

/* ---------------------------------------------------------------- start */

static rs_next refuse(const char *what, rs_term error) {
    return rs_stop(rs_shape_pair(rs_shape_word(what), error));
}

/* S7; the reason nests as supervisors do. */
static rs_next fail_to_start(rs_supervisor *supervisor, const rs_child *child, rs_term reason) {
    rs_supervisor_report(supervisor, RS_REPORT_START_ERROR, child, reason);
    rs_term failed =
        rs_shape_triple(RS_ATOM(failed_to_start_child), rs_shape_word(child->spec->id), reason);
    rs_next next =
        rs_stop(rs_shape_pair(RS_ATOM(shutdown), failed)); /* kept, also if we are killed */
    rs_supervisor_stop_all(supervisor, RS_STOP_SHUTDOWN);
    return next;
}

/* S6: strictly one after another; who ignores stays as a spec, unless temporary. */
static rs_next start_children(rs_supervisor *supervisor) {
    for (uint32_t number = supervisor->children.first; number;) {
        rs_child *child = rs_child_at(&supervisor->children, number);
        number = child->next;
        rs_term reason;
        rs_start_result result = rs_supervisor_launch(supervisor, child, &reason);
        if (result == RS_START_ERROR) return fail_to_start(supervisor, child, reason);
        if (result == RS_START_IGNORE) rs_supervisor_leave_down(supervisor, child);
    }
    return RS_INIT_OK;
}

/* S2: nothing is started before everything is right. */
static rs_next init_static(rs_supervisor *supervisor, const rs_supervisor_spec *spec) {
    for (uint32_t i = 0; i < spec->child_count; i++) {
        const rs_child_spec *child = &spec->children[i];
        rs_term error = rs_supervisor_spec_child(child, spec->auto_shutdown);
        if (!error && rs_supervisor_find_id(supervisor, child->id))
            error = rs_shape_pair(RS_ATOM(duplicate_child_name), rs_shape_word(child->id));
        if (error) return refuse("start_spec", error);
        rs_supervisor_add_static(supervisor, child);
    }
    return start_children(supervisor);
}

static rs_next init_simple(rs_supervisor *supervisor, const rs_supervisor_spec *spec) {
    if (spec->child_count != 1) return refuse("bad_start_spec", rs_term_integer(spec->child_count));
    rs_term error = rs_supervisor_spec_child(spec->children, spec->auto_shutdown);
    if (error) return refuse("start_spec", error);
    supervisor->child_spec = spec->children[0];
    return RS_INIT_OK;
}

rs_next rs_supervisor_init(void *state, const rs_supervisor_spec *spec) {
    rs_supervisor *supervisor = state;
    rs_trap_exit(true); /* S5 */
    rs_term error = rs_supervisor_spec_flags(spec);
    if (error) return refuse("supervisor_data", error);
    supervisor->strategy = spec->strategy;
    supervisor->auto_shutdown = spec->auto_shutdown;
    rs_supervisor_open_window(&supervisor->window, (uint64_t)spec->intensity,
                              (uint64_t)spec->period_s);
    if (rs_supervisor_is_simple(supervisor)) return init_simple(supervisor, spec);
    return init_static(supervisor, spec);
}

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    return rs_supervisor_init(state, args);
}

/* ---------------------------------------------------------------- restart */

/* S15: the child is set down, and the rest goes in terminate. */
static rs_next give_up(rs_supervisor *supervisor, rs_child *child) {
    rs_emit(RS_EVENT_ESCALATED, rs_self(), rs_self_role(), rs_self_cause());
    rs_supervisor_report(supervisor, RS_REPORT_SHUTDOWN, child,
                         RS_ATOM(reached_max_restart_intensity));
    rs_supervisor_leave_down(supervisor, child);
    supervisor->stop_cause = RS_STOP_ESCALATION;
    return rs_stop(RS_ATOM(shutdown));
}

/* S8, S27: the record first, then the check; nothing else happens to anybody. */
static rs_next let_go(rs_supervisor *supervisor, rs_child *child, uint32_t cause) {
    bool significant = rs_supervisor_spec_of(supervisor, child)->significant;
    rs_emit(RS_EVENT_NOT_DUE, child->pid, child->role, cause);
    rs_supervisor_leave_down(supervisor, child);
    if (rs_decision_shuts_down(supervisor->auto_shutdown, significant, supervisor->significant))
        return rs_stop(RS_ATOM(shutdown));
    return RS_NOREPLY;
}

/* S18: back to the loop first, so that what is queued is served before the retry. Without memory
 * for a timer it comes at once. */
static void try_again_in(rs_supervisor *supervisor, rs_child *child, rs_pid last,
                         uint64_t wait_ns) {
    rs_try *try = rs_supervisor_try(supervisor, child);
    rs_supervisor_set(supervisor, child, RS_CHILD_RESTARTING, last);
    const retry again = {.number = child->number, .pid = last, .stamp = try ? ++try->stamp : 0};
    if (wait_ns && rs_send_after(wait_ns, rs_self(), &retry_type, &again, sizeof again)) return;
    rs_send(rs_self(), &retry_type, &again, sizeof again);
}

/* Beyond OTP: the child's budget is used up, which is its own affair. */
static void report_given_up(const rs_supervisor *supervisor, const rs_child *child) {
    rs_supervisor_report(supervisor, RS_REPORT_GIVEN_UP, child,
                         RS_ATOM(reached_max_restart_intensity));
}

/* One start within a restart. S36: a simple_one_for_one child that ignores is dropped, a static one
 * stays down. False: it failed, and will be tried again. */
static bool start_again(rs_supervisor *supervisor, rs_child *child) {
    rs_pid last = child->pid;
    rs_term reason;
    rs_start_result result = rs_supervisor_launch(supervisor, child, &reason);
    if (result == RS_START_IGNORE) rs_supervisor_leave_down(supervisor, child);
    if (result != RS_START_ERROR) return true;
    rs_supervisor_report(supervisor, RS_REPORT_START_ERROR, child, reason);
    rs_term_release(reason);
    if (!rs_supervisor_budget_allows(supervisor, child)) {
        report_given_up(supervisor, child);
        rs_supervisor_leave_down(supervisor, child);
        return true;
    }
    try_again_in(supervisor, child, last, rs_supervisor_wait_ns(supervisor, child, false));
    return false;
}

/* S17: from the last to `first`, each fully down before the next; a member found dead is absorbed
 * with its EXIT. Temporary members are deleted. Returns the first that is left, 0: none. */
static uint32_t stop_group(rs_supervisor *supervisor, uint32_t first) {
    uint32_t number = supervisor->children.last, kept = 0;
    for (bool more = number != 0; more;) {
        rs_child *child = rs_child_at(&supervisor->children, number);
        more = number != first;
        number = child->previous;
        rs_supervisor_stop_child(supervisor, child, RS_STOP_SIBLING);
        if (rs_decision_survives(child->spec->restart)) kept = child->number;
        rs_supervisor_leave_down(supervisor, child);
    }
    return kept;
}

/* Every member is started, whatever it was doing before; after a failure those behind it wait. */
static void restart_group(rs_supervisor *supervisor, uint32_t first) {
    uint32_t number = stop_group(supervisor, first);
    while (number) {
        rs_child *child = rs_child_at(&supervisor->children, number);
        number = child->next;
        if (!start_again(supervisor, child)) return;
    }
}

/* S8: intensity first (every attempt counts: S12, S14), then the strategy. */
static rs_next restart(rs_supervisor *supervisor, rs_child *child) {
    if (!rs_supervisor_counts(&supervisor->window)) return give_up(supervisor, child);
    rs_scope scope = rs_decision_scope(supervisor->strategy);
    if (scope == RS_SCOPE_CHILD) {
        start_again(supervisor, child);
        return RS_NOREPLY;
    }
    rs_supervisor_set(supervisor, child, RS_CHILD_DOWN, 0);
    restart_group(supervisor, scope == RS_SCOPE_ALL ? supervisor->children.first : child->number);
    return RS_NOREPLY;
}

/* Beyond OTP: while the last process may still do something, the child is restarting. */
static rs_next restart_behind_fence(rs_supervisor *supervisor, rs_child *child) {
    if (!rs_supervisor_is_fenced(supervisor, child)) return restart(supervisor, child);
    try_again_in(supervisor, child, child->pid, RS_SUPERVISOR_LOOK_NS);
    return RS_NOREPLY;
}

/* Beyond OTP: a child with a backoff is restarting for a while first, and whoever would be
 * restarted with it goes on meanwhile. Intensity counts what is done, when it is done. */
static rs_next restart_in_time(rs_supervisor *supervisor, rs_child *child) {
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    if (spec->budget && !rs_supervisor_budget_allows(supervisor, child)) {
        report_given_up(supervisor, child);
        return let_go(supervisor, child, rs_self_cause());
    }
    rs_supervisor_raise_fence(supervisor, child);
    uint64_t wait_ns = rs_supervisor_wait_ns(supervisor, child, true);
    if (wait_ns == 0) return restart_behind_fence(supervisor, child);
    try_again_in(supervisor, child, child->pid, wait_ns);
    return RS_NOREPLY;
}

/* ---------------------------------------------------------------- what arrives */

/* S10: an EXIT that fits no record's process is an old story, or a stray start failure (G4). */
static rs_next take_exit(rs_supervisor *supervisor, const rs_message *exit) {
    rs_child *child = rs_child_at(&supervisor->children, exit->ref);
    if (!child || child->state != RS_CHILD_RUNNING || child->pid != exit->from) return RS_NOREPLY;
    rs_emit(RS_EVENT_NOTICED, child->pid, child->role, exit->cause);
    rs_restart type = rs_supervisor_spec_of(supervisor, child)->restart;
    rs_term reason = rs_message_reason(exit);
    if (rs_decision_reports(type, reason))
        rs_supervisor_report(supervisor, RS_REPORT_CHILD_TERMINATED, child, reason);
    if (rs_decision_exit(supervisor->strategy, type, reason) == RS_VERDICT_RESTART)
        return restart_in_time(supervisor, child);
    return let_go(supervisor, child, exit->cause);
}

/* S18: only if the child still waits for it. A simple_one_for_one record may have changed hands. */
static rs_next take_retry(rs_supervisor *supervisor, const rs_message *message) {
    const retry *again = (const void *)message->payload;
    rs_child *child = rs_child_at(&supervisor->children, again->number);
    if (message->ref) rs_timer_tidy();
    if (!child || child->state != RS_CHILD_RESTARTING) return RS_NOREPLY;
    if (rs_supervisor_is_simple(supervisor) && child->pid != again->pid) return RS_NOREPLY;
    const rs_try *try = rs_supervisor_try(supervisor, child);
    if (try && try->stamp != again->stamp) return RS_NOREPLY;
    return restart_behind_fence(supervisor, child);
}

rs_next rs_supervisor_take_info(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_EXIT) return take_exit(state, info);
    if (info->type == &retry_type && info->from == rs_self()) return take_retry(state, info);
    return RS_NOREPLY; /* S5 */
}

/* S25: whatever the reason, children are told `shutdown`. */
void rs_supervisor_terminate(void *state, rs_term reason) {
    (void)reason;
    rs_supervisor *supervisor = state;
    rs_supervisor_stop_all(supervisor, supervisor->stop_cause);
}

static const rs_gen_server module = {
    .name = "supervisor",
    .state_bytes = sizeof(rs_supervisor),
    .init = init,
    .handle_call = rs_supervisor_serve,
    .handle_info = rs_supervisor_take_info,
    .terminate = rs_supervisor_terminate,
    .code_change = rs_supervisor_change,
};

rs_start_result rs_supervisor_start(const rs_supervisor_spec *spec, const rs_start_options *options,
                                    rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&module, spec, sizeof *spec, options, pid, reason);
}

/* Ids and arguments outlive the supervisor; the rest travels by value. */
static rs_err send_spec(rs_pid supervisor, const rs_supervisor_spec *spec, rs_term *reason) {
    size_t bytes = sizeof *spec + spec->child_count * sizeof *spec->children;
    rs_supervisor_spec *copy = rs_alloc(bytes);
    *copy = *spec;
    if (spec->child_count)
        memcpy(copy + 1, spec->children, spec->child_count * sizeof *spec->children);
    rs_err err = rs_system_change_code(supervisor, &module, copy, (uint32_t)bytes, reason);
    rs_free(copy, bytes);
    return err;
}

rs_term rs_supervisor_change_code(rs_pid supervisor, const rs_supervisor_spec *spec) {
    rs_term reason = RS_ATOM(noproc);
    if (send_spec(supervisor, spec, &reason) == RS_OK) return RS_ATOM(ok);
    return rs_shape_pair(RS_ATOM(error), reason);
}
