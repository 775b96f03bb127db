/* gather_test.c: who gets a crash report and who does not, and that it names what crashed.
 * Source: rule G13.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/gather.h"

#include "runtime/process/test/puppet.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ who listens */

static rs_crash_report report;
static rs_atomic_u32 notices;
static bool wanted_more;

static rs_crash_report *listen(void *context, const rs_crash_notice *notice) {
    (void)context;
    CHECK(notice->pid && notice->reason && rs_reason_is_abnormal(notice->reason));
    rs_add(&notices, 1, rs_relaxed);
    report = (rs_crash_report){0};
    return wanted_more ? &report : NULL;
}

static const rs_observer listener = {.crash = listen}, nobody = {.crash = NULL};

static void heard_by(const rs_observer *observer, rs_entry *entry) {
    const rs_runtime_options *const kinds[] = {&one_core, &three_cores, &one_thread, &two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        rs_runtime_options options = *kinds[i];
        options.observer = observer;
        wanted_more = true;
        rs_store(&notices, 0, rs_relaxed);
        run_on(&options, entry);
    }
}

/* ends_as runs the entry in a process of its own and returns how many ends were told of it. */
static uint32_t ends_as(rs_entry *entry, const void *args, uint32_t bytes, const char *reason) {
    uint32_t before = rs_load(&notices, rs_relaxed);
    rs_ref ref;
    report = (rs_crash_report){0};
    rs_pid pid = rs_spawn_monitor(entry, args, bytes, &ref);
    expect_down(pid, ref, reason);
    if (report.pid) CHECK_INT(report.pid, pid);
    return rs_load(&notices, rs_relaxed) - before;
}

/* ------------------------------------------------------------------ ends */

static void exits_with(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit(term_of(args));
}

static void each_exit(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const char *const quiet[] = {"normal", "shutdown", "{shutdown,broken}"};
    const char *const told[] = {"oops", "kill", "{shutdown,a,b}", "{{badmatch,[1,2]},\"text\"}"};
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
        uint32_t length = (uint32_t)strlen(quiet[i]) + 1;
        CHECK_INT(ends_as(exits_with, quiet[i], length, quiet[i]), 0);
    }
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        uint32_t length = (uint32_t)strlen(told[i]) + 1;
        CHECK_INT(ends_as(exits_with, told[i], length, told[i]), 1);
        CHECK_STR(report.reason, told[i]);
        CHECK(!report.native && report.frames.signal == 0 && report.frames.address == 0);
        CHECK_INT(report.entry, (uintptr_t)exits_with);
        CHECK_INT(report.parent, rs_self());
    }
    CHECK_INT(ends_as(ends, NULL, 0, "normal"), 0);
}
TEST(G13_an_exit_that_is_not_normal_and_no_shutdown_is_told) {
    heard_by(&listener, each_exit);
}

static void links_and_waits(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_link(*(const rs_pid *)args);
    wait_ns(RS_FOREVER);
}

static void is_killed(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit_signal(rs_self(), RS_ATOM(kill));
    wait_ns(RS_FOREVER);
}

static void is_told_to_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit_signal(rs_self(), RS_ATOM(badarg));
    wait_ns(RS_FOREVER);
}

static void links_to_nobody(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_link(*(const rs_pid *)args);
}

static void each_signal(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(ends_as(is_killed, NULL, 0, "killed"), 0);
    CHECK_INT(ends_as(is_told_to_end, NULL, 0, "badarg"), 0);
    rs_pid peer = new_puppet();
    rs_ref ref;
    rs_pid linked = rs_spawn_monitor(links_and_waits, &peer, sizeof peer, &ref);
    settle();
    tell(peer, DO_EXIT, 0, "oops");
    expect_down(linked, ref, "oops");
    CHECK_INT(rs_load(&notices, rs_relaxed), 1); /* the peer's own */
    CHECK_INT(report.pid, peer);
    CHECK_INT(ends_as(links_to_nobody, &peer, sizeof peer, "noproc"), 0);
}
TEST(G13_who_is_ended_by_a_signal_is_not_told) {
    heard_by(&listener, each_signal);
}

static void hoards(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) rs_alloc(4096);
}

static void runs_out_of_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_spawn_options options = {
        .entry = hoards, .monitor = true, .arena_bytes = 1u << 20, .ref = &(rs_ref){0}};
    rs_pid pid = 0;
    uint32_t before = rs_load(&notices, rs_relaxed);
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    expect_down(pid, *options.ref, "{system_limit,memory}");
    CHECK_INT(rs_load(&notices, rs_relaxed), before + 1);
    CHECK_INT(report.arena_limit_bytes, 1u << 20);
    CHECK(report.arena_bytes > 1u << 19 && report.arena_bytes <= 1u << 20);
}
TEST(who_hits_its_limit_is_told_with_what_it_had) {
    heard_by(&listener, runs_out_of_memory);
}

/* ------------------------------------------------------------------ native faults */

static volatile uintptr_t nowhere;

FAULTY static void write_nowhere(void) {
    *(volatile rs_pid *)nowhere = rs_self();
}
FAULTY static void calls_writer(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    write_nowhere();
    nowhere++; /* the call is not the last thing it does */
}
FAULTY static void calls_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    ((void (*)(void))nowhere)();
    nowhere++;
}
/* At -O2 without a frame. */
FAULTY static char read_nowhere(void) {
    return *(volatile char *)nowhere;
}
FAULTY static void calls_a_leaf(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nowhere += (uintptr_t)read_nowhere();
}
FAULTY static void calls_a_leaf_anywhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    char (*volatile leaf)(void) = read_nowhere;
    nowhere += (uintptr_t)leaf();
}
FAULTY static void aborts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    abort();
}
FAULTY static void copies_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static char to[64];
    memcpy(to, (const void *)nowhere, 16 + nowhere);
    nowhere++;
}
FAULTY static int recurse(int depth) {
    volatile char frame[200];
    frame[depth & 127] = 1;
    if (depth < 0) return 0;
    return recurse(depth + 1) + frame[depth & 127];
}
FAULTY static void recurses(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    recurse((int)nowhere);
}
FAULTY static void declares(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_crash(RS_ATOM(sigbus));
}

/* The functions here are short. */
static bool is_in(uint64_t pc, rs_entry *function) {
    return pc - (uintptr_t)function < 300;
}

static bool leads_through(rs_entry *function, uint32_t first) {
    for (uint32_t i = first; i < report.frames.count; i++)
        if (is_in(report.frames.at[i], function)) return true;
    return false;
}

static void each_fault(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nowhere = 0;
    CHECK_INT(ends_as(calls_writer, NULL, 0, "sigsegv"), 1);
    CHECK(report.native);
    CHECK_INT(report.frames.signal, SIGSEGV);
    CHECK_INT(report.frames.address, nowhere);
    CHECK(is_in(report.frames.at[0], (rs_entry *)(void (*)(void))write_nowhere));
    CHECK(is_in(report.frames.at[1], calls_writer));
    CHECK(report.frames.count < RS_CRASH_FRAMES_MAX);
    CHECK_INT(ends_as(calls_a_leaf, NULL, 0, "sigsegv"), 1);
    CHECK(is_in(report.frames.at[0], (rs_entry *)(void (*)(void))read_nowhere));
    CHECK(is_in(report.frames.at[1], calls_a_leaf) && !is_in(report.frames.at[2], calls_a_leaf));
    CHECK_INT(ends_as(calls_a_leaf_anywhere, NULL, 0, "sigsegv"), 1);
    CHECK(is_in(report.frames.at[1], calls_a_leaf_anywhere));
    CHECK(!is_in(report.frames.at[2], calls_a_leaf_anywhere));
    CHECK_INT(ends_as(calls_nowhere, NULL, 0, "sigsegv"), 1);
    CHECK(is_in(report.frames.at[0], calls_nowhere));
    CHECK_INT(ends_as(copies_nowhere, NULL, 0, "sigsegv"), 1);
    CHECK(RS_TSAN || leads_through(copies_nowhere, 0)); /* TSan's memcpy has no frames */
    CHECK_INT(ends_as(recurses, NULL, 0, "stack_overflow"), 1);
    CHECK_INT(report.frames.count, RS_CRASH_FRAMES_MAX);
    for (uint32_t i = 1; i < report.frames.count; i++)
        CHECK(is_in(report.frames.at[i], (rs_entry *)(void (*)(void))recurse));
    CHECK_INT(ends_as(declares, NULL, 0, "sigbus"), 1);
    CHECK(report.native && report.frames.signal == 0);
    CHECK(is_in(report.frames.at[0], declares));
}
TEST(a_native_crash_names_who_crashed_and_who_called_it) {
    heard_by(&listener, each_fault);
}

static void abort_is_named(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(ends_as(aborts, NULL, 0, "sigabrt"), 1);
    CHECK_INT(report.frames.signal, SIGABRT);
    CHECK(leads_through(aborts, 1));
}
TEST(who_aborts_is_named) {
    if (RS_TSAN) return; /* landing from abort is not possible there */
    heard_by(&listener, abort_is_named);
}

/* ------------------------------------------------------------------ what is caught */

static void exits_inside(void *argument) {
    (void)argument;
    rs_exit(term_of("{oops,1}"));
}
FAULTY static void faults_inside(void *argument) {
    (void)argument;
    write_nowhere();
    nowhere++;
}
static void declares_inside(void *argument) {
    (void)argument;
    rs_crash(RS_ATOM(sigbus));
}
static void links_inside(void *argument) {
    rs_link(*(const rs_pid *)argument);
}

static void catches(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid dead = *(const rs_pid *)args;
    void (*const inside[])(void *) = {exits_inside, faults_inside, declares_inside, links_inside};
    const char *const reasons[] = {"{oops,1}", "sigsegv", "sigbus", "noproc"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        rs_term reason = 0;
        char text[PUPPET_TEXT_MAX];
        CHECK(rs_catch(inside[i], &dead, &reason) != RS_CAUGHT_NOTHING);
        rs_term_print(reason, text, sizeof text);
        CHECK_STR(text, reasons[i]);
    }
    write_nowhere();
    nowhere++;
}

static void catches_all_but_the_last(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nowhere = 0;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    CHECK_INT(ends_as(catches, &dead, sizeof dead, "sigsegv"), 1);
    CHECK(is_in(report.frames.at[0], (rs_entry *)(void (*)(void))write_nowhere));
    CHECK(report.frames.at[1] - (uintptr_t)catches < 2000);
}
TEST(what_is_caught_is_not_told) {
    heard_by(&listener, catches_all_but_the_last);
}

/* ------------------------------------------------------------------ words */

static rs_term number_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return rs_term_integer(((const number *)value)->value);
}
FAULTY static rs_term broken_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    return *(volatile rs_term *)nowhere;
}
static rs_term exits_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    rs_exit(RS_ATOM(badarg));
}
static rs_term waits_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    rs_receive(NULL, NULL, RS_FOREVER);
    return 0;
}

static const rs_type told_type = {"told", sizeof(number), number_to_term, NULL};
static const rs_type hostile_types[] = {{"broken", 0, broken_to_term, NULL},
                                        {"exits", 0, exits_to_term, NULL},
                                        {"waits", 0, waits_to_term, NULL}};

static rs_atomic_u32 all_sent;

static void takes_and_exits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    take_number();
    rs_receive(NULL, NULL, LONG_NS);
    rs_trap_exit(true);
    rs_monitor(rs_whereis(rs_atom_find("peer")));
    rs_link(rs_whereis(rs_atom_find("peer")));
    rs_register(rs_atom_find("taker"), rs_self());
    while (!rs_load(&all_sent, rs_acquire)) rs_compute(MS); /* receiving would let go of it */
    rs_exit(RS_ATOM(badarg));
}

static void send_told(rs_pid to, int64_t value) {
    const number n = {value};
    rs_send(to, &told_type, &n, sizeof n);
}

/* Some of the messages come before the first is taken, some after. */
static void is_told_whole(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid peer = new_puppet();
    CHECK_INT(ask(peer, DO_REGISTER, 0, "peer").value, RS_OK);
    ask(peer, DO_TRAP, 0, NULL);
    rs_store(&all_sent, 0, rs_relaxed);
    rs_ref ref;
    rs_pid taker = rs_spawn_monitor(takes_and_exits, NULL, 0, &ref);
    send_number(taker, 1);
    for (int i = 2; i < 5; i++) send_told(taker, i);
    settle();
    for (int i = 5; i < 9; i++) send_told(taker, i);
    rs_store(&all_sent, 1, rs_release);
    expect_down(taker, ref, "badarg");
    CHECK_STR(report.name, "taker");
    CHECK(report.trap_exit && report.has_message && !report.native);
    CHECK_STR(report.message.type, "told");
    CHECK_STR(report.message.term, "2");
    CHECK_INT(report.message.from, rs_self());
    CHECK_INT(report.queued, 6);
    CHECK_INT(report.queue_count, RS_CRASH_QUEUE_MAX);
    for (int i = 0; i < 4; i++) CHECK_INT(atoi(report.queue[i].term), 3 + i);
    CHECK_INT(report.linked, 1);
    CHECK_INT(report.link_count, 1);
    CHECK_STR(report.links[0].name, "peer");
    CHECK_INT(report.links[0].pid, peer);
    CHECK_INT(report.monitors, 1);
    CHECK_INT(report.monitored_by, 1);
    kill_and_wait(peer);
}
TEST(a_report_tells_messages_and_relations) {
    heard_by(&listener, is_told_whole);
}

static void takes_one_and_exits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, LONG_NS);
    rs_exit(term_of("{oops,1}"));
}

/* What the type does wrong changes neither the reason nor what is known by then. */
static void meets_hostile_types(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nowhere = 0;
    for (size_t i = 0; i < sizeof hostile_types / sizeof *hostile_types; i++) {
        uint32_t before = rs_load(&notices, rs_relaxed);
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(takes_one_and_exits, NULL, 0, &ref);
        rs_send(pid, &hostile_types[i], "", 1);
        expect_down(pid, ref, "{oops,1}");
        CHECK_INT(rs_load(&notices, rs_relaxed), before + 1);
        CHECK_STR(report.reason, "{oops,1}");
        CHECK_STR(report.message.type, hostile_types[i].name);
        CHECK_STR(report.message.term, "");
    }
}
TEST(a_type_that_cannot_be_told_changes_nothing) {
    heard_by(&listener, meets_hostile_types);
}

/* ------------------------------------------------------------------ bounds */

static rs_term long_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    static char text[4000];
    memset(text, 'x', sizeof text);
    return rs_term_text(text, sizeof text);
}
static const rs_type long_type = {
    "a_type_whose_name_is_longer_than_any_name_should_be_in_a_report_of_64", 0, long_to_term, NULL};

#define FLOOD 3000

static rs_atomic_u32 first_sent, first_taken;

static void links_to_many(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    while (!rs_load(&first_sent, rs_acquire)) rs_compute(MS);
    rs_receive(NULL, NULL, LONG_NS);
    rs_store(&first_taken, 1, rs_release);
    for (int i = 0; i < FLOOD; i++) rs_spawn_link(hears_nothing, NULL, 0);
    while (!rs_load(&all_sent, rs_acquire)) rs_compute(MS);
    rs_exit(rs_term_text((const char *)(uintptr_t)&long_type, sizeof long_type));
}

/* So many messages lie there before the first is taken, the rest comes behind it. */
static void floods(int before) {
    rs_ref ref;
    rs_store(&first_sent, 0, rs_relaxed);
    rs_store(&first_taken, 0, rs_relaxed);
    rs_store(&all_sent, 0, rs_relaxed);
    rs_pid pid = rs_spawn_monitor(links_to_many, NULL, 0, &ref);
    for (int i = 0; i < before; i++) rs_send(pid, &long_type, "", 1);
    rs_store(&first_sent, 1, rs_release);
    while (!rs_load(&first_taken, rs_acquire)) wait_ns(MS);
    for (int i = before; i < FLOOD; i++) rs_send(pid, &long_type, "", 1);
    rs_store(&all_sent, 1, rs_release);
    CHECK(rs_receive(is_wanted, &(wanted){pid, ref, RS_MESSAGE_DOWN}, LONG_NS) != NULL);
    CHECK_INT(strlen(report.message.term), RS_CRASH_TEXT_BYTES - 1);
    CHECK_INT(strlen(report.message.type), RS_CRASH_NAME_BYTES - 1);
    CHECK_INT(report.queued, RS_CRASH_WALK_MAX);
    CHECK(report.linked + report.monitored_by == RS_CRASH_WALK_MAX);
    CHECK_INT(report.link_count, RS_CRASH_LINKS_MAX);
}

/* What was there with the first lies in order by then; of the rest the newest are met first, and
 * the oldest never. */
static void is_bounded(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    floods(FLOOD);
    CHECK_INT(report.queue_count, RS_CRASH_QUEUE_MAX);
    CHECK_INT(strlen(report.queue[RS_CRASH_QUEUE_MAX - 1].term), RS_CRASH_TEXT_BYTES - 1);
    floods(1);
    CHECK_INT(report.queue_count, 0);
}
TEST(whatever_there_is_a_report_is_bounded) {
    heard_by(&listener, is_bounded);
}

/* ------------------------------------------------------------------ cost */

static rs_atomic_u32 values;
static rs_term counted_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    rs_add(&values, 1, rs_relaxed);
    return RS_ATOM(ok);
}
static const rs_type counted_type = {"counted", 0, counted_to_term, NULL};

static void takes_one_and_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, LONG_NS);
    write_nowhere();
}

static uint32_t values_of_a_crash(rs_entry *entry) {
    uint32_t before = rs_load(&values, rs_relaxed);
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(entry, NULL, 0, &ref);
    rs_send(pid, &counted_type, "", 1);
    CHECK(rs_receive(is_wanted, &(wanted){pid, ref, RS_MESSAGE_DOWN}, LONG_NS) != NULL);
    return rs_load(&values, rs_relaxed) - before;
}

static void is_not_gathered(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nowhere = 0;
    wanted_more = false;
    CHECK_INT(values_of_a_crash(takes_one_and_crashes), 0);
    CHECK_INT(values_of_a_crash(takes_one_and_exits), 0);
}
TEST(without_a_listener_nothing_is_gathered) {
    heard_by(&nobody, is_not_gathered);
    CHECK_INT(rs_load(&notices, rs_relaxed), 0);
}
TEST(who_has_heard_enough_is_told_of_the_end_alone) {
    heard_by(&listener, is_not_gathered);
    CHECK_INT(rs_load(&notices, rs_relaxed), 2);
}

static void is_gathered(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    nowhere = 0;
    CHECK_INT(values_of_a_crash(takes_one_and_crashes), 1);
    CHECK_INT(values_of_a_crash(takes_one_and_exits), 1);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {each_exit, is_told_whole, is_gathered, runs_out_of_memory};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(telling_gives_its_memory_back) {
    heard_by(&listener, returns_memory);
}

TEST_MAIN()
