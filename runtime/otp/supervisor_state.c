/* supervisor_state.c: see supervisor_state.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor_state.h"

#include "runtime/otp/decision.h"
#include "runtime/otp/shape.h"
#include "runtime/process/process.h"

#include <string.h>

/* ---------------------------------------------------------------- finding */

typedef struct wanted {
    const rs_supervisor *supervisor;
    const char *id;
    rs_pid pid;
} wanted;

static bool has_id(uint32_t number, const void *context) {
    const wanted *want = context;
    const rs_child *child = rs_child_at(&want->supervisor->children, number);
    return strcmp(child->spec->id, want->id) == 0;
}

static bool has_pid(uint32_t number, const void *context) {
    const wanted *want = context;
    return rs_child_at(&want->supervisor->children, number)->pid == want->pid;
}

rs_child *rs_supervisor_find_id(const rs_supervisor *supervisor, const char *id) {
    const wanted want = {.supervisor = supervisor, .id = id};
    uint32_t hash = rs_child_index_hash_id(id);
    return rs_child_at(&supervisor->children,
                       rs_child_index_find(&supervisor->index, hash, has_id, &want));
}

/* Nothing is paid for the index by those who never ask. */
static void index_pids(rs_supervisor *supervisor) {
    rs_children *children = &supervisor->children;
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number))
        if (child->pid)
            rs_child_index_add(&supervisor->index, rs_child_index_hash_number(child->pid),
                               child->number);
    supervisor->by_pid = true;
}

rs_child *rs_supervisor_find_pid(rs_supervisor *supervisor, rs_pid pid) {
    if (!supervisor->by_pid) index_pids(supervisor);
    const wanted want = {.supervisor = supervisor, .pid = pid};
    uint32_t hash = rs_child_index_hash_number(pid);
    return rs_child_at(&supervisor->children,
                       rs_child_index_find(&supervisor->index, hash, has_pid, &want));
}

/* ---------------------------------------------------------------- changing */

static uint32_t role_of(const char *key) {
    return rs_role_number(rs_self_role(), key);
}

rs_child *rs_supervisor_add_static(rs_supervisor *supervisor, const rs_child_spec *spec) {
    rs_child_spec *copy = rs_alloc(sizeof *copy);
    *copy = *spec;
    rs_child *child = rs_child_add(&supervisor->children);
    child->spec = copy;
    child->role = role_of(copy->id);
    rs_child_append(&supervisor->children, child);
    rs_child_index_add(&supervisor->index, rs_child_index_hash_id(copy->id), child->number);
    supervisor->walked = supervisor->walked_to = 0;
    return child;
}

/* print_decimal writes at the end of `text` and returns where it begins: a start_child in a
 * million's time is no place for printf. */
static const char *print_decimal(uint64_t value, char *text, size_t bytes) {
    char *at = text + bytes - 1;
    *at = '\0';
    do *--at = (char)('0' + value % 10);
    while (value /= 10);
    return at;
}

static rs_child *add(rs_supervisor *supervisor, const char *key) {
    char text[24];
    if (!key) key = print_decimal(++supervisor->ordinal, text, sizeof text);
    rs_child *child = rs_child_add(&supervisor->children);
    child->role = role_of(key);
    supervisor->walked = supervisor->walked_to = 0;
    return child;
}

/* Kept before the start, which may block: what a request brings goes with the request. */
static const void *keep(const void *given, uint32_t bytes) {
    return bytes ? memcpy(rs_alloc(bytes), given, bytes) : NULL;
}

rs_child *rs_supervisor_add_simple(rs_supervisor *supervisor, const char *key, const void *extra,
                                   uint32_t bytes) {
    rs_child *child = add(supervisor, key);
    bool survives = rs_decision_survives(supervisor->child_spec.restart);
    child->extra = survives ? keep(extra, bytes) : extra;
    child->extra_bytes = bytes;
    return child;
}

/* A child's own spec, followed by its arguments when they are kept. */
static size_t own_bytes(const rs_child_spec *own) {
    return sizeof *own + (rs_decision_survives(own->restart) ? own->bytes : 0);
}

rs_child *rs_supervisor_add_dynamic(rs_supervisor *supervisor, const char *key,
                                    const rs_child_spec *spec, const void *args) {
    size_t bytes = own_bytes(spec);
    rs_child_spec *own = rs_alloc(bytes);
    *own = *spec;
    own->args = args;
    if (bytes > sizeof *own) own->args = memcpy(own + 1, args, own->bytes);
    rs_child *child = add(supervisor, key);
    child->spec = own;
    return child;
}

void rs_supervisor_forget_given(rs_supervisor *supervisor, rs_child *child) {
    if (rs_decision_survives(rs_supervisor_spec_of(supervisor, child)->restart)) return;
    if (supervisor->is_dynamic) {
        rs_child_spec *own = (void *)(uintptr_t)child->spec;
        own->args = NULL;
        own->bytes = 0;
        return;
    }
    child->extra = NULL;
    child->extra_bytes = 0;
}

static bool is_active(rs_child_state state) {
    return state == RS_CHILD_RUNNING || state == RS_CHILD_RESTARTING;
}

bool rs_supervisor_is_significant(const rs_supervisor *supervisor, const rs_child *child) {
    return is_active((rs_child_state)child->state) &&
           rs_supervisor_spec_of(supervisor, child)->significant;
}

static void index_pid(rs_supervisor *supervisor, const rs_child *child, rs_pid pid) {
    if (child->pid)
        rs_child_index_remove(&supervisor->index, rs_child_index_hash_number(child->pid),
                              child->number);
    if (pid) rs_child_index_add(&supervisor->index, rs_child_index_hash_number(pid), child->number);
}

void rs_supervisor_set(rs_supervisor *supervisor, rs_child *child, rs_child_state state,
                       rs_pid pid) {
    if (rs_supervisor_spec_of(supervisor, child)->significant) {
        supervisor->significant += is_active(state);
        supervisor->significant -= is_active((rs_child_state)child->state);
    }
    if (supervisor->by_pid && pid != child->pid) index_pid(supervisor, child, pid);
    child->state = (uint32_t)state & 7u;
    child->pid = pid;
}

static void forget_static(rs_supervisor *supervisor, rs_child *child) {
    rs_child_index_remove(&supervisor->index, rs_child_index_hash_id(child->spec->id),
                          child->number);
    rs_child_unlink(&supervisor->children, child);
}

/* The block that is a child's alone. */
static void forget_own(const rs_supervisor *supervisor, const rs_child *child) {
    void *block = (void *)(uintptr_t)child->spec;
    if (rs_supervisor_has_template(supervisor)) {
        if (block) rs_free(block, child->extra_bytes);
    } else {
        rs_free(block, supervisor->is_dynamic ? own_bytes(child->spec) : sizeof *child->spec);
    }
}

/* But for the stamp: a retry of the one before may still be on its way. */
static void forget_tries(rs_try *try) {
    rs_intensity_second *ring = try->window.ring;
    if (ring) rs_free(ring, try->window.capacity * sizeof *ring);
    *try = (rs_try){.stamp = try->stamp};
}

void rs_supervisor_drop(rs_supervisor *supervisor, rs_child *child) {
    if (child->number < supervisor->tries_capacity) forget_tries(&supervisor->tries[child->number]);
    rs_supervisor_set(supervisor, child, RS_CHILD_DOWN, 0);
    if (!rs_supervisor_is_simple(supervisor)) forget_static(supervisor, child);
    forget_own(supervisor, child);
    rs_child_remove(&supervisor->children, child);
    supervisor->walked = supervisor->walked_to = 0;
}

void rs_supervisor_leave_down(rs_supervisor *supervisor, rs_child *child) {
    if (rs_supervisor_is_simple(supervisor) || child->spec->restart == RS_TEMPORARY)
        rs_supervisor_drop(supervisor, child);
    else
        rs_supervisor_set(supervisor, child, RS_CHILD_DOWN, 0);
}

/* ---------------------------------------------------------------- telling */

void rs_supervisor_report(const rs_supervisor *supervisor, rs_report_context context,
                          const rs_child *child, rs_term reason) {
    if (!rs_the_runtime->observer.report) return; /* for the sake of a storm of kills */
    rs_report report = {.context = context,
                        .child_role = child->role,
                        .child = child->pid,
                        .id = rs_supervisor_is_simple(supervisor) ? NULL : child->spec->id,
                        .reason = reason};
    rs_emit_report(&report);
}

/* ---------------------------------------------------------------- backoff */

static void make_room(rs_supervisor *supervisor, uint32_t number) {
    uint32_t had = supervisor->tries_capacity, capacity = had ? had : 16;
    while (capacity <= number) capacity *= 2;
    rs_try *tries = rs_alloc(capacity * sizeof *tries);
    if (had) {
        memcpy(tries, supervisor->tries, had * sizeof *tries);
        rs_free(supervisor->tries, had * sizeof *tries);
    } else {
        uint64_t seed = rs_the_runtime->sched_config.seed;
        rs_prng_init_indexed(&supervisor->chance, seed, "backoff", rs_self_role());
    }
    supervisor->tries = tries;
    supervisor->tries_capacity = capacity;
}

rs_try *rs_supervisor_try(rs_supervisor *supervisor, const rs_child *child) {
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    if (!spec->backoff && !spec->budget && !spec->fence_ns) return NULL;
    if (child->number >= supervisor->tries_capacity) make_room(supervisor, child->number);
    return &supervisor->tries[child->number];
}

uint64_t rs_supervisor_wait_ns(rs_supervisor *supervisor, const rs_child *child, bool has_lived) {
    const rs_backoff *backoff = rs_supervisor_spec_of(supervisor, child)->backoff;
    if (!backoff) return 0;
    rs_try *try = rs_supervisor_try(supervisor, child);
    uint64_t lived_ns = has_lived ? rs_now_ns() - try->started_ns : 0;
    return rs_backoff_wait_ns(backoff, &try->state, lived_ns, &supervisor->chance);
}

/* ---------------------------------------------------------------- fences */

void rs_supervisor_raise_fence(rs_supervisor *supervisor, const rs_child *child) {
    uint64_t fence_ns = rs_supervisor_spec_of(supervisor, child)->fence_ns;
    if (!fence_ns) return;
    uint64_t now_ns = rs_now_ns();
    rs_supervisor_try(supervisor, child)->fenced_until_ns =
        fence_ns < RS_FOREVER - now_ns ? now_ns + fence_ns : RS_FOREVER;
}

bool rs_supervisor_is_fenced(rs_supervisor *supervisor, const rs_child *child) {
    return rs_supervisor_spec_of(supervisor, child)->fence_ns && rs_lingers(child->pid) &&
           rs_now_ns() < rs_supervisor_try(supervisor, child)->fenced_until_ns;
}

/* ---------------------------------------------------------------- windows */

/* Entries that a window gets at once: a minute of them. Of a longer period it grows. */
#define WINDOW_ROOM 64u

/* Room for every second of the period, so that a supervisor that has begun to restart holds no more
 * than one that has not. */
void rs_supervisor_open_window(rs_intensity *window, uint64_t limit, uint64_t period_s) {
    uint32_t room = 8;
    rs_intensity_init(window, limit, period_s);
    while (room < WINDOW_ROOM && room < period_s + 2) room *= 2;
    rs_intensity_move(window, rs_alloc(room * sizeof(rs_intensity_second)), room);
}

bool rs_supervisor_counts(rs_intensity *window) {
    uint32_t room = rs_intensity_room(window), had = window->capacity;
    if (room > had) {
        rs_intensity_second *ring = rs_alloc(room * sizeof *ring);
        rs_intensity_second *old = rs_intensity_move(window, ring, room);
        if (old) rs_free(old, had * sizeof *old);
    }
    return rs_intensity_allows(window, rs_now_ns());
}

bool rs_supervisor_budget_allows(rs_supervisor *supervisor, const rs_child *child) {
    const rs_budget *budget = rs_supervisor_spec_of(supervisor, child)->budget;
    if (!budget) return true;
    rs_intensity *window = &rs_supervisor_try(supervisor, child)->window;
    if (!window->period_s) rs_intensity_init(window, budget->restarts, budget->period_s);
    return rs_supervisor_counts(window);
}

/* ---------------------------------------------------------------- starting */

typedef struct attempt {
    rs_start_function *function;
    const rs_child_start *start;
    rs_pid *pid;
    rs_term *reason;
    rs_start_result result;
} attempt;

static void try_start(void *argument) {
    attempt *it = argument;
    it->result = it->function(it->start, it->pid, it->reason);
}

/* S6, E2: who exits or crashes in the start function has not started. */
static rs_start_result start_caught(attempt *it, bool is_dynamic) {
    rs_term reason;
    if (rs_catch(try_start, it, &reason) == RS_CAUGHT_NOTHING) return it->result;
    if (is_dynamic) rs_term_retain(reason, 1);
    *it->reason = is_dynamic ? reason : rs_shape_exit(reason);
    return RS_START_ERROR;
}

rs_start_result rs_supervisor_launch(rs_supervisor *supervisor, rs_child *child, rs_term *reason) {
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    bool template = rs_supervisor_has_template(supervisor);
    const rs_child_start start = {
        .args = spec->args,
        .bytes = spec->bytes,
        .extra = template ? child->extra : supervisor->extra,
        .extra_bytes = template ? child->extra_bytes : supervisor->extra_bytes,
        .options = {.link = true, .link_tag = child->number, .role = child->role},
    };
    rs_pid pid = 0;
    *reason = RS_ATOM(undefined);
    attempt it = {.function = spec->start, .start = &start, .pid = &pid, .reason = reason};
    rs_start_result result = start_caught(&it, supervisor->is_dynamic);
    if (result == RS_START_OK && pid == 0) return RS_START_IGNORE;
    if (result != RS_START_OK) return result;
    rs_supervisor_set(supervisor, child, RS_CHILD_RUNNING, pid);
    if (spec->backoff) rs_supervisor_try(supervisor, child)->started_ns = rs_now_ns();
    return RS_START_OK;
}
