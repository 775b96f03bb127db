/* print_fault_test.c: what a dry run says.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/print_fault.h"

#include "scenarios/language/print.h"
#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <stdlib.h>

/* One fault, and the whole of what the dry run says of it. */
static void check(const char *fault, const char *expected) {
    char scenario[2048], *said = NULL;
    size_t length = 0;
    snprintf(scenario, sizeof scenario,
             "scenario: s\n"
             "tree: { id: top, strategy: one_for_one, children: [{ id: web, worker: echo },\n"
             "  { id: shop, strategy: one_for_one, children: [{ id: db, worker: echo }] },\n"
             "  { id: tables, strategy: simple_one_for_one, child: { worker: high_scores_table, "
             "restart: temporary } },\n"
             "  { id: reg, worker: high_scores_registry, tables: tables }] }\n"
             "setup: [{ add_games: reg, count: 10000 }]\n"
             "phases: { warm: 1s, storm: 2s, heal: 1s }\n"
             "faults: [{ id: f, %s%s }]\n",
             strstr(fault, "how:") ? "" : "how: kill, ", fault);
    rs_plan *plan = parse(scenario);
    FILE *out = open_memstream(&said, &length);
    CHECK(out != NULL);
    rs_plan_print_strikes(plan, out);
    fclose(out);
    CHECK_STR(said + strcspn(said, "\n") + 1, expected);
    free(said);
    rs_plan_destroy(plan);
}

TEST(times_follow_from_triggers_and_what_narrows_them) {
    check("crash: web, at: 10ms, during: storm", "  f: web, once at 1.01 s\n");
    check("crash: web, every: 300ms", "  f: web, from 0 ns to 3 s, 9 times\n");
    check("crash: web, every: 1s, during: storm", "  f: web, from 1 s to 3 s, 1 time\n");
    check("crash: web, every: 2s, during: storm",
          "  f: web, from 1 s to 3 s, never: the first strike would come too late\n");
    check("crash: web, rate: 10/s, min_gap: 1s",
          "  f: web, from 0 ns to 3 s, 2 times, at least apart by 1 s\n");
    check("crash: web, rate: poisson(1k/s)", "  f: web, from 0 ns to 3 s, about 3000 times\n");
    check("crash: web, rate: poisson(1k/s), min_gap: 1s",
          "  f: web, from 0 ns to 3 s, about 3 times, at least apart by 1 s\n");
    check(
        "crash: web, every: 1ms, duty: 10ms of 100ms, chance: 50%",
        "  f: web, from 0 ns to 3 s, about 150 times, in the first 10 ms of each 100 ms, each with "
        "a chance of 50 %\n");
    check("crash: web, every: 1ms, limit: 5",
          "  f: web, from 0 ns to 3 s, 5 times, at most 5 times\n");
    check("crash: web, every: 1ms, limit: 0", "  f: web, never: one of its numbers is 0\n");
    check("crash: web, on: restart of shop/**, delay: 5ms, during: storm",
          "  f: web, 5 ms after each restart of shop/** from 1 s to 3 s\n");
}

TEST(victims_are_told_as_far_as_they_are_known) {
    check("crash: \"shop/**\", pick: all, at: 1s",
          "  f: all of shop/** (shop, shop/db), once at 1 s\n");
    check("crash: top, at: 1s", "  f: top, once at 1 s\n");
    check("crash: \"tables/*\", pick: 10%, at: 1s",
          "  f: 10 % of tables/* (high_scores_table, started during the run), once at 1 s\n"
          "    add_games: 10000 set up, tables/game-0 to tables/game-9999\n");
    check("crash: tables/game-9999, at: 1s",
          "  f: tables/game-9999 (high_scores_table, started during the run), once at 1 s\n"
          "    add_games: set up\n");
    check("crash: tables/game-10000, at: 1s",
          "  f: tables/game-10000 (high_scores_table, started during the run), once at 1 s\n");
}

TEST(mail_is_told_by_its_ends_and_its_type) {
    check("mail: web, how: drop, every: 1s", "  f: mail to web, from 0 ns to 3 s, 2 times\n");
    check("mail: \"tables/*\", from: reg, message: add_score, how: delay(5ms), probability: 10%",
          "  f: add_score to tables/* from reg, with probability 10 % from 0 ns to 3 s\n"
          "    add_games: 10000 set up, tables/game-0 to tables/game-9999\n");
    check("crash: web, after: 1k messages, limit: 2",
          "  f: web, after 1000 messages from 0 ns to 3 s, at most 2 times\n");
}

TEST(what_is_written_down_is_told_in_order_of_time) {
    check("crash: \"top/**\", strikes: [10ms top#1, 15ms tables/game-1#3, 9ms, 10ms web]",
          "  f: top/** (top, web, shop, shop/db, tables, tables/*, reg), 4 strikes as written\n"
          "    add_games: 10000 set up, tables/game-0 to tables/game-9999\n"
          "    9 ms: nobody\n"
          "    10 ms: top#1\n"
          "    10 ms: web\n"
          "    15 ms: tables/game-1#3\n");
}

TEST_MAIN()
