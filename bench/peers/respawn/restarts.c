/* restarts.c: a driver kills children of a supervisor, each of which tells it when its init has
 * run: restart (one at a time), restart_group (the first child, all come back), kill_storm (as fast
 * as it goes).
 * SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"
#include "runtime/base/prng.h"
#include "scenarios/workers/label.h"

static const char *const one_strategies[] = {"one_for_one", "simple_one_for_one", NULL};
static const char *const group_strategies[] = {"one_for_all", "rest_for_one", NULL};
static const rs_strategy one_values[] = {RS_ONE_FOR_ONE, RS_SIMPLE_ONE_FOR_ONE};
static const rs_strategy group_values[] = {RS_ONE_FOR_ALL, RS_REST_FOR_ONE};

/* ------------------------------------------------------------------ children */

/* What a child is started with, and what it tells the driver once it is initialised. */
typedef struct place {
    rs_pid driver;
    uint64_t index;
} place;

typedef struct news {
    uint64_t index, init_ns;
} news;

static const rs_type news_type = {"started", sizeof(news), NULL, NULL};
static const rs_type ping_type = {"ping", 0, NULL, NULL};

static rs_next init_child(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)bytes;
    const place *mine = args;
    news told = {mine->index, rs_now_ns()};
    if (mine->driver) rs_send(mine->driver, &news_type, &told, sizeof told);
    return RS_INIT_OK;
}

static rs_next answer(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    (void)request;
    return rs_reply(&ping_type, NULL, 0);
}

static const rs_gen_server child_server = {
    .name = "child", .init = init_child, .handle_call = answer};

/* A static child's place is its spec's; a simple_one_for_one child's was given to start_child. */
static rs_start_result start_child(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const void *args = start->extra_bytes ? start->extra : start->args;
    return rs_gen_server_start(&child_server, args, sizeof(place), &start->options, pid, reason);
}

typedef struct family {
    rs_strategy strategy;
    uint64_t n, kills, pause_ns, window, took_ns;
    bool only_last; /* of all the children only the last tells the driver */
    rs_pid *pids;
    place *places;
    char (*ids)[32];
    rs_child_spec *specs;
    bool *struck;                                  /* killed, and not back yet */
    uint64_t *init_ns, *notified_ns, *answered_ns; /* after the kill; one for each */
} family;

static void await_news(family *task, news *told) {
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    if (message->type != &news_type) rs_exit(RS_ATOM(error));
    *told = *(const news *)(const void *)message->payload;
    task->pids[told->index] = message->from;
}

static void fill_specs(family *task) {
    for (uint64_t i = 0; i < task->n; i++) {
        bool tells = !task->only_last || i == task->n - 1;
        task->places[i] = (place){tells ? rs_self() : 0, i};
        task->specs[i] = (rs_child_spec){.id = task->ids[i],
                                         .start = start_child,
                                         .args = &task->places[i],
                                         .bytes = sizeof(place),
                                         .restart = RS_PERMANENT,
                                         .shutdown_ns = RS_BRUTAL_KILL};
    }
}

/* Starts the supervisor and its children, and learns the pids of those that tell. */
static rs_pid start_family(family *task) {
    bool is_simple = task->strategy == RS_SIMPLE_ONE_FOR_ONE;
    fill_specs(task);
    rs_supervisor_spec spec = {.strategy = task->strategy,
                               .intensity = 1000000000,
                               .period_s = 1,
                               .children = task->specs,
                               .child_count = is_simple ? 1 : (uint32_t)task->n};
    rs_start_options options = {.link = true};
    rs_pid supervisor = 0, pid = 0;
    rs_term reason = 0;
    if (rs_supervisor_start(&spec, &options, &supervisor, &reason) != RS_START_OK)
        rs_exit(RS_ATOM(error));
    for (uint64_t i = 0; is_simple && i < task->n; i++)
        if (rs_supervisor_start_child(supervisor, NULL, &task->places[i], sizeof(place), NULL, &pid,
                                      &reason) != RS_START_OK)
            rs_exit(RS_ATOM(error));
    news told;
    for (uint64_t i = 0; i < (task->only_last ? 1 : task->n); i++) await_news(task, &told);
    return supervisor;
}

static void read_family(rs_peer *peer, family *task, const char *const *words,
                        const rs_strategy *values) {
    task->strategy = values[rs_peer_choice(peer, "strategy", words)];
    task->pids = rs_peer_alloc(peer, task->n, sizeof *task->pids);
    task->places = rs_peer_alloc(peer, task->n, sizeof *task->places);
    task->ids = rs_peer_alloc(peer, task->n, sizeof *task->ids);
    task->specs = rs_peer_alloc(peer, task->n, sizeof *task->specs);
    task->struck = rs_peer_alloc(peer, task->n, sizeof *task->struck);
    task->init_ns = rs_peer_alloc(peer, task->kills, sizeof *task->init_ns);
    task->notified_ns = rs_peer_alloc(peer, task->kills, sizeof *task->notified_ns);
    task->answered_ns = rs_peer_alloc(peer, task->kills, sizeof *task->answered_ns);
    for (uint64_t i = 0; i < task->n; i++) rs_label_write(task->ids[i], "child-", i);
}

static void tell_family(rs_peer *peer, const family *task) {
    rs_peer_tell(peer, task->kills, task->took_ns);
    rs_peer_tell_percentiles(peer, "", task->init_ns, task->kills);
    rs_peer_tell_percentiles(peer, "notified_", task->notified_ns, task->kills);
}

/* ------------------------------------------------------------------ restart */

static void kill_one_by_one(void *context) {
    family *task = context;
    rs_prng prng;
    rs_prng_init(&prng, 1, "restart");
    start_family(task);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->kills; i++) {
        uint64_t victim = rs_prng_below(&prng, task->n);
        news told;
        if (task->pause_ns) rs_receive(NULL, NULL, task->pause_ns);
        uint64_t killed_ns = rs_now_ns();
        rs_exit_signal(task->pids[victim], RS_ATOM(kill));
        await_news(task, &told);
        task->notified_ns[i] = rs_now_ns() - killed_ns;
        task->init_ns[i] = told.init_ns - killed_ns;
        if (told.index != victim) rs_exit(RS_ATOM(error));
        rs_gen_server_call(task->pids[victim], &ping_type, NULL, 0, RS_FOREVER);
        task->answered_ns[i] = rs_now_ns() - killed_ns;
    }
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_restart(rs_peer *peer) {
    family task = {.n = rs_peer_number(peer, "n", 10000),
                   .kills = rs_peer_number(peer, "kills", 20000)};
    task.pause_ns = rs_peer_number(peer, "pause_us", 0) * 1000;
    read_family(peer, &task, one_strategies, one_values);
    rs_peer_run(peer, kill_one_by_one, &task);
    tell_family(peer, &task);
    rs_peer_tell_percentiles(peer, "answered_", task.answered_ns, task.kills);
}

/* ------------------------------------------------------------------ restart_group */

/* Children start in order, so the last one's news is everybody's; the first one's pid, which
 * changes each time, is asked for. */
static rs_pid first_child(rs_pid supervisor, uint64_t n) {
    rs_child_info info;
    rs_supervisor_which_children(supervisor, (uint32_t)n - 1, &info, 1);
    return info.child;
}

static void kill_first(void *context) {
    family *task = context;
    rs_pid supervisor = start_family(task);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->kills; i++) {
        rs_pid victim = first_child(supervisor, task->n);
        news told;
        uint64_t killed_ns = rs_now_ns();
        rs_exit_signal(victim, RS_ATOM(kill));
        await_news(task, &told);
        task->notified_ns[i] = rs_now_ns() - killed_ns;
        task->init_ns[i] = told.init_ns - killed_ns;
    }
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_restart_group(rs_peer *peer) {
    family task = {.n = rs_peer_number(peer, "n", 1000),
                   .kills = rs_peer_number(peer, "kills", 100),
                   .only_last = true};
    read_family(peer, &task, group_strategies, group_values);
    rs_peer_run(peer, kill_first, &task);
    tell_family(peer, &task);
}

/* ------------------------------------------------------------------ kill_storm */

static void strike_anybody(family *task, rs_prng *prng) {
    uint64_t victim;
    do victim = rs_prng_below(prng, task->n);
    while (task->struck[victim]);
    task->struck[victim] = true;
    rs_exit_signal(task->pids[victim], RS_ATOM(kill));
}

static void kill_many(void *context) {
    family *task = context;
    rs_prng prng;
    rs_prng_init(&prng, 1, "kill_storm");
    start_family(task);
    uint64_t start_ns = rs_now_ns(), struck = 0;
    while (struck < task->window) strike_anybody(task, &prng), struck++;
    for (uint64_t back = 0; back < task->kills; back++) {
        news told;
        await_news(task, &told);
        task->struck[told.index] = false;
        if (struck == task->kills) continue;
        strike_anybody(task, &prng);
        struck++;
    }
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_kill_storm(rs_peer *peer) {
    family task = {.n = rs_peer_number(peer, "n", 10000),
                   .kills = rs_peer_number(peer, "kills", 50000),
                   .window = rs_peer_number(peer, "window", 100)};
    if (task.window > task.kills) task.window = task.kills;
    if (task.window > task.n) task.window = task.n;
    read_family(peer, &task, one_strategies, one_values);
    rs_peer_run(peer, kill_many, &task);
    rs_peer_tell(peer, task.kills, task.took_ns);
}

const rs_peer_workload rs_peer_restarts[] = {{"restart", run_restart},
                                             {"restart_group", run_restart_group},
                                             {"kill_storm", run_kill_storm},
                                             {NULL, NULL}};
