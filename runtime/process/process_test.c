/* process_test.c: births, ends and groups. Rules P5-P9.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

static void exits_with(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit(term_of(args));
}

static const char *const reasons[] = {"normal",          "shutdown",  "kill", "boom",
                                      "{shutdown,done}", "{a,{b,1}}", "-7",   "\"text\""};
#define REASONS (sizeof reasons / sizeof reasons[0])

static void reasons_of_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(ends, NULL, 0, &ref);
    expect_down(pid, ref, "normal"); /* P6 */
    for (size_t i = 0; i < REASONS; i++) {
        pid = rs_spawn_monitor(exits_with, reasons[i], (uint32_t)strlen(reasons[i]) + 1, &ref);
        expect_down(pid, ref, reasons[i]); /* M4 */
        CHECK(!rs_is_alive(pid));
    }
    CHECK(rs_is_alive(rs_self()));
    is_empty();
}
TEST(P6_P7_M4_a_process_ends_with_its_reason) {
    everywhere(reasons_of_ends);
}

static void alive(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < ROUNDS; i++) {
        rs_pid pid = new_puppet();
        CHECK(rs_is_alive(pid));
        rs_exit_signal(pid, RS_ATOM(normal));
        CHECK(rs_is_alive(pid));
        rs_exit_signal(pid, RS_ATOM(kill));
        CHECK(!rs_is_alive(pid)); /* the caller's earlier signals are handled first */
    }
}
TEST(P9_is_alive_waits_for_the_callers_signals) {
    everywhere(alive);
}

/* Whoever looks does not act for what it finds. */
static void looks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term boom = term_of("boom");
    for (uint32_t cause = 1; cause < 20; cause++) {
        rs_pid pid = new_puppet();
        if (cause % 2) settle(); /* it waits by now */
        rs_exit_signal_cause(pid, boom, cause);
        CHECK(!rs_is_alive(pid));
        CHECK_INT(rs_self_cause(), 0);
    }
}
TEST(looking_for_the_dead_changes_no_cause) {
    everywhere(looks);
}

/* ------------------------------------------------------------------ P8: the order of death */

static void named(const void *args, uint32_t bytes) {
    (void)bytes;
    CHECK_INT(rs_register(rs_atom_find("rules_name"), rs_self()), RS_OK);
    switch (*(const int *)args) {
    case 0: return;
    case 1: rs_exit(RS_ATOM(shutdown));
    case 2: rs_crash(RS_ATOM(sigsegv));
    default: rs_receive(NULL, NULL, RS_FOREVER);
    }
}

static void watch_named(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_pid *of = args;
    rs_monitor(of[0]);
    rs_receive(NULL, NULL, LONG_NS);
    CHECK(rs_whereis(rs_atom_find("rules_name")) != of[0]);
    CHECK(!rs_is_alive(of[0]));
    send_number(of[1], 1);
}

static void death_order(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atom name = rs_atom_find("rules_name");
    rs_trap_exit(true);
    for (int round = 0; round < ROUNDS; round++) {
        int how = round % 4;
        rs_pid pid = 0;
        rs_ref ref = 0;
        const rs_spawn_options options = {.entry = named,
                                          .args = &how,
                                          .bytes = sizeof how,
                                          .link = round & 4,
                                          .monitor = !(round & 4),
                                          .ref = &ref};
        CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
        rs_pid third[2] = {pid, rs_self()};
        rs_spawn(watch_named, third, sizeof third);
        if (how == 3) {
            while (rs_whereis(name) != pid) rs_yield();
            rs_exit_signal(pid, RS_ATOM(kill));
        }
        wanted death = {pid, 0, options.link ? RS_MESSAGE_EXIT : RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &death, LONG_NS) != NULL);
        CHECK_INT(rs_whereis(name), 0);
        CHECK_INT(rs_register(name, rs_self()), RS_OK);
        CHECK_INT(rs_unregister(name), RS_OK);
        CHECK_INT(take_number(), 1);
    }
    is_empty();
}
TEST(P8_who_sees_the_death_finds_the_name_free) {
    everywhere(death_order);
}

/* ------------------------------------------------------------------ P5: atomic spawns */

/* Lets time pass without giving up the core: others that look for work find the child. */
static void linger(int count) {
    for (volatile int i = 0; i < count; i++) {
    }
}

static void atomic_spawns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    int delay = 0;
    for (int round = 0; round < 5 * ROUNDS; round++) {
        rs_ref ref = 0;
        rs_pid a = rs_spawn_monitor(exits_at_once, &delay, sizeof delay, &ref);
        if (!rs_clock_is_virtual()) linger(round % 4 * 1000);
        rs_pid b = rs_spawn_link(exits_at_once, &delay, sizeof delay);
        if (!rs_clock_is_virtual()) linger(round % 3 * 1000);
        CHECK(a && b && a != b);
        expect_down(a, ref, "gone");
        expect_exit(b, "gone");
    }
    is_empty();
}
TEST(P5_spawn_link_and_spawn_monitor_are_atomic) {
    everywhere(atomic_spawns);
}

static void parent_that_dies(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid child = rs_spawn_link(puppet, NULL, 0);
    rs_send(*(const rs_pid *)args, &number_type, &(number){(int64_t)child}, sizeof(number));
    rs_exit(term_of("gone"));
}

static void orphans(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    for (int round = 0; round < ROUNDS; round++) {
        rs_spawn(parent_that_dies, &self, sizeof self);
        rs_pid child = (rs_pid)take_number();
        rs_ref ref = rs_monitor(child);
        wanted down = {child, ref, RS_MESSAGE_DOWN};
        const rs_message *message = rs_receive(is_wanted, &down, LONG_NS);
        CHECK(message != NULL);
        if (rs_message_reason(message) != RS_ATOM(noproc)) is_reason(message, "gone");
    }
}
TEST(P5_a_child_dies_of_the_parent_that_spawned_and_died) {
    everywhere(orphans);
}

/* ------------------------------------------------------------------ groups */

static void group_leader(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid boss = *(const rs_pid *)args;
    rs_group_lead();
    for (int i = 0; i < 10; i++) rs_spawn(puppet, NULL, 0);
    send_number(boss, (int64_t)rs_group_count(rs_self()));
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_group_kill(rs_self());
    while (rs_group_count(rs_self()) > 1) settle();
    send_number(boss, 0);
}

static void groups(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), stranger = new_puppet();
    rs_ref ref = 0;
    rs_pid leader = rs_spawn_monitor(group_leader, &self, sizeof self, &ref);
    CHECK_INT(take_number(), 11);
    send_number(leader, 1);
    CHECK_INT(take_number(), 0);
    expect_down(leader, ref, "normal");
    CHECK_INT(rs_group_count(leader), 0);
    ask(stranger, DO_NOTHING, 0, NULL);
    kill_and_wait(stranger);
}
TEST(a_group_dies_but_for_the_caller) {
    everywhere(groups);
}

TEST_MAIN()
