/* test.c: the forked test runner of test.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static rs_test *first_test;

void rs_test_add(rs_test *test) {
    rs_test **end = &first_test;
    while (*end) end = &(*end)->next;
    *end = test;
}

void rs_test_fail(const char *file, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    fflush(stdout);
    _exit(1);
}

static unsigned timeout_s(void) {
    const char *text = getenv("RESPAWN_TEST_TIMEOUT_S");
    int seconds = text ? atoi(text) : 0;
    return seconds > 0 ? (unsigned)seconds : 60u;
}

/* The child leaves through exit(), so that LeakSanitizer looks at it. */
static int run_forked(const rs_test *test) {
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    if (child == 0) {
        alarm(timeout_s());
        test->run();
        exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return 0;
    if (test->dies_of) return WIFSIGNALED(status) && WTERMSIG(status) == test->dies_of;
    if (WIFSIGNALED(status))
        fprintf(stderr, "%s: ended by signal %d (%s)\n", test->name, WTERMSIG(status),
                strsignal(WTERMSIG(status)));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int is_wanted(const rs_test *test, int argc, char **argv) {
    if (argc < 2) return 1;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], test->name) == 0) return 1;
    return 0;
}

int rs_test_main(int argc, char **argv) {
    int passed = 0, failed = 0;
    for (const rs_test *test = first_test; test; test = test->next) {
        if (!is_wanted(test, argc, argv)) continue;
        if (run_forked(test)) {
            passed++;
        } else {
            failed++;
            printf("FAILED %s\n", test->name);
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed ? 1 : 0;
}
