/* census.c: what the runtime holds when nothing moves.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/census.h"

#include "runtime/otp/supervisor.h"
#include "scenarios/engine/map.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Long enough for a message that was on its way to be handled. */
#define PAUSE_NS UINT64_C(150000)
/* Children asked for at a time. */
#define INFOS 64u

/* ------------------------------------------------------------------ memory */

static uint64_t read_number(const char **text) {
    uint64_t number = 0;
    while (**text == ' ') ++*text;
    while (**text >= '0' && **text <= '9') number = number * 10 + (uint64_t)(*(*text)++ - '0');
    return number;
}

/* Without shared pages: what this room writes down about a run is not the runtime's. */
uint64_t rs_census_resident(void) {
    char text[128] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got <= 0) return 0;
    const char *at = text;
    read_number(&at);
    uint64_t resident = read_number(&at), shared = read_number(&at);
    return resident > shared ? (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* What arrives meanwhile is the runner's to read. */
static bool match_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

/* A process that the system has taken off its processor changes nothing either; it shows in the
 * stacks, for one that waits keeps its own. */
void rs_census_take(rs_census *census, uint32_t blocked, uint64_t patience_ns) {
    uint64_t end_ns = rs_now_ns() + patience_ns;
    rs_memory_use before;
    rs_memory_read(&before);
    do {
        rs_receive(match_nothing, NULL, PAUSE_NS);
        rs_memory_read(&census->use);
        census->quiet = memcmp(&before, &census->use, sizeof before) == 0 &&
                        before.stack >= (uint64_t)blocked * RS_STACK_BYTES;
        before = census->use;
    } while (!census->quiet && rs_now_ns() < end_ns);
    census->resident_bytes = rs_census_resident();
    census->taken = true;
}

/* ------------------------------------------------------------------ orphans */

typedef struct rs_walk {
    rs_shared *shared;
    bool *supervised; /* by role */
} rs_walk;

static void walk_supervisor(rs_walk *walk, rs_pid supervisor);

/* A supervisor may know a process that another one has pushed out of its role. */
static void visit_child(rs_walk *walk, const rs_child_info *info) {
    rs_roles *roles = &walk->shared->roles;
    if (rs_term_tag(info->child) != RS_TAG_PID) return;
    rs_role_double *other = rs_roles_find_double(roles, info->role, info->child);
    if (rs_load(&roles->at[info->role].pid, rs_relaxed) == info->child)
        walk->supervised[info->role] = true;
    else if (other)
        other->supervised = true;
    if (info->is_supervisor) walk_supervisor(walk, info->child);
}

static void walk_supervisor(rs_walk *walk, rs_pid supervisor) {
    rs_child_info *infos = rs_alloc(sizeof *infos * INFOS);
    uint32_t count = 1;
    for (uint32_t from = 0; from < count; from += INFOS) {
        count = rs_supervisor_which_children(supervisor, from, infos, INFOS);
        for (uint32_t i = 0; i < INFOS && from + i < count; i++) visit_child(walk, &infos[i]);
    }
    rs_free(infos, sizeof *infos * INFOS);
}

static void count_role(rs_walk *walk, uint32_t number, rs_orphans *orphans) {
    rs_role *role = &walk->shared->roles.at[number];
    rs_pid pid = rs_load(&role->pid, rs_relaxed), entry = rs_load(&role->entry, rs_relaxed);
    if (!pid || !rs_is_alive(pid)) return;
    role->alive_in_the_end = true;
    orphans->alive++;
    if (!walk->supervised[number]) orphans->unsupervised++;
    if (entry != pid) orphans->unreachable++;
    if (entry != pid && entry && !rs_is_alive(entry)) orphans->stale++;
    if (entry != pid || !walk->supervised[number]) orphans->total++;
}

static void count_doubles(rs_walk *walk, rs_orphans *orphans) {
    const rs_roles *roles = &walk->shared->roles;
    uint32_t count = rs_load(&roles->double_count, rs_relaxed);
    for (uint32_t i = 0; i < count && i < RS_ROLES_DOUBLES_MAX; i++) {
        rs_pid pid = rs_load(&roles->doubles[i].pid, rs_relaxed);
        if (!pid || !rs_is_alive(pid)) continue;
        orphans->alive++;
        bool supervised = roles->doubles[i].supervised;
        bool reachable = rs_load(&roles->at[roles->doubles[i].role].entry, rs_relaxed) == pid;
        if (!supervised) orphans->unsupervised++;
        if (!reachable) orphans->unreachable++;
        if (!supervised || !reachable) orphans->total++;
    }
}

void rs_census_find_orphans(const rs_tree *tree, rs_shared *shared) {
    rs_walk walk = {.shared = shared, .supervised = rs_map_create(RS_ROLES_MAX)};
    rs_pid top = rs_tree_top(tree);
    if (!walk.supervised) return;
    walk.supervised[1] = top != 0; /* the root, the first role of all */
    if (top) walk_supervisor(&walk, top);
    uint32_t count = rs_roles_count(&shared->roles);
    for (uint32_t number = 1; number <= count; number++)
        count_role(&walk, number, &shared->orphans);
    count_doubles(&walk, &shared->orphans);
    shared->orphans.counted = true;
    rs_map_destroy(walk.supervised, RS_ROLES_MAX);
}
