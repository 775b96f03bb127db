/* bend_test.c: what a harness bends: cores, clock, allocations, the table; and that it is over
 * then. SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/run.h"

#define CAUSE 77u
#define ROLE  5u
#define HOUR  (UINT64_C(3600) * 1000 * MS)

static rs_pid start_as(uint32_t role, rs_entry *entry, const void *args, uint32_t bytes,
                       rs_ref *ref) {
    rs_pid pid = 0;
    rs_spawn_options options = {
        .entry = entry, .args = args, .bytes = bytes, .monitor = true, .ref = ref, .role = role};
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    return pid;
}

static rs_pid start_in_tree(rs_entry *entry, const void *args, uint32_t bytes, rs_ref *ref) {
    return start_as(ROLE, entry, args, bytes, ref);
}

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(const rs_ref *)context;
}

static const rs_message *expect_down(rs_ref ref, const char *reason) {
    const rs_message *down = rs_receive(is_down, &ref, LONG_NS);
    CHECK(down);
    char text[64];
    rs_term_print(rs_message_reason(down), text, sizeof text);
    CHECK_STR(text, reason);
    return down;
}

/* ------------------------------------------------------------------ the clock */

static void sleeps_for_an_hour(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t before_ns = rs_now_ns();
    wait_ns(HOUR);
    CHECK(rs_now_ns() - before_ns >= HOUR);
}

static void jumps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_spawn_monitor(sleeps_for_an_hour, NULL, 0, &ref);
    wait_ns(5 * MS);
    uint64_t before_ns = rs_now_ns();
    rs_ref due = rs_send_after(HOUR / 2, rs_self(), &any_type, NULL, 0);
    rs_send_after(2 * HOUR, rs_self(), &any_type, NULL, 0);
    rs_bend_jump(HOUR);
    uint64_t passed_ns = rs_now_ns() - before_ns;
    CHECK(passed_ns >= HOUR && passed_ns < HOUR + LONG_NS);
    expect_down(ref, "normal");
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message && message->ref == due);
    CHECK(!rs_receive(NULL, NULL, 5 * MS)); /* the other one is not due yet */
}

TEST(a_jump_makes_all_in_between_due_and_nothing_else) {
    everywhere(jumps);
}

/* ------------------------------------------------------------------ allocations */

static rs_atomic_u32 made; /* allocations that succeeded */

static void allocates(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t i = 0; i < 10; i++) {
        memset(rs_alloc(64), 1, 64);
        rs_add(&made, 1, rs_relaxed);
    }
}

static void sends(const void *args, uint32_t bytes) {
    (void)bytes;
    for (uint32_t i = 0; i < 10; i++) {
        rs_send(*(const rs_pid *)args, &any_type, NULL, 0);
        rs_add(&made, 1, rs_relaxed);
    }
}

static void expect_failure(rs_entry *entry, uint32_t number) {
    rs_pid nobody = 0;
    rs_ref ref;
    rs_store(&made, 0, rs_relaxed);
    CHECK(rs_bend_alloc(number, UINT64_MAX, CAUSE));
    rs_free(rs_alloc(64), 64); /* ours do not count */
    rs_send(nobody, &any_type, NULL, 0);
    start_as(RS_ROLES_OUTSIDE, entry, &nobody, sizeof nobody, &ref); /* nor the harness's */
    expect_down(ref, "normal");
    rs_store(&made, 0, rs_relaxed);
    start_in_tree(entry, &nobody, sizeof nobody, &ref);
    const rs_message *down = expect_down(ref, "{system_limit,memory}");
    CHECK_INT(down->cause, CAUSE);
    CHECK_INT(rs_load(&made, rs_relaxed), number - 1);
    rs_store(&made, 0, rs_relaxed);
    start_in_tree(entry, &nobody, sizeof nobody, &ref);
    expect_down(ref, "normal"); /* once */
    CHECK_INT(rs_load(&made, rs_relaxed), 10);
}

static void fail_allocs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_free(rs_alloc(64), 64); /* our own arena stays */
    read_settled(&before);
    expect_failure(allocates, 1);
    expect_failure(allocates, 7);
    expect_failure(sends, 1);
    expect_failure(sends, 10);
    memory_is(&before);
}

TEST(the_nth_allocation_fails_once) {
    everywhere(fail_allocs);
}

static void wish_too_much(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 64; i++) CHECK(rs_bend_alloc(2, UINT64_MAX, CAUSE));
    CHECK(!rs_bend_alloc(2, UINT64_MAX, CAUSE));
    start_in_tree(allocates, NULL, 0, &ref);
    expect_down(ref, "{system_limit,memory}");
    CHECK(rs_bend_alloc(1, UINT64_MAX, CAUSE)); /* one has had its turn */
}

TEST(there_is_an_end_to_wishes) {
    run_on(&one_core, wish_too_much);
}

/* Nor do those that nobody waits for any more take a place. */
static void wait_too_long(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 64; i++) CHECK(rs_bend_alloc(1, rs_now_ns() + MS, CAUSE));
    wait_ns(MS);
    start_in_tree(allocates, NULL, 0, &ref);
    expect_down(ref, "normal");
    for (uint32_t i = 0; i < 64; i++) CHECK(rs_bend_alloc(1, rs_now_ns(), CAUSE));
    CHECK(rs_bend_alloc(1, UINT64_MAX, CAUSE));
    start_in_tree(allocates, NULL, 0, &ref);
    expect_down(ref, "{system_limit,memory}");
}

TEST(an_allocation_beyond_its_time_does_not_fail) {
    everywhere(wait_too_long);
}

static void spawns_at_once(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid born = 0;
    CHECK_INT(rs_spawn_opt(&(rs_spawn_options){.entry = ends, .role = ROLE}, &born), RS_OK);
}

static void think_better_of_it(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 64; i++) CHECK(rs_bend_alloc(1, UINT64_MAX, CAUSE));
    rs_bend_spawns(HOUR);
    rs_bend_calm();
    start_in_tree(allocates, NULL, 0, &ref);
    expect_down(ref, "normal");
    start_in_tree(spawns_at_once, NULL, 0, &ref);
    expect_down(ref, "normal");
    for (uint32_t i = 0; i < 64; i++) CHECK(rs_bend_alloc(1, UINT64_MAX, CAUSE));
    rs_bend_calm();
}

TEST(wishes_can_be_taken_back) {
    everywhere(think_better_of_it);
}

/* The story begins with the fault, told of whom it hit. */
static void hear(void *context, const rs_event *event) {
    rs_event_kind *last = context;
    CHECK_INT(event->role, ROLE);
    CHECK_INT(event->cause, CAUSE);
    CHECK(event->pid != 0);
    CHECK(event->kind == (*last == RS_EVENT_COUNT ? RS_EVENT_FAULT : RS_EVENT_EXIT));
    *last = (rs_event_kind)event->kind;
}

static void fail_one(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_bend_alloc(1, UINT64_MAX, CAUSE);
    start_in_tree(allocates, NULL, 0, &ref);
    expect_down(ref, "{system_limit,memory}");
}

TEST(a_failed_allocation_is_told) {
    rs_event_kind last = RS_EVENT_COUNT;
    rs_observer observer = {.context = &last, .event = hear};
    rs_runtime_options options = one_core;
    options.observer = &observer;
    run_on(&options, fail_one);
    CHECK_INT(last, RS_EVENT_EXIT);
}

/* ------------------------------------------------------------------ the table */

/* Tries until it succeeds, and returns how long that took. */
static void spawns(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid born = 0;
    rs_spawn_options options = {.entry = ends, .role = ROLE};
    uint64_t before_ns = rs_now_ns(), tries = 0;
    while (rs_spawn_opt(&options, &born) == RS_ELIMIT) wait_ns(MS), tries++;
    CHECK(born != 0);
    uint64_t took_ns = rs_now_ns() - before_ns;
    CHECK(tries > 0);
    rs_send(*(const rs_pid *)args, &any_type, &took_ns, sizeof took_ns);
}

static bool is_message(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE;
}

static void fill_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    rs_pid self = rs_self();
    rs_ref ref;
    rs_bend_spawns(30 * MS);
    start_in_tree(spawns, &self, sizeof self, &ref); /* not of the tree: we may */
    const rs_message *took = rs_receive(is_message, NULL, LONG_NS);
    CHECK(took && *(const uint64_t *)rs_message_payload(took) > 20 * MS);
    expect_down(ref, "normal");
    memory_is(&before);
}

TEST(a_full_table_refuses_the_tree_and_has_room_again) {
    everywhere(fill_table);
}

/* ------------------------------------------------------------------ cores */

#define STILL (300 * MS)

/* Looks at the clock again and again; the longest time that it did not is its answer. */
static void ticks(const void *args, uint32_t bytes) {
    (void)bytes;
    uint64_t begin_ns = rs_now_ns(), last_ns = begin_ns, longest_ns = 0;
    while (last_ns - begin_ns < 2 * STILL) {
        rs_compute(10000);
        rs_yield();
        uint64_t now_ns = rs_now_ns();
        if (now_ns - last_ns > longest_ns) longest_ns = now_ns - last_ns;
        last_ns = now_ns;
    }
    rs_send(*(const rs_pid *)args, &any_type, &longest_ns, sizeof longest_ns);
}

/* How many of two processes, each pinned to a core, stood still when `cores` cores did. */
static void stand_still(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid self = rs_self();
    uint32_t stood = 0;
    for (int i = 0; i < 2; i++) rs_spawn(ticks, &self, sizeof self);
    wait_ns(10 * MS);
    rs_bend_stall(variant_of(args), STILL);
    for (int i = 0; i < 2; i++) {
        const rs_message *longest = rs_receive(NULL, NULL, LONG_NS);
        CHECK(longest);
        stood += *(const uint64_t *)rs_message_payload(longest) >= STILL;
    }
    uint32_t expected = variant_of(args) < 2 ? variant_of(args) : 2;
    CHECK(stood == expected || (stood > expected && !rs_clock_is_virtual())); /* a busy machine */
}

static void check_stall(uint32_t cores) {
    const rs_runtime_options virtual = {
        .clock = RS_CLOCK_VIRTUAL, .threads = 2, .scheduler = "pinned", .costs = COSTS};
    const rs_runtime_options real = {.threads = 2, .scheduler = "pinned"};
    run_with(&virtual, stand_still, cores);
    run_with(&real, stand_still, cores);
}

TEST(one_core_of_two_stands_still) {
    check_stall(1);
}
TEST(both_cores_stand_still) {
    check_stall(2);
}
TEST(more_cores_than_there_are_are_all) {
    check_stall(100);
}

/* Whose core stands still is run by another one that has nothing to do. */
static void be_stolen(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid self = rs_self();
    for (int i = 0; i < 2; i++) rs_spawn(ticks, &self, sizeof self);
    wait_ns(10 * MS);
    rs_bend_stall(variant_of(args), STILL);
    for (int i = 0; i < 2; i++) {
        const rs_message *longest = rs_receive(NULL, NULL, LONG_NS);
        CHECK(longest);
        CHECK((*(const uint64_t *)rs_message_payload(longest) >= STILL) == (variant_of(args) == 3));
    }
}

TEST(others_steal_from_a_core_that_stands_still) {
    run_with(&three_cores, be_stolen, 1);
    run_with(&three_cores, be_stolen, 3);
}

TEST_MAIN()
