/* injector.c: the process that carries out one fault of the plan.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/injector.h"

#include <stdio.h>
#include <string.h>

typedef struct rs_injector_args {
    rs_scene *scene;
    rs_victims *victims;
    uint32_t index;
} rs_injector_args;

typedef struct rs_injector {
    rs_scene *scene;
    rs_victims *victims;
    const rs_plan_fault *plan;
    uint32_t index;
    uint64_t begin_ns, end_ns; /* when it may strike, since t = 0 */
    rs_term reason;
    rs_prng prng;
} rs_injector;

bool rs_injector_needed(const rs_plan_fault *fault) {
    switch (fault->trigger) {
    case RS_PLAN_AT: return true;
    case RS_PLAN_EVERY: return fault->every_ns > 0;
    case RS_PLAN_RATE_CONSTANT:
    case RS_PLAN_RATE_POISSON: return fault->rate_per_ks > 0;
    }
    return false;
}

static uint64_t interval_ns(rs_injector *injector) {
    const rs_plan_fault *plan = injector->plan;
    if (plan->trigger == RS_PLAN_EVERY) return plan->every_ns;
    uint64_t mean_ns = UINT64_C(1000000000000) / plan->rate_per_ks;
    if (plan->trigger == RS_PLAN_RATE_POISSON)
        mean_ns = rs_prng_exponential(&injector->prng, mean_ns);
    return mean_ns ? mean_ns : 1;
}

/* ------------------------------------------------------------------ one firing */

static void miss(const rs_injector *injector) {
    rs_blows_add(&injector->scene->shared->blows, injector->index, rs_now_ns(),
                 (rs_blow_victim){.role = 0}, RS_STRIKE_NO_VICTIM);
}

static void strike(const rs_injector *injector, uint32_t number) {
    rs_shared *shared = injector->scene->shared;
    const rs_role *role = &shared->roles.at[number];
    rs_blow_victim victim = {.pid = rs_load(&role->pid, rs_relaxed),
                             .role = number,
                             .incarnation = rs_load(&role->incarnation, rs_relaxed)};
    bool dead = victim.pid == 0 || !rs_is_alive(victim.pid);
    uint32_t cause = rs_blows_add(&shared->blows, injector->index, rs_now_ns(), victim,
                                  dead ? RS_STRIKE_ALREADY_DEAD : RS_STRIKE_SURVIVED);
    if (!cause || dead) return;
    rs_fault_blow blow = {.victim = victim.pid, .role = number, .cause = cause};
    blow.reason = injector->reason;
    memcpy(blow.arguments, injector->plan->arguments, sizeof blow.arguments);
    injector->plan->how->strike(&blow);
}

static void fire(rs_injector *injector) {
    const rs_plan_fault *plan = injector->plan;
    uint32_t count =
        rs_victims_pick(injector->victims, plan->pick, plan->pick_value, &injector->prng);
    if (count == 0) miss(injector);
    for (uint32_t i = 0; i < count; i++) strike(injector, injector->victims->live[i]);
}

static bool fire_at(rs_injector *injector, uint64_t due_ns) {
    const rs_scene *scene = injector->scene;
    while (rs_scene_since(scene) < due_ns) rs_scene_sleep(scene, due_ns);
    if (rs_shared_cancelled(scene->shared)) return false;
    fire(injector);
    return true;
}

/* ------------------------------------------------------------------ all firings */

static void fire_often(rs_injector *injector) {
    uint64_t due_ns = injector->begin_ns + interval_ns(injector);
    while (due_ns < injector->end_ns && fire_at(injector, due_ns)) due_ns += interval_ns(injector);
}

static void find_times(rs_injector *injector) {
    const rs_plan *plan = injector->scene->plan;
    const rs_plan_phase *last = &plan->phases[plan->phase_count - 1];
    injector->end_ns = last->start_ns;
    if (injector->plan->during < 0) return;
    const rs_plan_phase *phase = &plan->phases[injector->plan->during];
    injector->begin_ns = phase->start_ns;
    injector->end_ns = phase->start_ns + phase->duration_ns;
}

static void init_injector(rs_injector *injector, const rs_injector_args *args) {
    injector->scene = args->scene;
    injector->victims = args->victims;
    injector->index = args->index;
    injector->plan = &args->scene->plan->faults[args->index];
    char stream[128];
    snprintf(stream, sizeof stream, "faults/%s", injector->plan->id);
    rs_prng_init(&injector->prng, args->scene->shared->seed, stream);
    if (injector->plan->reason) rs_term_parse(injector->plan->reason, &injector->reason);
    find_times(injector);
}

/* It lives on after its last blow, so that memory before the first and after the last compare. */
static void injector_main(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_injector injector = {.index = 0};
    init_injector(&injector, args);
    rs_scene_wait();
    if (injector.plan->trigger == RS_PLAN_AT)
        fire_at(&injector, injector.begin_ns + injector.plan->at_ns);
    else
        fire_often(&injector);
    rs_sub(&injector.scene->busy, 1, rs_relaxed);
    for (;;) rs_scene_wait();
}

rs_pid rs_injector_spawn(rs_scene *scene, uint32_t index, rs_victims *victims) {
    rs_injector_args args = {scene, victims, index};
    rs_ref monitor;
    return rs_spawn_monitor(injector_main, &args, sizeof args, &monitor);
}
