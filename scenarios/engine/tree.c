/* tree.c: the plan's tree as supervisors and workers of the runtime.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tree.h"

#include "reports/rows.h"
#include "runtime/base/assert.h"
#include "runtime/otp/code.h"
#include "runtime/otp/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A node, as the start functions get it. */
typedef struct rs_tree_node {
    const rs_plan_node *plan;
    const rs_shared *shared;
    rs_backoff backoff;
    rs_budget budget;
    rs_supervisor_spec spec;
    rs_child_spec *children;
    struct rs_tree_node *below; /* as many as spec.child_count */
} rs_tree_node;

struct rs_tree {
    rs_tree_node root;
    rs_application application;
    bool running;
};

/* ------------------------------------------------------------------ starting */

/* The start function runs in the supervisor, on behalf of the fault that it handles. */
static rs_start_result reached(rs_start_result result, const rs_start_options *options,
                               const rs_pid *pid) {
    if (result == RS_START_OK && options->name)
        rs_emit(RS_EVENT_REACHABLE, *pid, options->role, rs_self_cause());
    return result;
}

static rs_start_result start_supervisor(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const rs_tree_node *node = start->args;
    rs_start_options options = start->options;
    options.name = rs_atom_find(node->plan->path);
    return reached(rs_supervisor_start(&node->spec, &options, pid, reason), &options, pid);
}

/* What is started is always the current version. */
static const rs_gen_server *server_of(const rs_plan_node *plan) {
    return rs_code_current(plan->worker->server);
}

/* Nobody else starts anybody in this role meanwhile. */
static rs_worker_args make_args(const rs_tree_node *node, uint32_t role) {
    const rs_roles *roles = &node->shared->roles;
    rs_worker_args args = {.config = node->plan->config,
                           .path = node->plan->path,
                           .seed = node->shared->seed,
                           .incarnation = 1};
    if (!role) return args;
    args.role = rs_roles_path(roles, role);
    args.incarnation += rs_load(&roles->at[role].incarnation, rs_relaxed);
    return args;
}

static rs_start_result start_worker(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const rs_tree_node *node = start->args;
    const rs_plan_node *plan = node->plan;
    rs_start_options options = start->options;
    options.name = rs_atom_find(plan->path);
    rs_worker_args args = make_args(node, options.role);
    return reached(rs_gen_server_start(server_of(plan), &args, sizeof args, &options, pid, reason),
                   &options, pid);
}

/* A template's processes have no names: whoever starts them leads to them. */
static rs_start_result start_template(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const rs_tree_node *node = start->args;
    const rs_plan_node *plan = node->plan;
    rs_worker_args args = make_args(node, start->options.role);
    if (start->extra) {
        RS_ASSERT(start->extra_bytes == sizeof(rs_worker_extra));
        const rs_worker_extra *extra = start->extra;
        args.key = extra->key;
        args.argument = extra->argument;
    }
    return rs_gen_server_start(server_of(plan), &args, sizeof args, &start->options, pid, reason);
}

static rs_start_result start_top(const void *args, rs_pid *top, rs_term *reason) {
    const rs_tree *tree = args;
    rs_start_options options = {.link = true, .role = rs_role_number(0, tree->root.plan->id)};
    rs_start_result result = rs_supervisor_start(&tree->root.spec, &options, top, reason);
    if (result == RS_START_OK) rs_emit(RS_EVENT_REACHABLE, *top, options.role, 0);
    return result;
}

/* ------------------------------------------------------------------ translating */

static void init_node(rs_tree_node *node, const rs_plan_node *plan, const rs_shared *shared);

static rs_child_spec make_child(const rs_tree_node *node, rs_start_function *start) {
    const rs_plan_node *plan = node->plan;
    return (rs_child_spec){
        .id = plan->id,
        .start = start,
        .args = node,
        .bytes = sizeof *node,
        .restart = (rs_restart)plan->restart,
        .shutdown_ns = plan->shutdown_ns,
        .significant = plan->significant,
        .is_supervisor = plan->worker == NULL,
        .backoff = plan->backoff.first_ns ? &node->backoff : NULL,
        .budget = plan->budget_period_s ? &node->budget : NULL,
        .fence_ns = plan->fence_ns,
    };
}

static void add_child(rs_tree_node *node, uint32_t index, const rs_plan_node *plan,
                      bool is_template) {
    rs_tree_node *child = &node->below[index];
    init_node(child, plan, node->shared);
    rs_start_function *start = plan->worker ? start_worker : start_supervisor;
    node->children[index] = make_child(child, is_template ? start_template : start);
}

/* The plan's enums and OTP's have the same words in the same order. */
static void init_node(rs_tree_node *node, const rs_plan_node *plan, const rs_shared *shared) {
    const rs_plan_backoff *backoff = &plan->backoff;
    node->plan = plan;
    node->shared = shared;
    node->backoff = (rs_backoff){.first_ns = backoff->first_ns,
                                 .max_ns = backoff->max_ns,
                                 .factor = backoff->factor,
                                 .jitter_ppm = backoff->jitter_ppm,
                                 .reset_ns = backoff->reset_ns};
    node->budget = (rs_budget){plan->budget_restarts, plan->budget_period_s};
    if (plan->worker) return;
    uint32_t count = plan->child ? 1 : plan->child_count;
    node->below = rs_rows_alloc(sizeof *node->below * (count + 1));
    node->children = rs_rows_alloc(sizeof *node->children * (count + 1));
    for (uint32_t i = 0; i < plan->child_count; i++) add_child(node, i, plan->children[i], false);
    if (plan->child) add_child(node, 0, plan->child, true);
    node->spec = (rs_supervisor_spec){
        .strategy = (rs_strategy)plan->strategy,
        .intensity = plan->intensity,
        .period_s = plan->period_s,
        .auto_shutdown = (rs_auto_shutdown)plan->auto_shutdown,
        .children = node->children,
        .child_count = count,
    };
}

static void fini_node(rs_tree_node *node) {
    for (uint32_t i = 0; i < node->spec.child_count; i++) fini_node(&node->below[i]);
    free(node->below);
    free(node->children);
}

rs_tree *rs_tree_create(const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    rs_tree *tree = rs_rows_alloc(sizeof *tree);
    init_node(&tree->root, plan->root, shared);
    tree->application = (rs_application){.name = plan->name, .start = start_top, .args = tree};
    return tree;
}

void rs_tree_destroy(rs_tree *tree) {
    if (!tree) return;
    fini_node(&tree->root);
    free(tree);
}

/* ------------------------------------------------------------------ as a unit */

/* `answer` is {error,{Reason,_}}: what failed, and in whose start. */
static void report_failure(const rs_tree *tree, rs_shared *shared, rs_term answer) {
    char path[256], why[256];
    rs_term error = rs_term_element(answer, 1), reason = rs_term_element(error, 0);
    rs_tree_explain(reason ? reason : error, path, sizeof path, why, sizeof why);
    rs_term_release(reason);
    rs_term_release(error);
    const rs_plan_node *node = rs_tree_find(tree->root.plan, path);
    if (node && *path)
        rs_shared_fail(shared, 6, &node->place, "child '%s' did not start: %s", path, why);
    else
        rs_shared_fail(shared, 6, &tree->root.plan->place, "the tree did not start: %s", why);
}

bool rs_tree_start(rs_tree *tree, rs_shared *shared) {
    rs_term answer = rs_application_start(&tree->application, RS_TEMPORARY);
    tree->running = answer == RS_ATOM(ok);
    if (!tree->running) report_failure(tree, shared, answer);
    rs_term_release(answer);
    return tree->running;
}

static rs_atom name_of(const rs_tree *tree) {
    return rs_atom_find(tree->application.name);
}

void rs_tree_stop(rs_tree *tree) {
    if (tree->running) rs_term_release(rs_application_stop(name_of(tree)));
    tree->running = false;
}

rs_pid rs_tree_top(const rs_tree *tree) {
    return tree->running ? rs_application_top(name_of(tree)) : 0;
}

/* ------------------------------------------------------------------ explaining */

static void append_step(rs_term id, char *path, size_t bytes) {
    char step[128];
    rs_term_print(id, step, sizeof step);
    size_t used = strlen(path);
    char *text = step;
    if (*text == '"') { /* ids may travel as texts */
        text++;
        text[strcspn(text, "\"")] = 0;
    }
    snprintf(path + used, bytes - used, "%s%s", used ? "/" : "", text);
}

/* Takes the reference to `reason`. */
static void explain(rs_term reason, char *path, size_t path_bytes, char *why, size_t why_bytes) {
    rs_term inner = 0;
    if (rs_term_is_pair(reason, RS_ATOM(shutdown))) {
        inner = rs_term_element(reason, 1);
    } else if (rs_term_size(reason) == 3) {
        rs_term first = rs_term_element(reason, 0), id = rs_term_element(reason, 1);
        if (first == RS_ATOM(failed_to_start_child)) {
            append_step(id, path, path_bytes);
            inner = rs_term_element(reason, 2);
        }
        rs_term_release(first);
        rs_term_release(id);
    }
    if (inner)
        explain(inner, path, path_bytes, why, why_bytes);
    else
        rs_reason_print(reason, why, why_bytes);
    rs_term_release(reason);
}

void rs_tree_explain(rs_term reason, char *path, size_t path_bytes, char *why, size_t why_bytes) {
    *path = 0;
    rs_term_retain(reason, 1);
    explain(reason, path, path_bytes, why, why_bytes);
}

const rs_plan_node *rs_tree_find(const rs_plan_node *node, const char *path) {
    if (strcmp(node->path, path) == 0) return node;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const rs_plan_node *found = rs_tree_find(node->children[i], path);
        if (found) return found;
    }
    return NULL;
}
