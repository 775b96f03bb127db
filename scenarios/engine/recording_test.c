/* recording_test.c: a run whose choices are recorded is repeated by them, and by nothing less.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/recording.h"

#include "scenarios/engine/test/trial.h"

static void run(const char *scheduler, uint32_t threads, rs_choices *record,
                const rs_choices *replay, char hash[32]) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual, scheduler: '%s', threads: %u }\n"
             "tree:\n"
             "  id: top\n"
             "  strategy: one_for_all\n"
             "  intensity: 100\n"
             "  children: [{ id: left, worker: echo }, { id: right, worker: echo }]\n"
             "load:\n"
             "  - { id: some, target: left, clients: 4 }\n"
             "  - { id: more, target: right, clients: 4, rate: poisson(10k/s) }\n"
             "phases: { storm: 20ms, heal: 10ms }\n"
             "faults: [{ id: k, crash: left, how: kill, every: 3ms, during: storm }]\n",
             scheduler, threads);
    rs_plan *plan = parse(text);
    rs_result *result = rs_result_create();
    rs_engine_options options = {
        .seed = 1, .events_fd = -1, .choices_record = record, .choices_replay = replay};
    rs_ending ending;
    int events_error;
    rs_engine_run(plan, &options, result, &ending, &events_error);
    CHECK_INT(ending.status, RS_RESULT_COMPLETE);
    snprintf(hash, 32, "%s", result->trace_hash);
    rs_result_destroy(result);
    rs_plan_destroy(plan);
}

static void check_repeats(const char *scheduler, uint32_t threads) {
    char plain[32], recorded[32], replayed[32], less[32];
    rs_choices *record = rs_recording_create(), *again = rs_recording_create();
    CHECK(record && again);
    run(scheduler, threads, NULL, NULL, plain);
    run(scheduler, threads, record, NULL, recorded);
    CHECK_STR(recorded, plain);
    CHECK(record->count > 100 && rs_recording_is_whole(record));
    run("replay", threads, again, record, replayed);
    CHECK_STR(replayed, recorded);
    CHECK_INT(again->count, record->count);
    CHECK(memcmp(again->at, record->at, record->count * sizeof *record->at) == 0);
    record->count /= 2; /* from there on as fifo */
    run("replay", threads, NULL, record, less);
    CHECK(strcmp(less, recorded) != 0);
    rs_recording_destroy(again);
    rs_recording_destroy(record);
}

TEST(random_is_repeated_by_its_choices) {
    check_repeats("random", 1);
}
TEST(random_on_three_cores_is) {
    check_repeats("random", 3);
}
TEST(pct_is_repeated_by_its_choices) {
    check_repeats("pct(3, 200)", 1);
}

/* What found no room is chosen as fifo would, and nothing behind it is read. */
TEST(a_recording_that_is_too_short_is_known) {
    char recorded[32], replayed[32];
    rs_choices *record = rs_recording_create();
    CHECK(record);
    record->room = 50;
    record->at[50] = 0xdead;
    run("random", 1, record, NULL, recorded);
    CHECK(!rs_recording_is_whole(record));
    CHECK_INT(record->at[50], 0xdead);
    run("replay", 1, NULL, record, replayed);
    CHECK(strcmp(replayed, recorded) != 0);
    rs_recording_destroy(record);
}

TEST_MAIN()
