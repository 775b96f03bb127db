/* screen.h: the terminal that standard error is, while a picture is on it. The picture has a screen
 * of its own (the terminal's second one), so that what stood there before comes back untouched.
 * Invariant: whatever ends the program but SIGKILL, the terminal is as it was: signals that end or
 * stop it are taken as long as there is a picture.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCREEN_H
#define RS_SCREEN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Signals that mean the end, and that nobody has taken when a picture is shown: a bug, or Ctrl-\.
 */
#define RS_SCREEN_SIGNALS(X)                                                                       \
    X(SIGQUIT)                                                                                     \
    X(SIGABRT)                                                                                     \
    X(SIGSEGV)                                                                                     \
    X(SIGBUS)                                                                                      \
    X(SIGFPE)                                                                                      \
    X(SIGILL)
#define RS_SCREEN_SIGNAL_MAX 6u

typedef struct rs_screen {
    unsigned width, height; /* as they were last */
    bool open;              /* there is a picture, and the signals are taken */
    bool resized;           /* what is on it was made for another size */
    bool stops;             /* SIGTSTP was not blocked before */
    struct sigaction before[RS_SCREEN_SIGNAL_MAX];
} rs_screen;

/* rs_screen_is_there says whether standard error is a terminal that can move its cursor. */
bool rs_screen_is_there(void);

/* rs_screen_fits asks the terminal for its size; false, and nothing is shown any longer, when it
 * has less than `width` columns or `height` lines, or another job is using it. When Ctrl-Z was
 * pressed it stops the program, with the terminal as it was, and returns when that goes on. */
bool rs_screen_fits(rs_screen *screen, unsigned width, unsigned height);

/* rs_screen_show puts `text`, whose lines end in '\n', in the picture's place, in one write. A
 * terminal that takes nothing just now is spared. */
void rs_screen_show(rs_screen *screen, const char *text);

/* rs_screen_close leaves the terminal as it was before the first picture, and the signals too. A
 * Ctrl-Z that was held back stops the program in here. Harmless when there is no picture. */
void rs_screen_close(rs_screen *screen);

#endif
