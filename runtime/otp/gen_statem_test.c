/* gen_statem_test.c: a door with a code, and a connection that is tried again, as their users would
 * write them; everywhere. What OTP does with events is in gen_statem_trace_test.c.
 * Source: rules F1-F7.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_statem.h"
#include "runtime/otp/sys.h"

#include "runtime/process/test/puppet.h"

#include <string.h>

/* ------------------------------------------------------------------ a door with a code */

#define CODE    1234
#define OPEN_NS (10 * MS)

enum { LOCKED, OPEN };

typedef struct door {
    int64_t typed;
    int64_t entered[2]; /* how often each state was */
} door;

static const rs_type digit_type = {.name = "digit"};
static const rs_type walk_type = {.name = "walk"};
static const rs_type through_type = {.name = "through"};

static bool is_code(door *self, const rs_message *message) {
    self->typed = (self->typed * 10 + *(const int64_t *)(const void *)message->payload) % 10000;
    return self->typed == CODE;
}

static rs_next locked(void *data, const rs_statem_event *event) {
    door *self = data;
    if (event->type == RS_STATEM_ENTER) {
        self->typed = 0;
        self->entered[LOCKED]++;
        return rs_keep_state();
    }
    if (event->type == RS_STATEM_STATE_TIMEOUT) return rs_keep_state(); /* see is_used */
    if (event->message->type == &walk_type) return rs_postpone();
    return is_code(self, event->message) ? rs_next_state(OPEN) : rs_keep_state();
}

static rs_next open(void *data, const rs_statem_event *event) {
    door *self = data;
    switch (event->type) {
    case RS_STATEM_ENTER:
        CHECK_INT(event->old_state, LOCKED);
        self->entered[OPEN]++;
        rs_set_timeout(RS_STATE_TIMEOUT, OPEN_NS, NULL, NULL, 0);
        return rs_keep_state();
    case RS_STATEM_STATE_TIMEOUT: return rs_next_state(LOCKED);
    case RS_STATEM_CALL: rs_reply_to(event->from, &through_type, NULL, 0); return rs_keep_state();
    default: return rs_keep_state();
    }
}

static rs_term door_to_term(const void *value, uint32_t bytes) {
    const door *self = value;
    CHECK_INT(bytes, sizeof *self);
    return rs_term_integer(self->typed);
}

static rs_err door_from_term(rs_term term, void *value, uint32_t *bytes) {
    door *self = value;
    CHECK_INT(*bytes, sizeof *self);
    if (rs_term_tag(term) != RS_TAG_INTEGER) return RS_EINVAL;
    self->typed = rs_term_to_integer(term);
    return RS_OK;
}

static const rs_type door_type = {
    .name = "door", .to_term = door_to_term, .from_term = door_from_term};
static const rs_statem_state door_states[] = {
    [LOCKED] = {"locked", locked}, [OPEN] = {"open", open}};
static const rs_gen_statem door_module = {.name = "door",
                                          .data_bytes = sizeof(door),
                                          .state_enter = true,
                                          .states = door_states,
                                          .state_count = 2,
                                          .data_type = &door_type};

static rs_pid start(const rs_gen_statem *module, const void *args, uint32_t bytes) {
    rs_pid pid = 0;
    CHECK_INT(rs_gen_statem_start(module, args, bytes, NULL, &pid, NULL), RS_START_OK);
    return pid;
}

static void type_digit(rs_pid server, int64_t digit) {
    rs_gen_server_cast(server, &digit_type, &digit, sizeof digit);
}

static void type_code(rs_pid server) {
    for (int64_t digit = 1; digit <= 4; digit++) type_digit(server, digit);
}

static bool is_in_state(rs_pid server, const char *wanted_state, char *text) {
    rs_term state = 0;
    CHECK_INT(rs_sys_get_state(server, LONG_NS, &state), RS_OK);
    rs_term_print(state, text, PUPPET_TEXT_MAX);
    rs_term_release(state);
    return strcmp(text, wanted_state) == 0;
}

static void state_is(rs_pid server, const char *expected) {
    char text[PUPPET_TEXT_MAX];
    if (!is_in_state(server, expected, text)) CHECK_STR(text, expected);
}

static void await_state(rs_pid server, const char *expected) {
    char text[PUPPET_TEXT_MAX];
    for (int i = 0; !is_in_state(server, expected, text); i++) {
        CHECK(i < 2000);
        wait_ns(OPEN_NS);
    }
}

static void walks(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_message *reply =
        rs_gen_statem_call(*(const rs_pid *)args, &walk_type, NULL, 0, RS_FOREVER);
    CHECK(reply->type == &through_type);
}

static void send_through(rs_pid server) {
    rs_ref ref;
    rs_spawn_monitor(walks, &server, sizeof server, &ref);
}

static bool is_locked(rs_pid server) {
    char text[PUPPET_TEXT_MAX];
    (void)is_in_state(server, "", text);
    return strncmp(text, "{locked,", 8) == 0;
}

/* Waits for `count` to be through. The door may close before the last of them comes to it. */
static void let_through(rs_pid server, int count) {
    wanted down = {0, 0, RS_MESSAGE_DOWN};
    while (count > 0) {
        const rs_message *message = rs_receive(is_wanted, &down, OPEN_NS);
        if (message) {
            is_reason(message, "normal");
            count--;
        } else if (is_locked(server)) {
            type_code(server);
        }
    }
}

static void opens(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&door_module, NULL, 0);
    for (int i = 0; i < 3; i++) send_through(server);
    type_digit(server, 7);
    state_is(server, "{locked,7}");
    type_code(server);
    let_through(server, 3); /* whoever came before the code has waited for it */
    send_through(server);
    let_through(server, 1);
    await_state(server, "{locked,0}");
    kill_and_wait(server);
}
TEST(a_door_opens_for_who_came_too_early) {
    everywhere(opens);
}

/* ------------------------------------------------------------------ looked into */

static void is_looked_into(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&door_module, NULL, 0);
    rs_term wrong[] = {term_of("{ajar,5}"), term_of("{open,ajar}"), term_of("open"),
                       term_of("{3,5}")};
    for (int i = 0; i < 4; i++) {
        CHECK_INT(rs_sys_replace_state(server, wrong[i], LONG_NS), RS_EINVAL);
        rs_term_release(wrong[i]);
    }
    state_is(server, "{locked,0}");
    rs_term open_now = term_of("{open,77}");
    CHECK_INT(rs_sys_replace_state(server, open_now, LONG_NS), RS_OK);
    rs_term_release(open_now);
    state_is(server, "{open,77}"); /* which was not entered, so nothing closes it */
    walks(&server, 0);
    wait_ns(2 * OPEN_NS);
    state_is(server, "{open,77}");
    kill_and_wait(server);
}
TEST(sys_sees_and_sets_state_and_data) {
    everywhere(is_looked_into);
}

/* ------------------------------------------------------------------ a connection, tried again */

#define RETRY_NS (3 * MS)

enum { DOWN_STATE, UP };
enum { RETRY };

/* A peer that is there after so many tries. */
typedef struct connection {
    int64_t tries, needed;
    rs_from last; /* who asked last, answered when it goes down */
} connection;

static const rs_type ask_type = {.name = "ask"};
static const rs_type hang_up_type = {.name = "hang_up"};

static rs_next try_to_connect(connection *self) {
    if (++self->tries % self->needed == 0) return rs_next_state(UP);
    rs_set_timeout(RETRY, RETRY_NS, NULL, NULL, 0);
    return rs_keep_state();
}

static void answer_last(connection *self) {
    if (self->last.pid) rs_reply_to(self->last, &number_type, &self->tries, sizeof self->tries);
    self->last = (rs_from){0};
}

static rs_next take_ask(connection *self, uint32_t state, const rs_statem_event *event) {
    if (state == DOWN_STATE) return rs_postpone();
    answer_last(self);
    self->last = event->from;
    return rs_keep_state();
}

static rs_next connection_event(void *data, uint32_t state, const rs_statem_event *event) {
    connection *self = data;
    switch (event->type) {
    case RS_STATEM_CALL: return take_ask(self, state, event);
    case RS_STATEM_INTERNAL: return try_to_connect(self);
    case RS_STATEM_NAMED_TIMEOUT: CHECK_INT(event->name, RETRY); return try_to_connect(self);
    case RS_STATEM_CAST:
        if (state == DOWN_STATE) return rs_postpone();
        answer_last(self);
        rs_next_event(&rs_internal, NULL, NULL, 0);
        return rs_next_state(DOWN_STATE);
    default: CHECK(false); return rs_keep_state();
    }
}

static rs_next connection_init(void *data, const void *args, uint32_t bytes) {
    connection *self = data;
    CHECK_INT(bytes, sizeof self->needed);
    self->needed = *(const int64_t *)args;
    rs_next_event(&rs_internal, NULL, NULL, 0);
    return rs_next_state(DOWN_STATE);
}

static const rs_gen_statem connection_module = {.name = "connection",
                                                .data_bytes = sizeof(connection),
                                                .init = connection_init,
                                                .handle_event = connection_event};

#define ASKERS 16

static void asks(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_gen_statem_call(*(const rs_pid *)args, &ask_type, NULL, 0, RS_FOREVER);
}

static void connects(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const int64_t needed = 3;
    rs_pid server = start(&connection_module, &needed, sizeof needed);
    rs_ref refs[ASKERS];
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < ASKERS; i++) rs_spawn_monitor(asks, &server, sizeof server, &refs[i]);
        all_end(ASKERS - 1); /* each is answered when the next comes */
        rs_gen_server_cast(server, &hang_up_type, NULL, 0);
        all_end(1);
    }
    state_is(server, "{0,{opaque,connection,40}}");
    kill_and_wait(server);
}
TEST(a_connection_is_tried_until_it_is_there) {
    everywhere(connects);
}

/* ------------------------------------------------------------------ starting */

/* Entered after the start has been answered. */
static rs_next entry_waits(void *data, const rs_statem_event *event) {
    (void)data;
    if (event->type == RS_STATEM_ENTER) CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
    return rs_keep_state();
}
static const rs_statem_state slow_states[] = {{"slow", entry_waits}};
static const rs_gen_statem slow_module = {
    .name = "slow", .states = slow_states, .state_count = 1, .state_enter = true};

static void starter_goes_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options named = {.name = rs_atom_find("slow_machine")};
    rs_pid pid = 0, other = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_statem_start(&slow_module, NULL, 0, &named, &pid, NULL), RS_START_OK);
    CHECK(rs_whereis(named.name) == pid);
    CHECK_INT(rs_gen_statem_start(&slow_module, NULL, 0, &named, &other, &reason), RS_START_ERROR);
    CHECK(rs_term_is_pair(reason, RS_ATOM(already_started)));
    rs_term_release(reason);
    send_number(pid, 1);
    state_is(pid, "{slow,{opaque,slow,0}}");
    kill_and_wait(pid);
}
TEST(F7_the_starter_has_its_answer_before_the_first_entry) {
    everywhere(starter_goes_on);
}

/* ------------------------------------------------------------------ memory */

/* A call that waits, four digits, a timeout; often enough that anything that stays would show. */
static void is_used(rs_pid server, int rounds) {
    for (int i = 0; i < rounds; i++) {
        send_through(server);
        type_code(server);
        let_through(server, 1);
        rs_term locked_now = term_of("{locked,0}"); /* its state timeout goes on */
        CHECK_INT(rs_sys_replace_state(server, locked_now, LONG_NS), RS_OK);
        rs_term_release(locked_now);
        if (i % 10 == 9) wait_ns(2 * OPEN_NS);
    }
}

static uint64_t count_processes(void) {
    rs_memory_use use;
    rs_memory_read(&use);
    return use.processes;
}

/* Only so many are alive and at rest, and of the dead nothing is left. */
static rs_memory_use use_at_rest(uint64_t processes) {
    rs_memory_use last, use;
    do {
        rs_memory_read(&last);
        wait_ns(2 * OPEN_NS);
        rs_memory_read(&use);
    } while (use.processes > processes || memcmp(&use, &last, sizeof use) != 0);
    return use;
}

static void stays_small(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&door_module, NULL, 0);
    uint64_t processes = count_processes();
    const rs_memory_use fresh = use_at_rest(processes);
    is_used(server, 10);
    const rs_memory_use before = use_at_rest(processes);
    CHECK_INT(before.timer, fresh.timer); /* all have fired */
    is_used(server, 300);
    memory_is(&before);
    kill_and_wait(server);
}
TEST(a_machine_does_not_grow) {
    everywhere(stays_small);
}

typedef struct timed {
    bool set_once;
} timed;

static rs_next sets_and_cancels(void *data, uint32_t state, const rs_statem_event *event) {
    timed *self = data;
    (void)state;
    if (event->type != RS_STATEM_CAST) return rs_keep_state();
    if (self->set_once)
        rs_update_timeout(1, &any_type, event->message->payload, event->message->bytes);
    else
        rs_set_timeout(1, LONG_NS, &any_type, event->message->payload, event->message->bytes);
    self->set_once = true;
    rs_set_timeout(2, LONG_NS, NULL, NULL, 0);
    rs_update_timeout(2, &any_type, "again", 6); /* counts instead: it comes at once */
    rs_set_timeout(3, LONG_NS, NULL, NULL, 0);
    rs_cancel_timeout(3);
    rs_set_timeout(RS_STATE_TIMEOUT, LONG_NS, &any_type, "over", 5);
    rs_set_timeout(RS_EVENT_TIMEOUT, LONG_NS, &any_type, "quiet", 6);
    return rs_keep_state();
}
static const rs_gen_statem timed_module = {
    .name = "timed", .data_bytes = sizeof(timed), .handle_event = sets_and_cancels};

static void sets_anew(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&timed_module, NULL, 0);
    uint64_t processes = count_processes();
    rs_gen_server_cast(server, &any_type, "content", 8);
    const rs_memory_use before = use_at_rest(processes);
    for (int i = 0; i < 200; i++) rs_gen_server_cast(server, &any_type, "content", 8);
    memory_is(&before);
    kill_and_wait(server);
}
TEST(a_timeout_that_is_set_anew_leaves_nothing) {
    everywhere(sets_anew);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {opens,           is_looked_into, connects,
                             starter_goes_on, stays_small,    sets_anew};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(machines_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
