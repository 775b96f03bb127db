/* link_test.c: links: made, removed, crossed. Rules L1-L4.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/process/test/puppet.h"

static void link_basics(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_link(rs_self()); /* L4: a no-op */
    rs_unlink(rs_self());
    rs_pid pid = new_puppet();
    rs_link(pid);
    rs_link(pid);
    rs_unlink(pid); /* L1: removes it whole */
    tell(pid, DO_EXIT, 0, "boom");
    while (rs_is_alive(pid)) settle();
    settle();
    is_empty();
    pid = new_puppet();
    rs_link(pid);
    rs_link(pid);
    ask(pid, DO_LINK, rs_self(), NULL);
    tell(pid, DO_EXIT, 0, "boom");
    expect_exit(pid, "boom");
    settle();
    is_empty(); /* L1, L3: one signal */
    pid = new_puppet();
    rs_link(pid);
    rs_unlink(pid);
    rs_link(pid);
    tell(pid, DO_EXIT, 0, "again");
    expect_exit(pid, "again");
    settle();
    is_empty();
}
TEST(L1_at_most_one_link_per_pair) {
    everywhere(link_basics);
}

static void links_the_dead(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_link(*(const rs_pid *)args);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void link_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(links_the_dead, &dead, sizeof dead, &ref);
    expect_down(pid, ref, "noproc");
    rs_trap_exit(true);
    rs_link(dead);
    expect_exit(dead, "noproc");
    rs_unlink(dead);
    is_empty();
}
TEST(L2_link_to_the_dead) {
    everywhere(link_dead);
}

static void both_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int who = 0; who < 2; who++) { /* the unlink may come from either end */
        rs_pid a = new_puppet(), b = new_puppet();
        ask(a, DO_LINK, b, NULL);
        settle();
        ask(who ? a : b, DO_UNLINK, who ? b : a, NULL);
        settle();
        rs_ref ref = rs_monitor(a);
        tell(a, DO_EXIT, 0, "boom");
        expect_down(a, ref, "boom");
        settle();
        CHECK(rs_is_alive(b));
        ask(b, DO_NOTHING, 0, NULL);
        kill_and_wait(b);
    }
}
TEST(L1_either_end_may_unlink) {
    everywhere(both_ends);
}

static void cross_links(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < ROUNDS; round++) {
        rs_pid a = new_puppet(), b = new_puppet();
        ask(b, DO_TRAP, 0, NULL);
        order_now(a, DO_LINK, b, NULL, 0);
        order_now(b, DO_LINK, a, NULL, 0);
        await_answer(a);
        await_answer(b);
        bool cut = round & 1;
        if (cut) {
            wait_ns(MS / 5);
            ask(round & 2 ? a : b, DO_UNLINK, round & 2 ? b : a, NULL);
            wait_ns(MS / 5);
        }
        rs_ref ref = rs_monitor(a);
        tell(a, DO_EXIT, 0, "boom");
        expect_down(a, ref, "boom");
        wait_ns(MS / 5);
        sees(b, cut ? "nothing" : "EXIT boom");
        sees(b, "nothing");
        kill_and_wait(b);
    }
    is_empty();
}
TEST(L1_links_made_from_both_ends_at_once_are_one) {
    everywhere(cross_links);
}

/* Dies with the UNLINK of one link and the LINK of the next untaken: the old link must not stand
 * for the new one. */
static void link_again(rs_pid pid) {
    rs_trap_exit(true);
    rs_link(pid);
    settle();
    rs_unlink(pid);
    rs_link(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    expect_exit(pid, "killed");
    settle();
    is_empty();
}

static void links_again(const void *args, uint32_t bytes) {
    (void)bytes;
    link_again(*(const rs_pid *)args);
}

static void relink(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    link_again(new_puppet()); /* whose pid is greater than the linker's */
    rs_pid lesser = new_puppet();
    rs_ref ref = 0;
    rs_pid linker = rs_spawn_monitor(links_again, &lesser, sizeof lesser, &ref);
    expect_down(linker, ref, "normal");
}
TEST(L3_who_links_again_is_told) {
    everywhere(relink);
}

/* The child dies while the parent unlinks: afterwards at most an EXIT that is already there. */
static void unlink_flush(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int round = 0; round < 4 * ROUNDS; round++) {
        int delay = round % 5;
        rs_pid pid = rs_spawn_link(exits_at_once, &delay, sizeof delay);
        for (int i = 0; i < round % 7; i++) rs_yield();
        rs_unlink(pid);
        wanted death = {pid, 0, RS_MESSAGE_EXIT};
        rs_receive(is_wanted, &death, 0);
        rs_ref ref = rs_monitor(pid);
        wanted down = {pid, ref, RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &down, LONG_NS) != NULL);
        rs_yield();
        is_empty();
    }
}
TEST(L4_after_unlink_no_exit_arrives) {
    everywhere(unlink_flush);
}

static void unlinks_in_time(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 4 * ROUNDS; round++) {
        rs_pid pid = new_puppet();
        rs_link(pid);
        rs_unlink(pid);
        tell(pid, DO_EXIT, 0, "boom");
        if (round % 3 == 0) rs_yield();
    }
    settle();
}

static void unlink_saves(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(unlinks_in_time, NULL, 0, &ref);
    expect_down(pid, ref, "normal");
}
TEST(L4_who_unlinks_in_time_lives) {
    everywhere(unlink_saves);
}

static void unlink_keeps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_pid pid = new_puppet();
    rs_link(pid);
    tell(pid, DO_EXIT, 0, "boom");
    settle();
    while (rs_is_alive(pid)) settle();
    settle();
    rs_unlink(pid);
    expect_exit(pid, "boom"); /* what was in the mailbox stays */
    is_empty();
}
TEST(L4_an_exit_in_the_mailbox_stays) {
    everywhere(unlink_keeps);
}

static void tags(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (uint64_t i = 1; i <= 20; i++) {
        rs_ref ref = 0;
        int delay = (int)(i % 3);
        const rs_spawn_options options = {.entry = exits_at_once,
                                          .args = &delay,
                                          .bytes = sizeof delay,
                                          .link = true,
                                          .link_tag = i << 32,
                                          .monitor = true,
                                          .ref = &ref};
        rs_pid pid = 0;
        CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
        wanted death = {pid, 0, RS_MESSAGE_EXIT};
        const rs_message *message = rs_receive(is_wanted, &death, LONG_NS);
        CHECK(message != NULL && message->ref == i << 32);
        expect_down(pid, ref, "gone");
    }
    is_empty();
}
TEST(a_links_tag_comes_back_with_the_exit) {
    everywhere(tags);
}

/* ------------------------------------------------------------------ two who link each other */

static struct {
    rs_pid early, trapping;
    rs_atomic_u32 met, unlinked, told;
    uint32_t unlinks, round;
} pair;

/* Both arrive, then go on at the same time. Spinning without a gate could starve the other. */
static void meet(void) {
    rs_add(&pair.met, 1, rs_acq_rel);
    for (uint32_t spins = 0; rs_load(&pair.met, rs_acquire) < 2; spins++) {
        if (spins % 1000 == 999) rs_yield();
        rs_relax();
    }
}

static bool is_plain(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE;
}

static void links_and_dies(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
    meet();
    rs_link(pair.trapping);
    if (pair.unlinks) {
        rs_send(pair.trapping, &any_type, NULL, 0);
        while (!rs_load(&pair.unlinked, rs_acquire)) rs_yield();
    }
    rs_exit(rs_atom_find("boom"));
}

static void links_and_counts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_ref ref = rs_monitor(pair.early);
    meet();
    for (volatile uint32_t i = 0; i < pair.round % 64;) i = i + 1;
    rs_link(pair.early);
    if (pair.unlinks) {
        rs_receive(is_plain, NULL, RS_FOREVER);
        rs_unlink(pair.early);
        rs_store(&pair.unlinked, 1, rs_release);
    }
    uint32_t told = 0;
    for (bool down = false;;) {
        bool complete = down && (pair.unlinks || told);
        const rs_message *message = rs_receive(NULL, NULL, complete ? MS / 20 : 5000 * MS);
        if (!message) break;
        down |= message->kind == RS_MESSAGE_DOWN && message->ref == ref;
        told +=
            message->kind == RS_MESSAGE_EXIT && rs_message_reason(message) == rs_atom_find("boom");
    }
    rs_store(&pair.told, told, rs_release);
}

static void crossing_links(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t round = 0; round < 1500; round++) {
        pair.round = round;
        pair.unlinks = variant_of(args);
        rs_store(&pair.met, 0, rs_relaxed);
        rs_store(&pair.unlinked, 0, rs_relaxed);
        rs_ref refs[2];
        pair.early = rs_spawn_monitor(links_and_dies, NULL, 0, &refs[0]);
        pair.trapping = rs_spawn_monitor(links_and_counts, NULL, 0, &refs[1]);
        rs_send(pair.early, &any_type, NULL, 0);
        rs_send(pair.trapping, &any_type, NULL, 0);
        for (int i = 0; i < 2; i++) CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
        CHECK_INT(rs_load(&pair.told, rs_acquire), pair.unlinks ? 0 : 1);
    }
}
TEST(links_that_cross_tell_once) {
    run_on(&two_threads, crossing_links);
    run_on(&one_core, crossing_links);
}
TEST(links_that_cross_are_both_unlinked) {
    run_with(&two_threads, crossing_links, 1);
    run_with(&one_core, crossing_links, 1);
}

TEST_MAIN()
