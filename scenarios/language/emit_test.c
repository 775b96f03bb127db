/* emit_test.c: what is written is read again as the same document.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/emit.h"

#include "runtime/base/test/test.h"
#include "scenarios/language/language.h"

#include <dirent.h>
#include <stdlib.h>

static rs_document_node *parse(rs_plan_memory *memory, const char *text) {
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_document_node *node =
        rs_document_parse(text, strlen(text), (rs_place){"test.yaml", 1, 1}, memory, problems);
    CHECK_INT(rs_diagnostics_count(problems), 0);
    rs_diagnostics_destroy(problems);
    return node;
}

static char *emit(const rs_document_node *node) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    rs_document_emit(node, out);
    fclose(out);
    return text;
}

static void check_same(const rs_document_node *a, const rs_document_node *b) {
    CHECK_INT(a->kind, b->kind);
    CHECK_INT(a->count, b->count);
    if (a->kind == RS_DOCUMENT_SCALAR) CHECK_STR(a->text, b->text);
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->entries[i].key) CHECK_STR(a->entries[i].key, b->entries[i].key);
        check_same(a->entries[i].value, b->entries[i].value);
    }
}

static void check_text(const char *text) {
    rs_plan_memory *memory = rs_plan_memory_create();
    const rs_document_node *before = parse(memory, text);
    char *written = emit(before);
    check_same(before, parse(memory, written));
    free(written);
    rs_plan_memory_destroy(memory);
}

TEST(odd_scalars_come_back) {
    check_text("a: 'it''s, [odd]: {x}'\nb: \"line\\nbreak \\\\ \\\" tab\\t\"\nc: '# no comment'\n"
               "d: ''\ne: 5ms\nf: \"007\"\n\"odd key: #\": 1\n");
}

/* Controls, and what YAML takes for breaks, are read only when they are escaped. */
TEST(odd_characters_come_back) {
    check_text("a: \"bell\\a esc\\e del\\x7f c1\\x81 nel\\x85 cr\\r\"\n"
               "b: \"\\u2028 \\u2029 \\uFEFF ü ✓ \\U0001F600\"\n"
               "\"k\\x07: \\u2028\": [ \"\\x1b[31m\" ]\n");
}

/* Some plain scalars of a block are none within brackets. */
TEST(plain_scalars_of_blocks_come_back) {
    check_text("a:\n  b: ?x\n  c: :y\n  d: a:b\n  e: -z\n  f: x?\n  g: http://h/i\n"
               "l:\n  - ?x\n  - :y\n");
}

TEST(nested_lists_and_mappings_come_back) {
    check_text("a: [[1, 2], [3]]\nb: []\nc: {}\nd:\n  - { e: [1], f: {} }\n  - [ { g: 1 } ]\n"
               "  -\n    h: { i: { j: k } }\n    l: m\n");
}

TEST(long_lists_become_blocks) {
    char text[4096] = "strikes:\n";
    for (int i = 0; i < 40; i++) strcat(text, "  - \"310000000ns tables/game-7#1\"\n");
    check_text(text);
}

/* Every shipped scenario: the plan of what is written says the same. */
static void check_file(const char *path) {
    rs_diagnostics *problems = rs_diagnostics_create();
    char *text = rs_scenario_text(path, NULL, 0, problems);
    CHECK(text);
    rs_plan *before = rs_plan_read(path, NULL, 0, problems);
    rs_plan *after = rs_plan_parse("again.yaml", text, strlen(text), NULL, 0, problems);
    if (rs_diagnostics_count(problems)) rs_diagnostics_print(problems, stderr);
    CHECK(before && after);
    CHECK_STR(before->name, after->name);
    CHECK_INT(before->fault_count, after->fault_count);
    CHECK_INT(before->load_count, after->load_count);
    CHECK_INT(before->expectation_count, after->expectation_count);
    for (uint32_t i = 0; i < before->expectation_count; i++)
        CHECK_STR(before->expectations[i].text, after->expectations[i].text);
    rs_plan_destroy(before);
    rs_plan_destroy(after);
    free(text);
    rs_diagnostics_destroy(problems);
}

TEST(shipped_scenarios_come_back) {
    DIR *directory = opendir("scenarios");
    CHECK(directory);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name);
        char path[512];
        if (length < 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0) continue;
        snprintf(path, sizeof path, "scenarios/%s", entry->d_name);
        check_file(path);
        count++;
    }
    closedir(directory);
    CHECK(count > 5);
}

TEST_MAIN()
