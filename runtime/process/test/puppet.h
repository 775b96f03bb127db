/* puppet.h: processes that do what a test orders and can show their mailboxes, so that a rule about
 * two processes reads as the conversation it is.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_PUPPET_H
#define RS_TEST_PUPPET_H

#include "runtime/process/test/run.h"

#include <stdio.h>

#define SETTLE_NS       (2 * MS) /* what was sent has arrived by then */
#define ROUNDS          200
#define PUPPET_TEXT_MAX 64

typedef struct number {
    int64_t value;
} number;
static const rs_type number_type = {.name = "number", .bytes = sizeof(number)};

/* ------------------------------------------------------------------ small words */

static inline void send_number(rs_pid to, int64_t value) {
    const number n = {value};
    rs_send(to, &number_type, &n, sizeof n);
}

/* start_timer sends `to` a number after the delay. */
static inline rs_ref start_timer(uint64_t delay_ns, rs_pid to, int64_t value) {
    const number n = {value};
    rs_ref timer = rs_send_after(delay_ns, to, &number_type, &n, sizeof n);
    CHECK(timer != 0);
    return timer;
}

static inline int64_t value_of(const rs_message *message) {
    CHECK(message != NULL && message->type == &number_type);
    return ((const number *)(const void *)message->payload)->value;
}

static inline int64_t take_number(void) {
    return value_of(rs_receive(NULL, NULL, LONG_NS));
}

static inline void settle(void) {
    wait_ns(SETTLE_NS);
}

static inline void is_empty(void) {
    CHECK(rs_receive(NULL, NULL, 0) == NULL);
}

static inline rs_term term_of(const char *text) {
    rs_term term = 0;
    CHECK_INT(rs_term_parse(text, &term), RS_OK);
    return term;
}

static inline void is_reason(const rs_message *message, const char *expected) {
    char text[PUPPET_TEXT_MAX];
    rs_term_print(rs_message_reason(message), text, sizeof text);
    CHECK_STR(text, expected);
}

typedef struct wanted {
    rs_pid from;
    rs_ref ref;
    rs_message_kind kind;
} wanted;

static inline bool is_wanted(const rs_message *message, void *context) {
    const wanted *this = context;
    return message->kind == this->kind && (!this->from || message->from == this->from) &&
           (!this->ref || message->ref == this->ref);
}

static inline void expect_down(rs_pid pid, rs_ref ref, const char *reason) {
    wanted this = {pid, ref, RS_MESSAGE_DOWN};
    const rs_message *message = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(message != NULL);
    CHECK(message->type == NULL);
    is_reason(message, reason);
}

/* all_end waits for `count` of the caller's monitored children to end `normal`. */
static inline void all_end(int count) {
    for (int i = 0; i < count; i++) expect_down(0, 0, "normal");
}

/* each_returns_memory runs the entries in turn, each in a process of its own, which takes along
 * what it holds, so that nothing may be left of it. */
static inline void each_returns_memory(rs_entry *const *entries, size_t count) {
    rs_memory_use before;
    read_settled(&before);
    for (size_t i = 0; i < count; i++) {
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(entries[i], NULL, 0, &ref);
        expect_down(pid, ref, "normal");
        memory_is(&before);
    }
}

static inline void expect_exit(rs_pid pid, const char *reason) {
    wanted this = {pid, 0, RS_MESSAGE_EXIT};
    const rs_message *message = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(message != NULL);
    CHECK(message->type == NULL);
    is_reason(message, reason);
}

static inline void kill_and_wait(rs_pid pid) {
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

static inline bool is_order(const rs_message *message, void *context) {
    (void)context;
    return message->type == &order_type;
}
static inline bool is_no_order(const rs_message *message, void *context) {
    return !is_order(message, context);
}

/* look tells of the oldest message: "nothing", "number 3", "EXIT reason", "DOWN reason". */
static inline void look(answer *out) {
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

static inline void obey_text(const order *this, answer *out) {
    rs_term term = term_of(this->text);
    if (this->kind == DO_EXIT) rs_exit(term);
    if (this->kind == DO_SIGNAL) rs_exit_signal(this->peer, term);
    if (this->kind == DO_REGISTER) out->value = rs_register(term, rs_self());
    rs_term_release(term);
}

static inline void obey(const order *this, answer *out) {
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

static inline void puppet(const void *args, uint32_t bytes) {
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

static inline rs_pid new_puppet(void) {
    rs_pid pid = rs_spawn(puppet, NULL, 0);
    CHECK(pid != 0);
    return pid;
}

static inline void tell(rs_pid pid, order_kind kind, rs_pid peer, const char *text) {
    order this = {.kind = kind, .peer = peer};
    if (text) strcpy(this.text, text);
    rs_send(pid, &order_type, &this, sizeof this);
}

static inline bool is_answer_of(const rs_message *message, void *context) {
    return message->type == &answer_type && message->from == *(const rs_pid *)context;
}

static inline answer await_answer(rs_pid pid) {
    const rs_message *message = rs_receive(is_answer_of, &pid, LONG_NS);
    CHECK(message != NULL);
    return *(const answer *)(const void *)message->payload;
}

static inline void order_now(rs_pid pid, order_kind kind, rs_pid peer, const char *text,
                             rs_ref ref) {
    order this = {.kind = kind, .boss = rs_self(), .peer = peer, .ref = ref};
    if (text) strcpy(this.text, text);
    rs_send(pid, &order_type, &this, sizeof this);
}

static inline answer ask(rs_pid pid, order_kind kind, rs_pid peer, const char *text) {
    order_now(pid, kind, peer, text, 0);
    return await_answer(pid);
}

/* new_witness returns a puppet that waits for orders by now, so that memory can be compared. */
static inline rs_pid new_witness(void) {
    rs_pid pid = new_puppet();
    ask(pid, DO_NOTHING, 0, NULL);
    settle();
    return pid;
}

static inline void sees(rs_pid pid, const char *expected) {
    answer seen = ask(pid, DO_LOOK, 0, NULL);
    CHECK_STR(seen.text, expected);
}

/* ------------------------------------------------------------------ other small lives */

/* exits_at_once ends with `gone` after as many turns as its argument says. */
static inline void exits_at_once(const void *args, uint32_t bytes) {
    (void)bytes;
    for (int i = 0; i < *(const int *)args; i++) rs_yield();
    rs_exit(term_of("gone"));
}

#endif
