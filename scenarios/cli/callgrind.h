/* callgrind.h: a program under valgrind's callgrind, with all around it pinned, and how many
 * instructions the process executed that ran the scenario.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_CALLGRIND_H
#define RS_CLI_CALLGRIND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RS_CALLGRIND_WORDS  5u   /* before the program's own */
#define RS_CALLGRIND_SLOWER 100u /* times as long as without, or somewhat more */

typedef struct rs_callgrind {
    char valgrind[PATH_MAX]; /* path; "": none */
    char directory[256];     /* for what is counted; "": none */
    char program[300];       /* a link in it, under which each program is run */
    char counts_option[350]; /* where each process leaves its count */
} rs_callgrind;

/* rs_callgrind_open finds valgrind and makes a directory. False, after a message on stderr.
 * Owner: rs_callgrind_close, also after false; and of zeroed memory. */
bool rs_callgrind_open(rs_callgrind *callgrind);
void rs_callgrind_close(rs_callgrind *callgrind);

/* rs_callgrind_aim makes the open file `program` what runs next, and forgets what was counted.
 * False when it cannot. */
bool rs_callgrind_aim(const rs_callgrind *callgrind, int program);

/* rs_callgrind_words writes the words before the program's own, RS_CALLGRIND_WORDS of them, the
 * last one its name. Owner: `callgrind`. */
void rs_callgrind_words(const rs_callgrind *callgrind, char **words);

/* rs_callgrind_become executes `words` with an environment, limits and addresses that are always
 * the same. Returns only when that fails. */
void rs_callgrind_become(const rs_callgrind *callgrind, char **words);

/* rs_callgrind_read returns how many instructions the last child of the process `parent` executed
 * after its fork; NAN when that left no count. */
double rs_callgrind_read(const rs_callgrind *callgrind, pid_t parent);

#endif
