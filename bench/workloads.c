/* workloads.c: workloads of bench/peers as benchmarks, done by the same code, so that both tell of
 * the same work. What a workload tells beside its time becomes counters.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "bench/peers/respawn/peer.h"

#define WORDS (RS_BENCH_ARGS_MAX + 1 + 2) /* arguments, `count`, words that are always given */

/* A workload with words that are always given. `count` is the key that says how much to do: as many
 * as Google Benchmark likes; NULL: the first argument says it, and one run does all of that. */
typedef struct work {
    const char *workload, *count;
    char *words[3];
} work;

/* The command line of a run. */
typedef struct line {
    char text[WORDS][64];
    char *words[WORDS];
    int count;
} line;

static void add_number(line *to, const char *key, uint64_t value) {
    char *text = to->text[to->count];
    snprintf(text, sizeof *to->text, "%s=%llu", key, (unsigned long long)value);
    to->words[to->count++] = text;
}

static void fill_line(line *to, const rs_bench *bench, uint64_t iterations) {
    const rs_bench_case *running = rs_bench_case_of(bench);
    const work *task = running->context;
    *to = (line){0};
    for (uint32_t i = 0; running->args[i].name; i++)
        add_number(to, running->args[i].name, (uint64_t)rs_bench_argument(bench, i));
    if (task->count) add_number(to, task->count, iterations);
    for (uint32_t i = 0; task->words[i]; i++) to->words[to->count++] = task->words[i];
}

static void run(rs_bench *bench) {
    const work *task = rs_bench_case_of(bench)->context;
    uint64_t batch =
        task->count ? rs_bench_iterations(bench) : (uint64_t)rs_bench_argument(bench, 0);
    line words;
    rs_peer peer = {0};
    while (rs_bench_keep_running(bench, batch)) {
        fill_line(&words, bench, batch);
        peer = (rs_peer){.workload = task->workload, .words = words.words, .count = words.count};
        if (!rs_peer_work(&peer)) {
            rs_bench_fail(bench, "no such workload");
            return;
        }
        /* Some do whole batches only. */
        rs_bench_time(bench, (double)peer.took_ns / (double)peer.ops * (double)batch);
    }
    for (uint32_t i = 0; i < peer.result_count; i++)
        rs_bench_counter(bench, peer.results[i].name, peer.results[i].value);
}

static const work spawn_exit = {"spawn_exit", "n", {"threads=2"}};
static const work ping_pong = {"pingpong", "m", {"threads=1", "kind=process"}};
static const work ping_pong_server = {"pingpong", "m", {"threads=1", "kind=server"}};
static const work ring = {"ring", "hops", {"threads=1", "kind=process"}};
static const work ring_server = {"ring", "hops", {"threads=1", "kind=server"}};
static const work fan_in = {"fan_in", "m", {"threads=2", "kind=process"}};
static const work fan_in_server = {"fan_in", "m", {"threads=2", "kind=server"}};
static const work call = {"calln", "m", {NULL}};
static const work tables = {"tables", "m", {"clients=64"}};
static const work kill_storm = {"kill_storm", "kills", {"threads=2", "n=10000"}};
static const work start_tables = {"sup_start", NULL, {"threads=2"}};
static const work idle_tables = {"memory", NULL, {"threads=2", "kind=table"}};

#define CASE(NAME, WORK, ...)                                                                      \
    { .name = (NAME), .run = run, .context = &(WORK), .args = {__VA_ARGS__}, .manual_time = true }

#define THREADS RS_BENCH_ARG("threads", 1, 2)

const rs_bench_case rs_bench_workloads[] = {
    CASE("spawn_exit", spawn_exit, RS_BENCH_ARG("batch", 1, 1000)),
    CASE("ping_pong/process", ping_pong, {0}),
    CASE("ping_pong/server", ping_pong_server, {0}),
    CASE("ring/process", ring, RS_BENCH_ARG("n", 1000)),
    CASE("ring/server", ring_server, RS_BENCH_ARG("n", 1000)),
    CASE("fan_in/process", fan_in, RS_BENCH_ARG("senders", 8, 1000)),
    CASE("fan_in/server", fan_in_server, RS_BENCH_ARG("senders", 8, 1000)),
    CASE("call", call, RS_BENCH_ARG("clients", 1, 1000), THREADS),
    CASE("table/clients", tables, RS_BENCH_ARG("tables", 100, 10000), THREADS),
    CASE("kill_storm", kill_storm, RS_BENCH_ARG("window", 1, 100)),
    CASE("start_table", start_tables, RS_BENCH_ARG("n", 1000, 10000, 1000000)),
    CASE("idle_table", idle_tables, RS_BENCH_ARG("n", 1000, 1000000)),
    {0},
};
