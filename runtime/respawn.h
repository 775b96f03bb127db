/* respawn.h: the front door of the runtime library: green processes with Erlang's semantics.
 * SPDX-License-Identifier: MIT
 *
 * All calls below are made from inside a process unless they say otherwise. What process code may
 * not do: hold pthread or stdio locks or thread-local addresses across a call of this header,
 * longjmp across callbacks, throw C++ exceptions through it, fork, change signal handlers or the
 * rounding mode, end its thread. What waits in the kernel belongs into rs_blocking; who waits there
 * itself loses its core and is fetched when it is killed, but for calls that hold a lock of libc.
 * Native crashes (SIGSEGV, SIGBUS, SIGFPE, SIGILL, abort, stack overflow) end only
 * the process, with the exit reasons sigsegv, sigbus, sigfpe, sigill, sigabrt, stack_overflow.
 */
#ifndef RESPAWN_H
#define RESPAWN_H

#include "runtime/base/crash_report.h"
#include "runtime/base/event.h"
#include "runtime/base/limits.h"
#include "runtime/process/term.h"
#include "runtime/sched/sched.h"

/* ------------------------------------------------------------------ messages */

typedef enum rs_message_kind {
    RS_MESSAGE,      /* rs_send */
    RS_MESSAGE_CAST, /* rs_gen_server_cast */
    RS_MESSAGE_CALL, /* a request that waits for a reply */
    RS_MESSAGE_EXIT, /* {'EXIT', from, reason}, when trapping; ref: the link's tag */
    RS_MESSAGE_DOWN, /* {'DOWN', ref, process, from, reason} */
    RS_MESSAGE_KIND_COUNT
} rs_message_kind;

/* A message, as a receiver sees it. Borrowed: see rs_receive. */
typedef struct rs_message {
    struct rs_message *link; /* the runtime's */
    const rs_type *type;     /* of the payload; NULL for EXIT and DOWN */
    rs_pid from;
    rs_ref ref;     /* DOWN: the monitor; CALL: the call; EXIT: the link's tag; timers: theirs */
    uint32_t cause; /* the fault that led to this; 0: none */
    uint32_t bytes; /* of the payload */
    uint8_t kind;   /* rs_message_kind */
    uint8_t flags, size_class, reserved;
    uint32_t detail;
    unsigned char payload[];
} rs_message;

/* rs_message_reason returns the exit reason of an EXIT or DOWN message; borrowed from it. */
static inline rs_term rs_message_reason(const rs_message *message) {
    return *(const rs_term *)(const void *)message->payload;
}

/* rs_message_payload returns what was sent; borrowed from the message. */
static inline const void *rs_message_payload(const rs_message *message) {
    return message->payload;
}

/* ------------------------------------------------------------------ processes */

/* Roles from here on are no positions in a tree: by them the seam knows the harness's own. */
#define RS_ROLES_OUTSIDE (1u << 22)

/* What a spawned process runs; `args` are NULL when there are none. */
typedef void rs_entry(const void *args, uint32_t bytes);

typedef struct rs_spawn_options {
    rs_entry *entry;
    const void *args;  /* copied */
    uint32_t bytes;    /* of args */
    bool link;         /* spawn_link: no window in which the child can die unlinked */
    bool monitor;      /* spawn_monitor: the reference goes to *ref */
    uint64_t link_tag; /* given back in `ref` of the EXIT message */
    rs_ref *ref;
    uint32_t role;        /* number of the position in a tree, or RS_ROLES_OUTSIDE + N; 0: none */
    uint64_t arena_bytes; /* limit of private memory; 0: RS_ARENA_BYTES_MAX */
} rs_spawn_options;

/* rs_spawn starts a process that runs entry(args); returning from it exits `normal`.
 * Errors: 0 when the process table or memory is exhausted. Source: rules P5, P6. */
rs_pid rs_spawn(rs_entry *entry, const void *args, uint32_t bytes);
rs_pid rs_spawn_link(rs_entry *entry, const void *args, uint32_t bytes);
rs_pid rs_spawn_monitor(rs_entry *entry, const void *args, uint32_t bytes, rs_ref *ref);
rs_err rs_spawn_opt(const rs_spawn_options *options, rs_pid *pid);

/* rs_self returns the caller's pid. */
rs_pid rs_self(void);
/* rs_self_parent returns who spawned the caller; 0: it is the first process. */
rs_pid rs_self_parent(void);
/* rs_self_role returns the caller's role number, 0 when it has none. */
uint32_t rs_self_role(void);
/* rs_self_cause returns the id of the fault whose consequences the caller is handling; 0: none. */
uint32_t rs_self_cause(void);
/* rs_self_blame makes what the caller does until its next message a consequence of the fault
 * `cause`. */
void rs_self_blame(uint32_t cause);
/* rs_is_alive is false from the moment exiting starts. Source: rule P9. */
bool rs_is_alive(rs_pid pid);
/* rs_lingers says that `pid` was killed while it sat in a system call of its own, or ran where it
 * cannot be stopped, and that its thread is not back: it is dead, but may still do something. */
bool rs_lingers(rs_pid pid);

/* rs_send sends a message; it never blocks and never fails for the sender (rule P3). `bytes` of
 * `payload` are copied; an unreadable payload crashes the caller. Sends to the dead vanish. */
void rs_send(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes);

typedef bool rs_match(const rs_message *message, void *context);

/* rs_receive takes the oldest message that `match` accepts (NULL: any), waiting up to `timeout_ns`
 * (RS_FOREVER: no limit; 0: only what is there). Returns NULL after the timeout. The message is
 * valid until the caller's next rs_receive, or until the callback returns. Source: rule P4. */
const rs_message *rs_receive(rs_match *match, void *context, uint64_t timeout_ns);

/* rs_yield lets others run. */
void rs_yield(void);

/* rs_sleep waits for `duration_ns` (RS_FOREVER: for good) and leaves the mailbox as it is. */
void rs_sleep(uint64_t duration_ns);

/* rs_hang never returns: the caller is as good as dead, but nobody is told. What ends a process
 * from outside still ends it, and what waits for it goes on waiting. May be called where waiting is
 * not allowed, in an action of rs_interrupt. For faults. */
_Noreturn void rs_hang(void);

/* rs_exit ends the caller with `reason`, whose reference it takes. */
_Noreturn void rs_exit(rs_term reason);

/* rs_crash ends the caller as a native crash with the immediate `reason` would: terminate does not
 * run. For faults under the virtual clock, where no signals are sent. */
_Noreturn void rs_crash(rs_term reason);

/* How a function that was caught has ended. */
typedef enum rs_caught {
    RS_CAUGHT_NOTHING, /* it returned */
    RS_CAUGHT_EXIT,    /* rs_exit, or an exit that a call of this header made for it */
    RS_CAUGHT_CRASH    /* a native crash */
} rs_caught;

/* rs_catch runs function(argument) and returns how it ended; then *reason (may be NULL), valid
 * until the caller's next rs_receive, or until the callback returns, is what with. Private memory
 * that the function has not freed stays allocated. Exit signals that reach the caller meanwhile,
 * and what rs_interrupt does to it, end the process as ever. Runs may be nested; none is
 * left by longjmp. One that fails ends the caller's rs_timeout as well. Source: Erlang's catch. */
rs_caught rs_catch(void (*function)(void *argument), void *argument, rs_term *reason);

/* rs_exit_signal is exit/2: `kill` kills. Borrows `reason`. Source: rules X1-X5. */
void rs_exit_signal(rs_pid to, rs_term reason);

/* rs_exit_signal_cause is rs_exit_signal on behalf of the fault `cause`. */
void rs_exit_signal_cause(rs_pid to, rs_term reason, uint32_t cause);

/* rs_interrupt makes the process `to` run action(argument) on its own stack, in the order of its
 * signals, at its next gate. Looking into another process, or hurting it, is a signal, never a
 * peek. `cause` is the fault on whose behalf this happens, or 0. The action must not
 * wait: one that receives or calls ends the process with `badarg`. */
void rs_interrupt(rs_pid to, void (*action)(uint64_t argument), uint64_t argument, uint32_t cause);

/* Links and monitors. Source: rules L1-L4, M1-M5. rs_link of a dead process exits a caller that
 * does not trap exits with `noproc`. */
void rs_link(rs_pid to);
void rs_unlink(rs_pid to);
rs_ref rs_monitor(rs_pid to);
/* rs_demonitor ends the monitor; with `flush` a DOWN already in the mailbox is removed too. */
void rs_demonitor(rs_ref ref, bool flush);
/* rs_trap_exit sets the flag and returns what it was. */
bool rs_trap_exit(bool on);

/* Registered names. A process names itself: `pid` is the caller's. Errors: RS_ETAKEN when the name
 * is taken or the caller has one, RS_ENOPROC when `pid` is dead, RS_EINVAL when it is another's, or
 * the name is `undefined` or no atom. Source: rules N1-N3. */
rs_err rs_register(rs_atom name, rs_pid pid);
rs_err rs_unregister(rs_atom name);
/* rs_whereis returns 0 for a missing name. Any thread. */
rs_pid rs_whereis(rs_atom name);

/* Timers. rs_send_after sends the payload to `to` once `delay_ns` have passed, never earlier; the
 * message's `ref` is the result. rs_cancel_timer says whether the caller's timer was still running
 * and how much was left (may be NULL). Source: rules T1-T3. Errors: 0 when memory is short. */
rs_ref rs_send_after(uint64_t delay_ns, rs_pid to, const rs_type *type, const void *payload,
                     uint32_t bytes);
bool rs_cancel_timer(rs_ref timer, uint64_t *left_ns);

/* rs_now_ns returns the run's monotonic clock, real or virtual. */
uint64_t rs_now_ns(void);

/* rs_clock_is_virtual says which clock the run has. */
bool rs_clock_is_virtual(void);

/* rs_make_ref returns a reference that is unique within the run. */
rs_ref rs_make_ref(void);

/* rs_blocking runs work(copy) on a thread of its own kind, while the caller waits without holding
 * its core, and then copies the `bytes` at `memory` back from the copy: for what waits in the
 * kernel. The work must touch nothing else of the caller's, neither stack nor rs_alloc, and must
 * not call this header: the caller may be killed meanwhile, and its memory given away; then the
 * work ends alone, and its result is dropped with the copy. A native crash in it is the caller's.
 * Fatal signals act while the caller waits; messages stay in line, and those it holds valid. At
 * most RS_BLOCKING_THREADS_MAX run at a time. Under the virtual clock the work is done at once,
 * and the call takes `virtual_ns`. */
typedef void rs_blocking_work(void *copy);
void rs_blocking(rs_blocking_work *work, void *memory, uint32_t bytes, uint64_t virtual_ns);

/* rs_work declares `steps` steps of work: they cost time under the virtual clock, and those done on
 * behalf of a fault (rs_self_cause) are told to the observer. */
void rs_work(uint64_t steps);

/* rs_compute occupies the caller's core for `ns` of its own running time, as code without calls
 * into the runtime does: it is stopped when its budget is over and goes on later. Under the virtual
 * clock the core's time moves on. */
void rs_compute(uint64_t ns);

/* rs_keep declares how many things the caller keeps that others count on, such as scores: what its
 * death may lose. The number outlives even a native crash. No effect in a process without a role.
 */
void rs_keep(uint64_t count);

/* Groups: a process belongs to its spawner's group. rs_group_lead makes the caller the leader of a
 * new group; its pid names it. rs_group_kill sends `kill` to every member but the caller;
 * rs_group_count counts the members alive. Both walk the process table. */
void rs_group_lead(void);
void rs_group_kill(rs_pid group);
uint64_t rs_group_count(rs_pid group);

/* ------------------------------------------------------------------ private memory */

/* rs_alloc returns zeroed memory of the caller's arena, aligned to 16; it is freed by rs_free, or
 * whole with the process. A caller over its limit exits {system_limit,memory}. */
void *rs_alloc(size_t bytes);
void rs_free(void *memory, size_t bytes);

/* ------------------------------------------------------------------ the story of a run */

/* A supervisor's report, valid while it is told. */
typedef struct rs_report {
    rs_report_context context;
    uint32_t cause; /* id of the fault that led to this; 0: none */
    uint64_t time_ns;
    rs_pid supervisor;
    uint32_t supervisor_role;
    uint32_t child_role;
    rs_pid child;   /* its latest process; 0: there was none */
    const char *id; /* of the child; NULL: it has none, under simple_one_for_one */
    uint64_t count; /* children that ended for this reason, all stopped together; 0: this one */
    rs_term reason;
} rs_report;

/* An event of a server that is traced (rs_sys_trace), OTP's system event; valid while it is told.
 */
typedef enum rs_system_event_kind {
    RS_SYSTEM_EVENT_IN,      /* it takes a message */
    RS_SYSTEM_EVENT_OUT,     /* it has replied to it */
    RS_SYSTEM_EVENT_NOREPLY, /* it is done with it and has not */
} rs_system_event_kind;

/* What is longer is cut. */
#define RS_SYSTEM_EVENT_TEXT_BYTES 512u

typedef struct rs_system_event {
    uint64_t time_ns;
    rs_pid pid;
    uint32_t role, cause; /* 0: none */
    rs_system_event_kind kind;
    rs_message_kind message; /* IN */
    rs_pid peer;             /* IN: the sender, OUT: whom the reply goes to */
    const rs_type *type;     /* of what came or went; NULL: EXIT, DOWN, none */
    const char *term;        /* what came or went, as its type tells it, printed; NOREPLY: "" */
    const char *state;       /* OUT, NOREPLY: the new state, printed; IN: "" */
} rs_system_event;

/* An end that deserves a crash report; valid while it is told. */
typedef struct rs_crash_notice {
    uint64_t time_ns;
    rs_pid pid;
    uint32_t role, cause; /* 0: none */
    rs_term reason;
} rs_crash_notice;

/* A step on the way of what one process sends to another; valid while it is told. */
typedef enum rs_transit_step {
    RS_TRANSIT_SENT,    /* it is in the receiver's line */
    RS_TRANSIT_TAKEN,   /* the receiver, a behaviour, handles it */
    RS_TRANSIT_REPLIED, /* it is the answer to a call, in the caller's line */
} rs_transit_step;

typedef struct rs_transit {
    uint64_t time_ns;
    uint64_t id; /* the reference of a call and its answer; of all else, unique while it lives */
    rs_pid from, to;
    const rs_type *type; /* of the payload; NULL: EXIT, DOWN, what is no message */
    rs_transit_step step;
} rs_transit;

/* How a turn has ended: what a core was lent to a process for. */
typedef enum rs_turn_end {
    RS_TURN_OVER,    /* it waits, or lets others run */
    RS_TURN_STOPPED, /* it had more than its budget: others first */
    RS_TURN_LOST,    /* the core was taken away, and the process runs on without one */
    RS_TURN_ENDED,   /* it ends; what its death takes comes next */
    RS_TURN_DEATH,   /* no turn of its own: the core saw to its death, or to a part of it */
} rs_turn_end;

/* A turn that is over; valid while it is told. */
typedef struct rs_turn {
    uint64_t from_ns, to_ns; /* of the run's clock; those of one core follow one another */
    rs_pid pid;
    uint32_t role; /* 0: none */
    uint32_t core;
    rs_turn_end end;
    /* Whose code ran, neither: nobody knows. */
    rs_entry *entry;    /* what a plain function began with */
    const char *module; /* what a behaviour's code is called */
} rs_turn;

/* The observer hears of roles' events and names roles. Its functions run on scheduler threads,
 * inside the runtime: they must not block, allocate with malloc, or call back, but for `event`,
 * which may call rs_observer_send. Each may be NULL. */
typedef struct rs_observer {
    void *context;
    void (*event)(void *context, const rs_event *event);
    /* role returns the number of the position `key` below `parent` (0: a root); equal arguments
     * give equal numbers. Never 0. */
    uint32_t (*role)(void *context, uint32_t parent, const char *key);
    /* late is told of every outcome of a call that the caller had given up: `handled` is false when
     * the callee never took the request. */
    void (*late)(void *context, rs_pid caller, rs_ref call, bool answered, bool handled);
    /* work is told of steps taken on behalf of the fault `cause`, which is never 0. */
    void (*work)(void *context, uint32_t cause, uint64_t steps);
    /* keep is told how many things `pid`, which has a role, keeps from now on. */
    void (*keep)(void *context, rs_pid pid, uint64_t count);
    /* wait is told that a process became ready at `ready_ns` and ran `wait_ns` later on `core`.
     * `sampled`: each wait under the virtual clock; under the real one about one in 128, chosen by
     * chance when it begins. Not `sampled`: a wait of 2 ms or more, to half a millisecond, longer
     * than any that `core` has told since rs_waits_forget. */
    void (*wait)(void *context, uint32_t core, uint64_t ready_ns, uint64_t wait_ns, bool sampled);
    /* turn is told of each turn when it is over, in order for each core, under the real clock for
     * two readings of it; of a turn whose core was taken away by the thread that took it. Turns
     * that the run's end cuts off are not told. */
    void (*turn)(void *context, const rs_turn *turn);
    /* report is told what supervisors report, whether they have roles or not. */
    void (*report)(void *context, const rs_report *report);
    /* trace is told the events of servers that are traced, whether they have roles or not. */
    void (*trace)(void *context, const rs_system_event *event);
    /* crash is told of each process that ends by a native crash, or by an exit of its own that is
     * not normal, shutdown or {shutdown,_}; not of those that an exit signal ends. It returns where
     * the report is to be written: zeroed memory, read when the process has ended and not before;
     * NULL: nobody wants to know more. */
    rs_crash_report *(*crash)(void *context, const rs_crash_notice *notice);
    /* transit is told, under the virtual clock, how what processes send goes its way. */
    void (*transit)(void *context, const rs_transit *transit);
    /* How many messages that a behaviour has handled before are in its report, up to
     * RS_CRASH_RECENT_MAX; each is copied for it, up to 40 bytes. 0: none are kept. */
    uint32_t recent;
} rs_observer;

/* rs_observer_send sends a message that is from nobody, from within the observer's `event`, or a
 * seam's `mail`. False when `to` is dead, or without memory: a death that is told must not depend
 * on it. */
bool rs_observer_send(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes);

/* rs_emit emits an event of the process `pid` in `role`, stamped with the clock, the core and the
 * caller's cause; for workers that report, e.g., RS_EVENT_REACHABLE. No effect when role is 0. */
void rs_emit(rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause);

/* rs_emit_detail is rs_emit with the event's detail and reason (borrowed, may be 0). */
void rs_emit_detail(rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause, uint32_t detail,
                    rs_term reason);

/* rs_emit_report tells a report of the caller's, filling in time, supervisor and cause. */
void rs_emit_report(rs_report *report);

/* rs_role_number returns the observer's number of the position `key` below `parent`; 0 without
 * observer. */
uint32_t rs_role_number(uint32_t parent, const char *key);

/* rs_role_of returns the role of a live process, 0 when it has none or is dead. */
uint32_t rs_role_of(rs_pid pid);

/* ------------------------------------------------------------------ the runtime */

typedef enum rs_clock_kind { RS_CLOCK_REAL, RS_CLOCK_VIRTUAL } rs_clock_kind;

/* Declared costs under the virtual clock. */
typedef struct rs_costs {
    uint64_t callback_ns, message_ns, start_ns, fault_ns, work_ns;
} rs_costs;

/* What one process sends to another; valid while the seam is asked. */
typedef struct rs_mail {
    uint64_t time_ns;
    rs_pid from, to;
    uint32_t from_role, to_role; /* 0: none */
    const rs_type *type;         /* of the payload */
    rs_ref call;                 /* that it asks, or answers; 0: it is no request and no reply */
    bool overtakes;              /* there is mail to the same process that lets this one pass */
} rs_mail;

/* What becomes of it. `copies` is 1 when the seam is asked, the rest 0. */
typedef struct rs_mail_fate {
    uint32_t copies;   /* that arrive. 0: it is lost; a caller hears of its callee's death anyway */
    uint32_t junk;     /* so many messages of rs_junk_type, without payload, arrive before it */
    uint64_t delay_ns; /* all of it arrives so much later, each copy by a timer of its own */
    bool yields; /* it arrives behind the next mail to the same process, after delay_ns at last */
    /* Emits RS_EVENT_FAULT of `victim` in `role`; what arrives carries the cause. 0: nothing. */
    uint32_t cause, role;
    rs_pid victim;
} rs_mail_fate;

/* The type of what comes as junk. */
extern const rs_type rs_junk_type;

/* The fault seam: the door through which a harness bends what the runtime does. A function that is
 * NULL costs one comparison where it would be asked. Thread: any core; they must not block. */
typedef struct rs_seam {
    void *context;
    /* init and terminate are asked by a server, also a supervisor, with a role that is about to run
     * its init, and its terminate, whether it has one or not. They are process code, so these may
     * wait, exit, crash, and be killed meanwhile. */
    void (*init)(void *context, uint32_t role);
    void (*terminate)(void *context, uint32_t role);
    /* mail is asked, within the runtime, about each message, cast, request and reply that a process
     * sends to one that lives; not about exits, links, monitors and what follows from them, timers,
     * the request that starts a server, and what the runtime says to itself. It may call
     * rs_observer_send. */
    void (*mail)(void *context, const rs_mail *mail, rs_mail_fate *fate);
} rs_seam;

/* Memory that a run leaves to the next one of the same OS process, for whoever makes thousands of
 * short ones: it stays mapped, and is zero again where it must be.
 * rs_larder_create returns an empty one, NULL without memory. Owner: rs_larder_destroy. */
typedef struct rs_larder rs_larder;
rs_larder *rs_larder_create(void);
void rs_larder_destroy(rs_larder *larder);

typedef struct rs_runtime_options {
    rs_clock_kind clock;
    const char *scheduler;    /* NULL: steal under the real clock, fifo under the virtual */
    uint64_t seed;            /* of the scheduler's random choices */
    const rs_choices *replay; /* what the scheduler `replay` follows; else NULL */
    rs_choices *record;       /* choosers write their choices here; NULL: nowhere */
    uint32_t threads; /* real threads, or cores of the virtual clock; 0: online processors, or 1 */
    rs_costs costs;
    uint64_t clock_offset_ns;    /* where the virtual clock starts */
    uint32_t processes_max;      /* 0: RS_PROCESSES_MAX */
    uint64_t budget_ns;          /* how long one may run while others wait; 0: RS_BUDGET_NS,
                                    RS_FOREVER: as long as it likes; under the virtual clock of
                                    rs_compute only */
    const rs_observer *observer; /* NULL: nobody listens */
    const rs_seam *seam;         /* NULL: nothing is bent */
    rs_larder *larder;           /* NULL: all memory goes back to the system */
} rs_runtime_options;

/* rs_run starts a runtime, runs entry(args) as its first process and returns when that process has
 * ended and every thread has stopped; those that sit in the kernel and cannot be fetched are left
 * behind, with the run's memory and signal handlers. `options` NULL: all zero. Called outside
 * processes; a second runtime beside one that runs is a mistake that ends the program. `reason`
 * (may be NULL) receives the first process's exit reason, `error` for one that is no immediate
 * term.
 * Errors: RS_EINVAL (unknown scheduler, threads > 1 where refused, nothing to replay), RS_ENOMEM,
 * RS_EUNSUPPORTED. */
rs_err rs_run(const rs_runtime_options *options, rs_entry *entry, const void *args, uint32_t bytes,
              rs_term *reason);

/* Faults of what processes stand on, for a harness that has a plan of them. `cause` is the fault on
 * whose behalf it happens, not 0. "The tree's" are processes with a role below RS_ROLES_OUTSIDE:
 * others, such as the harness's own, are spared.
 *
 * rs_bend_stall makes `cores` cores, beginning with the caller's, stand still for `duration_ns`
 * once their turns are over, as threads do that the system gives no processor to. The caller goes
 * on when it is scheduled again.
 * rs_bend_jump moves the run's clock forward, as after the sleep of a machine: whatever waits for a
 * time in between is due at once.
 * rs_bend_alloc lets the `number`-th allocation from now on that the tree's processes make, of
 * private memory or of a message, fail once: who asked exits {system_limit,memory}, and the
 * observer is told RS_EVENT_FAULT of it first. One at `end_ns`, as of rs_now_ns, or later never
 * fails. False: too many wait for theirs already.
 * rs_bend_spawns lets all spawns by the tree's processes fail for `duration_ns`, as when the table
 * of processes is full.
 * rs_bend_calm takes back what rs_bend_alloc and rs_bend_spawns have still to do. */
void rs_bend_stall(uint32_t cores, uint64_t duration_ns);
void rs_bend_jump(uint64_t duration_ns);
bool rs_bend_alloc(uint64_t number, uint64_t end_ns, uint32_t cause);
void rs_bend_spawns(uint64_t duration_ns);
void rs_bend_calm(void);

/* What the runtime holds right now. */
typedef struct rs_memory_use {
    uint64_t processes; /* alive */
    /* live bytes by category */
    uint64_t arena, message, relation, timer, stack, table, other;
} rs_memory_use;

/* rs_memory_read adds up the live bytes of all cores; exact when nothing else runs. */
void rs_memory_read(rs_memory_use *use);

/* Counters of the schedulers, summed over cores. */
typedef struct rs_counters {
    uint64_t signals;                          /* delivered */
    uint64_t spawned, exited, crashed;         /* processes */
    uint64_t dispatches, steals, parks, wakes; /* scheduling */
    uint64_t preemptions;                      /* turns that were ended from outside */
    uint64_t idle_ns;                          /* in which cores had nothing to run */
    uint64_t work;                             /* steps declared by rs_work */
    uint64_t jailed;  /* times a core was taken from a thread that did not give it back */
    uint64_t zombies; /* processes killed meanwhile whose threads are not back, now */
} rs_counters;

/* rs_counters_read reads them; approximate while others run. */
void rs_counters_read(rs_counters *counters);

/* rs_waits_forget lets the observer be told anew of the longest waits (see rs_observer.wait), for
 * whoever tells them apart by phases. */
void rs_waits_forget(void);

#endif
