/* preempt.c: making a process yield between two of its instructions.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/preempt.h"

#include "runtime/process/crash.h"
#include "runtime/process/machine.h"
#include "runtime/process/text.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Ignored unless somebody wants it, and hardly anybody does: one that comes late harms nobody. */
#define SIGNAL SIGURG

/* Under TSan a process cannot be moved from inside its code, and clang's ASan lies in the program's
 * own text, where its locks look like process code. */
#if RS_TSAN || (RS_ASAN && defined(__clang__))
#define POSSIBLE false
#else
#define POSSIBLE true
#endif

/* Stopped so often without a gate in between, a process is taken for a runaway: 5 ms of its time.
 */
#define RUNAWAY_TURNS 4u

static struct sigaction before;
static bool installed;

/* ---------------------------------------------------------------- stopping */

static bool is_wanted(const rs_thread *thread) {
    /* The core may by now be another's: then a process that asked for nothing yields. */
    const rs_core *core = thread->core;
    return core && rs_load(&core->counters.dispatches, rs_relaxed) ==
                       rs_load(&thread->asked_dispatch, rs_relaxed);
}

/* Frames of rs_preempt_land and rs_section_enter, unoptimised: the floor is compared in there. */
#define LANDING_BYTES 512u

static bool has_room(const rs_stack *stack, uintptr_t sp) {
    uintptr_t floor = (uintptr_t)stack->low + RS_STACK_HEADROOM_BYTES + LANDING_BYTES;
    return sp >= floor + rs_machine_preempt_bytes() && sp <= (uintptr_t)stack;
}

/* Who has asked where errno lies, and is about to use it, would use another thread's after a move.
 */
static bool is_at_errno(const void *context) {
    return rs_machine_result(context) == (uintptr_t)&errno;
}

static bool may_stop(const rs_thread *thread, const rs_process *process, const void *context) {
    if (rs_load(&thread->section, rs_relaxed) & 1) return false;
    if (!has_room(process->stack, rs_machine_sp(context))) return false;
    return !is_at_errno(context) && rs_text_is_movable(rs_machine_pc(context));
}

/* ---------------------------------------------------------------- fetching */

static bool is_jailed(rs_thread *thread) {
    return rs_load(&thread->floor, rs_relaxed) == RS_FLOOR_TAKEN;
}

/* After the run, no process goes on. */
static bool is_dead(const rs_process *process) {
    const rs_runtime *runtime = rs_the_runtime;
    uint32_t flags = rs_load(&((rs_process *)(uintptr_t)process)->flags, rs_relaxed);
    return flags & RS_PROCESS_ABSENT || !runtime ||
           rs_load(&((rs_runtime *)(uintptr_t)runtime)->stopping, rs_relaxed);
}

/* Its frames are abandoned, as after a crash; not from inside a handler, whose mask would stay. */
static bool may_fetch(rs_thread *thread, const rs_process *process, const void *context) {
    uintptr_t sp = rs_machine_sp(context), low = (uintptr_t)process->stack->low;
    return is_dead(process) && !(rs_load(&thread->section, rs_relaxed) & 1) &&
           sp >= low - RS_STACK_GUARD_BYTES && sp <= (uintptr_t)process->stack &&
           rs_text_leaves_libc_usable(rs_machine_pc(context), NULL);
}

/* In rs_crash_land it finds the core gone and leaves for its own stack. */
static void fetch(rs_thread *thread, const rs_process *process, void *context) {
    thread->crash_reason = RS_ATOM(killed);
    rs_tally(&thread->section, 1);
    rs_machine_land(context, process->stack, rs_crash_land);
}

static void on_preempt(int number, siginfo_t *info, void *context) {
    rs_thread *thread = &rs_this_thread;
    const rs_process *process = rs_load(&thread->process, rs_relaxed);
    (void)number;
    (void)info;
    if (!process) return;
    if (is_jailed(thread)) {
        if (may_fetch(thread, process, context)) {
            fetch(thread, process, context);
            return;
        }
    } else if (!is_wanted(thread)) {
        return;
    }
    if (may_stop(thread, process, context))
        rs_machine_preempt(context);
    else
        rs_tally(&thread->refusals, 1);
}

/* ---------------------------------------------------------------- going on */

/* errno is the thread's; whoever was stopped after a failed call still wants its own. Not inlined:
 * the place of errno must not be remembered from one thread to the other. */
__attribute__((noinline)) static int read_errno(void) {
    return errno;
}
__attribute__((noinline)) static void write_errno(int value) {
    errno = value;
}

/* Signals act where a process was stopped only when it is a runaway: one that is merely slow, or
 * whose thread had to wait for a processor, may hold what it would have given back before its next
 * gate. */
static rs_core *heed_if_runaway(rs_core *core) {
    return core->current->overruns >= RUNAWAY_TURNS ? rs_gate_heed(core) : core;
}

void rs_preempt_land(void) {
    int saved = read_errno();
    rs_core *core = rs_section_enter();
    rs_process *self = core->current;
    if (core->budget != RS_CONTINUED_BUDGET) self->overruns = 0;
    if (self->overruns < RUNAWAY_TURNS) self->overruns++;
    core = heed_if_runaway(core);
    rs_or(&self->flags, RS_PROCESS_OVERRUN, rs_relaxed);
    core = rs_process_leave(core, RS_AFTER_OVERRUN);
    rs_section_leave(heed_if_runaway(core));
    write_errno(saved);
}

/* ---------------------------------------------------------------- asking */

void rs_preempt_fetch(const rs_thread *thread) {
    syscall(SYS_tgkill, getpid(), thread->id, SIGNAL);
}

void rs_preempt_ask(rs_thread *thread, uint64_t dispatch) {
    rs_store(&thread->asked_dispatch, dispatch, rs_relaxed); /* the system call orders it */
    rs_preempt_fetch(thread);
}

bool rs_preempt_init(void) {
    installed = false;
    if (!POSSIBLE || !rs_machine_preempt_init(rs_preempt_land)) return false;
    struct sigaction action = {.sa_sigaction = on_preempt,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    installed = sigaction(SIGNAL, &action, &before) == 0;
    return installed;
}

void rs_preempt_fini(void) {
    if (installed) sigaction(SIGNAL, &before, NULL);
    installed = false;
}
