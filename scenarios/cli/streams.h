/* streams.h: the three standard streams, which the program's caller may have closed, filled up or
 * stopped to read.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_STREAMS_H
#define RS_CLI_STREAMS_H

#include <stdbool.h>

/* rs_streams_init takes the places of streams that are closed, so that no file of a run gets their
 * number and with it what is printed; and turns the signals of a broken pipe and of a file size
 * limit into errors of write(2), so that a run still writes its result and leaves no half file.
 * Called once, first of all. */
void rs_streams_init(void);

/* rs_streams_flush writes out what was printed since the last time; false, after a message on
 * stderr, when it got lost. That a reader went away, having seen enough, is no loss. */
bool rs_streams_flush(void);

/* rs_streams_refuse writes a line to stderr, under the program's name, and returns false. What it
 * quotes may come from a stranger: nothing of it gets through to the terminal but text. */
__attribute__((format(printf, 1, 2))) bool rs_streams_refuse(const char *format, ...);

/* rs_streams_problem is rs_streams_refuse for `file:line:column: problem`, which editors read. */
__attribute__((format(printf, 1, 2))) bool rs_streams_problem(const char *format, ...);

#endif
