/* program.h: runs the real program from a test and keeps what it said.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_PROGRAM_H
#define RS_CLI_PROGRAM_H

#include "runtime/base/assert.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM_TEXT 65536

typedef struct program {
    pid_t pid;
    int status; /* exit status, or 1000 + signal */
    char out[PROGRAM_TEXT], err[PROGRAM_TEXT];
    char out_path[64], err_path[64];
} program;

static program the_program;
static const char *the_program_name = "respawn"; /* below the build's folder */
static const char *the_redirections = "";        /* more of them, for sh */

static inline void read_text(const char *path, char text[PROGRAM_TEXT]) {
    FILE *file = fopen(path, "r");
    RS_ASSERT(file != NULL);
    size_t length = fread(text, 1, PROGRAM_TEXT - 1, file);
    text[length] = 0;
    fclose(file);
}

/* A name that no other test uses. */
static inline const char *scratch(const char *name) {
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "/tmp/respawn-test.%d.%s", (int)getpid(), name);
    return path;
}

static inline void write_text(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    RS_ASSERT(file != NULL);
    fputs(text, file);
    RS_ASSERT(fclose(file) == 0);
}

static inline bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* start_program runs `respawn` with `arguments`, a command line for sh without quotes of its own.
 */
static inline void start_program(const char *arguments) {
    program *run = &the_program;
    char command[4096];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(run->out_path, sizeof run->out_path, "%s", scratch("out"));
    snprintf(run->err_path, sizeof run->err_path, "%s", scratch("err"));
    snprintf(command, sizeof command, "exec %s/%s %s >%s 2>%s %s", build ? build : ".",
             the_program_name, arguments, run->out_path, run->err_path, the_redirections);
    run->pid = fork();
    if (run->pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
}

static inline void await_program(void) {
    program *run = &the_program;
    int status;
    RS_ASSERT(waitpid(run->pid, &status, 0) == run->pid);
    run->status = WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
    read_text(run->out_path, run->out);
    read_text(run->err_path, run->err);
    unlink(run->out_path);
    unlink(run->err_path);
}

static inline int run_program(const char *arguments) {
    start_program(arguments);
    await_program();
    return the_program.status;
}

/* A command line; four of them live at a time. */
__attribute__((format(printf, 1, 2))) static inline const char *command_line(const char *format,
                                                                             ...) {
    static char texts[4][2048];
    static unsigned next;
    char *text = texts[next++ % 4];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    return text;
}

/* A zombie that nobody has collected yet does not run. */
static inline bool is_running(pid_t pid) {
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = 0;
    fclose(file);
    return !strstr(text, ") Z ") && !strstr(text, ") X ");
}

static inline void sleep_ms(long ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* CHECK_SAYS ends the test when `TEXT` lacks `PART`; CHECK_EXIT when the program exits otherwise.
 */
#define CHECK_SAYS(TEXT, PART)                                                                     \
    do {                                                                                           \
        if (!strstr(TEXT, PART))                                                                   \
            rs_test_fail(__FILE__, __LINE__, "\"%s\" is not in:\n%s", PART, TEXT);                 \
    } while (0)
#define CHECK_EXIT(ARGUMENTS, EXPECTED)                                                            \
    do {                                                                                           \
        int status_ = run_program(ARGUMENTS);                                                      \
        if (status_ != (EXPECTED))                                                                 \
            rs_test_fail(__FILE__, __LINE__, "`respawn %s` exits %d, not %d:\n%s", ARGUMENTS,      \
                         status_, EXPECTED, the_program.err);                                      \
    } while (0)

#endif
