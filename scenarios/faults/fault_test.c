/* fault_test.c: every deadly fault of the catalogue, under both clocks: the victim dies of the
 * reason that the catalogue tells, and the story begins with its fault. Those that spare a process
 * are in spare_test.c, those of a role in ambush_test.c.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/fault.h"

#include "runtime/base/sanitize.h"
#include "runtime/base/test/test.h"
#include "runtime/respawn.h"

#define CAUSE 77u
#define ROLE  5u

/* What the observer heard of the victim. */
typedef struct ear {
    uint32_t faults, exits;
} ear;

static void hear_event(void *context, const rs_event *event) {
    ear *heard = context;
    CHECK_INT(event->role, ROLE);
    CHECK_INT(event->cause, CAUSE);
    if (event->kind == RS_EVENT_FAULT) heard->faults++;
    if (event->kind == RS_EVENT_EXIT) {
        CHECK_INT(heard->faults, 1);
        heard->exits++;
    }
}

static uint32_t hear_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    (void)parent;
    (void)key;
    return ROLE;
}

static void live(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

static bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

static void check_death(const rs_fault_kind *fault, rs_term given, const char *expected) {
    rs_pid victim = 0;
    rs_ref ref = 0;
    rs_spawn_options options = {.entry = live, .monitor = true, .ref = &ref, .role = ROLE};
    CHECK_INT(rs_spawn_opt(&options, &victim), RS_OK);
    rs_receive(is_down, NULL, 1000000); /* the victim waits by now */
    fault->strike(
        &(rs_fault_blow){.victim = victim, .role = ROLE, .cause = CAUSE, .reason = given});
    const rs_message *down = rs_receive(is_down, NULL, UINT64_C(10000000000));
    CHECK(down && down->ref == ref);
    CHECK_INT(down->cause, CAUSE);
    char text[64];
    rs_term_print(rs_message_reason(down), text, sizeof text);
    CHECK_STR(text, expected);
    CHECK(!rs_is_alive(victim));
}

static void strike(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_fault_kind *fault = *(const rs_fault_kind *const *)args;
    if (!fault->takes_reason) {
        check_death(fault, 0, fault->reason);
        return;
    }
    rs_term reason = 0;
    CHECK_INT(rs_term_parse("{bad_day,\"monday\",7}", &reason), RS_OK);
    check_death(fault, reason, "{bad_day,\"monday\",7}");
    rs_term_release(reason);
}

static void check_fault(const char *name, rs_clock_kind clock) {
    ear heard = {0};
    const rs_fault_kind *fault = rs_fault_find(name);
    CHECK(fault);
    CHECK(!fault->spares && fault->takes_reason == (fault->reason == NULL));
    rs_observer observer = {.context = &heard, .event = hear_event, .role = hear_role};
    rs_runtime_options options = {.clock = clock, .threads = 1, .observer = &observer};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, strike, &fault, sizeof(void *), &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
    CHECK_INT(heard.faults, 1);
    CHECK_INT(heard.exits, 1);
}

TEST(kill) {
    check_fault("kill", RS_CLOCK_REAL);
}
TEST(kill_virtual) {
    check_fault("kill", RS_CLOCK_VIRTUAL);
}
TEST(exit) {
    check_fault("exit", RS_CLOCK_REAL);
}
TEST(exit_virtual) {
    check_fault("exit", RS_CLOCK_VIRTUAL);
}
TEST(signal) {
    check_fault("signal", RS_CLOCK_REAL);
}
TEST(signal_virtual) {
    check_fault("signal", RS_CLOCK_VIRTUAL);
}
TEST(segv) {
    check_fault("segv", RS_CLOCK_REAL);
}
TEST(segv_virtual) {
    check_fault("segv", RS_CLOCK_VIRTUAL);
}
TEST(fpe) {
    check_fault("fpe", RS_CLOCK_REAL);
}
TEST(fpe_virtual) {
    check_fault("fpe", RS_CLOCK_VIRTUAL);
}
TEST(bus) {
    check_fault("bus", RS_CLOCK_REAL);
    check_fault("bus", RS_CLOCK_REAL); /* with the page of the first */
}
TEST(bus_virtual) {
    check_fault("bus", RS_CLOCK_VIRTUAL);
}
TEST(ill) {
    check_fault("ill", RS_CLOCK_REAL);
}
TEST(ill_virtual) {
    check_fault("ill", RS_CLOCK_VIRTUAL);
}
TEST(oom) {
    check_fault("oom", RS_CLOCK_REAL);
}
TEST(oom_virtual) {
    check_fault("oom", RS_CLOCK_VIRTUAL);
}
TEST(abort_virtual) {
    check_fault("abort", RS_CLOCK_VIRTUAL);
}
TEST(stack_overflow) {
    check_fault("stack_overflow", RS_CLOCK_REAL);
}
TEST(stack_overflow_virtual) {
    check_fault("stack_overflow", RS_CLOCK_VIRTUAL);
}

/* TSan keeps frames of its own below abort(): landing from there is unreliable. */
#if RS_TSAN
TEST(abort_is_skipped_under_tsan) {}
#else
TEST(abort) {
    check_fault("abort", RS_CLOCK_REAL);
}
#endif

/* What the runtime then does is tested with it (runtime/process/mail_test.c), and whom it hits in
 * whole runs (scenarios/engine/mail_test.c). */
static rs_mail_fate bend(const char *name, uint64_t argument) {
    rs_mail_fate fate = {.copies = 1};
    const rs_fault_kind *fault = rs_fault_find(name);
    CHECK(fault && fault->aim == RS_AIM_MAIL && !fault->strike);
    fault->bend(&argument, &fate);
    return fate;
}

TEST(faults_of_mail_say_what_becomes_of_a_message) {
    CHECK_INT(bend("drop", 0).copies, 0);
    CHECK_INT(bend("duplicate", 0).copies, 2);
    CHECK_INT(bend("delay", 5).delay_ns, 5);
    CHECK(!bend("delay", 5).yields);
    CHECK_INT(bend("reorder", 7).delay_ns, 7);
    CHECK(bend("reorder", 7).yields);
    CHECK_INT(bend("flood", 9).junk, 9);
    CHECK_INT(bend("flood", 9).copies, 1);
}

TEST(every_fault_is_tested) {
    uint32_t deadly = 0, spares = 0, of_roles = 0, of_mail = 0;
    for (const rs_fault_kind *const *fault = rs_faults; *fault; fault++) {
        deadly += (*fault)->aim == RS_AIM_PROCESS && !(*fault)->spares;
        spares += (*fault)->aim == RS_AIM_PROCESS && (*fault)->spares;
        of_roles += (*fault)->aim == RS_AIM_ROLE;
        of_mail += (*fault)->aim == RS_AIM_MAIL;
    }
    CHECK_INT(deadly, 10);
    CHECK_INT(spares, 3);
    CHECK_INT(of_roles, 4);
    CHECK_INT(of_mail, 5);
    CHECK(rs_fault_find("no_such_fault") == NULL);
}

TEST_MAIN()
