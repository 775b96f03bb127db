/* tally_state.c: the tree in the end, orphans and memory.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tally.h"
#include "scenarios/language/path.h"

#include <stdio.h>
#include <time.h>

/* ------------------------------------------------------------------ the tree */

typedef struct rs_nodes {
    rs_result *result;
    const rs_shared *shared;
} rs_nodes;

const char *rs_tally_node_kind(const rs_plan_node *node) {
    static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                             "simple_one_for_one"};
    return node->worker ? node->worker->name : strategies[node->strategy];
}

static const char *detail_of(rs_result *result, const rs_plan_node *plan) {
    static const char *const words[] = {"permanent", "transient", "temporary"};
    if (plan->worker) return words[plan->restart];
    return rs_result_print(result, "%u in %u s", plan->intensity, plan->period_s);
}

/* Adds up the roles whose path matches; of a single node that is one. */
static void count_roles(const rs_shared *shared, const char *pattern, rs_result_node *node) {
    uint64_t planned = 0, alive = 0, restarts = 0, escalations = 0;
    uint32_t count = rs_roles_count(&shared->roles);
    for (uint32_t number = 1; number <= count; number++) {
        const rs_role *role = &shared->roles.at[number];
        if (!rs_path_matches(pattern, rs_roles_path(&shared->roles, number))) continue;
        bool lives = rs_load(&role->pid, rs_relaxed) != 0;
        planned++;
        alive += shared->orphans.counted ? role->pid_in_the_end != 0 : lives;
        restarts += role->restarts;
        escalations += role->escalations;
    }
    node->planned = rs_known((double)planned);
    node->alive = rs_known((double)alive);
    node->restarts = rs_known((double)restarts);
    if (node->supervisor) node->escalations = rs_known((double)escalations);
}

static void put_node(const rs_nodes *nodes, const rs_plan_node *plan, uint64_t depth,
                     bool is_template) {
    char path[512];
    snprintf(path, sizeof path, "%s%s", plan->path, !is_template ? "" : *plan->path ? "/*" : "*");
    rs_result_node *node = rs_result_add_node(nodes->result, path);
    node->id = is_template ? "*" : rs_result_text(nodes->result, plan->id);
    node->kind = rs_tally_node_kind(plan);
    node->detail = detail_of(nodes->result, plan);
    node->depth = depth;
    node->supervisor = plan->worker == NULL;
    count_roles(nodes->shared, path, node);
    for (uint32_t i = 0; i < plan->child_count; i++)
        put_node(nodes, plan->children[i], depth + 1, false);
    if (plan->child) put_node(nodes, plan->child, depth + 1, true);
}

/* ------------------------------------------------------------------ orphans and memory */

static void put_optional(rs_result *result, const char *name, bool known, uint64_t value) {
    rs_result_metric *metric = rs_result_add_metric(result, name, NULL);
    if (known) metric->value = rs_known((double)value);
}

/* Without a count they are not available, which is not 0; nor is what a registry did not tell. */
static void put_orphans(rs_result *result, const rs_orphans *orphans) {
    bool counted = orphans->counted, heard = counted && orphans->heard;
    put_optional(result, "orphans", heard, orphans->total);
    put_optional(result, "orphans.unsupervised", counted && orphans->walked, orphans->unsupervised);
    put_optional(result, "orphans.unreachable", heard, orphans->unreachable);
    put_optional(result, "entries.stale", heard, orphans->stale);
    if (counted && !orphans->walked)
        rs_result_add_warning(result, "a supervisor did not tell of its children: who is left is "
                                      "not known");
    else if (counted && !heard)
        rs_result_add_warning(result, "a registry did not tell where it leads: who is reachable "
                                      "is not known");
}

static uint64_t live_bytes(const rs_memory_use *use) {
    return use->arena + use->message + use->relation + use->timer + use->stack + use->table +
           use->other;
}

static void put_memory_row(rs_result *result, const rs_shared *shared, const char *name,
                           uint64_t before, uint64_t after) {
    rs_result_memory *memory = rs_result_add_memory(result, name);
    if (shared->before.taken) memory->before = rs_known((double)before);
    if (shared->after.taken) memory->after = rs_known((double)after);
}

static void put_memory(rs_result *result, const rs_shared *shared) {
    const rs_memory_use *before = &shared->before.use, *after = &shared->after.use;
    if (!shared->before.taken && !shared->after.taken) return;
    put_memory_row(result, shared, "live", live_bytes(before), live_bytes(after));
    put_memory_row(result, shared, "arenas", before->arena, after->arena);
    put_memory_row(result, shared, "messages", before->message, after->message);
    put_memory_row(result, shared, "links and monitors", before->relation, after->relation);
    put_memory_row(result, shared, "timers", before->timer, after->timer);
    put_memory_row(result, shared, "stacks", before->stack, after->stack);
    put_memory_row(result, shared, "tables", before->table, after->table);
    put_memory_row(result, shared, "other", before->other, after->other);
    put_memory_row(result, shared, "resident", shared->before.resident_bytes,
                   shared->after.resident_bytes);
    if ((shared->before.taken && !shared->before.quiet) ||
        (shared->after.taken && !shared->after.quiet))
        rs_result_add_note(result, "memory was read while processes were at work; it does not "
                                   "compare to the byte");
}

static void put_growth(rs_result *result, const rs_growth *growth) {
    if (!growth->from_restarts || growth->to_restarts <= growth->from_restarts) return;
    double bytes = (double)growth->to_bytes - (double)growth->from_bytes;
    double restarts = (double)(growth->to_restarts - growth->from_restarts);
    rs_result_add_note(result, rs_result_print(result,
                                               "over the last %.0f restarts resident memory grew "
                                               "by %.3f bytes for each",
                                               restarts, bytes / restarts));
}

static void put_memory_metrics(rs_result *result, const rs_shared *shared) {
    const rs_census *after = &shared->after;
    put_optional(result, "memory.live", after->taken, live_bytes(&after->use));
    put_optional(result, "memory.resident", after->taken, after->resident_bytes);
}

/* What each operation pays for knowing how long it took. */
static void put_clock_cost(rs_result *result) {
    enum { READINGS = 1000 };
    struct timespec first, last;
    clock_gettime(CLOCK_MONOTONIC, &first);
    for (int i = 0; i < READINGS; i++) clock_gettime(CLOCK_MONOTONIC, &last);
    double ns = (double)(last.tv_sec - first.tv_sec) * 1e9 + (double)(last.tv_nsec - first.tv_nsec);
    rs_result_add_number(result, "harness.clock", NULL, ns / READINGS);
}

void rs_tally_state_totals(rs_result *result, const rs_shared *shared) {
    put_orphans(result, &shared->orphans);
    put_memory_metrics(result, shared);
}

void rs_tally_state(rs_result *result, const rs_shared *shared) {
    put_node(&(rs_nodes){result, shared}, shared->plan->root, 0, false);
    put_orphans(result, &shared->orphans);
    put_memory(result, shared);
    put_memory_metrics(result, shared);
    put_growth(result, &shared->growth);
    put_clock_cost(result);
}
