/* machine_x86_64.h: what of the processor has to be inlined.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MACHINE_X86_64_H
#define RS_MACHINE_X86_64_H

#include <stdint.h>

/* The number of the frame pointer, rbp, as unwinders count registers. */
#define RS_MACHINE_FRAME_REGISTER 6

/* The longest instruction that calls. */
#define RS_MACHINE_CALL_BYTES 8u

/* rs_machine_thread_read(NAME, OFFSET) reads the word at OFFSET in the thread-local variable NAME
 * of the thread it runs on, in one instruction and anew each time: a process may resume on another
 * thread, and a compiler would keep the address of a thread-local variable across that. */
#define rs_machine_thread_read(NAME, OFFSET)                                                       \
    __extension__({                                                                                \
        uint64_t value_;                                                                           \
        __asm__ volatile("movq %%fs:" #NAME "@tpoff+%c1, %0" : "=r"(value_) : "i"(OFFSET));        \
        value_;                                                                                    \
    })

/* rs_machine_thread_add(NAME, OFFSET, BY) adds the constant BY to it, in one instruction that
 * others may see late, but not before what comes before it. */
#define rs_machine_thread_add(NAME, OFFSET, BY)                                                    \
    __asm__ volatile("addq %1, %%fs:" #NAME "@tpoff+%c0"                                           \
                     : /* none */                                                                  \
                     : "i"(OFFSET), "i"(BY)                                                        \
                     : "memory", "cc")

/* rs_machine_switch stores in *from where the caller can be continued, and continues on the stack
 * `to`. Inlined, and ending in an indirect jump: a call would return on the other stack, where the
 * processor predicts every return wrong (5 ns each). The red zone is stepped over, since a compiler
 * does not know that this pushes. mxcsr and the x87 control word are not saved: process code may
 * not change rounding. */
static inline __attribute__((always_inline)) void rs_machine_switch(void **from, void *to) {
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t"
                     "pushq %%rbp\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "movq %%rsp, (%0)\n\t"
                     "movq %1, %%rsp\n\t"
                     "popq %%rcx\n\t"
                     "jmpq *%%rcx\n"
                     "1:\tpopq %%rbp\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     : "+D"(from), "+S"(to)
                     :
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc",
                       "memory");
}

#endif
