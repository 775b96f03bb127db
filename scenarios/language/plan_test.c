/* plan_test.c: what a plan holds, and that every file of bad/ gets exactly the problems that its
 * first lines announce.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/test/parse.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define HIGH_SCORES                                                                                \
    "scenario: high_scores\n"                                                                      \
    "runtime: { clock: virtual, seed: 0x2a, costs: { callback: 2us } }\n"                          \
    "tree:\n"                                                                                      \
    "  id: high_scores\n"                                                                          \
    "  strategy: rest_for_one\n"                                                                   \
    "  intensity: 3\n"                                                                             \
    "  children:\n"                                                                                \
    "    - id: tables\n"                                                                           \
    "      strategy: simple_one_for_one\n"                                                         \
    "      intensity: 1M\n"                                                                        \
    "      period: 1s\n"                                                                           \
    "      child: { worker: high_scores_table, max_players: 10, restart: temporary }\n"            \
    "    - { id: registry, worker: high_scores_registry, tables: tables }\n"                       \
    "setup:\n"                                                                                     \
    "  - { add_games: registry, count: 10k, max_players: 10 }\n"                                   \
    "load:\n"                                                                                      \
    "  - { id: players, target: registry, clients: 64, rate: poisson(200k/s) }\n"                  \
    "phases: { warm: 1s, storm: 5s, heal: 2s }\n"                                                  \
    "faults:\n"                                                                                    \
    "  - { id: crashes, crash: tables/*, how: segv, every: 1ms, during: storm, pick: 10% }\n"      \
    "  - { id: stops, crash: registry, how: 'exit({shutdown, late})', at: 2s }\n"                  \
    "expect:\n"                                                                                    \
    "  - calls.lost==0\n"                                                                          \
    "  - restart.reachable{cause=fault}.p99.9 < 5ms during storm min_samples 3\n"                  \
    "  - model: calls.latency.p99 < 5ms\n"                                                         \
    "  - calls.availability >= 99.9%\n"                                                            \
    "  - messages.throughput > 1M/s\n"                                                             \
    "gate: [calls.throughput, restart.reachable.p50]\n"

/* check_problem: `text` is refused, and one of its problems says `message`. */
static void check_problem(const char *text, size_t length, const char *message) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    CHECK(!rs_plan_parse("test.yaml", text, length, NULL, 0, diagnostics));
    bool is_found = false;
    for (uint32_t i = 0; i < rs_diagnostics_count(diagnostics); i++)
        is_found |= strstr(rs_diagnostics_get(diagnostics, i)->message, message) != NULL;
    if (!is_found) {
        rs_diagnostics_print(diagnostics, stderr);
        rs_test_fail(__FILE__, __LINE__, "nothing says \"%s\"", message);
    }
    rs_diagnostics_destroy(diagnostics);
}

TEST(the_tree_and_its_defaults) {
    rs_plan *plan = parse(HIGH_SCORES);
    const rs_plan_node *root = plan->root, *tables = root->children[0];
    CHECK_INT(root->strategy, RS_PLAN_REST_FOR_ONE);
    CHECK_INT(root->intensity, 3);
    CHECK_INT(root->period_s, 5);
    CHECK_STR(root->path, "");
    CHECK_INT(root->child_count, 2);
    CHECK_STR(tables->path, "tables");
    CHECK_INT(tables->intensity, 1000000);
    CHECK(tables->shutdown_ns == RS_PLAN_INFINITY);
    CHECK_STR(tables->child->worker->name, "high_scores_table");
    CHECK_STR(tables->child->path, "tables");
    CHECK_INT(tables->child->restart, RS_PLAN_TEMPORARY);
    CHECK_INT(root->children[1]->shutdown_ns, 5000000000);
    CHECK_INT(root->children[1]->place.line, 13);
    rs_plan_destroy(plan);
}

TEST(runtime_and_load) {
    rs_plan *plan = parse(HIGH_SCORES);
    CHECK_INT(plan->runtime.clock, RS_PLAN_VIRTUAL);
    CHECK_STR(plan->runtime.scheduler, "fifo");
    CHECK_INT(plan->runtime.threads, 1);
    CHECK_INT(plan->runtime.seed, 42);
    CHECK_INT(plan->runtime.costs.callback_ns, 2000);
    CHECK_INT(plan->runtime.costs.message_ns, 200);
    const rs_plan_load *load = &plan->loads[0];
    CHECK_INT(load->key_count, 10000);
    CHECK_INT(load->via, RS_PLAN_VIA_REGISTRY);
    CHECK_STR(load->kind->name, "poisson");
    CHECK_INT(load->rate_per_ks, 200000000);
    CHECK_INT(load->timeout_ns, 1000000000);
    CHECK_INT(load->during, -1);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < load->mix_count; i++) sum += load->mix[i].share_ppm;
    CHECK_INT(sum, 1000000);
    rs_plan_destroy(plan);
}

TEST(faults_and_phases) {
    rs_plan *plan = parse(HIGH_SCORES);
    CHECK_INT(plan->phases[2].start_ns, 6000000000);
    const rs_plan_fault *crashes = &plan->faults[0], *stops = &plan->faults[1];
    CHECK_INT(crashes->trigger, RS_PLAN_EVERY);
    CHECK_INT(crashes->every_ns, 1000000);
    CHECK_INT(crashes->pick, RS_PLAN_PICK_SHARE);
    CHECK_INT(crashes->pick_value, 100000);
    CHECK_INT(crashes->during, 1);
    CHECK_STR(stops->reason, "{shutdown,late}");
    CHECK_INT(stops->pick, RS_PLAN_PICK_ONE);
    CHECK_INT(stops->during, -1);
    rs_plan_destroy(plan);
}

TEST(faults_of_mail) {
    rs_plan *plan =
        parse("scenario: s\n"
              "tree: { id: top, strategy: one_for_one, children: [{ id: web, worker: echo }] }\n"
              "load: [{ id: all, target: web }, { id: web, target: web }]\n"
              "faults:\n"
              "  - { mail: web, from: all, message: echo, how: delay(5ms), after: 2k messages }\n"
              "  - { mail: all, from: '*', how: drop, probability: 1% }\n");
    const rs_plan_fault *to = &plan->faults[0], *from = &plan->faults[1];
    CHECK_STR(to->pattern, "web"); /* a path goes before a load */
    CHECK_INT(to->mail.to_load, -1);
    CHECK_INT(to->mail.from_load, 0);
    CHECK_STR(to->mail.message, "echo");
    CHECK_INT(to->arguments[0], 5000000);
    CHECK_INT(to->trigger, RS_PLAN_AFTER);
    CHECK_INT(to->after_count, 2000);
    CHECK(!from->pattern && !from->mail.message);
    CHECK_INT(from->mail.to_load, 0);
    CHECK_STR(from->mail.from_pattern, "*");
    CHECK_INT(from->mail.from_load, -1);
    CHECK_INT(from->probability_ppm, 10000);
    rs_plan_destroy(plan);
}

#define LOOKING                                                                                    \
    "scenario: s\n"                                                                                \
    "tree: { id: app, strategy: one_for_one, children: [{ id: echo, worker: echo }] }\n"           \
    "phases: { storm: 2s, heal: 1s }\n"

TEST(checks_are_none_some_or_all) {
    rs_plan *plan = parse(LOOKING "checks: [orphans, healed(500ms)]\n");
    CHECK(plan->checks_given);
    CHECK_INT(plan->check_count, 2);
    CHECK_STR(plan->checks[0].check->name, "orphans");
    CHECK_INT(plan->checks[0].time_ns, 0);
    CHECK_INT(plan->checks[1].time_ns, 500000000);
    rs_plan_destroy(plan);
    plan = parse(LOOKING);
    CHECK(!plan->checks_given && plan->check_count == 0);
    rs_plan_destroy(plan);
    plan = parse(LOOKING "checks: none\n");
    CHECK(plan->checks_given && plan->check_count == 0);
    rs_plan_destroy(plan);
    plan = parse(LOOKING "checks: all\n");
    for (uint32_t i = 0; i < plan->check_count; i++) CHECK(!plan->checks[i].check->by_name_only);
    CHECK(plan->check_count > 10);
    rs_plan_destroy(plan);
}

TEST(what_happens_sometimes_is_an_event_or_a_metric) {
    rs_plan *plan = parse(LOOKING "sometimes:\n"
                                  "  - repeated crash of one of echo during a restart of app/**\n"
                                  "  - escalation\n"
                                  "  - restart.count > 3 during storm\n");
    const rs_plan_sometimes *some = plan->sometimes;
    CHECK_INT(plan->sometimes_count, 3);
    CHECK(some[0].is_event && some[0].repeated);
    CHECK_INT(some[0].event, RS_PLAN_HAPPENS_CRASH);
    CHECK_STR(some[0].pattern, "echo");
    CHECK(some[0].during != NULL);
    CHECK(some[1].is_event && !some[1].repeated && !some[1].pattern && !some[1].during);
    CHECK_INT(some[1].event, RS_PLAN_HAPPENS_ESCALATION);
    CHECK(!some[2].is_event);
    CHECK_STR(some[2].expectation.metric, "restart.count");
    CHECK_INT(some[2].expectation.during, 0);
    rs_plan_destroy(plan);
}

TEST(an_expectation_may_be_of_every_window) {
    rs_plan *plan =
        parse(LOOKING "expect:\n"
                      "  - calls.availability > 99% in every 100ms of storm min_samples 7\n"
                      "  - calls.availability > 99% during storm\n");
    const rs_plan_expectation *e = plan->expectations;
    CHECK_INT(e[0].window_ns, 100000000);
    CHECK_INT(e[0].during, 0);
    CHECK_INT(e[0].min_samples, 7);
    CHECK_INT(e[1].window_ns, 0);
    rs_plan_destroy(plan);
}

static void check_near(double value, double expected) {
    CHECK(value > expected * 0.999999 && value < expected * 1.000001);
}

TEST(expectations) {
    rs_plan *plan = parse(HIGH_SCORES);
    const rs_plan_expectation *e = plan->expectations;
    CHECK_INT(plan->expectation_count, 5);
    CHECK_INT(e[0].op, RS_PLAN_EQ);
    CHECK(!e[0].aggregate && e[0].value == 0 && e[0].min_samples == 0);
    CHECK_STR(e[1].label, "cause");
    CHECK_STR(e[1].label_glob, "fault");
    CHECK_STR(e[1].aggregate, "p99.9");
    CHECK_INT(e[1].min_samples, 10000);
    CHECK_INT(e[1].during, 1);
    check_near(e[1].value, 5e6);
    CHECK(e[2].model && !e[1].model);
    CHECK_STR(e[2].metric, "calls.latency");
    check_near(e[3].value, 0.999);
    check_near(e[4].value, 1e6);
    CHECK_INT(plan->gate_count, 2);
    CHECK_STR(plan->gate[1].text, "restart.reachable.p50");
    rs_plan_destroy(plan);
}

TEST(a_small_scenario_has_defaults) {
    rs_plan *plan = parse("scenario: s\ntree: { id: app, children: [{ id: e, worker: echo }] }\n");
    CHECK_INT(plan->root->intensity, 1);
    CHECK_INT(plan->root->period_s, 5);
    CHECK_INT(plan->root->strategy, RS_PLAN_ONE_FOR_ONE);
    CHECK_INT(plan->phase_count, 2);
    CHECK(plan->runtime.threads >= 1);
    CHECK_STR(plan->runtime.scheduler, "steal");
    CHECK(plan->allows_real && plan->allows_virtual);
    rs_plan_destroy(plan);
}

static const rs_plan_backoff *backoff_of(const rs_plan *plan, uint32_t child) {
    return &plan->root->children[child]->backoff;
}

TEST(backoffs_have_defaults) {
    const uint64_t ms = 1000000;
    rs_plan *plan =
        parse("scenario: s\n"
              "tree:\n"
              "  id: app\n"
              "  children:\n"
              "    - { id: none, worker: echo }\n"
              "    - { id: same, worker: echo, backoff: 25ms }\n"
              "    - { id: grows, worker: echo, backoff: { first: 10ms } }\n"
              "    - { id: long, worker: echo, backoff: { first: 1m } }\n"
              "    - id: all\n"
              "      worker: echo\n"
              "      backoff: { first: 1ms, factor: 5, max: 1s, jitter: 12.5%, reset: 7s }\n");
    CHECK_INT(backoff_of(plan, 0)->first_ns, 0);
    const rs_plan_backoff *same = backoff_of(plan, 1), *grows = backoff_of(plan, 2);
    CHECK(same->first_ns == 25 * ms && same->max_ns == 25 * ms && same->factor == 1);
    CHECK(grows->first_ns == 10 * ms && grows->max_ns == 30000 * ms && grows->factor == 2);
    CHECK(grows->reset_ns == 60000 * ms && grows->jitter_ppm == 0);
    CHECK(backoff_of(plan, 3)->max_ns == 60000 * ms);
    const rs_plan_backoff *all = backoff_of(plan, 4);
    CHECK(all->first_ns == ms && all->max_ns == 1000 * ms && all->factor == 5);
    CHECK(all->reset_ns == 7000 * ms && all->jitter_ppm == 125000);
    rs_plan_destroy(plan);
}

/* ---- bad/ ---- */

static char *read_text(const char *path) {
    static char text[65536];
    FILE *file = fopen(path, "r");
    CHECK(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* check_expected compares one "LINE:COLUMN: message" with the problem `index`. */
static void check_expected(const char *path, const char *line, rs_diagnostics *diagnostics,
                           uint32_t index) {
    if (index >= rs_diagnostics_count(diagnostics))
        rs_test_fail(path, 1, "no problem found for: %s", line);
    const rs_diagnostic *found = rs_diagnostics_get(diagnostics, index);
    unsigned row = 0, column = 0;
    int used = 0;
    CHECK_INT(sscanf(line, "%u:%u: %n", &row, &column, &used), 2);
    if (row != found->place.line || column != found->place.column ||
        !strstr(found->message, line + used))
        rs_test_fail(path, 1, "expected %s\n    found %u:%u: %s", line, found->place.line,
                     found->place.column, found->message);
}

static void check_bad_file(const char *path) {
    static const char mark[] = "# expect: ";
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = rs_plan_read(path, NULL, 0, diagnostics);
    uint32_t expected = 0;
    for (char *line = strtok(read_text(path), "\n"); line; line = strtok(NULL, "\n"))
        if (strncmp(line, mark, sizeof mark - 1) == 0)
            check_expected(path, line + sizeof mark - 1, diagnostics, expected++);
    if (plan || !expected || expected != rs_diagnostics_count(diagnostics)) {
        rs_diagnostics_print(diagnostics, stderr);
        rs_test_fail(path, 1, "%u problems expected, %u found", expected,
                     rs_diagnostics_count(diagnostics));
    }
    rs_diagnostics_destroy(diagnostics);
}

TEST(every_bad_file_gets_exactly_its_problems) {
    DIR *folder = opendir("scenarios/language/bad");
    CHECK(folder);
    unsigned files = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[512];
        if (!strstr(entry->d_name, ".yaml")) continue;
        snprintf(path, sizeof path, "scenarios/language/bad/%s", entry->d_name);
        check_bad_file(path);
        files++;
    }
    closedir(folder);
    CHECK(files > 100);
}

/* ---- files that are no scenario ---- */

static void check_file(const char *path, const char *message) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    CHECK(!rs_plan_read(path, NULL, 0, diagnostics));
    CHECK_INT(rs_diagnostics_count(diagnostics), 1);
    const rs_diagnostic *found = rs_diagnostics_get(diagnostics, 0);
    CHECK_STR(found->place.file, path);
    if (!strstr(found->message, message))
        rs_test_fail(__FILE__, __LINE__, "\"%s\", not \"%s\"", found->message, message);
    rs_diagnostics_destroy(diagnostics);
}

TEST(files_that_cannot_be_read) {
    check_file("/nonexistent/scenario.yaml", "no such file");
    check_file("/tmp", "is a directory");
    check_file("/dev/null", "the file is empty");
    check_file("/dev/zero", "larger than 8 MiB");
}

TEST(ten_megabytes_of_garbage) {
    char path[] = "/tmp/respawn_language_XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    FILE *out = fdopen(file, "w");
    for (unsigned i = 0; i < 10u << 20; i++) fputc((int)(i * 2654435761u >> 24), out);
    fclose(out);
    check_file(path, "larger than 8 MiB");
    remove(path);
}

TEST(bytes_that_are_no_text) {
    check_problem("scenario: s\nabout: \xff\n", 21, "byte 0xff is not UTF-8");
    check_problem("about: \xc3", 8, "byte 0xc3 is not UTF-8");
    check_problem("about: \xed\xa0\x80\n", 11, "byte 0xed is not UTF-8");
    check_problem("a: b\0c\n", 7, "control character 0x00");
    check_problem("a: \x1b[31m\n", 9, "control character 0x1b");
    check_problem("scenario: \"\\0\"\n", 15, "NUL character");
}

TEST(a_byte_order_mark_is_passed_over) {
    rs_plan *plan =
        parse("\xef\xbb\xbfscenario: s\ntree: { id: a, children: [{ id: e, worker: echo }] }");
    CHECK_STR(plan->name, "s");
    rs_plan_destroy(plan);
}

static void write_faults(char *text, size_t size, uint32_t count) {
    size_t used = (size_t)snprintf(text, size,
                                   "scenario: s\n"
                                   "tree: { id: a, children: [{ id: e, worker: echo }] }\n"
                                   "phases: { on: 1s, off: 1s }\n"
                                   "faults:\n");
    for (uint32_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used,
                                 "  - { id: f%u, crash: e, how: kill, at: 0s, during: on }\n", i);
}

TEST(there_are_no_more_faults_than_causes_can_name) {
    static char text[32768];
    write_faults(text, sizeof text, 255);
    rs_plan_destroy(parse(text));
    write_faults(text, sizeof text, 256);
    check_problem(text, strlen(text), "'faults' has 256; at most 255 can be told apart");
}

TEST(more_problems_than_a_screen_holds) {
    static char text[200000];
    size_t used = 0;
    for (unsigned i = 0; i < 10000; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "zz%u: 1\n", i);
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    CHECK(!rs_plan_parse("test.yaml", text, used, NULL, 0, diagnostics));
    CHECK(rs_diagnostics_count(diagnostics) > 10000);
    char printed[65536] = "";
    FILE *out = fmemopen(printed, sizeof printed, "w");
    rs_diagnostics_print(diagnostics, out);
    fclose(out);
    CHECK(strstr(printed, "… and 990"));
    rs_diagnostics_destroy(diagnostics);
}

TEST_MAIN()
