/* agent_test.c: functions that are sent to where the memory is; everywhere.
 * Source: rule E5.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/agent.h"

#include "runtime/process/test/puppet.h"

#include <string.h>

/* The best scores of a game, best first: what agents are for. */
#define SCORES 10

typedef struct scores {
    uint32_t count;
    int64_t best[SCORES];
} scores;

static void add_score(void *state, const void *args, void *result) {
    scores *self = state;
    int64_t score = *(const int64_t *)args;
    uint32_t place = self->count;
    while (place > 0 && self->best[place - 1] < score) place--;
    if (result) *(uint32_t *)result = place;
    if (place == SCORES) return;
    if (self->count < SCORES) self->count++;
    memmove(&self->best[place + 1], &self->best[place], (self->count - place - 1) * sizeof score);
    self->best[place] = score;
}

static void current_scores(const void *state, const void *args, void *result) {
    CHECK(args == NULL);
    memcpy(result, state, sizeof(scores));
}

static void begin_with(void *state, const void *args, void *result) {
    CHECK(result == NULL);
    add_score(state, args, NULL);
}

static rs_pid start_scores(void) {
    const int64_t first = 50;
    rs_pid pid = 0;
    CHECK_INT(rs_agent_start(sizeof(scores), begin_with, &first, sizeof first, NULL, &pid, NULL),
              RS_START_OK);
    return pid;
}

static scores read_scores(rs_pid agent) {
    scores now;
    rs_agent_get(agent, current_scores, NULL, 0, &now, sizeof now, LONG_NS);
    return now;
}

static void keeps_scores(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid agent = start_scores();
    static const int64_t given[] = {70, 10, 60, 80, 20, 30, 40, 5, 90, 100};
    static const uint32_t places[] = {0, 2, 1, 0, 4, 4, 4, 8, 0, 0};
    for (int i = 0; i < 10; i++) {
        uint32_t place = 77;
        rs_agent_get_and_update(agent, add_score, &given[i], sizeof given[i], &place, sizeof place,
                                LONG_NS);
        CHECK_INT(place, places[i]);
    }
    const int64_t late = 85, low = 1;
    rs_agent_update(agent, add_score, &late, sizeof late, LONG_NS);
    rs_agent_cast(agent, add_score, &low, sizeof low);
    static const int64_t expected[SCORES] = {100, 90, 85, 80, 70, 60, 50, 40, 30, 20};
    scores now = read_scores(agent);
    CHECK_INT(now.count, SCORES);
    CHECK(memcmp(now.best, expected, sizeof expected) == 0);
    kill_and_wait(agent);
}
TEST(what_is_sent_runs_where_the_memory_is) {
    everywhere(keeps_scores);
}

/* ------------------------------------------------------------------ many at a time */

static void count_one(void *state, const void *args, void *result) {
    (void)args;
    int64_t seen = *(int64_t *)state;
    *(int64_t *)state = seen + 1;
    if (result) *(int64_t *)result = seen;
}

static void counts(const void *args, uint32_t bytes) {
    (void)bytes;
    int64_t last = -1, seen = 0;
    for (int i = 0; i < 500; i++) {
        rs_agent_get_and_update(*(const rs_pid *)args, count_one, NULL, 0, &seen, sizeof seen,
                                LONG_NS);
        CHECK(seen > last);
        last = seen;
    }
}

static void many_count(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid agent = 0;
    int64_t sum = 0;
    CHECK_INT(rs_agent_start(sizeof sum, NULL, NULL, 0, NULL, &agent, NULL), RS_START_OK);
    for (int i = 0; i < 8; i++) {
        rs_ref ref;
        rs_spawn_monitor(counts, &agent, sizeof agent, &ref);
    }
    all_end(8);
    rs_agent_get_and_update(agent, count_one, NULL, 0, &sum, sizeof sum, LONG_NS);
    CHECK_INT(sum, 4000);
    kill_and_wait(agent);
}
TEST(nothing_is_lost_between_many) {
    everywhere(many_count);
}

/* ------------------------------------------------------------------ failures */

static void crash(const void *state, const void *args, void *result) {
    (void)state, (void)args, (void)result;
    rs_crash(RS_ATOM(sigsegv));
}

static void calls_a_crash(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_agent_get(*(const rs_pid *)args, crash, NULL, 0, NULL, 0, LONG_NS);
}

static void fails(void *state, const void *args, void *result) {
    (void)state, (void)args, (void)result;
    rs_exit(RS_ATOM(init_failed));
}

static void sees_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid agent = start_scores(), pid = 0;
    rs_term reason = 0;
    rs_ref ends_agent = rs_monitor(agent), ends_caller = 0;
    rs_pid caller = rs_spawn_monitor(calls_a_crash, &agent, sizeof agent, &ends_caller);
    expect_down(agent, ends_agent, "sigsegv");
    wanted this = {caller, ends_caller, RS_MESSAGE_DOWN};
    const rs_message *down = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(down != NULL);
    rs_term first = rs_term_element(rs_message_reason(down), 0);
    CHECK(first == RS_ATOM(sigsegv));
    CHECK_INT(rs_agent_start(8, fails, NULL, 0, NULL, &pid, &reason), RS_START_ERROR);
    CHECK(reason == RS_ATOM(init_failed));
}
TEST(who_sends_a_crash_has_it_back) {
    everywhere(sees_crashes);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {keeps_scores, many_count, sees_crashes};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(agents_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
