/* machine_x86_64.c: stack switch and signal contexts of x86-64, System V calling convention.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/machine.h"

#include "runtime/base/assert.h"

#include <ucontext.h>

/* At a function's entry the stack pointer is 8 modulo 16, as after a call. */
static uint64_t *entry_slot(void *top) {
    uintptr_t sp = ((uintptr_t)top & ~(uintptr_t)15) - 8;
    RS_ASSERT(sp % 16 == 8);
    *(uint64_t *)sp = 0; /* the return address of the bottom frame: unwinding stops */
    return (uint64_t *)sp;
}

void *rs_machine_prepare(void *top, void (*entry)(void)) {
    uint64_t *sp = entry_slot(top);
    *--sp = (uint64_t)(uintptr_t)entry;
    return sp;
}

uintptr_t rs_machine_pc(const void *context) {
    const ucontext_t *user = context;
    return (uintptr_t)user->uc_mcontext.gregs[REG_RIP];
}

uintptr_t rs_machine_sp(const void *context) {
    const ucontext_t *user = context;
    return (uintptr_t)user->uc_mcontext.gregs[REG_RSP];
}

void rs_machine_land(void *context, void *top, void (*entry)(void)) {
    ucontext_t *user = context;
    user->uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)entry_slot(top);
    user->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)entry;
    /* A crash inside a string instruction may leave the direction flag set. */
    user->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)0x400;
}

uint64_t rs_machine_ticks(void) {
    return __builtin_ia32_rdtsc();
}
