/* probe.c: see probe.h. The child tells over a pipe what came of it; what comes without a word is
 * seen in how it ended.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/probe.h"

#include "scenarios/language/vocabulary.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static rs_err refuse(rs_probe *probe, const char *path, const char *why) {
    probe->err = RS_EINVAL;
    snprintf(probe->why, sizeof probe->why, "%.200s %s", path, why);
    return probe->err;
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

/* What it prints is none of ours, and may be the linker's about to give up. */
static void be_silent(void) {
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
}

/* Words are added, which here nobody reads: so nothing can go wrong where they are read. */
static rs_err look_into(const char *path, rs_code_object *object) {
    if (rs_code_object_link(path, object) != RS_OK) return object->err;
    if (rs_vocabulary_is_in(object)) return rs_vocabulary_add(object, path);
    if (rs_code_object_find(object, "rs_code_module_here"))
        return rs_code_object_module(object, path);
    snprintf(object->why, sizeof object->why,
             "%.200s says not what it is: write RS_VOCABULARY(…) in it for words of your own "
             "(scenarios/language/vocabulary.h), or RS_CODE_MODULE(&server) for another version of "
             "a worker (runtime/otp/code_object.h)",
             path);
    return object->err = RS_EINVAL;
}

/* Shorter than a pipe's buffer: the write does not wait. */
static _Noreturn void try_out(const char *path, int out) {
    rs_code_object object;
    rs_probe probe = {.err = RS_OK};
    expect_the_worst();
    be_silent();
    probe.err = look_into(path, &object);
    if (probe.err != RS_OK)
        snprintf(probe.why, sizeof probe.why, "%s", object.why);
    else if (object.server)
        snprintf(probe.module, sizeof probe.module, "%s", object.server->name);
    _exit(write(out, &probe, sizeof probe) == (ssize_t)sizeof probe ? 0 : 1);
}

/* ------------------------------------------------------------------ what came of it */

/* False: it ended, or took too long, without a word. */
static bool hear(int in, rs_probe *probe) {
    struct pollfd this = {.fd = in, .events = POLLIN};
    int ready;
    do ready = poll(&this, 1, (int)RS_PROBE_SECONDS * 1000);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && read(in, probe, sizeof *probe) == (ssize_t)sizeof *probe;
}

/* SIGKILL is ours; who is ending already ends as it would have. */
static int end(pid_t child) {
    int status = 0;
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

static rs_err explain(int status, const char *path, rs_probe *probe) {
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
    return refuse(probe, path, why);
}

/* ------------------------------------------------------------------ both */

rs_err rs_probe_file(const char *path, rs_probe *probe) {
    int ends[2];
    if (pipe(ends) != 0) return refuse(probe, path, "cannot be tried out: no pipe is left");
    fflush(NULL); /* or its exit would print what is ours */
    pid_t child = fork();
    if (child == 0) try_out(path, ends[1]);
    close(ends[1]);
    bool heard = child > 0 && hear(ends[0], probe);
    int status = child > 0 ? end(child) : 0;
    close(ends[0]);
    if (child < 0) return refuse(probe, path, "cannot be tried out: no process is left");
    return heard ? probe->err : explain(status, path, probe);
}
