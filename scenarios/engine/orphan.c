/* orphan.c: who is left without anybody who looks after it or leads to it.
 *
 * A named process is reachable when its name leads to it. The children of a template have no names:
 * each registry is asked for all of its entries. Where no registry has entries for a template, what
 * its starter last reported (RS_EVENT_REACHABLE) has to do.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/orphan.h"

#include "runtime/otp/supervisor.h"
#include "runtime/otp/sys.h"
#include "scenarios/engine/map.h"
#include "scenarios/language/path.h"
#include "scenarios/workers/entries.h"

#include <string.h>

/* Children asked for at a time. */
#define INFOS 64u
/* Of a registry, or supervisor, that is silent for so long is not known whom it leads to. */
#define ANSWER_NS UINT64_C(1000000000)

typedef struct rs_walk {
    const rs_tree *tree;
    rs_shared *shared;
    uint64_t settled_ns; /* what has changed since does not count yet */
    rs_orphans found;
    rs_history *history;          /* who is left goes there; NULL: nowhere */
    bool *supervised, *reachable; /* by role */
    bool *asked;                  /* by role of a supervisor: a registry told of its children */
} rs_walk;

static rs_role *role_at(const rs_walk *walk, uint32_t number) {
    return &walk->shared->roles.at[number];
}

static bool is_settled(const rs_walk *walk, uint32_t number) {
    return rs_load(&role_at(walk, number)->changed_ns, rs_relaxed) <= walk->settled_ns;
}

static void write_down(const rs_walk *walk, uint32_t role, rs_pid pid, uint32_t incarnation,
                       rs_left how) {
    rs_history_add(walk->history, &(rs_history_entry){.time_ns = rs_now_ns(),
                                                      .pid = pid,
                                                      .role = role,
                                                      .incarnation = incarnation,
                                                      .kind = RS_HISTORY_LEFT,
                                                      .detail = how});
}

/* ------------------------------------------------------------------ supervisors */

static void walk_supervisor(rs_walk *walk, rs_pid supervisor);

/* A supervisor may know a process that another one has pushed out of its role. */
static void visit_child(rs_walk *walk, const rs_child_info *info) {
    if (rs_term_tag(info->child) != RS_TAG_PID) return;
    rs_role_double *other = rs_roles_find_double(&walk->shared->roles, info->role, info->child);
    if (rs_load(&role_at(walk, info->role)->pid, rs_relaxed) == info->child)
        walk->supervised[info->role] = true;
    else if (other)
        other->supervised = true;
    if (info->is_supervisor) walk_supervisor(walk, info->child);
}

/* It may wait for a start that never ends, or hang itself. */
static bool answers(rs_pid supervisor) {
    rs_term state = 0;
    rs_err err = rs_sys_get_state(supervisor, ANSWER_NS, &state);
    if (err == RS_OK) rs_term_release(state);
    return err != RS_ELIMIT;
}

static void walk_supervisor(rs_walk *walk, rs_pid supervisor) {
    if (walk->found.walked) walk->found.walked = walk->found.heard = answers(supervisor);
    if (!walk->found.walked) return;
    rs_child_info *infos = rs_alloc(sizeof *infos * INFOS);
    uint32_t count = 1;
    for (uint32_t from = 0; from < count; from += INFOS) {
        count = rs_supervisor_which_children(supervisor, from, infos, INFOS);
        for (uint32_t i = 0; i < INFOS && from + i < count; i++) visit_child(walk, &infos[i]);
    }
    rs_free(infos, sizeof *infos * INFOS);
}

/* ------------------------------------------------------------------ registries */

static void count_stale(rs_walk *walk, uint32_t number, rs_pid dead, rs_left how) {
    walk->found.stale++;
    write_down(walk, number, dead, 0, how);
}

static void visit_entry(rs_walk *walk, uint32_t supervisor, const rs_role_entry *entry) {
    uint32_t number = rs_roles_find(&walk->shared->roles, supervisor, entry->key);
    rs_role_double *other = rs_roles_find_double(&walk->shared->roles, number, entry->pid);
    bool alive = rs_is_alive(entry->pid);
    if (!alive && (!number || is_settled(walk, number)))
        count_stale(walk, number, entry->pid, RS_LEFT_STALE_ENTRY);
    else if (alive && number && rs_load(&role_at(walk, number)->pid, rs_relaxed) == entry->pid)
        walk->reachable[number] = true;
    else if (alive && number && other)
        other->reachable = true;
}

/* The answer is valid until the next call, which looking for the living may make. */
static bool ask_page(rs_walk *walk, uint32_t supervisor, rs_pid registry, uint64_t *from) {
    rs_list_entries request = {.from = *from};
    rs_term reason = 0;
    const rs_message *answer = rs_gen_server_try_call(registry, &rs_list_entries_type, &request,
                                                      sizeof request, ANSWER_NS, &reason);
    bool heard = answer && answer->type == &rs_role_entries_type;
    if (!answer) rs_term_release(reason);
    if (!heard) return false;
    rs_role_entries *page = rs_alloc(sizeof *page);
    memcpy(page, answer->payload, sizeof *page);
    for (uint64_t i = 0; i < page->count && i < RS_ENTRIES_MAX; i++)
        visit_entry(walk, supervisor, &page->at[i]);
    *from = page->next;
    rs_free(page, sizeof *page);
    return true;
}

/* A registry that is dead leads nowhere; its successor, if any, has the name. */
static void ask_registry(rs_walk *walk, const rs_plan_node *node) {
    rs_pid registry = rs_whereis(rs_atom_find(node->path));
    uint32_t supervisor = rs_shared_role(walk->shared, rs_path_entries(node));
    uint64_t from = 0;
    walk->asked[supervisor] = true;
    while (registry && walk->found.heard) {
        walk->found.heard = ask_page(walk, supervisor, registry, &from);
        if (!from) return;
    }
}

static void ask_registries(rs_walk *walk, const rs_plan_node *node) {
    if (node->worker && node->worker->entries_of) ask_registry(walk, node);
    for (uint32_t i = 0; i < node->child_count; i++) ask_registries(walk, node->children[i]);
}

/* ------------------------------------------------------------------ counting */

static bool is_named(const rs_walk *walk, uint32_t number, rs_pid pid) {
    const char *path = rs_roles_path(&walk->shared->roles, number);
    return (*path ? rs_whereis(rs_atom_find(path)) : rs_tree_top(walk->tree)) == pid;
}

static bool is_reachable(rs_walk *walk, uint32_t number, rs_pid pid) {
    const rs_role *role = role_at(walk, number);
    if (number <= walk->shared->planned) return is_named(walk, number, pid);
    if (walk->asked[role->parent]) return walk->reachable[number];
    rs_pid entry = rs_load(&role->entry, rs_relaxed);
    if (entry != pid && entry && !rs_is_alive(entry))
        count_stale(walk, number, entry, RS_LEFT_STALE_ENTRY);
    return entry == pid;
}

typedef struct rs_remnant {
    uint32_t role, incarnation;
    rs_pid pid;
    bool supervised, reachable;
} rs_remnant;

static void add(rs_walk *walk, const rs_remnant *one) {
    rs_orphans *found = &walk->found;
    bool supervised = one->supervised, reachable = one->reachable;
    if (!supervised) write_down(walk, one->role, one->pid, one->incarnation, RS_LEFT_UNSUPERVISED);
    if (!reachable) write_down(walk, one->role, one->pid, one->incarnation, RS_LEFT_UNREACHABLE);
    found->unsupervised += !supervised;
    found->unreachable += !reachable;
    found->total += !supervised || !reachable;
}

/* A name that leads to the dead keeps the living from taking it. */
static void look_at_name(rs_walk *walk, uint32_t number) {
    const char *path = rs_roles_path(&walk->shared->roles, number);
    rs_pid pid = number <= walk->shared->planned && *path ? rs_whereis(rs_atom_find(path)) : 0;
    if (pid && !rs_is_alive(pid) && is_settled(walk, number))
        count_stale(walk, number, pid, RS_LEFT_STALE_NAME);
}

static void count_role(rs_walk *walk, uint32_t number) {
    rs_role *role = role_at(walk, number);
    rs_pid pid = rs_load(&role->pid, rs_relaxed);
    role->pid_in_the_end = pid && rs_is_alive(pid) ? pid : 0;
    if (role->pid_in_the_end && is_settled(walk, number))
        add(walk, &(rs_remnant){number, rs_load(&role->incarnation, rs_relaxed), pid,
                                walk->supervised[number], is_reachable(walk, number, pid)});
    look_at_name(walk, number);
}

static uint32_t count_of_doubles(const rs_roles *roles) {
    uint32_t count = rs_load(&roles->double_count, rs_relaxed);
    return count < RS_ROLES_DOUBLES_MAX ? count : RS_ROLES_DOUBLES_MAX;
}

static void forget_doubles(const rs_roles *roles) {
    uint32_t count = count_of_doubles(roles);
    for (uint32_t i = 0; i < count; i++)
        roles->doubles[i].supervised = roles->doubles[i].reachable = false;
}

static void count_doubles(rs_walk *walk) {
    const rs_roles *roles = &walk->shared->roles;
    uint32_t count = count_of_doubles(roles);
    for (uint32_t i = 0; i < count; i++) {
        const rs_role_double *one = &roles->doubles[i];
        /* acquire pairs with the release of rs_roles_double: the rest of it has been written. */
        rs_pid pid = rs_load(&roles->doubles[i].pid, rs_acquire);
        if (pid && rs_is_alive(pid))
            add(walk,
                &(rs_remnant){one->role, one->incarnation, pid, one->supervised, one->reachable});
    }
}

/* ------------------------------------------------------------------ one look, and another */

static void look(rs_walk *walk) {
    rs_pid top = rs_tree_top(walk->tree);
    uint32_t count = rs_roles_count(&walk->shared->roles);
    walk->found = (rs_orphans){.counted = true, .walked = true, .heard = true};
    forget_doubles(&walk->shared->roles);
    walk->supervised[1] = top != 0; /* the root, the first role of all */
    if (top) walk_supervisor(walk, top);
    ask_registries(walk, walk->shared->plan->root);
    for (uint32_t number = 1; number <= count; number++) count_role(walk, number);
    count_doubles(walk);
}

static bool init_walk(rs_walk *walk) {
    walk->supervised = rs_map_create(walk->shared->larder, RS_ROLES_MAX);
    walk->reachable = rs_map_create(walk->shared->larder, RS_ROLES_MAX);
    walk->asked = rs_map_create(walk->shared->larder, RS_ROLES_MAX);
    return walk->supervised && walk->reachable && walk->asked;
}

static void fini_walk(rs_walk *walk) {
    rs_larder *larder = walk->shared->larder;
    size_t written = rs_roles_count(&walk->shared->roles) + 1u;
    rs_map_destroy(larder, walk->supervised, RS_ROLES_MAX, written);
    rs_map_destroy(larder, walk->reachable, RS_ROLES_MAX, written);
    rs_map_destroy(larder, walk->asked, RS_ROLES_MAX, written);
}

/* False without memory. */
static bool look_once(rs_walk *walk) {
    bool able = init_walk(walk);
    if (able) look(walk);
    fini_walk(walk);
    return able;
}

/* What arrives meanwhile is the runner's to read. */
static bool match_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

void rs_orphans_count(const rs_tree *tree, rs_shared *shared) {
    rs_walk walk = {.tree = tree, .shared = shared, .settled_ns = UINT64_MAX};
    bool able = look_once(&walk);
    if (able && (walk.found.total || walk.found.stale)) {
        walk.settled_ns = rs_now_ns();
        walk.history = shared->history;
        rs_receive(match_nothing, NULL, RS_ORPHAN_GRACE_NS);
        able = look_once(&walk);
    }
    if (able) shared->orphans = walk.found;
}
