/* runner.c: the first process of the child's runtime.
 *
 * Order of a run: tree up, set-up, clients and injectors wait, t = 0, phases by the clock, a quiet
 * moment before the first phase with faults, drain, a quiet moment, orphans counted, tree stopped,
 * clients gone. Clients outlive the tree, so that every call they gave up has found its fate.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/runner.h"

#include "reports/rows.h"
#include "runtime/otp/code.h"
#include "scenarios/engine/census.h"
#include "scenarios/engine/crowd.h"
#include "scenarios/engine/injector.h"
#include "scenarios/engine/mail.h"
#include "scenarios/engine/orphan.h"
#include "scenarios/engine/prepare.h"
#include "scenarios/engine/upgrader.h"

#include <stdlib.h>

/* How soon a cancelled run is noticed; under the virtual clock a second takes less than a
 * millisecond. */
#define SLICE_NS         UINT64_C(10000000)
#define SLICE_VIRTUAL_NS UINT64_C(1000000000)
/* A quiet moment begins this long before the phase with faults, or in the middle of a shorter phase
 * before it. Holding takes some 100 us; a busy machine may need a few of its time slices. */
#define QUIET_LEAD_NS UINT64_C(50000000)
/* What a quiet moment may cost when calls take long. */
#define QUIET_PATIENCE_NS UINT64_C(20000000)
/* Between two looks at something that will be so soon. */
#define LOOK_NS UINT64_C(20000)

static void enter(rs_shared *shared, rs_stage stage) {
    rs_shared_enter(shared, stage);
    rs_history_add(shared->history, &(rs_history_entry){.time_ns = rs_now_ns(),
                                                        .kind = RS_HISTORY_STAGE,
                                                        .detail = (uint32_t)stage});
}

/* ------------------------------------------------------------------ waiting */

/* A client, injector or upgrader that dies before it is told to is a bug of this room. */
static void take_word(rs_runner *runner, uint64_t timeout_ns) {
    const rs_message *message = rs_receive(NULL, NULL, timeout_ns);
    if (!message || message->kind != RS_MESSAGE_DOWN) return;
    runner->ended++;
    char why[RS_REASON_BYTES];
    rs_reason_print(rs_message_reason(message), why, sizeof why);
    rs_shared_fail(runner->scene.shared, 70, NULL, "a client or injector died: %s", why);
}

static bool is_over(const rs_runner *runner) {
    const rs_shared *shared = runner->scene.shared;
    return rs_shared_cancelled(shared) || rs_load(&shared->failure.set, rs_relaxed);
}

/* The first hundred thousand deaths touch memory that is used again ever after. */
static void watch_growth(rs_runner *runner) {
    rs_growth *growth = &runner->scene.shared->growth;
    uint64_t started = rs_load(&runner->scene.shared->started, rs_relaxed);
    if (growth->from_restarts || started < RS_GROWTH_FROM) return;
    growth->from_restarts = started;
    growth->from_bytes = rs_census_resident();
}

/* The cores count them in memory of their own. */
static void note_signals(rs_shared *shared) {
    rs_counters counters;
    rs_counters_read(&counters);
    rs_store(&shared->signals, counters.signals, rs_relaxed);
}

static void note_time(rs_shared *shared, uint64_t now_ns) {
    if (shared->watched) note_signals(shared);
    rs_store(&shared->now_ns, now_ns, rs_relaxed);
    if (shared->seen_ns) rs_store(shared->seen_ns, now_ns, rs_relaxed);
}

/* False when the run is to be wound down. */
static bool wait_until(rs_runner *runner, uint64_t time_ns) {
    for (;;) {
        uint64_t now_ns = rs_scene_since(&runner->scene);
        note_time(runner->scene.shared, now_ns);
        watch_growth(runner);
        if (is_over(runner)) return false;
        if (now_ns >= time_ns) return true;
        uint64_t left_ns = time_ns - now_ns;
        uint64_t slice_ns = rs_clock_is_virtual() ? SLICE_VIRTUAL_NS : SLICE_NS;
        take_word(runner, left_ns < slice_ns ? left_ns : slice_ns);
    }
}

static void tell_all(const rs_runner *runner, const rs_type *word, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) rs_send(runner->scene.processes[i], word, NULL, 0);
}

/* ------------------------------------------------------------------ quiet moments */

static uint32_t client_count(const rs_runner *runner) {
    return runner->scene.shared->ledgers.clients;
}

static bool all_hold(const rs_runner *runner) {
    /* acquire pairs with the clients' acq_rel: their ledgers are flushed. */
    return rs_load(&runner->scene.held, rs_acquire) == client_count(runner);
}

static void ask_to_hold(rs_runner *runner) {
    rs_store(&runner->scene.hold, 1, rs_release);
    tell_all(runner, &rs_scene_wake, client_count(runner));
}

static void let_go(rs_runner *runner) {
    rs_store(&runner->scene.hold, 0, rs_release);
    tell_all(runner, &rs_scene_go, client_count(runner));
}

static bool await_hold(rs_runner *runner, uint64_t until_ns) {
    while (!all_hold(runner)) {
        if (rs_scene_since(&runner->scene) >= until_ns || is_over(runner)) return false;
        take_word(runner, LOOK_NS);
    }
    return true;
}

/* Injectors begin after the quiet moment, so that no blow falls into it. */
static void tell_injectors(const rs_runner *runner) {
    for (uint32_t i = client_count(runner); i < runner->scene.process_count; i++)
        rs_send(runner->scene.processes[i], &rs_scene_go, NULL, 0);
}

/* Only a check asks for it. Equal when each role's process keeps as much. */
static uint64_t digest_kept(const rs_shared *shared) {
    uint64_t digest = 0;
    for (uint32_t i = 1; shared->history && i <= rs_roles_count(&shared->roles); i++) {
        uint64_t kept = rs_keeps_get(&shared->keeps, rs_load(&shared->roles.at[i].pid, rs_relaxed));
        digest += (kept * UINT64_C(0x9e3779b97f4a7c15) + i) * UINT64_C(0xbf58476d1ce4e5b9);
    }
    return digest;
}

static void take_census_before(rs_runner *runner) {
    rs_shared *shared = runner->scene.shared;
    ask_to_hold(runner);
    bool held = await_hold(runner, rs_scene_since(&runner->scene) + QUIET_PATIENCE_NS);
    rs_census_take(&shared->before, runner->scene.process_count, held ? QUIET_PATIENCE_NS : 0);
    if (!shared->counts_only) shared->before.resident_bytes = rs_census_resident();
    shared->before.quiet = shared->before.quiet && held;
    shared->kept_before = digest_kept(shared);
    let_go(runner);
    tell_injectors(runner);
}

/* ------------------------------------------------------------------ before t = 0 */

static void spawn_clients(rs_runner *runner) {
    rs_scene *scene = &runner->scene;
    for (uint32_t load = 0; load < scene->plan->load_count; load++)
        for (uint32_t n = 0; n < scene->plan->loads[load].clients; n++) {
            rs_pid pid = rs_crowd_spawn(scene, load, n, scene->process_count);
            if (!pid) rs_shared_fail(scene->shared, 6, NULL, "no memory for another client");
            if (!pid) return;
            scene->processes[scene->process_count++] = pid;
        }
}

static void spawn_injectors(rs_runner *runner) {
    rs_scene *scene = &runner->scene;
    for (uint32_t i = 0; i < scene->plan->fault_count; i++) {
        if (!rs_injector_needed(&scene->plan->faults[i])) continue;
        rs_pid pid = rs_injector_spawn(scene, i, &runner->victims[i]);
        if (!pid) rs_shared_fail(scene->shared, 6, NULL, "no memory for an injector");
        if (!pid) return;
        scene->processes[scene->process_count++] = pid;
        rs_add(&scene->busy, 1, rs_relaxed);
    }
}

static void spawn_upgraders(rs_runner *runner) {
    rs_scene *scene = &runner->scene;
    for (uint32_t i = 0; i < scene->plan->upgrade_count; i++) {
        rs_pid pid = rs_upgrader_spawn(scene, i);
        if (!pid) rs_shared_fail(scene->shared, 6, NULL, "no memory for an upgrader");
        if (!pid) return;
        scene->processes[scene->process_count++] = pid;
        rs_add(&scene->busy, 1, rs_relaxed);
    }
}

/* What is to be replaced must be known before it is started. */
static bool add_code(const rs_runner *runner) {
    const rs_plan *plan = runner->scene.plan;
    for (uint32_t i = 0; i < plan->upgrade_count; i++)
        if (rs_code_add(plan->upgrades[i].worker->server) != RS_OK) return false;
    return true;
}

static bool prepare(rs_runner *runner) {
    rs_shared *shared = runner->scene.shared;
    if (!add_code(runner)) rs_shared_fail(shared, 6, NULL, "no memory for upgrades");
    if (!rs_tree_start(runner->scene.tree, shared)) return false;
    enter(shared, RS_STAGE_SETUP);
    if (!rs_prepare(shared)) return false;
    spawn_clients(runner);
    spawn_injectors(runner);
    spawn_upgraders(runner);
    return !is_over(runner);
}

/* Nothing of it is paid for within the phases. */
static void look_at_machine(rs_surroundings *surroundings) {
    if (!rs_clock_is_virtual()) rs_surroundings_read(surroundings);
}

/* While all are quiet, both times: busy cores share a processor's heat and its units. */
static void look_at_pace(rs_surroundings *surroundings) {
    if (!rs_clock_is_virtual()) surroundings->spin_ns = rs_surroundings_spin();
}

static void begin(rs_runner *runner) {
    rs_scene *scene = &runner->scene;
    look_at_pace(&scene->shared->at_start);
    look_at_machine(&scene->shared->at_start);
    scene->zero_ns = rs_now_ns();
    rs_store(&scene->shared->zero_ns, scene->zero_ns, rs_relaxed);
    /* release: who sees it (story.c, recorder.c) can read t = 0. */
    rs_store(&scene->shared->began, 1, rs_release);
    enter(scene->shared, RS_STAGE_RUN);
    tell_all(runner, &rs_scene_go, client_count(runner));
}

/* ------------------------------------------------------------------ phases */

static void mark(rs_runner *runner, uint32_t index) {
    rs_mark *mark = &runner->scene.shared->marks[index];
    rs_counters_read(&mark->counters);
    rs_waits_forget();
    mark->time_ns = rs_scene_since(&runner->scene);
    mark->taken = true;
}

/* The first phase in which some fault may strike, or some upgrade begin; the number of phases when
 * none does. */
static uint32_t first_faulty_phase(const rs_plan *plan) {
    uint32_t first = plan->phase_count;
    for (uint32_t i = 0; i < plan->fault_count; i++) {
        uint32_t phase = plan->faults[i].during < 0 ? 0 : (uint32_t)plan->faults[i].during;
        if (rs_injector_needed(&plan->faults[i]) && phase < first) first = phase;
    }
    for (uint32_t i = 0; i < plan->upgrade_count; i++) {
        uint32_t phase = plan->upgrades[i].during < 0 ? 0 : (uint32_t)plan->upgrades[i].during;
        if (phase < first) first = phase;
    }
    return first;
}

/* A run without faults has its quiet moment before the last phase. */
static uint32_t quiet_phase(const rs_plan *plan) {
    uint32_t phase = first_faulty_phase(plan);
    return phase < plan->phase_count ? phase : plan->phase_count - 1;
}

static uint64_t quiet_time(const rs_plan *plan, uint32_t phase) {
    if (phase == 0) return 0;
    uint64_t half_ns = plan->phases[phase - 1].duration_ns / 2;
    return plan->phases[phase].start_ns - (half_ns < QUIET_LEAD_NS ? half_ns : QUIET_LEAD_NS);
}

static bool run_phases(rs_runner *runner) {
    const rs_plan *plan = runner->scene.plan;
    uint32_t quiet = quiet_phase(plan);
    for (uint32_t i = 0; i < plan->phase_count; i++) {
        if (i == quiet && !wait_until(runner, quiet_time(plan, i))) return false;
        if (i == quiet) take_census_before(runner);
        if (!wait_until(runner, plan->phases[i].start_ns)) return false;
        mark(runner, i);
    }
    if (!wait_until(runner, runner->scene.load_end_ns)) return false;
    mark(runner, plan->phase_count);
    look_at_machine(&runner->scene.shared->at_end);
    return true;
}

/* ------------------------------------------------------------------ after the last phase */

uint64_t rs_runner_drain_limit_ns(const rs_plan *plan) {
    uint64_t limit_ns = UINT64_C(1000000000);
    for (uint32_t i = 0; i < plan->load_count; i++) {
        uint64_t longest_ns = rs_crowd_patience_ns(&plan->loads[i]);
        if (longest_ns > limit_ns) limit_ns = longest_ns;
    }
    return limit_ns;
}

/* When the tree has ended, nobody is left who would start what is away. */
static bool is_still_healing(const rs_runner *runner) {
    const rs_scene *scene = &runner->scene;
    bool away = rs_load(&scene->shared->open_outages, rs_relaxed) && rs_tree_top(scene->tree);
    return away || rs_load(&scene->busy, rs_relaxed);
}

/* An attempt may make two calls, each with the whole timeout. What faults of the runtime have still
 * to do would hit who is counted, or stopped. */
static bool drain(rs_runner *runner) {
    rs_scene *scene = &runner->scene;
    rs_shared *shared = scene->shared;
    uint64_t begin_ns = rs_scene_since(scene);
    uint64_t limit_ns = begin_ns + 2 * rs_runner_drain_limit_ns(scene->plan);
    rs_bend_calm();
    enter(shared, RS_STAGE_DRAIN);
    tell_all(runner, &rs_scene_wake, client_count(runner));
    bool held = await_hold(runner, limit_ns);
    limit_ns = begin_ns + rs_runner_drain_limit_ns(scene->plan);
    while (is_still_healing(runner) && rs_scene_since(scene) < limit_ns && !is_over(runner))
        take_word(runner, LOOK_NS);
    return held;
}

static void look_around(rs_runner *runner, bool held) {
    rs_shared *shared = runner->scene.shared;
    if (is_over(runner)) return;
    enter(shared, RS_STAGE_COUNT);
    rs_census_take(&shared->after, runner->scene.process_count, QUIET_PATIENCE_NS);
    if (!shared->counts_only) shared->after.resident_bytes = rs_census_resident();
    shared->after.quiet = shared->after.quiet && held;
    look_at_pace(&shared->at_end);
    shared->kept_after = digest_kept(shared);
    shared->growth.to_restarts = rs_load(&shared->started, rs_relaxed);
    shared->growth.to_bytes = shared->after.resident_bytes;
    rs_orphans_count(runner->scene.tree, shared);
}

static void await_end(rs_runner *runner) {
    rs_scene *scene = &runner->scene;
    tell_all(runner, &rs_scene_stop, scene->process_count);
    while (runner->ended < scene->process_count) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message && message->kind == RS_MESSAGE_DOWN) runner->ended++;
    }
}

/* A cancelled client holds after its call, within the timeout; the parent waits no longer than it
 * likes. */
static void wind_down(rs_runner *runner) {
    rs_upgrades *upgrades = &runner->scene.shared->upgrades;
    rs_store(&upgrades->left_suspended, rs_load(&upgrades->suspended, rs_relaxed), rs_relaxed);
    ask_to_hold(runner);
    enter(runner->scene.shared, RS_STAGE_RELEASE);
    rs_ambushes_close(&runner->scene);
    enter(runner->scene.shared, RS_STAGE_STOP);
    rs_tree_stop(runner->scene.tree);
    await_end(runner);
    enter(runner->scene.shared, RS_STAGE_DONE);
}

void rs_runner_main(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_runner *runner = *(rs_runner *const *)args;
    if (prepare(runner)) {
        begin(runner);
        if (run_phases(runner)) look_around(runner, drain(runner));
    }
    wind_down(runner);
}

/* ------------------------------------------------------------------ life */

static uint64_t end_of_last_phase(const rs_plan *plan) {
    const rs_plan_phase *last = &plan->phases[plan->phase_count - 1];
    return last->start_ns + last->duration_ns;
}

static bool init_victims(rs_runner *runner, const rs_plan *plan) {
    runner->victims = rs_rows_alloc(sizeof *runner->victims * (plan->fault_count + 1));
    for (uint32_t i = 0; i < plan->fault_count; i++)
        if (!rs_victims_init(&runner->victims[i], &runner->scene.shared->roles,
                             plan->faults[i].pattern, plan->faults[i].how->aim != RS_AIM_PROCESS,
                             runner->scene.shared->larder))
            return false;
    return rs_ambushes_init(&runner->scene.ambushes, plan, runner->scene.shared->larder);
}

rs_runner *rs_runner_create(rs_shared *shared) {
    rs_runner *runner = rs_rows_alloc(sizeof *runner);
    const rs_plan *plan = shared->plan;
    runner->scene.plan = plan;
    runner->scene.shared = shared;
    runner->scene.tree = rs_tree_create(shared);
    runner->scene.load_end_ns = end_of_last_phase(plan);
    size_t count = (size_t)shared->ledgers.clients + plan->fault_count + plan->upgrade_count;
    runner->scene.processes = rs_rows_alloc(sizeof(rs_pid) * (count + 1));
    runner->scene.mails = rs_mails_create(shared);
    if (init_victims(runner, plan) && runner->scene.mails) return runner;
    rs_runner_destroy(runner);
    return NULL;
}

void rs_runner_destroy(rs_runner *runner) {
    if (!runner) return;
    rs_larder *larder = runner->scene.shared->larder;
    for (uint32_t i = 0; i < runner->scene.plan->fault_count; i++)
        rs_victims_fini(&runner->victims[i], larder);
    free(runner->victims);
    rs_ambushes_fini(&runner->scene.ambushes, runner->scene.plan, larder);
    free(runner->scene.processes);
    rs_mails_destroy(runner->scene.mails);
    rs_tree_destroy(runner->scene.tree);
    free(runner);
}
