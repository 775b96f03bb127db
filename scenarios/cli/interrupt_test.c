/* interrupt_test.c: `respawn explore` that is told to end: what it has found is told and written,
 * and nobody that it has started outlives it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#define TWO_OWNERS "scenarios/cli/test/two_owners.yaml"
#define FOUND      "two_owners-orphans-tables.yaml"
#define MEMBERS    64
/* Lives in which making a failure small takes a second of the fastest build, and one alone no more
 * than that of the slowest. */
#define LONG "--seeds 1..4 --shrink 10m --set phases.play=40s --set load.players.rate=600/s"

static char directory[128];

static void start_search(const char *more) {
    char arguments[512];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    snprintf(arguments, sizeof arguments, "explore " TWO_OWNERS " --output %s %s", directory, more);
    start_program(arguments);
}

static void remove_files(void) {
    char text[256];
    snprintf(text, sizeof text, "rm -rf %s", directory);
    CHECK_INT(system(text), 0);
}

/* ------------------------------------------------------------------ its children */

typedef struct family {
    pid_t at[MEMBERS];
    int count;
} family;

/* Children, and theirs. */
static void find_family(pid_t parent, family *all) {
    char path[64];
    int child;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    while (file && all->count < MEMBERS && fscanf(file, "%d", &child) == 1) {
        all->at[all->count++] = child;
        find_family(child, all);
    }
    if (file) fclose(file);
}

/* As soon as there is one, and `ms` later. */
static void await_family(family *all, long ms) {
    for (int i = 0; i < 200 && !all->count; i++) {
        sleep_ms(50);
        find_family(the_program.pid, all);
    }
    CHECK(all->count > 0);
    sleep_ms(ms);
    all->count = 0;
    find_family(the_program.pid, all);
    CHECK(all->count > 0);
}

static bool any_is_running(const family *all) {
    for (int i = 0; i < all->count; i++)
        if (is_running(all->at[i])) return true;
    return false;
}

/* What is told to end has ended when nobody looks for it any more. */
static void check_gone(const family *all) {
    for (int i = 0; i < 100 && any_is_running(all); i++) sleep_ms(20);
    CHECK(!any_is_running(all));
}

/* ------------------------------------------------------------------ one signal */

/* Ends within a time in which no failure has become small: ten minutes of that were asked for. */
static void check_told(const char *says) {
    char path[256], arguments[512], text[PROGRAM_TEXT];
    CHECK_INT(the_program.status, 6);
    CHECK_SAYS(the_program.err, says);
    CHECK_SAYS(the_program.out, "orphans at tables/*\n");
    CHECK_SAYS(the_program.out, FOUND);
    snprintf(path, sizeof path, "%s/" FOUND, directory);
    read_text(path, text);
    CHECK_SAYS(text, "check: \"orphans\"");
    snprintf(arguments, sizeof arguments, "replay %s", path);
    CHECK_EXIT(arguments, 1);
    CHECK_SAYS(the_program.out, "exactly: ");
}

static void check_interrupted_search(int signal) {
    family all = {.count = 0};
    start_search("--seeds 1..100000000 --shrink 10m");
    await_family(&all, 2500);
    kill(the_program.pid, signal);
    await_program();
    check_told("the search was cut short");
    check_gone(&all);
    remove_files();
}

TEST(ctrl_c_leaves_what_was_found) {
    check_interrupted_search(SIGINT);
}

TEST(sigterm_leaves_what_was_found) {
    check_interrupted_search(SIGTERM);
}

/* Until files are being written, which takes as long as it is told to. */
static void await_shrinking(void) {
    for (int i = 0; i < 12000 && !exists(directory); i++) sleep_ms(5);
    CHECK(exists(directory));
    sleep_ms(100);
}

TEST(ctrl_c_leaves_failures_as_large_as_they_are) {
    start_search(LONG);
    await_shrinking();
    kill(the_program.pid, SIGINT);
    await_program();
    check_told("may be larger than need be");
    remove_files();
}

/* ------------------------------------------------------------------ two of them */

TEST(a_second_ctrl_c_ends_at_once) {
    struct timespec begin, end;
    family all = {.count = 0};
    start_search(LONG);
    await_shrinking();
    find_family(the_program.pid, &all);
    for (int i = 0; i < all.count; i++) kill(all.at[i], SIGSTOP); /* they cannot hurry */
    clock_gettime(CLOCK_MONOTONIC, &begin);
    kill(the_program.pid, SIGINT);
    sleep_ms(300);
    CHECK(is_running(the_program.pid));
    kill(the_program.pid, SIGINT);
    await_program();
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK_INT(the_program.status, 6);
    CHECK(end.tv_sec - begin.tv_sec < 3);
    CHECK_SAYS(the_program.out, "orphans at tables/*\n");
    CHECK_SAYS(the_program.err, "were not written");
    check_gone(&all);
    remove_files();
}

/* ------------------------------------------------------------------ a parent that is gone */

static void check_orphans(const char *more, bool shrinking) {
    family all = {.count = 0};
    start_search(more);
    if (shrinking) await_shrinking();
    await_family(&all, 500);
    kill(the_program.pid, SIGKILL);
    await_program();
    check_gone(&all);
    remove_files();
}

TEST(workers_do_not_outlive_a_search) {
    check_orphans("--seeds 1..100000000", false);
}

TEST(who_writes_failures_does_not_outlive_a_search) {
    check_orphans(LONG, true);
}

TEST_MAIN()
