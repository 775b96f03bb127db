/* plan.h: the checked, immutable plan that a scenario file becomes. Everything the engine does
 * follows from it and the seed. All text and arrays live in the plan's own memory and are freed
 * with it. Times are nanoseconds; rates are events per 1000 seconds (`rate_per_ks`).
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PLAN_H
#define RS_PLAN_H

#include "scenarios/checks/check.h"
#include "scenarios/faults/fault.h"
#include "scenarios/loads/load.h"
#include "scenarios/workers/worker.h"

typedef struct rs_place {
    const char *file;
    uint32_t line, column; /* from 1; 0: given on the command line */
} rs_place;

typedef enum rs_plan_clock { RS_PLAN_REAL, RS_PLAN_VIRTUAL } rs_plan_clock;

/* Declared costs of the virtual clock. */
typedef struct rs_plan_costs {
    uint64_t callback_ns, message_ns, start_ns, fault_ns, work_ns;
} rs_plan_costs;

typedef struct rs_plan_runtime {
    rs_plan_clock clock;
    const char *scheduler; /* a word of the catalogue in runtime/sched */
    uint32_t threads; /* resolved: never 0; `auto` is the processors under the real clock, 1 under
                         the virtual */
    uint64_t seed;
    rs_plan_costs costs;
} rs_plan_runtime;

typedef enum rs_plan_strategy {
    RS_PLAN_ONE_FOR_ONE,
    RS_PLAN_ONE_FOR_ALL,
    RS_PLAN_REST_FOR_ONE,
    RS_PLAN_SIMPLE_ONE_FOR_ONE
} rs_plan_strategy;
typedef enum rs_plan_restart {
    RS_PLAN_PERMANENT,
    RS_PLAN_TRANSIENT,
    RS_PLAN_TEMPORARY
} rs_plan_restart;
typedef enum rs_plan_auto_shutdown {
    RS_PLAN_NEVER,
    RS_PLAN_ANY_SIGNIFICANT,
    RS_PLAN_ALL_SIGNIFICANT
} rs_plan_auto_shutdown;

/* 8 bits of a blow's cause say which fault it is of, and 0 is none. */
#define RS_PLAN_FAULTS_MAX 255u

#define RS_PLAN_BRUTAL_KILL UINT64_MAX       /* shutdown_ns */
#define RS_PLAN_INFINITY    (UINT64_MAX - 1) /* shutdown_ns */

/* How long a child is down before it is started again, see runtime/otp/backoff.h. */
typedef struct rs_plan_backoff {
    uint64_t first_ns; /* 0: there is none, restarts come at once */
    uint64_t max_ns, reset_ns;
    uint32_t factor, jitter_ppm;
} rs_plan_backoff;

/* A node of the tree: a supervisor (worker NULL) or a worker. */
typedef struct rs_plan_node {
    const char *id;
    const char *path; /* below the root, e.g. "shop/db"; "" for the root; for a template: its
                         supervisor's path */
    rs_place place;
    const struct rs_plan_node *parent; /* NULL for the root */
    /* as a child */
    rs_plan_restart restart;
    uint64_t shutdown_ns;
    bool significant;
    rs_plan_backoff backoff;
    uint32_t budget_restarts; /* of its own, in budget_period_s */
    uint32_t budget_period_s; /* 0: it has none */
    uint64_t fence_ns;        /* 0: it has none */
    /* a worker */
    const rs_worker *worker;
    const void *config; /* worker->config_bytes, filled from worker->options */
    /* a supervisor */
    rs_plan_strategy strategy;
    uint32_t intensity;
    uint32_t period_s;
    rs_plan_auto_shutdown auto_shutdown;
    const struct rs_plan_node *const *children; /* in start order; simple_one_for_one: empty */
    uint32_t child_count;
    const struct rs_plan_node *child; /* the template of simple_one_for_one, else NULL */
} rs_plan_node;

typedef struct rs_plan_setup {
    const rs_setup_action *action;
    const rs_plan_node *target;
    const void *config;
    rs_place place;
} rs_plan_setup;

typedef struct rs_plan_phase {
    const char *name;
    uint64_t start_ns, duration_ns; /* from time zero */
} rs_plan_phase;

typedef enum rs_plan_via { RS_PLAN_VIA_PID, RS_PLAN_VIA_NAME, RS_PLAN_VIA_REGISTRY } rs_plan_via;
typedef enum rs_plan_keys {
    RS_PLAN_KEYS_UNIFORM,
    RS_PLAN_KEYS_SEQUENTIAL,
    RS_PLAN_KEYS_ZIPF
} rs_plan_keys;

typedef struct rs_plan_mix {
    const rs_operation *operation;
    uint64_t share_ppm; /* of the load's operations; the mix adds up to 1,000,000 */
} rs_plan_mix;

/* An operation that has failed is tried again. */
typedef struct rs_plan_retry {
    uint32_t times;              /* at most, for one operation; 0: never */
    uint32_t factor, jitter_ppm; /* see runtime/otp/backoff.h */
    uint64_t backoff_ns, max_ns; /* before the first retry, and at most */
    const char *const *on;       /* the reasons for it, as reports write them … */
    uint32_t on_count;           /* … 0: every reason */
} rs_plan_retry;

/* One request of a materialised load. */
typedef struct rs_plan_arrival {
    uint64_t due_ns; /* since t = 0; of one client each later than the one before */
    uint64_t key;
    uint32_t client;    /* of the load's */
    uint32_t operation; /* of the target's worker */
} rs_plan_arrival;

/* More than a minute of the thousand requests a second that anybody reads or shrinks. */
#define RS_PLAN_ARRIVALS_MAX 100000u

typedef struct rs_plan_load {
    const char *id;
    rs_place place;
    const rs_plan_node *target;
    rs_plan_via via;
    uint32_t clients;
    const rs_load_kind *kind;
    rs_load_rate rate;    /* as the kind takes it */
    uint64_t rate_per_ks; /* its mean, of all clients together; 0: closed loop or arrivals */
    const rs_plan_arrival *arrivals; /* by client, then time; of kind `arrivals` alone */
    uint32_t arrival_count;
    const rs_plan_mix *mix;
    uint32_t mix_count;
    rs_plan_keys keys;
    uint32_t zipf_exponent; /* in thousandths */
    uint64_t key_count;     /* how many keys the target's setup made; at least 1 */
    uint64_t timeout_ns;    /* of one call */
    uint64_t deadline_ns;   /* of an operation with its retries, from its intended start; 0: none */
    uint64_t think_ns;      /* closed loops: between two operations of a client */
    rs_plan_retry retry;
    int during; /* index of a phase, or -1: all phases */
} rs_plan_load;

/* When a fault fires; all but STRIKES are rules. */
typedef enum rs_plan_trigger {
    RS_PLAN_AT,
    RS_PLAN_EVERY,
    RS_PLAN_RATE_CONSTANT,
    RS_PLAN_RATE_POISSON,
    RS_PLAN_AFTER,       /* so many messages; of mail */
    RS_PLAN_ON,          /* something has happened */
    RS_PLAN_PROBABILITY, /* at each message, start or stop; of mail and roles */
    RS_PLAN_STRIKES      /* at what is written down: the blows of another run */
} rs_plan_trigger;
typedef enum rs_plan_pick {
    RS_PLAN_PICK_ONE,
    RS_PLAN_PICK_ALL,
    RS_PLAN_PICK_COUNT,
    RS_PLAN_PICK_SHARE
} rs_plan_pick;

/* enumerator, word, what has happened to a role */
#define RS_PLAN_OCCASIONS(X)                                                                       \
    X(RESTART, "restart", "it was started again")                                                  \
    X(START, "start", "it was started, for the first time or again")                               \
    X(EXIT, "exit", "its process has ended")                                                       \
    X(INIT_FAILED, "init_failed", "a start of it failed")                                          \
    X(ESCALATION, "escalation", "this supervisor gave up")                                         \
    X(FIRST_CALL, "first_call", "a new process of it has answered its first call")

typedef enum rs_plan_occasion {
#define X(NAME, WORD, MEANING) RS_PLAN_ON_##NAME,
    RS_PLAN_OCCASIONS(X)
#undef X
        RS_PLAN_OCCASION_COUNT
} rs_plan_occasion;

/* One blow that is written down. */
typedef struct rs_plan_strike {
    uint64_t at_ns;       /* since t = 0 */
    const char *role;     /* its path; "" is the root; NULL: nobody, the blow goes astray */
    uint32_t incarnation; /* 0: whichever lives then */
} rs_plan_strike;

/* Which mail a fault is aimed at; `mail:` itself is the fault's `crash` and `pattern`. */
typedef struct rs_plan_mail {
    int to_load;                     /* to the clients of this load, the pattern is NULL; or -1 */
    int from_load;                   /* from the clients of this load; or -1 */
    const char *from, *from_pattern; /* as `crash` and `pattern`; NULL: from anybody */
    const char *message;             /* the name of its type; NULL: any */
} rs_plan_mail;

typedef struct rs_plan_fault {
    const char *id;
    rs_place place;
    const char *crash;   /* as written, or the `mail` of a kind that is aimed at mail; NULL: it is
                            aimed at neither */
    const char *pattern; /* the same for rs_path_matches, which knows the root as "" */
    rs_plan_mail mail;   /* of a kind that is aimed at mail */
    rs_plan_pick pick;
    uint64_t pick_value; /* a count, or parts per million; 0: nobody */
    const rs_fault_kind *how;
    const char *reason; /* of exit(reason), signal(reason), as written; else NULL */
    uint64_t arguments[RS_FAULT_PARAMETERS_MAX]; /* of how->parameters, given or by default */
    rs_plan_trigger trigger;
    uint64_t at_ns;       /* RS_PLAN_AT: from the start of `during`, else from time zero */
    uint64_t every_ns;    /* RS_PLAN_EVERY */
    uint64_t rate_per_ks; /* the rates; 0: never */
    uint64_t after_count; /* RS_PLAN_AFTER: messages */
    rs_plan_occasion on;  /* RS_PLAN_ON */
    const char *on_path, *on_pattern; /* whose; as `crash` and `pattern` */
    uint64_t delay_ns;                /* RS_PLAN_ON: from the occasion to the firing */
    uint64_t probability_ppm;         /* RS_PLAN_PROBABILITY */
    const rs_plan_strike *strikes;    /* RS_PLAN_STRIKES, in order of time */
    uint32_t strike_count;
    uint64_t min_gap_ns;                 /* between two firings; 0: any */
    uint64_t duty_on_ns, duty_period_ns; /* it fires only while on; period 0: always */
    uint64_t chance_ppm;                 /* with which a firing takes place; else a million */
    uint64_t limit;                      /* of firings; UINT64_MAX: none */
    int during;                          /* index of a phase, or -1: all phases but the last */
    bool may_miss;
} rs_plan_fault;

/* Each loads a shared object that is never unmapped (RS_CODE_OBJECTS_MAX). */
#define RS_PLAN_UPGRADES_MAX 100u

/* All processes of a worker are changed to another version while they live. Where its code is, no
 * scenario says: see engine/plugin.h. */
typedef struct rs_plan_upgrade {
    const char *id;
    rs_place place;
    const rs_worker *worker;
    uint64_t at_ns;  /* from the start of `during`, else from time zero */
    int during;      /* index of a phase, or -1 */
    uint64_t due_ns; /* from time zero; of one worker each later than the one before */
} rs_plan_upgrade;

typedef enum rs_plan_op {
    RS_PLAN_LT,
    RS_PLAN_LE,
    RS_PLAN_EQ,
    RS_PLAN_NE,
    RS_PLAN_GE,
    RS_PLAN_GT
} rs_plan_op;

/* `metric{label=glob}.agg OP value [during PHASE | in every DUR of PHASE] [min_samples N]` */
typedef struct rs_plan_expectation {
    const char *text; /* as written */
    rs_place place;
    const char *metric;             /* a word of the metric catalogue */
    const char *label, *label_glob; /* NULL: no label */
    const char *aggregate; /* "p99", "min", "max", "mean", "count", "rate"; NULL: the value */
    rs_plan_op op;
    double value; /* in the metric's unit: ns, bytes, 1 (ratios: 0…1), per second */
    int during;   /* index of a phase, or -1 */
    uint64_t
        window_ns; /* each window of that phase is judged, `in every 1s of storm`; 0: it is not */
    uint64_t min_samples; /* of the whole, or of each window */
    bool model;           /* `model:` before the metric: judged under the virtual clock too */
} rs_plan_expectation;

/* word, meaning */
#define RS_PLAN_HAPPENINGS(X)                                                                      \
    X(CRASH, "crash", "a process ends that was not told to, for no good reason")                   \
    X(EXIT, "exit", "a process ends")                                                              \
    X(START, "start", "a process is started")                                                      \
    X(RESTART, "restart", "a process is started where one has ended")                              \
    X(FAULT, "fault", "a fault strikes a process")                                                 \
    X(ESCALATION, "escalation", "a supervisor gives up")

typedef enum rs_plan_happening {
#define X(NAME, WORD, MEANING) RS_PLAN_HAPPENS_##NAME,
    RS_PLAN_HAPPENINGS(X)
#undef X
} rs_plan_happening;

/* Bits of a word say which were seen. */
#define RS_PLAN_SOMETIMES_MAX 64u

/* What must have happened at least once over all seeds. */
typedef struct rs_plan_sometimes {
    const char *text; /* as written */
    rs_place place;
    bool is_event; /* else what `expectation` says */
    rs_plan_happening event;
    bool repeated;       /* twice in one role */
    const char *pattern; /* whose; NULL: anybody's */
    const char *during;  /* while one of these roles is restarted; NULL: at any time */
    rs_plan_expectation expectation;
} rs_plan_sometimes;

/* `name` or `name(time)` of `checks` */
typedef struct rs_plan_check {
    const rs_check *check;
    uint64_t time_ns; /* 0: none was given */
} rs_plan_check;

/* Within which a search draws faults: every claim it makes is about this. */
typedef struct rs_plan_envelope {
    bool own; /* the scenario's own faults strike too */
    const rs_fault_kind *const *kinds;
    uint32_t kind_count;        /* that are drawn; 0: none */
    uint32_t max_faults;        /* blows of what is drawn for one life */
    int during;                 /* index of a phase, or -1: all phases but the last */
    uint64_t max_rate_per_ks;   /* of the drawn faults of a life together */
    const char *const *protect; /* patterns of paths that no drawn fault hits; "" is the root */
    uint32_t protect_count;
} rs_plan_envelope;

/* What a file that a search has written says it shows. */
typedef struct rs_plan_failure {
    rs_place place;
    const char *check; /* that fails: a word of the catalogue, "expect: …" or "aborted" */
    const char *path;  /* of the role, with a star for a template's; "": none */
    const char *says, *build, *hash;
    const struct rs_choices *choices; /* of the scheduler, for `replay` to follow; NULL: none */
} rs_plan_failure;

typedef struct rs_plan {
    const char *name, *about, *file;
    const char *source_hash; /* 16 hex digits over the file's bytes */
    rs_plan_runtime runtime;
    bool allows_real, allows_virtual; /* `clocks:` */
    const rs_plan_node *root;
    const rs_plan_setup *setups;
    uint32_t setup_count;
    const rs_plan_load *loads;
    uint32_t load_count;
    const rs_plan_phase *phases;
    uint32_t phase_count; /* at least 1; the last is free of faults */
    const rs_plan_fault *faults;
    uint32_t fault_count;
    const rs_plan_upgrade *upgrades;
    uint32_t upgrade_count;
    rs_plan_envelope envelope;
    const rs_plan_failure *failure; /* NULL: no search has written it */
    const rs_plan_expectation *expectations;
    uint32_t expectation_count;
    const rs_plan_check *checks;
    uint32_t check_count;
    bool checks_given; /* the scenario has a `checks`, which may be none */
    const rs_plan_sometimes *sometimes;
    uint32_t sometimes_count;
    const rs_plan_expectation *gate; /* at most five; nothing from `op` on but `during` */
    uint32_t gate_count;
    const char *const *overrides; /* each `KEY=VALUE` of --set, in order */
    uint32_t override_count;
    struct rs_plan_memory *memory;
} rs_plan;

/* rs_plan_destroy frees the plan and everything it points to; NULL is fine. */
void rs_plan_destroy(rs_plan *plan);

#endif
