/* application_test.c: started and stopped as a unit, in order, nothing left behind.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application.h"

#include "runtime/otp/supervisor.h"
#include "runtime/process/test/run.h"

#include <stdlib.h>

static char story[256];

static void tell(const char *word) {
    if (story[0]) strcat(story, " ");
    strcat(story, word);
}

/* ---------------------------------------------------------------- a tree that leaves strays */

static void linger(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_trap_exit(true);
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

/* A stray that spawns another whenever it can. */
static void breed(const void *args, uint32_t bytes) {
    for (int i = 0; i < 8; i++) {
        rs_spawn(linger, args, bytes);
        rs_yield();
    }
    linger(args, bytes);
}

static rs_next worker_init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    rs_trap_exit(true);
    rs_spawn(linger, NULL, 0);
    rs_spawn(breed, NULL, 0);
    tell("init");
    return RS_INIT_OK;
}

static rs_next worker_info(void *state, const rs_message *info) {
    (void)state;
    return info->kind == RS_MESSAGE ? rs_stop(rs_atom_find("crash")) : RS_NOREPLY;
}

static void worker_terminate(void *state, rs_term reason) {
    (void)state, (void)reason;
    wait_ns(10 * MS);
    tell("terminate");
}

static const rs_gen_server worker = {
    .name = "worker",
    .init = worker_init,
    .handle_info = worker_info,
    .terminate = worker_terminate,
};

static rs_start_result start_worker(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&worker, NULL, 0, &start->options, pid, reason);
}

static const rs_child_spec children[] = {
    {.id = "a", .start = start_worker, .shutdown_ns = 5000 * MS},
    {.id = "b", .start = start_worker, .shutdown_ns = 5000 * MS},
};

static const rs_supervisor_spec top = {
    .intensity = 0, .period_s = 5, .children = children, .child_count = 2};

static rs_start_result start_tree(const void *args, rs_pid *pid, rs_term *reason) {
    CHECK_STR(args, "args");
    const rs_start_options options = {.link = true};
    return rs_supervisor_start(&top, &options, pid, reason);
}

static void prepare(const void *args) {
    CHECK_STR(args, "args");
    tell("prep_stop");
}

static void clean(const void *args) {
    CHECK_STR(args, "args");
    tell("stop");
}

static const rs_application tree = {"tree", start_tree, prepare, clean, .args = "args"};

/* ---------------------------------------------------------------- the tests */

static void run_virtual(rs_entry *entry) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 4096};
    story[0] = '\0';
    run_on(&options, entry);
}

static void run_threads(rs_entry *entry) {
    const rs_runtime_options options = {.scheduler = "steal", .threads = 2, .processes_max = 4096};
    story[0] = '\0';
    run_on(&options, entry);
}

static rs_atom word(const char *text) {
    return rs_atom_find(text);
}

static void stop_by_hand(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    rs_pid master = rs_application_get_master(word("tree"));
    rs_pid pid = rs_application_top(word("tree"));
    CHECK(rs_is_alive(pid));
    wait_ns(20 * MS);
    /* master, top, two workers, four strays, sixteen bred */
    CHECK_INT(rs_group_count(master), 24);
    is_term(rs_application_stop(word("tree")), "ok");
    CHECK(!rs_is_alive(pid));
    CHECK(!rs_is_alive(master));
    CHECK_INT(rs_group_count(master), 0);
    is_term(rs_application_stop(word("tree")), "{error,{not_started,tree}}");
    CHECK(rs_application_top(word("tree")) == 0);
    CHECK_STR(story, "init init prep_stop terminate terminate stop");
}

TEST(stop_takes_everything_down_in_order) {
    run_virtual(stop_by_hand);
}
TEST(stop_takes_everything_down_on_threads) {
    run_threads(stop_by_hand);
}

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(rs_ref *)context;
}

/* A5: intensity 0, so the first crash ends the tree. */
static void top_gives_up(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    rs_pid master = rs_application_get_master(word("tree"));
    rs_ref monitor = rs_monitor(master);
    rs_child_info infos[2];
    CHECK_INT(rs_supervisor_which_children(rs_application_top(word("tree")), 0, infos, 2), 2);
    rs_send(infos[0].child, NULL, NULL, 0);
    const rs_message *down = rs_receive(is_down, &monitor, RS_FOREVER);
    CHECK(rs_message_reason(down) == RS_ATOM(shutdown));
    CHECK_INT(rs_group_count(master), 0);
    CHECK_STR(story, "init init terminate terminate prep_stop stop");
    is_term(rs_application_which_applications(), "[]");
}

TEST(master_ends_with_its_top) {
    run_virtual(top_gives_up);
}
TEST(master_ends_with_its_top_on_threads) {
    run_threads(top_gives_up);
}

static rs_pid stray;

static rs_start_result start_badly(const void *args, rs_pid *pid, rs_term *reason) {
    (void)pid;
    stray = rs_spawn(linger, NULL, 0);
    if (!args) return RS_START_IGNORE;
    CHECK_INT(rs_term_parse("{no,luck}", reason), RS_OK);
    return RS_START_ERROR;
}

static const rs_application bad = {.name = "bad", .start = start_badly, .args = "args"},
                            worse = {.name = "worse", .start = start_badly};

static void start_and_fail(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    is_term(rs_application_start(&bad, RS_TEMPORARY),
            "{error,{{no,luck},{bad,start,[normal,[]]}}}");
    CHECK(!rs_is_alive(stray));
    is_term(rs_application_start(&worse, RS_TEMPORARY),
            "{error,{bad_return,{{worse,start,[normal,[]]},ignore}}}");
    CHECK(!rs_is_alive(stray));
}

TEST(a_failing_start_leaves_nothing) {
    run_virtual(start_and_fail);
}

TEST_MAIN()
