/* choices_test.c: `explore` and `replay` of what fails in some orders only.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#define RACE       "scenarios/cli/test/race.yaml"
#define TWO_OWNERS "scenarios/cli/test/two_owners.yaml"
#define SURVIVOR   "scenarios/cli/test/survivor.yaml"

static char directory[128];

/* Runs the program on `format`, in which %s is the file at `path`. */
#define RUN_ON(FORMAT, PATH, STATUS)                                                               \
    do {                                                                                           \
        char command_[1024];                                                                       \
        snprintf(command_, sizeof command_, FORMAT, PATH);                                         \
        CHECK_EXIT(command_, STATUS);                                                              \
    } while (0)

static void remove_all(void) {
    char text[256];
    snprintf(text, sizeof text, "rm -rf %s", directory);
    CHECK_INT(system(text), 0);
}

/* What a search for as long as it takes has written under `name`. */
static const char *find(const char *arguments, const char *name) {
    static char path[256], text[1024];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    snprintf(text, sizeof text, "explore %s --output %s", arguments, directory);
    CHECK_EXIT(text, 1);
    snprintf(path, sizeof path, "%s/%s.yaml", directory, name);
    return path;
}

static const char *find_race(void) {
    return find(RACE " --seeds 1..20 --shrink 30s", "race-expect_calls_failed_0");
}

/* Rewrites the file with what stands between `from` and `to`, these included, replaced. */
static void change(const char *path, const char *from, const char *to, const char *by) {
    static char text[PROGRAM_TEXT], changed[PROGRAM_TEXT];
    read_text(path, text);
    const char *at = strstr(text, from), *end = at ? strstr(at + strlen(from), to) : NULL;
    CHECK(at && end);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, by, end + strlen(to));
    write_text(path, changed);
}

static void set_choices(const char *path, const char *choices) {
    char text[512];
    snprintf(text, sizeof text, "choices: [\"%s\"]\n", choices);
    change(path, "choices: [\"", "\"]\n", text);
}

TEST(what_some_orders_show_carries_its_choices) {
    char text[PROGRAM_TEXT];
    const char *path = find_race();
    CHECK_SAYS(the_program.out, "expect: calls.failed == 0\n");
    read_text(path, text);
    CHECK_SAYS(text, "scheduler: replay");
    CHECK_SAYS(text, "  choices: [\"");           /* so few that they stand in one line */
    CHECK_SAYS(text, "[\"0ns 0 add_game 0\"]\n"); /* else nobody would make the game */
    CHECK(strstr(text, "faults:") ==
          NULL); /* that edits shift choices keeps none from being made */
    RUN_ON("replay %s", path, 1);
    CHECK_SAYS(the_program.out, "repeated: expect: calls.failed == 0: it was 1\n");
    CHECK_SAYS(the_program.out, "exactly: ");
    CHECK(strstr(the_program.out, "did not fit") == NULL);
    CHECK(strstr(the_program.out, "never came up") == NULL);
    RUN_ON("run %s", path, 1);
    RUN_ON("run %s --set runtime.scheduler=fifo", path, 0);
    remove_all();
}

TEST(choices_that_were_changed_are_told) {
    const char *path = find_race();
    set_choices(path, "0");
    RUN_ON("replay %s", path, 5);
    CHECK_SAYS(the_program.out, "not repeated: expect: calls.failed == 0 holds\n");
    set_choices(path, "900*2");
    RUN_ON("replay %s", path, 5);
    CHECK_SAYS(the_program.out, "did not fit: choice 1: rank 900, and 2 were ready\n");
    set_choices(path, "0*5000 1");
    RUN_ON("replay %s", path, 5);
    CHECK_SAYS(the_program.out, "never came up: the last ");
    remove_all();
}

TEST(without_choices_it_does_not_fail) {
    const char *path = find_race();
    change(path, "  choices: [", "\n", "");
    RUN_ON("replay %s", path, 6);
    CHECK_SAYS(the_program.out, "follows the 'choices' of a 'failure', and there are none");
    change(path, "scheduler: ", "replay", "scheduler: fifo");
    RUN_ON("replay %s", path, 5);
    CHECK_SAYS(the_program.out, "not repeated: expect: calls.failed == 0 holds\n");
    remove_all();
}

/* Whoever is ready besides: the check must fail, and what was not followed is told. */
TEST(another_build_may_leave_choices) {
    char choices[256], text[PROGRAM_TEXT];
    const char *path = find_race();
    read_text(path, text);
    CHECK_INT(sscanf(strstr(text, "choices: [") + 10, "\"%200[0-9* ]", choices), 1);
    strcat(choices, " 900 0*5000 1");
    set_choices(path, choices);
    change(path, "build: ", "\"", "build: \"9.9.9 ");
    change(path, "hash: ", "1:", "hash: \"1:f");
    RUN_ON("replay %s", path, 1);
    CHECK_SAYS(the_program.out, "repeated: expect: calls.failed == 0: it was 1\n");
    CHECK_SAYS(the_program.out, "with another build");
    CHECK_SAYS(the_program.out, "rank 900, and ");
    CHECK_SAYS(the_program.out, "never came up: the last ");
    remove_all();
}

TEST(what_needs_no_order_goes_by_age) {
    char text[PROGRAM_TEXT];
    const char *path = find(TWO_OWNERS " --seeds 1..10 --shrink 3s --set runtime.scheduler=random",
                            "two_owners-orphans-tables");
    read_text(path, text);
    CHECK_SAYS(text, "scheduler: fifo");
    CHECK(strstr(text, "choices:") == NULL);
    RUN_ON("replay %s", path, 1);
    CHECK_SAYS(the_program.out, "exactly: ");
    remove_all();
}

/* Who takes its process along has told no choices. */
TEST(choices_that_are_not_known_are_left_to_the_seed) {
    char text[PROGRAM_TEXT], arguments[512];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(arguments, sizeof arguments,
             SURVIVOR " --seeds 1..1 --shrink 0s --plugin %s/tests/words_good.so "
                      "--set explore.faults=[vanish] --set runtime.scheduler=random",
             build ? build : ".");
    const char *path = find(arguments, "survivor-aborted");
    read_text(path, text);
    CHECK_SAYS(text, "# whose turn it was is left to scheduler and seed: ");
    CHECK_SAYS(text, "scheduler: random");
    remove_all();
}

TEST_MAIN()
