/* watchdog_test.c: who hangs is killed, who answers is not, under the virtual clock.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/watchdog.h"

#include "runtime/base/test/test.h"
#include "runtime/otp/supervisor.h"

#define MS UINT64_C(1000000)

static const rs_type hang_type = {.name = "hang"};

static bool refuse(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static rs_next sleeper_init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    return RS_INIT_OK;
}

static rs_next sleeper_handle_cast(void *state, const rs_message *cast) {
    (void)state;
    if (cast->type == &hang_type) rs_receive(refuse, NULL, RS_FOREVER);
    return RS_NOREPLY;
}

static const rs_gen_server sleeper = {
    .name = "sleeper", .init = sleeper_init, .handle_cast = sleeper_handle_cast};

static rs_pid start_sleeper(const char *name) {
    rs_start_options options = {.name = rs_atom_find(name)};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(&sleeper, NULL, 0, &options, &pid, &reason), RS_START_OK);
    return pid;
}

static rs_start_result start_child(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&sleeper, NULL, 0, &start->options, pid, reason);
}

static rs_pid start_family(void) {
    static const rs_child_spec child = {.id = "child",
                                        .start = start_child,
                                        .restart = RS_TEMPORARY,
                                        .shutdown_ns = RS_BRUTAL_KILL};
    rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                               .intensity = 1,
                               .period_s = 1,
                               .children = &child,
                               .child_count = 1};
    rs_start_options options = {.name = rs_atom_find("family")};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_supervisor_start(&spec, &options, &pid, &reason), RS_START_OK);
    return pid;
}

static rs_pid add_child(rs_pid family) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_supervisor_start_child(family, NULL, NULL, 0, NULL, &pid, &reason), RS_START_OK);
    return pid;
}

static void start_watchdog(void) {
    static const char *const watches[] = {"good", "bad", "nobody"}, *const families[] = {"family"};
    static const rs_watchdog_config config = {
        .watches = {watches, 3}, .with_children = {families, 1}, 100 * MS, 50 * MS};
    rs_worker_args args = {.config = &config, .path = "watchdog"};
    rs_start_options options = {.name = rs_atom_find("watchdog")};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(rs_worker_find("watchdog")->server, &args, sizeof args, &options,
                                  &pid, &reason),
              RS_START_OK);
}

static void hang(rs_pid pid) {
    rs_gen_server_cast(pid, &hang_type, NULL, 0);
}

static void watch(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid good = start_sleeper("good"), bad = start_sleeper("bad"), other = start_sleeper("other");
    rs_pid family = start_family(), first = add_child(family), last = 0;
    for (int i = 0; i < 40; i++) last = add_child(family); /* more than one page */
    start_watchdog();
    rs_receive(refuse, NULL, 95 * MS);
    hang(bad);
    hang(other); /* nobody looks at it */
    hang(first);
    rs_receive(refuse, NULL, 50 * MS);
    CHECK(rs_is_alive(bad) && rs_is_alive(first)); /* there is some patience left */
    rs_receive(refuse, NULL, 10 * MS);
    CHECK(!rs_is_alive(bad) && !rs_is_alive(first));
    CHECK(rs_is_alive(good) && rs_is_alive(other) && rs_is_alive(family) && rs_is_alive(last));
    hang(last);
    rs_receive(refuse, NULL, 1000 * MS);
    CHECK(rs_is_alive(good) && rs_is_alive(family) && !rs_is_alive(last));
}

TEST(who_does_not_answer_is_killed) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, watch, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

TEST_MAIN()
