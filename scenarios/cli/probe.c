/* probe.c: see probe.h. The child tells over a pipe what came of it; what comes without a word is
 * seen in how it ended.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/probe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static rs_err refuse(rs_code_object *object, const char *path, const char *why) {
    object->err = RS_EINVAL;
    snprintf(object->why, sizeof object->why, "%.200s %s", path, why);
    return object->err;
}

/* ------------------------------------------------------------------ the child */

/* A crash leaves no core file, and no report of a sanitizer's. */
static void expect_the_worst(void) {
    const struct rlimit none = {0, 0};
    const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &none);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
}

/* Shorter than a pipe's buffer: the write does not wait. */
static _Noreturn void try_out(const char *path, int out) {
    rs_code_object object;
    expect_the_worst();
    rs_code_object_open(path, &object);
    _exit(write(out, &object, sizeof object) == (ssize_t)sizeof object ? 0 : 1);
}

/* ------------------------------------------------------------------ what came of it */

/* False: it ended, or took too long, without a word. */
static bool hear(int in, rs_code_object *object) {
    struct pollfd this = {.fd = in, .events = POLLIN};
    int ready;
    do ready = poll(&this, 1, (int)RS_PROBE_SECONDS * 1000);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && read(in, object, sizeof *object) == (ssize_t)sizeof *object;
}

/* SIGKILL is ours; who is ending already ends as it would have. */
static int end(pid_t child) {
    int status = 0;
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

static rs_err explain(int status, const char *path, rs_code_object *object) {
    char why[128];
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (!signal)
        snprintf(why, sizeof why, "ends the program when it is loaded, with exit status %d",
                 WEXITSTATUS(status));
    else if (signal == SIGKILL)
        snprintf(why, sizeof why, "did not finish loading within %u s", RS_PROBE_SECONDS);
    else
        snprintf(why, sizeof why, "is damaged: loading it ends with SIG%s",
                 sigabbrev_np(signal) ? sigabbrev_np(signal) : "?");
    return refuse(object, path, why);
}

/* ------------------------------------------------------------------ both */

static rs_err probe(const char *path, rs_code_object *object) {
    int ends[2];
    if (pipe(ends) != 0) return refuse(object, path, "cannot be tried out: no pipe is left");
    fflush(NULL); /* or its exit would print what is ours */
    pid_t child = fork();
    if (child == 0) try_out(path, ends[1]);
    close(ends[1]);
    bool heard = child > 0 && hear(ends[0], object);
    int status = child > 0 ? end(child) : 0;
    close(ends[0]);
    if (child < 0) return refuse(object, path, "cannot be tried out: no process is left");
    return heard ? object->err : explain(status, path, object);
}

rs_err rs_probe_open(const char *path, rs_code_object *object) {
    rs_err err = probe(path, object);
    return err == RS_OK ? rs_code_object_open(path, object) : err;
}
