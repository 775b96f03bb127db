/* application_load_test.c: applications that come and go many times, and from all sides at once,
 * leave no process, no timer, no name and no byte.
 * Source: rules A1-A4, A7.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/otp/application_controller.h"
#include "runtime/process/test/puppet.h"

#define CYCLES  100
#define CALLERS 8
#define TRIES   60

static rs_atom word(const char *text) {
    return rs_atom_find(text);
}

static void is_ok(rs_term term) {
    CHECK(term == RS_ATOM(ok));
}

/* ---------------------------------------------------------------- the applications */

/* Whatever an application's process may leave: a name, a timer, a child deaf to all but kill. */
static void linger(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    start_timer(RS_FOREVER / 4, rs_self(), 1);
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

static rs_next worker_init(void *state, const void *args, uint32_t bytes) {
    (void)state, UNUSED_ARGS;
    rs_spawn(linger, NULL, 0);
    rs_alloc(5000);
    return RS_INIT_OK;
}

static const rs_gen_server worker = {.name = "worker", .init = worker_init};

static rs_start_result start_worker(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    rs_start_options options = start->options;
    options.name = word(start->args);
    return rs_gen_server_start(&worker, NULL, 0, &options, pid, reason);
}

static rs_start_result start_tree(const void *args, rs_pid *pid, rs_term *reason) {
    const rs_child_spec children[] = {
        {.id = "worker", .start = start_worker, .args = args, .shutdown_ns = 5000 * MS}};
    const rs_supervisor_spec top = {
        .intensity = 0, .period_s = 5, .children = children, .child_count = 1};
    const rs_start_options options = {.link = true};
    return rs_supervisor_start(&top, &options, pid, reason);
}

static rs_term start_phase(const char *phase, const void *args, const void *phase_args) {
    (void)phase, (void)phase_args;
    CHECK(rs_whereis(word(args)) != 0);
    return RS_ATOM(ok);
}

static rs_start_result start_in_vain(const void *args, rs_pid *pid, rs_term *reason) {
    start_tree(args, pid, reason);
    *reason = term_of("{in,[\"vain\"]}");
    return RS_START_ERROR;
}

static const rs_start_phase phases[] = {{"go", NULL}, {NULL, NULL}};
static const rs_parameter env[] = {{"k", "[1,{a,\"text\"}]"}, {"l", "2"}, {NULL, NULL}};

static const rs_application part = {.name = "part",
                                    .args = "main_worker",
                                    .start_phases = phases,
                                    .start_phase = start_phase,
                                    .env = env};
static const rs_application base = {
    .name = "base", .start = start_tree, .args = "base_worker", .env = env};
static const rs_application extra = {
    .name = "extra", .start = start_in_vain, .args = "extra_worker"};
static const rs_application whole = {
    .name = "whole",
    .start = start_tree,
    .args = "main_worker",
    .applications = (const char *const[]){"base", NULL},
    .included_applications = (const rs_application *const[]){&part, NULL},
    .start_phases = phases,
    .start_phase = start_phase,
    .env = env,
};
static const rs_config config[] = {{"whole", (const rs_parameter[]){{"k", "3"}, {NULL, NULL}}},
                                   {NULL, NULL}};

/* ---------------------------------------------------------------- again and again */

static void live_once(void) {
    rs_term value = 0;
    is_ok(rs_application_load(&base));
    rs_term_release(rs_application_ensure_all_started(&whole, RS_TEMPORARY));
    CHECK(rs_application_top(word("whole")) != 0);
    is_ok(rs_application_set_env(word("whole"), word("own"), rs_term_integer(1), false));
    is_ok(rs_application_set_env(word("whole"), word("kept"), rs_term_integer(1), true));
    is_ok(rs_application_config_change(config));
    CHECK(rs_application_get_env(word("part"), word("k"), &value));
    rs_term_release(value);
    rs_term_release(rs_application_start(&extra, RS_TEMPORARY));
    is_ok(rs_application_stop(word("whole")));
    is_ok(rs_application_stop(word("base")));
    is_ok(rs_application_unload(word("whole")));
    is_ok(rs_application_unload(word("base")));
    is_ok(rs_application_unload(word("extra")));
    CHECK(rs_whereis(word("main_worker")) == 0);
}

/* Once nothing has changed for a while. */
static void read_quiet(rs_memory_use *use) {
    rs_memory_use last;
    do {
        rs_memory_read(&last);
        wait_ns(10 * MS);
        rs_memory_read(use);
    } while (memcmp(use, &last, sizeof last) != 0);
}

static void stop_controller(void) {
    rs_gen_server_stop(rs_whereis(word("application_controller")), RS_ATOM(normal), RS_FOREVER);
}

static void live_often(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    for (int i = 0; i < 3; i++) live_once();
    read_quiet(&before);
    for (int i = 0; i < CYCLES; i++) live_once();
    memory_is(&before);
    stop_controller();
}

/* ---------------------------------------------------------------- from all sides */

static const rs_application *const all[] = {&part, &base, &extra, &whole};

/* One thing or another with one of them; whatever it is answered. */
static void meddle(rs_prng *chance) {
    const rs_application *one = all[rs_prng_below(chance, 4)];
    rs_atom name = word(one->name);
    rs_term value = 0;
    switch (rs_prng_below(chance, 9)) {
    case 0: value = rs_application_load(one); break;
    case 1: value = rs_application_unload(name); break;
    case 2: value = rs_application_start(one, RS_TEMPORARY); break;
    case 3:
    case 4: value = rs_application_ensure_all_started(one, RS_TEMPORARY); break;
    case 5: value = rs_application_stop(name); break;
    case 6: value = rs_application_set_env(name, word("k"), rs_term_integer(1), true); break;
    case 7: rs_application_get_env(name, word("k"), &value); break;
    default: rs_exit_signal(rs_application_get_master(name), RS_ATOM(kill));
    }
    rs_term_release(value);
}

static void meddles(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_prng chance;
    rs_prng_init_indexed(&chance, 1, "application_load", *(const uint32_t *)args);
    for (int i = 0; i < TRIES; i++) meddle(&chance);
}

static void meddle_together(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t i = 0; i < CALLERS; i++) {
        rs_ref ref;
        rs_spawn_monitor(meddles, &i, sizeof i, &ref);
    }
    all_end(CALLERS);
    for (int i = 0; i < 4; i++) {
        rs_term_release(rs_application_stop(word(all[i]->name)));
        rs_term_release(rs_application_unload(word(all[i]->name)));
        CHECK(rs_application_get_all_key(word(all[i]->name)) == NULL);
    }
    live_once();
    stop_controller();
}

static void leave_nothing(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const entries[] = {live_often, meddle_together};
    each_returns_memory(entries, sizeof entries / sizeof *entries);
}
TEST(applications_that_come_and_go_leave_nothing) {
    everywhere(leave_nothing);
}

TEST_MAIN()
