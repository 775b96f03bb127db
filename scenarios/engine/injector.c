/* injector.c: the process that carries out one fault of the plan.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/injector.h"

#include "runtime/base/units.h"
#include "scenarios/engine/mail.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/phase.h"

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
    uint64_t due_ns;           /* of the present firing, or the latest */
    uint64_t fired;            /* firings so far */
    rs_term reason;
    rs_prng prng;
} rs_injector;

bool rs_injector_needed(const rs_plan_fault *fault) {
    return rs_fault_when_fires(fault);
}

/* ------------------------------------------------------------------ one firing */

/* A blow is aimed when it is due: this is the time that repeats it, for whoever is woken then runs
 * when a core comes to it. */
static uint64_t aimed_ns(const rs_injector *injector) {
    return injector->scene->zero_ns + injector->due_ns;
}

static void miss(const rs_injector *injector) {
    rs_blows_add(&injector->scene->shared->blows, injector->index, aimed_ns(injector),
                 (rs_blow_victim){.role = 0}, RS_STRIKE_NO_VICTIM);
}

/* What becomes of it if nothing more is heard. A fault of the runtime has hit when it is told. */
static rs_strike_outcome outcome_before(const rs_fault_kind *how, bool astray) {
    if (astray) return RS_STRIKE_ALREADY_DEAD;
    return how->aim == RS_AIM_RUNTIME ? RS_STRIKE_NO_VICTIM : RS_STRIKE_SURVIVED;
}

/* `incarnation` 0: whichever lives. False: no blow is, or will be, written down. */
static bool strike(const rs_injector *injector, uint32_t number, uint32_t incarnation) {
    rs_shared *shared = injector->scene->shared;
    const rs_role *role = &shared->roles.at[number];
    const rs_fault_kind *how = injector->plan->how;
    if (how->aim == RS_AIM_ROLE)
        return rs_ambush_lay(injector->scene, injector->index, number, aimed_ns(injector));
    rs_blow_victim victim = {.pid = rs_load(&role->pid, rs_relaxed),
                             .role = number,
                             .incarnation = rs_load(&role->incarnation, rs_relaxed)};
    bool dead = victim.pid == 0 || !rs_is_alive(victim.pid);
    bool other = incarnation && incarnation != victim.incarnation;
    bool astray = how->aim == RS_AIM_PROCESS && (dead || other);
    if (other) victim.incarnation = incarnation;
    uint32_t cause = rs_blows_add(&shared->blows, injector->index, aimed_ns(injector), victim,
                                  outcome_before(how, astray));
    if (!cause || astray) return true;
    rs_fault_blow blow = {.victim = dead ? 0 : victim.pid, .role = number, .cause = cause};
    if (how->aim == RS_AIM_RUNTIME) blow.role = RS_ROLE_ROOT;
    blow.end_ns = injector->scene->zero_ns + injector->end_ns;
    blow.reason = injector->reason;
    memcpy(blow.arguments, injector->plan->arguments, sizeof blow.arguments);
    how->strike(&blow);
    return true;
}

/* A firing of which nothing else will be written down is written down, too: who repeats the blows
 * shall be woken as often. */
static void strike_chosen(rs_injector *injector) {
    const rs_plan_fault *plan = injector->plan;
    uint32_t count =
        rs_victims_pick(injector->victims, plan->pick, plan->pick_value, &injector->prng);
    bool any = false;
    for (uint32_t i = 0; i < count; i++) any |= strike(injector, injector->victims->live[i], 0);
    if (!any) miss(injector);
}

static void fire(rs_injector *injector) {
    const rs_plan_fault *plan = injector->plan;
    if (plan->how->aim == RS_AIM_MAIL) {
        rs_mails_arm(injector->scene->mails, injector->index);
        return;
    }
    if (plan->how->aim == RS_AIM_RUNTIME) {
        strike(injector, 0, 0);
        return;
    }
    strike_chosen(injector);
}

/* Words of occasions wait until the firing before them is over. */
static bool is_from_runner(const rs_message *message, void *context) {
    (void)context;
    return message->type != &rs_occasion_word;
}

/* take_message takes the next one within `timeout_ns`; an rs_scene_stop ends the caller. */
static const rs_message *take_message(rs_match *match, uint64_t timeout_ns) {
    const rs_message *message = rs_receive(match, NULL, timeout_ns);
    if (message && message->type == &rs_scene_stop) rs_exit(RS_ATOM(normal));
    return message;
}

/* False when the run is to be wound down. */
static bool await(rs_injector *injector, uint64_t due_ns) {
    const rs_scene *scene = injector->scene;
    injector->due_ns = due_ns;
    for (uint64_t now_ns; (now_ns = rs_scene_since(scene)) < due_ns;)
        take_message(is_from_runner, due_ns - now_ns);
    return !rs_shared_cancelled(scene->shared);
}

/* ------------------------------------------------------------------ by a rule */

static uint64_t interval_ns(rs_injector *injector) {
    const rs_plan_fault *plan = injector->plan;
    if (plan->trigger == RS_PLAN_EVERY) return plan->every_ns;
    uint64_t mean_ns = UINT64_C(1000000000000) / plan->rate_per_ks;
    if (plan->trigger == RS_PLAN_RATE_POISSON)
        mean_ns = rs_prng_exponential(&injector->prng, mean_ns);
    return mean_ns ? mean_ns : 1;
}

/* No closer than allowed to the firing before. */
static uint64_t keep_gap(const rs_injector *injector, uint64_t due_ns) {
    uint64_t from_ns = injector->due_ns + injector->plan->min_gap_ns;
    return injector->fired && due_ns < from_ns ? from_ns : due_ns;
}

/* Whether a firing that is due takes place. Nobody is woken for one that does not. */
static bool takes_place(rs_injector *injector, uint64_t due_ns) {
    const rs_plan_fault *plan = injector->plan;
    uint64_t period_ns = plan->duty_period_ns;
    if (period_ns && (due_ns - injector->begin_ns) % period_ns >= plan->duty_on_ns) return false;
    return plan->chance_ppm == RS_UNITS_SHARE_WHOLE ||
           rs_prng_below(&injector->prng, RS_UNITS_SHARE_WHOLE) < plan->chance_ppm;
}

/* False when there is no more. */
static bool fire_at(rs_injector *injector, uint64_t due_ns) {
    if (!takes_place(injector, due_ns)) return true;
    if (!await(injector, due_ns)) return false;
    fire(injector);
    return ++injector->fired < injector->plan->limit;
}

/* Faults of the runtime move the clock that they are due by, or hold up who gives them: they do not
 * make up for what they have missed, or each jump would bring on the next. */
static uint64_t next_due_ns(rs_injector *injector, uint64_t due_ns) {
    uint64_t now_ns = rs_scene_since(injector->scene);
    if (injector->plan->how->aim == RS_AIM_RUNTIME && due_ns < now_ns) due_ns = now_ns;
    return keep_gap(injector, due_ns + interval_ns(injector));
}

static void fire_often(rs_injector *injector) {
    uint64_t due_ns = injector->begin_ns + interval_ns(injector);
    while (due_ns < injector->end_ns && fire_at(injector, due_ns))
        due_ns = next_due_ns(injector, due_ns);
}

/* ------------------------------------------------------------------ when something happens */

/* False when nothing will happen any more. */
static bool await_occasion(const rs_injector *injector, uint64_t *happened_ns) {
    const rs_scene *scene = injector->scene;
    for (uint64_t now_ns; (now_ns = rs_scene_since(scene)) < injector->end_ns;) {
        const rs_message *message = take_message(NULL, injector->end_ns - now_ns);
        if (rs_shared_cancelled(scene->shared)) return false;
        if (!message || message->type != &rs_occasion_word) continue;
        memcpy(happened_ns, message->payload, sizeof *happened_ns);
        return true;
    }
    return false;
}

/* Each firing waits for its time, be it the next nanosecond: then written down it nearly always is
 * at the same place among what else happens. */
static void fire_on_occasions(rs_injector *injector) {
    rs_occasion *occasion = &injector->scene->shared->occasions.at[injector->index];
    uint64_t happened_ns;
    bool more = true;
    rs_store(&occasion->injector, rs_self(), rs_relaxed);
    while (more && await_occasion(injector, &happened_ns)) {
        uint64_t due_ns = keep_gap(injector, happened_ns + injector->plan->delay_ns);
        uint64_t soon_ns = rs_scene_since(injector->scene) + 1;
        if (due_ns < soon_ns) due_ns = soon_ns;
        more = due_ns >= injector->end_ns || fire_at(injector, due_ns);
        rs_sub(&occasion->pending, 1, rs_relaxed);
    }
    rs_store(&occasion->injector, 0, rs_relaxed);
}

/* ------------------------------------------------------------------ by messages */

/* A firing for each round that is over; several may be, when the cores are busy. They wait for
 * their time as those on occasions do. */
static bool fire_rounds(rs_injector *injector) {
    const rs_scene *scene = injector->scene;
    while (injector->fired < rs_mails_rounds(scene->mails, injector->index)) {
        uint64_t soon_ns = rs_scene_since(scene) + 1;
        if (soon_ns >= injector->end_ns || !fire_at(injector, soon_ns)) return false;
    }
    return true;
}

static void fire_after(rs_injector *injector) {
    const rs_scene *scene = injector->scene;
    bool goes_on = await(injector, injector->begin_ns);
    rs_mails_listen(scene->mails, injector->index, rs_self());
    while (goes_on && rs_scene_since(scene) < injector->end_ns) {
        goes_on = fire_rounds(injector) && !rs_shared_cancelled(scene->shared);
        if (goes_on) rs_scene_sleep(scene, injector->end_ns);
    }
    rs_mails_listen(scene->mails, injector->index, 0);
}

/* ------------------------------------------------------------------ as written down */

static void strike_written(const rs_injector *injector, const rs_plan_strike *written) {
    rs_shared *shared = injector->scene->shared;
    uint32_t role = written->role ? rs_shared_role(shared, written->role) : 0;
    if (role || injector->plan->how->aim == RS_AIM_RUNTIME)
        strike(injector, role, written->incarnation);
    else
        miss(injector);
}

static void strike_all(rs_injector *injector) {
    const rs_plan_fault *plan = injector->plan;
    for (uint32_t i = 0; i < plan->strike_count; i++) {
        if (plan->strikes[i].role && rs_ambush_draws(plan)) continue;
        if (!await(injector, plan->strikes[i].at_ns)) return;
        strike_written(injector, &plan->strikes[i]);
    }
}

/* ------------------------------------------------------------------ all firings */

static void init_injector(rs_injector *injector, const rs_injector_args *args) {
    injector->scene = args->scene;
    injector->victims = args->victims;
    injector->index = args->index;
    injector->plan = &args->scene->plan->faults[args->index];
    char stream[128];
    snprintf(stream, sizeof stream, "faults/%s", injector->plan->id);
    rs_prng_init(&injector->prng, args->scene->shared->seed, stream);
    if (injector->plan->reason) rs_term_parse(injector->plan->reason, &injector->reason);
    rs_phase_window(args->scene->plan, injector->plan->during, &injector->begin_ns,
                    &injector->end_ns);
}

static void give_blows(rs_injector *injector) {
    switch (injector->plan->trigger) {
    case RS_PLAN_AT: fire_at(injector, injector->begin_ns + injector->plan->at_ns); break;
    case RS_PLAN_EVERY:
    case RS_PLAN_RATE_CONSTANT:
    case RS_PLAN_RATE_POISSON: fire_often(injector); break;
    case RS_PLAN_STRIKES: strike_all(injector); break;
    case RS_PLAN_ON: fire_on_occasions(injector); break;
    case RS_PLAN_AFTER: fire_after(injector); break;
    case RS_PLAN_PROBABILITY: break;
    }
}

/* A fault of mail fires into the future: it hits, until its time is over, what is sent then. Where
 * each message is an opportunity, or its blows are written down, that is all there is to do. */
static void give_mail(rs_injector *injector) {
    if (injector->plan->trigger != RS_PLAN_STRIKES) give_blows(injector);
    await(injector, injector->end_ns);
    rs_mails_disarm(injector->scene->mails, injector->index);
}

/* It lives on after its last blow, so that memory before the first and after the last compare. */
static void injector_main(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_injector injector = {.index = 0};
    init_injector(&injector, args);
    rs_scene_wait();
    if (injector.plan->how->aim == RS_AIM_MAIL)
        give_mail(&injector);
    else
        give_blows(&injector);
    rs_sub(&injector.scene->busy, 1, rs_relaxed);
    for (;;) rs_scene_wait();
}

rs_pid rs_injector_spawn(rs_scene *scene, uint32_t index, rs_victims *victims) {
    rs_injector_args args = {scene, victims, index};
    rs_ref monitor;
    return rs_spawn_monitor(injector_main, &args, sizeof args, &monitor);
}
