/* restart.c: from the fault to the return of the replacement's init, in an otherwise idle tree of
 * permanent tables, as the events of the runtime tell it. One iteration is one fault: of a random
 * child where only that one is restarted, else of the first, until the last is back.
 * The next fault comes when the last restart is done; the rested variants wait 100 us before, so
 * that the core has slept and comes back to cold caches.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/base/prng.h"
#include "scenarios/faults/fault.h"
#include "scenarios/workers/label.h"

#include <stdlib.h>

/* Between two faults: as soon as nothing is left to do, or after a rest. */
#define AT_ONCE_NS UINT64_C(1000)
#define RESTED_NS  UINT64_C(100000)
/* Rests are not measured, so that Google Benchmark would go on for minutes. */
#define RESTED_ITERATIONS 1000

/* What tells one case from another. */
typedef struct trouble {
    rs_strategy strategy;
    const char *fault;
    uint64_t pause_ns;
} trouble;

/* One run. The observer hears of restarts on the threads of the runtime, one after another: all of
 * them are the supervisor's. */
typedef struct trial {
    const trouble *kind;
    uint32_t children, due; /* due: restarts that follow from a fault */
    rs_child_spec *specs;
    char (*ids)[24];
    rs_pid *pids; /* by ordinal, from 0; written before `count` */
    uint32_t back;
    rs_atomic_u64 fault_ns, count; /* count: faults whose consequences are over */
    rs_histogram latencies;
} trial;

/* ------------------------------------------------------------------ the observer */

/* Roles: the supervisor is 1, the child of ordinal N, from 1, is N + 1. Static children have their
 * ordinals as ids; those of a simple_one_for_one supervisor get them. */
static uint32_t hear_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    (void)parent;
    return 1 + (uint32_t)strtoul(key, NULL, 10);
}

static void hear_started(trial *task, const rs_event *event) {
    uint64_t fault_ns = rs_load(&task->fault_ns, rs_seq_cst);
    task->pids[event->role - 2] = event->pid;
    if (!fault_ns || ++task->back < task->due) return;
    task->back = 0;
    rs_histogram_record(&task->latencies, event->time_ns - fault_ns);
    rs_add(&task->count, 1, rs_seq_cst);
}

static void hear_event(void *context, const rs_event *event) {
    trial *task = context;
    if (event->kind == RS_EVENT_FAULT) rs_store(&task->fault_ns, event->time_ns, rs_seq_cst);
    if (event->kind == RS_EVENT_STARTED && event->role >= 2) hear_started(task, event);
}

/* ------------------------------------------------------------------ the tree */

static bool is_simple(const trial *task) {
    return task->kind->strategy == RS_SIMPLE_ONE_FOR_ONE;
}

/* Owner: fini_trial frees what it allocates, also when it returns false. */
static bool init_trial(trial *task, const trouble *kind, uint32_t children) {
    bool restarts_all = kind->strategy == RS_ONE_FOR_ALL || kind->strategy == RS_REST_FOR_ONE;
    *task = (trial){.kind = kind, .children = children, .due = restarts_all ? children : 1};
    task->pids = calloc(children, sizeof *task->pids);
    task->specs = calloc(children, sizeof *task->specs);
    task->ids = calloc(children, sizeof *task->ids);
    if (!task->pids || !task->specs || !task->ids) return false;
    for (uint32_t i = 0; i < children; i++) {
        rs_label_write(task->ids[i], "", i + 1);
        task->specs[i] = rs_world_table(task->ids[i], RS_PERMANENT);
    }
    return true;
}

static void fini_trial(trial *task) {
    free(task->pids);
    free(task->specs);
    free(task->ids);
}

static void start_tree(const trial *task) {
    rs_pid supervisor = rs_world_supervisor(task->kind->strategy, task->specs,
                                            is_simple(task) ? 1 : task->children);
    if (!supervisor) rs_exit(RS_ATOM(error));
    for (uint32_t i = 0; is_simple(task) && i < task->children; i++)
        if (!rs_world_add_table(supervisor)) rs_exit(RS_ATOM(error));
}

static uint64_t strike_again_and_again(void *context, uint64_t iterations) {
    trial *task = context;
    const rs_fault_kind *fault = rs_fault_find(task->kind->fault);
    uint64_t pause_ns = task->kind->pause_ns;
    rs_prng prng;
    rs_prng_init(&prng, 1, "restart");
    start_tree(task);
    for (uint64_t i = 0; i < iterations; i++) {
        uint64_t victim = task->due == 1 ? rs_prng_below(&prng, task->children) : 0;
        rs_receive(NULL, NULL, pause_ns);
        fault->strike(&(rs_fault_blow){.victim = task->pids[victim], .cause = (uint32_t)i + 1});
        while (rs_load(&task->count, rs_seq_cst) <= i) rs_receive(NULL, NULL, pause_ns);
    }
    return task->latencies.sum;
}

static void run(rs_bench *bench) {
    static trial task;
    rs_observer observer = {.context = &task, .event = hear_event, .role = hear_role};
    rs_runtime_options options = {.threads = 2, .observer = &observer};
    if (!init_trial(&task, rs_bench_case_of(bench)->context, (uint32_t)rs_bench_argument(bench, 0)))
        rs_bench_fail(bench, "no memory");
    else if (rs_bench_in_world(bench, &options, 1, strike_again_and_again, &task))
        rs_bench_latencies(bench, &task.latencies);
    fini_trial(&task);
}

/* ------------------------------------------------------------------ the cases */

#define CASE(NAME, KIND, ITERATIONS, ...)                                                          \
    {                                                                                              \
        .name = "restart/" NAME, .run = run, .context = &(KIND),                                   \
        .args = {RS_BENCH_ARG("children", __VA_ARGS__)}, .iterations = (ITERATIONS),               \
        .manual_time = true                                                                        \
    }

static const trouble one_for_one = {RS_ONE_FOR_ONE, "kill", AT_ONCE_NS};
static const trouble one_for_all = {RS_ONE_FOR_ALL, "kill", AT_ONCE_NS};
static const trouble rest_for_one = {RS_REST_FOR_ONE, "kill", AT_ONCE_NS};
static const trouble simple_one_for_one = {RS_SIMPLE_ONE_FOR_ONE, "kill", AT_ONCE_NS};
static const trouble segv = {RS_SIMPLE_ONE_FOR_ONE, "segv", AT_ONCE_NS};
static const trouble kill_rested = {RS_SIMPLE_ONE_FOR_ONE, "kill", RESTED_NS};
static const trouble segv_rested = {RS_SIMPLE_ONE_FOR_ONE, "segv", RESTED_NS};

const rs_bench_case rs_bench_restart[] = {
    CASE("one_for_one", one_for_one, 0, 1, 100, 10000),
    CASE("one_for_all", one_for_all, 0, 1, 100, 10000),
    CASE("rest_for_one", rest_for_one, 0, 1, 100, 10000),
    CASE("simple_one_for_one", simple_one_for_one, 0, 1, 100, 10000),
    CASE("segv", segv, 0, 100, 10000),
    CASE("kill_rested", kill_rested, RESTED_ITERATIONS, 100, 10000),
    CASE("segv_rested", segv_rested, RESTED_ITERATIONS, 100, 10000),
    {0},
};
