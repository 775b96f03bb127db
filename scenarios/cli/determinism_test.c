/* determinism_test.c: a virtual run is a pure function of scenario and seed.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/determinism.h"

#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <sys/mman.h>

#define VIRTUAL "--set runtime.clock=virtual --set runtime.scheduler=fifo "
/* A storm of a hundred crashes at a few games, small enough for a sanitizer. */
#define SMALL                                                                                      \
    "scenarios/high_scores.yaml --set setup[0].count=50 --set load.players.clients=4 "             \
    "--set phases.warm=5ms --set phases.steady=5ms --set phases.storm=100ms "                      \
    "--set phases.heal=20ms --set expect=[orphans==0] "

/* The story of a run, and its trace hash. */
static char *tell(const char *arguments, char hash[32]) {
    char command[1024];
    const char *path = scratch("events.jsonl");
    snprintf(command, sizeof command, "run %s --export-events %s", arguments, path);
    CHECK_EXIT(command, 0);
    const char *trace = strstr(the_program.out, "trace 1:");
    CHECK(trace != NULL);
    snprintf(hash, 32, "%.18s", trace + 6);
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    CHECK(file != NULL);
    CHECK(getdelim(&text, &room, 0, file) > 0);
    fclose(file);
    unlink(path);
    return text;
}

TEST(the_same_seed_tells_the_same_story_to_the_byte) {
    char first_hash[32], second_hash[32];
    char *first = tell(SMALL VIRTUAL "--seed 7", first_hash);
    char *second = tell(SMALL VIRTUAL "--seed 7", second_hash);
    CHECK(strcmp(first, second) == 0);
    CHECK_STR(first_hash, second_hash);
    CHECK_SAYS(first, "\"reason\":\"sigsegv\"");
    free(first);
    free(second);
}

TEST(another_seed_tells_another_story) {
    char seven[32], eight[32];
    free(tell(SMALL VIRTUAL "--seed 7", seven));
    free(tell(SMALL VIRTUAL "--seed 8", eight));
    CHECK(strcmp(seven, eight) != 0);
}

TEST(a_fault_that_moves_changes_the_story) {
    char before[32], after[32];
    free(tell("scenarios/smoke.yaml " VIRTUAL, before));
    free(tell("scenarios/smoke.yaml --set faults.strike.at=51ms " VIRTUAL, after));
    CHECK(strcmp(before, after) != 0);
}

static const char calm[] = "scenario: calm\n"
                           "tree:\n"
                           "  id: calm\n"
                           "  strategy: one_for_one\n"
                           "  children: [{ id: left, worker: echo }, { id: right, worker: echo }]\n"
                           "load: [{ id: all, target: left, clients: 2, rate: poisson(1k/s) }]\n"
                           "phases: { on: 50ms, off: 50ms }\n"
                           "faults:\n"
                           "  - { id: one, crash: right, how: kill, at: 10ms, during: on }\n";

static void tell_calm(const char *more, char hash[32], char **story) {
    char text[1024], arguments[256];
    const char *path = scratch("calm.yaml");
    snprintf(text, sizeof text, "%s%s", calm, more);
    write_text(path, text);
    snprintf(arguments, sizeof arguments, "%s " VIRTUAL, path);
    *story = tell(arguments, hash);
    unlink(path);
}

TEST(a_fault_of_rate_0_changes_nothing) {
    char without[32], with[32];
    char *first, *second;
    tell_calm("", without, &first);
    tell_calm("  - { id: none, crash: left, how: kill, rate: 0/s, during: on }\n", with, &second);
    CHECK_STR(without, with);
    CHECK(strcmp(first, second) == 0);
    free(first);
    free(second);
}

TEST(verify_determinism_runs_twice) {
    CHECK_EXIT("run " SMALL VIRTUAL "--verify-determinism", 0);
    CHECK_SAYS(the_program.out, "run twice");
    CHECK_EXIT("run scenarios/smoke.yaml --verify-determinism", 2);
    CHECK_SAYS(the_program.err, "virtual");
    CHECK_EXIT("run scenarios/smoke.yaml " VIRTUAL "--verify-determinism --repeat 2", 2);
    CHECK_SAYS(the_program.err, "--repeat");
}

/* Ties broken by address are the classic way to lose determinism; this build has one. */
TEST(a_tie_ordered_by_address_is_caught) {
    the_program_name = "tests/respawn_planted_tie";
    CHECK_EXIT("run " SMALL VIRTUAL "--set load.players.clients=16 --verify-determinism", 5);
    CHECK_SAYS(the_program.err, "the runs part at ");
}

/* ------------------------------------------------------------------ a lost event */

static uint64_t count_events(const char *story) {
    uint64_t lines = 0;
    for (const char *at = story; (at = strchr(at, '\n')); at++) lines++;
    return lines - 1; /* the first is the head */
}

static void drop(uint64_t event, const char *run) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)event);
    setenv("RESPAWN_DROP", text, 1);
    setenv("RESPAWN_DROP_RUN", run, 1);
}

static void check_hash_without(const char *arguments, uint64_t event, const char *whole) {
    char hash[32];
    drop(event, "1");
    free(tell(arguments, hash));
    if (strcmp(hash, whole) == 0)
        rs_test_fail(__FILE__, __LINE__, "without event %llu the hash is the same",
                     (unsigned long long)event);
}

/* Each event of a story that has one of nearly every kind. */
TEST(the_hash_hears_of_every_event) {
    char arguments[256], whole[32], hash[32];
    const char *path = scratch("lossy.yaml");
    write_text(path, "scenario: lossy\n"
                     "tree:\n"
                     "  id: lossy\n"
                     "  strategy: one_for_all\n"
                     "  intensity: 1\n"
                     "  children: [{ id: left, worker: echo }, { id: right, worker: echo }]\n"
                     "load: [{ id: all, target: left, clients: 1, rate: 1k/s, timeout: 1ms }]\n"
                     "phases: { on: 30ms, off: 10ms }\n"
                     "faults: [{ id: k, crash: right, how: kill, every: 10ms, during: on, "
                     "may_miss: true }]\n");
    snprintf(arguments, sizeof arguments, "%s " VIRTUAL, path);
    char *story = tell(arguments, whole);
    uint64_t events = count_events(story);
    CHECK_SAYS(story, "\"escalated\"");
    CHECK(events > 15);
    free(story);
    the_program_name = "tests/respawn_planted_drop";
    for (uint64_t event = 1; event <= events; event++) check_hash_without(arguments, event, whole);
    drop(events + 1, "1");
    free(tell(arguments, hash));
    CHECK_STR(hash, whole);
    unlink(path);
}

#define LOSSY SMALL VIRTUAL "--set phases.storm=20ms --set expect=[calls.lost==0] --seed 7 "

TEST(a_lost_event_of_a_storm_changes_its_hash) {
    char whole[32];
    char *story = tell(LOSSY, whole);
    uint64_t events = count_events(story);
    free(story);
    the_program_name = "tests/respawn_planted_drop";
    const uint64_t lost[] = {1, events / 2, events};
    for (size_t i = 0; i < 3; i++) check_hash_without(LOSSY, lost[i], whole);
}

TEST(verify_determinism_finds_where_an_event_was_lost) {
    char hash[32], expected[64];
    char *story = tell(LOSSY, hash);
    uint64_t events = count_events(story);
    free(story);
    the_program_name = "tests/respawn_planted_drop";
    const uint64_t lost[] = {1, events / 2, events};
    for (size_t i = 0; i < 3; i++) {
        drop(lost[i], "2");
        CHECK_EXIT("run " LOSSY "--verify-determinism", 5);
        snprintf(expected, sizeof expected,
                 "the runs part at event %llu:", (unsigned long long)lost[i]);
        CHECK_SAYS(the_program.err, expected);
    }
    drop(0, "2");
    CHECK_EXIT("run " LOSSY "--verify-determinism", 0);
}

TEST(verify_determinism_finds_the_call_that_was_lost) {
    the_program_name = "tests/respawn_planted_drop";
    drop(0, "2");
    setenv("RESPAWN_DROP_CALL", "20", 1);
    CHECK_EXIT("run " LOSSY "--verify-determinism", 5);
    setenv("RESPAWN_DROP_CALL", "0", 1);
    CHECK_SAYS(the_program.err, "the runs part at a call after event ");
    CHECK_SAYS(the_program.err, "\"call\":\"players\"");
}

/* What is kept for the comparison is not what is exported. */
TEST(verified_events_are_those_of_a_plain_run) {
    char first[32], second[32];
    char *plain = tell(LOSSY, first), *verified = tell(LOSSY "--verify-determinism", second);
    CHECK(strcmp(verified, plain) == 0);
    CHECK_STR(second, first);
    free(verified);
    free(plain);
}

/* ------------------------------------------------------------------ choosers */

/* Nothing in it is left to chance but whose turn it is. */
static const char turns[] =
    "scenario: turns\n"
    "tree:\n"
    "  id: turns\n"
    "  strategy: one_for_one\n"
    "  children: [{ id: left, worker: echo }, { id: right, worker: echo }]\n"
    "load:\n"
    "  - { id: some, target: left, clients: 5 }\n"
    "  - { id: more, target: right, clients: 5 }\n"
    "phases: { on: 5ms, off: 5ms }\n";

static void tell_turns(const char *scheduler, const char *threads, const char *seed,
                       char hash[32]) {
    char arguments[256];
    const char *path = scratch("turns.yaml");
    write_text(path, turns);
    snprintf(arguments, sizeof arguments,
             "%s --set runtime.clock=virtual --set \"runtime.scheduler=%s\" --set "
             "runtime.threads=%s --seed %s",
             path, scheduler, threads, seed);
    free(tell(arguments, hash));
    unlink(path);
}

static void check_chooser(const char *scheduler, const char *threads) {
    char first[32], again[32], other[32];
    tell_turns(scheduler, threads, "1", first);
    tell_turns(scheduler, threads, "1", again);
    tell_turns(scheduler, threads, "2", other);
    CHECK_STR(first, again);
    CHECK(strcmp(first, other) != 0);
}

TEST(choosers_follow_the_seed) {
    char first[32], other[32];
    tell_turns("fifo", "1", "1", first);
    tell_turns("fifo", "1", "2", other);
    CHECK_STR(first, other);
    check_chooser("random", "1");
    check_chooser("random", "3");
    check_chooser("pct(3)", "1");
    check_chooser("pct(3, 100)", "2");
}

TEST(replay_without_a_recording_is_refused) {
    CHECK_EXIT("run scenarios/smoke.yaml " VIRTUAL "--set runtime.scheduler=replay", 2);
    CHECK_SAYS(the_program.err, "follows the 'choices' of a 'failure', and there are none");
}

/* ------------------------------------------------------------------ the comparison itself */

static int make_file(const char *text) {
    int fd = memfd_create("events", MFD_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, text, strlen(text)), (int64_t)strlen(text));
    return fd;
}

static bool compare(const char *first, const char *second, const char *first_hash,
                    const char *second_hash, char report[512]) {
    int a = make_file(first), b = make_file(second);
    rs_result one = {.trace_hash = first_hash}, two = {.trace_hash = second_hash};
    FILE *out = fmemopen(report, 512, "w");
    bool same = rs_determinism_compare(&one, &two, a, b, out);
    fclose(out);
    close(a);
    close(b);
    return same;
}

#define CALL_LINE       "{\"t_ns\":7,\"call\":\"all\",\"client\":2}\n"
#define OTHER_CALL_LINE "{\"t_ns\":7,\"call\":\"all\",\"client\":0,\"reason\":\"timeout\"}\n"

TEST(a_dropped_event_is_found) {
    char report[512] = "";
    CHECK(compare("head\none\ntwo\n", "head\none\ntwo\n", "1:a", "1:a", report));
    CHECK(!compare("head\none\ntwo\n", "head\ntwo\n", "1:a", "1:a", report));
    CHECK_SAYS(report, "part at event 1");
    CHECK(!compare("head\none\n", "head\none\ntwo\n", "1:a", "1:a", report));
    CHECK_SAYS(report, "(the end)");
    CHECK(!compare("head\n", "head\n", "1:a", "1:b", report));
    CHECK_SAYS(report, "tell the same and have other traces");
}

TEST(a_dropped_call_is_found) {
    char report[512] = "";
    CHECK(!compare("head\none\n" CALL_LINE "two\n", "head\none\ntwo\n", "1:a", "1:b", report));
    CHECK_SAYS(report, "part at event 2:"); /* that one has come too early */
    CHECK(!compare("head\none\n" CALL_LINE, "head\none\n", "1:a", "1:b", report));
    CHECK_SAYS(report, "part at a call after event 1:");
    CHECK_SAYS(report, "(the end)");
    CHECK(!compare("head\n" CALL_LINE, "head\n" OTHER_CALL_LINE, "1:a", "1:b", report));
    CHECK_SAYS(report, "part at a call after event 0:");
    CHECK_SAYS(report, "first:  " CALL_LINE);
    CHECK_SAYS(report, "second: " OTHER_CALL_LINE);
}

/* ------------------------------------------------------------------ what is shipped */

static void check_twice(const char *arguments) {
    char first_hash[32], second_hash[32];
    char *first = tell(arguments, first_hash), *second = tell(arguments, second_hash);
    CHECK(strcmp(first, second) == 0);
    CHECK_STR(first_hash, second_hash);
    free(first);
    free(second);
}

TEST(shipped_smoke_is_deterministic) {
    check_twice("scenarios/smoke.yaml " VIRTUAL);
}

TEST(shipped_first_service_is_deterministic) {
    check_twice("scenarios/first_service.yaml " VIRTUAL);
}

TEST(shipped_null_is_deterministic) {
    check_twice("scenarios/null.yaml --set phases.run=20ms " VIRTUAL);
}

TEST(shipped_high_scores_is_deterministic) {
    check_twice(SMALL VIRTUAL);
}

/* The virtual clock plays any number of cores. */
TEST(many_cores_are_deterministic_too) {
    check_twice(SMALL "--set runtime.clock=virtual --set runtime.scheduler=steal "
                      "--set runtime.threads=4");
}

TEST_MAIN()
