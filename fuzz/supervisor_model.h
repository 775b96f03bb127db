/* supervisor_model.h: a tree of supervisors as the rulebook has it (S1-S37), one plain function a
 * rule, which foretells the story of what is done to a tree. It knows nothing of the runtime but
 * the words of supervisor.h.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_SUPERVISOR_MODEL_H
#define RS_FUZZ_SUPERVISOR_MODEL_H

#include "runtime/otp/supervisor.h"

#define RS_MODEL_CHILDREN_MAX 8u
#define RS_MODEL_PATH         32u
#define RS_MODEL_PLACES_MAX   64u
#define RS_MODEL_LINES_MAX    8192u
#define RS_MODEL_TEXT         320u

/* ------------------------------------------------------------------ what trees are made of */

#define RS_MODEL_MS      UINT64_C(1000000)
#define RS_MODEL_FOREVER UINT64_MAX

/* A child: a worker, or a supervisor. */
typedef struct rs_model_node {
    char id[4];
    bool is_supervisor;
    rs_restart restart;
    uint64_t shutdown_ns; /* as rs_child_spec's */
    bool significant;
    /* A worker that traps exits ends `delay_ns` after it was told to shut down, with `farewell`;
     * RS_MODEL_FOREVER: it does not. Told anything else by its parent, it ends at once with that.
     */
    bool traps;
    uint64_t delay_ns;
    const char *farewell;
    /* A supervisor */
    rs_strategy strategy;
    int64_t intensity, period_s;
    rs_auto_shutdown auto_shutdown;
    const struct rs_model_node
        *children[RS_MODEL_CHILDREN_MAX]; /* in start order; the two templates */
    uint32_t child_count;
} rs_model_node;

/* rs_model_template returns what the child `id` of a simple_one_for_one supervisor behaves like:
 * the template, or its other half, which is the same to its supervisor. */
static inline const rs_model_node *rs_model_template(const rs_model_node *parent, const char *id) {
    return parent->children[id[0] % 2];
}

/* What the next starts of a child come to. */
typedef enum rs_model_outcome {
    RS_MODEL_STARTS,
    RS_MODEL_FAILS,
    RS_MODEL_FAILS_LINKED, /* there was a process already: its EXIT follows (S10) */
    RS_MODEL_IGNORES,
    RS_MODEL_RAISES /* the start function itself exits `boom` (S6); not the root's */
} rs_model_outcome;

/* A position in the tree. */
typedef struct rs_model_place {
    char path[RS_MODEL_PATH];
    uint32_t starts;
    rs_model_outcome outcome;
    uint32_t outcomes; /* how often yet */
} rs_model_place;

/* ------------------------------------------------------------------ what is done to them */

typedef enum rs_model_deed {
    RS_MODEL_BOOT,      /* the root */
    RS_MODEL_PLAN,      /* the next `number` starts of `path` have that outcome */
    RS_MODEL_EXIT,      /* `path` ends by itself with `reason`; kill: is killed */
    RS_MODEL_SLIP,      /* the worker `path` unlinks itself, then ends so */
    RS_MODEL_SUSPEND,   /* the supervisor `path` */
    RS_MODEL_RESUME,    /* the same */
    RS_MODEL_NOISE,     /* a stranger's exit signal and unknown message to the supervisor `path` */
    RS_MODEL_STOP,      /* the root's parent sends the exit signal `reason` */
    RS_MODEL_SLEEP,     /* `number` nanoseconds pass */
    RS_MODEL_START,     /* start_child(path, node), simple_one_for_one: with the key `id` */
    RS_MODEL_TERMINATE, /* simple_one_for_one: the latest pid at `id`, a stranger's if "" */
    RS_MODEL_TERMINATE_ID,
    RS_MODEL_RESTART,
    RS_MODEL_DELETE,
    RS_MODEL_WHICH,
    RS_MODEL_COUNT
} rs_model_deed;

typedef struct rs_model_op {
    rs_model_deed deed;
    char path[RS_MODEL_PATH];
    char id[4];
    const char *reason;
    const rs_model_node *node;
    rs_model_outcome outcome;
    uint64_t number;
    uint64_t at_ns, done_ns; /* when it begins, when all is quiet; the model's */
} rs_model_op;

/* ------------------------------------------------------------------ stories */

/* What stands aside has no order: answers of calls, and ends of those whose supervisor was killed
 * (S23). Neighbours of one `group` have none either: children that stop in parallel (S24). */
typedef struct rs_model_line {
    uint64_t at_ns;
    uint32_t op;
    bool is_aside;
    char group[RS_MODEL_PATH];
    char text[RS_MODEL_TEXT];
} rs_model_line;

typedef struct rs_model_story {
    rs_model_line lines[RS_MODEL_LINES_MAX];
    uint32_t count;
    bool is_full;
} rs_model_story;

/* rs_model_begin forgets all, and writes into `story` from now on. The clock starts at `now_ns`. */
void rs_model_begin(rs_model_story *story, const rs_model_node *root, uint64_t now_ns);

/* rs_model_do does the next operation, which is not kept, sets its times and tells what happens. */
void rs_model_do(rs_model_op *op);

/* rs_model_is_full says that the story has become too long to be told. */
bool rs_model_is_full(void);

/* What an operation may be chosen from. rs_model_living returns the n-th living supervisor or
 * worker (modulo their number), in the order of their births, in *path; false: there is none. */
bool rs_model_living(bool is_supervisor, uint32_t n, char *path);
bool rs_model_lives(const char *path);
bool rs_model_is_suspended(const char *path);
/* rs_model_supervisor returns what the living supervisor at `path` was made of. */
const rs_model_node *rs_model_supervisor(const char *path);
/* rs_model_place_path returns the path of the n-th place, modulo their number. */
const char *rs_model_place_path(uint32_t n);

#endif
