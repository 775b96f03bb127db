/* fault.h: what a file of this folder exports: one rs_fault_kind. Adding a fault is one new file
 * here and one line in catalogue.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_H
#define RS_FAULT_H

#include "scenarios/language/option.h"

struct rs_mail_fate; /* runtime/respawn.h */

/* What a kind is aimed at: it says which key of a fault names the victims. */
typedef enum rs_fault_aim {
    RS_AIM_PROCESS, /* `crash: PATH`: a living process; there must be one */
    RS_AIM_ROLE,    /* `crash: PATH`: a position in the tree, also while it is empty */
    RS_AIM_MAIL,    /* `mail: PATH`: what is sent to the processes there */
    RS_AIM_RUNTIME, /* neither: what all of them stand on */
} rs_fault_aim;

/* Who of RS_AIM_ROLE runs `strike`: the process that is about to start there, or to stop. */
typedef enum rs_fault_moment { RS_MOMENT_INIT, RS_MOMENT_TERMINATE } rs_fault_moment;

#define RS_FAULT_PARAMETERS_MAX 3u

/* As long as the longest phase. */
#define RS_FAULT_DURATION_NS_MAX (INT64_C(7) * 24 * 3600 * 1000000000)
/* More than a supervisor tries again within any period. */
#define RS_FAULT_TIMES_MAX 1000000

/* A value in brackets after the kind's name, `slow(5ms)`, `init_fail(3, 50%)`; by place. */
typedef struct rs_fault_parameter {
    const char *name;     /* as the catalogue shows it; NULL: there is none */
    rs_option_type type;  /* INTEGER, DURATION, BYTES or SHARE */
    const char *fallback; /* as written; NULL: it must be given */
    int64_t min, max;     /* in the type's unit; a negative `min` allows a sign */
} rs_fault_parameter;

/* One blow, as a kind gets it. */
typedef struct rs_fault_blow {
    uint64_t victim; /* an rs_pid; RS_AIM_ROLE: the caller's; RS_AIM_RUNTIME: 0 */
    uint32_t role;   /* the victim's number; 0: it has none; RS_AIM_RUNTIME: the root's, to tell */
    uint32_t cause;  /* identifies this blow in every event that follows from it */
    uint64_t end_ns; /* RS_AIM_RUNTIME: when its time is over, by rs_now_ns */
    uint64_t reason; /* an rs_term, borrowed from the plan; 0 when the kind takes none */
    uint64_t arguments[RS_FAULT_PARAMETERS_MAX]; /* as the parameters list them; signed: as bits */
} rs_fault_blow;

typedef struct rs_fault_kind {
    const char *name;  /* the word after `how:` */
    const char *about; /* one sentence */
    rs_fault_aim aim;
    rs_fault_moment moment; /* of RS_AIM_ROLE */
    bool takes_reason;      /* written `name(reason)`; then it has no parameters */
    rs_fault_parameter parameters[RS_FAULT_PARAMETERS_MAX];
    bool spares;        /* it has hit once it takes effect; else when its victim has ended by it */
    bool hangs;         /* whom it hits stays where it is: the end of the run kills it */
    bool portable;      /* means something on a runtime other than ours */
    const char *reason; /* what its victims die of, for the reader; NULL: the given one, or none */
    /* strike hits once. It emits RS_EVENT_FAULT when, and where, the fault takes effect. Run by the
     * injector; RS_AIM_ROLE: by who walks into it, in user mode. */
    void (*strike)(const rs_fault_blow *blow);
    /* bend is what a kind that is aimed at mail has instead: it says what becomes of a message. The
     * runtime emits the event. */
    void (*bend)(const uint64_t *arguments, struct rs_mail_fate *fate);
} rs_fault_kind;

/* Our own, and room for those of plugins. */
#define RS_FAULTS_MAX 96u

/* rs_faults is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_fault_kind *rs_faults[RS_FAULTS_MAX + 1];

/* rs_fault_add adds one behind the others, for good. Thread: before anything reads them.
 * Errors: RS_ELIMIT. */
rs_err rs_fault_add(const rs_fault_kind *fault);

/* rs_fault_find returns the fault called `name`, or NULL. */
const rs_fault_kind *rs_fault_find(const char *name);

#endif
