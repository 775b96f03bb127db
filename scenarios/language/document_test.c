/* document_test.c: hostile shapes. The refused files of bad/ are plan_test.c's.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/language/document.h"

#include <stdlib.h>
#include <time.h>

static rs_plan_memory *memory;
static rs_diagnostics *diagnostics;

static rs_document_node *parse(const char *text, size_t length) {
    memory = rs_plan_memory_create();
    diagnostics = rs_diagnostics_create();
    return rs_document_parse(text, length, (rs_place){"test.yaml", 1, 1}, memory, diagnostics);
}

static void finish(void) {
    rs_plan_memory_destroy(memory);
    rs_diagnostics_destroy(diagnostics);
}

/* check_deep: `opening` repeated is refused for its depth, at once. */
static void check_deep(const char *opening, unsigned times) {
    size_t length = strlen(opening) * times;
    char *text = malloc(length);
    for (unsigned i = 0; i < times; i++)
        memcpy(text + i * strlen(opening), opening, strlen(opening));
    clock_t start = clock();
    CHECK(!parse(text, length));
    CHECK(strstr(rs_diagnostics_get(diagnostics, 0)->message, "nested deeper than 64"));
    CHECK((clock() - start) / CLOCKS_PER_SEC < 2);
    finish();
    free(text);
}

TEST(deep_nesting_is_refused_at_once) {
    check_deep("[", 10000);
    check_deep("{a: ", 10000);
    check_deep("- ", 10000);
    check_deep("? ", 10000);
    check_deep("[", 1000000);
    check_deep("[{a: ", 10000);
}

TEST(sixty_four_levels_are_fine) {
    char text[129];
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    CHECK(parse(text, 128));
    CHECK_INT(rs_diagnostics_count(diagnostics), 0);
    finish();
}

TEST(many_duplicate_keys_take_no_time) {
    size_t length = 900000;
    char *text = malloc(length);
    for (size_t i = 0; i < length; i += 3) memcpy(text + i, i % 6 ? "a:\n" : "b:\n", 3);
    clock_t start = clock();
    CHECK(parse(text, length));
    CHECK((clock() - start) / CLOCKS_PER_SEC < 10);
    CHECK(rs_diagnostics_count(diagnostics) > 200000);
    finish();
    free(text);
}

TEST(places_are_of_keys_and_values) {
    static const char text[] = "a: 1\nbé:   [x, 'y']\n";
    const rs_document_node *root = parse(text, sizeof text - 1);
    const rs_document_entry *entry = rs_document_find(root, "bé");
    CHECK_INT(entry->place.line, 2);
    CHECK_INT(entry->place.column, 1);
    CHECK_INT(entry->value->place.column, 7);
    CHECK_INT(entry->value->entries[1].value->place.column, 11);
    CHECK(entry->value->entries[0].value->plain && !entry->value->entries[1].value->plain);
    CHECK(!rs_document_find(root, "c"));
    finish();
}

TEST_MAIN()
