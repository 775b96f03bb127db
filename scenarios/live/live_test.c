/* live_test.c: when there is a picture, and when there is none.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/live.h"

#include "scenarios/language/test/parse.h"
#include "scenarios/live/test/pty.h"

#include <sys/ioctl.h>

#define MS UINT64_C(1000000)

static rs_live live;
static rs_plan *plan;
static rs_shared *shared;
static const rs_spectator *spectator;
static volatile sig_atomic_t stops; /* how often we would have been stopped */

static void note_stop(int signal) {
    (void)signal;
    stops++;
}

static void begin(uint64_t runs) {
    plan = parse("scenario: test\n"
                 "tree: { id: top, children: [{ id: a, worker: echo }] }\n"
                 "phases: { on: 10ms }\n");
    shared = rs_shared_create(plan, 1, false, NULL);
    signal(SIGTSTP, note_stop);
    spectator = rs_live_init(&live, runs, false);
    CHECK(shared && spectator);
}

static void end(void) {
    rs_live_fini(&live);
    rs_shared_destroy(shared);
    rs_plan_destroy(plan);
}

static bool look(uint64_t ms) {
    return spectator->show(spectator->context, shared, (1000 + ms) * MS);
}

static void run_is_over(bool silent) {
    spectator->hide(spectator->context, silent);
}

/* The invariant of screen.h. */
static void check_signals(void) {
    sigset_t blocked;
    struct sigaction quit;
    CHECK_INT(sigprocmask(SIG_BLOCK, NULL, &blocked), 0);
    CHECK_INT(sigaction(SIGQUIT, NULL, &quit), 0);
    CHECK_INT(sigismember(&blocked, SIGTSTP), live.screen.open);
    CHECK_INT(quit.sa_handler != SIG_DFL, live.screen.open);
}

/* ------------------------------------------------------------------ when the first one comes */

static void look_twice_at_once(void) {
    begin(1);
    CHECK(look(0));
    CHECK(look(80));
    run_is_over(true);
    end();
}

TEST(what_ends_at_once_needs_no_picture) {
    CHECK_INT(pty_run(look_twice_at_once, 0), 0);
    CHECK_STR(pty_said, "");
}

static void look_for_a_while(void) {
    begin(1);
    CHECK(look(0));
    CHECK(look(100));
    CHECK(live.screen.open);
    check_signals();
    CHECK(look(130));
    CHECK(look(10000)); /* whatever the pictures have cost */
    run_is_over(true);
    CHECK(!live.screen.open);
    check_signals();
    end();
}

TEST(pictures_come_ten_times_a_second) {
    CHECK_INT(pty_run(look_for_a_while, 0), 0);
    pty_check_restored(1);
    CHECK_INT(pty_count("TREE"), 2);
}

/* ------------------------------------------------------------------ from one run to the next */

static void look_at_two_runs(void) {
    begin(2);
    CHECK(look(0));
    CHECK(look(100));
    run_is_over(true);
    CHECK(live.screen.open);
    check_signals();
    CHECK(look(5000));
    CHECK(look(10000));
    check_signals();
    run_is_over(true);
    CHECK(!live.screen.open);
    check_signals();
    end();
}

TEST(the_picture_stays_from_one_run_to_the_next) {
    CHECK_INT(pty_run(look_at_two_runs, 0), 0);
    pty_check_restored(1);
    CHECK_INT(pty_count("run 1 of 2"), 1);
    CHECK_INT(pty_count("run 2 of 2"), 1);
}

static void look_at_two_runs_with_words(void) {
    begin(2);
    CHECK(look(0));
    CHECK(look(100));
    run_is_over(false);
    CHECK(!live.screen.open);
    check_signals();
    CHECK(look(5000));
    CHECK(look(10000));
    run_is_over(true);
    end();
}

TEST(what_is_said_between_two_runs_is_on_the_first_screen) {
    CHECK_INT(pty_run(look_at_two_runs_with_words, 0), 0);
    pty_check_restored(2);
}

/* ------------------------------------------------------------------ between two pictures */

static void press_ctrl_z(void) {
    begin(2);
    CHECK(look(0));
    CHECK(look(100));
    raise(SIGTSTP);
    CHECK_INT(stops, 0);
    look(101);
    CHECK_INT(stops, 1);
    CHECK(!live.screen.open);
    CHECK(look(10000));
    CHECK(live.screen.open);
    run_is_over(true);
    raise(SIGTSTP);
    CHECK_INT(stops, 1);
    look(10001); /* the first look at the next run */
    CHECK_INT(stops, 2);
    end();
    check_signals();
}

TEST(ctrl_z_does_not_wait_for_the_next_picture) {
    CHECK_INT(pty_run(press_ctrl_z, 0), 0);
    pty_check_restored(2);
}

static void set_size(unsigned short columns, unsigned short lines) {
    struct winsize size = {.ws_col = columns, .ws_row = lines};
    CHECK_INT(ioctl(STDERR_FILENO, TIOCSWINSZ, &size), 0);
}

static void make_it_small(void) {
    begin(1);
    CHECK(look(0));
    CHECK(look(100));
    set_size(30, 24);
    CHECK(!look(101)); /* the line of progress may have it */
    CHECK(!live.screen.open);
    check_signals();
    set_size(80, 24);
    CHECK(look(10000));
    CHECK(live.screen.open);
    end();
}

TEST(a_terminal_that_shrinks_is_noticed_before_the_next_picture) {
    CHECK_INT(pty_run(make_it_small, 0), 0);
    pty_check_restored(2);
}

TEST_MAIN()
