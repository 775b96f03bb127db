/* catch.h: running a function whose exit ends the function and not the process.
 *
 * The function runs on the caller's stack, entered by a stack switch from which it may never come
 * back: then the other half of the switch is done for it, by rs_exit or, after a native crash, by
 * where the handler lets the thread continue. Exit signals, kill, and what an interrupt does (see
 * rs_interrupt) are no doing of the function's and end the process as ever.
 * A reason that is an atom, as every native crash has, takes no memory. The frame of a run is
 * process memory, which a function may have written over: what is read from there is only believed
 * if it lies on the process's own stack. Source: Erlang's catch. SPDX-License-Identifier: MIT
 */
#ifndef RS_CATCH_H
#define RS_CATCH_H

#include "runtime/process/process.h"

/* A run that has not ended, in the frame of its rs_catch. */
typedef struct rs_catch {
    struct rs_catch *outer;
    void *outer_sp;
    void (*function)(void *argument);
    void *argument;
    rs_caught outcome;
    rs_term reason; /* held */
} rs_catch_frame;

/* rs_catch_raise ends what the caller is doing with `reason` (its reference is taken): the
 * innermost rs_catch, or the process. In a section. */
_Noreturn void rs_catch_raise(rs_core *core, rs_term reason);

/* rs_catch_raise_crash is the same for a native crash. */
_Noreturn void rs_catch_raise_crash(rs_core *core, rs_term reason);

/* rs_catch_takes says whether a crash of the process, which is running, would be caught. */
static inline bool rs_catch_takes(const rs_process *process) {
    return process->stack->catching && !process->interrupted;
}

/* rs_catch_place returns the top of the stack on which rs_crash_land may run after a crash of the
 * process: below what is still needed. For signal handlers. */
void *rs_catch_place(const rs_process *process);

#endif
