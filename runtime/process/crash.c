/* crash.c: judging native faults.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/crash.h"

#include "runtime/process/catch.h"
#include "runtime/process/frames.h"
#include "runtime/process/gather.h"
#include "runtime/process/machine.h"
#include "runtime/process/region.h"
#include "runtime/process/text.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HANDLER_STACK_BYTES (64u << 10)

static const struct {
    int number;
    rs_term reason;
} faults[] = {
    {SIGSEGV, RS_ATOM(sigsegv)}, {SIGBUS, RS_ATOM(sigbus)},   {SIGFPE, RS_ATOM(sigfpe)},
    {SIGILL, RS_ATOM(sigill)},   {SIGABRT, RS_ATOM(sigabrt)},
};
#define FAULTS (sizeof faults / sizeof faults[0])

static struct sigaction before[FAULTS];

static rs_term reason_of(int number, const rs_stack *stack, const siginfo_t *info) {
    if (number == SIGSEGV && stack && rs_stack_guards(stack, info->si_addr))
        return RS_ATOM(stack_overflow);
    for (size_t i = 0; i < FAULTS; i++)
        if (faults[i].number == number) return faults[i].reason;
    return RS_ATOM(kill);
}

/* A signal that another program sent says nothing about process code; raise() does. */
static bool was_sent(const siginfo_t *info) {
    return info->si_code == SI_USER || (info->si_code == SI_TKILL && info->si_pid != getpid());
}

static void complain(int number) {
    static const char text[] =
        "respawn: native fault inside the runtime or a locked library: the node is lost, signal ";
    char digits[] = {(char)('0' + number / 10 % 10), (char)('0' + number % 10), '\n'};
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    ignored = write(STDERR_FILENO, digits, sizeof digits);
    (void)ignored;
}

static void give_up(int number) {
    complain(number);
    signal(number, SIG_DFL);
    raise(number); /* blocked now, taken on return */
}

/* The core is only known to be the thread's own inside a section. */
static bool is_contained(const rs_thread *thread, uintptr_t pc, const siginfo_t *info,
                         rs_text_caller *caller) {
    if (!rs_load(&thread->process, rs_relaxed) && !thread->refuge) return false;
    if (was_sent(info)) return false;
    if (rs_load(&thread->section, rs_relaxed) & 1) return thread->core && thread->core->copying;
    return rs_text_leaves_libc_usable(pc, caller);
}

static uintptr_t read_top(const rs_stack *stack, uintptr_t sp) {
    bool is_on = sp >= (uintptr_t)stack->low && sp < (uintptr_t)stack && sp % sizeof sp == 0;
    return is_on ? *(const uintptr_t *)sp : 0;
}

/* A call to nowhere has pushed where to return to, and nothing else. */
static bool is_lost(const rs_crash_frames *frames, uintptr_t pc) {
    return frames->signal == SIGSEGV && frames->address == pc;
}

/* Where it was, and who had called: for the crash report. */
static void note_frames(rs_crash_frames *frames, const siginfo_t *info, const void *context,
                        const rs_text_caller *caller, const rs_stack *stack) {
    uintptr_t pc = rs_machine_pc(context), top = read_top(stack, rs_machine_sp(context));
    frames->signal = info->si_signo;
    frames->address = (uint64_t)(uintptr_t)info->si_addr;
    frames->count = 0;
    rs_frames_add(frames, pc);
    if (is_lost(frames, pc) || rs_text_returns_to(pc, top)) rs_frames_add(frames, top);
    rs_frames_add(frames, caller->pc);
    rs_frames_walk(frames, caller->pc ? caller->frame : rs_machine_frame(context), stack->low,
                   stack);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    rs_thread *thread = &rs_this_thread;
    rs_text_caller caller = {0};
    if (!is_contained(thread, rs_machine_pc(context), info, &caller)) {
        give_up(number);
        return;
    }
    const rs_process *process = rs_load(&thread->process, rs_relaxed);
    thread->crash_reason = reason_of(number, process ? process->stack : NULL, info);
    if (!process) {
        rs_machine_land(context, thread->refuge, thread->refuge_entry);
        return;
    }
    if (rs_gather_is_on())
        note_frames(&thread->crash_frames, info, context, &caller, process->stack);
    if (rs_load(&thread->section, rs_relaxed) & 1)
        thread->core->copying = 0;
    else
        rs_tally(&thread->section, 1);
    rs_machine_land(context, rs_catch_place(process), rs_crash_land);
}

static bool installed;

bool rs_crash_init(void) {
    installed = true;
    rs_text_init();
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FAULTS; i++) sigaction(faults[i].number, NULL, &before[i]);
    for (size_t i = 0; i < FAULTS; i++)
        if (sigaction(faults[i].number, &action, NULL) != 0) return false;
    return true;
}

void rs_crash_fini(void) {
    if (!installed) return;
    installed = false;
    for (size_t i = 0; i < FAULTS; i++) sigaction(faults[i].number, &before[i], NULL);
}

static _Thread_local void *handler_stack;

bool rs_crash_thread(void) {
    handler_stack = rs_region_reserve(HANDLER_STACK_BYTES, RS_PAGE_BYTES);
    stack_t alternate = {.ss_sp = handler_stack, .ss_size = HANDLER_STACK_BYTES};
    return handler_stack && sigaltstack(&alternate, NULL) == 0;
}

void rs_crash_thread_end(void) {
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    rs_region_release(handler_stack, HANDLER_STACK_BYTES);
}

/* A null pointer here is the caller's fault, which the handler judges, not UBSan. */
__attribute__((no_sanitize("undefined"))) void rs_copy_in(rs_core *core, void *to, const void *from,
                                                          size_t bytes) {
    if (bytes == 0) return;
    core->copying = 1;
    atomic_signal_fence(rs_seq_cst);
    memmove(to, from, bytes); /* a reply may be made of its own request */
    atomic_signal_fence(rs_seq_cst);
    core->copying = 0;
}
