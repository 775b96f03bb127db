/* observe_test.c: what an observer sends is a message like any other, from nobody, also when it is
 * told of a death.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/observe.h"

#include "runtime/process/test/run.h"

#include <string.h>
#include <time.h>

#define ROLE  7u
#define TIMES 200u

static const rs_type word_type = {.name = "word"};

static struct {
    rs_pid to;
    rs_atomic_u32 sent, refused;
} told;

/* Every event is passed on, with its kind. */
static void pass_on(void *context, const rs_event *event) {
    (void)context;
    uint64_t kind = event->kind;
    if (rs_observer_send(told.to, &word_type, &kind, sizeof kind))
        rs_add(&told.sent, 1, rs_relaxed);
    else
        rs_add(&told.refused, 1, rs_relaxed);
}

static const rs_observer observer = {.event = pass_on};

static void take_word(rs_event_kind kind) {
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    uint64_t given;
    CHECK(message && message->type == &word_type && message->from == 0);
    memcpy(&given, message->payload, sizeof given);
    CHECK_INT(given, kind);
}

static void hear_of_deaths(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    told.to = rs_self();
    for (uint32_t i = 0; i < TIMES; i++) {
        const rs_spawn_options options = {.entry = ends, .role = ROLE};
        rs_pid pid;
        CHECK(rs_spawn_opt(&options, &pid) == RS_OK);
    }
    for (uint32_t i = 0; i < TIMES; i++) take_word(RS_EVENT_EXIT);
    rs_emit(RS_EVENT_REACHABLE, rs_self(), ROLE, 0);
    take_word(RS_EVENT_REACHABLE);
    CHECK_INT(rs_load(&told.sent, rs_relaxed), TIMES + 1);
}

static void run_observed(rs_runtime_options options) {
    memset(&told, 0, sizeof told);
    options.observer = &observer;
    run_on(&options, hear_of_deaths);
    CHECK_INT(rs_load(&told.refused, rs_relaxed), 0);
}

TEST(an_observer_sends_what_it_hears) {
    run_observed(one_core);
    run_observed(three_cores);
    run_observed(two_threads);
}

static void send_to_the_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    told.to = rs_spawn(ends, NULL, 0);
    while (rs_is_alive(told.to)) rs_yield();
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_emit(RS_EVENT_REACHABLE, rs_self(), ROLE, 0);
    rs_memory_read(&after);
    CHECK_INT(rs_load(&told.refused, rs_relaxed), 1);
    CHECK_INT(after.message, before.message);
}

TEST(what_is_sent_to_the_dead_is_refused) {
    memset(&told, 0, sizeof told);
    rs_runtime_options options = one_core;
    options.observer = &observer;
    run_on(&options, send_to_the_dead);
}

/* ------------------------------------------------------------------ turns */

#define TURNS_MAX 4096u
#define CORES     3u

/* By core: each is told in order, by whoever plays it. */
static struct {
    rs_turn at[TURNS_MAX];
    uint32_t count;
} seen[CORES];

static void take_turn(void *context, const rs_turn *turn) {
    (void)context;
    if (seen[turn->core].count < TURNS_MAX) seen[turn->core].at[seen[turn->core].count++] = *turn;
}

static const rs_observer looker = {.turn = take_turn};

static void run_looked_at(rs_runtime_options options, rs_entry *entry) {
    memset(seen, 0, sizeof seen);
    options.observer = &looker;
    run_on(&options, entry);
    for (uint32_t core = 0; core < CORES; core++)
        for (uint32_t i = 0; i < seen[core].count; i++) {
            const rs_turn *turn = &seen[core].at[i];
            CHECK(turn->core == core && turn->from_ns <= turn->to_ns);
            CHECK(i == 0 || seen[core].at[i - 1].to_ns <= turn->from_ns);
        }
}

static uint32_t count_turns(rs_pid pid, rs_turn_end end, uint64_t *ns) {
    uint32_t count = 0;
    for (uint32_t core = 0; core < CORES; core++)
        for (uint32_t i = 0; i < seen[core].count; i++) {
            const rs_turn *turn = &seen[core].at[i];
            if (turn->pid != pid || turn->end != end) continue;
            *ns += turn->to_ns - turn->from_ns;
            count++;
        }
    return count;
}

static rs_pid first, second;

static void computes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_compute(2500 * MS / 1000);
}

/* Both ask for two and a half budgets, and take turns of one. */
static void two_compute(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    first = rs_spawn(computes, NULL, 0);
    second = rs_spawn_monitor(computes, NULL, 0, &ref);
    rs_receive(NULL, NULL, RS_FOREVER);
}

TEST(under_the_virtual_clock_turns_are_exact) {
    run_looked_at(one_core, two_compute);
    const rs_pid pids[] = {first, second};
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t ns = 0, death_ns = 0;
        CHECK_INT(count_turns(pids[i], RS_TURN_STOPPED, &ns), 2);
        CHECK_INT(ns, 2 * MS);
        CHECK_INT(count_turns(pids[i], RS_TURN_ENDED, &ns), 1);
        CHECK_INT(ns, 2500 * MS / 1000);
        CHECK_INT(count_turns(pids[i], RS_TURN_DEATH, &death_ns), 1);
        CHECK_INT(count_turns(pids[i], RS_TURN_OVER, &ns), 0);
    }
    for (uint32_t i = 0; i < seen[0].count; i++)
        if (seen[0].at[i].pid == first) CHECK(seen[0].at[i].entry == computes);
}

#define LIVES 100u

static void many_live(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < LIVES; i++) {
        const rs_spawn_options options = {
            .entry = ends, .role = ROLE, .monitor = true, .ref = &ref};
        rs_pid pid;
        CHECK(rs_spawn_opt(&options, &pid) == RS_OK);
        if (i == 0) first = pid;
    }
    for (uint32_t i = 0; i < LIVES; i++) CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
}

/* A death comes right behind the last turn, on the same core. */
static uint32_t count_deaths_of_role(void) {
    uint32_t count = 0;
    for (uint32_t core = 0; core < CORES; core++)
        for (uint32_t i = 1; i < seen[core].count; i++) {
            const rs_turn *turn = &seen[core].at[i], *before = turn - 1;
            if (turn->role != ROLE || turn->end != RS_TURN_DEATH) continue;
            CHECK(before->pid == turn->pid && before->end == RS_TURN_ENDED);
            CHECK_INT(before->to_ns, turn->from_ns);
            count++;
        }
    return count;
}

TEST(every_life_has_turns_and_a_death_and_those_of_a_core_do_not_overlap) {
    const rs_runtime_options kinds[] = {one_core, three_cores, one_thread, two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        run_looked_at(kinds[i], many_live);
        CHECK_INT(count_deaths_of_role(), LIVES);
    }
}

static void sits_in_the_kernel(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    rs_yield();
}

static void one_sits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    first = rs_spawn_monitor(sits_in_the_kernel, NULL, 0, &(rs_ref){0});
    CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
}

/* On one thread nobody else could tell it. */
TEST(a_turn_whose_core_was_taken_away_is_told) {
    uint64_t lost_ns = 0, ended_ns = 0;
    run_looked_at(one_thread, one_sits);
    CHECK(count_turns(first, RS_TURN_LOST, &lost_ns) >= 1);
    CHECK(lost_ns < 200 * MS);
    CHECK_INT(count_turns(first, RS_TURN_ENDED, &ended_ns), 1);
}

TEST_MAIN()
