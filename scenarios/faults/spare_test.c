/* spare_test.c: faults that their victim outlives: it hangs until somebody ends it, is late, or has
 * less memory left.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/fault.h"

#include "runtime/process/test/run.h"

#define CAUSE 77u
#define ROLE  5u

static rs_atomic_u32 faults_told;

static void hear_event(void *context, const rs_event *event) {
    (void)context;
    if (event->kind != RS_EVENT_FAULT) return;
    CHECK_INT(event->role, ROLE);
    CHECK_INT(event->cause, CAUSE);
    rs_add(&faults_told, 1, rs_relaxed);
}

static const rs_observer observer = {.event = hear_event};

static void run_under(rs_clock_kind clock, rs_entry *entry) {
    const rs_runtime_options options = {.clock = clock, .threads = 1, .observer = &observer};
    rs_store(&faults_told, 0, rs_relaxed);
    run_on(&options, entry);
    CHECK(rs_load(&faults_told, rs_relaxed) > 0);
}

/* ------------------------------------------------------------------ a victim that answers */

static void answer(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) rs_send(rs_receive(NULL, NULL, RS_FOREVER)->from, &any_type, NULL, 0);
}

static rs_pid spawn_victim(rs_ref *monitor) {
    rs_pid pid;
    const rs_spawn_options options = {
        .entry = answer, .monitor = true, .ref = monitor, .role = ROLE};
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    return pid;
}

static bool answers_within(rs_pid victim, uint64_t ns) {
    rs_send(victim, &any_type, NULL, 0);
    const rs_message *message = rs_receive(NULL, NULL, ns);
    CHECK(!message || message->kind == RS_MESSAGE);
    return message != NULL;
}

static void strike(const char *name, rs_pid victim, uint64_t argument) {
    const rs_fault_kind *fault = rs_fault_find(name);
    CHECK(fault && fault->spares && fault->aim == RS_AIM_PROCESS);
    fault->strike(
        &(rs_fault_blow){.victim = victim, .role = ROLE, .cause = CAUSE, .arguments = {argument}});
}

static void check_end(rs_ref monitor, const char *expected) {
    const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down && down->kind == RS_MESSAGE_DOWN && down->ref == monitor);
    char text[64];
    rs_term_print(rs_message_reason(down), text, sizeof text);
    CHECK_STR(text, expected);
}

/* ------------------------------------------------------------------ hang */

static void hang_until(rs_term signal, const char *expected) {
    rs_ref monitor;
    rs_pid victim = spawn_victim(&monitor);
    CHECK(answers_within(victim, LONG_NS));
    strike("hang", victim, 0);
    CHECK(!answers_within(victim, 50 * MS));
    CHECK(rs_is_alive(victim));
    rs_exit_signal(victim, signal);
    check_end(monitor, expected);
}

static void hang(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    hang_until(RS_ATOM(kill), "killed");
    hang_until(RS_ATOM(shutdown), "shutdown");
}

TEST(who_hangs_answers_nobody_until_it_is_ended_virtual) {
    run_under(RS_CLOCK_VIRTUAL, hang);
}

/* ThreadSanitizer cannot have code stopped between two instructions. */
#if RS_TSAN
TEST(hang_is_skipped_under_tsan) {}
#else
TEST(who_hangs_answers_nobody_until_it_is_ended) {
    run_under(RS_CLOCK_REAL, hang);
}
#endif

/* Two waits lie below each other: that of the call, and that of who hangs. */
static void call_for_ever(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_send(*(const rs_pid *)args, &any_type, NULL, 0);
    rs_receive(NULL, NULL, 30 * MS); /* its timer fires while it hangs */
    rs_exit(RS_ATOM(normal));
}

static void hang_while_it_waits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_pid self = rs_self();
    rs_ref monitor;
    rs_pid victim;
    const rs_spawn_options options = {.entry = call_for_ever,
                                      .args = &self,
                                      .bytes = sizeof self,
                                      .monitor = true,
                                      .ref = &monitor,
                                      .role = ROLE};
    CHECK_INT(rs_spawn_opt(&options, &victim), RS_OK);
    CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
    strike("hang", victim, 0);
    rs_sleep(100 * MS);
    rs_send(victim, &any_type, NULL, 0);
    rs_sleep(10 * MS);
    CHECK(rs_is_alive(victim));
    rs_exit_signal(victim, RS_ATOM(kill));
    check_end(monitor, "killed");
}

TEST(who_waits_hangs_beyond_its_timeout) {
    run_under(RS_CLOCK_VIRTUAL, hang_while_it_waits);
}

/* ------------------------------------------------------------------ slow */

static void slow(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref monitor;
    rs_pid victim = spawn_victim(&monitor);
    CHECK(answers_within(victim, LONG_NS));
    uint64_t before_ns = rs_now_ns();
    strike("slow", victim, 20 * MS);
    CHECK(answers_within(victim, LONG_NS));
    CHECK(rs_now_ns() - before_ns >= 20 * MS);
    if (rs_clock_is_virtual()) CHECK(rs_now_ns() - before_ns < 21 * MS);
}

TEST(who_is_slow_answers_later) {
    run_under(RS_CLOCK_REAL, slow);
}
TEST(who_is_slow_answers_later_virtual) {
    run_under(RS_CLOCK_VIRTUAL, slow);
}

/* ------------------------------------------------------------------ leak */

#define MIB (UINT64_C(1) << 20)

static uint64_t arenas(void) {
    rs_memory_use use;
    rs_memory_read(&use);
    return use.arena;
}

static void leak(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref monitor;
    rs_pid victim = spawn_victim(&monitor);
    uint64_t before = arenas();
    for (uint64_t i = 1; i <= 3; i++) {
        strike("leak", victim, MIB);
        CHECK(answers_within(victim, LONG_NS));
        CHECK(arenas() - before >= i * MIB && arenas() - before < i * MIB + MIB / 2);
    }
    strike("leak", victim, RS_ARENA_BYTES_MAX - 2 * MIB);
    check_end(monitor, "{system_limit,memory}");
    for (int i = 0; i < 1000 && arenas() != before; i++) rs_sleep(MS);
    CHECK_INT(arenas(), before);
}

TEST(what_leaks_is_missing_until_the_end) {
    run_under(RS_CLOCK_REAL, leak);
}
TEST(what_leaks_is_missing_until_the_end_virtual) {
    run_under(RS_CLOCK_VIRTUAL, leak);
}

TEST_MAIN()
