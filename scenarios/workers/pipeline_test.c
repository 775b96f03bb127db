/* pipeline_test.c: three stages under the virtual clock: many items are on their way at once.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/pipeline.h"

#include "scenarios/workers/test/ask.h"

static const rs_pipeline_config first = {.serving = {.service_time = CONSTANT(MS)},
                                         .next = "second"};
static const rs_pipeline_config second = {.serving = {.service_time = CONSTANT(3 * MS)},
                                          .next = "third"};
static const rs_pipeline_config third = {.serving = {.service_time = CONSTANT(MS)}};

static rs_pid start_all(void) {
    start_worker("pipeline", "third", &third);
    start_worker("pipeline", "second", &second);
    return start_worker("pipeline", "first", &first);
}

static void flow(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid entry = start_all();
    uint64_t start_ns = rs_now_ns();
    for (uint64_t key = 0; key < 4; key++) ask_aside(entry, key);
    for (uint64_t i = 0; i < 4; i++) {
        told done = hear();
        CHECK(done.type == &rs_service_done_type);
        CHECK_INT(done.key, i);
        CHECK_INT(done.time_ns - start_ns, (5 + 3 * i) * MS); /* the slowest stage sets the pace */
    }
}

TEST(items_overtake_nobody_and_the_slowest_stage_sets_the_pace) {
    run_with(RS_CLOCK_VIRTUAL, flow);
}

static void check_down(const rs_message *answer, const char *path) {
    CHECK(answer->type == &rs_service_down_type);
    CHECK_STR(((const rs_service_down *)rs_message_payload(answer))->path, path);
}

static void lose_a_stage(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid entry = start_worker("pipeline", "first", &first);
    rs_service_request request = {0};
    rs_term reason = 0;
    check_down(ask(entry, 0), "second");
    rs_pid middle = start_worker("pipeline", "second", &second);
    check_down(ask(entry, 0), "third");
    start_worker("pipeline", "third", &third);
    CHECK(ask(entry, 0)->type == &rs_service_done_type);
    ask_aside(entry, 0);
    rs_sleep(2 * MS);
    kill_and_wait(middle); /* with an item in it: nobody answers */
    CHECK(!rs_gen_server_try_call(entry, &rs_service_request_type, &request, sizeof request, 0,
                                  &reason));
    CHECK(rs_receive(is_told, NULL, 1000 * MS) == NULL);
}

TEST(a_stage_that_is_missing_is_named_and_one_that_crashes_loses_its_items) {
    run_with(RS_CLOCK_VIRTUAL, lose_a_stage);
}

static void degrade(const void *args, uint32_t bytes) {
    const rs_pipeline_config without = {
        .serving = {.depends_on = {.items = (const char *const[]){"db"}, .count = 1},
                    .when_down = RS_DOWN_DEGRADE},
        .next = "third"};
    (void)args;
    (void)bytes;
    rs_pid entry = start_worker("pipeline", "first", &without);
    start_worker("pipeline", "third", &third);
    CHECK(ask(entry, 0)->type == &rs_service_degraded_type);
}

TEST(what_one_stage_went_without_the_last_one_says) {
    run_with(RS_CLOCK_VIRTUAL, degrade);
}

static void flow_really(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid entry = start_all();
    uint64_t start_ns = rs_now_ns();
    CHECK(ask(entry, 0)->type == &rs_service_done_type);
    CHECK(rs_now_ns() - start_ns >= 5 * MS);
}

TEST(real_time_is_never_shorter) {
    run_with(RS_CLOCK_REAL, flow_really);
}

TEST_MAIN()
