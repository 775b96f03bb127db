/* report_test.c: what is told again is what was told, and events say of restarts what the run said
 * that wrote them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/load.h"
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <dirent.h>

#define NAMES 6
static char names[NAMES][128];

/* Names for the files of a test; those of scratch() are soon another's. */
static const char *name_file(int number, const char *name) {
    snprintf(names[number], sizeof names[number], "%s", scratch(name));
    return names[number];
}

static void remove_files(void) {
    for (int i = 0; i < NAMES; i++)
        if (names[i][0]) unlink(names[i]);
}

static rs_result *read_result(const char *path) {
    char message[1024];
    rs_result *result = NULL;
    FILE *stream = fopen(path, "r");
    CHECK(stream != NULL);
    if (rs_result_load(stream, path, &result, message, sizeof message) != RS_OK)
        rs_test_fail(__FILE__, __LINE__, "%s", message);
    fclose(stream);
    return result;
}

/* ------------------------------------------------------------------ the proof */

/* Phases and paths are the plan's, which events do not know. */
static bool is_told_by_events(const rs_result_metric *metric) {
    return (strncmp(metric->name, "restart.", 8) == 0 ||
            strcmp(metric->name, "escalations") == 0) &&
           !metric->labels.phase && !metric->labels.path;
}

static bool are_same(const rs_result_metric *a, const rs_result_metric *b) {
    if (!a->histogram || !b->histogram)
        return a->histogram == b->histogram && a->value.known == b->value.known &&
               a->value.value == b->value.value;
    return a->unfinished == b->unfinished &&
           memcmp(a->histogram, b->histogram, sizeof *a->histogram) == 0;
}

static void tell_difference(const char *scenario, const rs_result_metric *metric,
                            const rs_result_metric *other) {
    const char *cause = metric->labels.cause, *fault = metric->labels.fault;
    uint64_t counts[2] = {metric->histogram ? metric->histogram->count : 0,
                          other && other->histogram ? other->histogram->count : 0};
    rs_test_fail(__FILE__, __LINE__,
                 "%s: %s{cause=%s,fault=%s}: %g, %" PRIu64 " + %" PRIu64 " samples; %s%g, %" PRIu64
                 " + %" PRIu64,
                 scenario, metric->name, cause ? cause : "", fault ? fault : "",
                 metric->value.value, counts[0], metric->unfinished, other ? "" : "missing, ",
                 other ? other->value.value : 0, counts[1], other ? other->unfinished : 0);
}

/* Every row of `a` stands in `b` as well, to the sample. Returns how many samples those were. */
static uint64_t check_rows(const char *scenario, const rs_result *a, const rs_result *b) {
    uint64_t samples = 0;
    for (size_t i = 0; i < a->metrics.count; i++) {
        const rs_result_metric *metric = &a->metrics.at[i];
        if (!is_told_by_events(metric)) continue;
        const rs_result_metric *other = rs_result_find(b, metric->name, &metric->labels);
        if (!other || !are_same(metric, other)) tell_difference(scenario, metric, other);
        samples += metric->histogram ? metric->histogram->count : 0;
    }
    return samples;
}

/* A closed loop fills virtual time with work, so it is cut short, as .ci/determinism does it. */
static void cut_short(const char *text, char sets[512]) {
    size_t used = 0;
    const char *phases = strstr(text, "\nphases: {");
    sets[0] = 0;
    if (!strstr(text, "rate: max") || !phases) return;
    for (const char *at = phases + 10; *at && *at != '}'; at += strcspn(at, ",}\n")) {
        at += strspn(at, ", ");
        used += (size_t)snprintf(sets + used, 512 - used, " --set phases.%.*s=40ms",
                                 (int)strcspn(at, ":}"), at);
    }
    if (strstr(text, "count: 10000"))
        snprintf(sets + used, 512 - used, " --set setup[0].count=100");
}

/* Returns how many samples the run and its events agree on. */
static uint64_t check_scenario(const char *path) {
    static char text[PROGRAM_TEXT];
    char sets[512];
    const char *run = name_file(0, "run.json"), *story = name_file(1, "run.jsonl"),
               *told = name_file(2, "told.json");
    read_text(path, text);
    if (strstr(text, "\nclocks: [real]") || strstr(text, "--plugin")) return 0;
    cut_short(text, sets);
    run_program(command_line("run %s --quiet --set runtime.clock=virtual --seed 7%s "
                             "--export-json %s --export-events %s",
                             path, sets, run, story));
    if (!exists(run)) rs_test_fail(__FILE__, __LINE__, "%s: %s", path, the_program.err);
    CHECK_EXIT(command_line("report %s --quiet --export-json %s", story, told), 0);
    rs_result *own = read_result(run), *theirs = read_result(told);
    uint64_t samples = check_rows(path, own, theirs);
    check_rows(path, theirs, own);
    rs_result_destroy(own);
    rs_result_destroy(theirs);
    remove_files();
    return samples;
}

/* Returns how many scenarios of the folder have restarts. */
static int check_folder(const char *folder) {
    int with_restarts = 0;
    DIR *entries = opendir(folder);
    CHECK(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".yaml")) with_restarts += check_scenario(path) > 0;
    }
    closedir(entries);
    return with_restarts;
}

TEST(events_say_of_restarts_what_the_run_said) {
    CHECK_INT(check_folder("scenarios"), 17);
}

TEST(so_do_those_of_the_schedulers_and_of_the_talk) {
    CHECK_INT(check_folder("scenarios/schedulers"), 1);
    CHECK_INT(check_folder("scenarios/talk"), 2);
}

/* ------------------------------------------------------------------ what is told again */

/* Owner: free() it. */
static char *slurp(const char *path) {
    char *text = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    CHECK(getdelim(&text, &room, 0, file) > 0);
    fclose(file);
    return text;
}

static void check_equal_files(const char *a, const char *b) {
    char *first = slurp(a), *second = slurp(b);
    CHECK(strcmp(first, second) == 0);
    free(first);
    free(second);
}

#define SMOKE "run scenarios/smoke.yaml --set runtime.clock=virtual "

TEST(a_result_is_told_again_as_it_was) {
    static char out[PROGRAM_TEXT];
    const char *first = name_file(0, "first.json"), *second = name_file(1, "second.json");
    CHECK_EXIT(command_line(SMOKE "--export-json %s", first), 0);
    memcpy(out, the_program.out, sizeof out);
    CHECK_EXIT(command_line("report %s --export-json %s", first, second), 0);
    CHECK_STR(the_program.out, out);
    check_equal_files(first, second);
    the_redirections = command_line("<%s", first);
    CHECK_EXIT("report -", 0);
    CHECK_STR(the_program.out, out);
    CHECK_EXIT("report - --export-terminal - --quiet", 0);
    CHECK_STR(the_program.out, out);
    the_redirections = "";
    remove_files();
}

/* A pipe gives everything once. */
TEST(a_pipe_is_as_good_as_a_file) {
    const char *run = name_file(0, "run.json"), *story = name_file(1, "run.jsonl"),
               *pipe = name_file(2, "pipe"), *of_file = name_file(3, "file.json"),
               *of_pipe = name_file(4, "pipe.json");
    CHECK_EXIT(command_line(SMOKE "--export-json %s --export-events %s", run, story), 0);
    CHECK(mkfifo(pipe, 0600) == 0);
    for (int i = 0; i < 2; i++) {
        const char *file = i ? story : run;
        CHECK_EXIT(command_line("report %s --export-json %s", file, of_file), 0);
        the_redirections = command_line("& cat %s >%s; wait $!", file, pipe);
        CHECK_EXIT(command_line("report %s --export-json %s", pipe, of_pipe), 0);
        the_redirections = "";
        check_equal_files(of_file, of_pipe);
    }
    remove_files();
}

static const char foreign[] =
    "{\"format\":\"respawn.events/1\",\"runtime\":\"beam\",\"scenario\":\"stages\"}\n"
    "{\"t_ns\":1000,\"event\":\"fault\",\"role\":\"s1\",\"cause\":1,\"fault\":\"kills\"}\n"
    "{\"t_ns\":1200,\"event\":\"exit\",\"role\":\"s1\",\"cause\":1,\"fault\":\"kills\"}\n"
    "{\"t_ns\":1250,\"event\":\"noticed\",\"role\":\"s1\"}\n"
    "{\"t_ns\":1260,\"event\":\"reachable\",\"role\":\"s1\"}\n"
    "{\"t_ns\":1275,\"event\":\"started\",\"role\":\"s1\"}\n";

TEST(another_runtime_stands_beside_ours) {
    char unfinished[sizeof foreign];
    const char *story = name_file(0, "ours.jsonl"), *theirs = name_file(1, "theirs.jsonl"),
               *third = name_file(2, "third.jsonl");
    CHECK_EXIT(command_line(SMOKE "--export-events %s", story), 0);
    write_text(theirs, foreign);
    snprintf(unfinished, sizeof unfinished, "%.*s", (int)(strrchr(foreign, '{') - foreign),
             foreign);
    write_text(third, unfinished); /* whose start never came */
    CHECK_EXIT(command_line("report %s", theirs), 0);
    CHECK_SAYS(the_program.out, "Told by beam in 5 events.");
    CHECK(!strstr(the_program.out, "seed")); /* there is none */
    CHECK(!strstr(the_program.out, "TIME"));
    CHECK_EXIT(command_line("report %s %s %s", theirs, story, third), 0);
    const char *real = strstr(the_program.out, "REAL TIME"),
               *in_virtual_time = strstr(the_program.out, "VIRTUAL TIME");
    CHECK(real && in_virtual_time && real < in_virtual_time);
    CHECK_SAYS(in_virtual_time, story);
    CHECK(!strstr(in_virtual_time, theirs));
    CHECK_SAYS(real, "        1          0    275 ns    275 ns    275 ns\n");
    CHECK_SAYS(real, "        0          1     never     never     never\n");
    CHECK_EXIT(command_line("report %s %s --quiet", theirs, third), 0);
    CHECK_STR(the_program.out, "");
    CHECK_EXIT(command_line("report %s %s --export-json -", theirs, third), 2);
    CHECK_SAYS(the_program.err, "--export-json tells one run, and 2 files are given");
    remove_files();
}

TEST(what_cannot_be_read_is_told_for_each_file) {
    char expected[256];
    const char *empty = name_file(0, "empty"), *none = name_file(1, "none"),
               *text = name_file(2, "text"), *wrong = name_file(3, "wrong.jsonl");
    write_text(empty, "");
    write_text(text, "# a report\n");
    write_text(wrong, "{\"format\":\"respawn.events/1\"}\n{\"t_ns\":1,\"event\":\"fault\"}\n[]\n");
    CHECK_EXIT(command_line("report %s %s %s %s /tmp", empty, none, text, wrong), 2);
    CHECK_STR(the_program.out, "");
    CHECK_SAYS(the_program.err, "empty: is empty");
    CHECK_SAYS(the_program.err, "none: No such file or directory");
    CHECK_SAYS(the_program.err, "text:1:1: ");
    CHECK_SAYS(the_program.err, "/tmp: Is a directory");
    snprintf(expected, sizeof expected, "%s:2: \"role\" is missing", wrong);
    CHECK_SAYS(the_program.err, expected);
    snprintf(expected, sizeof expected, "%s:3: must be an object", wrong);
    CHECK_SAYS(the_program.err, expected);
    CHECK_EXIT("report", 2);
    CHECK_SAYS(the_program.err, "report needs the file of a result");
    CHECK_EXIT("report --seed 1 a.json", 2);
    CHECK_SAYS(the_program.err, "unknown flag '--seed'");
    remove_files();
}

TEST(its_help_shows_what_a_line_looks_like) {
    CHECK_EXIT("report --help", 0);
    CHECK_SAYS(the_program.out, "usage: respawn report [FLAGS] FILE…");
    CHECK_SAYS(the_program.out, "\"format\":\"respawn.events/1\"");
    CHECK_SAYS(the_program.out, "--export-json FILE");
}

TEST_MAIN()
