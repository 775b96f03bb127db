/* conform_test.c: all recorded cases against the traces that OTP left; what is no case; and what
 * has no end. SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/conform.h"

#include "runtime/base/test/test.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASES "scenarios/conform/cases"

/* ------------------------------------------------------------------ traces */

static char message[RS_CASE_MESSAGE];

/* The trace of the case in `path`, to be freed. */
static char *trace_of(const char *path) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    CHECK(out != NULL);
    rs_err err = rs_conform_file(path, out, message);
    fclose(out);
    if (err) rs_test_fail(__FILE__, __LINE__, "%s", message);
    return text;
}

static char *text_of(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) rs_test_fail(__FILE__, __LINE__, "%s is missing", path);
    char *text = NULL;
    size_t bytes = 0;
    CHECK(getdelim(&text, &bytes, EOF, file) > 0);
    fclose(file);
    return text;
}

static bool is_racy(const char *name) {
    char *list = text_of(CASES "/RACY"), *rest = list;
    bool found = false;
    for (char *line; (line = strsep(&rest, "\n"));) found |= strcmp(line, name) == 0;
    free(list);
    return found;
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the lines of each block in place. */
static void sort_blocks(char *text) {
    enum { LINES_MAX = 4096 };
    static char *lines[LINES_MAX];
    static char sorted[1 << 20];
    size_t count = 0, begin = 0, used = 0;
    for (char *line, *rest = text; (line = strsep(&rest, "\n"));) {
        CHECK(count < LINES_MAX);
        if (strncmp(line, "action ", 7) == 0) {
            qsort(lines + begin, count - begin, sizeof *lines, compare_lines);
            begin = count;
        }
        lines[count++] = line;
    }
    qsort(lines + begin, count - begin, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(sorted + used, sizeof sorted - used, "%s ", lines[i]);
    CHECK(used < sizeof sorted);
    memcpy(text, sorted, used - 1);
    text[used - 1] = '\0';
}

static void check_case(const char *folder, const char *name) {
    char path[512];
    snprintf(path, sizeof path, CASES "/%s/%s.json", folder, name);
    char *trace = trace_of(path), *again = trace_of(path);
    CHECK_STR(again, trace);
    snprintf(path, sizeof path, CASES "/%s/%s.trace", folder, name);
    char *expected = text_of(path);
    if (is_racy(name)) {
        sort_blocks(trace);
        sort_blocks(expected);
    }
    if (strcmp(trace, expected) != 0)
        rs_test_fail(__FILE__, __LINE__, "%s: not as OTP has it:\n%s", name, trace);
    free(trace);
    free(again);
    free(expected);
}

/* Returns how many there were. */
static int check_folder(const char *folder) {
    char path[256];
    snprintf(path, sizeof path, CASES "/%s", folder);
    DIR *all = opendir(path);
    CHECK(all != NULL);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(all));) {
        char name[256];
        snprintf(name, sizeof name, "%s", entry->d_name);
        char *end = strstr(name, ".json");
        if (!end) continue;
        *end = '\0';
        check_case(folder, name);
        count++;
    }
    closedir(all);
    return count;
}

TEST(each_rule_has_a_case_and_does_as_otp_does) {
    CHECK_INT(check_folder("hand"), 94);
}
TEST(random_trees_do_as_otp_does) {
    CHECK_INT(check_folder("random"), 100);
}
TEST(what_was_found_by_comparing_does_as_otp_does) {
    CHECK(check_folder("differential") > 0);
}

/* ------------------------------------------------------------------ small cases of our own */

static char scratch[64];

static const char *file_with(const char *text) {
    snprintf(scratch, sizeof scratch, "/tmp/respawn-conform.%d.json", (int)getpid());
    FILE *file = fopen(scratch, "w");
    CHECK(file != NULL);
    fputs(text, file);
    CHECK(fclose(file) == 0);
    return scratch;
}

/* Runs a case that must be refused, with nothing printed. */
static rs_err refused(const char *text) {
    char *printed = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&printed, &bytes);
    CHECK(out != NULL);
    const char *path = file_with(text);
    rs_err err = rs_conform_file(path, out, message);
    fclose(out);
    unlink(path);
    CHECK_STR(printed, "");
    free(printed);
    return err;
}

#define ROOT(REST) "{\"root\":{\"id\":\"root\"" REST "}}"
#define ACTION(ACTION)                                                                             \
    "{\"root\":{\"id\":\"root\"},\"actions\":[{\"op\":\"stop_root\"}," ACTION "]}"

TEST(what_is_no_case_is_refused_with_its_place) {
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[]", "a case is an object"},
        {"{}", "root: is missing"},
        {"{\"format\":2,\"root\":{\"id\":\"root\"}}", "format: must be 1"},
        {"{\"root\":{}}", "root.id: is missing"},
        {"{\"name\":\"a\\nend\",\"root\":{\"id\":\"r\"}}", "name: must be one line"},
        {"{\"root\":{\"id\":\"\\u001b[31mX\"}}", "root.id: '?[31mX' is no id"},
        {"{\"root\":{\"id\":\"Root\"}}", "root.id: 'Root' is no id"},
        {"{\"root\":{\"id\":\"root\",\"kind\":\"worker\"}}",
         "root.kind: the root must be a supervisor"},
        {ROOT(",\"children\":{}"), "root.children: must be a list"},
        {ROOT(",\"children\":[{\"id\":\"a\"},{\"id\":\"b\",\"kind\":\"supervisr\"}]"),
         "root.children[1].kind: there is no 'supervisr' – did you mean 'supervisor'?"},
        {ROOT(",\"children\":[{\"id\":\"a\",\"shutdown\":true}]"),
         "root.children[0].shutdown: must be milliseconds"},
        {ROOT(",\"children\":[{\"id\":\"a\",\"init\":{\"fail_frist\":1}}]"),
         "root.children[0].init: must have fail_first"},
        {ROOT(",\"children\":[{\"id\":\"a\",\"init\":{\"fail_attempts\":[0]}}]"),
         "root.children[0].init.fail_attempts: must be a list of numbers from 1"},
        {ROOT(",\"intensity\":\"3\""), "root.intensity: must be an integer"},
        {ROOT(",\"strategy\":\"simple_one_for_one\""), "root.template: is missing"},
        {ACTION("{\"op\":\"exti\"}"), "actions[1].op: there is no 'exti' – did you mean 'exit'?"},
        {ACTION("{\"op\":\"exit\",\"path\":\"root\"}"), "actions[1].reason: is missing"},
        {ACTION("{\"op\":\"exit\",\"path\":\"root\",\"reason\":\"{a\"}"),
         "actions[1].reason: '{a' is no term"},
        {ACTION("{\"op\":\"sleep_ms\",\"ms\":-1}"), "actions[1].ms: must be milliseconds"},
        {ACTION("{\"op\":\"start_child\",\"sup\":\"root\",\"child\":{\"id\":1}}"),
         "actions[1].child.id: must be a text"},
        {ACTION("{\"op\":\"burst\",\"sup\":\"root\",\"exits\":[{\"id\":\"a\"}]}"),
         "actions[1].exits[0].reason: is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_INT(refused(cases[i].text), RS_EINVAL);
        if (!strstr(message, cases[i].says))
            rs_test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", message, cases[i].says);
    }
}

TEST(what_is_no_json_is_refused_with_its_line) {
    CHECK_INT(refused("{\n \"root\": {]\n}"), RS_ESYNTAX);
    CHECK(strstr(message, ".json:2:") != NULL);
    CHECK_INT(refused("{\"root\":1,\"root\":2}"), RS_ESYNTAX);
    CHECK(strstr(message, "duplicate") != NULL);
    FILE *nowhere = fopen("/dev/null", "w");
    CHECK(nowhere != NULL);
    CHECK_INT(rs_conform_file("/tmp", nowhere, message), RS_EIO);
    CHECK(strstr(message, "/tmp: Is a directory") != NULL);
    CHECK_INT(rs_conform_file(file_with(""), nowhere, message), RS_EIO);
    CHECK(strstr(message, "the file is empty") != NULL);
    unlink(scratch);
    CHECK_INT(rs_conform_file("/no/such/case.json", nowhere, message), RS_EIO);
    fclose(nowhere);
    CHECK(strstr(message, "/no/such/case.json: No such file") != NULL);
}

/* It starts again and again, and its supervisor has all the patience in the world. */
TEST(what_is_never_quiet_has_no_trace) {
    CHECK_INT(refused("{\"root\":{\"id\":\"root\",\"intensity\":1000000000000,\"children\":[{"
                      "\"id\":\"a\",\"init\":{\"fail_after_starts\":1}}]},\"actions\":[{"
                      "\"op\":\"exit\",\"path\":\"root/a\",\"reason\":\"crash\"}]}"),
              RS_ELIMIT);
    CHECK(strstr(message, "is not quiet") != NULL);
}

/* Words that only a supervisor knows are passed on. */
TEST(what_a_supervisor_refuses_is_its_error) {
    static const struct {
        const char *text, *result;
    } cases[] = {
        {ROOT(",\"strategy\":\"one_for_some\""),
         "{error,{supervisor_data,{invalid_strategy,one_for_some}}}"},
        {ROOT(",\"children\":[{\"id\":\"a\",\"shutdown\":\"never\"}]"),
         "{error,{start_spec,{invalid_shutdown,never}}}"},
        {ROOT(",\"children\":[{\"id\":\"a\",\"shutdown\":-7}]"),
         "{error,{start_spec,{invalid_shutdown,-7}}}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *trace = trace_of(file_with(cases[i].text));
        unlink(scratch);
        if (!strstr(trace, cases[i].result))
            rs_test_fail(__FILE__, __LINE__, "%s is not in:\n%s", cases[i].result, trace);
        free(trace);
    }
}

TEST_MAIN()
