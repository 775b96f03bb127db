/* machine.h: all that depends on the processor; one machine_*.c each.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PROCESS_MACHINE_H
#define RS_PROCESS_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include "runtime/process/machine_x86_64.h"
#else
#error "respawn runs on x86-64; another processor takes a machine_*.h and a machine_*.c"
#endif

/* rs_machine_prepare returns the stack pointer with which rs_machine_switch enters `entry` on the
 * stack that ends at `top`; entry must not return. */
void *rs_machine_prepare(void *top, void (*entry)(void));

/* The interrupted place in a signal handler's context. */
uintptr_t rs_machine_pc(const void *context);
uintptr_t rs_machine_sp(const void *context);
uintptr_t rs_machine_frame(const void *context);
/* rs_machine_result returns what the function that returned last gave back, unless the interrupted
 * code has put something else in its place. */
uintptr_t rs_machine_result(const void *context);

/* rs_machine_makes_frame says whether the function at `start` has instructions before `pc` that
 * make a frame. rs_machine_is_called says whether `back` follows an instruction that calls the
 * function at `start`, or one that does not say whom; so many bytes before it must be readable. */
bool rs_machine_makes_frame(uintptr_t start, uintptr_t pc);
bool rs_machine_is_called(uintptr_t start, uintptr_t back);

/* rs_machine_land makes the handler's return continue at `entry` on the stack that ends at `top`.
 */
void rs_machine_land(void *context, void *top, void (*entry)(void));

/* rs_machine_preempt_init prepares rs_machine_preempt, which will call `entry`; false: not possible
 * on this processor. */
bool rs_machine_preempt_init(void (*entry)(void));

/* rs_machine_preempt makes the handler's return call the entry on the interrupted stack, and after
 * it continue where it was with every register as it was. rs_machine_preempt_bytes returns how much
 * of the stack that takes, without what the entry needs. */
void rs_machine_preempt(void *context);
size_t rs_machine_preempt_bytes(void);

/* rs_machine_ticks reads the cycle counter. */
uint64_t rs_machine_ticks(void);

#endif
