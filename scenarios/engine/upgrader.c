/* upgrader.c: see upgrader.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/upgrader.h"

#include "runtime/otp/code.h"
#include "runtime/otp/upgrade.h"

/* How often an upgrade looks whether the one before it is over. */
#define LOOK_NS UINT64_C(1000000)

typedef struct rs_upgrader {
    rs_scene *scene;
    uint32_t index;
} rs_upgrader;

static const rs_plan_upgrade *plan_of(const rs_upgrader *upgrader) {
    return &upgrader->scene->plan->upgrades[upgrader->index];
}

/* ------------------------------------------------------------------ what is kept */

static rs_upgrade_record *record_of(const rs_upgrader *upgrader) {
    return &upgrader->scene->shared->upgrades.each[upgrader->index];
}

/* Where nobody gave a reason, there was no answer, or the version was taken back meanwhile. */
static void count_refusal(rs_upgrade_record *record, const rs_upgraded *upgraded) {
    rs_term reason = upgraded->reason;
    if (upgraded->err == RS_ENOPROC) return;
    if (!reason && upgraded->err == RS_ELIMIT) reason = RS_ATOM(timeout);
    if (!reason) reason = rs_atom_find("taken_back");
    rs_add(&record->refused[rs_reasons_index(&record->all->reasons, reason)], 1, rs_relaxed);
}

/* Several processes tell at a time: each takes a place of its own. */
static void tell(void *context, const rs_upgraded *upgraded) {
    rs_upgrade_record *record = context;
    rs_upgrades *upgrades = record->all;
    if (upgraded->err != RS_OK) {
        count_refusal(record, upgraded);
        return;
    }
    uint64_t place = rs_add(&upgrades->told, 1, rs_relaxed);
    if (place < RS_UPGRADES_TOLD_MAX) upgrades->suspended_ns[place] = upgraded->suspended_ns;
}

static void forget_refusals(void *context) {
    rs_upgrade_record *record = context;
    for (uint32_t i = 0; i <= RS_REASONS_MAX; i++) rs_store(&record->refused[i], 0, rs_relaxed);
}

static void keep(rs_upgrades *upgrades, const rs_upgrade_counts *counts) {
    rs_add(&upgrades->upgraded, counts->upgraded, rs_relaxed);
    rs_add(&upgrades->failed, counts->failed, rs_relaxed);
}

static void take_back(const rs_upgrader *upgrader, const rs_message *message) {
    rs_upgrades *upgrades = &upgrader->scene->shared->upgrades;
    const rs_upgrade_back *back = (const void *)message->payload;
    rs_add(&upgrades->taken_back, 1, rs_relaxed);
    rs_add(&upgrades->restored, back->restored, rs_relaxed);
    rs_add(&upgrades->killed, back->killed, rs_relaxed);
    if (!rs_code_current(back->server)->code_change) rs_store(&upgrades->one_way, 1, rs_relaxed);
}

/* ------------------------------------------------------------------ one upgrade */

/* Who still runs the version before the last, for it refused to be changed, is killed as OTP's
 * code:purge does: there are no three. */
static bool load(const rs_upgrader *upgrader) {
    rs_shared *shared = upgrader->scene->shared;
    const rs_plan_upgrade *plan = plan_of(upgrader);
    const char *path = rs_plugins_find(&shared->plugins, shared->plan, upgrader->index);
    rs_code_object object = {.err = RS_EINVAL, .why = "no --plugin was given for it"};
    rs_add(&shared->upgrades.purged, rs_code_purge(plan->worker->server), rs_relaxed);
    if (path) rs_code_load(path, &object);
    if (object.err != RS_OK)
        rs_shared_fail(shared, 6, &plan->place, "upgrade '%s': %s", plan->id, object.why);
    return object.err == RS_OK;
}

static void upgrade(const rs_upgrader *upgrader) {
    rs_upgrades *upgrades = &upgrader->scene->shared->upgrades;
    if (!load(upgrader)) return;
    rs_upgrade_record *record = record_of(upgrader);
    record->all = upgrades;
    const rs_upgrade_options options = {.told = tell,
                                        .again = forget_refusals,
                                        .context = record,
                                        .suspended = &upgrades->suspended};
    rs_upgrade_counts counts = rs_upgrade_all(plan_of(upgrader)->worker->server, &options);
    keep(upgrades, &counts);
}

/* ------------------------------------------------------------------ when */

/* The last one before it of the same worker; -1: it is the first. */
static int64_t before(const rs_upgrader *upgrader) {
    const rs_plan *plan = upgrader->scene->plan;
    int64_t i = upgrader->index;
    while (--i >= 0 && plan->upgrades[i].worker != plan_of(upgrader)->worker) continue;
    return i;
}

/* Under load the one before may take longer than until this one is due; then who it has not come to
 * yet would be killed. */
static bool may_begin(const rs_upgrader *upgrader) {
    const rs_shared *shared = upgrader->scene->shared;
    int64_t former = before(upgrader);
    /* acquire pairs with the release at the end of upgrader_main's work. */
    return former < 0 || rs_load(&shared->upgrades.each[former].over, rs_acquire) ||
           rs_shared_cancelled(shared);
}

static void await_turn(const rs_upgrader *upgrader) {
    const rs_scene *scene = upgrader->scene;
    uint64_t due_ns = plan_of(upgrader)->due_ns;
    while (rs_scene_since(scene) < due_ns) rs_scene_sleep(scene, due_ns);
    while (!may_begin(upgrader)) rs_scene_sleep(scene, rs_scene_since(scene) + LOOK_NS);
}

/* It lives on, as injectors do, to hear whether its version was taken back. */
static void listen(const rs_upgrader *upgrader) {
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->type == &rs_scene_stop) return;
        if (message->type == &rs_upgrade_back_type) take_back(upgrader, message);
    }
}

static void upgrader_main(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_upgrader *upgrader = args;
    const rs_scene *scene = upgrader->scene;
    rs_scene_wait();
    await_turn(upgrader);
    if (!rs_shared_cancelled(scene->shared)) upgrade(upgrader);
    rs_store(&record_of(upgrader)->over, 1, rs_release);
    rs_sub(&upgrader->scene->busy, 1, rs_relaxed);
    listen(upgrader);
}

rs_pid rs_upgrader_spawn(rs_scene *scene, uint32_t index) {
    const rs_upgrader args = {scene, index};
    rs_ref monitor;
    return rs_spawn_monitor(upgrader_main, &args, sizeof args, &monitor);
}
