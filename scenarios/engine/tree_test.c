/* tree_test.c: what a worker is told when it is started, and the generic workers in trees of every
 * strategy, in whole runs.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tree.h"

#include "runtime/otp/gen_server.h"
#include "scenarios/engine/test/trial.h"

#include <stdio.h>
#include <sys/mman.h>

/* ------------------------------------------------------------------ what it is told */

#define STARTS_MAX 64

/* The run is another OS process's: what is written down is in memory that both see. */
typedef struct notes {
    uint32_t count;
    struct note {
        char role[64];
        uint64_t seed, drawn;
        uint32_t incarnation;
    } at[STARTS_MAX];
} notes;

static notes *noted;

static rs_next note_init(void *state, const void *args, uint32_t bytes) {
    const rs_worker_args *start = args;
    struct note *note = &noted->at[noted->count++];
    rs_prng prng;
    (void)state;
    (void)bytes;
    rs_worker_stream(start, "note", &prng);
    snprintf(note->role, sizeof note->role, "%s", start->role);
    note->seed = start->seed;
    note->incarnation = start->incarnation;
    note->drawn = rs_prng_next(&prng);
    return RS_INIT_OK;
}

static rs_next note_call(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    return rs_reply(request->type, request->payload, request->bytes);
}

static const rs_gen_server note_server = {
    .name = "noter", .init = note_init, .handle_call = note_call};
static const rs_worker noter = {.name = "noter", .about = "notes", .server = &note_server};

static void run_noters(uint64_t seed) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual, seed: %u }\n"
             "tree:\n"
             "  id: top\n"
             "  intensity: 100\n"
             "  children:\n"
             "    - { id: left, worker: echo }\n"
             "    - { id: right, worker: echo }\n"
             "phases: { storm: 100ms, heal: 20ms }\n"
             "faults: [{ id: k, crash: left, how: kill, every: 30ms }]\n",
             (unsigned)seed);
    rs_plan *plan = parse(text);
    for (uint32_t i = 0; i < 2; i++) put_worker(plan->root->children[i], &noter);
    memset(noted, 0, sizeof *noted);
    trial made = run_plan(plan);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    finish_trial(&made);
}

TEST(a_worker_is_told_its_role_its_incarnation_and_the_seed) {
    static const struct {
        const char *role;
        uint32_t incarnation;
    } expected[] = {{"left", 1}, {"right", 1}, {"left", 2}, {"left", 3}, {"left", 4}};
    noted =
        mmap(NULL, 3 * sizeof *noted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(noted != MAP_FAILED);
    run_noters(7);
    CHECK_INT(noted->count, 5);
    for (uint32_t i = 0; i < noted->count; i++) {
        CHECK_STR(noted->at[i].role, expected[i].role);
        CHECK_INT(noted->at[i].incarnation, expected[i].incarnation);
        CHECK_INT(noted->at[i].seed, 7);
        for (uint32_t k = 0; k < i; k++) CHECK(noted->at[k].drawn != noted->at[i].drawn);
    }
    noted[1] = noted[0];
    run_noters(7);
    CHECK(memcmp(&noted[0], &noted[1], sizeof *noted) == 0);
    run_noters(8);
    CHECK(noted[0].at[0].drawn != noted[1].at[0].drawn);
    munmap(noted, 3 * sizeof *noted);
}

/* ------------------------------------------------------------------ generic workers */

static const char tree_of_all[] =
    "scenario: test\n"
    "runtime: { clock: %s, threads: %u }\n"
    "tree:\n"
    "  id: top\n"
    "  strategy: %s\n"
    "  intensity: 1000\n"
    "  children:\n"
    "    - { id: db, worker: service, service_time: exponential(100us), state: 64KiB }\n"
    "    - { id: conns, worker: pool, size: 3, queue: 8, service_time: 100us, depends_on: db }\n"
    "    - { id: cache, worker: cache, backend: conns, keys: 100, capacity: 50 }\n"
    "    - { id: web, worker: service, depends_on: [cache], when_down: degrade }\n"
    "    - { id: s1, worker: pipeline, next: s2, service_time: 'uniform(10us, 90us)' }\n"
    "    - { id: s2, worker: pipeline, next: s3, service_time: 'erlang(3, 60us)' }\n"
    "    - { id: s3, worker: pipeline, service_time: 'two(20us, 1ms, 5%%)' }\n"
    "    - { id: r1, worker: ring, next: r2, hop_time: 10us, resend: 5ms }\n"
    "    - { id: r2, worker: ring, next: r3, hop_time: 10us, resend: 5ms }\n"
    "    - { id: r3, worker: ring, next: r1, hop_time: 10us, resend: 5ms }\n"
    "load:\n"
    "  - { id: gets, target: web, clients: 4, rate: 1k/s, timeout: 50ms }\n"
    "  - { id: passes, target: s1, clients: 4, rate: 500/s, timeout: 50ms }\n"
    "  - { id: rounds, target: r1, clients: 2, rate: 100/s, timeout: 50ms }\n"
    "phases: { calm: 20ms, storm: 150ms, heal: 80ms }\n"
    "faults: [{ id: k, crash: '*', how: kill, every: 7ms, during: storm }]\n";

static void run_all(const char *clock, unsigned threads, const char *strategy) {
    char text[4096];
    snprintf(text, sizeof text, tree_of_all, clock, threads, strategy);
    trial made = run_plan(parse(text));
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    bool is_exact = strcmp(clock, "virtual") == 0; /* a busy machine answers as it can */
    CHECK(value(made.result, "faults.hit", NULL) >= (is_exact ? 10 : 1));
    CHECK(value(made.result, "calls.answered", NULL) > (is_exact ? 150 : 0));
    CHECK_INT(value(made.result, "calls.open", NULL), 0);
    CHECK_INT(value(made.result, "orphans", NULL), 0);
    CHECK_INT(value(made.result, "restart.unfinished", NULL), 0);
    CHECK_INT(value(made.result, "escalations", NULL), 0);
    finish_trial(&made);
}

static const char *const strategies[] = {"one_for_one", "rest_for_one", "one_for_all"};

TEST(generic_workers_live_under_every_strategy_in_virtual_time) {
    for (size_t i = 0; i < 3; i++) run_all("virtual", 1, strategies[i]);
    run_all("virtual", 4, "one_for_one");
}

TEST(generic_workers_live_under_every_strategy_in_real_time) {
    for (size_t i = 0; i < 3; i++) run_all("real", 2, strategies[i]);
}

TEST_MAIN()
