/* crash.c: judging native faults.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/crash.h"

#include "runtime/process/machine.h"
#include "runtime/process/region.h"

#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

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

/* Where libc and the dynamic linker lie, and which of libc's functions hold no lock. */
typedef struct range {
    uintptr_t from, to;
} range;

static range foreign[8];
static uint32_t foreign_count;
static uintptr_t harmless[48]; /* starts of functions that hold no lock */
static uint32_t harmless_count;

static const char *const harmless_names[] = {
    "memcpy",  "memmove",      "memset",     "memcmp",      "memchr",    "memrchr",   "mempcpy",
    "strlen",  "strnlen",      "strcmp",     "strncmp",     "strcpy",    "strncpy",   "strcat",
    "strncat", "strchr",       "strrchr",    "strstr",      "strcspn",   "strspn",    "strpbrk",
    "stpcpy",  "stpncpy",      "strcasecmp", "strncasecmp", "strchrnul", "rawmemchr", "raise",
    "abort",   "pthread_kill", "gsignal",    "strtol",
};

static bool is_foreign(uintptr_t pc) {
    for (uint32_t i = 0; i < foreign_count; i++)
        if (pc >= foreign[i].from && pc < foreign[i].to) return true;
    return false;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    const char *name = strrchr(info->dlpi_name, '/');
    name = name ? name + 1 : info->dlpi_name;
    if (strncmp(name, "libc.", 5) != 0 && strncmp(name, "ld-linux", 8) != 0) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
        if (foreign_count == sizeof foreign / sizeof foreign[0]) return 1;
        uintptr_t from = info->dlpi_addr + header->p_vaddr;
        foreign[foreign_count++] = (range){from, from + header->p_memsz};
    }
    return 0;
}

static uintptr_t function_start(uintptr_t pc) {
    return (uintptr_t)_Unwind_FindEnclosingFunction((void *)pc);
}

static void note_harmless(void) {
    for (size_t i = 0; i < sizeof harmless_names / sizeof harmless_names[0]; i++) {
        uintptr_t address = (uintptr_t)dlsym(RTLD_DEFAULT, harmless_names[i]);
        if (address) harmless[harmless_count++] = function_start(address + 1);
    }
}

/* raise() goes through functions that have no public name: one harmless raise shows their frames.
 */
static _Unwind_Reason_Code note_frame(struct _Unwind_Context *frame, void *context) {
    bool *below_handler = context;
    uintptr_t pc = (uintptr_t)_Unwind_GetIP(frame);
    if (is_foreign(pc)) {
        uintptr_t start = function_start(pc - 1);
        if (*below_handler && start && harmless_count < sizeof harmless / sizeof harmless[0])
            harmless[harmless_count++] = start;
    } else if (*below_handler) {
        return _URC_END_OF_STACK;
    }
    *below_handler = true;
    return _URC_NO_REASON;
}

static void on_trial_raise(int number) {
    (void)number;
    bool below_handler = false;
    _Unwind_Backtrace(note_frame, &below_handler);
}

static void note_raise(void) {
    struct sigaction trial = {.sa_handler = on_trial_raise}, saved;
    sigemptyset(&trial.sa_mask);
    if (sigaction(SIGABRT, &trial, &saved) != 0) return;
    raise(SIGABRT);
    sigaction(SIGABRT, &saved, NULL);
}

static bool is_harmless(uintptr_t pc) {
    uintptr_t start = function_start(pc);
    for (uint32_t i = 0; start && i < harmless_count; i++)
        if (harmless[i] == start) return true;
    return false;
}

/* Walks from the fault outwards: every frame of libc must be harmless until process code is met. */
typedef struct walk {
    uintptr_t fault_pc;
    bool reached, spoiled, ended;
} walk;

static _Unwind_Reason_Code judge_frame(struct _Unwind_Context *frame, void *context) {
    walk *so_far = context;
    int before_instruction = 0;
    uintptr_t pc = (uintptr_t)_Unwind_GetIPInfo(frame, &before_instruction);
    if (pc == so_far->fault_pc) so_far->reached = true;
    if (!so_far->reached) return _URC_NO_REASON;
    if (!is_foreign(pc)) {
        so_far->ended = true;
        return _URC_END_OF_STACK;
    }
    if (!is_harmless(before_instruction ? pc : pc - 1)) {
        so_far->spoiled = true;
        return _URC_END_OF_STACK;
    }
    return _URC_NO_REASON;
}

static bool leaves_libc_usable(uintptr_t pc) {
    walk so_far = {.fault_pc = pc};
    _Unwind_Backtrace(judge_frame, &so_far);
    return so_far.ended && !so_far.spoiled;
}

static rs_term reason_of(int number, const rs_stack *stack, const siginfo_t *info) {
    if (number == SIGSEGV && rs_stack_guards(stack, info->si_addr)) return RS_ATOM(stack_overflow);
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
static bool is_contained(const rs_thread *thread, uintptr_t pc, const siginfo_t *info) {
    if (!rs_load(&thread->process, rs_relaxed) || was_sent(info)) return false;
    if (rs_load(&thread->section, rs_relaxed) & 1) return thread->core->copying;
    return !is_foreign(pc) || leaves_libc_usable(pc);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    rs_thread *thread = &rs_this_thread;
    if (!is_contained(thread, rs_machine_pc(context), info)) {
        give_up(number);
        return;
    }
    const rs_process *process = rs_load(&thread->process, rs_relaxed);
    thread->crash_reason = reason_of(number, process->stack, info);
    if (rs_load(&thread->section, rs_relaxed) & 1)
        thread->core->copying = 0;
    else
        rs_tally(&thread->section, 1);
    rs_machine_land(context, process->stack, rs_crash_land);
}

static bool installed;

bool rs_crash_init(void) {
    installed = true;
    foreign_count = harmless_count = 0;
    dl_iterate_phdr(note_object, NULL);
    note_harmless();
    note_raise();
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
