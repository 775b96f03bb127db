/* apart.c: one attempt in a process of its own.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/apart.h"

#include "scenarios/engine/map.h"
#include "scenarios/engine/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void rs_apart_tell(int status, char *text, size_t bytes) {
    if (WIFSIGNALED(status))
        snprintf(text, bytes, "the run took its process along: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(text, bytes, "the run ended its process with status %d", WEXITSTATUS(status));
}

/* A life touches little memory, and clearing 2 MiB for a few pages of it is dear. */
void rs_apart_detach(pid_t parent) {
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1); /* it died before prctl */
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    signal(SIGTTOU, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child's end of the pipe closes when it is gone, whatever way. */
static bool await_end(int fd, uint64_t timeout_ns) {
    uint64_t begin_ns = rs_watch_wall_ns(), passed_ns;
    do {
        struct pollfd poll_fd = {fd, POLLIN, 0};
        passed_ns = rs_watch_wall_ns() - begin_ns;
        uint64_t left_ms = passed_ns < timeout_ns ? (timeout_ns - passed_ns) / 1000000 + 1 : 0;
        if (poll(&poll_fd, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX) > 0) return true;
    } while (passed_ns < timeout_ns); /* a signal may have cut it short */
    return false;
}

/* In memory that parent and child share. */
typedef struct rs_apart_desk {
    rs_attempt attempt;
    bool is_whole; /* the run has come to its end */
} rs_apart_desk;

static void conclude(rs_attempt *attempt, bool in_time, int status) {
    char text[160];
    attempt->failure_count = attempt->omitted = 0;
    attempt->late = !in_time;
    if (!in_time) return;
    rs_apart_tell(status, text, sizeof text);
    rs_attempt_fail(attempt, "aborted", "", 0, text);
}

bool rs_apart_run(const rs_attempt_order *order, uint64_t timeout_ns, rs_attempt *attempt,
                  rs_attempt_look *look, void *context) {
    int fds[2], status = 0;
    pid_t parent = getpid();
    rs_apart_desk *desk = rs_map_create(NULL, sizeof *desk);
    if (!desk || pipe2(fds, 0) != 0) return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        rs_apart_detach(parent);
        close(fds[0]);
        rs_attempt_run(order, NULL, &desk->attempt, look, context);
        desk->is_whole = true;
        _exit(0);
    }
    close(fds[1]);
    bool in_time = child > 0 && await_end(fds[0], timeout_ns);
    if (child > 0 && !in_time) kill(child, SIGKILL);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    close(fds[0]);
    *attempt = desk->attempt;
    attempt->seed = order->seed;
    if (child > 0 && !desk->is_whole) conclude(attempt, in_time, status);
    rs_map_destroy(NULL, desk, sizeof *desk, RS_MAP_UNKNOWN);
    return child > 0;
}
