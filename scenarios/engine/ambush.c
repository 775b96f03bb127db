/* ambush.c: faults that lie in wait at positions of the tree.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/ambush.h"

#include "reports/rows.h"
#include "runtime/base/units.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/scene.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A place's state: this, and how many starts or stops are still to be decided on. */
#define IN_VAIN     (UINT64_C(1) << 32) /* it has not struck yet */
#define LEFT(state) ((state) & (IN_VAIN - 1))

#define PLACES_BYTES (sizeof(rs_ambush_place) * RS_ROLES_MAX)

/* One that cannot be killed, jailed in a call of libc, is left to the end of the tree. */
#define PATIENCE_NS UINT64_C(1000000000)
/* Between two looks at something that will be so soon. */
#define LOOK_NS UINT64_C(20000)

/* A start, or stop, and a fault that might bend it. */
typedef struct rs_passage {
    const rs_scene *scene;
    const rs_plan_fault *plan;
    rs_ambush *ambush;
    uint32_t index; /* of the fault */
    uint32_t role, incarnation;
    uint64_t aimed_ns; /* of the blow that bends it */
} rs_passage;

/* ------------------------------------------------------------------ life */

/* The last phase is free of faults, also of those that were laid before. */
static void find_window(const rs_plan *plan, const rs_plan_fault *fault, rs_ambush *ambush) {
    ambush->end_ns = plan->phases[plan->phase_count - 1].start_ns;
    if (fault->during < 0) return;
    const rs_plan_phase *phase = &plan->phases[fault->during];
    ambush->begin_ns = phase->start_ns;
    ambush->end_ns = phase->start_ns + phase->duration_ns;
}

static size_t used_bytes(const rs_plan_fault *fault) {
    return sizeof(rs_atomic_u32) * fault->strike_count;
}

static bool init_one(rs_ambushes *ambushes, const rs_plan *plan, uint32_t index,
                     rs_larder *larder) {
    const rs_plan_fault *fault = &plan->faults[index];
    rs_ambush *ambush = &ambushes->of[index];
    ambush->waits = fault->how->aim == RS_AIM_ROLE && rs_fault_when_fires(fault);
    if (!ambush->waits) return true;
    ambushes->has[fault->how->moment] = true;
    find_window(plan, fault, ambush);
    ambush->places = rs_map_create(larder, PLACES_BYTES);
    ambush->used = rs_map_create(larder, used_bytes(fault));
    return ambush->places && ambush->used;
}

bool rs_ambushes_init(rs_ambushes *ambushes, const rs_plan *plan, rs_larder *larder) {
    *ambushes = (rs_ambushes){.count = plan->fault_count};
    ambushes->of = rs_rows_alloc(sizeof *ambushes->of * (plan->fault_count + 1));
    for (uint32_t i = 0; i < plan->fault_count; i++)
        if (!init_one(ambushes, plan, i, larder)) return false;
    return true;
}

void rs_ambushes_fini(rs_ambushes *ambushes, const rs_plan *plan, rs_larder *larder) {
    for (uint32_t i = 0; ambushes->of && i < ambushes->count; i++) {
        size_t used = used_bytes(&plan->faults[i]);
        rs_map_destroy(larder, ambushes->of[i].places, PLACES_BYTES, RS_MAP_UNKNOWN);
        rs_map_destroy(larder, ambushes->of[i].used, used, used);
    }
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

bool rs_ambush_draws(const rs_plan_fault *fault) {
    return argument(fault, "share", RS_UNITS_SHARE_WHOLE) < RS_UNITS_SHARE_WHOLE;
}

/* relaxed: who starts at the same time may just as well have been first. */
bool rs_ambush_lay(rs_scene *scene, uint32_t fault, uint32_t role, uint64_t aimed_ns) {
    const rs_plan_fault *plan = &scene->plan->faults[fault];
    rs_ambush_place *place = &scene->ambushes.of[fault].places[role];
    uint64_t before = rs_load(&place->state, rs_relaxed);
    uint64_t in_vain = before && !(before & IN_VAIN) ? 0 : IN_VAIN;
    rs_pid pid = rs_load(&scene->shared->roles.at[role].pid, rs_relaxed);
    bool stops = plan->how->moment == RS_MOMENT_TERMINATE && pid && !LEFT(before);
    if (stops) rs_interrupt(pid, trap_exits, 0, 0);
    if (plan->trigger == RS_PLAN_STRIKES) return true;
    if (!LEFT(before)) rs_store(&place->aimed_ns, aimed_ns, rs_relaxed);
    rs_store(&place->state, in_vain | argument(plan, "times", 1), rs_relaxed);
    return !LEFT(before) && !rs_ambush_draws(plan);
}

/* ------------------------------------------------------------------ who is bent */

static bool is_on(const rs_passage *it) {
    if (rs_shared_stage(it->scene->shared) != RS_STAGE_RUN) return false;
    uint64_t now_ns = rs_scene_since(it->scene);
    return now_ns >= it->ambush->begin_ns && now_ns < it->ambush->end_ns;
}

/* Each decision has a stream of its own, since several may be made at once. */
static bool draw(const rs_passage *it, uint64_t share) {
    if (share >= RS_UNITS_SHARE_WHOLE) return true;
    char stream[128];
    rs_prng prng;
    snprintf(stream, sizeof stream, "faults/%s/ambush", it->plan->id);
    rs_prng_init_indexed(&prng, it->scene->shared->seed, stream,
                         rs_add(&it->ambush->drawn, 1, rs_relaxed));
    return rs_prng_below(&prng, RS_UNITS_SHARE_WHOLE) < share;
}

/* Two may start in one role at once; each takes one. */
static bool take_laid(rs_passage *it) {
    rs_ambush_place *place = &it->ambush->places[it->role];
    uint64_t state = rs_load(&place->state, rs_relaxed);
    if (!LEFT(state) || !is_on(it)) return false;
    bool strikes = draw(it, argument(it->plan, "share", RS_UNITS_SHARE_WHOLE));
    it->aimed_ns = rs_ambush_draws(it->plan) ? rs_now_ns() : rs_load(&place->aimed_ns, rs_relaxed);
    while (LEFT(state)) {
        uint64_t next = (state - 1) & ~(strikes ? IN_VAIN : 0);
        if (rs_cas_strong(&place->state, &state, next, rs_relaxed)) return strikes;
    }
    return false;
}

static bool is_here(const rs_passage *it) {
    return rs_path_matches(it->plan->pattern, rs_roles_path(&it->scene->shared->roles, it->role));
}

static bool take_by_chance(rs_passage *it) {
    if (!is_here(it) || !is_on(it) || !draw(it, it->plan->probability_ppm)) return false;
    it->aimed_ns = rs_now_ns();
    return rs_add(&it->ambush->struck, 1, rs_relaxed) < it->plan->limit;
}

/* Whether a blow that is written down waits here by now. */
static bool is_written(const rs_passage *it, uint32_t index) {
    const rs_plan_strike *strike = &it->plan->strikes[index];
    const char *path = rs_roles_path(&it->scene->shared->roles, it->role);
    return !rs_load(&it->ambush->used[index], rs_relaxed) && strike->role &&
           strcmp(strike->role, path) == 0 && strike->at_ns <= rs_scene_since(it->scene);
}

static bool take_written(rs_passage *it) {
    uint32_t count = is_on(it) ? it->plan->strike_count : 0;
    for (uint32_t i = 0; i < count; i++) {
        const rs_plan_strike *strike = &it->plan->strikes[i];
        uint32_t unused = 0;
        bool meant = !strike->incarnation || strike->incarnation == it->incarnation;
        it->aimed_ns = it->scene->zero_ns + strike->at_ns;
        if (meant && is_written(it, i) &&
            rs_cas_strong(&it->ambush->used[i], &unused, 1, rs_relaxed))
            return true;
    }
    return false;
}

static bool take(rs_passage *it) {
    switch (it->plan->trigger) {
    case RS_PLAN_PROBABILITY: return take_by_chance(it);
    case RS_PLAN_STRIKES: return take_written(it);
    default: return take_laid(it);
    }
}

/* ------------------------------------------------------------------ walking into one */

static void strike(const rs_passage *it) {
    rs_blow_victim victim = {rs_self(), it->role, it->incarnation};
    rs_fault_blow blow = {.victim = victim.pid, .role = it->role};
    memcpy(blow.arguments, it->plan->arguments, sizeof blow.arguments);
    blow.cause = rs_blows_add(&it->scene->shared->blows, it->index, it->aimed_ns, victim,
                              RS_STRIKE_SURVIVED);
    if (blow.cause) it->plan->how->strike(&blow);
}

static rs_passage passage_of(const rs_scene *scene, uint32_t index, uint32_t role) {
    const rs_plan_fault *plan = &scene->plan->faults[index];
    bool begins = plan->how->moment == RS_MOMENT_INIT;
    const rs_role *there = &scene->shared->roles.at[role];
    return (rs_passage){
        .scene = scene,
        .plan = plan,
        .ambush = &scene->ambushes.of[index],
        .index = index,
        .role = role,
        .incarnation = rs_load(&there->incarnation, rs_relaxed) + begins,
    };
}

static void walk_in(rs_scene *scene, rs_fault_moment moment, uint32_t role) {
    for (uint32_t i = 0; i < scene->ambushes.count; i++) {
        rs_passage it = passage_of(scene, i, role);
        if (it.ambush->waits && it.plan->how->moment == moment && take(&it)) strike(&it);
    }
}

/* Whether a fault may wait for the stop of who is about to start. */
static bool may_wait(const rs_passage *it) {
    if (it->plan->trigger == RS_PLAN_PROBABILITY) return is_here(it);
    if (!is_on(it)) return false;
    for (uint32_t i = 0; i < it->plan->strike_count; i++)
        if (is_written(it, i)) return true;
    return LEFT(rs_load(&it->ambush->places[it->role].state, rs_relaxed));
}

static void at_init(void *context, uint32_t role) {
    rs_scene *scene = context;
    walk_in(scene, RS_MOMENT_INIT, role);
    for (uint32_t i = 0; i < scene->ambushes.count; i++) {
        rs_passage it = passage_of(scene, i, role);
        if (it.ambush->waits && it.plan->how->moment == RS_MOMENT_TERMINATE && may_wait(&it))
            rs_trap_exit(true);
    }
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

/* What hit nobody must not hit anybody when it is repeated, not even who passed by luck. */
static uint64_t aimed_in_vain_ns(const rs_passage *it) {
    if (rs_ambush_draws(it->plan)) return it->scene->zero_ns + it->ambush->end_ns - 1;
    return rs_load(&it->ambush->places[it->role].aimed_ns, rs_relaxed);
}

static void note_in_vain(const rs_scene *scene, uint32_t index) {
    uint32_t count = rs_roles_count(&scene->shared->roles);
    for (uint32_t role = 1; role <= count; role++) {
        const rs_passage it = passage_of(scene, index, role);
        const rs_ambush_place *place = &it.ambush->places[role];
        if (!(rs_load(&place->state, rs_relaxed) & IN_VAIN)) continue;
        rs_blow_victim victim = {.role = role, .incarnation = it.incarnation};
        rs_blows_add(&scene->shared->blows, index, aimed_in_vain_ns(&it), victim,
                     RS_STRIKE_SURVIVED);
    }
}

/* Where nobody is meant, or nobody ever was, the injector has written down a miss. */
static void note_unused(const rs_scene *scene, uint32_t index) {
    const rs_plan_fault *plan = &scene->plan->faults[index];
    for (uint32_t i = 0; i < plan->strike_count; i++) {
        const rs_plan_strike *strike = &plan->strikes[i];
        uint32_t role = strike->role ? rs_shared_role(scene->shared, strike->role) : 0;
        rs_blow_victim victim = {.role = role, .incarnation = strike->incarnation};
        bool unnoted = role || (strike->role && rs_ambush_draws(plan));
        if (unnoted && !rs_load(&scene->ambushes.of[index].used[i], rs_relaxed))
            rs_blows_add(&scene->shared->blows, index, scene->zero_ns + strike->at_ns, victim,
                         RS_STRIKE_SURVIVED);
    }
}

static bool is_answer(const rs_message *message, void *monitor) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(const rs_ref *)monitor;
}

/* Calls that wait in its mailbox die with it, and go back before anybody hears of its end. */
static void kill_hanging(rs_pid pid) {
    rs_ref monitor = rs_monitor(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    rs_receive(is_answer, &monitor, PATIENCE_NS);
    rs_demonitor(monitor, true);
}

/* kill_all_hanging returns how many blows may have left somebody hanging. */
static uint32_t kill_all_hanging(const rs_scene *scene, uint32_t index) {
    const rs_blow_list *list = &scene->shared->blows.lists[index];
    uint32_t count = scene->plan->faults[index].how->hangs ? rs_blows_count(list) : 0;
    for (uint32_t i = 0; i < count; i++)
        if (list->at[i].pid) kill_hanging(list->at[i].pid);
    return count;
}

static void settle(uint64_t settled) {
    rs_add((rs_atomic_u32 *)(uintptr_t)settled, 1, rs_relaxed);
}

/* What became of a call is told when its client takes it back: signals are taken in order. */
static void await_settled(rs_scene *scene) {
    rs_atomic_u32 *settled = &scene->ambushes.settled;
    uint64_t until_ns = rs_now_ns() + PATIENCE_NS;
    for (uint32_t i = 0; i < scene->process_count; i++)
        rs_interrupt(scene->processes[i], settle, (uint64_t)(uintptr_t)settled, 0);
    while (rs_load(settled, rs_relaxed) < scene->process_count && rs_now_ns() < until_ns)
        rs_sleep(LOOK_NS);
}

void rs_ambushes_close(rs_scene *scene) {
    uint32_t hung = 0;
    for (uint32_t i = 0; i < scene->plan->fault_count; i++) {
        if (scene->ambushes.of[i].waits) note_in_vain(scene, i);
        if (scene->ambushes.of[i].waits) note_unused(scene, i);
        hung += kill_all_hanging(scene, i);
    }
    if (hung) await_settled(scene);
}
