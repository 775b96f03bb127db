/* term_own_test.c: terms that lie in their process's memory: they go with it, whatever it dies of,
 * and what others get of them is a copy.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

/* {error,["text",1]}; the parts are forgotten. */
static rs_term own_reason(void) {
    rs_term text = rs_term_own_text("text", 4);
    rs_term list = rs_term_own_list(2, (rs_term[]){text, rs_term_integer(1)});
    return rs_term_own_tuple(2, (rs_term[]){RS_ATOM(error), list});
}

static void exits_with_it(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit(own_reason());
}

static void signals_it(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit_signal(*(const rs_pid *)args, own_reason());
}

static void makes_them_without_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        rs_term reason = own_reason(), list = rs_term_element(reason, 1);
        rs_term_release(rs_term_element(list, 0));
        rs_work(10); /* so that virtual time passes */
        rs_yield();
    }
}

static void makes_and_releases(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before, after;
    rs_term_release(own_reason());
    for (int i = 0; i < 1000; i++) {
        rs_term text = rs_term_own_text("text", 4), element;
        rs_term tuple = rs_term_own_tuple(1, &text);
        rs_term_retain(tuple, 1);
        rs_term_release(text);
        rs_term_release(tuple);
        element = rs_term_element(tuple, 0);
        CHECK(memcmp(rs_term_text_bytes(element), "text", 4) == 0);
        rs_term_release(tuple);
        rs_term_release(element);
        if (i == 0) rs_memory_read(&before);
    }
    rs_memory_read(&after);
    CHECK_INT(after.arena, before.arena);
    CHECK_INT(after.message, before.message);
}

static void all_see_copies(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_memory_use before;
    read_settled(&before);
    expect_down(rs_spawn_monitor(exits_with_it, NULL, 0, &ref), ref, "{error,[\"text\",1]}");
    rs_pid victim = rs_spawn_monitor(hears_nothing, NULL, 0, &ref);
    rs_spawn(signals_it, &victim, sizeof victim);
    expect_down(victim, ref, "{error,[\"text\",1]}");
    rs_pid single = rs_spawn_monitor(makes_and_releases, NULL, 0, &ref);
    expect_down(single, ref, "normal");
    memory_is(&before);
}
TEST(others_get_copies_of_own_terms) {
    everywhere(all_see_copies);
}

static void kills_makers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 100; i++) {
        rs_pid maker = rs_spawn(makes_them_without_end, NULL, 0);
        wait_ns((uint64_t)i * 1000);
        kill_and_wait(maker);
    }
    memory_is(&before);
}
TEST(own_terms_go_with_their_process) {
    everywhere(kills_makers);
}

static void has_too_many(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term text;
    do text = rs_term_own_text("text", 4);
    while (text);
    rs_exit(RS_ATOM(ok));
}

static void is_told(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    rs_ref ref;
    const rs_spawn_options options = {
        .entry = has_too_many, .arena_bytes = 1 << 16, .monitor = true, .ref = &ref};
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    expect_down(pid, ref, "ok");
}
TEST(own_terms_count_as_their_process_s_memory) {
    run_on(&one_core, is_told);
}

TEST_MAIN()
