/* frames.h: the calls that led to where a process is, by walking frame pointers: the house builds
 * with them, and reading two words a call needs no tables, locks or memory.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FRAMES_H
#define RS_FRAMES_H

#include "runtime/base/crash_report.h"

#include <stddef.h>

/* rs_frames_add appends a program counter; 0, and what no longer fits, is left out. */
void rs_frames_add(rs_crash_frames *frames, uintptr_t pc);

/* rs_frames_walk appends the address to return to of the frame at `frame`, and of all around it
 * that lie, each above the last, between `low` and `top`: whatever a crash has made of the stack,
 * nothing else is read. Also in a signal handler. */
void rs_frames_walk(rs_crash_frames *frames, uintptr_t frame, const void *low, const void *top);

#endif
