/* story_test.c: a story is written whole, when its reader is slow; and one who does not read holds
 * up nobody who wants to leave.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/story.h"

#include "scenarios/engine/test/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static rs_plan *plan;
static rs_shared *shared;
static int reader, writer;

/* A pipe that a few lines fill. */
static void open_pipe(void) {
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    reader = ends[0];
    writer = ends[1];
    CHECK_INT(fcntl(writer, F_SETPIPE_SZ, 4096), 4096);
}

static void begin(void) {
    plan = parse("scenario: test\n"
                 "runtime: { threads: 2 }\n"
                 "tree: { id: top, strategy: one_for_one, children: [{ id: a, worker: echo }] }\n"
                 "phases: { on: 1ms, off: 1ms }\n");
    shared = rs_shared_create(plan, 1, true, NULL);
    CHECK(shared && shared->slots == 2);
    open_pipe();
}

static void end(void) {
    close(reader);
    close(writer);
    rs_shared_destroy(shared);
    rs_plan_destroy(plan);
}

static void push(uint32_t ring, int64_t time_ns) {
    rs_ring_entry entry = {.time_ns = time_ns, .role = 2, .kind = RS_EVENT_SERVED};
    rs_ring_push(&shared->rings[ring], &entry);
}

/* ------------------------------------------------------------------ when it began */

/* Seconds since the epoch of the header that is told, -1: it does not say. */
static time_t told_t0(void) {
    char text[4096];
    rs_story *story = rs_story_create(writer);
    CHECK(rs_story_finish(story, shared));
    CHECK_INT(rs_story_error(story), 0);
    ssize_t length = read(reader, text, sizeof text - 1);
    CHECK(length > 0);
    text[length] = 0;
    rs_story_destroy(story);
    const char *t0 = strstr(text, "\"t0\":\"");
    struct tm broken = {.tm_sec = 0};
    if (!t0) return -1;
    CHECK(strptime(t0 + 6, "%Y-%m-%dT%H:%M:%SZ", &broken) != NULL);
    return timegm(&broken);
}

TEST(the_story_begins_at_zero_however_late_its_first_event_is) {
    rs_clocks now;
    begin();
    CHECK_INT(told_t0(), -1); /* t = 0 has not been reached */
    rs_clocks_read(&now);
    rs_store(&shared->zero_ns, now.run_ns - UINT64_C(30000000000), rs_relaxed);
    rs_store(&shared->began, 1, rs_release);
    time_t t0 = told_t0(), expected = time(NULL) - 30;
    CHECK(t0 >= expected - 2 && t0 <= expected);
    end();
}

/* ------------------------------------------------------------------ how much at once */

TEST(no_more_is_taken_at_once_than_a_ring_holds) {
    begin();
    int nowhere = open("/dev/null", O_WRONLY);
    rs_story *story = rs_story_create(nowhere);
    for (uint32_t i = 0; i < RS_RING_ENTRIES; i++) push(0, i);
    for (uint32_t i = 0; i < 10; i++) push(1, i);
    CHECK_INT(rs_story_drain(story, shared), RS_RING_ENTRIES);
    CHECK_INT(rs_story_error(story), ECANCELED); /* so far */
    CHECK_INT(rs_story_drain(story, shared), 10);
    CHECK(rs_story_finish(story, shared));
    CHECK_INT(rs_story_error(story), 0);
    rs_story_destroy(story);
    close(nowhere);
    end();
}

static uint64_t count_lines(void) {
    char bytes[4096];
    uint64_t lines = 0;
    ssize_t length = read(reader, bytes, sizeof bytes);
    CHECK(length > 0);
    for (ssize_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    return lines;
}

TEST(who_does_not_read_is_not_waited_for_and_gets_all_in_the_end) {
    enum { EVENTS = 3000 };
    begin();
    rs_story *story = rs_story_create(writer);
    for (uint32_t i = 0; i < EVENTS; i++) push(i % 2, i);
    uint64_t taken = rs_story_drain(story, shared), lines = 0;
    CHECK(taken > 0 && taken < EVENTS);
    CHECK_INT(rs_story_drain(story, shared), 0);
    CHECK(!rs_story_finish(story, shared));
    do {
        lines += count_lines();
    } while (!rs_story_finish(story, shared));
    while (lines < EVENTS + 1) lines += count_lines();
    CHECK_INT(lines, EVENTS + 1);
    CHECK_INT(rs_story_error(story), 0);
    rs_story_destroy(story);
    end();
}

/* ------------------------------------------------------------------ whole runs */

/* More events than the pipe and the rings hold, told to nobody. */
static rs_ending run_unread(uint64_t timeout_ns, int *error) {
    rs_plan *wild = parse("scenario: test\n"
                          "runtime: { clock: virtual }\n"
                          "tree: { id: top, strategy: one_for_one, intensity: 1000000,\n"
                          "        children: [{ id: a, worker: echo }] }\n"
                          "phases: { storm: 2s, heal: 10ms }\n"
                          "faults: [{ id: k, crash: a, how: kill, every: 20us, during: storm }]\n");
    rs_result *result = rs_result_create();
    open_pipe();
    rs_engine_options options = {.seed = 1, .timeout_ns = timeout_ns, .events_fd = writer};
    rs_ending ending;
    rs_engine_run(wild, &options, result, &ending, error);
    rs_result_destroy(result);
    rs_plan_destroy(wild);
    close(reader);
    close(writer);
    return ending;
}

TEST(a_timeout_ends_a_run_whose_story_nobody_reads) {
    int error = 0;
    rs_ending ending = run_unread(UINT64_C(500000000), &error);
    CHECK_INT(ending.status, RS_RESULT_TIMED_OUT);
    CHECK_INT(error, ECANCELED);
}

static void sleep_ms(long ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

TEST(ctrl_c_ends_a_run_whose_story_nobody_reads) {
    int error = 0;
    pid_t parent = getpid(), helper = fork();
    if (helper == 0) {
        for (int i = 0; i < 2; i++) {
            sleep_ms(1000);
            kill(parent, SIGINT);
        }
        _exit(0);
    }
    rs_ending ending = run_unread(0, &error);
    CHECK(ending.at_once && ending.interrupted);
    CHECK_INT(error, ECANCELED);
}

TEST_MAIN()
