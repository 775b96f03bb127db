/* supervisor_serve.c: start_child, terminate_child, restart_child, delete_child, count_children and
 * which_children, as the table of S28-S34 has them.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor_serve.h"

#include "runtime/otp/decision.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_spec.h"
#include "runtime/otp/supervisor_stop.h"

#include <stdio.h>
#include <string.h>

const rs_type rs_supervisor_request_type = {.name = "supervisor_request"};

static const rs_type answer_type = {.name = "supervisor_answer"};
static const rs_type counts_type = {.name = "supervisor_counts", .bytes = sizeof(rs_child_counts)};
static const rs_type page_type = {.name = "supervisor_page"};

/* ---------------------------------------------------------------- answers */

static rs_next answer(rs_start_result result, rs_pid pid) {
    const rs_supervisor_answer it = {.result = result, .pid = pid};
    return rs_reply(&answer_type, &it, sizeof it);
}

static rs_next answer_ok(void) {
    return answer(RS_START_OK, 0);
}

/* Takes `error`. */
static rs_next answer_error(rs_term error) {
    struct {
        rs_supervisor_answer head;
        uint64_t words[RS_PACKED_TERM_WORDS];
    } it = {.head.result = RS_START_ERROR};
    it.head.count = rs_packed_term_write(error, it.words);
    rs_term_release(error);
    size_t bytes = sizeof it.head + it.head.count * sizeof it.words[0];
    return rs_reply(&answer_type, &it, (uint32_t)bytes);
}

/* ---------------------------------------------------------------- requests */

static const void *bytes_of(const rs_supervisor_request *request) {
    return request + 1;
}

static const char *text_of(const rs_supervisor_request *request) {
    return request->text ? (const char *)(request + 1) + request->bytes : NULL;
}

/* ---------------------------------------------------------------- start_child */

/* S33, E2: a failure comes unwrapped, and nothing is stored of it nor of `ignore`. */
static rs_next start_first(rs_supervisor *supervisor, rs_child *child) {
    rs_term reason;
    rs_start_result result = rs_supervisor_launch(supervisor, child, &reason);
    rs_supervisor_forget_given(supervisor, child);
    if (result == RS_START_OK) return answer(RS_START_OK, child->pid);
    rs_supervisor_drop(supervisor, child);
    return result == RS_START_IGNORE ? answer(RS_START_IGNORE, 0) : answer_error(reason);
}

static rs_next start_simple(rs_supervisor *supervisor, const rs_supervisor_request *request) {
    if (!rs_supervisor_is_simple(supervisor)) return answer_error(RS_ATOM(missing_id));
    if (supervisor->is_dynamic) return answer_error(RS_ATOM(missing_start));
    return start_first(supervisor, rs_supervisor_add_simple(supervisor, text_of(request),
                                                            bytes_of(request), request->bytes));
}

/* E2 */
static rs_next start_dynamic(rs_supervisor *supervisor, const rs_supervisor_request *request) {
    if (!supervisor->is_dynamic) return answer_error(RS_ATOM(bad_request));
    const rs_child_spec *spec = bytes_of(request);
    rs_term error = rs_supervisor_spec_dynamic(spec);
    if (error) return answer_error(error);
    if (supervisor->children.count >= supervisor->max_children)
        return answer_error(rs_shape_word("max_children"));
    return start_first(supervisor,
                       rs_supervisor_add_dynamic(supervisor, text_of(request), spec, spec + 1));
}

/* S28 */
static rs_next answer_present(const rs_child *child) {
    if (child->state != RS_CHILD_RUNNING) return answer_error(RS_ATOM(already_present));
    return answer_error(rs_shape_pair(RS_ATOM(already_started), child->pid));
}

/* S28, S29: a new child goes last. A failing one is not stored; the error names its record, unless
 * it has been started already, by others. */
static rs_next start_new(rs_supervisor *supervisor, const rs_child_spec *spec) {
    rs_child *child = rs_supervisor_add_static(supervisor, spec);
    rs_term reason;
    rs_start_result result = rs_supervisor_launch(supervisor, child, &reason);
    if (result == RS_START_OK) return answer(RS_START_OK, child->pid);
    if (result == RS_START_IGNORE) {
        rs_supervisor_leave_down(supervisor, child);
        return answer(RS_START_IGNORE, 0);
    }
    rs_supervisor_drop(supervisor, child);
    if (rs_term_is_pair(reason, RS_ATOM(already_started))) return answer_error(reason);
    return answer_error(rs_shape_pair(reason, rs_shape_word("child")));
}

static rs_next start_static(rs_supervisor *supervisor, const rs_child_spec *spec) {
    if (rs_supervisor_is_simple(supervisor)) return answer_error(RS_ATOM(simple_one_for_one));
    rs_term error = rs_supervisor_spec_child(spec, supervisor->auto_shutdown); /* S3 */
    if (error) return answer_error(error);
    const rs_child *present = rs_supervisor_find_id(supervisor, spec->id);
    return present ? answer_present(present) : start_new(supervisor, spec);
}

/* ---------------------------------------------------------------- the others */

static rs_next stop_for_good(rs_supervisor *supervisor, rs_child *child) {
    rs_supervisor_stop_child(supervisor, child, RS_STOP_SHUTDOWN);
    rs_supervisor_leave_down(supervisor, child);
    return answer_ok();
}

/* S34: a dead pid, even a stranger's, is `ok`, though not in E2; a child being restarted goes by
 * its last pid. */
static rs_next terminate_simple(rs_supervisor *supervisor, const rs_supervisor_request *request) {
    if (request->text) return answer_error(RS_ATOM(simple_one_for_one));
    rs_child *child = rs_supervisor_find_pid(supervisor, request->pid);
    if (child) return stop_for_good(supervisor, child);
    bool known = !supervisor->is_dynamic && !rs_is_alive(request->pid);
    return known ? answer_ok() : answer_error(RS_ATOM(not_found));
}

static rs_next terminate_child(rs_supervisor *supervisor, const rs_supervisor_request *request) {
    if (rs_supervisor_is_simple(supervisor)) return terminate_simple(supervisor, request);
    const char *id = text_of(request);
    rs_child *child = id ? rs_supervisor_find_id(supervisor, id) : NULL;
    return child ? stop_for_good(supervisor, child) : answer_error(RS_ATOM(not_found));
}

/* The child that restart_child and delete_child may work on: it must be down (S19). 0 in *error. */
static rs_child *find_down(const rs_supervisor *supervisor, const rs_supervisor_request *request,
                           rs_term *error) {
    *error = RS_ATOM(simple_one_for_one);
    if (rs_supervisor_is_simple(supervisor)) return NULL;
    const char *id = text_of(request);
    rs_child *child = id ? rs_supervisor_find_id(supervisor, id) : NULL;
    *error = RS_ATOM(not_found);
    if (!child) return NULL;
    *error = 0;
    if (child->state == RS_CHILD_RUNNING) *error = RS_ATOM(running);
    if (child->state == RS_CHILD_RESTARTING) *error = RS_ATOM(restarting);
    return *error ? NULL : child;
}

/* S28: a failure comes unwrapped, and the child stays down. */
static rs_next restart_child(rs_supervisor *supervisor, const rs_supervisor_request *request) {
    rs_term error;
    rs_child *child = find_down(supervisor, request, &error);
    if (!child) return answer_error(error);
    rs_start_result result = rs_supervisor_launch(supervisor, child, &error);
    return result == RS_START_ERROR ? answer_error(error) : answer(result, child->pid);
}

static rs_next delete_child(rs_supervisor *supervisor, const rs_supervisor_request *request) {
    rs_term error;
    rs_child *child = find_down(supervisor, request, &error);
    if (!child) return answer_error(error);
    rs_supervisor_drop(supervisor, child);
    return answer_ok();
}

/* ---------------------------------------------------------------- looking */

/* S31, S19: active is who has a living process; E2 does not ask whether it lives. */
static void count_child(const rs_supervisor *supervisor, const rs_child *child,
                        rs_child_counts *counts) {
    counts->active +=
        child->state == RS_CHILD_RUNNING && (supervisor->is_dynamic || rs_is_alive(child->pid));
    if (rs_supervisor_spec_of(supervisor, child)->is_supervisor)
        counts->supervisors++;
    else
        counts->workers++;
}

static rs_next count_children(const rs_supervisor *supervisor) {
    const rs_children *children = &supervisor->children;
    rs_child_counts counts = {.specs =
                                  rs_supervisor_has_template(supervisor) ? 1 : children->count};
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number))
        count_child(supervisor, child, &counts);
    return rs_reply(&counts_type, &counts, sizeof counts);
}

static void describe(const rs_supervisor *supervisor, const rs_child *child, rs_child_info *info) {
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    *info = (rs_child_info){
        .child = RS_ATOM(undefined), .is_supervisor = spec->is_supervisor, .role = child->role};
    if (child->state == RS_CHILD_RUNNING) info->child = child->pid;
    if (child->state == RS_CHILD_RESTARTING) info->child = RS_ATOM(restarting);
    if (!rs_supervisor_is_simple(supervisor)) snprintf(info->id, sizeof info->id, "%s", spec->id);
}

/* The child after number `last` (0: the first) in the order that which_children shows. */
static rs_child *shown_after(const rs_supervisor *supervisor, uint32_t last) {
    const rs_children *children = &supervisor->children;
    if (rs_supervisor_is_simple(supervisor)) return rs_child_next(children, last);
    return rs_child_at(children, last ? rs_child_at(children, last)->previous : children->last);
}

/* Goes on where the last page ended, as long as nobody came or went since. */
static uint32_t walk_to(rs_supervisor *supervisor, uint32_t from) {
    if (supervisor->walked > from) supervisor->walked = supervisor->walked_to = 0;
    uint32_t number = supervisor->walked_to;
    for (uint32_t i = supervisor->walked; i < from; i++) {
        const rs_child *child = shown_after(supervisor, number);
        if (!child) break;
        number = child->number;
    }
    return number;
}

static rs_next which_children(rs_supervisor *supervisor, uint32_t from) {
    rs_supervisor_page page = {.total = supervisor->children.count};
    if (from > page.total) from = page.total;
    uint32_t number = walk_to(supervisor, from);
    while (page.count < RS_SUPERVISOR_PAGE) {
        const rs_child *child = shown_after(supervisor, number);
        if (!child) break;
        describe(supervisor, child, &page.infos[page.count++]);
        number = child->number;
    }
    supervisor->walked = from + page.count;
    supervisor->walked_to = number;
    size_t bytes = offsetof(rs_supervisor_page, infos) + page.count * sizeof page.infos[0];
    return rs_reply(&page_type, &page, (uint32_t)bytes);
}

rs_next rs_supervisor_serve(void *state, rs_from from, const rs_message *message) {
    (void)from;
    if (message->type != &rs_supervisor_request_type) return answer_error(RS_ATOM(bad_request));
    const rs_supervisor_request *request = (const void *)message->payload;
    switch ((rs_supervisor_word)request->word) {
    case RS_SUPERVISOR_START_SIMPLE: return start_simple(state, request);
    case RS_SUPERVISOR_START_STATIC: return start_static(state, bytes_of(request));
    case RS_SUPERVISOR_START_DYNAMIC: return start_dynamic(state, request);
    case RS_SUPERVISOR_TERMINATE: return terminate_child(state, request);
    case RS_SUPERVISOR_RESTART: return restart_child(state, request);
    case RS_SUPERVISOR_DELETE: return delete_child(state, request);
    case RS_SUPERVISOR_COUNT: return count_children(state);
    case RS_SUPERVISOR_WHICH: return which_children(state, request->number);
    }
    return answer_error(RS_ATOM(bad_request));
}
