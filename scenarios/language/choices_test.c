/* choices_test.c: choices written down are read as what they were.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/choices.h"

#include "runtime/base/prng.h"
#include "scenarios/language/language.h"
#include "scenarios/language/test/parse.h"

#include <string.h>

#define COUNT 5000u

/* A scenario whose failure has these choices, each line quoted. */
static rs_plan *plan_of(const rs_choices *choices) {
    static char text[1u << 20];
    int used = sprintf(text, "scenario: s\n"
                             "tree: { id: app, strategy: one_for_one, children: [{ id: web, "
                             "worker: echo }] }\n"
                             "phases: { run: 1s, heal: 1s }\n"
                             "failure:\n"
                             "  check: alive\n"
                             "  choices:\n");
    for (uint64_t from = 0; from < choices->count;) {
        char line[RS_CHOICES_TEXT_BYTES];
        uint64_t next = rs_choices_print(choices, from, line);
        CHECK(next > from && strlen(line) < sizeof line);
        used += sprintf(text + used, "    - \"%s\"\n", line);
        from = next;
    }
    return parse(text);
}

static void check_comes_back(const rs_choices *choices) {
    rs_plan *plan = plan_of(choices);
    const rs_choices *read = plan->failure->choices;
    CHECK_INT(read->count, choices->count);
    CHECK(memcmp(read->at, choices->at, sizeof *read->at * read->count) == 0);
    rs_plan_destroy(plan);
}

TEST(what_is_written_is_read) {
    static uint32_t at[COUNT];
    static const uint32_t bounds[] = {1, 2, 3, 40, 100000};
    rs_prng prng;
    rs_prng_init(&prng, 1, "choices");
    for (size_t k = 0; k < sizeof bounds / sizeof *bounds; k++) {
        for (uint32_t i = 0; i < COUNT; i++) at[i] = (uint32_t)rs_prng_below(&prng, bounds[k]);
        check_comes_back(&(rs_choices){at, COUNT, COUNT});
        check_comes_back(&(rs_choices){at, 1, COUNT});
    }
}

TEST(equal_ones_are_counted) {
    uint32_t at[] = {0, 0, 0, 1, 7, 7, 0};
    char line[RS_CHOICES_TEXT_BYTES];
    CHECK_INT(rs_choices_print(&(rs_choices){at, 7, 7}, 0, line), 7);
    CHECK_STR(line, "0*3 1 7*2 0");
    CHECK_INT(rs_choices_print(&(rs_choices){at, 7, 7}, 4, line), 7);
    CHECK_STR(line, "7*2 0");
}

TEST(the_end_in_order_of_age_is_left_out) {
    uint32_t at[] = {0, 2, 0, 0, 5};
    CHECK_INT(rs_choices_trim(&(rs_choices){at, 4, 5}).count, 2);
    CHECK_INT(rs_choices_trim(&(rs_choices){at, 1, 5}).count, 0);
    CHECK_INT(rs_choices_trim(&(rs_choices){NULL, 0, 0}).count, 0);
    /* what found no room is not there */
    CHECK_INT(rs_choices_trim(&(rs_choices){at, 9, 4}).count, 2);
}

TEST_MAIN()
