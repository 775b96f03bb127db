/* role.c: the positions of a tree.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/role.h"

#include "scenarios/engine/map.h"

#include <string.h>

#define BUCKETS ((uint32_t)RS_ROLES_MAX * 2)

bool rs_roles_init(rs_roles *roles, rs_larder *larder) {
    roles->at = rs_map_create(larder, sizeof *roles->at * RS_ROLES_MAX);
    roles->texts = rs_map_create(larder, RS_ROLES_TEXT_BYTES);
    roles->buckets = rs_map_create(larder, sizeof *roles->buckets * BUCKETS);
    roles->doubles = rs_map_create(larder, sizeof *roles->doubles * RS_ROLES_DOUBLES_MAX);
    return roles->at && roles->texts && roles->buckets && roles->doubles;
}

void rs_roles_fini(rs_roles *roles, rs_larder *larder) {
    size_t at = sizeof *roles->at * RS_ROLES_MAX, buckets = sizeof *roles->buckets * BUCKETS;
    size_t doubles = sizeof *roles->doubles * RS_ROLES_DOUBLES_MAX;
    size_t at_written = sizeof *roles->at * (rs_load(&roles->count, rs_relaxed) + 1u);
    rs_map_destroy(larder, roles->at, at, at_written);
    rs_map_destroy(larder, roles->texts, RS_ROLES_TEXT_BYTES,
                   rs_load(&roles->text_used, rs_relaxed));
    rs_map_destroy(larder, roles->buckets, buckets, RS_MAP_UNKNOWN);
    rs_map_destroy(larder, roles->doubles, doubles, RS_MAP_UNKNOWN);
}

/* FNV-1a over the key, begun with the parent. */
static uint32_t hash_key(uint32_t parent, const char *key) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ parent;
    for (; *key; key++) hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
    return (uint32_t)(hash ^ (hash >> 32));
}

/* The last step of a path is the key. */
static bool is_role(const rs_roles *roles, uint32_t number, uint32_t parent, const char *key) {
    if (roles->at[number].parent != parent) return false;
    const char *path = rs_roles_path(roles, number);
    if (parent == 0) return true; /* there is one root, however it is called */
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, key) == 0;
}

/* write_path puts `parent/key` behind the texts; false when there is no room. */
static bool write_path(rs_roles *roles, rs_role *role, uint32_t parent, const char *key) {
    const char *above = parent ? rs_roles_path(roles, parent) : "";
    size_t above_length = strlen(above), length = parent ? strlen(key) : 0;
    uint64_t used = rs_load(&roles->text_used, rs_relaxed);
    if (used + above_length + length + 2 > RS_ROLES_TEXT_BYTES) return false;
    char *to = roles->texts + used;
    memcpy(to, above, above_length);
    if (above_length) to[above_length++] = '/';
    memcpy(to + above_length, key, length);
    role->path = used;
    rs_store(&roles->text_used, used + above_length + length + 1, rs_relaxed);
    return true;
}

static uint32_t add_role(rs_roles *roles, uint32_t parent, const char *key) {
    uint32_t number = rs_load(&roles->count, rs_relaxed) + 1;
    if (number >= RS_ROLES_MAX) return 0;
    rs_role *role = &roles->at[number];
    role->parent = parent;
    if (!write_path(roles, role, parent, key)) return 0;
    /* release: whoever sees the count (rs_roles_count) sees the path. */
    rs_store(&roles->count, number, rs_release);
    return number;
}

/* The bucket that holds the role, or the free one that would.
 * acquire pairs with the release of rs_roles_number: whoever looks without the lock sees the path.
 */
static rs_atomic_u32 *find_bucket(const rs_roles *roles, uint32_t parent, const char *key) {
    uint32_t at = hash_key(parent, parent ? key : "") % BUCKETS, number;
    while ((number = rs_load(&roles->buckets[at], rs_acquire)) != 0 &&
           !is_role(roles, number, parent, key))
        at = (at + 1) % BUCKETS;
    return &roles->buckets[at];
}

uint32_t rs_roles_number(rs_roles *roles, uint32_t parent, const char *key) {
    rs_spin_lock(&roles->lock);
    rs_atomic_u32 *bucket = find_bucket(roles, parent, key);
    uint32_t number = rs_load(bucket, rs_relaxed);
    if (!number) rs_store(bucket, number = add_role(roles, parent, key), rs_release);
    rs_spin_unlock(&roles->lock);
    return number;
}

uint32_t rs_roles_find(const rs_roles *roles, uint32_t parent, const char *key) {
    return rs_load(find_bucket(roles, parent, key), rs_relaxed);
}

/* acquire pairs with the release in add_role. */
uint32_t rs_roles_count(const rs_roles *roles) {
    return rs_load(&roles->count, rs_acquire);
}

const char *rs_roles_path(const rs_roles *roles, uint32_t number) {
    return roles->texts + roles->at[number].path;
}

/* The living ones of a role are a chain, which its lock guards. Who looks for orphans walks it
 * without, for whoever may be preempted must not hold a lock of the observer's. So a place is never
 * used again, and keeps its `next` when it is taken out: the walk goes on to the end from wherever
 * it is. The count tells how many there ever were, and who scans all of them (orphan.c) goes by the
 * pid, which is written last: release pairs with its acquire. */
void rs_roles_double(rs_roles *roles, uint32_t role, uint64_t pid, uint64_t inherited) {
    uint32_t index = rs_add(&roles->double_count, 1, rs_relaxed);
    if (index >= RS_ROLES_DOUBLES_MAX) return;
    rs_role_double *one = &roles->doubles[index];
    one->role = role;
    one->inherited = (uint32_t)inherited; /* at most 2^32 - 1, see keep.c */
    one->incarnation = rs_load(&roles->at[role].incarnation, rs_relaxed);
    rs_store(&one->next, rs_load(&roles->at[role].doubles, rs_relaxed), rs_relaxed);
    rs_store(&one->pid, pid, rs_release);
    /* release pairs with the acquire of rs_roles_find_double: who finds it there can read it. */
    rs_store(&roles->at[role].doubles, index + 1, rs_release);
}

/* Relaxed, but for the links: whom they lead to was put there under this lock, or is read by who
 * has seen its own link released. */
void rs_roles_end_double(rs_roles *roles, rs_role_double *one) {
    uint32_t number = (uint32_t)(one - roles->doubles) + 1;
    rs_atomic_u32 *link = &roles->at[one->role].doubles;
    for (uint32_t at; (at = rs_load(link, rs_relaxed)) != 0 && at != number;)
        link = &roles->doubles[at - 1].next;
    rs_store(link, rs_load(&one->next, rs_relaxed), rs_release);
    rs_store(&one->pid, 0, rs_relaxed);
}

/* acquire pairs with the release of rs_roles_double; of the `next`, with that of
 * rs_roles_end_double. */
rs_role_double *rs_roles_find_double(const rs_roles *roles, uint32_t role, uint64_t pid) {
    uint32_t at = rs_load(&roles->at[role].doubles, rs_acquire);
    while (at && rs_load(&roles->doubles[at - 1].pid, rs_relaxed) != pid)
        at = rs_load(&roles->doubles[at - 1].next, rs_acquire);
    return at ? &roles->doubles[at - 1] : NULL;
}
