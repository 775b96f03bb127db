/* mail.c: the fault plan's hand on mail.
 *
 * Asked by every core about every message. What is common is cheap: whom a role belongs to is
 * looked up once per role and fault, and who has nothing to hit takes no lock.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/mail.h"

#include "reports/rows.h"
#include "runtime/base/assert.h"
#include "runtime/base/units.h"
#include "scenarios/engine/injector.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/scene.h"
#include "scenarios/language/path.h"
#include "scenarios/language/phase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_BYTES (sizeof(rs_atomic_u32) * RS_ROLES_MAX)

static const rs_type bell_type = {.name = "bell"};

/* One end of the mail that a fault is about. */
typedef struct rs_mail_side {
    bool any;             /* whoever it is */
    int load;             /* the clients of this load; -1 */
    const char *pattern;  /* or the roles it names */
    rs_atomic_u32 *known; /* by role: 0 not looked at, 1 no, 2 yes */
} rs_mail_side;

typedef struct rs_mail_fault {
    const rs_plan_fault *plan;
    uint32_t index;
    uint64_t begin_ns, end_ns; /* when it may strike, since t = 0 */
    rs_mail_side to, from;
    bool hits;  /* it is aimed at mail */
    bool waits; /* for so many messages */
    rs_atomic_u32 armed;
    rs_atomic_u64 counted; /* messages */
    rs_atomic_u64 bell;    /* rs_pid */
    rs_spinlock lock;      /* of the rest; taken inside the runtime, where nobody preempts */
    uint64_t hit;
    rs_prng prng;
    bool *struck;        /* of plan->strikes */
    uint32_t first_left; /* of them */
} rs_mail_fault;

struct rs_mails {
    rs_shared *shared;
    bool *supervises; /* by role, those of the plan's named nodes */
    uint32_t count;
    rs_mail_fault *at; /* those that have to do with mail */
};

/* ------------------------------------------------------------------ whose mail it is */

static bool is_client(uint32_t role) {
    return role >= RS_MAILS_LOADS;
}

/* Idempotent, so that several cores may find out at once. */
static bool is_named(const rs_roles *roles, const rs_mail_side *side, uint32_t role) {
    uint32_t known = rs_load(&side->known[role], rs_relaxed);
    if (known) return known == 2;
    bool named = rs_path_matches(side->pattern, rs_roles_path(roles, role));
    rs_store(&side->known[role], 1u + named, rs_relaxed);
    return named;
}

static bool is_at(const rs_mails *mails, const rs_mail_side *side, uint32_t role) {
    if (side->any) return true;
    if (is_client(role)) return side->load >= 0 && role - RS_MAILS_LOADS == (uint32_t)side->load;
    return side->pattern && is_named(&mails->shared->roles, side, role);
}

static bool has_place(const rs_mails *mails, uint32_t role) {
    if (role == 0 || is_client(role)) return role != 0;
    return role > mails->shared->planned || !mails->supervises[role];
}

static bool is_aimed_at(const rs_mails *mails, const rs_mail_fault *fault, const rs_mail *mail) {
    const char *message = fault->hits ? fault->plan->mail.message : NULL;
    return is_at(mails, &fault->to, mail->to_role) && is_at(mails, &fault->from, mail->from_role) &&
           (!message || (mail->type && strcmp(message, mail->type->name) == 0));
}

/* ------------------------------------------------------------------ hitting */

/* A blow is at the end that has a position. */
static rs_blow_victim victim_of(const rs_shared *shared, const rs_mail *mail) {
    bool at_sender = is_client(mail->to_role);
    uint32_t role = at_sender ? mail->from_role : mail->to_role;
    return (rs_blow_victim){.pid = at_sender ? mail->from : mail->to,
                            .role = role,
                            .incarnation =
                                rs_load(&shared->roles.at[role].incarnation, rs_relaxed)};
}

static bool is_struck(const rs_shared *shared, const rs_plan_strike *strike,
                      rs_blow_victim victim) {
    return strike->role && (!strike->incarnation || strike->incarnation == victim.incarnation) &&
           strcmp(strike->role, rs_roles_path(&shared->roles, victim.role)) == 0;
}

/* The first that is due for this victim. Those that have found their message are passed over. */
static bool take_strike(const rs_shared *shared, rs_mail_fault *fault, uint64_t since_ns,
                        rs_blow_victim victim) {
    const rs_plan_fault *plan = fault->plan;
    for (uint32_t i = fault->first_left; i < plan->strike_count; i++) {
        if (plan->strikes[i].at_ns > since_ns) return false;
        if (fault->struck[i] || !is_struck(shared, &plan->strikes[i], victim)) continue;
        fault->struck[i] = true;
        while (fault->first_left < plan->strike_count && fault->struck[fault->first_left])
            fault->first_left++;
        return true;
    }
    return false;
}

static bool decide(const rs_shared *shared, rs_mail_fault *fault, uint64_t since_ns,
                   rs_blow_victim victim) {
    const rs_plan_fault *plan = fault->plan;
    if (plan->trigger == RS_PLAN_STRIKES) return take_strike(shared, fault, since_ns, victim);
    if (plan->trigger == RS_PLAN_PROBABILITY)
        return fault->hit < plan->limit &&
               rs_prng_below(&fault->prng, RS_UNITS_SHARE_WHOLE) < plan->probability_ppm;
    uint32_t armed = rs_load(&fault->armed, rs_relaxed);
    while (armed && !rs_cas(&fault->armed, &armed, armed - 1, rs_relaxed)) continue;
    return armed != 0;
}

/* Nothing is to be decided about most messages. */
static bool is_idle(rs_mail_fault *fault) {
    rs_plan_trigger trigger = fault->plan->trigger;
    if (trigger == RS_PLAN_PROBABILITY) return false;
    return trigger == RS_PLAN_STRIKES ? fault->plan->strike_count == 0
                                      : rs_load(&fault->armed, rs_relaxed) == 0;
}

/* write_down returns the cause of the blow, 0: there is none. */
static uint32_t write_down(const rs_mails *mails, rs_mail_fault *fault, const rs_mail *mail,
                           uint64_t since_ns, rs_blow_victim victim) {
    rs_shared *shared = mails->shared;
    uint32_t cause = 0;
    rs_spin_lock(&fault->lock);
    if (decide(shared, fault, since_ns, victim))
        cause = rs_blows_add(&shared->blows, fault->index, mail->time_ns, victim, RS_STRIKE_HIT);
    fault->hit += cause != 0;
    rs_spin_unlock(&fault->lock);
    return cause;
}

/* Who overtakes does not let others pass as well: else all would only be late. Of a call that a
 * fault has touched it is known why it had no answer. */
static bool try_to_hit(const rs_mails *mails, rs_mail_fault *fault, const rs_mail *mail,
                       uint64_t since_ns, rs_mail_fate *fate) {
    rs_mail_fate bent = *fate;
    if (since_ns < fault->begin_ns || since_ns >= fault->end_ns || is_idle(fault)) return false;
    if (!is_aimed_at(mails, fault, mail)) return false;
    fault->plan->how->bend(fault->plan->arguments, &bent);
    if (bent.yields && mail->overtakes) return false;
    rs_blow_victim victim = victim_of(mails->shared, mail);
    bent.cause = write_down(mails, fault, mail, since_ns, victim);
    if (!bent.cause) return false;
    bent.victim = victim.pid;
    bent.role = victim.role;
    *fate = bent;
    if (!mail->call) return true;
    rs_ledgers_tell(&mails->shared->ledgers, mail->call);
    rs_history_touch(mails->shared->history, mail->time_ns, mail->from, mail->to, mail->call);
    return true;
}

/* ------------------------------------------------------------------ counting */

static void count(rs_mail_fault *fault, uint64_t since_ns) {
    rs_pid bell = rs_load(&fault->bell, rs_acquire);
    if (!bell || since_ns < fault->begin_ns || since_ns >= fault->end_ns) return;
    uint64_t counted = rs_add(&fault->counted, 1, rs_relaxed) + 1;
    if (counted % fault->plan->after_count == 0) rs_observer_send(bell, &bell_type, NULL, 0);
}

static void ask(void *context, const rs_mail *mail, rs_mail_fate *fate) {
    rs_mails *mails = ((const rs_scene *)context)->mails;
    if (rs_shared_stage(mails->shared) != RS_STAGE_RUN) return;
    if (!has_place(mails, mail->from_role) || !has_place(mails, mail->to_role)) return;
    uint64_t since_ns = (uint64_t)rs_shared_since(mails->shared, mail->time_ns);
    for (uint32_t i = 0; i < mails->count; i++)
        if (mails->at[i].hits && try_to_hit(mails, &mails->at[i], mail, since_ns, fate)) break;
    if (fate->copies == 0) return;
    for (uint32_t i = 0; i < mails->count; i++)
        if (mails->at[i].waits && is_aimed_at(mails, &mails->at[i], mail))
            count(&mails->at[i], since_ns);
}

void (*rs_mails_ask(const rs_mails *mails))(void *, const rs_mail *, rs_mail_fate *) {
    return mails->count ? ask : NULL;
}

/* ------------------------------------------------------------------ for injectors */

static rs_mail_fault *find(const rs_mails *mails, uint32_t index) {
    for (uint32_t i = 0; i < mails->count; i++)
        if (mails->at[i].index == index) return &mails->at[i];
    RS_UNREACHABLE();
}

void rs_mails_arm(rs_mails *mails, uint32_t fault) {
    rs_add(&find(mails, fault)->armed, 1, rs_relaxed);
}

void rs_mails_disarm(rs_mails *mails, uint32_t index) {
    rs_mail_fault *fault = find(mails, index);
    rs_shared *shared = mails->shared;
    uint64_t left = rs_swap(&fault->armed, 0, rs_relaxed);
    uint64_t last_ns = rs_load(&shared->zero_ns, rs_relaxed) + fault->end_ns - 1;
    if (fault->plan->trigger == RS_PLAN_STRIKES) left = fault->plan->strike_count - fault->hit;
    for (; left; left--)
        rs_blows_add(&shared->blows, index, last_ns, (rs_blow_victim){.role = 0},
                     RS_STRIKE_NO_VICTIM);
}

/* release pairs with the acquire of count. */
void rs_mails_listen(rs_mails *mails, uint32_t fault, rs_pid bell) {
    rs_store(&find(mails, fault)->bell, bell, rs_release);
}

uint64_t rs_mails_rounds(rs_mails *mails, uint32_t fault) {
    rs_mail_fault *found = find(mails, fault);
    return rs_load(&found->counted, rs_relaxed) / found->plan->after_count;
}

/* ------------------------------------------------------------------ life */

static bool init_side(rs_mail_side *side, bool any, int load, const char *pattern,
                      rs_larder *larder) {
    *side = (rs_mail_side){.any = any, .load = load, .pattern = pattern};
    if (pattern) side->known = rs_map_create(larder, SIDE_BYTES);
    return !pattern || side->known;
}

/* A fault that is aimed at nobody waits for any mail. */
static bool init_sides(rs_mail_fault *fault, rs_larder *larder) {
    const rs_plan_fault *plan = fault->plan;
    const rs_plan_mail *mail = &plan->mail;
    if (!fault->hits)
        return init_side(&fault->to, !plan->pattern, -1, plan->pattern, larder) &&
               init_side(&fault->from, true, -1, NULL, larder);
    return init_side(&fault->to, false, mail->to_load, plan->pattern, larder) &&
           init_side(&fault->from, !mail->from, mail->from_load, mail->from_pattern, larder);
}

static bool init_fault(rs_mail_fault *fault, const rs_shared *shared, uint32_t index) {
    const rs_plan_fault *plan = &shared->plan->faults[index];
    *fault = (rs_mail_fault){.plan = plan, .index = index};
    fault->hits = plan->how->aim == RS_AIM_MAIL;
    fault->waits = plan->trigger == RS_PLAN_AFTER;
    fault->struck = rs_rows_alloc(plan->strike_count + 1);
    rs_phase_window(shared->plan, plan->during, &fault->begin_ns, &fault->end_ns);
    char stream[128];
    snprintf(stream, sizeof stream, "mail/%s", plan->id);
    rs_prng_init(&fault->prng, shared->seed, stream);
    return init_sides(fault, shared->larder);
}

static void find_supervisors(const rs_plan_node *node, bool *supervises, uint32_t *role) {
    supervises[++*role] = node->worker == NULL;
    for (uint32_t i = 0; i < node->child_count; i++)
        find_supervisors(node->children[i], supervises, role);
}

static bool has_to_do_with_mail(const rs_plan_fault *fault) {
    return rs_injector_needed(fault) &&
           (fault->how->aim == RS_AIM_MAIL || fault->trigger == RS_PLAN_AFTER);
}

rs_mails *rs_mails_create(rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    rs_mails *mails = rs_rows_alloc(sizeof *mails);
    uint32_t role = 0;
    mails->shared = shared;
    mails->supervises = rs_rows_alloc(shared->planned + 1u);
    mails->at = rs_rows_alloc(sizeof *mails->at * (plan->fault_count + 1));
    find_supervisors(plan->root, mails->supervises, &role);
    for (uint32_t i = 0; i < plan->fault_count; i++) {
        if (!has_to_do_with_mail(&plan->faults[i])) continue;
        if (init_fault(&mails->at[mails->count++], shared, i)) continue;
        rs_mails_destroy(mails);
        return NULL;
    }
    return mails;
}

void rs_mails_destroy(rs_mails *mails) {
    rs_larder *larder = mails ? mails->shared->larder : NULL;
    for (uint32_t i = 0; mails && i < mails->count; i++) {
        rs_map_destroy(larder, mails->at[i].to.known, SIDE_BYTES, RS_MAP_UNKNOWN);
        rs_map_destroy(larder, mails->at[i].from.known, SIDE_BYTES, RS_MAP_UNKNOWN);
        free(mails->at[i].struck);
    }
    if (!mails) return;
    free(mails->supervises);
    free(mails->at);
    free(mails);
}
