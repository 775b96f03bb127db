/* process.h: one life, as the runtime sees it: the process, the core it runs on, the runtime they
 * belong to, and the sections in which they may be touched.
 *
 * A process's fields are grouped by who writes them. Private fields belong to whoever runs the
 * process; that right passes on through the inbox word (release when it goes idle, acquire by the
 * one who wakes it) and through the scheduler's queues.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PROCESS_H
#define RS_PROCESS_H

#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/base/list.h"
#include "runtime/base/prng.h"
#include "runtime/process/context.h"
#include "runtime/process/inbox.h"
#include "runtime/process/machine.h"
#include "runtime/process/slab.h"
#include "runtime/process/stack.h"
#include "runtime/process/thread.h"
#include "runtime/process/timer.h"
#include "runtime/process/wait.h"
#include "runtime/respawn.h"
#include "runtime/sched/sched.h"

typedef struct rs_process rs_process;
typedef struct rs_core rs_core;
typedef struct rs_runtime rs_runtime;

/* Signals that never reach a mailbox, beside rs_message_kind. */
enum {
    RS_SIGNAL_EXIT = RS_MESSAGE_KIND_COUNT, /* exit/2; payload: the reason */
    RS_SIGNAL_LINK,                         /* an end of a relation, see relation.h */
    RS_SIGNAL_UNLINK,
    RS_SIGNAL_LINK_EXIT,
    RS_SIGNAL_MONITOR,
    RS_SIGNAL_DEMONITOR,
    RS_SIGNAL_DOWN,
    RS_SIGNAL_INTERRUPT,  /* payload: rs_interruption */
    RS_SIGNAL_REPLY,      /* answers the call `ref` */
    RS_SIGNAL_CALL_DOWN,  /* the callee of call `ref` is gone; payload: the reason */
    RS_SIGNAL_CALL_DONE,  /* somebody else answered the call `ref` */
    RS_SIGNAL_CALL_LOST,  /* a call whose request or reply is lost: it waits for a death, see mail.h
                           */
    RS_SIGNAL_REPLY_LOST, /* tells the caller of that */
    RS_SIGNAL_CALL_FORGET, /* the caller of the lost call `ref` waits no more */
    RS_SIGNAL_PING,        /* a call that the runtime answers: earlier signals have been handled */
    RS_SIGNAL_FOUND,       /* never sent: held, what its holder has found in shared memory */
};

/* flags of a message */
enum {
    RS_MESSAGE_RELATION = 1,  /* an end of a relation, not a block of its own */
    RS_MESSAGE_LISTED = 2,    /* this end is in its holder's list */
    RS_MESSAGE_LINK = 4,      /* of a link, not of a monitor */
    RS_MESSAGE_HANDLED = 8,   /* CALL_DOWN: the callee had taken the request */
    RS_MESSAGE_REFUSED = 8,   /* CALL: answered, but who died in jail may still read it */
    RS_MESSAGE_REASON = 16,   /* payload is a counted reason */
    RS_MESSAGE_IGNORED = 32,  /* CALL_DOWN: init answered ignore */
    RS_MESSAGE_RECEIVED = 64, /* held because rs_receive returned it */
    RS_MESSAGE_KEPT = 128,    /* held: the reply of a server that stops, sent after terminate;
                                 deferred: any message that a state machine has postponed */
};

/* flags of a process, set by anyone */
enum {
    RS_PROCESS_PENDING = 1,  /* a signal other than a message is in the inbox */
    RS_PROCESS_KILL = 2,     /* exit(Pid, kill) has been sent */
    RS_PROCESS_TIMEOUT = 4,  /* its timer fired */
    RS_PROCESS_EXITING = 8,  /* dead as far as anyone can see */
    RS_PROCESS_USED = 16,    /* the slot holds a process */
    RS_PROCESS_OVERRUN = 32, /* it runs longer than its budget: others first */
    /* see jail.h */
    RS_PROCESS_JAILED = 64,  /* it runs on a thread that has no core */
    RS_PROCESS_ABSENT = 128, /* it was killed there, and its thread is not back */
    RS_PROCESS_ZOMBIE = 256, /* it was killed there, and everybody knows */
    RS_PROCESS_KEEPS = 512,  /* it keeps something in an upper room */
};

/* What runs in a process. Callbacks run in user mode on the process's stack. */
typedef struct rs_behaviour {
    /* message takes the oldest message; NULL for a plain function, see spawn.c. */
    void (*message)(void *state, rs_message *message);
    /* timeout runs when the process has waited until its deadline without a message, see
     * rs_process_wait_until; may be NULL. */
    void (*timeout)(void *state);
    /* crashed runs on a fresh stack after a native crash; may be NULL. */
    void (*crashed)(void *state, rs_term reason);
    /* tell adds to the caller's crash report what the behaviour knows, and no state of a process
     * that crashed natively; may be NULL. */
    void (*tell)(rs_crash_report *report);
} rs_behaviour;

enum {
    RS_DYING_NAME,
    RS_DYING_TIMERS,
    RS_DYING_CLOSE,
    RS_DYING_ANSWER,
    RS_DYING_RELATIONS,
    RS_DYING_READ, /* what it was reading when it died in jail */
    RS_DYING_MEMORY
};

/* Four cache lines. What others write while it runs has the first one for itself, so that a process
 * which is sent to a lot still has its own fields in its own cache. */
struct rs_process {
    /* written by others */
    _Alignas(RS_CACHE_LINE) rs_atomic_u64 inbox;
    rs_task task; /* the scheduler's while ready */
    rs_atomic_u32 kill_cause;
    rs_atomic_u32 backlog; /* about as many messages wait taken from the inbox; a hint to senders */
    /* set at birth, read by others */
    rs_atomic_u32 generation;
    uint32_t index; /* of the slot; constant */
    rs_atomic_u64 group;
    rs_pid parent;
    uint32_t role;
    int32_t ready_tick; /* when it became ready, see wait.h; as `task` */
    /* set by anyone, rarely */
    rs_atomic_u32 flags;
    /* private: execution */
    uint32_t queued;      /* messages taken from the inbox, not yet handled */
    uint32_t cause;       /* of the message it handles */
    rs_atomic_u32 name;   /* index of its atom; read by others */
    uint32_t arena_pages; /* its limit */
    uint8_t dying;        /* a byte of its own: of a jailed process it is written by others */
    /* written in sections only: the death of who is jailed reads them */
    bool calling : 1; /* waits for the answer to `call_ref` */
    bool telling : 1; /* of its end, whose reason is set: see gather.h */
    bool linked : 1;  /* it has called rs_link */
    bool trap_exit : 1, served : 1, crashing : 1, init_ignored : 1, started : 1, main : 1;
    bool interrupted : 1; /* runs an interrupt action */
    bool timed : 1;       /* its timer has been started */
    uint8_t plain : 1, blocked : 1;
    uint8_t overruns : 4; /* times in a row that it was stopped without having passed a gate */
    rs_stack *stack;      /* only while blocked or ready inside a callback */
    const rs_behaviour *behaviour;
    void *state;
    rs_atomic_const_ptr module; /* the behaviour's, begins with its name; others may read it */
    /* private: signals */
    rs_message *incoming;               /* taken from the inbox, newest first */
    rs_message *ordered;                /* reversed so far, oldest first */
    rs_message *mailbox, *mailbox_tail; /* messages, oldest first; dying: the tail is what the
                                           closed inbox held */
    rs_message *current;                /* the one that a behaviour is handling */
    rs_message *held;                   /* others that callbacks may still read */
    rs_message *building;               /* being filled; died in jail: what it may still read */
    rs_ref call_ref;                    /* of the latest call */
    rs_list *relations;                 /* our ends of links and monitors */
    rs_list *deferred;                  /* calls taken but not yet answered, and KEPT messages */
    rs_list *timers;                    /* of rs_send_after, see timer.h */
    struct rs_arena *arena;
    rs_term reason; /* of its end, or of the stop that a callback asked for */
    rs_atomic_u64 deadline_ns;
    rs_timer timer; /* of the timeout it waits for */
};

_Static_assert(sizeof(rs_process) == 4 * RS_CACHE_LINE, "an idle process stays small");

/* What the core does once it has left a process's stack. */
typedef enum rs_after {
    RS_AFTER_IDLE,    /* behaviour without messages: the stack stays with the core */
    RS_AFTER_BLOCKED, /* waits inside a callback: the stack goes with the process */
    RS_AFTER_YIELD,   /* wants more; `stack` set when inside a callback */
    RS_AFTER_OVERRUN, /* as YIELD, but it had more than its share */
    RS_AFTER_EXIT,    /* its reason is set; the stack's content is abandoned */
} rs_after;

/* rs_counters, as the core counts them. */
typedef struct rs_tallies {
    rs_atomic_u64 signals, spawned, exited, crashed, dispatches, parks, wakes, preemptions, idle_ns,
        work;
} rs_tallies;

/* Where a process lives: a slot of the table, which its pid names, and a place in memory. */
typedef struct rs_home {
    uint32_t slot, place;
} rs_home;

struct rs_core {
    uint32_t index;
    bool is_virtual;      /* the runtime's */
    bool tells_turns;     /* scheduler or observer want to hear of each, or time is virtual */
    bool notes_messages;  /* each that a behaviour handles: time is virtual, or somebody listens */
    bool fenced;          /* entering a section takes RS_FLOOR_FENCED: there is no membarrier */
    rs_atomic_ptr thread; /* the rs_thread that plays it, NULL: none yet */
    rs_runtime *runtime;
    rs_process *current;
    rs_stack *hot; /* a stack ready for the next process without one */
    rs_after after;
    uint32_t budget;
    uint32_t copying;     /* inside rs_copy_in: a fault is the caller's */
    uint32_t until_timed; /* processes that become ready before one whose wait is timed */
    uint64_t now_ns;      /* coarse clock, or the core's virtual time */
    uint64_t turn_ns;     /* what it was when the turn began */
    uint64_t now_ticks, first_ns, first_ticks, slack_ticks; /* see clock.c */
    uint64_t next_ref;
    rs_slab_cache slab;
    rs_stack_cache stacks;
    rs_timer_heap timers;
    rs_home free_homes[64];
    uint32_t free_home_count;
    rs_task *retired, *retired_tail; /* processes waiting for a batch */
    rs_task *grace, *grace_tail;     /* the batch that waits for its grace period */
    uint32_t retired_count, grace_count;
    uint64_t grace_sections[RS_CORES_MAX];
    rs_tallies counters;
    rs_atomic_u64 idle_since_ns; /* it has nothing to run; 0: it has */
    rs_prng chance;              /* of which wait is timed */
    uint64_t first_tick_ns;      /* when the ticks of wait.h began */
    rs_atomic_i32 longest_ticks; /* that one has waited */
    /* Written by others. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 parked; /* futex word, see runtime/threads/park.h */
    rs_atomic_u64 stall_ns;                       /* it shall stand still so long, see bend.h */
    rs_atomic_u32 look;                           /* a timer is late: look at the clock */
    rs_atomic_i32 tick, late_tick;                /* see wait.h */
};

/* An upper room in which processes keep things. */
typedef struct rs_room {
    /* death takes part in the death of a process that keeps something: in RS_DYING_NAME, before
     * anybody knows, and in RS_DYING_MEMORY, when everybody does; *budget counts steps. False: not
     * finished, to be called again. In a section. */
    bool (*death)(rs_core *core, rs_process *dying, uint32_t *budget);
    /* fini ends the room with its runtime. */
    void (*fini)(struct rs_room *room);
} rs_room;

/* The upper rooms there are. */
enum { RS_ROOM_TABLES, RS_ROOM_ROSTERS, RS_ROOM_COUNT };

/* An allocation that shall fail. */
typedef struct rs_bent_alloc {
    uint64_t number; /* by rs_bends.allocs */
    uint64_t end_ns; /* by then it has been, or will not be */
    uint32_t cause;  /* the fault that wants it; 0: this place is free */
} rs_bent_alloc;

/* So many at a time; a harness that wants more has them wait for nothing. */
#define RS_BENT_ALLOCS_MAX 64u

/* What a harness has bent, see bend.h. */
typedef struct rs_bends {
    rs_atomic_u64 ahead_ns;      /* of the machine's clock; real clock only */
    uint64_t jump_ns;            /* still to be jumped; virtual clock only */
    rs_atomic_u64 full_until_ns; /* no process has a place before; 0: they have */
    rs_atomic_u32 armed;         /* allocations that shall fail */
    rs_spinlock lock;            /* of the rest */
    uint64_t allocs;             /* counted while some shall fail */
    rs_bent_alloc failing[RS_BENT_ALLOCS_MAX];
} rs_bends;

struct rs_runtime {
    rs_core *cores;
    uint32_t core_count;
    bool is_virtual;
    bool asymmetric; /* rs_barrier_all works: sections and looks for sleepers are cheap */
    rs_costs costs;
    rs_larder *larder; /* whose regions the run has; may be NULL */
    const rs_sched_kind *kind;
    void *sched;
    size_t sched_bytes;
    rs_observer observer;
    rs_seam seam;
    rs_bends bends;
    rs_atomic_u64 *slots;     /* the process table: generation << 32 | place; place 0: nobody */
    rs_process *processes;    /* by place; 0 is forever dead */
    uint64_t *newest_ns;      /* by place, when its newest signal was sent; virtual clock only */
    struct rs_recent *recent; /* by place, see gather.h; NULL: nobody wants to know */
    uint32_t slots_max;
    _Alignas(RS_CACHE_LINE) rs_spinlock table_lock; /* of the rest */
    rs_atomic_u32 slots_used;                       /* slots that ever held a process */
    uint32_t *waiting;                              /* ring of slots in line for another life */
    uint32_t waiting_first, waiting_count, waiting_mask;
    uint32_t *free_places; /* stack of places */
    uint32_t free_place_count, places_used;
    rs_spinlock stack_lock;
    rs_stack *free_stacks;
    struct rs_stack_region *stack_regions;
    rs_atomic_ptr rooms[RS_ROOM_COUNT]; /* rs_room, NULL: not used yet */
    /* the scheduler wants `whom` woken, see RS_WAKE_ANY */
    void (*woken)(rs_runtime *runtime, rs_core *core, uint32_t whom);
    /* keeps who is ready until its time has come, see loop_virtual.c; NULL: its time is now */
    void (*hold)(rs_runtime *runtime, rs_core *core, rs_task *task, rs_ready_why why);
    struct rs_held *held;
    uint32_t held_count;
    uint64_t held_order;
    rs_pid main_pid;
    rs_term main_reason;
    rs_atomic_u32 stopping;
    rs_atomic_ptr returned, finished; /* see intake.h */
    rs_atomic_u64 jailed, zombies;    /* see rs_counters */
    rs_spinlock mail_lock;            /* of mail that lets others pass, see mail.c */
    rs_atomic_u32 yielding_count;
    rs_list *yielding;
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 sleepers; /* cores that are parked, or about to be */
    _Alignas(RS_CACHE_LINE) rs_sched_config sched_config;
    /* see runtime/threads/monitor.h */
    uint64_t budget_ns;
    bool preemptive;
    rs_atomic_u32 ended;   /* cores */
    rs_atomic_u32 monitor; /* futex word */
    struct rs_blocking_pool *blocking;
    rs_atomic_ptr code; /* a region, see runtime/otp/version.h; NULL: nobody uses it */
    size_t code_bytes;
};

/* The runtime that runs in this OS process, or NULL. */
extern rs_runtime *rs_the_runtime;

/* rs_process_here returns the process whose code the caller is, NULL outside processes. Also in
 * user mode, where the caller may be on another thread and core by the next instruction, but is
 * still the same process. */
static inline rs_process *rs_process_here(void) {
    return rs_thread_process();
}

/* rs_core_here returns the core that this thread plays, NULL: none. In a section, or where no
 * process runs. */
static inline rs_core *rs_core_here(void) {
    return rs_thread_core();
}

/* rs_core_play makes this thread play `core`; NULL: none. */
void rs_core_play(rs_core *core);

/* rs_section_ask is the rest of rs_section_enter for who is below the floor. Who has lost its core
 * waits in line there for another one, which is returned. */
rs_core *rs_section_ask(void);

/* rs_section_land is the same for who has landed after a crash, and is not asked how much stack is
 * left: to overflow there would be to land there again. */
rs_core *rs_section_land(void);

/* rs_section_enter begins a runtime section on this thread and returns its core; rs_section_leave
 * ends it. Between them slots looked up stay what they are, the process stays on this thread, and a
 * native fault is a bug of ours. Never blocks; never nested. */
static inline rs_core *rs_section_enter(void) {
    uint64_t floor = rs_thread_enter();
    RS_ASSERT(rs_thread_section() & 1);
    if (RS_UNLIKELY((uintptr_t)__builtin_frame_address(0) < floor)) return rs_section_ask();
    return rs_core_here();
}

static inline void rs_section_leave(rs_core *core) {
    (void)core;
    rs_thread_leave();
}

/* rs_section_join enters a section unless the caller is in one; *entered says so. NULL, and no
 * section: on this thread no process runs. */
rs_core *rs_section_join(bool *entered);

/* rs_section_pass leaves the section and enters it again: a grace period may end between. On the
 * scheduler's stack. */
static inline void rs_section_pass(rs_core *core) {
    rs_section_leave(core);
    if (RS_UNLIKELY(rs_thread_enter() >= RS_FLOOR_WORDS)) rs_section_ask();
}

/* rs_process_queued counts signals that came from the inbox, or were dealt with (two's complement).
 * Senders are told in steps: each change of what they read takes the line from them. */
static inline void rs_process_queued(rs_process *self, uint32_t by) {
    uint32_t before = self->queued;
    self->queued += by;
    if (RS_UNLIKELY((before ^ self->queued) / RS_BACKLOG_PER_STEP))
        rs_store(&self->backlog, self->queued, rs_relaxed);
}

/* rs_process_unqueue takes `message` out of the mailbox of `self`; `before` is the one before it,
 * NULL: it is the first. */
static inline void rs_process_unqueue(rs_process *self, rs_message *before, rs_message *message) {
    if (before)
        before->link = message->link;
    else
        self->mailbox = message->link;
    if (self->mailbox_tail == message) self->mailbox_tail = before;
    rs_process_queued(self, UINT32_MAX);
}

/* rs_process_pid returns the pid of who lives at `process`. */
static inline rs_pid rs_process_pid(const rs_process *process) {
    uint64_t generation = rs_load(&((rs_process *)(uintptr_t)process)->generation, rs_relaxed);
    return generation << 32 | (uint64_t)process->index << 4 | RS_TAG_PID;
}

/* rs_process_died_of returns the reason of the death of `dying`, and rs_process_died_by the fault
 * that led to it, for all who hear of it. Who still has a stack was killed in jail, see jail.h: its
 * own reason and cause are what they were, since it may still read them. In a section. */
static inline rs_term rs_process_died_of(const rs_process *dying) {
    return RS_UNLIKELY(dying->stack != NULL) ? RS_ATOM(killed) : dying->reason;
}
static inline uint32_t rs_process_died_by(const rs_process *dying) {
    if (RS_LIKELY(!dying->stack)) return dying->cause;
    return rs_load(&((rs_process *)(uintptr_t)dying)->kill_cause, rs_relaxed);
}

/* rs_process_wait_until lets the behaviour's `timeout` run if the caller's process is still without
 * work at `deadline_ns`; RS_FOREVER: never. Whatever waits with a timeout meanwhile forgets it. In
 * user mode. */
void rs_process_wait_until(uint64_t deadline_ns);

/* rs_process_deadline returns until when the caller's process waits. In user mode. */
static inline uint64_t rs_process_deadline(rs_process *self) {
    return self->timed ? rs_load(&self->deadline_ns, rs_relaxed) : RS_FOREVER;
}

/* rs_process_main is the bottom of every pooled stack. */
void rs_process_main(void);

/* rs_process_leave switches from the caller's stack to its core's scheduler with `after`; returns,
 * in the section, on whatever core resumes the process. */
static inline __attribute__((always_inline)) rs_core *rs_process_leave(rs_core *core,
                                                                       rs_after after) {
    rs_stack *stack = core->current->stack;
    rs_thread *thread = rs_thread_here();
    core->after = after;
    rs_context_switch(&stack->fiber, &stack->sp, &thread->scheduler_fiber,
                      (void *)RS_THREAD_READ(scheduler_sp), after == RS_AFTER_EXIT);
    return rs_core_here();
}

/* rs_process_run lets `process` run until it leaves; called on the scheduler's stack in a section.
 * When it returns, the thread may have lost its core: rs_core_here() is another, and the section
 * goes on without one. */
void rs_process_run(rs_core *core, rs_process *process);

/* rs_process_run_ready lets up to `most` processes run that the scheduler has ready for `core`, and
 * returns how many there were, or `most` if the core was lost. Called as rs_process_run; the
 * section is left between them. */
uint32_t rs_process_run_ready(rs_core *core, uint32_t most);

/* rs_process_note_end counts the end of `process`, and tells the observer. In a section. */
void rs_process_note_end(rs_core *core, rs_process *process);

/* rs_process_drop_stack gives the stack of `process`, with all that stands on it, to who needs one
 * next. In a section. */
void rs_process_drop_stack(rs_core *core, rs_process *process);

/* rs_process_die takes one slice of the death of `process`; false: not finished. In a section. */
bool rs_process_die(rs_core *core, rs_process *process);

/* rs_process_set_reason makes `reason`, whose reference it takes, the one that the caller's process
 * `self` is going to end with. In a section. */
void rs_process_set_reason(rs_process *self, rs_term reason);

/* rs_process_end ends the caller, of its own doing, with `reason` (its reference is taken). In a
 * section. */
_Noreturn void rs_process_end(rs_core *core, rs_term reason);

/* rs_process_obey is rs_process_end for the doing of others: no report is due. */
_Noreturn void rs_process_obey(rs_core *core, rs_term reason);

/* rs_process_ready queues it. In a section. */
static inline void rs_process_ready(rs_core *core, rs_process *process, rs_ready_why why) {
    process->ready_tick = rs_load(&core->tick, rs_relaxed);
    if (RS_UNLIKELY(core->until_timed-- == 0)) {
        process = rs_wait_time(core, process, why);
        if (!process) return;
    }
    rs_runtime *runtime = core->runtime;
    uint32_t whom = runtime->kind->ready(runtime->sched, &process->task, core->index, why);
    if (whom != RS_WAKE_NONE && runtime->woken) runtime->woken(runtime, core, whom);
}

/* rs_process_create makes a process from `options`; `first` (may be NULL, taken) becomes its first
 * signal, `behaviour` NULL makes a plain function. It is not ready yet. NULL: no room. */
rs_process *rs_process_create(rs_core *core, const rs_spawn_options *options,
                              const rs_behaviour *behaviour, rs_message *first);

/* rs_gate_heed lets the signals act that wait for the caller. In a section; returns its core. */
rs_core *rs_gate_heed(rs_core *core);

/* rs_gate_stop is rs_gate for those who cannot just pass. */
rs_core *rs_gate_stop(rs_core *core);

/* rs_gate is passed at every call of a running process: signals act here, and who has used up its
 * budget lets others run. In a section; returns the core the caller now runs on. */
static inline rs_core *rs_gate(rs_core *core) {
    rs_process *self = core->current;
    uint32_t flags = rs_load(&self->flags, rs_relaxed);
    const uint32_t urgent = RS_PROCESS_PENDING | RS_PROCESS_KILL | RS_PROCESS_OVERRUN;
    if (RS_UNLIKELY(core->budget == 0 || flags & urgent)) return rs_gate_stop(core);
    core->budget--;
    return core;
}

/* rs_copy_in copies from process memory; a fault there crashes the caller, not the runtime. */
void rs_copy_in(rs_core *core, void *to, const void *from, size_t bytes);

#endif
