/* runtime_test.c: the faults that hit what all processes stand on, under both clocks: each is told
 * once, for whom it is told of, and does what its word says.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

#define CAUSE 77u
#define ROOT  1u
#define CHILD 5u
#define MS    UINT64_C(1000000)

/* What the observer heard. */
typedef struct ear {
    uint32_t faults, role;
    bool of_a_process;
} ear;

static void hear(void *context, const rs_event *event) {
    ear *heard = context;
    if (event->kind != RS_EVENT_FAULT) return;
    CHECK_INT(event->cause, CAUSE);
    heard->faults++;
    heard->role = event->role;
    heard->of_a_process = event->pid != 0;
}

static void strike(const char *name, uint64_t first, uint64_t second) {
    const rs_fault_kind *kind = rs_fault_find(name);
    CHECK(kind && kind->aim == RS_AIM_RUNTIME && !kind->takes_reason);
    kind->strike(&(rs_fault_blow){
        .role = ROOT, .cause = CAUSE, .end_ns = UINT64_MAX, .arguments = {first, second}});
}

static void run(rs_clock_kind clock, rs_entry *entry, uint32_t told_role) {
    ear heard = {0};
    rs_observer observer = {.context = &heard, .event = hear};
    rs_runtime_options options = {.clock = clock, .threads = 2, .observer = &observer};
    options.scheduler = "steal";
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, entry, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
    CHECK_INT(heard.faults, 1);
    CHECK_INT(heard.role, told_role);
    CHECK(heard.of_a_process == (told_role != ROOT));
}

/* ------------------------------------------------------------------ what each does */

static void stalls(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    uint64_t before_ns = rs_now_ns();
    strike("stall", 20 * MS, 2);
    rs_sleep(1); /* on whichever core: both stand still */
    CHECK(rs_now_ns() - before_ns >= 20 * MS);
}

static void jumps(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    uint64_t before_ns = rs_now_ns();
    strike("clock_jump", 3600 * 1000 * MS, 0);
    CHECK(rs_now_ns() - before_ns >= 3600 * 1000 * MS);
}

static void allocates(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (;;) rs_alloc(16);
}

static void lives_on(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
}

static rs_err start(rs_entry *entry, rs_ref *ref) {
    rs_pid pid;
    rs_spawn_options options = {.entry = entry, .monitor = true, .ref = ref, .role = CHILD};
    return rs_spawn_opt(&options, &pid);
}

static void fails_alloc(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_ref ref;
    strike("fail_alloc", 1000, 0);
    CHECK_INT(start(allocates, &ref), RS_OK);
    const rs_message *down = rs_receive(NULL, NULL, 10000 * MS);
    CHECK(down && down->ref == ref && down->cause == CAUSE);
    char text[64];
    rs_term_print(rs_message_reason(down), text, sizeof text);
    CHECK_STR(text, rs_fault_find("fail_alloc")->reason);
}

/* A process of the tree that starts another. */
static void starts(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_ref ref;
    CHECK_INT(start(lives_on, &ref), RS_ELIMIT);
    rs_sleep(50 * MS);
    CHECK_INT(start(lives_on, &ref), RS_OK);
}

static void exhausts(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_ref ref;
    strike("exhaust_processes", 50 * MS, 0);
    CHECK_INT(start(starts, &ref), RS_OK);
    const rs_message *down = rs_receive(NULL, NULL, 10000 * MS);
    CHECK(down && rs_message_reason(down) == RS_ATOM(normal));
}

TEST(stall) {
    run(RS_CLOCK_REAL, stalls, ROOT);
}
TEST(stall_virtual) {
    run(RS_CLOCK_VIRTUAL, stalls, ROOT);
}
TEST(clock_jump) {
    run(RS_CLOCK_REAL, jumps, ROOT);
}
TEST(clock_jump_virtual) {
    run(RS_CLOCK_VIRTUAL, jumps, ROOT);
}
TEST(fail_alloc) {
    run(RS_CLOCK_REAL, fails_alloc, CHILD);
}
TEST(fail_alloc_virtual) {
    run(RS_CLOCK_VIRTUAL, fails_alloc, CHILD);
}
TEST(exhaust_processes) {
    run(RS_CLOCK_REAL, exhausts, ROOT);
}
TEST(exhaust_processes_virtual) {
    run(RS_CLOCK_VIRTUAL, exhausts, ROOT);
}

TEST_MAIN()
