/* ambush_test.c: faults of a role: whoever starts or stops there walks into them. What the engine
 * makes of them is in scenarios/engine/ambush_test.c.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/fault.h"

#include "runtime/otp/supervisor.h"
#include "runtime/process/test/run.h"

#define CAUSE 77u
#define ROLE  5u

/* ------------------------------------------------------------------ a server that walks in */

static rs_atomic_u32 inits, faults_told, blamed;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    UNUSED_ARGS;
    rs_add(&inits, 1, rs_relaxed);
    return RS_INIT_OK;
}

static const rs_gen_server server = {.name = "server", .init = init};

static void hear_event(void *context, const rs_event *event) {
    (void)context;
    if (event->kind == RS_EVENT_INIT_FAILED) rs_store(&blamed, event->cause, rs_relaxed);
    if (event->kind != RS_EVENT_FAULT) return;
    CHECK_INT(event->role, ROLE);
    CHECK_INT(event->cause, CAUSE);
    rs_add(&faults_told, 1, rs_relaxed);
}

static const rs_fault_kind *armed;
static uint64_t argument;

static void walk_in(void *context, uint32_t role) {
    CHECK(context == &armed);
    CHECK_INT(role, ROLE);
    CHECK_INT(rs_load(&inits, rs_relaxed), armed->moment == RS_MOMENT_TERMINATE);
    armed->strike(&(rs_fault_blow){
        .victim = rs_self(), .role = role, .cause = CAUSE, .arguments = {argument}});
}

static void run_armed(const char *name, uint64_t with, rs_clock_kind clock, rs_entry *entry) {
    static const rs_observer observer = {.event = hear_event};
    rs_seam seam = {.context = &armed};
    const rs_runtime_options options = {
        .clock = clock, .threads = 1, .observer = &observer, .seam = &seam};
    armed = rs_fault_find(name);
    CHECK(armed && armed->aim == RS_AIM_ROLE && armed->spares);
    *(armed->moment == RS_MOMENT_INIT ? &seam.init : &seam.terminate) = walk_in;
    argument = with;
    rs_store(&inits, 0, rs_relaxed);
    rs_store(&faults_told, 0, rs_relaxed);
    run_on(&options, entry);
    CHECK_INT(rs_load(&faults_told, rs_relaxed), 1);
}

static rs_start_result start(uint64_t timeout_ns, rs_pid *pid, rs_term *reason) {
    const rs_start_options options = {.role = ROLE, .timeout_ns = timeout_ns};
    return rs_gen_server_start(&server, NULL, 0, &options, pid, reason);
}

/* ------------------------------------------------------------------ the kinds */

static void fail(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    rs_term reason = 0;
    CHECK_INT(start(0, &pid, &reason), RS_START_ERROR);
    char text[64];
    rs_term_print(reason, text, sizeof text);
    CHECK_STR(text, armed->reason);
    rs_term_release(reason);
    CHECK_INT(rs_load(&blamed, rs_relaxed), CAUSE);
}

TEST(init_fail) {
    run_armed("init_fail", 1, RS_CLOCK_REAL, fail);
    run_armed("init_fail", 1, RS_CLOCK_VIRTUAL, fail);
    CHECK_INT(rs_load(&inits, rs_relaxed), 0);
}

/* Who starts it handles another fault's consequences. */
static void fail_for_another(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    rs_self_blame(3);
    CHECK_INT(start(0, &pid, NULL), RS_START_ERROR);
    CHECK_INT(rs_load(&blamed, rs_relaxed), 3);
}

TEST(a_failed_restart_belongs_to_the_fault_that_made_it_necessary) {
    run_armed("init_fail", 1, RS_CLOCK_VIRTUAL, fail_for_another);
}

static void wait_for_start(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    uint64_t before_ns = rs_now_ns();
    CHECK_INT(start(0, &pid, NULL), RS_START_OK);
    CHECK(rs_now_ns() - before_ns >= 20 * MS);
    if (rs_clock_is_virtual()) CHECK(rs_now_ns() - before_ns < 21 * MS);
}

TEST(init_slow) {
    run_armed("init_slow", 20 * MS, RS_CLOCK_REAL, wait_for_start);
    run_armed("init_slow", 20 * MS, RS_CLOCK_VIRTUAL, wait_for_start);
    CHECK_INT(rs_load(&inits, rs_relaxed), 1);
}

static void give_up_start(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    rs_term reason = 0;
    CHECK_INT(start(100 * MS, &pid, &reason), RS_START_ERROR);
    CHECK(reason == RS_ATOM(timeout));
    CHECK(!rs_is_alive(pid));
}

TEST(init_hang) {
    run_armed("init_hang", 0, RS_CLOCK_REAL, give_up_start);
    run_armed("init_hang", 0, RS_CLOCK_VIRTUAL, give_up_start);
    CHECK_INT(rs_load(&inits, rs_relaxed), 0);
}

static bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

/* Its parent tells it to stop, as a supervisor does. */
static void stop_in_vain(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    CHECK_INT(start(0, &pid, NULL), RS_START_OK);
    rs_ref monitor = rs_monitor(pid);
    CHECK_INT(rs_gen_server_stop(pid, RS_ATOM(normal), 50 * MS), RS_ELIMIT);
    CHECK(rs_is_alive(pid));
    rs_exit_signal(pid, RS_ATOM(kill));
    const rs_message *down = rs_receive(is_down, NULL, LONG_NS);
    CHECK(down && down->ref == monitor && rs_message_reason(down) == RS_ATOM(killed));
}

TEST(terminate_hang) {
    run_armed("terminate_hang", 0, RS_CLOCK_REAL, stop_in_vain);
    run_armed("terminate_hang", 0, RS_CLOCK_VIRTUAL, stop_in_vain);
}

TEST_MAIN()
