/* ets_update_test.c: counters and elements change in place, all at once or not at all. What is
 * checked here was looked up in OTP 25.2.3 first. Source: rule ET3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/test/tables.h"

#define KEY RS_ATOM(ok)

static int64_t limited(rs_ets table, int64_t increment, int64_t threshold, int64_t value) {
    const rs_ets_counter change = {2, increment, true, threshold, value};
    int64_t result;
    rs_ets_update_counters(table, KEY, &change, 1, 0, &result);
    return result;
}

IN_PROCESS(counters_count) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_ORDERED_SET; type++) {
        rs_ets table = new_table(type);
        insert(table, "{ok,1,2,3}");
        const rs_ets_counter changes[] = {{.position = 2, .increment = 1},
                                          {.position = 2, .increment = 1},
                                          {3, -5, true, 0, 7},
                                          {.position = 4}};
        int64_t results[4];
        rs_ets_update_counters(table, KEY, changes, 4, 0, results);
        CHECK(results[0] == 2 && results[1] == 3 && results[2] == 7 && results[3] == 3);
        has(table, "ok", "[{ok,3,7,3}]");
        rs_ets_update_counters(table, KEY, changes, 0, 0, NULL);
        has(table, "ok", "[{ok,3,7,3}]");
        CHECK_INT(limited(table, 1, 4, 0), 4);
        CHECK_INT(limited(table, 1, 4, 0), 0);
        CHECK_INT(limited(table, -1, 0, 9), 9);
        CHECK_INT(limited(table, -10, 0, 9), 9);
        CHECK_INT(limited(table, 0, 0, 9), 9);
    }
}

IN_PROCESS(a_missing_counter_begins_with_the_fallback) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    rs_term fallback = own_of("{x,10}");
    CHECK_INT(rs_ets_update_counter(table, KEY, 2, 3, fallback), 13);
    CHECK_INT(rs_ets_update_counter(table, KEY, 2, 3, fallback), 16);
    has(table, "ok", "[{ok,16}]");
    CHECK_INT(size_of(table), 1);
}

IN_PROCESS(elements_are_replaced) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    insert(table, "{ok,1,{2},\"three\"}");
    const rs_ets_element changes[] = {{2, own_of("[x]")}, {4, RS_ATOM(error)}, {2, own_of("{y}")}};
    CHECK(rs_ets_update_element(table, KEY, changes, 3));
    has(table, "ok", "[{ok,{y},{2},error}]");
    CHECK(rs_ets_update_element(table, KEY, changes, 0));
    CHECK(!rs_ets_update_element(table, RS_ATOM(error), changes, 3));
    CHECK(!rs_ets_update_element(table, RS_ATOM(error), &(rs_ets_element){1, KEY}, 1));
}

/* ------------------------------------------------------------------ mistakes change nothing */

typedef struct mistake {
    const char *object, *fallback;
    rs_ets_counter changes[2];
    uint32_t count;
    rs_ets_type type;
} mistake;

#define GOOD                                                                                       \
    { .position = 2, .increment = 1 }
#define AT(POSITION)                                                                               \
    { .position = POSITION, .increment = 1 }
#define MOST ((INT64_C(1) << 59) - 1)

static const mistake mistakes[] = {
    {"{other,1}", NULL, {GOOD}, 1, RS_ETS_SET},       /* no such object */
    {"{ok,1}", NULL, {GOOD, AT(3)}, 2, RS_ETS_SET},   /* no such position */
    {"{ok,1}", NULL, {GOOD, AT(0)}, 2, RS_ETS_SET},   /* nor such */
    {"{ok,1}", NULL, {GOOD, AT(1)}, 2, RS_ETS_SET},   /* the key's */
    {"{ok,1,a}", NULL, {GOOD, AT(3)}, 2, RS_ETS_SET}, /* no integer */
    {"{ok,1}", NULL, {GOOD}, 1, RS_ETS_BAG},          /* no set */
    {"{other,1}", "{ok}", {GOOD}, 1, RS_ETS_SET},     /* the fallback is short */
    {"{other,1}", "{ok,a}", {GOOD}, 1, RS_ETS_SET},   /* has no integer */
    {"{other,1}", "ok", {GOOD}, 1, RS_ETS_SET},       /* is no tuple */
    {"{ok,1}", NULL, {GOOD, {.position = 2, .increment = MOST}}, 2, RS_ETS_SET}, /* too large */
    {"{ok,1}", NULL, {{2, 1, true, 0, MOST + 1}}, 1, RS_ETS_SET},
    {"{ok,1}", NULL, {{.position = 2, .increment = INT64_MAX}}, 1, RS_ETS_ORDERED_SET},
    {"{ok,1}", NULL, {GOOD}, RS_ETS_CHANGES_MAX + 1, RS_ETS_SET},
};

static void counts_wrongly(const void *args, uint32_t bytes) {
    (void)bytes;
    const mistake *it = &mistakes[*(const uint32_t *)args];
    rs_ets_update_counters(rs_atom_find("counters"), KEY, it->changes, it->count,
                           it->fallback ? own_of(it->fallback) : 0, NULL);
}

IN_PROCESS(a_mistake_changes_nothing) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    for (uint32_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const rs_ets_options options = {mistakes[i].type, RS_ETS_PUBLIC,
                                        .name = rs_atom_find("counters")};
        rs_ets table = rs_ets_new(&options);
        insert(table, mistakes[i].object);
        ends_with(counts_wrongly, &i, sizeof i, "badarg");
        char expected[32];
        snprintf(expected, sizeof expected, "[%s]", mistakes[i].object);
        has(table, strncmp(mistakes[i].object, "{ok", 3) ? "other" : "ok", expected);
        CHECK_INT(size_of(table), 1);
        rs_ets_delete(table);
    }
    rs_free(NULL, 0);
}

static void replaces_a_key(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    insert(table, "{ok,1}");
    rs_ets_update_element(table, KEY, &(rs_ets_element){1, RS_ATOM(error)}, 1);
}

static void replaces_behind_the_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    insert(table, "{ok,1}");
    rs_ets_update_element(table, KEY, &(rs_ets_element){3, RS_ATOM(error)}, 1);
}

IN_PROCESS(keys_and_what_is_not_there_cannot_be_replaced) {
    UNUSED_ARGS;
    ends_with(replaces_a_key, NULL, 0, "badarg");
    ends_with(replaces_behind_the_end, NULL, 0, "badarg");
}

/* ------------------------------------------------------------------ many at once */

#define TIMES 2000

static void counts_up(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ets table = *(const rs_ets *)args;
    for (int i = 0; i < TIMES; i++) {
        rs_ets_update_counter(table, KEY, 2, 1, 0);
        insert_number(table, i, i);
    }
}

IN_PROCESS(no_count_is_lost) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_ORDERED_SET; type++) {
        rs_ets table = new_table(type);
        insert(table, "{ok,0}");
        rs_ref ref;
        for (int i = 0; i < 4; i++) rs_spawn_monitor(counts_up, &table, sizeof table, &ref);
        all_end(4);
        CHECK_INT(rs_ets_update_counter(table, KEY, 2, 0, 0), 4 * TIMES);
        CHECK_INT(size_of(table), TIMES + 1);
    }
}

/* Both are the same after each insertion, so who reads the second first never finds it ahead. */
static void inserts_pairs(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ets table = *(const rs_ets *)args;
    for (int64_t i = 1; i <= TIMES; i++) {
        rs_term objects[2];
        for (int64_t k = 0; k < 2; k++)
            objects[k] = rs_term_own_tuple(2, (rs_term[]){rs_term_integer(k), rs_term_integer(i)});
        rs_term list = rs_term_own_list(2, objects);
        rs_ets_insert(table, list);
        rs_term_release(list);
        for (int k = 0; k < 2; k++) rs_term_release(objects[k]);
    }
}

static void compares_pairs(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ets table = *(const rs_ets *)args;
    for (int64_t i = 0; i < TIMES; i++) {
        int64_t key = i % 2, before = number_of(table, key);
        CHECK(number_of(table, 1 - key) >= before);
    }
}

IN_PROCESS(a_list_is_inserted_at_once) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_ORDERED_SET; type++) {
        rs_ets table = new_table(type);
        insert(table, "[{0,0},{1,0}]");
        rs_ref ref;
        rs_spawn_monitor(inserts_pairs, &table, sizeof table, &ref);
        rs_spawn_monitor(compares_pairs, &table, sizeof table, &ref);
        rs_spawn_monitor(compares_pairs, &table, sizeof table, &ref);
        all_end(3);
        CHECK_INT(number_of(table, 0), TIMES);
    }
}

TEST_MAIN()
