/* streams.c: the three standard streams.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/streams.h"

#include "reports/formats/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The wrong way round: reading from stdin and writing to the others fails as it did before. */
void rs_streams_init(void) {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static bool is_reader_gone(void) {
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}

/* A write that failed while more was printed has left no reason behind; it would fail again. */
static const char *why_not(void) {
    if (errno == 0 && write(STDOUT_FILENO, "\n", 1) == 1) return "a write failed";
    return strerror(errno);
}

bool rs_streams_flush(void) {
    errno = 0;
    bool flushed = fflush(stdout) == 0;
    if ((flushed && !ferror(stdout)) || is_reader_gone()) return true;
    rs_streams_refuse("standard output: %s", why_not());
    clearerr(stdout); /* once is enough */
    return false;
}

static void put(const char *lead, const char *format, va_list arguments) {
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0) abort();
    fputs(lead, stderr);
    rs_escape_put(rs_escape_terminal, text, stderr);
    fputc('\n', stderr);
    free(text);
}

bool rs_streams_refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put("respawn: ", format, arguments);
    va_end(arguments);
    return false;
}

bool rs_streams_problem(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put("", format, arguments);
    va_end(arguments);
    return false;
}
