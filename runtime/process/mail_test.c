/* mail_test.c: what a seam makes of mail, under both clocks: nothing is freed twice or kept, and a
 * caller hears of its callee's death whatever was lost.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/mail.h"

#include "runtime/process/call.h"
#include "runtime/process/test/puppet.h"

#define TIMEOUT_NS (20 * MS)
/* Later than anything that does not wait for it, also on a machine that is busy. */
#define LATE_NS (100 * MS)

/* ------------------------------------------------------------------ a seam that tests can set */

typedef struct bender {
    rs_atomic_u32 on;       /* the next so many of `type` get `fate` */
    rs_atomic_u32 asked;    /* of that type */
    rs_atomic_u32 overtook; /* of those */
    const rs_type *type;    /* NULL: any that is none of the tests' own words */
    rs_mail_fate fate;
    bool random;
} bender;

static bender bent;

static bool take_one(rs_atomic_u32 *count) {
    uint32_t before = rs_load(count, rs_relaxed);
    while (before && !rs_cas(count, &before, before - 1, rs_relaxed)) continue;
    return before != 0;
}

/* Chance that needs no state which senders would share. */
static uint64_t scramble(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static void draw(const rs_mail *mail, rs_mail_fate *fate) {
    uint64_t chance = scramble(mail->time_ns ^ mail->from ^ mail->call << 20);
    switch (chance % 8) {
    case 0: fate->copies = 0; break;
    case 1: fate->copies = 2; break;
    case 2: fate->delay_ns = chance >> 8 & 0xfffff; break;
    case 3:
        fate->yields = !mail->overtakes;
        fate->delay_ns = mail->overtakes ? 0 : MS;
        break;
    case 4: fate->junk = 3; break;
    case 5:
        fate->copies = 3;
        fate->delay_ns = 1000;
        break;
    default: break;
    }
}

static void bend(void *context, const rs_mail *mail, rs_mail_fate *fate) {
    bender *this = context;
    if (this->random && mail->type != &order_type && mail->type != &answer_type) {
        draw(mail, fate);
        return;
    }
    if (mail->type != this->type) return;
    rs_add(&this->asked, 1, rs_relaxed);
    if (mail->overtakes) rs_add(&this->overtook, 1, rs_relaxed);
    if (take_one(&this->on)) *fate = this->fate;
}

static void set(uint32_t count, const rs_type *type, rs_mail_fate fate) {
    bent.type = type;
    bent.fate = fate;
    rs_store(&bent.asked, 0, rs_relaxed);
    rs_store(&bent.overtook, 0, rs_relaxed);
    rs_store(&bent.on, count, rs_release);
}

static void everywhere_bent(rs_entry *entry) {
    const rs_runtime_options *const kinds[] = {&one_core, &three_cores, &one_thread, &two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const rs_seam seam = {.context = &bent, .mail = bend};
        rs_runtime_options options = *kinds[i];
        options.seam = &seam;
        memset(&bent, 0, sizeof bent);
        run_on(&options, entry);
    }
}

/* ------------------------------------------------------------------ messages */

static void losing(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    set(2, &number_type, (rs_mail_fate){.copies = 0});
    for (int i = 1; i <= 3; i++) send_number(rs_self(), i);
    CHECK_INT(take_number(), 3);
    is_empty();
    CHECK_INT(rs_load(&bent.asked, rs_relaxed), 3);
    memory_is(&before);
}
TEST(a_message_that_is_lost_is_gone) {
    everywhere_bent(losing);
}

static void doubling(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    set(1, &number_type, (rs_mail_fate){.copies = 3});
    for (int i = 1; i <= 2; i++) send_number(rs_self(), i);
    for (int i = 0; i < 3; i++) CHECK_INT(take_number(), 1);
    CHECK_INT(take_number(), 2);
    is_empty();
    memory_is(&before);
}
TEST(a_message_can_arrive_three_times) {
    everywhere_bent(doubling);
}

static void delaying(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    set(1, &number_type, (rs_mail_fate){.copies = 1, .delay_ns = LATE_NS});
    uint64_t sent_ns = rs_now_ns();
    for (int i = 1; i <= 2; i++) send_number(rs_self(), i);
    CHECK_INT(take_number(), 2);
    CHECK_INT(take_number(), 1);
    CHECK(rs_now_ns() - sent_ns >= LATE_NS);
    memory_is(&before);
}
TEST(a_delayed_message_is_never_early_and_overtaken) {
    everywhere_bent(delaying);
}

static void yielding(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    uint64_t sent_ns = rs_now_ns();
    set(1, &number_type, (rs_mail_fate){.copies = 1, .delay_ns = LONG_NS, .yields = true});
    for (int i = 1; i <= 3; i++) send_number(rs_self(), i);
    CHECK_INT(take_number(), 2);
    CHECK_INT(take_number(), 1);
    CHECK_INT(take_number(), 3);
    CHECK_INT(rs_load(&bent.overtook, rs_relaxed), 1);
    CHECK(rs_now_ns() - sent_ns < LONG_NS);
    memory_is(&before);
    set(1, &number_type, (rs_mail_fate){.copies = 1, .delay_ns = LATE_NS, .yields = true});
    sent_ns = rs_now_ns();
    send_number(rs_self(), 4);
    CHECK_INT(take_number(), 4);
    CHECK(rs_now_ns() - sent_ns >= LATE_NS);
    is_empty();
    memory_is(&before);
}
TEST(who_yields_comes_behind_the_next_or_at_last_by_its_timer) {
    everywhere_bent(yielding);
}

static void yielding_to_another(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid other = new_witness();
    set(1, &number_type, (rs_mail_fate){.copies = 1, .delay_ns = LATE_NS, .yields = true});
    send_number(rs_self(), 1);
    send_number(other, 2);
    is_empty();
    CHECK_INT(take_number(), 1);
    sees(other, "number 2");
    CHECK_INT(rs_load(&bent.overtook, rs_relaxed), 0);
    kill_and_wait(other);
}
TEST(mail_to_another_does_not_overtake) {
    everywhere_bent(yielding_to_another);
}

static void flooding(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    set(1, &number_type, (rs_mail_fate){.copies = 1, .junk = 1000});
    send_number(rs_self(), 1);
    for (int i = 0; i < 1000; i++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message && message->type == &rs_junk_type && message->bytes == 0);
    }
    CHECK_INT(take_number(), 1);
    is_empty();
    memory_is(&before);
}
TEST(junk_comes_before_the_message) {
    everywhere_bent(flooding);
}

static void sends_and_ends(const void *args, uint32_t bytes) {
    (void)bytes;
    send_number(*(const rs_pid *)args, 7);
}

static void outliving(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    const rs_pid self = rs_self();
    set(1, &number_type, (rs_mail_fate){.copies = 2, .delay_ns = LATE_NS});
    rs_ref ref;
    rs_pid sender = rs_spawn_monitor(sends_and_ends, &self, sizeof self, &ref);
    expect_down(sender, ref, "normal");
    for (int i = 0; i < 2; i++) CHECK_INT(take_number(), 7);
    memory_is(&before);
}
TEST(delayed_mail_outlives_its_sender) {
    everywhere_bent(outliving);
}

static void to_the_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    rs_pid other = new_witness();
    set(2, &number_type, (rs_mail_fate){.copies = 1, .delay_ns = LATE_NS, .yields = true});
    send_number(other, 1);
    set(1, &number_type, (rs_mail_fate){.copies = 1, .delay_ns = LATE_NS});
    send_number(other, 2);
    kill_and_wait(other);
    wait_ns(2 * LATE_NS);
    memory_is(&before);
    send_number(other, 3);
    CHECK_INT(rs_load(&bent.asked, rs_relaxed), 1); /* nobody is asked about mail to the dead */
}
TEST(mail_that_comes_to_the_dead_vanishes) {
    everywhere_bent(to_the_dead);
}

static void ending(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const unsigned char large[100000];
    set(3, &number_type, (rs_mail_fate){.copies = 2, .delay_ns = LONG_NS});
    send_number(rs_self(), 1);
    rs_send(rs_self(), &number_type, large, sizeof large);
    bent.fate.yields = true;
    rs_send(rs_self(), &number_type, large, sizeof large);
}
TEST(a_runtime_can_end_with_mail_on_its_way) {
    everywhere_bent(ending);
}

/* ------------------------------------------------------------------ calls */

static const rs_type ask_type = {.name = "ask", .bytes = sizeof(uint64_t)};
static const rs_type told_type = {.name = "told", .bytes = sizeof(uint64_t)};
static const rs_type die_type = {.name = "die"};

static void give_answer(rs_pid callee, const rs_message *call, uint64_t count) {
    rs_call_reply_to(callee, call->from, call->ref, &told_type, &count, sizeof count);
}

/* Answers each call with how many there were; a cast ends it. */
static void counts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint64_t count = 0;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->kind == RS_MESSAGE_CAST) rs_exit(RS_ATOM(shutdown));
        if (message->kind != RS_MESSAGE_CALL) continue; /* junk */
        give_answer(rs_self(), message, ++count);
    }
}

static rs_pid start_counting(void) {
    rs_pid pid = rs_spawn(counts, NULL, 0);
    CHECK(pid != 0);
    return pid;
}

/* The answer, 0: the call failed of `reason`. */
static uint64_t call_within(rs_pid server, const char *reason, uint64_t timeout_ns) {
    const uint64_t question = 0;
    rs_call_result result = rs_call(server, &ask_type, &question, sizeof question, timeout_ns);
    if (result.reply) return *(const uint64_t *)rs_message_payload(result.reply);
    is_term(result.reason, reason);
    return 0;
}

static uint64_t call(rs_pid server, const char *reason) {
    return call_within(server, reason, TIMEOUT_NS);
}

static uint64_t answered(rs_pid server) {
    return call_within(server, "", LONG_NS);
}

/* The reply of the latest call stays until the next one. */
static void let_go_of_reply(void) {
    call(0, "noproc");
}

/* A lost request or reply: the caller times out, and later calls find the server as it was. */
static void lost_call(const rs_type *type, uint64_t handled) {
    rs_memory_use before;
    rs_pid server = start_counting();
    CHECK_INT(answered(server), 1);
    let_go_of_reply();
    settle();
    rs_memory_read(&before);
    set(1, type, (rs_mail_fate){.copies = 0});
    uint64_t begin_ns = rs_now_ns();
    CHECK_INT(call(server, "timeout"), 0);
    CHECK(rs_now_ns() - begin_ns >= TIMEOUT_NS);
    settle();
    memory_is(&before);
    CHECK_INT(answered(server), 2 + handled);
    kill_and_wait(server);
}

static void losing_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    lost_call(&ask_type, 0);
    lost_call(&told_type, 1);
}
TEST(a_call_whose_request_or_reply_is_lost_times_out) {
    everywhere_bent(losing_calls);
}

static void kill_later(const void *args, uint32_t bytes) {
    (void)bytes;
    wait_ns(2 * MS);
    rs_exit_signal(*(const rs_pid *)args, RS_ATOM(kill));
}

static void lost_and_killed(const rs_type *type) {
    rs_memory_use before;
    read_settled(&before);
    rs_pid server = start_counting();
    set(1, type, (rs_mail_fate){.copies = 0});
    rs_spawn(kill_later, &server, sizeof server);
    uint64_t begin_ns = rs_now_ns();
    CHECK_INT(call_within(server, "killed", LONG_NS), 0);
    CHECK(rs_now_ns() - begin_ns < LONG_NS);
    memory_is(&before);
}

/* The callee hands its call to another, whose reply is lost; it is the callee's death that counts.
 */
typedef struct errand {
    rs_pid callee, caller;
    rs_ref ref;
} errand;

static void answers_for(const void *args, uint32_t bytes) {
    (void)bytes;
    const errand *this = args;
    const rs_message as = {.from = this->caller, .ref = this->ref};
    give_answer(this->callee, &as, 1);
}

static void hands_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    const errand this = {rs_self(), message->from, message->ref};
    rs_ref ref;
    rs_pid helper = rs_spawn_monitor(answers_for, &this, sizeof this, &ref);
    expect_down(helper, ref, "normal");
    wait_ns(2 * MS);
    rs_exit(term_of("tired"));
}

static void answered_by_another(void) {
    rs_memory_use before;
    let_go_of_reply();
    read_settled(&before);
    set(1, &told_type, (rs_mail_fate){.copies = 0});
    CHECK_INT(call_within(rs_spawn(hands_on, NULL, 0), "tired", LONG_NS), 0);
    memory_is(&before);
}

static void hearing_of_deaths(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    lost_and_killed(&ask_type);
    lost_and_killed(&told_type);
    answered_by_another();
}
TEST(the_caller_of_a_lost_call_hears_of_its_callees_death) {
    everywhere_bent(hearing_of_deaths);
}

static void doubling_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_counting();
    set(1, &ask_type, (rs_mail_fate){.copies = 2});
    CHECK_INT(answered(server), 1);
    CHECK_INT(answered(server), 3); /* it has handled both */
    set(1, &told_type, (rs_mail_fate){.copies = 2});
    CHECK_INT(answered(server), 4);
    CHECK_INT(answered(server), 5);
    is_empty();
    kill_and_wait(server);
}
TEST(a_request_that_comes_twice_is_handled_twice_and_answered_once) {
    everywhere_bent(doubling_calls);
}

static void delaying_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_counting();
    set(1, &ask_type, (rs_mail_fate){.copies = 1, .delay_ns = LATE_NS});
    uint64_t begin_ns = rs_now_ns();
    CHECK_INT(answered(server), 1);
    CHECK(rs_now_ns() - begin_ns >= LATE_NS);
    set(1, &told_type, (rs_mail_fate){.copies = 1, .delay_ns = TIMEOUT_NS + 2 * LATE_NS});
    CHECK_INT(call(server, "timeout"), 0);
    CHECK_INT(answered(server), 3);
    wait_ns(3 * LATE_NS); /* what comes too late is no answer to another call */
    CHECK_INT(answered(server), 4);
    kill_and_wait(server);
}
TEST(a_call_waits_for_what_is_delayed) {
    everywhere_bent(delaying_calls);
}

static void losing_casts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start_counting();
    rs_ref ref = rs_monitor(server);
    set(1, &die_type, (rs_mail_fate){.copies = 0});
    rs_signal_send(server, RS_MESSAGE_CAST, &die_type, NULL, 0);
    CHECK_INT(answered(server), 1);
    rs_signal_send(server, RS_MESSAGE_CAST, &die_type, NULL, 0);
    expect_down(server, ref, "shutdown");
}
TEST(casts_are_mail) {
    everywhere_bent(losing_casts);
}

/* ------------------------------------------------------------------ all at once */

#define SENDERS  4
#define MESSAGES (RS_TSAN ? 500 : 2000)

static void swallow(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

typedef struct targets {
    rs_pid swallower, server;
} targets;

static void storm(const void *args, uint32_t bytes) {
    (void)bytes;
    const targets to = *(const targets *)args;
    for (int i = 0; i < MESSAGES; i++) {
        send_number(to.swallower, i);
        if (i % 8 == 0) {
            const uint64_t question = 0;
            rs_term_release(rs_call(to.server, &ask_type, &question, sizeof question, MS).reason);
        }
    }
}

static void storming(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    const targets to = {rs_spawn(swallow, NULL, 0), start_counting()};
    rs_pid senders[SENDERS];
    bent.random = true;
    for (int i = 0; i < SENDERS; i++) {
        rs_ref ref;
        senders[i] = rs_spawn_monitor(storm, &to, sizeof to, &ref);
    }
    wait_ns(2 * MS);
    rs_exit_signal(senders[0], RS_ATOM(kill)); /* with mail on its way */
    for (int i = 0; i < SENDERS; i++) {
        wanted any = {.kind = RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &any, LONG_NS));
    }
    bent.random = false;
    kill_and_wait(to.swallower);
    kill_and_wait(to.server);
    let_go_of_reply();
    memory_is(&before);
}
TEST(chance_at_several_senders_loses_no_memory) {
    everywhere_bent(storming);
}

TEST_MAIN()
