/* screen.c: the terminal that standard error is.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/screen.h"

#include "reports/rows.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The second screen, no cursor, long lines cut; and back, out of a frame that was not finished. */
#define OPEN  "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
#define CLOSE "\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
/* Terminals that know how draw all of it at once; the others skip the word. */
#define FRAME_BEGIN "\x1b[?2026h\x1b[H"
#define FRAME_END   "\x1b[H\x1b[?2026l"
#define CLEAR       "\x1b[2J"
/* Before the line: after one that fills it, the cursor stands on its last letter. */
#define LINE      "\x1b[2K"
#define NEXT_LINE "\r\n"
#define THE_REST  "\x1b[J"

/* For which a terminal that is full may take nothing before it is given up: it is read by programs
 * that draw, in a few ms; one whose user has stopped it must not hold up the run for long. */
#define PATIENCE_MS 500

static const int signals[RS_SCREEN_SIGNAL_MAX] = {
#define X(SIGNAL) SIGNAL,
    RS_SCREEN_SIGNALS(X)
#undef X
};

/* One that was stopped by Ctrl-S, or lost its reader, takes nothing. */
static bool takes_more(int patience_ms) {
    struct pollfd terminal = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&terminal, 1, patience_ms) == 1 && terminal.revents & POLLOUT;
}

/* A terminal that is gone takes nothing; whoever looks at it is gone too. One that somebody has
 * made non-blocking is given time to take what it has. */
static void write_all(const char *bytes, size_t length) {
    while (length) {
        ssize_t written = write(STDERR_FILENO, bytes, length);
        bool full = written < 0 && errno == EAGAIN;
        if (full && !takes_more(PATIENCE_MS)) return;
        if (written < 0 && !full && errno != EINTR) return;
        if (written <= 0) continue;
        bytes += written;
        length -= (size_t)written;
    }
}

/* Where nobody keeps jobs apart, the terminal is ours. */
static bool is_ours(void) {
    pid_t group = tcgetpgrp(STDERR_FILENO);
    return group < 0 || group == getpgrp();
}

/* ------------------------------------------------------------------ the last way out */

/* The handler is gone by then (SA_RESETHAND), so the signal does what it would have done. The child
 * of the next run inherits it; the terminal is not that one's standard error, nor its job's. */
static void leave_and_die(int signal) {
    if (isatty(STDERR_FILENO) && is_ours()) write_all(CLOSE, sizeof CLOSE - 1);
    raise(signal);
}

/* A sanitizer that has taken one before keeps it. */
static void take_signals(rs_screen *screen) {
    struct sigaction leave = {.sa_handler = leave_and_die, .sa_flags = (int)SA_RESETHAND};
    for (unsigned i = 0; i < RS_SCREEN_SIGNAL_MAX; i++) {
        sigaction(signals[i], NULL, &screen->before[i]);
        if (screen->before[i].sa_handler == SIG_DFL) sigaction(signals[i], &leave, NULL);
    }
}

static void give_signals(const rs_screen *screen) {
    for (unsigned i = 0; i < RS_SCREEN_SIGNAL_MAX; i++)
        sigaction(signals[i], &screen->before[i], NULL);
}

static void set_stop(int how, sigset_t *before) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(how, &stop, before);
}

static bool is_told_to_stop(void) {
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGTSTP);
}

/* ------------------------------------------------------------------ the picture */

void rs_screen_close(rs_screen *screen) {
    if (!screen->open) return;
    write_all(CLOSE, sizeof CLOSE - 1);
    screen->open = false;
    give_signals(screen);
    if (screen->stops) set_stop(SIG_UNBLOCK, NULL);
}

static void open_screen(rs_screen *screen) {
    sigset_t before;
    if (screen->open) return;
    take_signals(screen);
    set_stop(SIG_BLOCK, &before);
    screen->stops = !sigismember(&before, SIGTSTP);
    write_all(OPEN, sizeof OPEN - 1);
    screen->open = true;
}

bool rs_screen_is_there(void) {
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

static void measure(rs_screen *screen) {
    struct winsize size = {0};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    screen->resized |= size.ws_col != screen->width || size.ws_row != screen->height;
    screen->width = size.ws_col;
    screen->height = size.ws_row;
}

bool rs_screen_fits(rs_screen *screen, unsigned width, unsigned height) {
    if (screen->open && screen->stops && is_told_to_stop()) rs_screen_close(screen);
    measure(screen);
    bool fits = is_ours() && screen->width >= width && screen->height >= height;
    if (!fits) rs_screen_close(screen);
    return fits;
}

static char *append(char *to, const char *bytes, size_t length) {
    memcpy(to, bytes, length);
    return to + length;
}

#define APPEND(TO, TEXT) append(TO, TEXT, sizeof TEXT - 1)

/* What the terminal reads of a frame is written to `to`, which has room, and its end returned. No
 * line feed follows the last line of the screen, which would move all up. */
static char *compose(const rs_screen *screen, const char *text, char *to) {
    unsigned lines = 0;
    to = APPEND(to, FRAME_BEGIN);
    if (screen->resized) to = APPEND(to, CLEAR);
    for (size_t length; *text && lines < screen->height; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        if (lines++) to = APPEND(to, NEXT_LINE);
        to = APPEND(to, LINE);
        to = append(to, text, length);
    }
    if (lines < screen->height) to = APPEND(to, NEXT_LINE THE_REST);
    return APPEND(to, FRAME_END);
}

void rs_screen_show(rs_screen *screen, const char *text) {
    size_t most = strlen(text) + (sizeof LINE + sizeof NEXT_LINE) * (screen->height + 1u) +
                  sizeof FRAME_BEGIN CLEAR THE_REST FRAME_END;
    if (!takes_more(0)) return;
    char *frame = rs_rows_alloc(most);
    open_screen(screen);
    char *end = compose(screen, text, frame);
    write_all(frame, (size_t)(end - frame));
    screen->resized = false;
    free(frame);
}
