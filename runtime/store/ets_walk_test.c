/* ets_walk_test.c: from key to key, while others change what is walked through. Source: rule ET3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/test/tables.h"

static uint32_t fixed_of(rs_ets table) {
    rs_ets_info info;
    CHECK(rs_ets_info_read(table, &info));
    return info.fixed;
}

IN_PROCESS(an_ordered_set_is_walked_in_order_both_ways) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_ORDERED_SET);
    CHECK(rs_ets_first(table) == 0 && rs_ets_last(table) == 0);
    insert(table, "[{[1]},{b},{\"text\"},{{1}},{3},{a},{{a,b}},{-1}]");
    static const char *const keys[] = {"-1", "3", "a", "b", "{1}", "{a,b}", "[1]", "\"text\""};
    rs_term forth = rs_ets_first(table), back = rs_ets_last(table);
    for (int i = 0; i < 8; i++) {
        char text[32];
        rs_term_print(forth, text, sizeof text);
        CHECK_STR(text, keys[i]);
        rs_term_print(back, text, sizeof text);
        CHECK_STR(text, keys[7 - i]);
        forth = rs_ets_next(table, forth);
        back = rs_ets_prev(table, back);
    }
    CHECK(forth == 0 && back == 0);
}

IN_PROCESS(an_ordered_set_knows_the_neighbours_of_any_key) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_ORDERED_SET);
    insert(table, "[{1},{3}]");
    is_term(rs_ets_next(table, rs_term_integer(2)), "3");
    is_term(rs_ets_prev(table, rs_term_integer(2)), "1");
    is_term(rs_ets_next(table, rs_term_integer(3)), "none");
    is_term(rs_ets_prev(table, rs_term_integer(1)), "none");
}

/* meets counts how often a walk meets each of `count` keys. */
static void meets(rs_ets table, uint32_t count, uint8_t *met) {
    memset(met, 0, count);
    for (rs_term key = rs_ets_first(table); key; key = rs_ets_next(table, key))
        met[rs_term_to_integer(key)]++;
}

#define KEYS 2000
static uint8_t seen[KEYS];

IN_PROCESS(a_walk_meets_every_key_once) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_DUPLICATE_BAG; type++) {
        rs_ets table = new_table(type);
        for (int64_t i = 0; i < KEYS; i++) insert_number(table, i, 1);
        for (int64_t i = 0; i < KEYS; i += 3) insert_number(table, i, 2);
        meets(table, KEYS, seen);
        for (int64_t i = 0; i < KEYS; i++) CHECK_INT(seen[i], 1);
        CHECK(rs_ets_last(table) != 0);
        rs_ets_delete(table);
    }
}

IN_PROCESS(a_fixed_table_can_be_emptied_while_it_is_walked) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_DUPLICATE_BAG; type++) {
        rs_ets table = new_table(type);
        for (int64_t i = 0; i < KEYS; i++) insert_number(table, i, 1);
        rs_ets_safe_fixtable(table, true);
        uint32_t count = 0;
        for (rs_term key = rs_ets_first(table); key; key = rs_ets_next(table, key), count++) {
            rs_ets_delete_key(table, key);
            rs_term again = rs_ets_lookup(table, key);
            CHECK(again == 0 && !rs_ets_member(table, key));
        }
        CHECK_INT(count, KEYS);
        CHECK_INT(size_of(table), 0);
        insert_number(table, 5, 6); /* where it was */
        insert_number(table, 5, 7);
        CHECK_INT(size_of(table), type <= RS_ETS_ORDERED_SET ? 1 : 2);
        is_term(rs_ets_first(table), "5");
        rs_ets_safe_fixtable(table, false);
        rs_ets_delete_key(table, rs_term_integer(5));
        rs_ets_info info;
        CHECK(rs_ets_info_read(table, &info) && info.memory == 0 && info.size == 0);
    }
}

/* While it is fixed a table does not grow: who stays is met once. */
IN_PROCESS(what_stays_is_met_once_while_others_insert) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    for (int64_t i = 0; i < 100; i++) insert_number(table, i, 1);
    rs_ets_safe_fixtable(table, true);
    int64_t more = 100;
    memset(seen, 0, sizeof seen);
    for (rs_term key = rs_ets_first(table); key; key = rs_ets_next(table, key)) {
        seen[rs_term_to_integer(key)]++;
        for (int i = 0; i < 10 && more < KEYS; i++) insert_number(table, more++, 1);
    }
    for (int64_t i = 0; i < 100; i++) CHECK_INT(seen[i], 1);
    for (int64_t i = 100; i < more; i++) CHECK(seen[i] <= 1);
    rs_ets_safe_fixtable(table, false);
}

static void goes_on_from_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    insert(table, "[{1},{2}]");
    rs_ets_next(table, rs_term_integer(3));
}
IN_PROCESS(a_hash_does_not_go_on_from_a_key_it_has_not) {
    UNUSED_ARGS;
    ends_with(goes_on_from_nowhere, NULL, 0, "badarg");
}

/* ------------------------------------------------------------------ holds */

static void fixes(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ets table = *(const rs_ets *)args;
    rs_ets_safe_fixtable(table, true);
    rs_ets_safe_fixtable(table, true);
    rs_ets_safe_fixtable(table, false);
    for (int64_t i = 0; i < 100; i++) rs_ets_delete_key(table, rs_term_integer(i));
}

IN_PROCESS(who_ends_lets_go) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    for (int64_t i = 0; i < 200; i++) insert_number(table, i, 1);
    ends_with(fixes, &table, sizeof table, "normal");
    CHECK_INT(fixed_of(table), 0);
    CHECK_INT(size_of(table), 100);
    /* Those who write clear up. */
    for (int64_t i = 0; i < 100; i++) insert_number(table, 1000, 1);
    rs_ets_info before, after;
    CHECK(rs_ets_info_read(table, &before));
    rs_ets_safe_fixtable(table, true);
    rs_ets_safe_fixtable(table, false);
    CHECK(rs_ets_info_read(table, &after) && after.memory == before.memory);
    rs_ets_safe_fixtable(table, false); /* who holds nothing lets nothing go */
}

IN_PROCESS(a_fixed_table_can_be_deleted) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    rs_ets table = new_table(RS_ETS_SET);
    rs_pid puppets[3];
    for (int i = 0; i < 3; i++) {
        puppets[i] = new_puppet();
        ask(puppets[i], DO_NOTHING, 0, NULL);
    }
    rs_ets_safe_fixtable(table, true);
    rs_ets_delete(table);
    for (int i = 0; i < 3; i++) kill_and_wait(puppets[i]);
    memory_is(&before);
}

/* ------------------------------------------------------------------ folding */

typedef struct sum {
    rs_ets table;
    int64_t value, calls, stop_at;
} sum;

static bool add(rs_term object, void *context) {
    sum *it = context;
    rs_term value = rs_term_element(object, 1);
    it->value += rs_term_to_integer(value);
    if (it->table) rs_ets_delete_all_objects(it->table);
    return ++it->calls != it->stop_at;
}

IN_PROCESS(folding_visits_every_object) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_DUPLICATE_BAG; type++) {
        rs_ets table = new_table(type);
        for (int64_t i = 0; i < 100; i++) insert_number(table, i / 2, i);
        bool one = type <= RS_ETS_ORDERED_SET;
        sum all = {0}, some = {.stop_at = 3}, emptied = {.table = table};
        CHECK(rs_ets_foldl(table, add, &all));
        CHECK_INT(all.value, one ? 2500 : 4950);
        CHECK_INT(all.calls, one ? 50 : 100);
        CHECK(!rs_ets_foldl(table, add, &some));
        CHECK_INT(some.calls, 3);
        CHECK(rs_ets_foldl(table, add, &emptied)); /* what it has found already it still sees */
        CHECK_INT(emptied.calls, one ? 1 : 2);
        CHECK_INT(fixed_of(table), 0);
    }
}

TEST_MAIN()
