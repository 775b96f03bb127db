/* thread.h: what belongs to an OS thread, whatever core it plays.
 *
 * It lies in thread-local storage and is read and written by single instructions, because a process
 * may be moved to another thread between any two instructions of user mode: an address of it, or
 * the core found in it, would be another thread's by then. Inside a section nothing moves.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_THREAD_H
#define RS_THREAD_H

#include "runtime/base/atomic.h"
#include "runtime/base/crash_report.h"
#include "runtime/base/sanitize.h"
#include "runtime/process/grace.h"
#include "runtime/process/machine.h"
#include "runtime/process/stack.h"

struct rs_core;
struct rs_process;

typedef struct rs_thread {
    struct rs_thread *self; /* NULL before it plays its first core */
    struct rs_core *core;   /* that it plays; unless `floor` says TAKEN */
    /* Odd while inside a runtime section: what others' slots are protected by, and how a fault or a
     * preemption is judged. Written by the thread alone. */
    rs_atomic_u64 section;
    /* The lowest stack address from which a section may be entered, or one of RS_FLOOR_…: who is
     * below goes through rs_section_ask. */
    rs_atomic_u64 floor;
    rs_atomic_ptr process;      /* whose code it runs, NULL: the scheduler's */
    uint64_t crash_reason;      /* rs_term: of the fault that the handler has just judged */
    void *refuge;               /* where a fault outside of processes lands, on its own stack, */
    void (*refuge_entry)(void); /* and in what; NULL: such a fault loses the node */
    void *scheduler_sp;         /* where its own stack continues while a process runs */
    rs_fiber scheduler_fiber;   /* that stack */
    int32_t id;                 /* the system's */
    /* Preemption, see preempt.h. */
    rs_atomic_u64 asked_dispatch; /* written by who asks */
    rs_atomic_u64 refusals;       /* written by the thread's signal handler */
    rs_crash_frames crash_frames; /* of that fault, when the observer listens */
} rs_thread;

/* No stack reaches so high. */
#define RS_FLOOR_FENCED UINT64_MAX       /* entering takes a fence of its own: no membarrier */
#define RS_FLOOR_ASK    (UINT64_MAX - 1) /* its core is about to be taken, see jail.h */
#define RS_FLOOR_TAKEN  (UINT64_MAX - 2) /* it has no core any more */
#define RS_FLOOR_WORDS  RS_FLOOR_TAKEN   /* the least of them */

extern _Thread_local rs_thread rs_this_thread;

#define RS_THREAD_READ(FIELD) rs_machine_thread_read(rs_this_thread, offsetof(rs_thread, FIELD))
#define RS_THREAD_ADD(FIELD, BY)                                                                   \
    rs_machine_thread_add(rs_this_thread, offsetof(rs_thread, FIELD), BY)

/* rs_thread_here returns the calling thread's. In a section, or where no process runs. */
static inline rs_thread *rs_thread_here(void) {
    return (rs_thread *)RS_THREAD_READ(self);
}

/* rs_thread_process returns whose code the calling thread runs. */
static inline struct rs_process *rs_thread_process(void) {
    return (struct rs_process *)RS_THREAD_READ(process);
}

/* rs_thread_core returns the core that the calling thread plays. */
static inline struct rs_core *rs_thread_core(void) {
    return (struct rs_core *)RS_THREAD_READ(core);
}

/* rs_thread_section returns its section count. */
static inline uint64_t rs_thread_section(void) {
    return RS_THREAD_READ(section);
}

/* rs_thread_enter makes the section count odd, and then reads the floor. */
static inline uint64_t rs_thread_enter(void);
/* rs_thread_leave makes it even; what came before is visible to whoever sees that. */
static inline void rs_thread_leave(void);
/* rs_thread_pass makes it another odd number: the section ends, the next one begins, and between
 * them nobody is moved. */
static inline void rs_thread_pass(void);

#if RS_TSAN
/* TSan sees no assembly, but nothing is preempted under it. */
static inline uint64_t rs_thread_enter(void) {
    rs_thread *self = rs_thread_here();
    rs_add(&self->section, 1, rs_seq_cst);
    return rs_load(&self->floor, rs_seq_cst);
}
static inline void rs_thread_leave(void) {
    rs_thread *self = (rs_thread *)RS_THREAD_READ(self);
    rs_section_end(&self->section);
}
static inline void rs_thread_pass(void) {
    rs_add(&rs_thread_here()->section, 2, rs_seq_cst);
}
#else
/* On x86 a plain store is a release; the fence that is missing after entering is the reclaimer's
 * membarrier, or the one that RS_FLOOR_FENCED leads to. */
static inline uint64_t rs_thread_enter(void) {
    RS_THREAD_ADD(section, 1);
    return RS_THREAD_READ(floor);
}
static inline void rs_thread_leave(void) {
    RS_THREAD_ADD(section, 1);
}
static inline void rs_thread_pass(void) {
    RS_THREAD_ADD(section, 2);
}
#endif

#endif
