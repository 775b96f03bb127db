/* sched.h: what a scheduler design is: a state machine over core indices. It holds no thread-local
 * state, never blocks, and has no clock and no random numbers of its own, so that the same code
 * runs on real threads and, under the virtual clock, on one thread that plays all cores. Waking,
 * parking and time belong to runtime/threads; what a design needs of them it is told.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCHED_H
#define RS_SCHED_H

#include "runtime/base/atomic.h"
#include "runtime/base/error.h"
#include "runtime/base/limits.h"

#include <stddef.h>

/* OTP's process priorities. Designs may ignore them; `migrate` and `deadline` do not. */
typedef enum rs_priority {
    RS_PRIORITY_NORMAL,
    RS_PRIORITY_LOW,
    RS_PRIORITY_HIGH,
    RS_PRIORITY_MAX
} rs_priority;

/* A process as the scheduler sees it, zeroed at its birth. Owner: the process; the scheduler's
 * while it is ready. */
typedef struct rs_task {
    union {
        struct rs_task *next; /* in a queue */
        uint64_t key;         /* a design's own note, kept while it is in no queue */
    };
    uint64_t ready_ns : 48; /* when it became ready, see rs_task_wait_ns; the caller's */
    uint64_t core : 8;      /* a design's own note: e.g. where it belongs */
    uint64_t why : 2;       /* rs_ready_why; the caller's */
    uint64_t priority : 2;  /* rs_priority; the caller's */
    uint64_t timed : 1;     /* ready_ns is exact: this wait is measured; the caller's */
} rs_task;

#define RS_READY_NS_MAX ((UINT64_C(1) << 48) - 1)

_Static_assert(RS_CORES_MAX <= 1u << 8, "rs_task.core holds every core");

/* rs_task_wait_ns returns how long before `now_ns` the task became ready; negative: after it. Kept
 * modulo 2^48 ns, 78 hours. */
static inline int64_t rs_task_wait_ns(const rs_task *task, uint64_t now_ns) {
    return (int64_t)((now_ns - task->ready_ns) << 16) >> 16;
}

typedef enum rs_ready_why {
    RS_READY_NEW,     /* just spawned */
    RS_READY_SIGNAL,  /* something arrived for it */
    RS_READY_YIELD,   /* it had its share and wants more */
    RS_READY_OVERRUN, /* it took more than its share: others go first, in time it has its turn */
} rs_ready_why;

/* Whom `ready` wants woken: the index of a core that alone can run the task, or one of these. */
#define RS_WAKE_NONE UINT32_MAX       /* who is awake will come to it */
#define RS_WAKE_ANY  (UINT32_MAX - 1) /* more is queued than this core runs next */

/* A recording of choices: at each dispatch with more than one task ready, the rank of the one that
 * ran, by age: 0 is the one that has been ready longest. */
typedef struct rs_choices {
    uint32_t *at;
    uint64_t count; /* of a recording that did not fit: more than `room` */
    uint64_t room;
} rs_choices;

/* The most arguments that a design takes in the word after `scheduler:`. */
#define RS_SCHED_PARAMETERS_MAX 2

typedef struct rs_sched_parameter {
    const char *name;  /* NULL: there is none */
    const char *about; /* half a sentence */
    uint64_t fallback, min, max;
} rs_sched_parameter;

/* What a design is told when it starts. */
typedef struct rs_sched_config {
    uint32_t cores;
    uint32_t tasks_max; /* that can be ready at a time */
    uint64_t seed;      /* of its random choices */
    uint64_t move_ns;   /* about what is lost when a task goes to another core; 0: nothing */
    uint64_t parameters[RS_SCHED_PARAMETERS_MAX]; /* as the kind lists them */
    const rs_choices *replay;                     /* for `replay`; outlives the design */
    rs_choices *record;                           /* choosers write here; NULL: nowhere */
} rs_sched_config;

/* What one core has done; written by who plays it. */
typedef struct rs_sched_counts {
    rs_atomic_u64 steals; /* times it took work that lay at another core */
    rs_atomic_u64 passes; /* through a lock that all cores share */
} rs_sched_counts;

typedef struct rs_sched_kind {
    const char *name;  /* the word after `scheduler:` */
    const char *about; /* one sentence */
    rs_sched_parameter parameters[RS_SCHED_PARAMETERS_MAX];
    /* A chooser decides whose turn it is and nothing else: one queue, exact under the virtual
     * clock, recordable; one thread only under the real one. */
    bool chooses;
    bool replays; /* needs config.replay */
    /* wait_rounds states fairness: when every core calls `next` once a round, a task of normal
     * priority runs within so many rounds of becoming ready, if never more than `ready` tasks, all
     * of that priority, are ready. If some of them became so after an overrun, the others wait at
     * most a seventh longer and two rounds, and those, o of them, 61 o rounds longer. RS_FOREVER:
     * with so many nothing is promised; NULL: ever. */
    uint64_t (*wait_rounds)(const rs_sched_config *config, uint64_t ready);
    /* bytes returns how much zeroed memory a state takes. */
    size_t (*bytes)(const rs_sched_config *config);
    void (*init)(void *sched, const rs_sched_config *config);
    /* ready queues `task` from `core` and says whom to wake: who sleeps must be woken for all that
     * it could run but for one task that `core` runs next. Thread: the one that plays `core`. */
    uint32_t (*ready)(void *sched, rs_task *task, uint32_t core, rs_ready_why why);
    /* next returns the task that `core` runs now, or NULL. Thread: the one that plays `core`. */
    rs_task *(*next)(void *sched, uint32_t core);
    /* fetch returns a task that lies with another core, for `core`, whose `next` has just returned
     * NULL at `now_ns`; NULL: none. *again, false before, is set when one lies there that is not
     * worth its way yet: then the core looks again, and does not sleep. NULL: the design's `next`
     * does all. Thread: the one that plays `core`. */
    rs_task *(*fetch)(void *sched, uint32_t core, uint64_t now_ns, bool *again);
    /* ran tells that `task` had a turn of `ns` on `core`, before it can become ready again; NULL:
     * the design does not ask, and no clock is read for it. Thread: the one that plays `core`. */
    void (*ran)(void *sched, rs_task *task, uint32_t core, uint64_t ns);
    /* detach hands the queued tasks of `core`, which nobody plays any more, to the others; the
     * caller wakes them all. One core stays attached. attach undoes it. Thread: any, while nobody
     * plays `core`. */
    void (*detach)(void *sched, uint32_t core);
    void (*attach)(void *sched, uint32_t core);
    /* forget drops what is remembered of a task that has died; NULL: nothing is. */
    void (*forget)(void *sched, rs_task *task);
    rs_sched_counts *(*counts)(void *sched, uint32_t core);
} rs_sched_kind;

/* rs_sched_look returns what `core` runs now, its own task or one of another core, see `next` and
 * `fetch`. */
static inline rs_task *rs_sched_look(const rs_sched_kind *kind, void *sched, uint32_t core,
                                     uint64_t now_ns, bool *again) {
    *again = false;
    rs_task *task = kind->next(sched, core);
    return task || !kind->fetch ? task : kind->fetch(sched, core, now_ns, again);
}

/* Our own, and room for those of plugins. */
#define RS_SCHEDS_MAX 32u

/* rs_scheds is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_sched_kind *rs_scheds[RS_SCHEDS_MAX + 1];

/* rs_sched_add adds one behind the others, for good. Thread: before anything reads them.
 * Errors: RS_ELIMIT. */
rs_err rs_sched_add(const rs_sched_kind *kind);

/* rs_sched_find returns the design that `text` names, "steal" or "pct(3, 10k)", and its parameters,
 * given or by default; NULL when there is none of that name, or it does not take those arguments.
 */
const rs_sched_kind *rs_sched_find(const char *text, uint64_t parameters[RS_SCHED_PARAMETERS_MAX]);

/* rs_sched_name returns the design whose name `text` begins with, whatever its arguments; NULL:
 * none. */
const rs_sched_kind *rs_sched_name(const char *text);

#endif
