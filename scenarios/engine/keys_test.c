/* keys_test.c: which keys a load's clients draw.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/keys.h"

#include "scenarios/language/test/parse.h"

#define KEYS  50u
#define DRAWS 100000u

/* How often client 1 of 3 drew each key of `count` draws. */
static void draw(const char *words, uint32_t count, uint32_t drawn[KEYS]) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: s\n"
             "tree: { id: app, children: [\n"
             "  { id: t, strategy: simple_one_for_one, child: { worker: high_scores_table,\n"
             "    restart: temporary } }, { id: r, worker: high_scores_registry, tables: t }] }\n"
             "setup: [{ add_games: r, count: %u }]\n"
             "load: [{ id: other, target: r }, { id: l, target: r, clients: 3, keys: %s }]\n",
             KEYS, words);
    rs_plan *plan = parse(text);
    rs_keys keys;
    rs_prng prng;
    uint64_t next = 1;
    rs_prng_init(&prng, 1, "keys_test");
    CHECK(rs_keys_init(&keys, plan, NULL));
    memset(drawn, 0, sizeof *drawn * KEYS);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = rs_keys_draw(&keys, 1, &next, &prng);
        CHECK(key < KEYS);
        drawn[key]++;
    }
    rs_keys_fini(&keys, NULL);
    rs_plan_destroy(plan);
}

TEST(clients_take_turns_in_a_sequence) {
    uint32_t drawn[KEYS];
    draw("sequential", 4, drawn);
    CHECK(drawn[1] == 1 && drawn[4] == 1 && drawn[7] == 1 && drawn[10] == 1);
    draw("sequential", KEYS, drawn); /* all round the clock, for 3 and 50 have no common factor */
    for (uint32_t i = 0; i < KEYS; i++) CHECK_INT(drawn[i], 1);
}

TEST(uniform_keys_are_as_often_as_one_another) {
    uint32_t drawn[KEYS];
    draw("uniform", DRAWS, drawn);
    for (uint32_t i = 0; i < KEYS; i++) CHECK(drawn[i] > 1800 && drawn[i] < 2200);
}

/* With exponent 1 the first of 50 keys has a share of 1 in 4.499. */
TEST(zipf_keys_are_the_rarer_the_later) {
    uint32_t drawn[KEYS];
    draw("zipf(1)", DRAWS, drawn);
    CHECK(drawn[0] > 21800 && drawn[0] < 22660);
    CHECK(drawn[1] > 10800 && drawn[1] < 11430);
    CHECK(drawn[9] > 2080 && drawn[9] < 2370);
    CHECK(drawn[49] > 380 && drawn[49] < 510);
}

TEST_MAIN()
