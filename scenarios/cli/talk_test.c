/* talk_test.c: the design of scenarios/talk/as_presented.yaml comes to the ends that it has on the
 * real OTP: as many children before each crash, the same deaths for the same reasons in the same
 * order, the same answers. test/talk.cases has what fuzz/otp/talk.escript recorded.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>
#include <stdarg.h>

#define CASES "scenarios/cli/test/talk.cases"
#define TALK  "scenarios/talk/as_presented.yaml"
/* When the first crash comes. */
#define FIRST_MS 1000u

/* ------------------------------------------------------------------ texts */

typedef struct text {
    size_t used;
    char at[8192];
} text;

static void __attribute__((format(printf, 2, 3))) say(text *to, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    to->used += (size_t)vsnprintf(to->at + to->used, sizeof to->at - to->used, format, arguments);
    va_end(arguments);
    CHECK(to->used < sizeof to->at);
}

/* The rest of the case's line that begins with `word`; "" without one. */
static const char *setting(const char *the_case, const char *word) {
    static char rest[256];
    size_t length = strlen(word);
    for (const char *at = the_case; (at = strchr(at, '\n')); at++) {
        if (strncmp(at + 1, word, length) != 0 || at[1 + length] != ' ') continue;
        snprintf(rest, sizeof rest, "%.*s", (int)strcspn(at + length + 2, "\n"), at + length + 2);
        return rest;
    }
    return "";
}

/* ------------------------------------------------------------------ a case as a scenario */

static unsigned say_faults(text *to, const char *the_case) {
    unsigned every_ms = (unsigned)atoi(setting(the_case, "every")), count = 0;
    char *games = strdup(setting(the_case, "crash")), *rest = games;
    say(to, "--set 'faults=[");
    for (char *game; (game = strtok_r(rest, " ", &rest)); count++)
        say(to, "%s{crash: tables/game-%s, how: kill, at: %ums}", count ? "," : "", game,
            FIRST_MS + count * every_ms);
    say(to, "]' ");
    free(games);
    return FIRST_MS + count * every_ms;
}

static void say_load(text *to, const char *the_case) {
    static const char load[] = "{id: %s, target: registry, via: registry, clients: 1, rate: %s, "
                               "keys: sequential, mix: {%s: 100%%}, during: %s}";
    say(to, "--set 'load=[");
    say(to, load, "score", "100/s", "add_score", "end");
    if (strstr(the_case, "\nreopen")) say(to, ",");
    if (strstr(the_case, "\nreopen")) say(to, load, "reopen", "1k/s", "add_game", "storm");
    say(to, "]' ");
}

static void run_case(const char *the_case, const char *events, const char *result) {
    static text arguments;
    arguments.used = 0;
    say(&arguments, "run " TALK " --set tree.strategy=%s ", setting(the_case, "strategy"));
    say(&arguments, "--set setup[0].count=%s ", setting(the_case, "games"));
    unsigned storm_ms = say_faults(&arguments, the_case);
    say_load(&arguments, the_case);
    say(&arguments, "--set 'phases={storm: %ums, end: 1s}' --set 'expect=[calls.open == 0]' ",
        storm_ms);
    say(&arguments, "--export-events %s --export-json %s", events, result);
    CHECK_EXIT(arguments.at, 0);
}

/* ------------------------------------------------------------------ what happened */

typedef struct story {
    int children;
    text counts, told; /* told: since the last crash */
    char same[256];    /* a table's end that the next may join */
    unsigned times;
} story;

static void flush(story *it) {
    if (it->times) say(&it->told, "exit %u tables %s\n", it->times, it->same);
    it->times = 0;
}

/* Of a call that failed, the arguments are its caller's affair. */
static const char *reason_of(json_t *event) {
    static char copy[256];
    const char *reason = json_string_value(json_object_get(event, "reason"));
    snprintf(copy, sizeof copy, "%s", reason ? reason : "");
    char *call = strstr(copy, "{gen_server,call,");
    if (call) strcpy(call + strlen("{gen_server,call,"), "_}}");
    return copy;
}

static void take_exit(story *it, const char *role, const char *reason) {
    bool is_table = strncmp(role, "tables/", 7) == 0;
    if (!is_table || strcmp(it->same, reason) != 0) flush(it);
    it->children -= is_table;
    it->times += is_table;
    if (is_table)
        snprintf(it->same, sizeof it->same, "%s", reason);
    else
        say(&it->told, "exit %s %s\n", strcmp(role, "high_scores") == 0 ? "top" : role, reason);
}

static void take_started(story *it, const char *role) {
    flush(it);
    if (strncmp(role, "tables/", 7) == 0)
        it->children++;
    else
        say(&it->told, "up %s\n", role);
}

static void take_event(story *it, json_t *event) {
    const char *kind = json_string_value(json_object_get(event, "event"));
    const char *role = json_string_value(json_object_get(event, "role"));
    if (!kind || !role) return;
    if (strcmp(kind, "fault") == 0) {
        say(&it->counts, " %d", it->children);
        it->told.used = 0;
        it->times = 0;
    }
    if (strcmp(kind, "exit") == 0) take_exit(it, role, reason_of(event));
    if (strcmp(kind, "started") == 0) take_started(it, role);
}

static void read_events(story *it, const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    CHECK(file != NULL);
    while (getline(&line, &room, file) > 0) {
        json_t *event = json_loads(line, 0, NULL);
        CHECK(event != NULL);
        take_event(it, event);
        json_decref(event);
    }
    flush(it);
    free(line);
    fclose(file);
    unlink(path);
}

/* ------------------------------------------------------------------ what callers heard */

static const char *label_of(json_t *metric, const char *label) {
    const char *value =
        json_string_value(json_object_get(json_object_get(metric, "labels"), label));
    return value ? value : "";
}

/* What the calls of the last phase failed by, all of them alike; `ok`: none did. */
static const char *score_of(json_t *result) {
    static char answer[64];
    double of_reason = 0, failed = 0;
    size_t index;
    json_t *metric, *metrics = json_object_get(result, "metrics");
    snprintf(answer, sizeof answer, "ok");
    json_array_foreach(metrics, index, metric) {
        const char *reason = label_of(metric, "cause");
        if (strcmp(json_string_value(json_object_get(metric, "name")), "calls.failed") != 0)
            continue;
        if (strcmp(label_of(metric, "phase"), "end") != 0) continue;
        double value = json_number_value(json_object_get(metric, "value"));
        *(*reason ? &of_reason : &failed) = value;
        if (*reason && value > 0) snprintf(answer, sizeof answer, "%s", reason);
    }
    CHECK(of_reason == failed);
    CHECK(failed == 0 || failed >= 100);
    return answer;
}

/* ------------------------------------------------------------------ the cases */

static void play(const char *the_case) {
    const char *events = scratch("talk.jsonl"), *path = scratch("talk.json");
    static story it;
    static text all;
    it = (story){.children = atoi(setting(the_case, "games"))};
    run_case(the_case, events, path);
    read_events(&it, events);
    json_t *result = json_load_file(path, 0, NULL);
    CHECK(result != NULL);
    unlink(path);
    all.used = 0;
    say(&all, "children%s %d\n%sscore %s", it.counts.at, it.children, it.told.at, score_of(result));
    json_decref(result);
    const char *recorded = strstr(the_case, "\nchildren ");
    CHECK(recorded != NULL);
    if (strcmp(recorded + 1, all.at) != 0)
        rs_test_fail(__FILE__, __LINE__, "%s\n\nis on respawn:\n%s", the_case, all.at);
}

TEST(the_talks_design_ends_as_on_otp) {
    static char cases[PROGRAM_TEXT];
    unsigned count = 0;
    read_text(CASES, cases);
    for (char *at = strstr(cases, "\n\ncase "), *next; at; at = next, count++) {
        next = strstr(at + 2, "\n\ncase ");
        if (next) *next = 0;
        if (!next) at[2 + strcspn(at + 2, "\n") + strlen(strchr(at + 2, '\n')) - 1] = 0;
        play(at + 2);
        if (next) *next = '\n';
    }
    CHECK_INT(count, 7);
}

/* ------------------------------------------------------------------ repaired */

#define REPAIRED "run scenarios/talk/repaired.yaml "

TEST(the_repaired_design_survives) {
    char arguments[256];
    for (int seed = 1; seed <= 10; seed++) {
        snprintf(arguments, sizeof arguments, REPAIRED "--seed %d --set phases.storm=5s", seed);
        CHECK_EXIT(arguments, 0);
    }
    CHECK_EXIT(REPAIRED "--set runtime.scheduler=random --verify-determinism", 0);
}

TEST(each_repair_is_for_something) {
    static const struct {
        const char *back, *broken;
    } repairs[] = {
        {"tree.children.tables.child.restart=permanent", "✗ escalations == 0 "},
        {"tree.children.tables.child.storage=memory", "✗ scores.lost == 0 "},
        {"tree.children.registry.storage=memory", "✗ scores.lost == 0 "},
        {"tree.children.registry.monitors=first_table", "✗ entries.stale == 0 "},
        {"tree.intensity=3", "✗ restart.unfinished == 0 "},
    };
    char arguments[256];
    for (size_t i = 0; i < sizeof repairs / sizeof *repairs; i++) {
        snprintf(arguments, sizeof arguments, REPAIRED "--set %s", repairs[i].back);
        CHECK_EXIT(arguments, 1);
        CHECK_SAYS(the_program.out, repairs[i].broken);
    }
}

/* What hangs is alive: without somebody who asks, it would be led to for ever. */
TEST(who_hangs_is_found_out) {
    static const char faults[] =
        "--set 'faults=[{crash: tables/game-3, how: hang, at: 1s}, {crash: registry, how: "
        "init_hang, at: 2s}, {crash: registry, how: kill, at: 2s}, {crash: tables, how: hang, at: "
        "4s}, {crash: tables/game-5, how: terminate_hang, at: 6s}, {crash: tables, how: kill, at: "
        "7s}]' --set phases.storm=9s ";
    char arguments[1024];
    snprintf(arguments, sizeof arguments, REPAIRED "%s", faults);
    CHECK_EXIT(arguments, 0);
    snprintf(arguments, sizeof arguments,
             REPAIRED "%s --set tree.children.watchdog.every=1h --timeout 60s", faults);
    CHECK_EXIT(arguments, 1);
}

TEST_MAIN()
