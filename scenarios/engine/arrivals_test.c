/* arrivals_test.c: what open loops ask for can be noted, and asked for again.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/arrivals.h"

#include "scenarios/engine/client.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/test/trial.h"
#include "scenarios/engine/watch.h"

#include <stdio.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ a run and its list */

typedef struct noted {
    rs_plan *plan;
    rs_shared *shared;
    char hash[RS_TRACE_HASH_TEXT];
} noted;

static noted run_noted(rs_plan *plan) {
    noted made = {.plan = plan, .shared = rs_shared_create(plan, plan->runtime.seed, false, NULL)};
    CHECK(made.shared != NULL);
    made.shared->record_arrivals = true;
    rs_ending ending;
    rs_watch_run(&(rs_watch){.timeout_ns = UINT64_C(60000000000)}, made.shared, &ending);
    CHECK_STR(ending.reason, "");
    rs_trace_hash_print(&made.shared->hash, made.hash);
    return made;
}

static void forget(noted *made) {
    rs_shared_destroy(made->shared);
    rs_plan_destroy(made->plan);
}

/* The arrivals of `load` as a list of the language, without number `left_out`. */
static char *list_of(const noted *made, uint32_t load, uint32_t left_out) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    CHECK(out != NULL && rs_arrivals_are_all(&made->shared->arrivals, load));
    fprintf(out, "arrivals: [");
    for (uint32_t i = 0, count = rs_arrivals_count(&made->shared->arrivals, load); i < count; i++) {
        char one[RS_ARRIVALS_TEXT_BYTES];
        rs_arrivals_print(&made->shared->arrivals, load, i, one, sizeof one);
        if (i != left_out) fprintf(out, "'%s', ", one);
    }
    fprintf(out, "]");
    fclose(out);
    return text;
}

/* ------------------------------------------------------------------ the same again */

#define STORM                                                                                      \
    "scenario: test\n"                                                                             \
    "runtime: { clock: virtual, seed: %u }\n"                                                      \
    "tree:\n"                                                                                      \
    "  id: top\n"                                                                                  \
    "  strategy: rest_for_one\n"                                                                   \
    "  intensity: 1000\n"                                                                          \
    "  children:\n"                                                                                \
    "    - { id: tables, strategy: simple_one_for_one, intensity: 1000,\n"                         \
    "        child: { worker: high_scores_table, restart: temporary } }\n"                         \
    "    - { id: registry, worker: high_scores_registry, tables: tables }\n"                       \
    "    - { id: slow, worker: service, service_time: 3ms }\n"                                     \
    "setup: [{ add_games: registry, count: 20 }]\n"                                                \
    "phases: { one: 100ms, two: 100ms, three: 100ms }\n"                                           \
    "load:\n"                                                                                      \
    "  - { id: a, target: registry, clients: 5, keys: zipf(1.1), %s,\n"                            \
    "      retry: { times: 3, backoff: 1ms, jitter: 50%% } }\n"                                    \
    "  - { id: b, target: slow, clients: 3, during: two, timeout: 5ms, deadline: 20ms, %s,\n"      \
    "      retry: { times: 2, on: [timeout] } }\n"                                                 \
    "  - { id: c, target: registry, clients: 2, think: 3ms }\n"                                    \
    "faults:\n"                                                                                    \
    "  - { id: k, crash: registry, how: kill, every: 20ms, during: two }\n"                        \
    "  - { id: t, crash: tables/*, how: 'exit(boom)', rate: poisson(200/s) }\n"

static noted run_storm(uint32_t seed, const char *a, const char *b) {
    size_t bytes = sizeof STORM + strlen(a) + strlen(b) + 32;
    char *text = malloc(bytes);
    CHECK(text != NULL);
    snprintf(text, bytes, STORM, seed, a, b);
    noted made = run_noted(parse(text));
    free(text);
    return made;
}

static void check_repeats(uint32_t seed, const char *a, const char *b) {
    noted first = run_storm(seed, a, b);
    CHECK(rs_arrivals_count(&first.shared->arrivals, 0) > 0);
    CHECK(rs_arrivals_count(&first.shared->arrivals, 1) > 0);
    CHECK_INT(rs_arrivals_count(&first.shared->arrivals, 2), 0); /* a closed loop */
    char *of_a = list_of(&first, 0, UINT32_MAX), *of_b = list_of(&first, 1, UINT32_MAX);
    noted second = run_storm(seed, of_a, of_b);
    CHECK_STR(second.hash, first.hash);
    char *again = list_of(&second, 0, UINT32_MAX);
    CHECK_STR(again, of_a);
    free(again);
    noted less = run_storm(seed, "arrivals: []", of_b);
    CHECK(strcmp(less.hash, first.hash) != 0);
    forget(&less);
    forget(&second);
    forget(&first);
    free(of_a);
    free(of_b);
}

TEST(a_list_of_arrivals_repeats_the_run) {
    check_repeats(1, "rate: poisson(1k/s)", "rate: burst(7 every 10ms)");
    check_repeats(2, "rate: ramp(0/s to 3k/s)", "rate: poisson_ramp(2k/s to 0/s)");
    check_repeats(3, "rate: burst(50 every 50ms)", "rate: 300/s");
}

/* ------------------------------------------------------------------ one less */

#define SEEN_MAX 1000u

typedef struct seen {
    uint64_t time_ns, key, drawn;
} seen;

/* In memory that the child of a run shares. */
typedef struct witness {
    uint32_t count;
    seen at[SEEN_MAX];
} witness;

static witness *the_witness;

static void perform_look(rs_client *client) {
    CHECK(the_witness->count < SEEN_MAX);
    seen *one = &the_witness->at[the_witness->count++];
    one->time_ns = rs_now_ns();
    one->key = rs_client_key(client);
    one->drawn = rs_prng_next(rs_client_prng(client));
}

static const rs_operation look = {"echo", "looks at what it is asked for", perform_look, 100};

/* The plan's own operation keeps its name and place. */
static void put_look(rs_plan *plan) {
    static rs_worker worker;
    worker = *plan->root->children[0]->worker;
    worker.operations = &look;
    put_worker(plan->root->children[0], &worker);
    ((rs_plan_mix *)(uintptr_t)plan->loads[0].mix)->operation = &look;
}

static noted run_looks(const char *schedule) {
    size_t bytes = strlen(schedule) + 512;
    char *text = malloc(bytes);
    CHECK(text != NULL);
    snprintf(text, bytes,
             "scenario: test\n"
             "runtime: { clock: virtual, seed: 9 }\n"
             "tree: { id: top, strategy: one_for_one, children: [{ id: e, worker: echo }] }\n"
             "phases: { on: 100ms, off: 10ms }\n"
             "load: [{ id: all, target: e, clients: 3, %s }]\n",
             schedule);
    rs_plan *plan = parse(text);
    free(text);
    put_look(plan);
    the_witness->count = 0;
    return run_noted(plan);
}

TEST(who_is_left_is_the_same_without_one) {
    the_witness = rs_map_create(NULL, sizeof *the_witness);
    witness *whole = rs_map_create(NULL, sizeof *whole);
    CHECK(the_witness && whole);
    noted first = run_looks("rate: poisson(500/s)");
    memcpy(whole, the_witness, sizeof *whole);
    char *list = list_of(&first, 0, 7);
    noted second = run_looks(list);
    CHECK(whole->count > 30);
    CHECK_INT(the_witness->count, whole->count - 1);
    for (uint32_t i = 0; i < the_witness->count; i++) {
        const seen *left = &the_witness->at[i], *before = &whole->at[i < 7 ? i : i + 1];
        CHECK_INT(left->drawn, before->drawn);
        CHECK_INT(left->key, before->key);
        CHECK(i == 0 || left->drawn != the_witness->at[i - 1].drawn);
    }
    free(list);
    forget(&second);
    forget(&first);
    rs_map_destroy(NULL, whole, sizeof *whole, RS_MAP_UNKNOWN);
    rs_map_destroy(NULL, the_witness, sizeof *the_witness, RS_MAP_UNKNOWN);
}

TEST(who_asks_at_the_same_time_asks_for_something_else) {
    the_witness = rs_map_create(NULL, sizeof *the_witness);
    CHECK(the_witness != NULL);
    noted made = run_looks("rate: burst(3 every 1s)");
    const seen *at = the_witness->at;
    CHECK_INT(the_witness->count, 3);
    CHECK(at[0].drawn != at[1].drawn && at[0].drawn != at[2].drawn && at[1].drawn != at[2].drawn);
    forget(&made);
    rs_map_destroy(NULL, the_witness, sizeof *the_witness, RS_MAP_UNKNOWN);
}

/* ------------------------------------------------------------------ room */

TEST(a_list_that_is_full_says_so) {
    rs_plan *plan = parse("scenario: test\n"
                          "tree: { id: top, children: [{ id: e, worker: echo }] }\n"
                          "load: [{ target: e }, { target: e }]\n");
    rs_arrivals arrivals;
    char text[RS_ARRIVALS_TEXT_BYTES];
    CHECK(rs_arrivals_init(&arrivals, plan, NULL));
    for (uint32_t i = 0; i < RS_PLAN_ARRIVALS_MAX; i++)
        rs_arrivals_add(&arrivals, 0, (rs_plan_arrival){.due_ns = i, .key = 1, .client = 2});
    CHECK(rs_arrivals_are_all(&arrivals, 0));
    CHECK_INT(rs_arrivals_count(&arrivals, 1), 0);
    rs_arrivals_print(&arrivals, 0, RS_PLAN_ARRIVALS_MAX - 1, text, sizeof text);
    CHECK_STR(text, "99999ns 2 echo 1");
    rs_arrivals_add(&arrivals, 0, (rs_plan_arrival){.due_ns = 1});
    CHECK(!rs_arrivals_are_all(&arrivals, 0));
    CHECK_INT(rs_arrivals_count(&arrivals, 0), RS_PLAN_ARRIVALS_MAX);
    CHECK_INT(rs_arrivals_count(&arrivals, 1), 0);
    rs_arrivals_fini(&arrivals, NULL);
    rs_plan_destroy(plan);
}

TEST_MAIN()
