/* rules_test.c: the rules P, N, T, X, L and M one by one, on every clock. Most tests lead puppets:
 * processes that do what the test orders and can show their mailboxes, so that a rule about two
 * processes reads as the conversation it is.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <stdio.h>
#include <stdlib.h>

#define MS              UINT64_C(1000000)
#define LONG_NS         (20000 * MS) /* no answer until now: the test is stuck */
#define SETTLE_NS       (2 * MS)     /* what was sent has arrived by then */
#define ROUNDS          200
#define UNUSED_ARGS     (void)args, (void)bytes
#define PUPPET_TEXT_MAX 64

typedef struct number {
    int64_t value;
} number;
static const rs_type number_type = {.name = "number", .bytes = sizeof(number)};

/* Runs `entry` under the virtual clock, on one core and three, and with one and two threads. */
static void everywhere(rs_entry *entry) {
    const rs_runtime_options kinds[] = {
        {.clock = RS_CLOCK_VIRTUAL, .costs = {1000, 200, 5000, 3000, 10}},
        {.clock = RS_CLOCK_VIRTUAL,
         .threads = 3,
         .scheduler = "steal",
         .costs = {1000, 200, 5000, 3000, 10}},
        {.threads = 1},
        {.threads = 2},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        rs_term reason = 0;
        CHECK_INT(rs_run(&kinds[i], entry, NULL, 0, &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "normal");
    }
}

/* ------------------------------------------------------------------ small words */

static void send_number(rs_pid to, int64_t value) {
    const number n = {value};
    rs_send(to, &number_type, &n, sizeof n);
}

static int64_t value_of(const rs_message *message) {
    CHECK(message != NULL && message->type == &number_type);
    return ((const number *)(const void *)message->payload)->value;
}

static int64_t take_number(void) {
    return value_of(rs_receive(NULL, NULL, LONG_NS));
}

static bool is_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static void wait_ns(uint64_t duration_ns) {
    rs_receive(is_nothing, NULL, duration_ns);
}
static void settle(void) {
    wait_ns(SETTLE_NS);
}

static void is_empty(void) {
    CHECK(rs_receive(NULL, NULL, 0) == NULL);
}

static rs_term term_of(const char *text) {
    rs_term term = 0;
    CHECK_INT(rs_term_parse(text, &term), RS_OK);
    return term;
}

static void is_reason(const rs_message *message, const char *expected) {
    char text[PUPPET_TEXT_MAX];
    rs_term_print(rs_message_reason(message), text, sizeof text);
    CHECK_STR(text, expected);
}

typedef struct wanted {
    rs_pid from;
    rs_ref ref;
    rs_message_kind kind;
} wanted;

static bool is_wanted(const rs_message *message, void *context) {
    const wanted *this = context;
    return message->kind == this->kind && (!this->from || message->from == this->from) &&
           (!this->ref || message->ref == this->ref);
}

static void expect_down(rs_pid pid, rs_ref ref, const char *reason) {
    wanted this = {pid, ref, RS_MESSAGE_DOWN};
    const rs_message *message = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(message != NULL);
    CHECK(message->type == NULL);
    is_reason(message, reason);
}

static void expect_exit(rs_pid pid, const char *reason) {
    wanted this = {pid, 0, RS_MESSAGE_EXIT};
    const rs_message *message = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(message != NULL);
    CHECK(message->type == NULL);
    is_reason(message, reason);
}

static void kill_and_wait(rs_pid pid) {
    rs_ref ref = rs_monitor(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    wanted this = {pid, ref, RS_MESSAGE_DOWN};
    CHECK(rs_receive(is_wanted, &this, LONG_NS) != NULL);
}

/* ------------------------------------------------------------------ puppets */

typedef enum order_kind {
    DO_NOTHING,
    DO_LINK,
    DO_UNLINK,
    DO_MONITOR,
    DO_DEMONITOR,
    DO_TRAP,
    DO_UNTRAP,
    DO_EXIT,
    DO_RETURN,
    DO_SIGNAL,
    DO_REGISTER,
    DO_SEND,
    DO_LOOK, /* take the oldest message that is no order and tell what it is */
} order_kind;

typedef struct order {
    order_kind kind;
    rs_pid boss, peer;
    rs_ref ref;
    char text[PUPPET_TEXT_MAX];
} order;
static const rs_type order_type = {.name = "order", .bytes = sizeof(order)};

typedef struct answer {
    int64_t value;
    rs_pid from;
    rs_ref ref;
    char text[PUPPET_TEXT_MAX];
} answer;
static const rs_type answer_type = {.name = "answer", .bytes = sizeof(answer)};

static bool is_order(const rs_message *message, void *context) {
    (void)context;
    return message->type == &order_type;
}
static bool is_no_order(const rs_message *message, void *context) {
    return !is_order(message, context);
}

/* look tells of the oldest message: "nothing", "number 3", "EXIT reason", "DOWN reason". */
static void look(answer *out) {
    const rs_message *message = rs_receive(is_no_order, NULL, 0);
    strcpy(out->text, "nothing");
    if (!message) return;
    out->from = message->from;
    out->ref = message->ref;
    if (message->type == &number_type) {
        snprintf(out->text, sizeof out->text, "number %d", (int)value_of(message));
        return;
    }
    strcpy(out->text, message->kind == RS_MESSAGE_EXIT ? "EXIT " : "DOWN ");
    rs_term_print(rs_message_reason(message), out->text + 5, sizeof out->text - 5);
}

static void obey_text(const order *this, answer *out) {
    rs_term term = term_of(this->text);
    if (this->kind == DO_EXIT) rs_exit(term);
    if (this->kind == DO_SIGNAL) rs_exit_signal(this->peer, term);
    if (this->kind == DO_REGISTER) out->value = rs_register(term, rs_self());
    rs_term_release(term);
}

static void obey(const order *this, answer *out) {
    switch (this->kind) {
    case DO_LINK: rs_link(this->peer); break;
    case DO_UNLINK: rs_unlink(this->peer); break;
    case DO_MONITOR: out->ref = rs_monitor(this->peer); break;
    case DO_DEMONITOR: rs_demonitor(this->ref, true); break;
    case DO_TRAP: out->value = rs_trap_exit(true); break;
    case DO_UNTRAP: out->value = rs_trap_exit(false); break;
    case DO_SEND: send_number(this->peer, this->text[0]); break;
    case DO_LOOK: look(out); break;
    case DO_EXIT:
    case DO_SIGNAL:
    case DO_REGISTER: obey_text(this, out); break;
    default: break;
    }
}

static void puppet(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        const order this =
            *(const order *)(const void *)rs_receive(is_order, NULL, RS_FOREVER)->payload;
        if (this.kind == DO_RETURN) return;
        answer out = {0};
        obey(&this, &out);
        if (this.boss) rs_send(this.boss, &answer_type, &out, sizeof out);
    }
}

static rs_pid new_puppet(void) {
    rs_pid pid = rs_spawn(puppet, NULL, 0);
    CHECK(pid != 0);
    return pid;
}

static void tell(rs_pid pid, order_kind kind, rs_pid peer, const char *text) {
    order this = {.kind = kind, .peer = peer};
    if (text) strcpy(this.text, text);
    rs_send(pid, &order_type, &this, sizeof this);
}

static bool is_answer_of(const rs_message *message, void *context) {
    return message->type == &answer_type && message->from == *(const rs_pid *)context;
}

static answer await_answer(rs_pid pid) {
    const rs_message *message = rs_receive(is_answer_of, &pid, LONG_NS);
    CHECK(message != NULL);
    return *(const answer *)(const void *)message->payload;
}

static void order_now(rs_pid pid, order_kind kind, rs_pid peer, const char *text, rs_ref ref) {
    order this = {.kind = kind, .boss = rs_self(), .peer = peer, .ref = ref};
    if (text) strcpy(this.text, text);
    rs_send(pid, &order_type, &this, sizeof this);
}

static answer ask(rs_pid pid, order_kind kind, rs_pid peer, const char *text) {
    order_now(pid, kind, peer, text, 0);
    return await_answer(pid);
}

static void sees(rs_pid pid, const char *expected) {
    answer seen = ask(pid, DO_LOOK, 0, NULL);
    CHECK_STR(seen.text, expected);
}

/* ------------------------------------------------------------------ P: messages */

typedef struct sender_args {
    rs_pid to;
    int64_t first, count;
} sender_args;

static void send_many(const void *args, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(sender_args));
    const sender_args *this = args;
    for (int64_t i = 0; i < this->count; i++) {
        send_number(this->to, this->first + i);
        if (i % 7 == 0) rs_yield();
    }
}

static void order_per_pair(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { SENDERS = 5, EACH = 2000 };
    rs_pid senders[SENDERS];
    int64_t next[SENDERS] = {0};
    for (int i = 0; i < SENDERS; i++) {
        sender_args out = {rs_self(), i * EACH, EACH};
        senders[i] = rs_spawn(send_many, &out, sizeof out);
        memset(&out, 0xff, sizeof out); /* args are copied */
    }
    for (int n = 0; n < SENDERS * EACH; n++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        int64_t value = value_of(message), i = value / EACH;
        CHECK(message->from == senders[i]);
        CHECK_INT(message->kind, RS_MESSAGE);
        CHECK_INT(value % EACH, next[i]++);
    }
    is_empty();
}
TEST(P2_messages_of_one_sender_keep_their_order) {
    everywhere(order_per_pair);
}

static void last_words(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int round = 0; round < ROUNDS; round++) {
        sender_args out = {rs_self(), 0, round % 20};
        rs_pid pid = 0;
        rs_ref ref = 0;
        const rs_spawn_options options = {.entry = send_many,
                                          .args = &out,
                                          .bytes = sizeof out,
                                          .link = round % 3 != 0,
                                          .monitor = round % 3 != 1,
                                          .ref = &ref};
        CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
        for (int64_t i = 0; i < out.count; i++) CHECK_INT(take_number(), i);
        for (int i = 0; i < options.link + options.monitor; i++) {
            const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
            CHECK(message != NULL && message->from == pid);
            CHECK(message->kind == RS_MESSAGE_EXIT || message->kind == RS_MESSAGE_DOWN);
            if (message->kind == RS_MESSAGE_DOWN) CHECK(message->ref == ref);
            is_reason(message, "normal");
            CHECK(!rs_is_alive(pid));
        }
        is_empty();
    }
}
TEST(P2_the_last_messages_come_before_the_death) {
    everywhere(last_words);
}

static void sends_to_nobody(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    CHECK(!rs_is_alive(dead));
    for (int i = 0; i < 1000; i++) send_number(dead, i);
    rs_exit_signal(dead, RS_ATOM(kill));   /* X5 */
    rs_exit_signal(dead, RS_ATOM(normal)); /* X5 */
    rs_pid next = new_puppet();
    CHECK(next != dead); /* P1 */
    sees(next, "nothing");
    send_number(dead, 1);
    sees(next, "nothing");
    kill_and_wait(next);
    is_empty();
}
TEST(P1_P3_sends_to_the_dead_vanish) {
    everywhere(sends_to_nobody);
}

static void payloads(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_type any_type = {.name = "any"};
    static unsigned char data[1u << 20], copy[1u << 20];
    for (uint32_t i = 0; i < sizeof data; i++) data[i] = (unsigned char)(i * 7 + i / 256);
    memcpy(copy, data, sizeof data);
    for (uint32_t size = 0; size <= sizeof data; size = size < 600 ? size + 1 : size * 3 / 2) {
        rs_send(rs_self(), &any_type, data, size);
        memset(data, 0, size); /* the payload was copied */
        const rs_message *message = rs_receive(NULL, NULL, 0);
        CHECK(message != NULL && message->type == &any_type && message->from == rs_self());
        CHECK_INT(message->bytes, size);
        memcpy(data, copy, size);
        CHECK(memcmp(message->payload, data, size) == 0);
    }
    rs_send(rs_self(), &any_type, NULL, 0);
    CHECK_INT(rs_receive(NULL, NULL, 0)->bytes, 0);
}
TEST(P3_payloads_of_all_sizes_are_copied) {
    everywhere(payloads);
}

static bool is_number(const rs_message *message, void *context) {
    return message->type == &number_type && value_of(message) == *(const int64_t *)context;
}

static const rs_message *take_this(int64_t value, uint64_t timeout_ns) {
    return rs_receive(is_number, &value, timeout_ns);
}

static void selective(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 10; i++) send_number(rs_self(), i % 5);
    CHECK_INT(value_of(take_this(3, 0)), 3);
    CHECK(take_this(7, 0) == NULL);
    CHECK(take_this(7, 1000) == NULL);
    static const int64_t left[] = {0, 1, 2, 4, 0, 1, 2, 3, 4};
    for (size_t i = 0; i < 4; i++) CHECK_INT(take_number(), left[i]);
    CHECK_INT(value_of(take_this(3, RS_FOREVER)), 3);
    send_number(rs_self(), 9);
    static const int64_t rest[] = {0, 1, 2, 4, 9};
    for (size_t i = 0; i < 5; i++) CHECK_INT(take_number(), rest[i]);
    is_empty();
}
TEST(P4_selective_receive_leaves_the_rest_in_place) {
    everywhere(selective);
}

/* A random conversation with oneself, against a plain list. */
static void selective_model(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_prng random;
    rs_prng_init(&random, 4, "rules/selective");
    int64_t box[200];
    int count = 0;
    for (int step = 0; step < 20000; step++) {
        int64_t value = (int64_t)rs_prng_below(&random, 8);
        if (rs_prng_below(&random, 2) && count < 200) {
            send_number(rs_self(), value);
            box[count++] = value;
            continue;
        }
        bool any = rs_prng_below(&random, 4) == 0;
        int at = 0;
        while (at < count && !any && box[at] != value) at++;
        const rs_message *message = any ? rs_receive(NULL, NULL, 0) : take_this(value, 0);
        CHECK_INT(message != NULL, at < count);
        if (!message) continue;
        CHECK_INT(value_of(message), box[at]);
        memmove(&box[at], &box[at + 1], (size_t)(--count - at) * sizeof box[0]);
    }
}
TEST(P4_selective_receive_like_a_list) {
    everywhere(selective_model);
}

static void noise(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid to = *(const rs_pid *)args;
    for (;;) {
        send_number(to, 1);
        wait_ns(MS);
    }
}

static void timeouts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), pid = rs_spawn(noise, &self, sizeof self);
    for (int i = 1; i <= 3; i++) {
        uint64_t duration_ns = (uint64_t)i * 7 * MS, start_ns = rs_now_ns();
        CHECK(take_this(2, duration_ns) == NULL);
        uint64_t passed_ns = rs_now_ns() - start_ns;
        CHECK(passed_ns >= duration_ns);
        CHECK(passed_ns < duration_ns + (rs_clock_is_virtual() ? MS : 10000 * MS));
    }
    kill_and_wait(pid);
    CHECK(take_this(1, 0) != NULL); /* what did not match has stayed */
    uint64_t start_ns = rs_now_ns();
    CHECK(take_this(2, 0) == NULL);
    if (rs_clock_is_virtual()) CHECK(rs_now_ns() - start_ns < MS);
}
TEST(P4_arrivals_do_not_restart_the_timeout) {
    everywhere(timeouts);
}

static void borrowed(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    send_number(rs_self(), 42);
    const rs_message *message = rs_receive(NULL, NULL, 0);
    for (int i = 0; i < 1000; i++) send_number(rs_self(), i);
    rs_pid pid = new_puppet();
    rs_yield();
    CHECK_INT(value_of(message), 42);
    tell(pid, DO_RETURN, 0, NULL);
    rs_yield();
    CHECK_INT(value_of(message), 42);
    for (int i = 0; i < 1000; i++) CHECK_INT(take_number(), i);
}
TEST(P4_a_message_is_valid_until_the_next_receive) {
    everywhere(borrowed);
}

static void returns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
}

static void exits_with(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit(term_of(args));
}

static const char *const reasons[] = {"normal",          "shutdown",  "kill", "boom",
                                      "{shutdown,done}", "{a,{b,1}}", "-7",   "\"text\""};
#define REASONS (sizeof reasons / sizeof reasons[0])

static void ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(returns, NULL, 0, &ref);
    expect_down(pid, ref, "normal"); /* P6 */
    for (size_t i = 0; i < REASONS; i++) {
        pid = rs_spawn_monitor(exits_with, reasons[i], (uint32_t)strlen(reasons[i]) + 1, &ref);
        expect_down(pid, ref, reasons[i]); /* M4 */
        CHECK(!rs_is_alive(pid));
    }
    CHECK(rs_is_alive(rs_self()));
    is_empty();
}
TEST(P6_P7_M4_a_process_ends_with_its_reason) {
    everywhere(ends);
}

static void alive(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < ROUNDS; i++) {
        rs_pid pid = new_puppet();
        CHECK(rs_is_alive(pid));
        rs_exit_signal(pid, RS_ATOM(normal));
        CHECK(rs_is_alive(pid));
        rs_exit_signal(pid, RS_ATOM(kill));
        CHECK(!rs_is_alive(pid)); /* the caller's earlier signals are handled first */
    }
}
TEST(P9_is_alive_waits_for_the_callers_signals) {
    everywhere(alive);
}

/* ------------------------------------------------------------------ P8: the order of death */

static void named(const void *args, uint32_t bytes) {
    (void)bytes;
    CHECK_INT(rs_register(rs_atom_find("rules_name"), rs_self()), RS_OK);
    switch (*(const int *)args) {
    case 0: return;
    case 1: rs_exit(RS_ATOM(shutdown));
    case 2: rs_crash(RS_ATOM(sigsegv));
    default: rs_receive(NULL, NULL, RS_FOREVER);
    }
}

static void watch_named(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_pid *of = args;
    rs_monitor(of[0]);
    rs_receive(NULL, NULL, LONG_NS);
    CHECK(rs_whereis(rs_atom_find("rules_name")) != of[0]);
    CHECK(!rs_is_alive(of[0]));
    send_number(of[1], 1);
}

static void death_order(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atom name = rs_atom_find("rules_name");
    rs_trap_exit(true);
    for (int round = 0; round < ROUNDS; round++) {
        int how = round % 4;
        rs_pid pid = 0;
        rs_ref ref = 0;
        const rs_spawn_options options = {.entry = named,
                                          .args = &how,
                                          .bytes = sizeof how,
                                          .link = round & 4,
                                          .monitor = !(round & 4),
                                          .ref = &ref};
        CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
        rs_pid third[2] = {pid, rs_self()};
        rs_spawn(watch_named, third, sizeof third);
        if (how == 3) {
            while (rs_whereis(name) != pid) rs_yield();
            rs_exit_signal(pid, RS_ATOM(kill));
        }
        wanted death = {pid, 0, options.link ? RS_MESSAGE_EXIT : RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &death, LONG_NS) != NULL);
        CHECK_INT(rs_whereis(name), 0);
        CHECK_INT(rs_register(name, rs_self()), RS_OK);
        CHECK_INT(rs_unregister(name), RS_OK);
        CHECK_INT(take_number(), 1);
    }
    is_empty();
}
TEST(P8_who_sees_the_death_finds_the_name_free) {
    everywhere(death_order);
}

/* ------------------------------------------------------------------ X: exit signals */

typedef enum how { BY_OTHER, BY_SELF, BY_LINK } how;

typedef struct exit_row {
    const char *reason;
    how how;
    bool traps;
    const char *dies;    /* of this reason, or NULL */
    const char *message; /* what it sees, or NULL */
} exit_row;

static const exit_row exit_table[] = {
    {"normal", BY_OTHER, false, NULL, NULL},
    {"normal", BY_OTHER, true, NULL, "EXIT normal"},
    {"normal", BY_LINK, false, NULL, NULL},
    {"normal", BY_LINK, true, NULL, "EXIT normal"},
    {"normal", BY_SELF, false, "normal", NULL},
    {"normal", BY_SELF, true, NULL, "EXIT normal"},
    {"kill", BY_OTHER, false, "killed", NULL},
    {"kill", BY_OTHER, true, "killed", NULL},
    {"kill", BY_SELF, false, "killed", NULL},
    {"kill", BY_SELF, true, "killed", NULL},
    {"kill", BY_LINK, false, "kill", NULL},
    {"kill", BY_LINK, true, NULL, "EXIT kill"},
    {"killed", BY_OTHER, false, "killed", NULL},
    {"killed", BY_OTHER, true, NULL, "EXIT killed"},
    {"killed", BY_LINK, false, "killed", NULL},
    {"killed", BY_LINK, true, NULL, "EXIT killed"},
    {"shutdown", BY_OTHER, false, "shutdown", NULL},
    {"shutdown", BY_OTHER, true, NULL, "EXIT shutdown"},
    {"shutdown", BY_LINK, false, "shutdown", NULL},
    {"shutdown", BY_LINK, true, NULL, "EXIT shutdown"},
    {"boom", BY_SELF, false, "boom", NULL},
    {"boom", BY_SELF, true, NULL, "EXIT boom"},
    {"{kill,\"x\"}", BY_OTHER, false, "{kill,\"x\"}", NULL},
    {"{kill,\"x\"}", BY_OTHER, true, NULL, "EXIT {kill,\"x\"}"},
    {"{kill,\"x\"}", BY_LINK, false, "{kill,\"x\"}", NULL},
    {"{kill,\"x\"}", BY_LINK, true, NULL, "EXIT {kill,\"x\"}"},
};

/* strike lets the reason of `row` reach `pid` and returns from whom. */
static rs_pid strike(const exit_row *row, rs_pid pid) {
    rs_term reason = term_of(row->reason);
    rs_pid from = rs_self();
    if (row->how == BY_OTHER) rs_exit_signal(pid, reason);
    if (row->how == BY_SELF) tell(pid, DO_SIGNAL, from = pid, row->reason);
    if (row->how == BY_LINK) {
        from = new_puppet();
        ask(pid, DO_LINK, from, NULL);
        rs_ref ref = rs_monitor(from);
        tell(from, DO_EXIT, 0, row->reason);
        expect_down(from, ref, row->reason);
        settle();
    }
    rs_term_release(reason);
    return from;
}

static void exit_signals(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (size_t i = 0; i < sizeof exit_table / sizeof exit_table[0]; i++) {
        const exit_row *row = &exit_table[i];
        rs_pid pid = new_puppet();
        rs_ref ref = rs_monitor(pid);
        if (row->traps) CHECK_INT(ask(pid, DO_TRAP, 0, NULL).value, false);
        rs_pid from = strike(row, pid);
        if (row->dies) {
            expect_down(pid, ref, row->dies);
            continue;
        }
        answer seen = ask(pid, DO_LOOK, 0, NULL);
        CHECK_STR(seen.text, row->message ? row->message : "nothing");
        if (row->message) CHECK(seen.from == from);
        sees(pid, "nothing");
        CHECK(rs_is_alive(pid));
        rs_demonitor(ref, true);
        kill_and_wait(pid);
    }
    is_empty();
}
TEST(X_the_table_of_exit_signals) {
    everywhere(exit_signals);
}

static void killed_cascades(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid chain[6];
    rs_ref refs[6];
    for (int i = 0; i < 6; i++) refs[i] = rs_monitor(chain[i] = new_puppet());
    for (int i = 1; i < 6; i++) ask(chain[i], DO_LINK, chain[i - 1], NULL);
    ask(chain[5], DO_TRAP, 0, NULL);
    rs_exit_signal(chain[0], RS_ATOM(kill));
    for (int i = 0; i < 5; i++) expect_down(chain[i], refs[i], "killed");
    settle();
    sees(chain[5], "EXIT killed");
    sees(chain[5], "nothing");
    rs_demonitor(refs[5], true);
    kill_and_wait(chain[5]);
}
TEST(X1_kill_does_not_cascade_killed_does) {
    everywhere(killed_cascades);
}

static void computes(const void *args, uint32_t bytes) {
    (void)bytes;
    if (*(const int *)args) rs_trap_exit(true);
    for (int i = 0; i < 3000; i++) {
        rs_work(10);
        rs_yield();
    }
    if (!*(const int *)args) rs_receive(NULL, NULL, RS_FOREVER);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS); /* it has queued like any */
    CHECK(message != NULL && message->kind == RS_MESSAGE_EXIT);
    is_reason(message, "stop");
}

static void preemption(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term stop = term_of("stop");
    for (int traps = 0; traps < 2; traps++) {
        rs_ref ref = 0;
        rs_pid pid = rs_spawn_monitor(computes, &traps, sizeof traps, &ref);
        settle();
        rs_exit_signal(pid, stop);
        expect_down(pid, ref, traps ? "normal" : "stop");
    }
    /* A computation without end is ended at a preemption point. */
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(computes, &(int){0}, sizeof(int), &ref);
    rs_exit_signal(pid, RS_ATOM(kill));
    expect_down(pid, ref, "killed");
}
TEST(X2_exit_signals_do_not_interrupt_who_traps) {
    everywhere(preemption);
}

static void trap_flag(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref ref = rs_monitor(pid);
    rs_term one = term_of("one"), two = term_of("two");
    CHECK_INT(ask(pid, DO_TRAP, 0, NULL).value, false);
    CHECK_INT(ask(pid, DO_TRAP, 0, NULL).value, true);
    rs_exit_signal(pid, one);
    CHECK_INT(ask(pid, DO_UNTRAP, 0, NULL).value, true);
    CHECK_INT(ask(pid, DO_UNTRAP, 0, NULL).value, false);
    sees(pid, "EXIT one"); /* X4 */
    rs_exit_signal(pid, two);
    expect_down(pid, ref, "two");
}
TEST(X4_queued_exits_stay_messages) {
    everywhere(trap_flag);
}

static void signals_in_order(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    ask(pid, DO_TRAP, 0, NULL);
    for (int i = 0; i < 100; i++) {
        send_number(pid, i);
        rs_exit_signal(pid, rs_term_integer(i));
    }
    for (int i = 0; i < 100; i++) {
        char text[32];
        snprintf(text, sizeof text, "number %d", i);
        sees(pid, text);
        snprintf(text, sizeof text, "EXIT %d", i);
        sees(pid, text);
    }
    kill_and_wait(pid);
}
TEST(P2_exit_signals_and_messages_share_one_order) {
    everywhere(signals_in_order);
}

static void self_exit_in_order(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid boss = *(const rs_pid *)args;
    rs_exit_signal(rs_self(), RS_ATOM(shutdown));
    rs_receive(NULL, NULL, 0);
    send_number(boss, 1); /* a receive later it must be dead */
}

static void self_exit(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(self_exit_in_order, &self, sizeof self, &ref);
    expect_down(pid, ref, "shutdown");
    is_empty();
}
TEST(X_an_exit_to_oneself_acts_at_the_next_receive) {
    everywhere(self_exit);
}

/* ------------------------------------------------------------------ L: links */

static void link_basics(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_link(rs_self()); /* L4: a no-op */
    rs_unlink(rs_self());
    rs_pid pid = new_puppet();
    rs_link(pid);
    rs_link(pid);
    rs_unlink(pid); /* L1: removes it whole */
    tell(pid, DO_EXIT, 0, "boom");
    while (rs_is_alive(pid)) settle();
    settle();
    is_empty();
    pid = new_puppet();
    rs_link(pid);
    rs_link(pid);
    ask(pid, DO_LINK, rs_self(), NULL);
    tell(pid, DO_EXIT, 0, "boom");
    expect_exit(pid, "boom");
    settle();
    is_empty(); /* L1, L3: one signal */
    pid = new_puppet();
    rs_link(pid);
    rs_unlink(pid);
    rs_link(pid);
    tell(pid, DO_EXIT, 0, "again");
    expect_exit(pid, "again");
    settle();
    is_empty();
}
TEST(L1_at_most_one_link_per_pair) {
    everywhere(link_basics);
}

static void links_the_dead(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_link(*(const rs_pid *)args);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void link_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(links_the_dead, &dead, sizeof dead, &ref);
    expect_down(pid, ref, "noproc");
    rs_trap_exit(true);
    rs_link(dead);
    expect_exit(dead, "noproc");
    rs_unlink(dead);
    is_empty();
}
TEST(L2_link_to_the_dead) {
    everywhere(link_dead);
}

static void both_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int who = 0; who < 2; who++) { /* the unlink may come from either end */
        rs_pid a = new_puppet(), b = new_puppet();
        ask(a, DO_LINK, b, NULL);
        settle();
        ask(who ? a : b, DO_UNLINK, who ? b : a, NULL);
        settle();
        rs_ref ref = rs_monitor(a);
        tell(a, DO_EXIT, 0, "boom");
        expect_down(a, ref, "boom");
        settle();
        CHECK(rs_is_alive(b));
        ask(b, DO_NOTHING, 0, NULL);
        kill_and_wait(b);
    }
}
TEST(L1_either_end_may_unlink) {
    everywhere(both_ends);
}

static void cross_links(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < ROUNDS; round++) {
        rs_pid a = new_puppet(), b = new_puppet();
        ask(b, DO_TRAP, 0, NULL);
        order_now(a, DO_LINK, b, NULL, 0);
        order_now(b, DO_LINK, a, NULL, 0);
        await_answer(a);
        await_answer(b);
        bool cut = round & 1;
        if (cut) {
            wait_ns(MS / 5);
            ask(round & 2 ? a : b, DO_UNLINK, round & 2 ? b : a, NULL);
            wait_ns(MS / 5);
        }
        rs_ref ref = rs_monitor(a);
        tell(a, DO_EXIT, 0, "boom");
        expect_down(a, ref, "boom");
        wait_ns(MS / 5);
        sees(b, cut ? "nothing" : "EXIT boom");
        sees(b, "nothing");
        kill_and_wait(b);
    }
    is_empty();
}
TEST(L1_links_made_from_both_ends_at_once_are_one) {
    everywhere(cross_links);
}

static void exits_at_once(const void *args, uint32_t bytes) {
    (void)bytes;
    for (int i = 0; i < *(const int *)args; i++) rs_yield();
    rs_exit(term_of("gone"));
}

/* The child dies while the parent unlinks: afterwards at most an EXIT that is already there. */
static void unlink_flush(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int round = 0; round < 4 * ROUNDS; round++) {
        int delay = round % 5;
        rs_pid pid = rs_spawn_link(exits_at_once, &delay, sizeof delay);
        for (int i = 0; i < round % 7; i++) rs_yield();
        rs_unlink(pid);
        wanted death = {pid, 0, RS_MESSAGE_EXIT};
        rs_receive(is_wanted, &death, 0);
        rs_ref ref = rs_monitor(pid);
        wanted down = {pid, ref, RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &down, LONG_NS) != NULL);
        rs_yield();
        is_empty();
    }
}
TEST(L4_after_unlink_no_exit_arrives) {
    everywhere(unlink_flush);
}

static void unlinks_in_time(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 4 * ROUNDS; round++) {
        rs_pid pid = new_puppet();
        rs_link(pid);
        rs_unlink(pid);
        tell(pid, DO_EXIT, 0, "boom");
        if (round % 3 == 0) rs_yield();
    }
    settle();
}

static void unlink_saves(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(unlinks_in_time, NULL, 0, &ref);
    expect_down(pid, ref, "normal");
}
TEST(L4_who_unlinks_in_time_lives) {
    everywhere(unlink_saves);
}

static void unlink_keeps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_pid pid = new_puppet();
    rs_link(pid);
    tell(pid, DO_EXIT, 0, "boom");
    settle();
    while (rs_is_alive(pid)) settle();
    settle();
    rs_unlink(pid);
    expect_exit(pid, "boom"); /* what was in the mailbox stays */
    is_empty();
}
TEST(L4_an_exit_in_the_mailbox_stays) {
    everywhere(unlink_keeps);
}

static void tags(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (uint64_t i = 1; i <= 20; i++) {
        rs_ref ref = 0;
        int delay = (int)(i % 3);
        const rs_spawn_options options = {.entry = exits_at_once,
                                          .args = &delay,
                                          .bytes = sizeof delay,
                                          .link = true,
                                          .link_tag = i << 32,
                                          .monitor = true,
                                          .ref = &ref};
        rs_pid pid = 0;
        CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
        wanted death = {pid, 0, RS_MESSAGE_EXIT};
        const rs_message *message = rs_receive(is_wanted, &death, LONG_NS);
        CHECK(message != NULL && message->ref == i << 32);
        expect_down(pid, ref, "gone");
    }
    is_empty();
}
TEST(a_links_tag_comes_back_with_the_exit) {
    everywhere(tags);
}

/* ------------------------------------------------------------------ M: monitors */

static void stacked(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref refs[5];
    for (int i = 0; i < 5; i++) {
        refs[i] = rs_monitor(pid);
        for (int j = 0; j < i; j++) CHECK(refs[i] != refs[j]);
    }
    rs_demonitor(refs[2], false);
    tell(pid, DO_EXIT, 0, "{a,b}");
    for (int i = 0; i < 5; i++)
        if (i != 2) expect_down(pid, refs[i], "{a,b}");
    settle();
    is_empty();
}
TEST(M1_monitors_are_stacked) {
    everywhere(stacked);
}

static void one_way(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid a = new_puppet(), b = new_puppet();
    ask(a, DO_MONITOR, b, NULL);
    rs_ref ref = rs_monitor(a);
    tell(a, DO_EXIT, 0, "boom");
    expect_down(a, ref, "boom");
    settle();
    sees(b, "nothing");
    a = new_puppet();
    answer made = ask(a, DO_MONITOR, b, NULL);
    rs_exit_signal(b, RS_ATOM(kill));
    while (rs_is_alive(b)) settle();
    settle();
    answer seen = ask(a, DO_LOOK, 0, NULL);
    CHECK_STR(seen.text, "DOWN killed");
    CHECK(seen.ref == made.ref && seen.from == b);
    kill_and_wait(a);
    is_empty();
}
TEST(M1_monitors_go_one_way) {
    everywhere(one_way);
}

static void noproc(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    rs_ref first = rs_monitor(dead), second = rs_monitor(dead);
    CHECK(first != second);
    expect_down(dead, second, "noproc");
    expect_down(dead, first, "noproc");
    rs_ref third = rs_monitor(dead);
    rs_demonitor(third, true);
    is_empty();
}
TEST(M3_a_monitor_of_the_dead_tells_noproc) {
    everywhere(noproc);
}

static void demonitors(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref stays = rs_monitor(pid), goes = rs_monitor(pid), early = rs_monitor(pid);
    rs_demonitor(early, false);
    tell(pid, DO_EXIT, 0, "boom");
    while (rs_is_alive(pid)) settle();
    settle();
    rs_demonitor(goes, true);
    rs_demonitor(goes, true); /* M5: harmless */
    rs_demonitor(stays, false);
    rs_demonitor(stays, false);
    rs_demonitor(rs_make_ref(), true);
    expect_down(pid, stays, "boom");
    is_empty();
    /* Only the owner may demonitor. */
    rs_pid thief = new_puppet();
    pid = new_puppet();
    rs_ref mine = rs_monitor(pid);
    order_now(thief, DO_DEMONITOR, 0, NULL, mine);
    await_answer(thief);
    kill_and_wait(thief);
    tell(pid, DO_RETURN, 0, NULL);
    expect_down(pid, mine, "normal");
}
TEST(M5_demonitor_and_flush) {
    everywhere(demonitors);
}

static void demonitor_race(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 4 * ROUNDS; round++) {
        int delay = round % 5;
        rs_ref ref = 0;
        rs_pid pid = rs_spawn_monitor(exits_at_once, &delay, sizeof delay, &ref);
        rs_ref second = rs_monitor(pid);
        for (int i = 0; i < round % 7; i++) rs_yield();
        rs_demonitor(ref, true);
        wanted first = {pid, ref, RS_MESSAGE_DOWN};
        wanted down = {pid, second, RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &down, LONG_NS) != NULL);
        rs_yield();
        CHECK(rs_receive(is_wanted, &first, 0) == NULL);
        is_empty();
    }
}
TEST(M5_after_demonitor_no_down_arrives) {
    everywhere(demonitor_race);
}

/* ------------------------------------------------------------------ P5: atomic spawns */

/* Lets time pass without giving up the core: others that look for work find the child. */
static void linger(int count) {
    for (volatile int i = 0; i < count; i++) {
    }
}

static void atomic_spawns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    int delay = 0;
    for (int round = 0; round < 5 * ROUNDS; round++) {
        rs_ref ref = 0;
        rs_pid a = rs_spawn_monitor(exits_at_once, &delay, sizeof delay, &ref);
        if (!rs_clock_is_virtual()) linger(round % 4 * 1000);
        rs_pid b = rs_spawn_link(exits_at_once, &delay, sizeof delay);
        if (!rs_clock_is_virtual()) linger(round % 3 * 1000);
        CHECK(a && b && a != b);
        expect_down(a, ref, "gone");
        expect_exit(b, "gone");
    }
    is_empty();
}
TEST(P5_spawn_link_and_spawn_monitor_are_atomic) {
    everywhere(atomic_spawns);
}

static void parent_that_dies(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid child = rs_spawn_link(puppet, NULL, 0);
    rs_send(*(const rs_pid *)args, &number_type, &(number){(int64_t)child}, sizeof(number));
    rs_exit(term_of("gone"));
}

static void orphans(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    for (int round = 0; round < ROUNDS; round++) {
        rs_spawn(parent_that_dies, &self, sizeof self);
        rs_pid child = (rs_pid)take_number();
        rs_ref ref = rs_monitor(child);
        wanted down = {child, ref, RS_MESSAGE_DOWN};
        const rs_message *message = rs_receive(is_wanted, &down, LONG_NS);
        CHECK(message != NULL);
        if (rs_message_reason(message) != RS_ATOM(noproc)) is_reason(message, "gone");
    }
}
TEST(P5_a_child_dies_of_the_parent_that_spawned_and_died) {
    everywhere(orphans);
}

static void full_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[200];
    int count = 0;
    while (count < 200 && (pids[count] = rs_spawn(puppet, NULL, 0)) != 0) count++;
    CHECK(count >= 60 && count <= 64);
    rs_ref ref = 0;
    CHECK_INT(rs_spawn_monitor(puppet, NULL, 0, &ref), 0);
    CHECK_INT(rs_spawn_link(puppet, NULL, 0), 0);
    rs_pid pid = 0;
    const rs_spawn_options options = {.entry = puppet};
    CHECK(rs_spawn_opt(&options, &pid) != RS_OK);
    is_empty();
    for (int i = 0; i < count; i++) kill_and_wait(pids[i]);
    for (int i = 0; i < 20; i++) kill_and_wait(new_puppet());
    is_empty();
}
TEST(a_full_table_refuses_to_spawn) {
    for (uint32_t threads = 1; threads <= 2; threads++) {
        const rs_runtime_options options = {.threads = threads, .processes_max = 64};
        rs_term reason = 0;
        CHECK_INT(rs_run(&options, full_table, NULL, 0, &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "normal");
    }
}

/* ------------------------------------------------------------------ N: names */

static void names(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atom a = rs_atom_find("rules_a"), b = rs_atom_find("rules_b");
    rs_pid self = rs_self(), pid = new_puppet();
    CHECK_INT(rs_whereis(a), 0);
    CHECK(rs_unregister(a) != RS_OK); /* N3 */
    CHECK_INT(rs_register(RS_ATOM(undefined), self), RS_EINVAL);
    CHECK_INT(rs_register(rs_term_integer(3), self), RS_EINVAL);
    CHECK_INT(rs_register(self, self), RS_EINVAL);
    CHECK_INT(rs_register(0, self), RS_EINVAL);
    CHECK_INT(rs_register(a, pid), RS_EINVAL);
    CHECK_INT(ask(pid, DO_REGISTER, 0, "rules_b").value, RS_OK);
    CHECK(rs_whereis(b) == pid);
    CHECK_INT(rs_register(b, self), RS_ETAKEN);
    CHECK_INT(ask(pid, DO_REGISTER, 0, "rules_a").value, RS_ETAKEN); /* one name per process */
    CHECK_INT(rs_whereis(a), 0);
    CHECK_INT(rs_register(a, self), RS_OK);
    CHECK_INT(rs_register(a, self), RS_ETAKEN);
    CHECK(rs_whereis(a) == self);
    CHECK_INT(rs_unregister(a), RS_OK);
    CHECK(rs_unregister(a) != RS_OK);
    CHECK_INT(rs_whereis(a), 0);
    kill_and_wait(pid);
    CHECK_INT(rs_register(a, pid), RS_ENOPROC);
    CHECK_INT(rs_register(b, self), RS_OK);
    CHECK_INT(rs_unregister(b), RS_OK);
}
TEST(N1_N2_N3_names) {
    everywhere(names);
}

static void contender(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_atom name = rs_atom_find("rules_contended");
    rs_pid boss = *(const rs_pid *)args;
    send_number(boss, rs_register(name, rs_self()) == RS_OK);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void contended(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), pids[8];
    for (int round = 0; round < 100; round++) {
        int64_t winners = 0;
        for (int i = 0; i < 8; i++) pids[i] = rs_spawn(contender, &self, sizeof self);
        for (int i = 0; i < 8; i++) winners += take_number();
        CHECK_INT(winners, 1);
        for (int i = 0; i < 8; i++) kill_and_wait(pids[i]);
        CHECK_INT(rs_whereis(rs_atom_find("rules_contended")), 0);
    }
}
TEST(N2_one_process_gets_a_contended_name) {
    everywhere(contended);
}

/* ------------------------------------------------------------------ T: timers */

static rs_ref start_timer(uint64_t delay_ns, rs_pid to, int64_t value) {
    const number n = {value};
    rs_ref timer = rs_send_after(delay_ns, to, &number_type, &n, sizeof n);
    CHECK(timer != 0);
    return timer;
}

static void timers_fire(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint64_t i = 0; i < 20; i++) {
        uint64_t delay_ns = i * i * MS / 20, start_ns = rs_now_ns();
        rs_ref timer = start_timer(delay_ns, rs_self(), (int64_t)i);
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK_INT(value_of(message), i);
        CHECK(message->ref == timer);
        CHECK_INT(message->kind, RS_MESSAGE);
        uint64_t passed_ns = rs_now_ns() - start_ns;
        CHECK(passed_ns >= delay_ns); /* T3 */
        if (rs_clock_is_virtual()) CHECK(passed_ns < delay_ns + MS);
        CHECK(!rs_cancel_timer(timer, NULL));
    }
    is_empty();
}
TEST(T1_T3_timers_fire_and_never_early) {
    everywhere(timers_fire);
}

static void timers_cancel(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t left_ns = 0;
    rs_ref timer = start_timer(1000 * MS, rs_self(), 1);
    settle();
    CHECK(rs_cancel_timer(timer, &left_ns));
    CHECK(left_ns > 0 && left_ns <= 1000 * MS - SETTLE_NS);
    CHECK(!rs_cancel_timer(timer, &left_ns));
    CHECK(!rs_cancel_timer(rs_make_ref(), NULL));
    timer = start_timer(0, rs_self(), 2);
    settle();
    CHECK(!rs_cancel_timer(timer, NULL));
    CHECK_INT(take_number(), 2); /* it was in the mailbox already */
    for (int i = 0; i < ROUNDS; i++) {
        timer = start_timer((uint64_t)(i % 10) * MS / 50, rs_self(), i);
        if (i % 3) wait_ns((uint64_t)(i % 7) * MS / 50);
        if (rs_cancel_timer(timer, NULL))
            is_empty();
        else
            CHECK_INT(take_number(), i);
    }
    settle();
    is_empty();
}
TEST(T2_cancel_tells_what_was_left_or_false) {
    everywhere(timers_cancel);
}

static void timers_in_order(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { COUNT = 5000 };
    static uint64_t due_ns[COUNT];
    static bool cancelled[COUNT];
    static rs_ref refs[COUNT];
    rs_prng random;
    rs_prng_init(&random, 9, "rules/timers");
    int expected = COUNT;
    for (int i = 0; i < COUNT; i++) {
        uint64_t delay_ns = 20 * MS + rs_prng_below(&random, 40) * MS;
        due_ns[i] = rs_now_ns() + delay_ns;
        refs[i] = start_timer(delay_ns, rs_self(), i);
        cancelled[i] = false;
        if (rs_prng_below(&random, 3) == 0) {
            int victim = (int)rs_prng_below(&random, (uint64_t)i + 1);
            bool was = rs_cancel_timer(refs[victim], NULL);
            if (rs_clock_is_virtual()) CHECK_INT(was, !cancelled[victim]);
            expected -= was;
            cancelled[victim] |= was;
        }
    }
    uint64_t last_ns = 0;
    for (int n = 0; n < expected; n++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        int64_t i = value_of(message);
        CHECK(!cancelled[i] && message->ref == refs[i]);
        cancelled[i] = true; /* once only */
        CHECK(rs_now_ns() >= due_ns[i]);
        if (rs_clock_is_virtual()) CHECK(due_ns[i] + MS >= last_ns);
        last_ns = due_ns[i] > last_ns ? due_ns[i] : last_ns;
    }
    wait_ns(50 * MS);
    is_empty();
}
TEST(T_many_timers_fire_once_and_in_order) {
    everywhere(timers_in_order);
}

static void equal_deadlines(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 200; i++) start_timer(5 * MS, rs_self(), i);
    for (int i = 0; i < 200; i++) CHECK_INT(take_number(), i);
}
TEST(equal_deadlines_fire_in_the_order_of_their_start) {
    /* No costs: all 200 timers are started at the same virtual instant. */
    const rs_runtime_options kinds[] = {
        {.clock = RS_CLOCK_VIRTUAL},
        {.clock = RS_CLOCK_VIRTUAL, .threads = 4, .scheduler = "steal"}};
    for (int i = 0; i < 2; i++) {
        rs_term reason = 0;
        CHECK_INT(rs_run(&kinds[i], equal_deadlines, NULL, 0, &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "normal");
    }
}

static void timers_and_death(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_pid pid = new_puppet();
    for (int i = 0; i < 100; i++) start_timer((uint64_t)(i % 10) * MS, pid, i);
    kill_and_wait(pid);
    rs_ref late = start_timer(MS, pid, 1);
    wait_ns(20 * MS);
    CHECK(!rs_cancel_timer(late, NULL));
    is_empty();
    rs_cancel_timer(start_timer(MS, pid, 1), NULL); /* fired ones are swept by the next start */
    rs_memory_read(&after);
    CHECK_INT(after.timer, before.timer);
    CHECK_INT(after.message, before.message);
}
TEST(P8_timers_to_the_dead_are_dropped) {
    everywhere(timers_and_death);
}

static void starts_timer(const void *args, uint32_t bytes) {
    (void)bytes;
    start_timer(3 * MS, *(const rs_pid *)args, 5);
}

static void timers_of_dead_owner(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(starts_timer, &self, sizeof self, &ref);
    expect_down(pid, ref, "normal");
    CHECK_INT(take_number(), 5); /* T1: like send_after, it outlives who started it */
}
TEST(T1_a_timer_outlives_who_started_it) {
    everywhere(timers_of_dead_owner);
}

static void clock_goes_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t last_ns = rs_now_ns();
    for (int i = 0; i < 2000; i++) {
        if (i % 100 == 0) wait_ns(MS / 10);
        rs_yield();
        uint64_t now_ns = rs_now_ns();
        CHECK(now_ns >= last_ns);
        last_ns = now_ns;
    }
}
TEST(the_clock_never_goes_back) {
    everywhere(clock_goes_on);
}

/* ------------------------------------------------------------------ the rest of the door */

static void note(uint64_t argument) {
    send_number(rs_self(), (int64_t)argument);
}
static void leave(uint64_t argument) {
    rs_exit(rs_term_integer((int64_t)argument));
}

static void dawdle(uint64_t argument) {
    rs_receive(NULL, NULL, argument);
}

static void interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref ref = rs_monitor(pid);
    rs_interrupt(pid, note, 7, 0);
    settle();
    sees(pid, "number 7");
    rs_interrupt(pid, leave, 9, 0);
    expect_down(pid, ref, "9");
    rs_interrupt(pid, leave, 9, 0); /* to the dead: vanishes */
    pid = new_puppet();
    ref = rs_monitor(pid);
    rs_interrupt(pid, dawdle, MS, 0); /* an action must not wait */
    expect_down(pid, ref, "badarg");
    is_empty();
}
TEST(an_interrupt_runs_in_the_other_process) {
    everywhere(interrupts);
}

static void group_leader(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid boss = *(const rs_pid *)args;
    rs_group_lead();
    for (int i = 0; i < 10; i++) rs_spawn(puppet, NULL, 0);
    send_number(boss, (int64_t)rs_group_count(rs_self()));
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_group_kill(rs_self());
    while (rs_group_count(rs_self()) > 1) settle();
    send_number(boss, 0);
}

static void groups(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), stranger = new_puppet();
    rs_ref ref = 0;
    rs_pid leader = rs_spawn_monitor(group_leader, &self, sizeof self, &ref);
    CHECK_INT(take_number(), 11);
    send_number(leader, 1);
    CHECK_INT(take_number(), 0);
    expect_down(leader, ref, "normal");
    CHECK_INT(rs_group_count(leader), 0);
    ask(stranger, DO_NOTHING, 0, NULL);
    kill_and_wait(stranger);
}
TEST(a_group_dies_but_for_the_caller) {
    everywhere(groups);
}

static void reasons_of_runs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    new_puppet(); /* left alive at the end of the run */
    start_timer(3600000 * MS, rs_self(), 1);
    rs_exit(RS_ATOM(shutdown));
}
TEST(a_run_ends_with_its_first_process) {
    for (uint32_t i = 0; i < 6; i++) {
        const rs_runtime_options options = {.clock = i & 1 ? RS_CLOCK_VIRTUAL : RS_CLOCK_REAL,
                                            .threads = 1 + i / 2,
                                            .scheduler = "steal"};
        rs_term reason = 0;
        CHECK_INT(rs_run(&options, reasons_of_runs, NULL, 0, &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "shutdown");
    }
    const rs_runtime_options unknown = {.scheduler = "no_such_design"};
    CHECK_INT(rs_run(&unknown, reasons_of_runs, NULL, 0, NULL), RS_EINVAL);
    const rs_runtime_options refused = {.scheduler = "fifo", .threads = 2};
    CHECK_INT(rs_run(&refused, reasons_of_runs, NULL, 0, NULL), RS_EINVAL);
}

TEST_MAIN()
