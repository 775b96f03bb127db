/* strikes_test.c: random trees under random faults. Whoever is hit is one that the fault names, and
 * was alive; and the blows of a virtual run, written down, lead to the same run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/strikes.h"

#include "scenarios/engine/watch.h"
#include "scenarios/language/fault_strikes.h"
#include "scenarios/language/path.h"
#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <stdlib.h>

#define TRIALS     24
#define FAULTS_MAX 3u

typedef struct text {
    char *at;
    size_t length;
    FILE *out;
} text;

static void open_text(text *made) {
    made->out = open_memstream(&made->at, &made->length);
    CHECK(made->out != NULL);
}

static const char *choose(rs_prng *prng, const char *const *words) {
    uint32_t count = 0;
    while (words[count]) count++;
    return words[rs_prng_below(prng, count)];
}

/* ------------------------------------------------------------------ scenarios */

/* Supervisors are "a", "b", … and so are their children; two levels of them, and a template. */
static void write_tree(rs_prng *prng, FILE *out, unsigned depth) {
    static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one", NULL};
    static const char *const restarts[] = {"permanent", "permanent", "transient", "temporary",
                                           NULL};
    fprintf(out, "strategy: %s, intensity: %u, children: [", choose(prng, strategies),
            (unsigned)rs_prng_below(prng, 30));
    uint64_t count = 1 + rs_prng_below(prng, 3);
    for (uint64_t i = 0; i < count; i++) {
        fprintf(out, "%s{ id: %c, ", i ? ", " : "", (char)('a' + i));
        if (depth < 2 && rs_prng_below(prng, 2))
            write_tree(prng, out, depth + 1);
        else
            fprintf(out, "worker: echo, restart: %s", choose(prng, restarts));
        fprintf(out, " }");
    }
    fprintf(out, "]");
}

static const char *const cores[] = {"scheduler: fifo", "scheduler: steal, threads: 3",
                                    "scheduler: global, threads: 2", NULL};

static void write_head(rs_prng *prng, FILE *out) {
    fprintf(out, "scenario: test\nruntime: { clock: virtual, %s }\n", choose(prng, cores));
    fprintf(out, "tree: { id: top, strategy: one_for_one, intensity: 20, children: [{ id: sub, ");
    write_tree(prng, out, 1);
    fprintf(out, " }, { id: tables, strategy: simple_one_for_one, intensity: 20,\n"
                 "  child: { worker: high_scores_table, restart: temporary } },\n"
                 "  { id: reg, worker: high_scores_registry, tables: tables }] }\n"
                 "setup: [{ add_games: reg, count: 20 }]\n"
                 "load: [{ id: all, target: reg, via: registry, clients: 3, rate: 500/s, "
                 "timeout: 100ms }]\n"
                 "phases: { warm: 50ms, storm: 200ms, lull: 50ms, heal: 100ms }\n"
                 "faults:\n");
}

static const char *const victims[] = {"\"**\"",    "\"sub/**\"", "sub",           "sub/a",
                                      "\"sub/*\"", "\"*\"",      "tables/*",      "top",
                                      "reg",       "\"top/**\"", "\"tables/**\"", NULL};
static const char *const kinds[] = {"kill",
                                    "segv",
                                    "exit(boom)",
                                    "signal(boom)",
                                    "exit(normal)",
                                    "hang",
                                    "slow(2ms)",
                                    "oom",
                                    "leak(100MiB)",
                                    "init_fail",
                                    "\"init_fail(3, 60%)\"",
                                    "init_slow(2ms)",
                                    "init_hang",
                                    "terminate_hang",
                                    NULL};
static const char *const phases[] = {"", ", during: warm", ", during: storm", ", during: lull",
                                     NULL};
static const char *const rules[] = {"every: 7ms",
                                    "at: 13ms",
                                    "rate: 200/s",
                                    "rate: poisson(100/s)",
                                    "rate: poisson(1k/s), min_gap: 3ms",
                                    "every: 1ms, duty: 5ms of 20ms",
                                    "every: 2ms, chance: 30%",
                                    "rate: poisson(300/s), limit: 3, min_gap: 10ms",
                                    NULL};
/* What is told to an injector wakes it once more than the list that repeats it does, so these need
 * not lead to the same run. */
static const char *const answers[] = {"on: \"exit of **\", min_gap: 3ms",
                                      "on: restart of sub, delay: 3ms",
                                      "on: start of tables/*, min_gap: 1ms, limit: 20", NULL};
static const char *const picks[] = {"one", "all", "2", "30%", NULL};

/* Whom, how and in which phase a fault strikes; what is missing is when. */
typedef struct target {
    char text[160];
} target;

static target choose_target(rs_prng *prng, uint32_t index) {
    target made;
    snprintf(made.text, sizeof made.text, "id: f%u, crash: %s, how: %s%s", index,
             choose(prng, victims), choose(prng, kinds), choose(prng, phases));
    return made;
}

/* ------------------------------------------------------------------ runs */

typedef struct trial {
    rs_plan *plan;
    rs_shared *shared;
    char hash[40];
} trial;

static trial run(const char *scenario, uint64_t seed) {
    trial made = {.plan = parse(scenario)};
    rs_ending ending;
    rs_watch watch = {.timeout_ns = UINT64_C(60000000000)};
    made.shared = rs_shared_create(made.plan, seed, false, NULL);
    CHECK(made.shared != NULL);
    rs_watch_run(&watch, made.shared, &ending);
    if (ending.status != RS_RESULT_COMPLETE)
        rs_test_fail(__FILE__, __LINE__, "%s\n%s", ending.reason, scenario);
    rs_trace_hash_print(&made.shared->hash, made.hash);
    return made;
}

static void finish(trial *made) {
    rs_shared_destroy(made->shared);
    rs_plan_destroy(made->plan);
}

/* A fault follows its path: whoever was hit matches it, and there was such a life. */
static void check_hits(const trial *made, uint32_t *hits) {
    for (uint32_t fault = 0; fault < made->plan->fault_count; fault++) {
        const rs_blow_list *list = &made->shared->blows.lists[fault];
        for (uint32_t i = 0; i < rs_load(&list->count, rs_relaxed); i++) {
            const rs_blow *blow = &list->at[i];
            if (rs_load(&blow->outcome, rs_relaxed) != RS_STRIKE_HIT) continue;
            ++*hits;
            if (!made->plan->faults[fault].pattern) continue; /* the runtime */
            const rs_role *role = &made->shared->roles.at[blow->role];
            CHECK(rs_path_matches(made->plan->faults[fault].pattern,
                                  rs_roles_path(&made->shared->roles, blow->role)));
            CHECK(blow->pid && blow->incarnation);
            bool to_come = made->plan->faults[fault].how->aim == RS_AIM_ROLE;
            CHECK(blow->incarnation <= rs_load(&role->incarnation, rs_relaxed) + to_come);
        }
    }
}

static void write_strikes(const trial *made, uint32_t fault, FILE *out) {
    char strike[RS_FAULT_STRIKES_BYTES];
    fprintf(out, ", strikes: [");
    for (uint32_t i = 0; i < rs_strikes_count(made->shared, fault); i++) {
        rs_strikes_print(made->shared, fault, i, strike, sizeof strike);
        fprintf(out, "%s\"%s\"", i ? ", " : "", strike);
    }
    fprintf(out, "] }\n");
}

/* The same scenario with its blows written down in place of rules. */
static char *write_down(const trial *made, const char *head, const target *targets) {
    text written;
    open_text(&written);
    fputs(head, written.out);
    for (uint32_t i = 0; i < made->plan->fault_count; i++) {
        fprintf(written.out, "  - { %s", targets[i].text);
        write_strikes(made, i, written.out);
    }
    fclose(written.out);
    return written.at;
}

static char *write_rules(rs_prng *prng, const char *head, const target *targets, uint32_t count,
                         const char *const *whens) {
    text rule;
    open_text(&rule);
    fputs(head, rule.out);
    for (uint32_t i = 0; i < count; i++)
        fprintf(rule.out, "  - { %s, pick: %s, %s }\n", targets[i].text, choose(prng, picks),
                choose(prng, i ? rules : whens));
    fclose(rule.out);
    return rule.at;
}

static void check_same(const trial *rule, const trial *written, const char *rules_text,
                       const char *written_text) {
    bool same = strcmp(rule->hash, written->hash) == 0;
    for (uint32_t i = 0; i < rule->plan->fault_count; i++)
        same = same && rs_strikes_count(rule->shared, i) == rs_strikes_count(written->shared, i);
    if (!same)
        rs_test_fail(__FILE__, __LINE__, "%s %s\n%s\n%s", rule->hash, written->hash, rules_text,
                     written_text);
}

static void run_trial(uint64_t seed, const char *const *whens, uint32_t *hits) {
    rs_prng prng;
    target targets[FAULTS_MAX];
    text head;
    rs_prng_init(&prng, seed, "strikes_test");
    uint32_t count = 1 + (uint32_t)rs_prng_below(&prng, FAULTS_MAX);
    open_text(&head);
    write_head(&prng, head.out);
    fclose(head.out);
    for (uint32_t i = 0; i < count; i++) targets[i] = choose_target(&prng, i);
    char *rules_text = write_rules(&prng, head.at, targets, count, whens);
    trial rule = run(rules_text, seed);
    check_hits(&rule, hits);
    char *written_text = write_down(&rule, head.at, targets);
    trial written = run(written_text, seed);
    if (whens == rules) check_same(&rule, &written, rules_text, written_text);
    finish(&rule);
    finish(&written);
    free(rules_text);
    free(written_text);
    free(head.at);
}

TEST(blows_written_down_lead_to_the_same_run) {
    uint32_t hits = 0;
    for (uint64_t seed = 1; seed <= TRIALS; seed++) run_trial(seed, rules, &hits);
    CHECK(hits > TRIALS);
}

TEST(a_fault_that_answers_an_event_follows_its_path) {
    uint32_t hits = 0;
    for (uint64_t seed = 1; seed <= TRIALS / 4; seed++) run_trial(seed, answers, &hits);
    CHECK(hits > TRIALS);
}

TEST(starts_that_failed_by_chance_fail_again_when_written_down) {
    static const target targets[] = {{"id: k, crash: sub/*, how: kill"},
                                     {"id: f, crash: \"**\", how: init_fail"}};
    rs_prng prng;
    text head;
    char all[4096];
    rs_prng_init(&prng, 7, "strikes_test");
    open_text(&head);
    write_head(&prng, head.out);
    fclose(head.out);
    snprintf(all, sizeof all, "%s  - { %s, every: 5ms }\n  - { %s, probability: 40%% }\n", head.at,
             targets[0].text, targets[1].text);
    trial rule = run(all, 1);
    char *written_text = write_down(&rule, head.at, targets);
    trial written = run(written_text, 1);
    CHECK(rs_strikes_count(rule.shared, 1) > 3);
    check_same(&rule, &written, all, written_text);
    finish(&rule);
    finish(&written);
    free(written_text);
    free(head.at);
}

/* The fault, by that rule, beside one that kills `others`. */
static void repeat(const char *fault, const char *rule, const char *others, uint64_t seed) {
    rs_prng prng;
    text head;
    target targets[2];
    char rules_text[4096];
    rs_prng_init(&prng, seed, fault);
    open_text(&head);
    write_head(&prng, head.out);
    fclose(head.out);
    snprintf(targets[0].text, sizeof targets[0].text, "id: f0, %s", fault);
    snprintf(targets[1].text, sizeof targets[1].text, "id: f1, crash: \"%s\", how: kill", others);
    snprintf(rules_text, sizeof rules_text, "%s  - { %s, %s }\n  - { %s, every: 7ms }\n", head.at,
             targets[0].text, rule, targets[1].text);
    trial first = run(rules_text, seed);
    char *written_text = write_down(&first, head.at, targets);
    trial written = run(written_text, seed);
    CHECK(rs_strikes_count(first.shared, 0) > 3);
    check_same(&first, &written, rules_text, written_text);
    finish(&first);
    finish(&written);
    free(written_text);
    free(head.at);
}

/* They lie in wait, and are laid again where they lie already; and whom luck spared stays spared,
 * also when its start failed for another reason and was tried again. */
TEST(faults_that_lie_in_wait_are_repeated) {
    static const char *const ambushes[] = {
        "crash: \"*\", how: terminate_hang", "crash: sub/**, how: terminate_hang",
        "crash: sub/**, how: 'init_fail(3, 60%)'", "crash: \"**\", how: init_slow(2ms)"};
    static const char *const often[] = {"pick: all, rate: 200/s",
                                        "pick: 30%, every: 3ms, chance: 50%"};
    for (size_t i = 0; i < sizeof ambushes / sizeof *ambushes; i++)
        for (uint64_t seed = 1; seed <= 4; seed++)
            repeat(ambushes[i], often[seed % 2], "sub/**", seed);
}

/* They hit nobody in particular: their strikes are times alone. */
TEST(faults_of_the_runtime_are_repeated) {
    static const char *const runtime_kinds[] = {
        "how: stall(3ms), during: storm",      "how: 'stall(5ms, 2)', during: storm",
        "how: clock_jump(1ms), during: storm", "how: exhaust_processes(2ms), during: storm",
        "how: fail_alloc(3), during: storm",   "how: fail_alloc(40), during: storm"};
    for (size_t i = 0; i < sizeof runtime_kinds / sizeof *runtime_kinds; i++)
        repeat(runtime_kinds[i], "rate: poisson(100/s)", "**", i + 1);
}

/* An incarnation that is not there, a role that never was, and nobody at all: three misses. */
TEST(a_strike_is_at_the_incarnation_it_names) {
    static const char head[] = "scenario: test\nruntime: { clock: virtual }\n"
                               "tree: { id: top, strategy: one_for_one, children: [{ id: a, "
                               "worker: echo }, { id: t, strategy: simple_one_for_one, child: { "
                               "worker: echo } }] }\nphases: { on: 50ms, off: 50ms }\nfaults:\n";
    char all[1024];
    snprintf(all, sizeof all,
             "%s  - { id: f, crash: \"**\", how: kill, strikes: [5ms a#1, 6ms a#1, 7ms t/none, "
             "8ms a#2, 9ms] }\n",
             head);
    static const rs_strike_outcome expected[] = {RS_STRIKE_HIT, RS_STRIKE_ALREADY_DEAD,
                                                 RS_STRIKE_NO_VICTIM, RS_STRIKE_HIT,
                                                 RS_STRIKE_NO_VICTIM};
    trial made = run(all, 1);
    CHECK_INT(rs_strikes_count(made.shared, 0), 5);
    for (uint32_t i = 0; i < 5; i++)
        CHECK_INT(rs_load(&made.shared->blows.lists[0].at[i].outcome, rs_relaxed), expected[i]);
    finish(&made);
}

TEST_MAIN()
