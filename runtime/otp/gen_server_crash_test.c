/* gen_server_crash_test.c: a native fault in the callback that is to save what can be saved after a
 * native fault.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/otp/gen_server.h"
#include "runtime/process/test/run.h"

FAULTY static void write_nowhere(void) {
    uintptr_t address = 8;
    __asm__ volatile("" : "+r"(address));
    *(volatile int *)address = 1;
}

FAULTY static void divide(void) {
    int zero = 0;
    __asm__ volatile("xorl %%edx, %%edx\n\tmovl $1, %%eax\n\tidivl %0"
                     :
                     : "r"(zero)
                     : "eax", "edx");
}

FAULTY static int overflow(int depth) {
    volatile char frame[200];
    frame[depth & 127] = 1;
    return depth < 0 ? 0 : overflow(depth + 1) + frame[depth & 127];
}

static rs_atomic_u32 errors_seen;

static rs_next starts_well(void *state, const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    (void)state;
    return RS_INIT_OK;
}

static rs_next crashes_at_a_cast(void *state, const rs_message *request) {
    (void)state;
    write_nowhere();
    (void)request;
    return RS_NOREPLY;
}

static void crashes_again(void *state, rs_term reason) {
    (void)state;
    CHECK(reason == RS_ATOM(sigsegv));
    rs_add(&errors_seen, 1, rs_relaxed);
    divide();
}

static void overflows_again(void *state, rs_term reason) {
    (void)state;
    CHECK(reason == RS_ATOM(sigsegv));
    rs_add(&errors_seen, 1, rs_relaxed);
    overflow(0);
}

static const rs_gen_server twice_servers[] = {
    {.name = "twice",
     .init = starts_well,
     .handle_cast = crashes_at_a_cast,
     .error = crashes_again},
    {.name = "overflows",
     .init = starts_well,
     .handle_cast = crashes_at_a_cast,
     .error = overflows_again},
};

static void nested(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const char *const reasons[] = {"sigfpe", "stack_overflow"};
    rs_memory_use before;
    for (uint32_t i = 0; i < 20; i++) {
        if (i == 2) read_settled(&before);
        rs_pid pid = 0;
        rs_term reason = 0;
        rs_store(&errors_seen, 0, rs_relaxed);
        CHECK_INT(rs_gen_server_start(&twice_servers[i % 2], NULL, 0, NULL, &pid, &reason),
                  RS_START_OK);
        rs_ref ref = rs_monitor(pid);
        rs_gen_server_cast(pid, &any_type, NULL, 0);
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message != NULL && message->ref == ref);
        CHECK_STR(rs_atom_text(rs_message_reason(message)), reasons[i % 2]);
        CHECK_INT(rs_load(&errors_seen, rs_relaxed), 1);
        rs_receive(NULL, NULL, 0);
    }
    memory_is(&before);
}
TEST(a_fault_in_the_error_callback_is_the_last) {
    everywhere(nested);
}

/* ------------------------------------------------------------------ caught in a callback */

static void crash_caught(void *argument) {
    (void)argument;
    write_nowhere();
}

static rs_next catches_and_answers(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from, (void)request;
    rs_term reason;
    CHECK_INT(rs_catch(crash_caught, NULL, &reason), RS_CAUGHT_CRASH);
    return rs_reply(&any_type, &reason, sizeof reason);
}
static const rs_gen_server catcher = {
    .name = "catcher", .init = starts_well, .handle_call = catches_and_answers};

static void answers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    rs_memory_use before;
    read_settled(&before);
    CHECK_INT(rs_gen_server_start(&catcher, NULL, 0, NULL, &pid, NULL), RS_START_OK);
    for (int i = 0; i < 100; i++) {
        const rs_message *reply = rs_gen_server_call(pid, &any_type, NULL, 0, RS_FOREVER);
        CHECK(*(const rs_term *)(const void *)reply->payload == RS_ATOM(sigsegv));
    }
    CHECK_INT(counters().crashed, 0);
    rs_gen_server_stop(pid, RS_ATOM(normal), RS_FOREVER);
    memory_is(&before);
}
TEST(a_server_answers_after_what_it_caught) {
    everywhere(answers);
}

/* What the error callback catches is neither its end nor its reason, and it may use all it wants.
 */
static void overflow_caught(void *argument) {
    (void)argument;
    overflow(0);
}
static void catches_in_error(void *state, rs_term reason) {
    (void)state;
    CHECK(reason == RS_ATOM(sigsegv));
    for (int i = 0; i < 3; i++) {
        CHECK_INT(rs_catch(crash_caught, NULL, NULL), RS_CAUGHT_CRASH);
        CHECK_INT(rs_catch(overflow_caught, NULL, NULL), RS_CAUGHT_CRASH);
    }
    rs_add(&errors_seen, 1, rs_relaxed);
}
static const rs_gen_server late_catcher = {.name = "late_catcher",
                                           .init = starts_well,
                                           .handle_cast = crashes_at_a_cast,
                                           .error = catches_in_error};

static void catches_late(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    rs_store(&errors_seen, 0, rs_relaxed);
    CHECK_INT(rs_gen_server_start(&late_catcher, NULL, 0, NULL, &pid, NULL), RS_START_OK);
    rs_monitor(pid);
    rs_gen_server_cast(pid, &any_type, NULL, 0);
    const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down != NULL && rs_message_reason(down) == RS_ATOM(sigsegv));
    CHECK_INT(rs_load(&errors_seen, rs_relaxed), 1);
    CHECK_INT(counters().crashed, 1);
}
TEST(the_error_callback_may_catch) {
    everywhere(catches_late);
}

TEST_MAIN()
