/* ambush.c: faults that lie in wait at positions of the tree.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/ambush.h"

#include "reports/rows.h"
#include "runtime/base/units.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A word of rs_ambush.at: this, and how many starts or stops are still to be decided on. */
#define IN_VAIN    (UINT64_C(1) << 32) /* it has not struck yet */
#define LEFT(word) ((word) & (IN_VAIN - 1))

/* One that cannot be killed, jailed in a call of libc, is left to the end of the tree. */
#define PATIENCE_NS UINT64_C(1000000000)

#define AT_BYTES (sizeof(rs_atomic_u64) * RS_ROLES_MAX)

/* ------------------------------------------------------------------ life */

static bool is_aimed_at_roles(const rs_plan_fault *fault) {
    return fault->how->aim == RS_AIM_ROLE;
}

/* The last phase is free of faults, also of those that were laid before. */
static uint64_t end_of(const rs_plan *plan, const rs_plan_fault *fault) {
    if (fault->during < 0) return plan->phases[plan->phase_count - 1].start_ns;
    const rs_plan_phase *phase = &plan->phases[fault->during];
    return phase->start_ns + phase->duration_ns;
}

static bool init_one(rs_ambushes *ambushes, const rs_plan *plan, uint32_t index) {
    const rs_plan_fault *fault = &plan->faults[index];
    rs_ambush *ambush = &ambushes->of[index];
    if (!is_aimed_at_roles(fault)) return true;
    ambushes->has[fault->how->moment] = true;
    ambush->end_ns = end_of(plan, fault);
    ambush->at = rs_map_create(AT_BYTES);
    return ambush->at != NULL;
}

bool rs_ambushes_init(rs_ambushes *ambushes, const rs_plan *plan) {
    *ambushes = (rs_ambushes){.count = plan->fault_count};
    ambushes->of = rs_rows_alloc(sizeof *ambushes->of * (plan->fault_count + 1));
    for (uint32_t i = 0; i < plan->fault_count; i++)
        if (!init_one(ambushes, plan, i)) return false;
    return true;
}

void rs_ambushes_fini(rs_ambushes *ambushes) {
    for (uint32_t i = 0; ambushes->of && i < ambushes->count; i++)
        rs_map_destroy(ambushes->of[i].at, AT_BYTES);
    free(ambushes->of);
}

/* ------------------------------------------------------------------ laying */

static uint64_t argument(const rs_plan_fault *fault, const char *name, uint64_t otherwise) {
    for (uint32_t i = 0; i < RS_FAULT_PARAMETERS_MAX; i++) {
        const char *given = fault->how->parameters[i].name;
        if (given && strcmp(given, name) == 0) return fault->arguments[i];
    }
    return otherwise;
}

static void trap_exits(uint64_t unused) {
    (void)unused;
    rs_trap_exit(true);
}

void rs_ambush_lay(rs_scene *scene, uint32_t fault, uint32_t role) {
    const rs_plan_fault *plan = &scene->plan->faults[fault];
    rs_atomic_u64 *at = &scene->ambushes.of[fault].at[role];
    uint64_t before = rs_load(at, rs_relaxed), times = argument(plan, "times", 1);
    uint64_t in_vain = before && !(before & IN_VAIN) ? 0 : IN_VAIN;
    /* relaxed: who starts at the same time may just as well have been first */
    rs_store(at, in_vain | times, rs_relaxed);
    rs_pid pid = rs_load(&scene->shared->roles.at[role].pid, rs_relaxed);
    if (plan->how->moment == RS_MOMENT_TERMINATE && pid) rs_interrupt(pid, trap_exits, 0, 0);
}

/* ------------------------------------------------------------------ walking into one */

static bool is_on(const rs_scene *scene, const rs_ambush *ambush) {
    return rs_shared_stage(scene->shared) == RS_STAGE_RUN && rs_scene_since(scene) < ambush->end_ns;
}

/* Each decision has a stream of its own, since several may be made at once. */
static bool decide(const rs_scene *scene, const rs_plan_fault *plan, rs_ambush *ambush) {
    uint64_t number = rs_add(&ambush->asked, 1, rs_relaxed);
    uint64_t share = argument(plan, "share", RS_UNITS_SHARE_WHOLE);
    if (share >= RS_UNITS_SHARE_WHOLE) return true;
    char stream[128];
    rs_prng prng;
    snprintf(stream, sizeof stream, "faults/%s/ambush", plan->id);
    rs_prng_init_indexed(&prng, scene->shared->seed, stream, number);
    return rs_prng_below(&prng, RS_UNITS_SHARE_WHOLE) < share;
}

/* Two may start in one role at once; each takes one. */
static bool take(const rs_scene *scene, const rs_plan_fault *plan, rs_ambush *ambush,
                 uint32_t role) {
    rs_atomic_u64 *at = &ambush->at[role];
    uint64_t word = rs_load(at, rs_relaxed);
    if (!LEFT(word) || !is_on(scene, ambush)) return false;
    bool strikes = decide(scene, plan, ambush);
    while (LEFT(word)) {
        uint64_t next = (word - 1) & ~(strikes ? IN_VAIN : 0);
        if (rs_cas_strong(at, &word, next, rs_relaxed)) return strikes;
    }
    return false;
}

static void strike(const rs_scene *scene, uint32_t index, uint32_t role) {
    const rs_plan_fault *plan = &scene->plan->faults[index];
    rs_roles *roles = &scene->shared->roles;
    rs_blow_victim victim = {.pid = rs_self(), .role = role};
    victim.incarnation = rs_load(&roles->at[role].incarnation, rs_relaxed);
    victim.incarnation += plan->how->moment == RS_MOMENT_INIT;
    rs_fault_blow blow = {.victim = victim.pid, .role = role};
    memcpy(blow.arguments, plan->arguments, sizeof blow.arguments);
    blow.cause =
        rs_blows_add(&scene->shared->blows, index, rs_now_ns(), victim, RS_STRIKE_SURVIVED);
    if (blow.cause) plan->how->strike(&blow);
}

static void walk_in(rs_scene *scene, rs_fault_moment moment, uint32_t role) {
    for (uint32_t i = 0; i < scene->plan->fault_count; i++) {
        const rs_plan_fault *plan = &scene->plan->faults[i];
        if (!is_aimed_at_roles(plan) || plan->how->moment != moment) continue;
        if (take(scene, plan, &scene->ambushes.of[i], role)) strike(scene, i, role);
    }
}

static bool waits_for_stop(const rs_scene *scene, uint32_t role) {
    for (uint32_t i = 0; i < scene->plan->fault_count; i++) {
        const rs_plan_fault *plan = &scene->plan->faults[i];
        const rs_ambush *ambush = &scene->ambushes.of[i];
        if (is_aimed_at_roles(plan) && plan->how->moment == RS_MOMENT_TERMINATE &&
            LEFT(rs_load(&ambush->at[role], rs_relaxed)) && is_on(scene, ambush))
            return true;
    }
    return false;
}

static void at_init(void *context, uint32_t role) {
    walk_in(context, RS_MOMENT_INIT, role);
    if (waits_for_stop(context, role)) rs_trap_exit(true);
}

static void at_terminate(void *context, uint32_t role) {
    walk_in(context, RS_MOMENT_TERMINATE, role);
}

void rs_ambushes_seam(const rs_ambushes *ambushes, rs_seam *seam) {
    bool stops = ambushes->has[RS_MOMENT_TERMINATE];
    if (stops || ambushes->has[RS_MOMENT_INIT]) seam->init = at_init;
    if (stops) seam->terminate = at_terminate;
}

/* ------------------------------------------------------------------ the end */

static void note_in_vain(rs_scene *scene, uint32_t index) {
    const rs_ambush *ambush = &scene->ambushes.of[index];
    rs_shared *shared = scene->shared;
    uint32_t count = ambush->at ? rs_roles_count(&shared->roles) : 0;
    for (uint32_t role = 1; role <= count; role++) {
        if (!(rs_load(&ambush->at[role], rs_relaxed) & IN_VAIN)) continue;
        rs_blow_victim victim = {.role = role};
        victim.incarnation = rs_load(&shared->roles.at[role].incarnation, rs_relaxed);
        rs_blows_add(&shared->blows, index, scene->zero_ns + ambush->end_ns, victim,
                     RS_STRIKE_SURVIVED);
    }
}

static bool is_answer(const rs_message *message, void *monitor) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(const rs_ref *)monitor;
}

/* Calls that wait in its mailbox die with it, and are told of before anybody hears of its end. */
static void kill_hanging(rs_pid pid) {
    rs_ref monitor = rs_monitor(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    rs_receive(is_answer, &monitor, PATIENCE_NS);
    rs_demonitor(monitor, true);
}

static void kill_all_hanging(const rs_scene *scene, uint32_t index) {
    const rs_blow_list *list = &scene->shared->blows.lists[index];
    uint32_t count = scene->plan->faults[index].how->hangs ? rs_blows_count(list) : 0;
    for (uint32_t i = 0; i < count; i++)
        if (list->at[i].pid) kill_hanging(list->at[i].pid);
}

void rs_ambushes_close(rs_scene *scene) {
    rs_shared_enter(scene->shared, RS_STAGE_RELEASE);
    for (uint32_t i = 0; i < scene->plan->fault_count; i++) {
        note_in_vain(scene, i);
        kill_all_hanging(scene, i);
    }
}
