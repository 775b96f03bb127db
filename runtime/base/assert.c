/* assert.c: the last words of a broken invariant.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/assert.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(const char *text) {
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void put_number(int number) {
    char digits[12];
    char *at = digits + sizeof digits - 1;
    *at = 0;
    do *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put(at);
}

void rs_panic(const char *file, int line, const char *text) {
    put(file);
    put(":");
    put_number(line);
    put(": ");
    put(text);
    put("\n");
    /* The runtime contains SIGABRT of process code; this one must not be. */
    signal(SIGABRT, SIG_DFL);
    abort();
}
