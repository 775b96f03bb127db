/* side.c: runs a program, and reads the result that it prints.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/side.h"

#include "reports/formats/load.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_BYTES 4096u
/* Both sides have the same words on their stack: what lies where may cost a few percent. */
#define PROGRAM_NAME "respawn"

static void join_sets(rs_side *side, const rs_options *options, const rs_options_side *own) {
    uint32_t shared = options->set_count;
    side->options.sets = rs_rows_alloc(sizeof *side->options.sets * (shared + own->set_count + 1));
    for (uint32_t i = 0; i < shared; i++) side->options.sets[i] = options->sets[i];
    for (uint32_t i = 0; i < own->set_count; i++)
        side->options.sets[shared + i] = (char *)(uintptr_t)own->sets[i];
    side->options.set_count = shared + own->set_count;
}

static void join_plugins(rs_side *side, const rs_options *options, const rs_options_side *own) {
    uint32_t shared = options->plugin_count, count = shared + own->plugin_count;
    side->options.plugins = rs_rows_alloc(sizeof *side->options.plugins * (count + 1));
    for (uint32_t i = 0; i < count; i++)
        side->options.plugins[i] = i < shared ? options->plugins[i] : own->plugins[i - shared];
    side->options.plugin_count = count;
}

bool rs_side_open(rs_side *side, const char *name, const rs_options *options,
                  const rs_options_side *own) {
    *side = (rs_side){.name = name, .path = own->program, .options = *options};
    join_sets(side, options, own);
    join_plugins(side, options, own);
    const char *path = own->program ? own->program : "/proc/self/exe";
    side->program = open(path, O_RDONLY | O_CLOEXEC);
    if (side->program < 0 || faccessat(AT_FDCWD, path, X_OK, 0) != 0)
        return rs_streams_refuse("side %s: %s: %s", name, path, strerror(errno));
    side->plan = rs_scenario_load(&side->options);
    return side->plan != NULL;
}

void rs_side_close(rs_side *side) {
    rs_plan_destroy(side->plan);
    if (side->program >= 0) close(side->program);
    free(side->options.sets);
    free(side->options.plugins);
}

/* ------------------------------------------------------------------ the child */

static char **make_words(const rs_side *side, const char *seed, const char *timeout) {
    const rs_options *options = &side->options;
    char **words =
        rs_rows_alloc(sizeof *words * (16 + RS_CALLGRIND_WORDS +
                                       2 * ((size_t)options->set_count + options->plugin_count)));
    size_t count = side->callgrind ? RS_CALLGRIND_WORDS : 1;
    words[0] = (char *)(uintptr_t)PROGRAM_NAME;
    if (side->callgrind) rs_callgrind_words(side->callgrind, words);
#define WORD(TEXT) words[count++] = (char *)(uintptr_t)(TEXT)
    WORD("run");
    WORD("--quiet");
    WORD("--no-color");
    WORD("--export-json");
    WORD("-");
    for (uint32_t i = 0; i < options->plugin_count; i++) {
        WORD("--plugin");
        WORD(options->plugins[i].path);
    }
    for (uint32_t i = 0; i < options->set_count; i++) {
        WORD("--set");
        WORD(options->sets[i]);
    }
    if (*timeout) WORD("--timeout");
    if (*timeout) WORD(timeout);
    WORD("--seed");
    WORD(seed);
    WORD("--");
    WORD(options->arguments[0]);
#undef WORD
    return words;
}

static _Noreturn void become(const rs_side *side, char **words, int out, int said) {
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int in = open("/dev/null", O_RDONLY);
    if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(said, 2) < 0) _exit(127);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (side->callgrind) rs_callgrind_become(side->callgrind, words);
    fcntl(side->program, F_SETFD, 0); /* an interpreter of a script opens it once more */
    if (!side->callgrind) fexecve(side->program, words, environ);
    dprintf(2, "%s: %s\n", side->path ? side->path : PROGRAM_NAME, strerror(errno));
    _exit(127);
}

/* Until the child is gone: the first signal winds it down, as it would a run, the second ends it.
 */
static int wait_for(pid_t child, bool *interrupted) {
    sigset_t awaited;
    int status;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGHUP);
    while (waitpid(child, &status, WNOHANG) == 0) {
        int got = sigwaitinfo(&awaited, NULL);
        if (got <= 0 || got == SIGCHLD) continue;
        kill(child, *interrupted ? SIGKILL : SIGTERM);
        *interrupted = true;
    }
    return status;
}

/* ------------------------------------------------------------------ what it leaves */

static char *read_said(int fd) {
    char *text = rs_rows_alloc(SAID_BYTES);
    ssize_t got = pread(fd, text, SAID_BYTES - 1, 0);
    while (got > 0 && text[got - 1] == '\n') got--;
    text[got > 0 ? got : 0] = 0;
    return text;
}

static rs_result *read_result(int fd, rs_side_run *run) {
    rs_result *result = NULL;
    FILE *stream = lseek(fd, 0, SEEK_END) > 0 ? fdopen(dup(fd), "r") : NULL;
    if (!stream) return NULL;
    rewind(stream);
    if (rs_result_load(stream, "its result", &result, run->said + strlen(run->said),
                       SAID_BYTES - strlen(run->said)) != RS_OK)
        result = NULL;
    fclose(stream);
    return result;
}

/* Whoever is counted is slow by the wall's clock. "": the run's own limit. */
static void print_timeout(const rs_side *side, char text[64]) {
    uint64_t limit_s = rs_watch_timeout_ns(side->plan) / 1000000000;
    const char *given = side->options.timeout;
    if (given || !side->callgrind)
        snprintf(text, 64, "%s", given ? given : "");
    else
        snprintf(text, 64, "%" PRIu64 "s", RS_CALLGRIND_SLOWER * limit_s);
}

static void run_in(const rs_side *side, uint64_t seed, int out, int said, rs_side_run *run) {
    char text[24], timeout[64];
    snprintf(text, sizeof text, "0x%" PRIx64, seed);
    print_timeout(side, timeout);
    if (side->callgrind && !rs_callgrind_aim(side->callgrind, side->program)) return;
    char **words = make_words(side, text, timeout);
    pid_t child = fork();
    if (child == 0) become(side, words, out, said);
    int status = child > 0 ? wait_for(child, &run->interrupted) : W_EXITCODE(RS_EXIT_INTERNAL, 0);
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : RS_EXIT_INTERNAL;
    free(run->said);
    run->said = read_said(said);
    run->result = read_result(out, run);
    if (side->callgrind) run->instructions = rs_callgrind_read(side->callgrind, child);
    free(words);
}

rs_side_run rs_side_repeat(const rs_side *side, uint64_t seed) {
    rs_side_run run = {.status = RS_EXIT_INTERNAL,
                       .said = strdup("no memory for its result"),
                       .instructions = (double)NAN};
    int out = memfd_create("result", MFD_CLOEXEC), said = memfd_create("said", MFD_CLOEXEC);
    if (out >= 0 && said >= 0) run_in(side, seed, out, said, &run);
    if (out >= 0) close(out);
    if (said >= 0) close(said);
    return run;
}
