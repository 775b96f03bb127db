/* observe_test.c: what an observer sends is a message like any other, from nobody, also when it is
 * told of a death.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/observe.h"

#include "runtime/process/test/run.h"

#include <string.h>

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

TEST_MAIN()
