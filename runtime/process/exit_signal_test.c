/* exit_signal_test.c: what an exit signal does to whom. Rules X1-X5.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/process/test/puppet.h"

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

static bool went_on;

static void ends_itself(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit_signal(rs_self(), *(const rs_term *)args);
    went_on = true;
}

static void nothing_after(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_term reasons[] = {RS_ATOM(kill), RS_ATOM(shutdown), RS_ATOM(normal)};
    went_on = false;
    for (size_t i = 0; i < 3; i++) {
        rs_ref ref = 0;
        rs_pid pid = rs_spawn_monitor(ends_itself, &reasons[i], sizeof reasons[i], &ref);
        expect_down(pid, ref, i ? rs_atom_text(reasons[i]) : "killed");
        CHECK(!went_on);
    }
}
TEST(X_nothing_runs_after_an_exit_to_oneself) {
    everywhere(nothing_after);
}

static void first_kill_counts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t cause = 1; cause < 10; cause++) {
        rs_pid pid = new_puppet();
        rs_ref ref = rs_monitor(pid);
        rs_exit_signal_cause(pid, RS_ATOM(kill), cause);
        rs_exit_signal_cause(pid, RS_ATOM(kill), 77);
        wanted down = {pid, ref, RS_MESSAGE_DOWN};
        const rs_message *message = rs_receive(is_wanted, &down, LONG_NS);
        CHECK(message != NULL);
        CHECK_INT(message->cause, cause);
    }
}
TEST(the_first_kill_is_the_cause) {
    everywhere(first_kill_counts);
}

/* ------------------------------------------------------------------ a race, for a while */

static rs_atomic_u64 gates;

static void loops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        rs_trap_exit(false); /* a gate */
        rs_add(&gates, 1, rs_relaxed);
    }
}

/* A message just before the signal: the flag that was set for the one must not be lost with the
 * other. */
static void stop_loops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t round = 0; round < 3000; round++) {
        rs_ref ref;
        rs_pid victim = rs_spawn_monitor(loops, NULL, 0, &ref);
        uint64_t before = rs_load(&gates, rs_relaxed);
        while (rs_load(&gates, rs_relaxed) < before + 100) rs_yield();
        rs_send(victim, &any_type, NULL, 0);
        for (volatile uint32_t i = 0; i < round % 50;) i = i + 1;
        rs_exit_signal(victim, RS_ATOM(shutdown));
        expect_down(victim, ref, "shutdown");
    }
}
TEST(exit_signals_reach_who_passes_gates) {
    run_on(&two_threads, stop_loops);
}

/* ------------------------------------------------------------------ one reason in many hands */

#define HOLDERS 4

typedef struct handed {
    rs_pid to;
    rs_term reason;
} handed;

static void hands_over(const void *args, uint32_t bytes) {
    (void)bytes;
    const handed *this = args;
    for (int i = 0; i < 2000; i++) rs_exit_signal(this->to, this->reason);
}

/* Each looks at the reason in user mode while others count their references. */
static void share_a_reason(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_ref ref;
    rs_pid gone = rs_spawn_monitor(ends, NULL, 0, &ref);
    expect_down(gone, ref, "normal");
    read_settled(&before);
    const handed this = {gone, term_of("{\"one reason\",of,many}")};
    for (int i = 0; i < HOLDERS; i++)
        CHECK(rs_spawn_monitor(hands_over, &this, sizeof this, &ref) != 0);
    all_end(HOLDERS);
    rs_receive(NULL, NULL, 0); /* lets go of the last one */
    rs_term_release(this.reason);
    memory_is(&before);
}
TEST(many_may_hand_over_one_reason_at_once) {
    everywhere(share_a_reason);
}

TEST_MAIN()
