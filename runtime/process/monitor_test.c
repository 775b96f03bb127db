/* monitor_test.c: monitors and their ends. Rules M1-M5.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

static void stacked(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref refs[5];
    for (int i = 0; i < 5; i++) {
        refs[i] = rs_monitor(pid);
        for (int j = 0; j < i; j++) CHECK(refs[i] != refs[j]);
    }
    rs_demonitor(refs[2], false);
    tell(pid, DO_EXIT, 0, "{a,b}");
    for (int i = 0; i < 5; i++)
        if (i != 2) expect_down(pid, refs[i], "{a,b}");
    settle();
    is_empty();
}
TEST(M1_monitors_are_stacked) {
    everywhere(stacked);
}

static void one_way(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid a = new_puppet(), b = new_puppet();
    ask(a, DO_MONITOR, b, NULL);
    rs_ref ref = rs_monitor(a);
    tell(a, DO_EXIT, 0, "boom");
    expect_down(a, ref, "boom");
    settle();
    sees(b, "nothing");
    a = new_puppet();
    answer made = ask(a, DO_MONITOR, b, NULL);
    rs_exit_signal(b, RS_ATOM(kill));
    while (rs_is_alive(b)) settle();
    settle();
    answer seen = ask(a, DO_LOOK, 0, NULL);
    CHECK_STR(seen.text, "DOWN killed");
    CHECK(seen.ref == made.ref && seen.from == b);
    kill_and_wait(a);
    is_empty();
}
TEST(M1_monitors_go_one_way) {
    everywhere(one_way);
}

static void noproc(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    rs_ref first = rs_monitor(dead), second = rs_monitor(dead);
    CHECK(first != second);
    expect_down(dead, second, "noproc");
    expect_down(dead, first, "noproc");
    rs_ref third = rs_monitor(dead);
    rs_demonitor(third, true);
    is_empty();
}
TEST(M3_a_monitor_of_the_dead_tells_noproc) {
    everywhere(noproc);
}

/* P2, M3, L2: who was sent an exit that ends it is dead for what its sender does next. */
static void behind_the_exit(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int i = 0; i < ROUNDS; i++) {
        rs_pid first = rs_spawn(waits, NULL, 0), second = rs_spawn(waits, NULL, 0);
        if (i % 2) settle();
        rs_exit_signal(first, RS_ATOM(shutdown));
        expect_down(first, rs_monitor(first), "noproc");
        rs_exit_signal(second, RS_ATOM(shutdown));
        rs_link(second);
        expect_exit(second, "noproc");
    }
}
TEST(M3_L2_who_comes_behind_the_exit_finds_nobody) {
    everywhere(behind_the_exit);
}

static void demonitors(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref stays = rs_monitor(pid), goes = rs_monitor(pid), early = rs_monitor(pid);
    rs_demonitor(early, false);
    tell(pid, DO_EXIT, 0, "boom");
    while (rs_is_alive(pid)) settle();
    settle();
    rs_demonitor(goes, true);
    rs_demonitor(goes, true); /* M5: harmless */
    rs_demonitor(stays, false);
    rs_demonitor(stays, false);
    rs_demonitor(rs_make_ref(), true);
    expect_down(pid, stays, "boom");
    is_empty();
    /* Only the owner may demonitor: no third, nor who is watched. */
    rs_pid thief = new_puppet();
    pid = new_puppet();
    rs_ref mine = rs_monitor(pid);
    order_now(thief, DO_DEMONITOR, 0, NULL, mine);
    await_answer(thief);
    order_now(pid, DO_DEMONITOR, 0, NULL, mine);
    await_answer(pid);
    kill_and_wait(thief);
    tell(pid, DO_RETURN, 0, NULL);
    expect_down(pid, mine, "normal");
}
TEST(M5_demonitor_and_flush) {
    everywhere(demonitors);
}

static void demonitor_race(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 4 * ROUNDS; round++) {
        int delay = round % 5;
        rs_ref ref = 0;
        rs_pid pid = rs_spawn_monitor(exits_at_once, &delay, sizeof delay, &ref);
        rs_ref second = rs_monitor(pid);
        for (int i = 0; i < round % 7; i++) rs_yield();
        rs_demonitor(ref, true);
        wanted first = {pid, ref, RS_MESSAGE_DOWN};
        wanted down = {pid, second, RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &down, LONG_NS) != NULL);
        rs_yield();
        CHECK(rs_receive(is_wanted, &first, 0) == NULL);
        is_empty();
    }
}
TEST(M5_after_demonitor_no_down_arrives) {
    everywhere(demonitor_race);
}

TEST_MAIN()
