/* name_test.c: registered names. Rules N1-N3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

static void names(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atom a = rs_atom_find("rules_a"), b = rs_atom_find("rules_b");
    rs_pid self = rs_self(), pid = new_puppet();
    CHECK_INT(rs_whereis(a), 0);
    CHECK(rs_unregister(a) != RS_OK); /* N3 */
    CHECK_INT(rs_register(RS_ATOM(undefined), self), RS_EINVAL);
    CHECK_INT(rs_register(rs_term_integer(3), self), RS_EINVAL);
    CHECK_INT(rs_register(self, self), RS_EINVAL);
    CHECK_INT(rs_register(0, self), RS_EINVAL);
    CHECK_INT(rs_register(a, pid), RS_EINVAL);
    CHECK_INT(ask(pid, DO_REGISTER, 0, "rules_b").value, RS_OK);
    CHECK(rs_whereis(b) == pid);
    CHECK_INT(rs_register(b, self), RS_ETAKEN);
    CHECK_INT(ask(pid, DO_REGISTER, 0, "rules_a").value, RS_ETAKEN); /* one name per process */
    CHECK_INT(rs_whereis(a), 0);
    CHECK_INT(rs_register(a, self), RS_OK);
    CHECK_INT(rs_register(a, self), RS_ETAKEN);
    CHECK(rs_whereis(a) == self);
    CHECK_INT(rs_unregister(a), RS_OK);
    CHECK(rs_unregister(a) != RS_OK);
    CHECK_INT(rs_whereis(a), 0);
    kill_and_wait(pid);
    CHECK_INT(rs_register(a, pid), RS_ENOPROC);
    CHECK_INT(rs_register(b, self), RS_OK);
    CHECK_INT(rs_unregister(b), RS_OK);
}
TEST(N1_N2_N3_names) {
    everywhere(names);
}

static void contender(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_atom name = rs_atom_find("rules_contended");
    rs_pid boss = *(const rs_pid *)args;
    send_number(boss, rs_register(name, rs_self()) == RS_OK);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void contended(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), pids[8];
    for (int round = 0; round < 100; round++) {
        int64_t winners = 0;
        for (int i = 0; i < 8; i++) pids[i] = rs_spawn(contender, &self, sizeof self);
        for (int i = 0; i < 8; i++) winners += take_number();
        CHECK_INT(winners, 1);
        for (int i = 0; i < 8; i++) kill_and_wait(pids[i]);
        CHECK_INT(rs_whereis(rs_atom_find("rules_contended")), 0);
    }
}
TEST(N2_one_process_gets_a_contended_name) {
    everywhere(contended);
}

static void looks_up_atoms(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) CHECK(rs_atom_find("held") != 0);
}

/* The table of atoms has a lock, and whoever holds it may be killed at any instant. */
static void dies_looking_up(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 100; i++) {
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(looks_up_atoms, NULL, 0, &ref);
        wait_ns(MS / 10);
        rs_exit_signal(pid, RS_ATOM(kill));
        expect_down(pid, ref, "killed");
        CHECK(rs_atom_find("held") != 0);
    }
}
TEST(who_is_killed_while_it_looks_up_an_atom_leaves_no_lock) {
    const rs_runtime_options options = {.threads = 2, .budget_ns = MS / 10};
    run_on(&options, dies_looking_up);
}

TEST_MAIN()
