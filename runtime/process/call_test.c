/* call_test.c: calls between plain processes: what else arrives meanwhile, who answers, and what
 * becomes of calls whose caller has given up. Rules C1-C4, M6.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/call.h"

#include "runtime/base/atomic.h"
#include "runtime/process/test/puppet.h"

static bool is_call(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_CALL;
}

static void reply_number(rs_pid callee, rs_pid caller, rs_ref ref, int64_t value) {
    const number n = {value};
    rs_call_reply_to(callee, caller, ref, &number_type, &n, sizeof n);
}

static int64_t call_number(rs_pid to, uint64_t timeout_ns) {
    rs_call_result result = rs_call(to, &any_type, NULL, 0, timeout_ns);
    if (result.reply) return value_of(result.reply);
    rs_test_fail(__FILE__, __LINE__, "the call failed: %s", rs_atom_text(result.reason));
}

/* ------------------------------------------------------------------ what arrives meanwhile */

/* Answers each call with a number, after as many messages to the caller. */
static void answers_with_noise(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int64_t i = 0;; i = (i + 1) % 5) {
        const rs_message *call = rs_receive(is_call, NULL, RS_FOREVER);
        rs_pid caller = call->from;
        rs_ref ref = call->ref;
        for (int64_t n = 0; n < i; n++) {
            send_number(caller, n);
            wait_ns(n % 2 ? MS / 20 : 1); /* so that each comes alone */
        }
        reply_number(rs_self(), caller, ref, i);
    }
}

static void meanwhile(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid callee = rs_spawn(answers_with_noise, NULL, 0);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t count = call_number(callee, round % 2 ? RS_FOREVER : LONG_NS);
        CHECK_INT(count, round % 5);
        for (int64_t n = 0; n < count; n++) CHECK_INT(take_number(), n);
        is_empty();
    }
    kill_and_wait(callee);
}
TEST(what_arrives_during_a_call_stays_in_order) {
    everywhere(meanwhile);
}

static void calls_for_ever(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_call(*(const rs_pid *)args, &any_type, NULL, 0, RS_FOREVER);
}

static void caller_dies(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term boom = term_of("boom");
    rs_pid callee = new_puppet();
    for (int round = 0; round < ROUNDS; round++) {
        rs_ref ref = 0;
        rs_pid caller = rs_spawn_monitor(calls_for_ever, &callee, sizeof callee, &ref);
        if (round % 2) settle();
        rs_exit_signal(caller, boom);
        expect_down(caller, ref, "boom");
    }
    kill_and_wait(callee);
}
TEST(an_exit_signal_ends_who_waits_for_a_reply) {
    everywhere(caller_dies);
}

/* ------------------------------------------------------------------ answered calls are forgotten
 */

static void answers_all(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        const rs_message *call = rs_receive(is_call, NULL, RS_FOREVER);
        reply_number(rs_self(), call->from, call->ref, 1);
    }
}

static void answered_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_pid callee = rs_spawn(answers_all, NULL, 0);
    for (int i = 0; i < 10; i++) call_number(callee, RS_FOREVER);
    settle();
    rs_memory_read(&before);
    for (int i = 0; i < 1000; i++) call_number(callee, RS_FOREVER);
    memory_is(&before);
}
TEST(a_callee_keeps_no_call_that_it_has_answered) {
    everywhere(answered_calls);
}

/* A call whose helper answers while it is still being read. */
typedef struct handed_on {
    rs_pid callee, caller;
    rs_ref ref;
} handed_on;

static rs_atomic_u32 helped;

static void helps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        const handed_on it =
            *(const handed_on *)(const void *)rs_receive(NULL, NULL, RS_FOREVER)->payload;
        reply_number(it.callee, it.caller, it.ref, 1);
        rs_store(&helped, 1, rs_release);
    }
}

static void reads_on(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid helper = *(const rs_pid *)args;
    for (;;) {
        const rs_message *call = rs_receive(is_call, NULL, RS_FOREVER);
        const handed_on it = {rs_self(), call->from, call->ref};
        rs_store(&helped, 0, rs_relaxed);
        rs_send(helper, &any_type, &it, sizeof it);
        while (!rs_load(&helped, rs_acquire)) rs_yield();
        rs_yield(); /* what the helper has told is taken here */
    }
}

static void helped_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_pid helper = rs_spawn(helps, NULL, 0);
    rs_pid callee = rs_spawn(reads_on, &helper, sizeof helper);
    for (int i = 0; i < 10; i++) call_number(callee, RS_FOREVER);
    settle();
    rs_memory_read(&before);
    for (int i = 0; i < 200; i++) call_number(callee, RS_FOREVER);
    memory_is(&before);
}
TEST(a_callee_keeps_no_call_that_another_has_answered) {
    run_on(&one_core, helped_calls);
    on_one_and_two(helped_calls);
}

/* ------------------------------------------------------------------ at the deadline */

/* Answers after the deadline, but in the turn in which it passes: the caller finds both. Noise, so
 * that it does not wait for the first time. */
static void answers_at_the_deadline(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_message *call = rs_receive(is_call, NULL, RS_FOREVER);
    rs_pid caller = call->from;
    rs_ref ref = call->ref;
    send_number(caller, 0);
    wait_ns(MS / 20);
    uint64_t deadline_ns = rs_now_ns() + MS / 10;
    while (rs_now_ns() < deadline_ns) send_number(rs_self(), 0);
    reply_number(rs_self(), caller, ref, 1);
}

static void deadline(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid callee = rs_spawn(answers_at_the_deadline, NULL, 0);
    CHECK_INT(call_number(callee, MS / 10), 1);
}
TEST(C4_an_answer_that_is_there_at_the_deadline_counts) {
    run_on(&one_core, deadline);
}

/* ------------------------------------------------------------------ given up, and then? */

#define OUTCOMES_MAX 8

static struct {
    rs_ref ref;
    bool answered, handled;
} outcomes[OUTCOMES_MAX];
static rs_atomic_u32 outcome_count;

static void hear_late(void *context, rs_pid caller, rs_ref call, bool answered, bool handled) {
    (void)context;
    (void)caller;
    uint32_t count = rs_load(&outcome_count, rs_relaxed);
    CHECK(count < OUTCOMES_MAX);
    outcomes[count].ref = call;
    outcomes[count].answered = answered;
    outcomes[count].handled = handled;
    rs_store(&outcome_count, count + 1, rs_release);
}

static rs_ref give_up(rs_pid to) {
    rs_call_result result = rs_call(to, &any_type, NULL, 0, MS);
    CHECK(result.reply == NULL && result.reason == RS_ATOM(timeout));
    rs_core *core = rs_section_enter();
    rs_ref ref = core->current->call_ref;
    rs_section_leave(core);
    return ref;
}

static void expect_outcome(rs_ref ref, bool answered, bool handled) {
    for (int i = 0; i < 1000 && !rs_load(&outcome_count, rs_acquire); i++) settle();
    CHECK_INT(rs_load(&outcome_count, rs_acquire), 1);
    CHECK(outcomes[0].ref == ref);
    CHECK_INT(outcomes[0].answered, answered);
    CHECK_INT(outcomes[0].handled, handled);
    rs_store(&outcome_count, 0, rs_relaxed);
}

/* Takes so many calls, answers the newest when it gets a number and goes when it gets another. */
static void takes(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid caller = 0;
    rs_ref ref = 0;
    for (int i = 0; i < *(const int *)args; i++) {
        const rs_message *call = rs_receive(is_call, NULL, RS_FOREVER);
        caller = call->from;
        ref = call->ref;
    }
    int64_t any = 0;
    while (!any) any = value_of(rs_receive(is_wanted, &(wanted){.kind = RS_MESSAGE}, RS_FOREVER));
    if (any > 0) reply_number(rs_self(), caller, ref, 1);
    if (any > 0) rs_receive(is_wanted, &(wanted){.kind = RS_MESSAGE}, RS_FOREVER);
}

static void given_up(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_store(&outcome_count, 0, rs_relaxed);
    int none = 0, one = 1, two = 2;
    rs_pid pid = rs_spawn(takes, &one, sizeof one);
    rs_ref ref = give_up(pid);
    send_number(pid, 1);
    expect_outcome(ref, true, false); /* a late reply */
    send_number(pid, 1);
    pid = rs_spawn(takes, &one, sizeof one);
    ref = give_up(pid);
    send_number(pid, -1);
    expect_outcome(ref, false, true); /* taken, never answered */
    pid = rs_spawn(takes, &none, sizeof none);
    ref = give_up(pid);
    send_number(pid, -1);
    expect_outcome(ref, false, false); /* never taken */
    /* Of two calls of one caller the one that was answered is forgotten, not the other. */
    pid = rs_spawn(takes, &two, sizeof two);
    ref = give_up(pid);
    start_timer(MS, pid, 1);
    CHECK_INT(call_number(pid, LONG_NS), 1);
    send_number(pid, 1);
    expect_outcome(ref, false, true);
    settle();
    CHECK_INT(rs_load(&outcome_count, rs_acquire), 0);
}
TEST(what_becomes_of_a_call_given_up_is_told_once) {
    const rs_observer observer = {.late = hear_late};
    const rs_runtime_options kinds[] = {
        {.clock = RS_CLOCK_VIRTUAL, .observer = &observer},
        {.threads = 1, .observer = &observer},
        {.threads = 2, .observer = &observer},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) run_on(&kinds[i], given_up);
}

/* ------------------------------------------------------------------ causes */

/* Whoever fails because another died goes on in the name of what killed it. */
static void cause_of_failure(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint32_t heard = 0;
    for (uint32_t cause = 1; cause < 20; cause++) {
        rs_pid callee = rs_spawn(waits, NULL, 0);
        rs_exit_signal_cause(callee, RS_ATOM(kill), cause);
        rs_call_result result = rs_call(callee, &any_type, NULL, 0, LONG_NS);
        CHECK(result.reply == NULL);
        if (result.reason == RS_ATOM(noproc)) continue; /* it had gone already */
        CHECK(result.reason == RS_ATOM(killed));
        CHECK_INT(rs_self_cause(), cause);
        heard++;
    }
    if (rs_clock_is_virtual()) CHECK_INT(heard, 19);
}
TEST(a_failed_call_hands_on_the_cause) {
    everywhere(cause_of_failure);
}

/* ------------------------------------------------------------------ questions of the dead */

static rs_atomic_u32 asked, may_go_on;

/* Passes no gate until it is told to: what is sent to it waits. */
static void holds_its_core(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_add(&asked, 1, rs_release);
    while (!rs_load(&may_go_on, rs_acquire)) rs_relax();
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void asks_whether_alive(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid pid = *(const rs_pid *)args;
    rs_term boom = term_of("boom");
    rs_exit_signal(pid, boom); /* undecided until it is taken */
    rs_add(&asked, 1, rs_release);
    rs_is_alive(pid);
}

static void answers_to_the_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    for (int round = 0; round < 20; round++) {
        if (round == 3) read_settled(&before);
        rs_store(&asked, 0, rs_relaxed);
        rs_store(&may_go_on, 0, rs_relaxed);
        rs_pid busy = rs_spawn(holds_its_core, NULL, 0);
        while (rs_load(&asked, rs_acquire) < 1) rs_yield(); /* the timers of that core wait too */
        rs_pid asker = rs_spawn(asks_whether_alive, &busy, sizeof busy);
        while (rs_load(&asked, rs_acquire) < 2) rs_yield();
        for (int i = 0; i < 10; i++) rs_yield();
        kill_and_wait(asker);
        rs_store(&may_go_on, 1, rs_release);
        settle();
        kill_and_wait(busy);
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(answers_to_the_dead_are_dropped) {
    run_on(&two_threads, answers_to_the_dead);
}

TEST_MAIN()
