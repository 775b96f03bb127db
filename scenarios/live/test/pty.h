/* pty.h: a terminal of a test's own.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_PTY_H
#define RS_TEST_PTY_H

#include "runtime/base/test/test.h"

#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* As a terminal reads them: its second screen, and back. */
#define PTY_OPEN  "\x1b[?1049h"
#define PTY_CLOSE "\x1b[?1049l"

/* What was written to the latest one. */
static char pty_said[1 << 20];

static inline void pty_read(int ours) {
    size_t length = 0;
    ssize_t got;
    while ((got = read(ours, pty_said + length, sizeof pty_said - 1 - length)) > 0)
        length += (size_t)got;
    pty_said[length] = 0;
    close(ours);
}

/* For pty_run: it is read when all is over. */
#define PTY_UNREAD (-1)

/* pty_run runs `act` in a process of its own, whose standard error is a terminal of 80 columns and
 * 24 lines that is not read before `after_ms`, and returns the signal that it died of, or 0. What
 * fails in there is told. */
static inline int pty_run(void (*act)(void), int after_ms) {
    struct winsize size = {.ws_col = 80, .ws_row = 24};
    int ours, theirs, status;
    CHECK_INT(openpty(&ours, &theirs, NULL, NULL, &size), 0);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        alarm(30); /* nobody else would end it */
        setenv("TERM", "xterm", 1);
        dup2(theirs, STDERR_FILENO);
        close(theirs);
        close(ours);
        act();
        exit(0);
    }
    close(theirs);
    if (after_ms == PTY_UNREAD) waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT);
    if (after_ms > 0) poll(NULL, 0, after_ms);
    pty_read(ours);
    CHECK_INT(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        rs_test_fail(__FILE__, __LINE__, "in the terminal:\n%s", pty_said);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* How often `part` was written. */
static inline unsigned pty_count(const char *part) {
    unsigned count = 0;
    for (const char *at = pty_said; (at = strstr(at, part)); at++) count++;
    return count;
}

/* The terminal is as it was, after `pictures` times on its second screen. */
static inline void pty_check_restored(unsigned pictures) {
    CHECK_INT(pty_count(PTY_OPEN), pictures);
    CHECK_INT(pty_count(PTY_CLOSE), pictures);
    CHECK_INT(pty_count("\x1b[?25h"), pictures); /* the cursor */
    CHECK_INT(pty_count("\x1b[?7h"), pictures);  /* long lines are wrapped */
}

#endif
