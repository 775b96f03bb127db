/* consequence.c: what a supervision policy means, in words.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/consequence.h"

#include "runtime/base/units.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static bool is_supervisor(const rs_plan_node *node) {
    return !node->worker;
}

static const char *name_of(const rs_plan_node *node) {
    return *node->path ? node->path : node->id;
}

/* ---- who is restarted ---- */

static bool can_be_restarted(const rs_plan_node *child) {
    return child->restart != RS_PLAN_TEMPORARY;
}

/* A supervisor of temporary children counts nothing, so it never gives up (S8, S14). */
static bool counts_crashes(const rs_plan_node *supervisor) {
    if (supervisor->child) return can_be_restarted(supervisor->child);
    for (uint32_t i = 0; i < supervisor->child_count; i++)
        if (can_be_restarted(supervisor->children[i])) return true;
    return false;
}

/* Whether the exit of `supervisor` makes its parent shut down as well (S26). */
static bool ends_parent(const rs_plan_node *supervisor) {
    const rs_plan_node *parent = supervisor->parent;
    if (!supervisor->significant || supervisor->restart == RS_PLAN_PERMANENT) return false;
    if (parent->auto_shutdown == RS_PLAN_ANY_SIGNIFICANT) return true;
    if (parent->auto_shutdown != RS_PLAN_ALL_SIGNIFICANT) return false;
    for (uint32_t i = 0; i < parent->child_count; i++)
        if (parent->children[i] != supervisor && parent->children[i]->significant) return false;
    return true;
}

/* How often the end of `supervisor` must happen for the run to end: 0 for never. */
static uint64_t ends_to_end(const rs_plan_node *supervisor) {
    const rs_plan_node *parent = supervisor->parent;
    if (!parent) return 1;
    if (supervisor->restart == RS_PLAN_PERMANENT) return rs_plan_crashes_to_end(parent);
    return ends_parent(supervisor) ? ends_to_end(parent) : 0;
}

uint64_t rs_plan_crashes_to_end(const rs_plan_node *supervisor) {
    uint64_t ends, crashes;
    if (!counts_crashes(supervisor)) return 0;
    ends = ends_to_end(supervisor);
    bool overflows = __builtin_mul_overflow(ends, (uint64_t)supervisor->intensity + 1, &crashes);
    return overflows ? UINT64_MAX : crashes;
}

/* ---- words ---- */

static const char *ordinal_end(uint64_t number) {
    if (number / 10 % 10 == 1) return "th";
    switch (number % 10) {
    case 1: return "st";
    case 2: return "nd";
    case 3: return "rd";
    default: return "th";
    }
}

/* A list "a, b and 3 more" that is written as its items become known. */
typedef struct list {
    FILE *out;
    uint32_t count, shown;
} list;

#define SHOWN_MAX 4u

static void list_add(list *l, const char *text) {
    if (l->count++ >= SHOWN_MAX) return;
    fprintf(l->out, "%s%s", l->shown++ ? ", " : "", text);
}

static void list_end(const list *l) {
    if (l->count > l->shown) fprintf(l->out, " and %u more", l->count - l->shown);
}

/* ---- children that a setup starts ---- */

/* A registry names the supervisor of its tables by an option: what its setup makes hangs there. */
static bool points_at(const rs_plan_node *worker, const rs_plan_node *supervisor) {
    for (uint32_t i = 0; i < worker->worker->option_count; i++) {
        const rs_option *option = &worker->worker->options[i];
        if (option->type != RS_OPTION_PATH) continue;
        const char *path =
            *(const char *const *)(const void *)((const char *)worker->config + option->offset);
        if (path && strcmp(path, supervisor->path) == 0) return true;
    }
    return false;
}

static uint64_t count_started(const rs_plan *plan, const rs_plan_node *supervisor) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < plan->setup_count; i++) {
        const rs_plan_setup *setup = &plan->setups[i];
        if (setup->action->keys && points_at(setup->target, supervisor))
            count += setup->action->keys(setup->config);
    }
    return count;
}

static void add_subtree(const rs_plan *plan, const rs_plan_node *node, list *l);

/* add_below lists everything alive below a supervisor. */
static void add_below(const rs_plan *plan, const rs_plan_node *node, list *l) {
    char text[192];
    for (uint32_t i = 0; i < node->child_count; i++) add_subtree(plan, node->children[i], l);
    if (!node->child) return;
    const char *worker = node->child->worker->name;
    uint64_t started = count_started(plan, node);
    if (started)
        snprintf(text, sizeof text, "%" PRIu64 " × %s", started, worker);
    else
        snprintf(text, sizeof text, "every %s under it", worker);
    list_add(l, text);
}

static void add_subtree(const rs_plan *plan, const rs_plan_node *node, list *l) {
    list_add(l, name_of(node));
    add_below(plan, node, l);
}

/* ---- one crash ---- */

static uint32_t index_of(const rs_plan_node *node) {
    uint32_t i = 0;
    while (node->parent->children[i] != node) i++;
    return i;
}

/* Temporary siblings of a group are stopped with it and do not come back (S17). */
static void tell_dropped(const rs_plan_node *parent, uint32_t first, uint32_t own, FILE *out) {
    list dropped = {out, 0, 0};
    for (uint32_t i = first; i < parent->child_count; i++) {
        if (i == own || can_be_restarted(parent->children[i])) continue;
        if (!dropped.count) fprintf(out, "; gone for good: ");
        list_add(&dropped, name_of(parent->children[i]));
    }
    list_end(&dropped);
}

/* tell_group names whom the strategy of its parent restarts together with `node` (S16, S17). */
static void tell_group(const rs_plan *plan, const rs_plan_node *node, const char *lead, FILE *out) {
    const rs_plan_node *parent = node->parent;
    list others = {out, 0, 0};
    uint32_t own = index_of(node), first = parent->child_count;
    if (parent->strategy == RS_PLAN_ONE_FOR_ALL) first = 0;
    if (parent->strategy == RS_PLAN_REST_FOR_ONE) first = own + 1;
    bool has_others = false;
    for (uint32_t i = first; i < parent->child_count; i++)
        has_others |= i != own && can_be_restarted(parent->children[i]);
    if (has_others) fputs(lead, out);
    for (uint32_t i = first; i < parent->child_count; i++)
        if (i != own && can_be_restarted(parent->children[i]))
            add_subtree(plan, parent->children[i], &others);
    list_end(&others);
    tell_dropped(parent, first, own, out);
}

static const char *when_restarted(rs_plan_restart restart) {
    return restart == RS_PLAN_TRANSIENT ? " (unless it ended normally)" : "";
}

/* After what wait, if there is one. */
static void tell_backoff(const rs_plan_backoff *backoff, FILE *out) {
    char first[32], max[32], reset[32];
    if (!backoff->first_ns) return;
    fprintf(out, " after %s", rs_units_format_duration(backoff->first_ns, first, sizeof first));
    if (backoff->factor > 1 && backoff->max_ns > backoff->first_ns)
        fprintf(out, ", then %u times as long each time, up to %s, until it has lived for %s",
                backoff->factor, rs_units_format_duration(backoff->max_ns, max, sizeof max),
                rs_units_format_duration(backoff->reset_ns, reset, sizeof reset));
    if (backoff->jitter_ppm)
        fprintf(out, ", by chance up to %g %% less", backoff->jitter_ppm / 1e4);
}

static void tell_fence(const rs_plan_node *child, FILE *out) {
    char fence[RS_UNITS_TEXT_BYTES];
    if (child->fence_ns)
        fprintf(out, ", but not while the last one is still in a system call, for up to %s",
                rs_units_format_duration(child->fence_ns, fence, sizeof fence));
}

/* When it is not restarted any more; but a group takes it along again (S17). */
static void tell_budget(const rs_plan_node *child, FILE *out) {
    const char *until = child->parent->strategy == RS_PLAN_ONE_FOR_ALL ||
                                child->parent->strategy == RS_PLAN_REST_FOR_ONE
                            ? " until another takes it along"
                            : "";
    if (!child->budget_period_s) return;
    fprintf(out, "; with more than %u restart%s due within %u s it stays down%s",
            child->budget_restarts, child->budget_restarts == 1 ? "" : "s", child->budget_period_s,
            until);
}

/* The end of a significant child that is not restarted ends its supervisor as well (S26). */
static void tell_significance(const rs_plan_node *child, FILE *out) {
    const rs_plan_node *parent = child->parent;
    if (!child->significant) return;
    fprintf(out, "; it is significant: %s%s shuts down%s",
            child->restart == RS_PLAN_TRANSIENT ? "when it ended normally, " : "", name_of(parent),
            ends_parent(child) ? "" : " once the last of its significant children has ended");
    if (!parent->parent) fprintf(out, ", and the run ends");
}

static void tell_child(const rs_plan *plan, const rs_plan_node *child, FILE *out) {
    fprintf(out, "  when %s ends, it is ", name_of(child));
    if (!can_be_restarted(child)) {
        fprintf(out, "not restarted (temporary)");
    } else {
        fprintf(out, "restarted%s", when_restarted(child->restart));
        tell_backoff(&child->backoff, out);
        tell_fence(child, out);
        tell_group(plan, child, ", and with it ", out);
        tell_budget(child, out);
    }
    tell_significance(child, out);
    fprintf(out, "\n");
}

static void tell_template(const rs_plan_node *supervisor, FILE *out) {
    const rs_plan_node *child = supervisor->child;
    if (!can_be_restarted(child))
        fprintf(out,
                "  a crashed %s is forgotten (temporary): whoever started it must start another\n",
                child->worker->name);
    else {
        fprintf(out, "  a crashed %s is restarted%s", child->worker->name,
                when_restarted(child->restart));
        tell_backoff(&child->backoff, out);
        tell_fence(child, out);
        fputs(", the others untouched", out);
        tell_budget(child, out);
        fputc('\n', out);
    }
}

/* A long list of alike workers needs no line each. */
#define CHILDREN_TOLD_MAX 12u

static void tell_children(const rs_plan *plan, const rs_plan_node *supervisor, FILE *out) {
    if (supervisor->child) tell_template(supervisor, out);
    for (uint32_t i = 0; i < supervisor->child_count && i < CHILDREN_TOLD_MAX; i++)
        tell_child(plan, supervisor->children[i], out);
    if (supervisor->child_count > CHILDREN_TOLD_MAX)
        fprintf(out, "  … and likewise for %u more\n", supervisor->child_count - CHILDREN_TOLD_MAX);
}

/* ---- one crash too many ---- */

static void tell_restart(const rs_plan *plan, const rs_plan_node *supervisor, FILE *out) {
    fprintf(out, "  %s then starts it again (permanent)", name_of(supervisor->parent));
    if (supervisor->child) fprintf(out, ", without the children it had");
    tell_group(plan, supervisor, ", and restarts ", out);
    fprintf(out, "\n");
}

/* What becomes of a supervisor that gave up with `shutdown` (S15). */
static void tell_end(const rs_plan *plan, const rs_plan_node *supervisor, FILE *out) {
    if (!supervisor->parent)
        fprintf(out, "  it is the root: the run ends\n");
    else if (supervisor->restart == RS_PLAN_PERMANENT)
        tell_restart(plan, supervisor, out);
    else if (ends_parent(supervisor))
        fprintf(out, "  it is significant: %s shuts down with it\n", name_of(supervisor->parent));
    else
        fprintf(out,
                "  it stays down: it gave up with reason shutdown, after which a %s child is not "
                "restarted\n",
                supervisor->restart == RS_PLAN_TRANSIENT ? "transient" : "temporary");
}

/* Children that do not come back at once, or not always: then how many crashes are too many cannot
 * be said, only how many restarts. */
static bool is_held_back(const rs_plan_node *child) {
    return child->backoff.first_ns || child->budget_period_s;
}

static bool has_held_back(const rs_plan_node *supervisor) {
    bool has = supervisor->child && is_held_back(supervisor->child);
    for (uint32_t i = 0; i < supervisor->child_count; i++)
        has |= is_held_back(supervisor->children[i]);
    return has;
}

/* Up to the root, as far as its supervisors count one another. */
static bool has_held_back_above(const rs_plan_node *supervisor) {
    for (; supervisor; supervisor = supervisor->parent)
        if (has_held_back(supervisor)) return true;
    return false;
}

static void tell_fatal(const rs_plan_node *supervisor, FILE *out) {
    uint64_t fatal = (uint64_t)supervisor->intensity + 1;
    if (has_held_back(supervisor))
        fprintf(out, "  more than %u restarts within %u s would end the supervisor %s",
                supervisor->intensity, supervisor->period_s, name_of(supervisor));
    else
        fprintf(out, "  the %" PRIu64 "%s crash within %u s ends the supervisor %s", fatal,
                ordinal_end(fatal), supervisor->period_s, name_of(supervisor));
}

static void tell_limit(const rs_plan *plan, const rs_plan_node *supervisor, FILE *out) {
    list victims = {out, 0, 0};
    tell_fatal(supervisor, out);
    fprintf(out, ", and with it ");
    add_below(plan, supervisor, &victims);
    list_end(&victims);
    fprintf(out, "\n");
    tell_end(plan, supervisor, out);
    uint64_t crashes = rs_plan_crashes_to_end(supervisor);
    if (crashes && supervisor->parent && !has_held_back_above(supervisor))
        fprintf(out, "  %" PRIu64 " crashes, quick enough, end the run\n", crashes);
}

static void tell_supervisor(const rs_plan *plan, const rs_plan_node *supervisor, FILE *out) {
    fprintf(out, "%s:\n", name_of(supervisor));
    tell_children(plan, supervisor, out);
    if (counts_crashes(supervisor))
        tell_limit(plan, supervisor, out);
    else
        fprintf(out, "  it never gives up: no child of it is restarted, so none is counted\n");
    for (uint32_t i = 0; i < supervisor->child_count; i++)
        if (is_supervisor(supervisor->children[i]))
            tell_supervisor(plan, supervisor->children[i], out);
}

void rs_plan_print_consequences(const rs_plan *plan, FILE *out) {
    tell_supervisor(plan, plan->root, out);
}
