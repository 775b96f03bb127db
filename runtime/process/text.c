/* text.c: whose code a program counter stands in.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/text.h"

#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/base/limits.h"
#include "runtime/process/machine.h"

#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unwind.h>

typedef struct range {
    uintptr_t from, to;
} range;

typedef struct ranges {
    range at[8];
    uint32_t count;
} ranges;

static ranges ours, libc;       /* libc: and the dynamic linker */
static uintptr_t harmless[128]; /* starts of functions of libc that hold no lock */
static uint32_t harmless_count;
static uint32_t movable_count; /* the first of them, which know nothing of the thread either */

static range added[RS_CODE_OBJECTS_MAX];
static rs_atomic_u32 added_count;

static const char *const movable_names[] = {
    "memcpy", "memmove", "memset",  "memcmp",  "memchr", "memrchr", "mempcpy",
    "strlen", "strnlen", "strcmp",  "strncmp", "strcpy", "strncpy", "strcat",
    "strchr", "strrchr", "strncat", "strstr",  "stpcpy", "stpncpy", "strchrnul"};

static const char *const harmless_names[] = {
    /* memory and text */
    "strcspn", "strspn", "strpbrk", "strcasecmp", "rawmemchr", "strtol", "qsort", "bsearch",
    /* the way of abort() */
    "raise", "abort", "pthread_kill", "gsignal",
    /* system calls that wait */
    "read", "pread", "readv", "write", "pwrite", "writev", "poll", "ppoll", "select", "pselect",
    "epoll_wait", "epoll_pwait", "accept", "accept4", "connect", "recv", "recvfrom", "recvmsg",
    "send", "sendto", "sendmsg", "sleep", "usleep", "nanosleep", "clock_nanosleep", "pause",
    "sigsuspend", "sigwait", "sigwaitinfo", "sigtimedwait", "wait", "wait3", "wait4", "waitpid",
    "waitid", "open", "openat", "close", "fsync", "fdatasync", "flock", "lockf", "fcntl", "ioctl",
    "msgrcv", "msgsnd", "semop", "syscall"};

static bool is_in(const ranges *some, uintptr_t pc) {
    for (uint32_t i = 0; i < some->count; i++)
        if (pc >= some->at[i].from && pc < some->at[i].to) return true;
    return false;
}

/* acquire pairs with the release of rs_text_add: the range is complete. Where nothing of the
 * program is safe, nothing of what it loads is. */
static bool is_ours(uintptr_t pc) {
    if (!ours.count) return false;
    if (is_in(&ours, pc)) return true;
    uint32_t count = rs_load(&added_count, rs_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (pc >= added[i].from && pc < added[i].to) return true;
    return false;
}

void rs_text_add(uintptr_t from, uintptr_t to) {
    uint32_t count = rs_load(&added_count, rs_relaxed);
    RS_ASSERT(count < RS_CODE_OBJECTS_MAX);
    added[count] = (range){from, to};
    rs_store(&added_count, count + 1, rs_release);
}

/* ---------------------------------------------------------------- what lies where */

static void note_text(ranges *some, const struct dl_phdr_info *info) {
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
        if (some->count == sizeof some->at / sizeof some->at[0]) return;
        uintptr_t from = info->dlpi_addr + header->p_vaddr;
        some->at[some->count++] = (range){from, from + header->p_memsz};
    }
}

static bool is_called(const struct dl_phdr_info *info, const char *head) {
    const char *slash = strrchr(info->dlpi_name, '/');
    return strncmp(slash ? slash + 1 : info->dlpi_name, head, strlen(head)) == 0;
}

/* The program comes first. libm holds no lock and keeps nothing of a thread's. */
static int note_object(struct dl_phdr_info *info, size_t size, void *context) {
    bool *is_first = context;
    (void)size;
    if (*is_first || is_called(info, "libm.")) note_text(&ours, info);
    if (is_called(info, "libc.") || is_called(info, "ld-linux")) note_text(&libc, info);
    *is_first = false;
    return 0;
}

static uintptr_t function_start(uintptr_t pc) {
    return (uintptr_t)_Unwind_FindEnclosingFunction((void *)pc);
}

static void note_harmless(uintptr_t start) {
    if (start && harmless_count < sizeof harmless / sizeof harmless[0])
        harmless[harmless_count++] = start;
}

static void note_names(void *library, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uintptr_t address = (uintptr_t)dlsym(library ? library : RTLD_DEFAULT, names[i]);
        if (address) note_harmless(function_start(address + 1));
    }
}

/* libc's own, also where a sanitizer stands before them. */
static void note_libc(void) {
    void *library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    note_names(library, movable_names, sizeof movable_names / sizeof movable_names[0]);
    movable_count = harmless_count;
    note_names(library, harmless_names, sizeof harmless_names / sizeof harmless_names[0]);
    if (library) dlclose(library);
}

/* raise() goes through functions that have no public name: one harmless raise shows their frames.
 */
static _Unwind_Reason_Code note_frame(struct _Unwind_Context *frame, void *context) {
    bool *below_handler = context;
    uintptr_t pc = (uintptr_t)_Unwind_GetIP(frame);
    if (is_in(&libc, pc)) {
        if (*below_handler) note_harmless(function_start(pc - 1));
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

void rs_text_init(void) {
    bool is_first = true;
    ours.count = libc.count = harmless_count = 0;
    dl_iterate_phdr(note_object, &is_first);
    if (libc.count == 0) ours.count = 0; /* libc is part of the program: nothing is safe to stop */
    note_libc();
    note_raise();
}

/* ---------------------------------------------------------------- leaving libc */

/* Whether `pc` lies in one of the first `count`. */
static bool is_harmless(uintptr_t pc, uint32_t count) {
    uintptr_t start = function_start(pc);
    for (uint32_t i = 0; start && i < count; i++)
        if (harmless[i] == start) return true;
    return false;
}

/* Walks from the interrupted place outwards: every frame of libc must be harmless until another's
 * is met. */
typedef struct walk {
    uintptr_t from;
    uint32_t count;     /* of those that count as harmless */
    rs_text_caller end; /* the first frame that is not libc's; pc 0: not met */
    bool reached, spoiled;
} walk;

static _Unwind_Reason_Code judge_frame(struct _Unwind_Context *frame, void *context) {
    walk *so_far = context;
    int before_instruction = 0;
    uintptr_t pc = (uintptr_t)_Unwind_GetIPInfo(frame, &before_instruction);
    if (pc == so_far->from) so_far->reached = true;
    if (!so_far->reached) return _URC_NO_REASON;
    if (!is_in(&libc, pc)) {
        so_far->end = (rs_text_caller){pc, _Unwind_GetGR(frame, RS_MACHINE_FRAME_REGISTER)};
        return _URC_END_OF_STACK;
    }
    if (!is_harmless(before_instruction ? pc : pc - 1, so_far->count)) {
        so_far->spoiled = true;
        return _URC_END_OF_STACK;
    }
    return _URC_NO_REASON;
}

/* walk_libc returns where the harmless frames end, pc 0: not all are. */
static rs_text_caller walk_libc(uintptr_t pc, uint32_t count) {
    walk so_far = {.from = pc, .count = count};
    _Unwind_Backtrace(judge_frame, &so_far);
    if (so_far.spoiled) so_far.end.pc = 0;
    return so_far.end;
}

bool rs_text_leaves_libc_usable(uintptr_t pc, rs_text_caller *caller) {
    if (!is_in(&libc, pc)) return true;
    rs_text_caller found = walk_libc(pc, harmless_count);
    if (caller) *caller = found;
    return found.pc != 0;
}

/* Called by the program itself, not by a sanitizer that may hold what it likes. */
bool rs_text_is_movable(uintptr_t pc) {
    return is_ours(pc) || (is_in(&libc, pc) && is_ours(walk_libc(pc, movable_count).pc));
}

/* ---------------------------------------------------------------- without a frame */

/* At -O2 a function that calls nobody may have none, and any function has none at first. */
bool rs_text_returns_to(uintptr_t pc, uintptr_t back) {
    uintptr_t start = function_start(pc);
    if (!start || start > pc || !is_ours(start)) return false;
    if (!is_ours(back) || !is_ours(back - RS_MACHINE_CALL_BYTES)) return false;
    return !rs_machine_makes_frame(start, pc) && rs_machine_is_called(start, back);
}
