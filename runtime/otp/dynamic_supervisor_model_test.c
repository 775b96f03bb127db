/* dynamic_supervisor_model_test.c: a DynamicSupervisor against a model of it that is a plain list:
 * random starts, ends and terminations, with starts that fail or ignore, waits before restarts, and
 * few places; after each step both must agree on everything that can be seen from outside.
 * Source: rule E2.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/otp/dynamic_supervisor.h"

#include "runtime/otp/test/places.h"

#define SEEDS 100u
#define STEPS 300u
#define LIVES 64u /* windows hold no more restarts */

#define STEP_NS MS
#define WAIT_NS (10 * MS + 7) /* however many in a row, they never end with a step */

static const rs_backoff waiting = {.first_ns = WAIT_NS, .max_ns = WAIT_NS, .factor = 1};

/* ------------------------------------------------------------------ chance, for both */

typedef enum outcome { WELL, FAILS, IGNORES } outcome;

/* How the start number `start` of the child at a place goes. */
static outcome fate(uint64_t seed, uint32_t which, uint32_t start) {
    rs_prng chance;
    rs_prng_init_indexed(&chance, seed, "fate", (uint64_t)which << 32 | start);
    uint64_t drawn = rs_prng_below(&chance, 10);
    return drawn < 2 ? FAILS : drawn < 3 ? IGNORES : WELL;
}

static uint64_t the_seed;

static rs_start_result start_by_chance(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    site *at = &places[((const plan *)given->args)->place];
    outcome next = fate(the_seed, (uint32_t)(at - places), rs_load(&at->starts, rs_relaxed));
    rs_store(&at->failures, next == FAILS, rs_relaxed);
    rs_store(&at->ignores, next == IGNORES, rs_relaxed);
    return start_place(given, pid, reason);
}

/* ------------------------------------------------------------------ the model */

/* Every child has a place of its own, never used again. */
typedef struct entry {
    rs_pid pid; /* the latest; 0: there is no such child */
    rs_restart restart;
    bool waits, restarting;
    uint64_t due_ns;
} entry;

typedef struct model {
    uint64_t seed;
    int64_t max_children, intensity;
    uint64_t period_s;
    entry entries[STEPS];
    uint32_t starts[STEPS];
    uint32_t used;
    uint64_t restarts[LIVES]; /* seconds */
    uint32_t restart_count;
    bool ended;
} model;

static model expected;

static uint32_t entries_of(const model *self, bool active_only) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->used; i++)
        count += self->entries[i].pid && !(active_only && self->entries[i].restarting);
    return count;
}

/* S12, read naively. */
static bool may_restart(model *self, uint64_t now_s) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < self->restart_count; i++)
        if (self->restarts[i] + self->period_s >= now_s) self->restarts[kept++] = self->restarts[i];
    CHECK(kept < LIVES);
    self->restarts[kept++] = now_s;
    self->restart_count = kept;
    return kept <= self->intensity;
}

static outcome start_in(model *self, uint32_t which) {
    return fate(self->seed, which, self->starts[which]++);
}

static void wait_for(entry *one, uint64_t now_ns) {
    one->restarting = true;
    one->due_ns = now_ns + WAIT_NS;
}

/* Who waits tries once; who does not tries until it starts, ignores, or the supervisor gives up. */
static void restart_in(model *self, uint32_t which, uint64_t now_ns) {
    entry *one = &self->entries[which];
    for (;;) {
        if (!may_restart(self, now_ns / (1000 * MS))) {
            self->ended = true;
            return;
        }
        outcome next = start_in(self, which);
        one->restarting = false;
        if (next == WELL) one->pid = pid_at(which);
        if (next == IGNORES) one->pid = 0;
        if (next != FAILS) return;
        if (!one->waits) continue;
        wait_for(one, now_ns);
        return;
    }
}

static void end_in(model *self, uint32_t which, const char *reason, uint64_t now_ns) {
    entry *one = &self->entries[which];
    bool abnormal = strcmp(reason, "crash") == 0 || strcmp(reason, "killed") == 0;
    bool again = one->restart == RS_PERMANENT || (one->restart == RS_TRANSIENT && abnormal);
    if (!again)
        one->pid = 0;
    else if (one->waits)
        wait_for(one, now_ns);
    else
        restart_in(self, which, now_ns);
}

static uint32_t next_due(const model *self, uint64_t until_ns) {
    uint32_t next = self->used;
    for (uint32_t i = 0; i < self->used; i++) {
        const entry *one = &self->entries[i];
        if (!one->pid || !one->restarting || one->due_ns > until_ns) continue;
        if (next == self->used || one->due_ns < self->entries[next].due_ns) next = i;
    }
    return next;
}

/* Restarts that have come due. */
static void catch_up(model *self, uint64_t now_ns) {
    for (uint32_t i; !self->ended && (i = next_due(self, now_ns)) < self->used;)
        restart_in(self, i, self->entries[i].due_ns);
}

/* ------------------------------------------------------------------ both */

static bool is_listed(const model *self, rs_term child, uint32_t *restarting) {
    if (child == RS_ATOM(restarting)) return (*restarting)++, true;
    for (uint32_t i = 0; i < self->used; i++)
        if (self->entries[i].pid == child && !self->entries[i].restarting) return true;
    return false;
}

static void lists_the_same(const model *self, rs_pid supervisor) {
    static rs_child_info infos[STEPS];
    uint32_t restarting = 0;
    uint32_t total = rs_dynamic_supervisor_which_children(supervisor, 0, infos, STEPS);
    CHECK_INT(total, entries_of(self, false));
    for (uint32_t i = 0; i < total; i++) CHECK(is_listed(self, infos[i].child, &restarting));
    CHECK_INT(restarting, entries_of(self, false) - entries_of(self, true));
}

static void lives_the_same(const model *self, uint32_t which) {
    const entry *one = &self->entries[which];
    bool lives = !self->ended && one->pid && !one->restarting;
    CHECK_INT(starts_at(which), self->starts[which]);
    if (pid_at(which)) CHECK_INT(rs_is_alive(pid_at(which)), lives);
    if (lives) CHECK(pid_at(which) == one->pid);
}

static void agree(const model *self, rs_pid supervisor) {
    CHECK_INT(rs_is_alive(supervisor), !self->ended);
    for (uint32_t i = 0; i < self->used; i++) lives_the_same(self, i);
    if (self->ended) return;
    rs_child_counts counts;
    CHECK(rs_dynamic_supervisor_count_children(supervisor, &counts));
    CHECK_INT(counts.specs, entries_of(self, false));
    CHECK_INT(counts.active, entries_of(self, true));
    lists_the_same(self, supervisor);
}

static void add_one(model *self, rs_pid supervisor, rs_prng *chance) {
    const plan args = {.place = self->used};
    entry *one = &self->entries[self->used];
    *one =
        (entry){.restart = (rs_restart)rs_prng_below(chance, 3), .waits = rs_prng_below(chance, 2)};
    const rs_child_spec spec = {.start = start_by_chance,
                                .args = &args,
                                .bytes = sizeof args,
                                .restart = one->restart,
                                .shutdown_ns = LONG_NS,
                                .backoff = one->waits ? &waiting : NULL};
    rs_pid pid = 0;
    rs_term reason = 0;
    rs_start_result result =
        rs_dynamic_supervisor_start_child(supervisor, &spec, NULL, &pid, &reason);
    if (entries_of(self, false) >= self->max_children) {
        CHECK_INT(result, RS_START_ERROR);
        is_term(reason, "max_children");
        return;
    }
    static const rs_start_result results[] = {RS_START_OK, RS_START_ERROR, RS_START_IGNORE};
    CHECK_INT(result, results[start_in(self, self->used++)]);
    if (result == RS_START_OK) one->pid = pid;
    if (result == RS_START_ERROR) is_term(reason, "{no,\"place\"}");
}

/* One of those that ever were, if any. */
static uint32_t choose(const model *self, rs_prng *chance) {
    return (uint32_t)rs_prng_below(chance, self->used ? self->used : 1);
}

static void end_one(model *self, rs_prng *chance) {
    static const char *const reasons[] = {"normal", "shutdown", "{shutdown,x}", "crash", "killed"};
    uint32_t which = choose(self, chance);
    const char *reason = reasons[rs_prng_below(chance, 5)];
    const entry *one = &self->entries[which];
    if (!one->pid || one->restarting) return;
    end_place(which, reason);
    uint64_t now_ns = rs_now_ns();
    wait_ns(1); /* restarted by now */
    end_in(self, which, reason, now_ns);
}

static void terminate_one(model *self, rs_pid supervisor, rs_prng *chance) {
    uint32_t which = choose(self, chance);
    rs_pid pid = pid_at(which);
    bool known = pid && self->entries[which].pid == pid;
    is_term(rs_dynamic_supervisor_terminate_child(supervisor, pid),
            known ? "ok" : "{error,not_found}");
    if (known) self->entries[which].pid = 0;
}

static void begin(model *self, rs_prng *chance, rs_pid *supervisor) {
    rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    const rs_start_options options = {.link = true};
    *self = (model){.seed = rs_prng_next(chance),
                    .max_children = spec.max_children = (int64_t)rs_prng_below(chance, 12),
                    .intensity = spec.intensity = (int64_t)rs_prng_below(chance, LIVES - 1),
                    .period_s = (uint64_t)(spec.period_s = 1 + (int64_t)rs_prng_below(chance, 3))};
    the_seed = self->seed;
    empty_places();
    CHECK_INT(rs_dynamic_supervisor_start(&spec, &options, supervisor, NULL), RS_START_OK);
}

static void step(model *self, rs_pid supervisor, rs_prng *chance) {
    uint64_t drawn = rs_prng_below(chance, 20);
    if (drawn < 8)
        add_one(self, supervisor, chance);
    else if (drawn < 15)
        end_one(self, chance);
    else if (drawn < 18)
        terminate_one(self, supervisor, chance);
    uint64_t pause_ns = STEP_NS * (1 + (drawn == 19) * rs_prng_below(chance, 900));
    wait_ns(pause_ns - rs_now_ns() % STEP_NS); /* steps begin with whole ones */
    catch_up(self, rs_now_ns());
    agree(self, supervisor);
}

static uint32_t ended, lasted; /* how many supervisors did */

static void live_by_chance(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = 0;
    rs_prng chance;
    rs_prng_init_indexed(&chance, variant_of(args), "model", 0);
    rs_trap_exit(true);
    begin(&expected, &chance, &supervisor);
    for (uint32_t i = 0; i < STEPS && !expected.ended; i++) step(&expected, supervisor, &chance);
    if (expected.ended) {
        expect_exit(supervisor, "shutdown");
        ended++;
        return;
    }
    stop_normally(supervisor);
    expected.ended = true;
    agree(&expected, supervisor);
    lasted++;
}

TEST(E2_a_supervisor_does_what_the_model_does) {
    const rs_runtime_options exact = {.clock = RS_CLOCK_VIRTUAL};
    for (uint32_t seed = 0; seed < SEEDS; seed++) run_with(&exact, live_by_chance, seed);
    CHECK(ended >= SEEDS / 10 && lasted >= SEEDS / 10); /* else it is no test of one of them */
}

TEST_MAIN()
