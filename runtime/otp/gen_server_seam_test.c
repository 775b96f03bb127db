/* gen_server_seam_test.c: the fault seam is asked by the process that is about to run its init, or
 * its terminate; what it does there is the server's own doing.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"
#include "runtime/process/test/run.h"

#define ROLE 5u

/* ------------------------------------------------------------------ a server */

typedef struct record {
    rs_atomic_u32 inits, terminates;           /* callbacks run */
    rs_atomic_u32 asked_init, asked_terminate; /* times that the seam was asked */
} record;

static record seen;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_add(&seen.inits, 1, rs_relaxed);
    return RS_INIT_OK;
}

static void terminate(void *state, rs_term reason) {
    (void)state, (void)reason;
    rs_add(&seen.terminates, 1, rs_relaxed);
}

static const rs_gen_server server = {.name = "server", .init = init, .terminate = terminate};

static rs_start_result start_server(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    rs_start_options options = given->options;
    options.role = ROLE;
    return rs_gen_server_start(&server, NULL, 0, &options, pid, reason);
}

/* ------------------------------------------------------------------ a seam */

typedef enum trick { NONE, FAIL_TWICE, HANG_IN_INIT, HANG_IN_TERMINATE } trick;

static void at_init(void *context, uint32_t role) {
    CHECK_INT(role, ROLE);
    CHECK_INT(rs_self_role(), ROLE);
    uint32_t times = rs_add(&seen.asked_init, 1, rs_relaxed);
    trick what = *(const trick *)context;
    if (what == FAIL_TWICE && times >= 1 && times <= 2) rs_exit(RS_ATOM(bad_request));
    if (what == HANG_IN_INIT && times == 1) rs_hang();
}

static void at_terminate(void *context, uint32_t role) {
    CHECK_INT(role, ROLE);
    rs_add(&seen.asked_terminate, 1, rs_relaxed);
    if (*(const trick *)context == HANG_IN_TERMINATE) rs_hang();
}

static void run_tricked(trick what, rs_entry *entry) {
    const rs_seam seam = {.context = &what, .init = at_init, .terminate = at_terminate};
    const rs_runtime_options *const kinds[] = {&one_core, &three_cores, &one_thread, &two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        rs_runtime_options options = *kinds[i];
        options.seam = &seam;
        memset(&seen, 0, sizeof seen);
        run_on(&options, entry);
    }
}

/* ------------------------------------------------------------------ a tree */

static rs_pid start_tree(uint32_t intensity, uint64_t shutdown_ns) {
    const rs_child_spec child = {.id = "a", .start = start_server, .shutdown_ns = shutdown_ns};
    const rs_supervisor_spec spec = {
        .intensity = intensity, .period_s = 100, .children = &child, .child_count = 1};
    rs_pid pid;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(&spec, &(rs_start_options){.link = true}, &pid, NULL),
              RS_START_OK);
    return pid;
}

static rs_term child_of(rs_pid supervisor) {
    rs_child_info info;
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, &info, 1), 1);
    return info.child;
}

static bool is_exit(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_EXIT && message->from == *(const rs_pid *)context;
}

static void await_end(rs_pid supervisor, rs_term reason) {
    const rs_message *exit = rs_receive(is_exit, &supervisor, LONG_NS);
    CHECK(exit && rs_message_reason(exit) == reason);
}

static void stop_tree(rs_pid supervisor) {
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    await_end(supervisor, RS_ATOM(shutdown));
}

static void crash_child(rs_pid supervisor) {
    rs_exit_signal(child_of(supervisor), RS_ATOM(kill));
}

/* ------------------------------------------------------------------ asked */

static void live_and_die(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(1, 1000 * MS);
    CHECK_INT(rs_load(&seen.asked_init, rs_relaxed), 1);
    CHECK_INT(rs_load(&seen.asked_terminate, rs_relaxed), 0);
    stop_tree(supervisor);
    CHECK_INT(rs_load(&seen.asked_init, rs_relaxed), 1);
    CHECK_INT(rs_load(&seen.asked_terminate, rs_relaxed), 1);
    CHECK_INT(rs_load(&seen.inits, rs_relaxed), 1);
    CHECK_INT(rs_load(&seen.terminates, rs_relaxed), 1);
}

TEST(it_is_asked_once_before_each) {
    run_tricked(NONE, live_and_die);
}

/* S18, S14: one death and two starts that fail are three restarts. */
static void restart_thrice(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(3, 1000 * MS);
    crash_child(supervisor);
    while (rs_term_tag(child_of(supervisor)) != RS_TAG_PID || rs_load(&seen.inits, rs_relaxed) < 2)
        rs_sleep(MS);
    CHECK_INT(rs_load(&seen.asked_init, rs_relaxed), 4);
    stop_tree(supervisor);
}

TEST(a_start_that_it_ends_is_tried_again) {
    run_tricked(FAIL_TWICE, restart_thrice);
}

static void give_up(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(2, 1000 * MS);
    crash_child(supervisor);
    await_end(supervisor, RS_ATOM(shutdown));
    CHECK_INT(rs_load(&seen.inits, rs_relaxed), 1);
    CHECK_INT(rs_load(&seen.asked_init, rs_relaxed), 3);
}

TEST(a_start_that_it_ends_counts_as_a_restart) {
    run_tricked(FAIL_TWICE, give_up);
}

/* G1, S6: the supervisor waits without limit, deaf to `shutdown`; X3: not to a kill. */
static void hang_in_restart(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(9, 1000 * MS);
    crash_child(supervisor);
    while (rs_load(&seen.asked_init, rs_relaxed) < 2) rs_sleep(MS);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    CHECK(rs_receive(is_exit, &supervisor, 50 * MS) == NULL);
    rs_exit_signal(supervisor, RS_ATOM(kill));
    await_end(supervisor, RS_ATOM(killed));
    read_settled(&(rs_memory_use){0}); /* the child has ended over its link */
}

TEST(a_start_that_hangs_holds_its_supervisor_until_a_kill) {
    run_tricked(HANG_IN_INIT, hang_in_restart);
}

/* S20 */
static void hang_in_stop(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(9, 100 * MS);
    uint64_t before_ns = rs_now_ns();
    stop_tree(supervisor);
    CHECK(rs_now_ns() - before_ns >= 100 * MS);
    CHECK_INT(rs_load(&seen.terminates, rs_relaxed), 0);
}

TEST(a_stop_that_hangs_is_ended_by_the_supervisor) {
    run_tricked(HANG_IN_TERMINATE, hang_in_stop);
}

TEST_MAIN()
