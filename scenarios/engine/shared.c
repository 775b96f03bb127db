/* shared.c: all that a run leaves behind.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/shared.h"

#include "runtime/base/limits.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/outage_map.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static size_t marks_bytes(const rs_shared *shared) {
    return sizeof *shared->marks * (shared->plan->phase_count + 1);
}

static bool init_rings(rs_shared *shared) {
    shared->rings = rs_map_create(shared->larder, sizeof *shared->rings * shared->slots);
    if (!shared->rings) return false;
    for (uint32_t i = 0; shared->export_events && i < shared->slots; i++)
        if (!rs_ring_init(&shared->rings[i], shared->larder)) return false;
    return true;
}

static void number_nodes(rs_shared *shared, const rs_plan_node *node, uint32_t parent) {
    uint32_t role = rs_roles_number(&shared->roles, parent, node->id);
    for (uint32_t i = 0; i < node->child_count; i++) number_nodes(shared, node->children[i], role);
}

static bool init_roles(rs_shared *shared) {
    if (!rs_roles_init(&shared->roles, shared->larder)) return false;
    number_nodes(shared, shared->plan->root, 0);
    shared->planned = rs_roles_count(&shared->roles);
    return true;
}

uint32_t rs_shared_role(const rs_shared *shared, const char *path) {
    uint32_t role = 1; /* the root */
    while (role && *path) {
        char step[RS_ATOM_BYTES_MAX + 1];
        size_t length = strcspn(path, "/");
        snprintf(step, sizeof step, "%.*s", (int)length, path);
        role = rs_roles_find(&shared->roles, role, step);
        path += length + (path[length] == '/');
    }
    return role;
}

uint32_t rs_shared_node(const rs_shared *shared, uint32_t role) {
    if (role <= shared->planned) return role;
    uint32_t supervisor = shared->roles.at[role].parent;
    return supervisor <= shared->planned ? shared->planned + supervisor : 0;
}

/* The root's path is empty; it goes by its id. */
const char *rs_shared_role_name(const rs_shared *shared, uint32_t role) {
    if (!role || role > rs_roles_count(&shared->roles)) return NULL;
    const char *path = rs_roles_path(&shared->roles, role);
    return *path ? path : shared->plan->root->id;
}

const char *rs_shared_fault_name(const rs_shared *shared, uint32_t cause) {
    uint32_t fault = cause ? rs_blow_fault(cause) : UINT32_MAX;
    return fault < shared->plan->fault_count ? shared->plan->faults[fault].id : NULL;
}

static size_t told_bytes(const rs_shared *shared) {
    return RS_UPGRADES_TOLD_MAX * sizeof *shared->upgrades.suspended_ns;
}

static bool init_upgrades(rs_shared *shared) {
    if (shared->plan->upgrade_count)
        shared->upgrades.suspended_ns = rs_map_create(shared->larder, told_bytes(shared));
    return shared->upgrades.suspended_ns || !shared->plan->upgrade_count;
}

static bool init_parts(rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    rs_larder *larder = shared->larder;
    shared->marks = rs_map_create(larder, marks_bytes(shared));
    rs_trace_hash_init(&shared->hash);
    rs_occasions_init(&shared->occasions, plan);
    return shared->marks && init_rings(shared) && init_roles(shared) &&
           rs_keeps_init(&shared->keeps, larder) &&
           rs_outage_map_init(&shared->outages, shared->slots, plan->fault_count + 1,
                              plan->phase_count + 1, 2 * shared->planned + 1, larder) &&
           rs_blows_init(&shared->blows, plan->fault_count, larder) &&
           rs_ledgers_init(&shared->ledgers, plan, larder) &&
           rs_keys_init(&shared->keys, plan, larder) &&
           rs_arrivals_init(&shared->arrivals, plan, larder) &&
           rs_waits_init(&shared->waits, shared->slots, plan->phase_count, larder) &&
           init_upgrades(shared) && rs_wrecks_init(&shared->wrecks, larder);
}

rs_shared *rs_shared_create(const rs_plan *plan, uint64_t seed, bool export_events,
                            rs_larder *larder) {
    rs_shared *shared = rs_map_create(larder, sizeof *shared);
    if (!shared) return NULL;
    shared->larder = larder;
    shared->plan = plan;
    shared->seed = seed;
    shared->export_events = export_events;
    shared->slots = plan->runtime.clock == RS_PLAN_VIRTUAL ? 1 : plan->runtime.threads;
    if (init_parts(shared)) return shared;
    rs_shared_destroy(shared);
    return NULL;
}

void rs_shared_count_only(rs_shared *shared) {
    shared->counts_only = shared->ledgers.counts_only = shared->outages.counts_only = true;
}

static void fini_rings(rs_shared *shared) {
    for (uint32_t i = 0; shared->rings && i < shared->slots; i++)
        rs_ring_fini(&shared->rings[i], shared->larder);
    rs_map_destroy(shared->larder, shared->rings, sizeof *shared->rings * shared->slots,
                   RS_MAP_UNKNOWN);
}

void rs_shared_destroy(rs_shared *shared) {
    if (!shared) return;
    rs_larder *larder = shared->larder;
    rs_film_fini(&shared->film, larder);
    rs_wrecks_fini(&shared->wrecks, rs_roles_count(&shared->roles), larder);
    rs_map_destroy(larder, shared->upgrades.suspended_ns, told_bytes(shared), RS_MAP_UNKNOWN);
    rs_waits_fini(&shared->waits, larder);
    rs_arrivals_fini(&shared->arrivals, larder);
    rs_keys_fini(&shared->keys, larder);
    rs_ledgers_fini(&shared->ledgers, larder);
    rs_blows_fini(&shared->blows, larder);
    rs_outage_map_fini(&shared->outages, larder);
    rs_keeps_fini(&shared->keeps, larder);
    rs_roles_fini(&shared->roles, larder);
    fini_rings(shared);
    rs_map_destroy(larder, shared->marks, marks_bytes(shared), RS_MAP_UNKNOWN);
    rs_map_destroy(larder, shared, sizeof *shared, RS_MAP_UNKNOWN);
}

const char *rs_shared_stage_word(rs_stage stage) {
    static const char *const words[] = {
#define X(NAME, WORDS) WORDS,
        RS_STAGES(X)
#undef X
    };
    return words[stage];
}

void rs_shared_fail(rs_shared *shared, int exit_code, const rs_place *place, const char *format,
                    ...) {
    rs_failure *failure = &shared->failure;
    if (rs_load(&failure->set, rs_relaxed)) return;
    failure->exit_code = exit_code;
    if (place) failure->place = *place;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    /* release: the parent reads the text when it sees the mark. */
    rs_store(&failure->set, 1, rs_release);
}
