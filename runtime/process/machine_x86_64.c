/* machine_x86_64.c: stack switch and signal contexts of x86-64, System V calling convention.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/machine.h"

#include "runtime/base/assert.h"

#include <cpuid.h>
#include <string.h>
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

uintptr_t rs_machine_frame(const void *context) {
    const ucontext_t *user = context;
    return (uintptr_t)user->uc_mcontext.gregs[REG_RBP];
}

uintptr_t rs_machine_result(const void *context) {
    const ucontext_t *user = context;
    return (uintptr_t)user->uc_mcontext.gregs[REG_RAX];
}

/* mov %rsp,%rbp, in either of its two encodings. What looks like it within another instruction
 * costs a caller's name. */
bool rs_machine_makes_frame(uintptr_t start, uintptr_t pc) {
    const unsigned char *at = (const unsigned char *)start;
    for (uintptr_t i = 0; start + i + 3 <= pc; i++)
        if ((at[i] == 0x48 && at[i + 1] == 0x89 && at[i + 2] == 0xe5) ||
            (at[i] == 0x48 && at[i + 1] == 0x8b && at[i + 2] == 0xec))
            return true;
    return false;
}

/* e8 and a distance; ff /2 and, of a word in memory, its address: 2 to 4, 6 and 7 bytes. */
bool rs_machine_is_called(uintptr_t start, uintptr_t back) {
    const unsigned char *after = (const unsigned char *)back;
    int32_t distance;
    memcpy(&distance, after - 4, sizeof distance);
    if (after[-5] == 0xe8 && back + (uintptr_t)(intptr_t)distance == start) return true;
    for (int bytes = 2; bytes <= 7; bytes++)
        if (after[-bytes] == 0xff && (after[1 - bytes] >> 3 & 7) == 2) return true;
    return false;
}

void rs_machine_land(void *context, void *top, void (*entry)(void)) {
    ucontext_t *user = context;
    user->uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)entry_slot(top);
    user->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)entry;
    /* A crash inside a string instruction may leave the direction flag set. */
    user->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)0x400;
}

/* ---------------------------------------------------------------- preemption */

#define RED_ZONE 128u
/* What a leaf function may keep below its stack pointer, the address to return to, flags, 15
 * registers, and what aligning the rest takes. */
#define FRAME_BYTES (RED_ZONE + 8u + 8u + 15u * 8u + 64u)
/* Of XCR0: protection keys are the thread's, and AMX tiles are for who asked the system for them.
 */
#define NOT_SAVED ((UINT64_C(1) << 9) | (UINT64_C(3) << 17))
/* Where the header of an XSAVE area lies, whose reserved bytes must be 0. */
#define XSAVE_HEADER 512

/* The last two are for the trampoline below. */
static size_t saved_bytes;
uint64_t rs_machine_saved[2]; /* bytes; components */
void (*rs_machine_entry)(void);

/* Entered with the address to go on at on the stack, below the red zone. */
void rs_machine_trampoline(void);
__asm__(".text\n"
        ".type rs_machine_trampoline,@function\n"
        ".p2align 4\n"
        "rs_machine_trampoline:\n"
        "    .cfi_startproc\n"
        "    pushfq\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    pushq %rbp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset rbp, 0\n"
        "    movq %rsp, %rbp\n"
        "    .cfi_def_cfa_register rbp\n"
        "    pushq %rax\n    pushq %rcx\n    pushq %rdx\n    pushq %rbx\n"
        "    pushq %rsi\n    pushq %rdi\n    pushq %r8\n     pushq %r9\n"
        "    pushq %r10\n    pushq %r11\n    pushq %r12\n    pushq %r13\n"
        "    pushq %r14\n    pushq %r15\n"
        "    cld\n"
        "    subq rs_machine_saved(%rip), %rsp\n"
        "    andq $-64, %rsp\n"
        "    xorl %eax, %eax\n"
        "    movq %rax, 512(%rsp)\n    movq %rax, 520(%rsp)\n"
        "    movq %rax, 528(%rsp)\n    movq %rax, 536(%rsp)\n"
        "    movq %rax, 544(%rsp)\n    movq %rax, 552(%rsp)\n"
        "    movq %rax, 560(%rsp)\n    movq %rax, 568(%rsp)\n"
        "    movl 8+rs_machine_saved(%rip), %eax\n"
        "    movl 12+rs_machine_saved(%rip), %edx\n"
        "    xsave64 (%rsp)\n"
        "    callq *rs_machine_entry(%rip)\n"
        "    movl 8+rs_machine_saved(%rip), %eax\n"
        "    movl 12+rs_machine_saved(%rip), %edx\n"
        "    xrstor64 (%rsp)\n"
        "    leaq -112(%rbp), %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n"
        "    popq %r11\n    popq %r10\n    popq %r9\n     popq %r8\n"
        "    popq %rdi\n    popq %rsi\n    popq %rbx\n    popq %rdx\n"
        "    popq %rcx\n    popq %rax\n"
        "    popq %rbp\n"
        "    .cfi_def_cfa rsp, 16\n"
        "    popfq\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    retq $128\n"
        "    .cfi_endproc\n"
        ".size rs_machine_trampoline,.-rs_machine_trampoline\n");

static uint64_t enabled_components(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* The standard layout: each component at an offset that the processor tells. */
static size_t area_bytes(uint64_t components) {
    size_t bytes = XSAVE_HEADER + 64;
    for (uint32_t i = 2; i < 63; i++) {
        uint32_t size, offset, unused;
        if (!(components >> i & 1)) continue;
        __cpuid_count(0xd, i, size, offset, unused, unused);
        if (offset + size > bytes) bytes = offset + size;
    }
    return bytes;
}

bool rs_machine_preempt_init(void (*entry)(void)) {
    uint32_t unused, features;
    if (!__get_cpuid(1, &unused, &unused, &features, &unused) || !(features & bit_OSXSAVE))
        return false;
    rs_machine_saved[1] = enabled_components() & ~NOT_SAVED;
    rs_machine_saved[0] = area_bytes(rs_machine_saved[1]);
    rs_machine_entry = entry;
    saved_bytes = FRAME_BYTES + rs_machine_saved[0];
    return true;
}

size_t rs_machine_preempt_bytes(void) {
    return saved_bytes;
}

void rs_machine_preempt(void *context) {
    ucontext_t *user = context;
    uint64_t *sp = (uint64_t *)(uintptr_t)(rs_machine_sp(context) - RED_ZONE) - 1;
    *sp = rs_machine_pc(context);
    user->uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)sp;
    user->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)rs_machine_trampoline;
}

uint64_t rs_machine_ticks(void) {
    return __builtin_ia32_rdtsc();
}
