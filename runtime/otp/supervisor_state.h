/* supervisor_state.h: what a supervisor remembers, and the few steps that change it. Every change
 * of a child goes through rs_supervisor_set, which keeps the sums right.
 * There are three kinds: static ones, whose children have ids and an order; those of children that
 * all have one template; and DynamicSupervisors, whose children bring specs of their own. The last
 * two are simple_one_for_one: their children come and go, and are known by their pids.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_STATE_H
#define RS_SUPERVISOR_STATE_H

#include "runtime/otp/child.h"
#include "runtime/otp/child_index.h"
#include "runtime/otp/intensity.h"

/* What is remembered of a child that has a backoff, a budget or a fence. */
typedef struct rs_try {
    rs_backoff_state state;
    uint64_t started_ns; /* when its latest process was started */
    uint64_t stamp;      /* of the latest retry that was sent: earlier ones are void */
    rs_intensity window; /* of its budget; zeroed: not used yet */
    uint64_t fenced_until_ns;
} rs_try;

typedef struct rs_supervisor {
    rs_strategy strategy;
    rs_auto_shutdown auto_shutdown;
    rs_intensity window;
    rs_children children;
    rs_child_index index;     /* static: by id; simple_one_for_one: by pid, once `by_pid` is set */
    bool by_pid;              /* somebody asked for a child by its pid */
    rs_child_spec child_spec; /* the template */
    bool is_dynamic;          /* simple_one_for_one, but each child has a spec of its own */
    int64_t max_children;     /* dynamic */
    const void *extra;        /* dynamic: what all children are started with */
    uint32_t extra_bytes;
    uint64_t ordinal;         /* of the latest child that was given no key */
    uint64_t significant;     /* significant children running or restarting (S26) */
    rs_stop_cause stop_cause; /* why terminate stops the children */
    rs_try *tries;            /* by number of the child's record; NULL: no child has any */
    uint32_t tries_capacity;
    rs_prng chance;
    uint32_t walked, walked_to; /* which_children: how many infos are behind, and the last number */
} rs_supervisor;

/* rs_supervisor_is_simple tells whether children have no order and are found by pid. */
static inline bool rs_supervisor_is_simple(const rs_supervisor *supervisor) {
    return supervisor->strategy == RS_SIMPLE_ONE_FOR_ONE;
}

/* rs_supervisor_has_template tells whether all children are of one spec. */
static inline bool rs_supervisor_has_template(const rs_supervisor *supervisor) {
    return rs_supervisor_is_simple(supervisor) && !supervisor->is_dynamic;
}

/* rs_supervisor_spec_of returns the spec of `child`: its own, or that of all. */
static inline const rs_child_spec *rs_supervisor_spec_of(const rs_supervisor *supervisor,
                                                         const rs_child *child) {
    return rs_supervisor_has_template(supervisor) ? &supervisor->child_spec : child->spec;
}

/* rs_supervisor_add_static adds a copy of `spec`, down and last in start order. */
rs_child *rs_supervisor_add_static(rs_supervisor *supervisor, const rs_child_spec *spec);

/* rs_supervisor_add_simple adds a child of the template in the role `key` (NULL: its ordinal),
 * down. `extra` is kept for restarts, if there can be any; else it is the caller's, who must see to
 * rs_supervisor_forget_given before it goes. */
rs_child *rs_supervisor_add_simple(rs_supervisor *supervisor, const char *key, const void *extra,
                                   uint32_t bytes);

/* rs_supervisor_add_dynamic adds a child with a copy of `spec` in the role `key`, down. `args` are
 * the spec's; what was said of `extra` goes for them. */
rs_child *rs_supervisor_add_dynamic(rs_supervisor *supervisor, const char *key,
                                    const rs_child_spec *spec, const void *args);

/* rs_supervisor_forget_given follows a child's first start: who never restarts needs no more what
 * it was started with. */
void rs_supervisor_forget_given(rs_supervisor *supervisor, rs_child *child);

/* rs_supervisor_set changes a child's state; `pid` as in rs_child. */
void rs_supervisor_set(rs_supervisor *supervisor, rs_child *child, rs_child_state state,
                       rs_pid pid);

/* rs_supervisor_is_significant says whether the child counts for auto_shutdown: significant, and
 * running or restarting (S26). */
bool rs_supervisor_is_significant(const rs_supervisor *supervisor, const rs_child *child);

/* rs_supervisor_drop forgets a child and frees what was kept for it. */
void rs_supervisor_drop(rs_supervisor *supervisor, rs_child *child);

/* rs_supervisor_leave_down is what becomes of a child that is stopped for good: temporary ones and
 * those of simple_one_for_one are dropped, others stay down. */
void rs_supervisor_leave_down(rs_supervisor *supervisor, rs_child *child);

/* rs_supervisor_find_id returns the static child `id`, or NULL. */
rs_child *rs_supervisor_find_id(const rs_supervisor *supervisor, const char *id);

/* rs_supervisor_find_pid returns the simple_one_for_one child that runs, or whose last process was,
 * `pid`, or NULL. The first call costs a walk over all children. */
rs_child *rs_supervisor_find_pid(rs_supervisor *supervisor, rs_pid pid);

/* rs_supervisor_try returns what is remembered of the child's restarts; NULL: it has neither
 * backoff nor budget nor fence. */
rs_try *rs_supervisor_try(rs_supervisor *supervisor, const rs_child *child);

/* rs_supervisor_wait_ns returns how long to wait before the next restart of a child that has just
 * ended, or did not start; 0: not at all. */
uint64_t rs_supervisor_wait_ns(rs_supervisor *supervisor, const rs_child *child, bool has_lived);

/* rs_supervisor_raise_fence begins the wait for the child's last process that its fence allows, and
 * rs_supervisor_is_fenced says whether it goes on: that process lingers. */
void rs_supervisor_raise_fence(rs_supervisor *supervisor, const rs_child *child);
bool rs_supervisor_is_fenced(rs_supervisor *supervisor, const rs_child *child);

/* rs_supervisor_counts counts a restart in `window` and says whether it may be done (S12). */
bool rs_supervisor_counts(rs_intensity *window);

/* rs_supervisor_open_window makes an empty window of the caller's memory. */
void rs_supervisor_open_window(rs_intensity *window, uint64_t limit, uint64_t period_s);

/* rs_supervisor_budget_allows counts an end or a failed start of the child in its budget, if it has
 * one, and says whether it may be started again. */
bool rs_supervisor_budget_allows(rs_supervisor *supervisor, const rs_child *child);

/* rs_supervisor_report reports on `child`. `reason` is borrowed. */
void rs_supervisor_report(const rs_supervisor *supervisor, rs_report_context context,
                          const rs_child *child, rs_term reason);

/* rs_supervisor_launch calls the child's start function and sets the child running when it gave a
 * process; nothing else is changed. *reason is the caller's. */
rs_start_result rs_supervisor_launch(rs_supervisor *supervisor, rs_child *child, rs_term *reason);

#endif
