/* supervisor_load_test.c: many children, many deaths, on the virtual clock and on threads: nothing
 * is lost, nothing is restarted twice, and memory comes back.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"

#include "runtime/base/assert.h"
#include "runtime/base/prng.h"
#include "runtime/process/test/run.h"

#include <stdlib.h>

/* TSan takes twenty times as long. */
#define MANY  (RS_TSAN ? 10000u : 100000u)
#define BURST (MANY / 10)

/* ---------------------------------------------------------------- children */

/* Who lives in each place, written by its init. */
static _Atomic rs_pid places[MANY];

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    uint32_t place;
    if (bytes != sizeof place) return RS_INIT_OK;
    memcpy(&place, args, sizeof place);
    places[place] = rs_self();
    return RS_INIT_OK;
}

static const rs_gen_server module = {.name = "worker", .init = init};

static rs_start_result start(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&module, given->extra, given->extra_bytes, &given->options, pid,
                               reason);
}

static rs_pid start_simple(rs_restart restart, uint64_t shutdown_ns, rs_start_function *function) {
    rs_child_spec child = {
        .id = "child", .start = function, .restart = restart, .shutdown_ns = shutdown_ns};
    rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                               .intensity = INT64_MAX,
                               .period_s = 1,
                               .children = &child,
                               .child_count = 1};
    rs_pid supervisor;
    rs_term reason;
    rs_trap_exit(true);
    rs_start_options options = {.link = true};
    CHECK_INT(rs_supervisor_start(&spec, &options, &supervisor, &reason), RS_START_OK);
    return supervisor;
}

static rs_pid add(rs_pid supervisor, uint32_t place) {
    rs_pid pid;
    rs_term reason;
    CHECK_INT(
        rs_supervisor_start_child(supervisor, NULL, &place, sizeof place, NULL, &pid, &reason),
        RS_START_OK);
    return pid;
}

static void fill(rs_pid supervisor, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) CHECK(add(supervisor, i) == places[i]);
}

static void stop(rs_pid supervisor) {
    CHECK_INT(rs_gen_server_stop(supervisor, RS_ATOM(normal), RS_FOREVER), RS_OK);
}

static uint64_t active(rs_pid supervisor) {
    rs_child_counts counts;
    CHECK(rs_supervisor_count_children(supervisor, &counts));
    CHECK_INT(counts.specs, 1);
    return counts.active;
}

/* ---------------------------------------------------------------- how it is run */

static void run_virtual(rs_entry *entry) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    run_on(&options, entry);
}

static void run_threads(rs_entry *entry) {
    const rs_runtime_options options = {.scheduler = "steal", .threads = 2};
    run_on(&options, entry);
}

/* ---------------------------------------------------------------- bursts */

static rs_pid before[MANY];

/* Every victim's place must have somebody new in it. */
static void await_replacements(uint32_t from, uint32_t count) {
    for (uint32_t i = from; i < from + count; i++)
        while (places[i] == before[i] || !rs_is_alive(places[i])) wait_ns(MS);
}

static void burst(uint32_t from, uint32_t count) {
    for (uint32_t i = from; i < from + count; i++) before[i] = places[i];
    for (uint32_t i = from; i < from + count; i++) rs_exit_signal(places[i], RS_ATOM(kill));
    await_replacements(from, count);
}

static void kill_in_bursts(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_simple(RS_PERMANENT, 5000 * MS, start);
    fill(supervisor, MANY);
    CHECK_INT(active(supervisor), MANY);
    for (uint32_t from = 0; from < MANY; from += BURST) burst(from, BURST);
    burst(0, MANY);
    CHECK_INT(active(supervisor), MANY);
    stop(supervisor);
    for (uint32_t i = 0; i < MANY; i++) CHECK(!rs_is_alive(places[i]));
}

TEST(a_hundred_thousand_die_in_bursts) {
    run_virtual(kill_in_bursts);
}
TEST(a_hundred_thousand_die_in_bursts_on_threads) {
    run_threads(kill_in_bursts);
}

/* ---------------------------------------------------------------- memory */

/* A child dies and is replaced, again and again: not a byte more. Who is temporary is replaced by
 * hand. */
static void churn(rs_restart restart) {
    rs_pid supervisor = start_simple(restart, 5000 * MS, start);
    fill(supervisor, 100);
    rs_memory_use at_first, at_last;
    for (uint32_t i = 0; i < 20000; i++) {
        rs_exit_signal(places[i % 100], RS_ATOM(kill));
        wait_ns(MS);
        if (restart == RS_TEMPORARY) add(supervisor, i % 100);
        if (i == 100) rs_memory_read(&at_first);
    }
    rs_memory_read(&at_last);
    CHECK_INT(active(supervisor), 100);
    CHECK_INT(at_last.arena, at_first.arena);
    CHECK_INT(at_last.relation, at_first.relation);
    CHECK_INT(at_last.message, at_first.message);
    CHECK_INT(at_last.other, at_first.other);
    CHECK_INT(at_last.processes, at_first.processes);
}

static void replace(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    churn(RS_TEMPORARY);
}
static void crash_often(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    churn(RS_PERMANENT);
}

TEST(replacing_temporary_children_costs_no_memory) {
    run_virtual(replace);
}
TEST(restarting_children_costs_no_memory) {
    run_virtual(crash_often);
}

/* ---------------------------------------------------------------- by pid */

/* S34, at random, with crashes in between: the index of pids must follow. */
static void terminate_at_random(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_prng prng;
    rs_prng_init(&prng, 7, "terminate");
    rs_pid supervisor = start_simple(RS_PERMANENT, 5000 * MS, start);
    fill(supervisor, 2000);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t place = (uint32_t)rs_prng_below(&prng, 2000);
        rs_pid pid = places[place];
        if (rs_prng_below(&prng, 2)) {
            CHECK(rs_supervisor_terminate_child(supervisor, NULL, pid) == RS_ATOM(ok));
            CHECK(rs_supervisor_terminate_child(supervisor, NULL, pid) == RS_ATOM(ok));
            CHECK(!rs_is_alive(pid));
            add(supervisor, place);
        } else {
            rs_exit_signal(pid, RS_ATOM(kill));
            wait_ns(MS);
        }
        CHECK(rs_is_alive(places[place]) && places[place] != pid);
    }
    CHECK_INT(active(supervisor), 2000);
}

TEST(children_go_by_their_pids) {
    run_virtual(terminate_at_random);
}

static int compare(const void *a, const void *b) {
    rs_pid x = *(const rs_pid *)a, y = *(const rs_pid *)b;
    return x < y ? -1 : x > y;
}

/* Pages of which_children: everybody once. */
static void list_all(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static rs_pid listed[MANY];
    static rs_child_info infos[1000]; /* larger than a stack */
    rs_pid supervisor = start_simple(RS_TEMPORARY, 5000 * MS, start);
    fill(supervisor, MANY);
    for (uint32_t i = 0; i < MANY; i += 1000) {
        CHECK_INT(rs_supervisor_which_children(supervisor, i, infos, 1000), MANY);
        for (uint32_t k = 0; k < 1000; k++) listed[i + k] = infos[k].child;
    }
    for (uint32_t i = 0; i < MANY; i++) before[i] = places[i];
    qsort(listed, MANY, sizeof listed[0], compare);
    qsort(before, MANY, sizeof before[0], compare);
    CHECK(memcmp(listed, before, sizeof listed) == 0);
    CHECK_INT(rs_supervisor_which_children(supervisor, MANY, infos, 1000), MANY);
    stop(supervisor);
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, infos, 1000), 0);
}

TEST(which_children_shows_everybody_once) {
    run_virtual(list_all);
}

/* ---------------------------------------------------------------- stopping */

/* Every third ignores `shutdown`, every third has cut its link. */
static rs_next stubborn_init(void *state, const void *args, uint32_t bytes) {
    uint32_t place;
    memcpy(&place, args, sizeof place);
    init(state, args, bytes);
    if (place % 3 == 1) rs_trap_exit(true);
    return RS_INIT_OK;
}

static rs_next stubborn_cast(void *state, const rs_message *request) {
    (void)state;
    rs_unlink(*(const rs_pid *)(const void *)request->payload);
    return RS_NOREPLY;
}

static void stubborn_terminate(void *state, rs_term reason) {
    (void)state, (void)reason;
    wait_ns(60000 * MS);
}

static const rs_gen_server stubborn = {
    .name = "stubborn",
    .init = stubborn_init,
    .handle_cast = stubborn_cast,
    .terminate = stubborn_terminate,
};

static rs_start_result start_stubborn(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&stubborn, given->extra, given->extra_bytes, &given->options, pid,
                               reason);
}

static const rs_type pid_type = {.name = "pid", .bytes = sizeof(rs_pid)};

/* S24: one timer for all, however many are late; S20: who unlinked cannot hang us. */
static void stop_the_stubborn(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_simple(RS_TEMPORARY, 2000 * MS, start_stubborn);
    fill(supervisor, 3000);
    for (uint32_t i = 0; i < 3000; i++)
        if (i % 3 == 2) rs_gen_server_cast(places[i], &pid_type, &supervisor, sizeof supervisor);
    wait_ns(MS);
    uint64_t started_ns = rs_now_ns();
    stop(supervisor);
    CHECK_INT((rs_now_ns() - started_ns) / MS, 2000);
    for (uint32_t i = 0; i < 3000; i++) CHECK(!rs_is_alive(places[i]));
}

TEST(one_timer_stops_all_the_late) {
    run_virtual(stop_the_stubborn);
}

/* ---------------------------------------------------------------- a storm over groups */

/* 8 supervisors of 5 workers each, of all strategies, under one. */
#define GROUPS  8u
#define WORKERS 5u
static uint32_t numbers[GROUPS * WORKERS];

static rs_start_result start_place(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&module, given->args, given->bytes, &given->options, pid, reason);
}

static rs_start_result start_group(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    const uint32_t *first = given->args;
    rs_child_spec children[WORKERS];
    for (uint32_t i = 0; i < WORKERS; i++)
        children[i] = (rs_child_spec){.id = ids[i],
                                      .start = start_place,
                                      .args = first + i,
                                      .bytes = sizeof *first,
                                      .shutdown_ns = 5000 * MS};
    rs_supervisor_spec spec = {.strategy = (rs_strategy)(*first / WORKERS % 3),
                               .intensity = 3,
                               .period_s = 1,
                               .children = children,
                               .child_count = WORKERS};
    return rs_supervisor_start(&spec, &given->options, pid, reason);
}

static rs_pid start_groups(void) {
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    rs_child_spec children[GROUPS];
    for (uint32_t i = 0; i < GROUPS * WORKERS; i++) numbers[i] = i;
    for (uint32_t i = 0; i < GROUPS; i++)
        children[i] = (rs_child_spec){.id = ids[i],
                                      .start = start_group,
                                      .args = &numbers[i * WORKERS],
                                      .shutdown_ns = RS_SHUTDOWN_INFINITY,
                                      .is_supervisor = true};
    rs_supervisor_spec spec = {
        .intensity = INT64_MAX, .period_s = 1, .children = children, .child_count = GROUPS};
    rs_start_options options = {.link = true};
    rs_pid top;
    rs_term reason;
    CHECK_INT(rs_supervisor_start(&spec, &options, &top, &reason), RS_START_OK);
    return top;
}

static bool is_everybody_alive(void) {
    for (uint32_t i = 0; i < GROUPS * WORKERS; i++)
        if (!rs_is_alive(places[i])) return false;
    return true;
}

/* Kills hit workers in the middle of group restarts, escalations and stops. In the end everybody is
 * there, once. */
static void storm(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_prng prng;
    rs_prng_init(&prng, 11, "storm");
    rs_trap_exit(true);
    rs_pid top = start_groups();
    for (uint32_t i = 0; i < 20000; i++) {
        rs_exit_signal(places[rs_prng_below(&prng, GROUPS * WORKERS)], RS_ATOM(kill));
        if (rs_prng_below(&prng, 4) == 0) rs_yield();
        if (rs_prng_below(&prng, 64) == 0) wait_ns(MS);
    }
    /* A busy machine takes its time; ten seconds are for ever. */
    for (int tries = 0; tries < 1000 && !(tries > 10 && is_everybody_alive()); tries++)
        wait_ns(10 * MS);
    CHECK(is_everybody_alive());
    rs_memory_use use;
    rs_memory_read(&use);
    CHECK_INT(use.processes, 2 + GROUPS + GROUPS * WORKERS);
    stop(top);
    wait_ns(10 * MS); /* the last of its death may still be under way */
    rs_memory_read(&use);
    CHECK_INT(use.processes, 1);
}

TEST(a_storm_over_groups) {
    run_virtual(storm);
}
TEST(a_storm_over_groups_on_threads) {
    run_threads(storm);
}

/* ---------------------------------------------------------------- calls that fail */

static rs_start_result start_never(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    (void)given, (void)pid;
    CHECK_INT(rs_term_parse("{a,\"long enough to be two words\",{b,7}}", reason), RS_OK);
    return RS_START_ERROR;
}

/* Errors come with their reasons; they cost nothing when told ten thousand times. */
static void fail_often(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    char text[128];
    rs_pid supervisor = start_simple(RS_PERMANENT, 5000 * MS, start_never), pid;
    rs_memory_use at_first, at_last;
    for (uint32_t i = 0; i < 10000; i++) {
        rs_term reason;
        CHECK_INT(rs_supervisor_start_child(supervisor, NULL, &i, sizeof i, NULL, &pid, &reason),
                  RS_START_ERROR);
        rs_term_print(reason, text, sizeof text);
        CHECK_STR(text, "{a,\"long enough to be two words\",{b,7}}");
        rs_term_release(reason);
        if (i == 100) rs_memory_read(&at_first);
    }
    rs_memory_read(&at_last);
    CHECK(memcmp(&at_first, &at_last, sizeof at_last) == 0);
}

TEST(failing_starts_cost_no_memory) {
    run_virtual(fail_often);
}

static void call_the_gone(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_simple(RS_PERMANENT, 5000 * MS, start), pid;
    stop(supervisor);
    rs_term reason;
    rs_child_counts counts;
    char text[64];
    CHECK_INT(rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason),
              RS_START_ERROR);
    CHECK(reason == RS_ATOM(noproc));
    rs_term_print(rs_supervisor_delete_child(supervisor, "x"), text, sizeof text);
    CHECK_STR(text, "{error,noproc}");
    CHECK(!rs_supervisor_count_children(supervisor, &counts));
}

TEST(who_is_gone_answers_noproc) {
    run_virtual(call_the_gone);
}

/* ---------------------------------------------------------------- the window's edge */

/* S12 under the clock itself: two crashes 1.1 s apart with period 1. Whether both count depends on
 * where the second begins. */
static void crash_twice(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static const uint32_t place = 0;
    rs_child_spec child = {.id = "child", .start = start, .shutdown_ns = 5000 * MS};
    rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                               .intensity = 1,
                               .period_s = 1,
                               .children = &child,
                               .child_count = 1};
    rs_start_options options = {.link = true};
    rs_pid supervisor;
    rs_term reason;
    rs_trap_exit(true);
    rs_supervisor_start(&spec, &options, &supervisor, &reason);
    add(supervisor, place);
    for (int i = 0; i < 2; i++) {
        rs_exit_signal(places[0], RS_ATOM(kill));
        wait_ns(1100 * MS);
    }
    rs_exit(rs_is_alive(supervisor) ? RS_ATOM(running) : RS_ATOM(shutdown));
}

static void check_edge(uint64_t offset_ms, rs_term expected) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL,
                                        .clock_offset_ns = offset_ms * MS};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, crash_twice, NULL, 0, &reason), RS_OK);
    CHECK(reason == expected);
}

TEST(the_window_counts_whole_seconds) {
    check_edge(0, RS_ATOM(shutdown));
    check_edge(899, RS_ATOM(shutdown));
    check_edge(900, RS_ATOM(running));
    check_edge(999, RS_ATOM(running));
}

TEST_MAIN()
