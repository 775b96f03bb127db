/* proof_test.c: whose turn it was, in what a search writes down.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/proof.h"

#include "reports/rows.h"
#include "scenarios/explore/choosing.h"
#include "scenarios/language/test/parse.h"

#include <stdlib.h>
#include <string.h>

static const char random_case[] =
    "scenario: s\n"
    "runtime: { clock: virtual, scheduler: random }\n"
    "tree: { id: app, strategy: one_for_one, children: [{ id: web, worker: echo }] }\n"
    "phases: { run: 1s, heal: 1s }\n";

static const char replay_case[] =
    "scenario: s\n"
    "failure: { check: alive, choices: [0*4 9] }\n"
    "runtime: { clock: virtual, scheduler: replay }\n"
    "tree: { id: app, strategy: one_for_one, children: [{ id: web, worker: echo }] }\n"
    "phases: { run: 1s, heal: 1s }\n";

/* What is written of a run of `text` that has recorded `record`. */
static void write(const char *text, rs_choices *record, bool choices, char made[4096]) {
    rs_attempt_failure failure = {.check = "alive"};
    rs_plan *plan = parse(text);
    rs_shared *shared = rs_rows_alloc(sizeof *shared);
    shared->plan = plan;
    shared->record = record;
    FILE *out = fmemopen(made, 4096, "w");
    rs_proof_write(&(rs_proof){text, &failure, .by_rules = true, .choices = choices}, shared, out);
    fclose(out);
    free(shared);
    rs_plan_destroy(plan);
    rs_plan_destroy(parse(made));
}

static uint32_t ranks[] = {0, 0, 3, 1, 0};

TEST(choices_are_written_when_they_are_wanted) {
    char text[4096];
    rs_choices record = {ranks, 5, 5};
    write(random_case, &record, false, text);
    CHECK(strstr(text, "scheduler: random") && !strstr(text, "choices"));
    write(random_case, &record, true, text);
    CHECK(strstr(text, "scheduler: replay"));
    CHECK(strstr(text, "choices: [\"0*2 3 1\"]"));
}

TEST(without_room_for_all_the_rule_is_kept) {
    char text[4096];
    rs_choices record = {ranks, 6, 5};
    write(random_case, &record, true, text);
    CHECK(strstr(text, "scheduler: random") && !strstr(text, "choices"));
    write(random_case, NULL, true, text);
    CHECK(strstr(text, "scheduler: random") && !strstr(text, "choices"));
}

/* Its own choices mean nothing to `replay` without them. */
TEST(a_case_that_follows_choices_goes_on_doing_so) {
    char text[4096];
    rs_choices record = {ranks, 5, 5};
    write(replay_case, &record, false, text);
    CHECK(strstr(text, "scheduler: replay") && strstr(text, "choices: [\"0*2 3 1\"]"));
    write(replay_case, NULL, false, text);
    CHECK(strstr(text, "scheduler: replay") && strstr(text, "choices: [\"0*4 9\"]"));
}

TEST(who_throws_dice) {
    CHECK(rs_choosing_throws("random") && rs_choosing_throws("pct(3, 50)"));
    CHECK(!rs_choosing_throws("fifo") && !rs_choosing_throws("replay"));
    CHECK(!rs_choosing_throws("steal") && !rs_choosing_throws(""));
}

/* `by_age` NULL: it is left as it is. */
static void check_by_age(const char *from, const char *by_age) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(from, memory);
    CHECK_INT(rs_choosing_by_age(document, memory), by_age != NULL);
    CHECK_STR(rs_choosing_of(document), by_age ? by_age : "steal");
    CHECK(!rs_document_find(document, "failure"));
    rs_plan_memory_destroy(memory);
}

TEST(who_chooses_can_go_by_age) {
    check_by_age(random_case, "fifo");
    check_by_age(replay_case, "fifo");
    check_by_age("runtime: { scheduler: steal }\n", NULL);
}

TEST_MAIN()
