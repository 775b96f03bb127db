/* gen_statem_postpone_test.c: a machine that holds what it has been sent until it goes, or does
 * not; everywhere. What is looked at is where events end, and their memory. Source: rules F3, F7.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_statem.h"
#include "runtime/otp/sys.h"

#include "runtime/process/test/puppet.h"

#include <string.h>

/* ------------------------------------------------------------------ the machine */

/* WAITS postpones all but a `go`, which is followed by a state in which all is noted down. Casts
 * tell the machine what else to do. */
enum { WAITS, GOES };

typedef struct waiter {
    rs_pid watcher;
    int64_t calls, ends; /* that wait: calls, and EXIT and DOWN */
} waiter;

static rs_pid start(const rs_gen_statem *module, const void *args, uint32_t bytes) {
    rs_pid pid = 0;
    CHECK_INT(rs_gen_statem_start(module, args, bytes, NULL, &pid, NULL), RS_START_OK);
    return pid;
}

typedef enum errand {
    NOTHING,
    GO,
    MONITOR_AND_LINK, /* somebody who ends with a reason that is no atom */
    TIMEOUTS,
    INSERT_FOR_EVER,
    LOSE_THE_STATE,
    CRASH,
} errand;

static const rs_type errand_type = {.name = "errand"};

static void ends_oddly(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit(term_of("{shutdown,[1,2,3]}"));
}

static void monitor_and_link(void) {
    rs_ref ref;
    rs_trap_exit(true);
    rs_spawn_monitor(ends_oddly, NULL, 0, &ref);
    rs_spawn_link(ends_oddly, NULL, 0);
}

static void set_timeouts(void) {
    static const char content[1000];
    for (uint32_t name = 0; name < 5; name++) {
        rs_set_timeout(name, name * MS, &any_type, content, sizeof content);
        rs_set_timeout(name + 5, LONG_NS, &any_type, content, sizeof content);
    }
    rs_set_timeout(RS_STATE_TIMEOUT, 0, &any_type, content, sizeof content);
    rs_set_timeout(RS_EVENT_TIMEOUT, 0, &any_type, content, sizeof content);
}

static rs_next run_errand(const rs_statem_event *event) {
    switch (*(const errand *)(const void *)event->message->payload) {
    case GO: return rs_next_state(GOES);
    case MONITOR_AND_LINK: monitor_and_link(); return rs_keep_state();
    case TIMEOUTS: set_timeouts(); return rs_keep_state();
    case INSERT_FOR_EVER:
        rs_next_event(event, &errand_type, event->message->payload, event->message->bytes);
        return rs_keep_state();
    case LOSE_THE_STATE: return rs_next_state(77);
    case CRASH: rs_crash(RS_ATOM(sigsegv));
    default: return rs_postpone();
    }
}

static rs_next waits_event(void *data, const rs_statem_event *event) {
    waiter *self = data;
    self->calls += event->type == RS_STATEM_CALL;
    self->ends += event->type == RS_STATEM_INFO && !event->message->type;
    if (event->message->type == &errand_type) return run_errand(event);
    return rs_postpone();
}

static const char *const type_words[] = {
    [RS_STATEM_CALL] = "call",
    [RS_STATEM_CAST] = "cast",
    [RS_STATEM_INFO] = "info",
    [RS_STATEM_TIMEOUT] = "timeout",
    [RS_STATEM_STATE_TIMEOUT] = "state_timeout",
    [RS_STATEM_NAMED_TIMEOUT] = "named_timeout",
};

/* Tells the watcher, on behalf of whatever the event was. */
static rs_next goes_event(void *data, const rs_statem_event *event) {
    const waiter *self = data;
    answer told = {.value = rs_self_cause(), .from = event->message->from};
    strcpy(told.text, type_words[event->type]);
    if (!event->message->type)
        rs_term_print(rs_message_reason(event->message), told.text, sizeof told.text);
    rs_send(self->watcher, &answer_type, &told, sizeof told);
    if (event->type == RS_STATEM_CALL) rs_reply_to(event->from, &any_type, NULL, 0);
    return rs_keep_state();
}

static rs_next waiter_init(void *data, const void *args, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(rs_pid));
    ((waiter *)data)->watcher = *(const rs_pid *)args;
    return rs_next_state(WAITS);
}

static void note_end(void *data, uint32_t state, rs_term reason) {
    const waiter *self = data;
    answer told = {.value = state};
    rs_term_print(reason, told.text, sizeof told.text);
    rs_send(self->watcher, &answer_type, &told, sizeof told);
}

static rs_term waiter_to_term(const void *value, uint32_t bytes) {
    const waiter *self = value;
    CHECK_INT(bytes, sizeof *self);
    return rs_term_integer(self->calls + self->ends);
}

static const rs_type waiter_type = {.name = "waiter", .to_term = waiter_to_term};
static const rs_statem_state waiter_states[] = {{"waits", waits_event}, {"goes", goes_event}};
static const rs_gen_statem waiter_module = {.name = "waiter",
                                            .data_bytes = sizeof(waiter),
                                            .init = waiter_init,
                                            .states = waiter_states,
                                            .state_count = 2,
                                            .data_type = &waiter_type,
                                            .terminate = note_end,
                                            .error = note_end};

static rs_pid start_waiter(void) {
    rs_pid self = rs_self();
    return start(&waiter_module, &self, sizeof self);
}

static void send_errand(rs_pid server, errand what) {
    rs_gen_server_cast(server, &errand_type, &what, sizeof what);
}

static bool is_told(const rs_message *message, void *context) {
    (void)context;
    return message->type == &answer_type;
}

static answer take_told(void) {
    const rs_message *message = rs_receive(is_told, NULL, LONG_NS);
    CHECK(message != NULL);
    return *(const answer *)(const void *)message->payload;
}

static void told(int64_t value, const char *text) {
    answer next = take_told();
    CHECK_STR(next.text, text);
    CHECK_INT(next.value, value);
}

/* ------------------------------------------------------------------ messages that wait */

static int64_t count_waiting(rs_pid server) {
    rs_term state = 0;
    CHECK_INT(rs_sys_get_state(server, LONG_NS, &state), RS_OK);
    int64_t count = rs_term_to_integer(rs_term_element(state, 1));
    rs_term_release(state);
    return count;
}

static void await_waiting(rs_pid server, int64_t count) {
    while (count_waiting(server) < count) wait_ns(MS);
}

static void keeps_messages(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_waiter();
    send_errand(server, MONITOR_AND_LINK);
    await_waiting(server, 2);
    send_number(server, 1);
    send_errand(server, GO);
    answer ends[2] = {take_told(), take_told()}; /* DOWN and EXIT, in either order */
    CHECK_STR(ends[0].text, "{shutdown,[1,2,3]}");
    CHECK_STR(ends[1].text, "{shutdown,[1,2,3]}");
    CHECK(ends[0].from != ends[1].from);
    answer last = take_told();
    CHECK_STR(last.text, "info");
    CHECK(last.from == rs_self());
    kill_and_wait(server);
}
TEST(F3_a_postponed_message_stays_what_it_is) {
    everywhere(keeps_messages);
}

static void asks_waiter(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_gen_statem_call(*(const rs_pid *)args, &any_type, NULL, 0, RS_FOREVER);
}

static rs_ref ask_aside(rs_pid server, rs_pid *caller) {
    rs_ref ref;
    *caller = rs_spawn_monitor(asks_waiter, &server, sizeof server, &ref);
    CHECK(*caller != 0);
    return ref;
}

/* Of so many calls. */
static void expect_failures(int count, const char *why) {
    char text[PUPPET_TEXT_MAX];
    for (int i = 0; i < count; i++) {
        wanted down = {0, 0, RS_MESSAGE_DOWN};
        const rs_message *message = rs_receive(is_wanted, &down, LONG_NS);
        CHECK(message != NULL);
        rs_term first = rs_term_element(rs_message_reason(message), 0);
        rs_term_print(first, text, sizeof text);
        CHECK_STR(text, why);
        rs_term_release(first);
    }
}

#define CALLERS 20

/* All that it may hold. */
static rs_pid start_laden(void) {
    rs_pid server = start_waiter(), caller;
    send_errand(server, TIMEOUTS);
    send_errand(server, MONITOR_AND_LINK);
    for (int i = 0; i < CALLERS; i++) {
        send_errand(server, NOTHING);
        send_number(server, i);
        ask_aside(server, &caller);
    }
    await_waiting(server, CALLERS + 2);
    return server;
}

static void dies_laden(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_laden();
    kill_and_wait(server);
    expect_failures(CALLERS, "killed");
}
static void stops_laden(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_laden();
    rs_term reason = term_of("{shutdown,enough}");
    CHECK_INT(rs_gen_server_stop(server, reason, LONG_NS), RS_OK);
    rs_term_release(reason);
    told(WAITS, "{shutdown,enough}");
    expect_failures(CALLERS, "{shutdown,enough}");
}
static void crashes_laden(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_laden();
    send_errand(server, CRASH);
    told(WAITS, "sigsegv");
    expect_failures(CALLERS, "sigsegv");
}
TEST(F7_who_waits_for_a_machine_learns_its_end) {
    everywhere(dies_laden);
    everywhere(stops_laden);
    everywhere(crashes_laden);
}

/* Killed at any moment, while it takes up what it has postponed. */
static void dies_on_the_way(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint64_t moment = 0; moment < 60; moment += 3) {
        rs_pid server = start_laden();
        send_errand(server, GO);
        wait_ns(moment * 1000);
        kill_and_wait(server);
        for (int i = 0; i < CALLERS; i++) { /* answered or not */
            wanted down = {0, 0, RS_MESSAGE_DOWN};
            CHECK(rs_receive(is_wanted, &down, LONG_NS) != NULL);
        }
    }
}
TEST(a_machine_may_be_killed_at_any_moment) {
    everywhere(dies_on_the_way);
}

/* ------------------------------------------------------------------ answers */

/* In WAITS calls are postponed as well as given to somebody who answers. */
static void replies_for(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_reply_to(*(const rs_from *)args, &any_type, NULL, 0);
}

static rs_next delegates(void *data, const rs_statem_event *event) {
    if (event->type != RS_STATEM_CALL) return waits_event(data, event);
    rs_spawn(replies_for, &event->from, sizeof event->from);
    return rs_postpone();
}

static const rs_statem_state delegate_states[] = {{"delegates", delegates}, {"goes", goes_event}};
static const rs_gen_statem delegate_module = {.name = "delegate",
                                              .data_bytes = sizeof(waiter),
                                              .init = waiter_init,
                                              .states = delegate_states,
                                              .state_count = 2};

static void is_answered_by_others(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), server = start(&delegate_module, &self, sizeof self);
    for (int i = 0; i < 10; i++)
        CHECK(rs_gen_server_try_call(server, &any_type, NULL, 0, LONG_NS, NULL) != NULL);
    settle();
    send_errand(server, GO);
    for (int i = 0; i < 10; i++) told(0, "call"); /* what they get now is dropped */
    CHECK(rs_gen_server_try_call(server, &any_type, NULL, 0, LONG_NS, NULL) != NULL);
    told(0, "call");
    kill_and_wait(server);
}
TEST(a_postponed_call_may_be_answered_by_others) {
    everywhere(is_answered_by_others);
}

static rs_next replies_and_postpones(void *data, const rs_statem_event *event) {
    (void)data, (void)event;
    rs_reply(&any_type, NULL, 0);
    return rs_postpone();
}

static const rs_statem_state hasty_states[] = {{"hasty", replies_and_postpones}};
static const rs_gen_statem hasty_module = {
    .name = "hasty", .states = hasty_states, .state_count = 1};

static void is_given_away(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&hasty_module, NULL, 0);
    rs_ref ref = rs_monitor(server);
    CHECK(rs_gen_server_try_call(server, &any_type, NULL, 0, LONG_NS, NULL) != NULL);
    expect_down(server, ref, "badarg");
}
TEST(what_rs_reply_has_given_away_cannot_be_postponed) {
    everywhere(is_given_away);
}

static void takes_many(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { MANY = 500 };
    rs_pid server = start_waiter(), caller;
    for (int i = 0; i < MANY; i++) ask_aside(server, &caller);
    await_waiting(server, MANY);
    send_errand(server, GO);
    all_end(MANY);
    kill_and_wait(server);
}
TEST(hundreds_of_calls_wait_for_the_state) {
    everywhere(takes_many);
}

/* ------------------------------------------------------------------ causes */

static void cast_on_behalf(uint64_t server) {
    send_errand(server, NOTHING);
}

static void keeps_causes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_waiter(), sender = rs_spawn(waits, NULL, 0);
    rs_interrupt(sender, cast_on_behalf, server, 7);
    settle();
    send_number(server, 1);
    rs_interrupt(sender, cast_on_behalf, server, 8);
    settle();
    send_errand(server, GO);
    told(7, "cast");
    told(0, "info");
    told(8, "cast");
    kill_and_wait(server);
    kill_and_wait(sender);
}
TEST(a_postponed_event_keeps_its_cause) {
    everywhere(keeps_causes);
}

/* ------------------------------------------------------------------ odd machines */

static void inserts_for_ever(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_waiter(), caller;
    ask_aside(server, &caller);
    await_waiting(server, 1);
    send_errand(server, INSERT_FOR_EVER);
    wait_ns(3 * MS); /* others have their turn */
    kill_and_wait(server);
    expect_failures(1, "killed");
}
TEST(who_inserts_without_end_is_alone_with_it) {
    everywhere(inserts_for_ever);
}

static void has_no_state(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_waiter();
    rs_ref ref = rs_monitor(server);
    send_errand(server, LOSE_THE_STATE);
    send_number(server, 1);
    expect_down(server, ref, "{undef,77}");
    told(77, "{undef,77}");
}
TEST(a_state_without_callback_ends_the_machine) {
    everywhere(has_no_state);
}

/* ------------------------------------------------------------------ memory */

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {
        keeps_messages,        dies_laden,    stops_laden, crashes_laden,    dies_on_the_way,
        is_answered_by_others, is_given_away, takes_many,  inserts_for_ever, has_no_state};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(what_is_postponed_gives_its_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
