/* text.h: whose code a program counter stands in. Processes may be stopped in the program's own
 * code only, and their frames abandoned in it and in those functions of libc that hold no lock.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEXT_H
#define RS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* rs_text_init notes where the program and its libraries lie. */
void rs_text_init(void);

/* rs_text_add counts the code from `from` up to `to`, of an object that was loaded, as the
 * program's own; also in later runs. Up to RS_CODE_OBJECTS_MAX times, one after another. */
void rs_text_add(uintptr_t from, uintptr_t to);

/* rs_text_is_movable says whether a process may be stopped at `pc` and go on later on another
 * thread: in the program itself, in libm, and in memcpy and its like where the program calls them.
 * Called in a handler of the signal that interrupted `pc`. */
bool rs_text_is_movable(uintptr_t pc);

/* rs_text_returns_to says whether the function at `pc` has made no frame and `back`, the word that
 * the stack pointer points to, is where it returns to: then no frame pointer leads to its caller.
 * When in doubt, false. Called as the next. */
bool rs_text_returns_to(uintptr_t pc, uintptr_t back);

/* The frame of a function that called into libc. */
typedef struct rs_text_caller {
    uintptr_t pc;    /* where it goes on */
    uintptr_t frame; /* its frame pointer */
} rs_text_caller;

/* rs_text_leaves_libc_usable says whether everything from the frame at `pc` outwards, up to the
 * first that is not libc's, may be abandoned; *caller (may be NULL) is that one, if `pc` is in
 * libc. Called in a handler of the signal that interrupted `pc`. */
bool rs_text_leaves_libc_usable(uintptr_t pc, rs_text_caller *caller);

#endif
