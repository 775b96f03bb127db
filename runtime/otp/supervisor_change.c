/* supervisor_change.c: see supervisor_change.h. Everything is checked first, then done: a wrong
 * spec leaves the supervisor as it was.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor_change.h"

#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_spec.h"
#include "runtime/otp/supervisor_state.h"

#include <string.h>

/* ---------------------------------------------------------------- what is wrong with it */

typedef struct wanted {
    const rs_supervisor_spec *spec;
    const char *id;
} wanted;

static bool has_id(uint32_t number, const void *context) {
    const wanted *want = context;
    return strcmp(want->spec->children[number - 1].id, want->id) == 0;
}

/* In list order, the first that is wrong counts; `seen` are the ids before. */
static rs_term check_child(const rs_supervisor_spec *spec, uint32_t i, rs_child_index *seen) {
    const rs_child_spec *child = &spec->children[i];
    rs_term error = rs_supervisor_spec_child(child, spec->auto_shutdown);
    if (error) return error;
    uint32_t hash = rs_child_index_hash_id(child->id);
    if (rs_child_index_find(seen, hash, has_id, &(wanted){spec, child->id}))
        return rs_shape_pair(RS_ATOM(duplicate_child_name), rs_shape_word(child->id));
    rs_child_index_add(seen, hash, i + 1);
    return 0;
}

static rs_term check_children(const rs_supervisor_spec *spec) {
    rs_child_index seen = {0};
    rs_term error = 0;
    for (uint32_t i = 0; i < spec->child_count && !error; i++) error = check_child(spec, i, &seen);
    if (seen.slots) rs_free(seen.slots, seen.capacity * sizeof *seen.slots);
    return error;
}

/* OTP lets the strategy change from and to simple_one_for_one, and the supervisor dies of it later.
 */
static rs_term check_strategy(const rs_supervisor *supervisor, const rs_supervisor_spec *spec) {
    static const char *const words[] = {"one_for_one", "one_for_all", "rest_for_one",
                                        "simple_one_for_one"};
    bool is_simple = spec->strategy == RS_SIMPLE_ONE_FOR_ONE;
    if (is_simple != rs_supervisor_is_simple(supervisor))
        return rs_shape_pair(RS_ATOM(invalid_strategy), rs_shape_word(words[spec->strategy]));
    if (is_simple && spec->child_count != 1)
        return rs_shape_pair(RS_ATOM(bad_start_spec), rs_term_integer(spec->child_count));
    return 0;
}

static rs_term check(const rs_supervisor *supervisor, const rs_supervisor_spec *spec) {
    rs_term error = rs_supervisor_spec_flags(spec);
    if (!error) error = check_strategy(supervisor, spec);
    return error ? error : check_children(spec);
}

/* ---------------------------------------------------------------- doing it */

static void change_budget(rs_supervisor *supervisor, const rs_child *child) {
    const rs_budget *budget = rs_supervisor_spec_of(supervisor, child)->budget;
    if (!budget || child->number >= supervisor->tries_capacity) return;
    rs_intensity *window = &supervisor->tries[child->number].window;
    if (window->period_s) rs_intensity_change(window, budget->restarts, budget->period_s);
}

/* The record and its copy of the spec stay, so the process, links and the index do. */
static void change_child(rs_supervisor *supervisor, const rs_child_spec *spec) {
    rs_child *child = rs_supervisor_find_id(supervisor, spec->id);
    if (!child) {
        rs_supervisor_add_static(supervisor, spec);
        return;
    }
    memcpy((void *)(uintptr_t)child->spec, spec, sizeof *spec);
    rs_child_move(&supervisor->children, child);
}

/* The new list in its order, then those that it does not have. */
static void change_static(rs_supervisor *supervisor, const rs_supervisor_spec *spec) {
    rs_children *children = &supervisor->children;
    for (uint32_t i = 0; i < spec->child_count; i++) change_child(supervisor, &spec->children[i]);
    for (uint32_t i = spec->child_count; i < children->count; i++)
        rs_child_move(children, rs_child_at(children, children->first));
}

/* What hangs on the specs of all children. */
static void take_stock(rs_supervisor *supervisor) {
    rs_children *children = &supervisor->children;
    supervisor->significant = 0;
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number)) {
        supervisor->significant += rs_supervisor_is_significant(supervisor, child);
        change_budget(supervisor, child);
    }
    supervisor->walked = supervisor->walked_to = 0;
}

/* Restarts that were counted still count. */
static void change(rs_supervisor *supervisor, const rs_supervisor_spec *spec) {
    supervisor->strategy = spec->strategy;
    supervisor->auto_shutdown = spec->auto_shutdown;
    rs_intensity_change(&supervisor->window, (uint64_t)spec->intensity, (uint64_t)spec->period_s);
    if (rs_supervisor_is_simple(supervisor))
        supervisor->child_spec = spec->children[0];
    else
        change_static(supervisor, spec);
    take_stock(supervisor);
}

/* What a DynamicSupervisor or a PartitionSupervisor has besides is no affair of such a spec. */
static bool is_plain(const rs_old_state *old) {
    const rs_supervisor *supervisor = old->state;
    return old->bytes == sizeof *supervisor && !supervisor->is_dynamic;
}

rs_term rs_supervisor_change(const rs_old_state *old, void *state, rs_term extra) {
    rs_supervisor *supervisor = state;
    const rs_supervisor_spec *given = (const void *)(uintptr_t)rs_term_to_integer(extra);
    rs_supervisor_spec spec = *given;
    spec.children = (const void *)(given + 1);
    if (!is_plain(old)) return RS_ATOM(bad_request);
    memcpy(supervisor, old->state, old->bytes);
    rs_term error = check(supervisor, &spec);
    if (error) return error;
    change(supervisor, &spec);
    return RS_ATOM(ok);
}
