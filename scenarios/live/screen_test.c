/* screen_test.c: what a terminal gets to read, and that it is as it was in the end.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/screen.h"

#include "scenarios/live/test/pty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static void show(rs_screen *screen) {
    CHECK(rs_screen_is_there());
    CHECK(rs_screen_fits(screen, 36, 8));
    rs_screen_show(screen, "one line\nanother\n");
}

static void show_and_close(void) {
    rs_screen screen = {0};
    show(&screen);
    show(&screen);
    CHECK(screen.open);
    rs_screen_close(&screen);
    rs_screen_close(&screen);
    CHECK(!screen.open);
}

TEST(a_picture_comes_and_goes) {
    CHECK_INT(pty_run(show_and_close, 0), 0);
    pty_check_restored(1);
    CHECK_INT(pty_count("one line"), 2);
    CHECK_INT(pty_count("another"), 2);
}

/* ------------------------------------------------------------------ signals */

static void die_with_a_picture(void) {
    rs_screen screen = {0};
    show(&screen);
    raise(SIGQUIT);
}

TEST(who_dies_takes_the_picture_along) {
    CHECK_INT(pty_run(die_with_a_picture, 0), SIGQUIT);
    pty_check_restored(1);
}

static int wait_for(pid_t child) {
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Its standard error is a file, as a run's is. */
static void fork_with_a_picture(void) {
    rs_screen screen = {0};
    int file = memfd_create("errors", 0);
    show(&screen);
    pid_t child = fork();
    if (child == 0) {
        dup2(file, STDERR_FILENO);
        raise(SIGQUIT);
    }
    CHECK_INT(wait_for(child), SIGQUIT);
    CHECK_INT(lseek(file, 0, SEEK_END), 0);
    rs_screen_close(&screen);
}

/* There was no memory for a file, but it is another job. */
static void fork_a_job_with_a_picture(void) {
    rs_screen screen = {0};
    CHECK(setsid() > 0);
    CHECK_INT(ioctl(STDERR_FILENO, TIOCSCTTY, 0), 0);
    show(&screen);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        raise(SIGQUIT);
    }
    CHECK_INT(wait_for(child), SIGQUIT);
    rs_screen_close(&screen);
}

TEST(a_child_that_dies_leaves_the_picture_alone) {
    CHECK_INT(pty_run(fork_with_a_picture, 0), 0);
    pty_check_restored(1);
    CHECK_INT(pty_run(fork_a_job_with_a_picture, 0), 0);
    pty_check_restored(1);
}

/* ------------------------------------------------------------------ terminals that are full */

/* Somebody else who has this terminal open may have made it so. */
static void close_when_full(void) {
    rs_screen screen = {0};
    show(&screen);
    CHECK_INT(fcntl(STDERR_FILENO, F_SETFL, O_WRONLY | O_NONBLOCK), 0);
    while (write(STDERR_FILENO, "x", 1) == 1) continue;
    rs_screen_show(&screen, "this one is left out\n");
    rs_screen_close(&screen);
}

TEST(the_way_back_waits_for_a_terminal_that_is_full) {
    CHECK_INT(pty_run(close_when_full, 200), 0);
    pty_check_restored(1);
    CHECK_INT(pty_count("left out"), 0);
}

TEST(a_terminal_that_takes_nothing_is_given_up) {
    CHECK_INT(pty_run(close_when_full, PTY_UNREAD), 0);
    CHECK_INT(pty_count(PTY_CLOSE), 0);
}

TEST_MAIN()
