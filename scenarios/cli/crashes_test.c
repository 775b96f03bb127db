/* crashes_test.c: the reports of those that crashed, from the fault to the file and the summary.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/sanitize.h"
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>

static const char mixed[] = "scenario: mixed\n"
                            "tree:\n"
                            "  id: top\n"
                            "  strategy: one_for_one\n"
                            "  intensity: 100000\n"
                            "  children:\n"
                            "    - { id: left, worker: echo }\n"
                            "    - { id: right, worker: echo }\n"
                            "load: [{ id: all, target: left, clients: 2, rate: 1k/s }]\n"
                            "phases: { storm: 200ms, heal: 100ms }\n"
                            "faults:\n"
                            "  - { id: s, crash: left, how: segv, every: 20ms, during: storm }\n"
                            "  - { id: e, crash: left, how: exit(oops), every: 50ms }\n"
                            "  - { id: k, crash: left, how: kill, every: 45ms, during: storm }\n"
                            "  - { id: g, crash: right, how: signal(boom), every: 40ms }\n"
                            "  - { id: d, crash: right, how: exit(shutdown), every: 70ms }\n";

/* run_mixed writes the scenario, runs it and returns the text of the crashes file. */
static const char *run_mixed(const char *more, char text[PROGRAM_TEXT]) {
    char arguments[512];
    const char *path = scratch("mixed.yaml"), *file = scratch("crashes.jsonl");
    write_text(path, mixed);
    snprintf(arguments, sizeof arguments, "run %s %s --export-crashes %s", path, more, file);
    CHECK_EXIT(arguments, 0);
    read_text(file, text);
    unlink(path);
    unlink(file);
    return text;
}

/* The line at *at, which moves on; NULL at the end. */
static json_t *next_line(const char **at) {
    const char *end = strchr(*at, '\n');
    if (!end) return NULL;
    json_t *line = json_loadb(*at, (size_t)(end - *at), JSON_REJECT_DUPLICATES, NULL);
    CHECK(line != NULL);
    *at = end + 1;
    return line;
}

static const char *text_in(const json_t *line, const char *key) {
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static bool leads_through(const json_t *line, const char *function) {
    const json_t *frames = json_object_get(line, "backtrace");
    for (size_t i = 0; i < json_array_size(frames); i++)
        if (strncmp(json_string_value(json_array_get(frames, i)), function, strlen(function)) == 0)
            return true;
    return false;
}

static void check_report(const json_t *line, bool is_virtual) {
    const char *reason = text_in(line, "reason");
    bool native = json_is_true(json_object_get(line, "native"));
    CHECK_STR(text_in(line, "role"), "left");
    CHECK_STR(text_in(line, "registered_name"), "left");
    CHECK_STR(text_in(line, "module"), "echo");
    CHECK_STR(text_in(line, "initial_call"), "echo_init");
    CHECK_STR(text_in(line, "fault"), native ? "s" : "e");
    CHECK_STR(reason, native ? "sigsegv" : "oops");
    CHECK_STR(text_in(line, "state"), native ? "" : "{opaque,echo,0}");
    CHECK_STR(text_in(line, "signal"), native && !is_virtual ? "SIGSEGV" : "");
    CHECK(json_array_size(json_object_get(line, "messages_before")) > 0); /* at least its start */
    const char *function = !native ? "exit_here+" : is_virtual ? "crash_here+" : "write_through";
    CHECK(leads_through(line, function));
    json_int_t incarnation = json_integer_value(json_object_get(line, "incarnation"));
    json_int_t before = json_integer_value(json_object_get(line, "ended_before"));
    CHECK_INT(before, incarnation - 1);
    size_t told = json_array_size(json_object_get(line, "ends"));
    CHECK_INT(told, before < 4 ? before : 4);
}

/* Returns how many reports there are; the counts must agree with them. */
static uint32_t check_file(const char *text, bool is_virtual) {
    const char *at = text;
    json_t *line = next_line(&at);
    CHECK_STR(text_in(line, "format"), "respawn.crashes/1");
    CHECK_STR(text_in(line, "clock"), is_virtual ? "virtual" : "real");
    json_decref(line);
    uint32_t reports = 0, counted = 0;
    while ((line = next_line(&at)) != NULL) {
        if (json_object_get(line, "count"))
            counted += (uint32_t)json_integer_value(json_object_get(line, "told"));
        else
            check_report(line, is_virtual);
        reports += json_object_get(line, "t_ns") != NULL;
        json_decref(line);
    }
    CHECK_INT(counted, reports);
    return reports;
}

TEST(every_crash_is_told_and_no_kill_signal_or_shutdown) {
    static char text[PROGRAM_TEXT];
    CHECK(check_file(run_mixed("", text), false) > 5);
    CHECK_SAYS(the_program.out, "\nCRASHES\n");
    CHECK_SAYS(the_program.out, "  sigsegv in write_through_bad_pointer+0x");
    CHECK_SAYS(the_program.out, "  oops\n");
    CHECK(!strstr(strstr(the_program.out, "\nCRASHES\n"), "boom"));
}

#define VIRTUAL "--set runtime.clock=virtual "

TEST(a_virtual_run_tells_the_same_again_to_the_byte) {
    static char first[PROGRAM_TEXT], second[PROGRAM_TEXT];
    CHECK(check_file(run_mixed(VIRTUAL, first), true) > 5);
    CHECK_STR(run_mixed(VIRTUAL, second), first);
    CHECK(!strstr(first, "0x7f") && !strstr(first, "address"));
    CHECK_STR(run_mixed(VIRTUAL "--verify-determinism", second), first);
}

static void copy_hash(char hash[32]) {
    const char *trace = strstr(the_program.out, "trace 1:");
    CHECK(trace != NULL);
    snprintf(hash, 32, "%.24s", trace);
}

/* With an export or without, the summary tells of the same crashes. */
static void copy_crashes(char text[PROGRAM_TEXT]) {
    const char *from = strstr(the_program.out, "\nCRASHES\n");
    CHECK(from != NULL);
    snprintf(text, PROGRAM_TEXT, "%.*s", (int)(strstr(from, "\nIN THE END") - from), from);
}

TEST(listening_changes_nothing) {
    static char text[PROGRAM_TEXT], crashes[PROGRAM_TEXT];
    char told[32], untold[32], arguments[256];
    run_mixed(VIRTUAL, text);
    copy_hash(told);
    copy_crashes(crashes);
    const char *path = scratch("mixed.yaml");
    write_text(path, mixed);
    snprintf(arguments, sizeof arguments, "run %s " VIRTUAL, path);
    CHECK_EXIT(arguments, 0);
    copy_hash(untold);
    unlink(path);
    CHECK_STR(told, untold);
    copy_crashes(text);
    CHECK_STR(text, crashes);
}

TEST(crashes_go_to_a_file_of_their_own) {
    const char *path = scratch("precious.txt");
    char arguments[512], text[PROGRAM_TEXT];
    write_text(path, "to be kept\n");
    snprintf(arguments, sizeof arguments, "run scenarios/smoke.yaml --export-crashes %s", path);
    CHECK_EXIT(arguments, 2);
    CHECK_SAYS(the_program.err, "--force");
    read_text(path, text);
    CHECK_STR(text, "to be kept\n");
    unlink(path);
    snprintf(arguments, sizeof arguments,
             "run scenarios/smoke.yaml --export-crashes %s --export-events %s", path, path);
    CHECK_EXIT(arguments, 2);
    CHECK_SAYS(the_program.err, "two exports to one file");
    CHECK(!exists(path));
    CHECK_EXIT("run scenarios/smoke.yaml --export-crashes /dev/full", 6);
    CHECK_SAYS(the_program.err, "No space left");
}

TEST_MAIN()
