/* ets_test.c: objects go in and out, in all kinds of tables. What is checked here was looked up in
 * OTP 25.2.3 first. Source: rules ET2, ET3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/test/tables.h"

/* ------------------------------------------------------------------ inserting and looking up */

IN_PROCESS(a_set_has_one_object_with_a_key) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_ORDERED_SET; type++) {
        rs_ets table = new_table(type);
        insert(table, "{a,1}");
        insert(table, "{b,\"text\",{x,[1,2]}}");
        has(table, "a", "[{a,1}]");
        has(table, "b", "[{b,\"text\",{x,[1,2]}}]");
        has(table, "c", "none");
        insert(table, "[{a,2},{a,3,x}]"); /* the last one counts */
        has(table, "a", "[{a,3,x}]");
        CHECK_INT(size_of(table), 2);
        insert(table, "[]");
        rs_ets_delete_key(table, RS_ATOM(ok));
        CHECK_INT(size_of(table), 2);
        rs_ets_delete(table);
    }
}

IN_PROCESS(bags_keep_the_order_in_which_objects_came) {
    UNUSED_ARGS;
    rs_ets bag = new_table(RS_ETS_BAG), twice = new_table(RS_ETS_DUPLICATE_BAG);
    static const char *const objects[] = {"{a,1}", "{a,2}", "{a,1}", "{b,1}", "{a,3}"};
    for (size_t i = 0; i < 5; i++) {
        insert(bag, objects[i]);
        insert(twice, objects[i]);
    }
    has(bag, "a", "[{a,1},{a,2},{a,3}]");
    has(twice, "a", "[{a,1},{a,2},{a,1},{a,3}]");
    rs_term one = own_of("{a,1}");
    rs_ets_delete_object(bag, one);
    rs_ets_delete_object(twice, one);
    has(bag, "a", "[{a,2},{a,3}]");
    has(twice, "a", "[{a,2},{a,3}]");
    rs_ets_insert(bag, one);
    has(bag, "a", "[{a,2},{a,3},{a,1}]");
    is_term(rs_ets_take(bag, own_of("a")), "[{a,2},{a,3},{a,1}]");
    has(bag, "a", "none");
    is_term(rs_ets_take(bag, own_of("a")), "none");
    CHECK_INT(size_of(bag), 1);
    CHECK_INT(size_of(twice), 3);
}

IN_PROCESS(insert_new_inserts_all_or_nothing) {
    UNUSED_ARGS;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_DUPLICATE_BAG; type++) {
        rs_ets table = new_table(type);
        CHECK(insert_new(table, "[{a,1},{b,1}]"));
        CHECK(!insert_new(table, "[{c,1},{b,2}]"));
        CHECK(!insert_new(table, "{a,9}"));
        has(table, "a", "[{a,1}]");
        has(table, "b", "[{b,1}]");
        has(table, "c", "none");
        CHECK(insert_new(table, "[]"));
        CHECK_INT(size_of(table), 2);
    }
}

IN_PROCESS(elements_are_found_by_position) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET), bag = new_table(RS_ETS_BAG);
    insert(table, "{a,\"one\",{two}}");
    is_term(rs_ets_lookup_element(table, own_of("a"), 1), "a");
    is_term(rs_ets_lookup_element(table, own_of("a"), 2), "\"one\"");
    is_term(rs_ets_lookup_element(table, own_of("a"), 3), "{two}");
    is_term(rs_ets_lookup_element(table, own_of("b"), 2), "none");
    insert(bag, "{a,1}");
    insert(bag, "{a,{2}}");
    is_term(rs_ets_lookup_element(bag, own_of("a"), 2), "[1,{2}]");
}

IN_PROCESS(keypos_chooses_the_key) {
    UNUSED_ARGS;
    rs_ets table = rs_ets_new(&(rs_ets_options){.keypos = 2});
    insert(table, "[{x,1},{y,2},{z,1}]");
    has(table, "1", "[{z,1}]");
    has(table, "2", "[{y,2}]");
    CHECK_INT(size_of(table), 2);
}

IN_PROCESS(structs_go_in_and_out_as_bytes) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    const number in = {.value = 42};
    number out = {0};
    rs_ets_insert_bytes(table, RS_ATOM(ok), &in, sizeof in);
    CHECK_INT(rs_ets_lookup_bytes(table, RS_ATOM(ok), &out, sizeof out), sizeof out);
    CHECK_INT(out.value, 42);
    CHECK_INT(rs_ets_lookup_bytes(table, RS_ATOM(error), &out, sizeof out), -1);
    unsigned char first = 0;
    CHECK_INT(rs_ets_lookup_bytes(table, RS_ATOM(ok), &first, 1), sizeof out);
    CHECK_INT(first, 42);
    insert(table, "{error,no_text}");
    CHECK_INT(rs_ets_lookup_bytes(table, RS_ATOM(error), &out, sizeof out), -1);
}

/* ------------------------------------------------------------------ growing */

#define MANY 6000 /* several segments of buckets */

IN_PROCESS(tables_grow_and_shrink_and_lose_nothing) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_ets_delete(new_table(RS_ETS_SET));
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_ORDERED_SET; type++) {
        rs_ets table = new_table(type);
        rs_memory_read(&before);
        for (int64_t i = 0; i < MANY; i++) insert_number(table, i, i * i);
        CHECK_INT(size_of(table), MANY);
        for (int64_t i = 0; i < MANY; i++) CHECK_INT(number_of(table, i), i * i);
        for (int64_t i = 0; i < MANY; i += 2) rs_ets_delete_key(table, rs_term_integer(i));
        for (int64_t i = 0; i < MANY; i++) CHECK_INT(number_of(table, i), i % 2 ? i * i : -1);
        for (int64_t i = 1; i < MANY; i += 2) rs_ets_delete_key(table, rs_term_integer(i));
        CHECK_INT(size_of(table), 0);
        insert_number(table, 0, 0);
        rs_ets_delete_key(table, rs_term_integer(0));
        rs_memory_use after;
        rs_memory_read(&after);
        if (type == RS_ETS_ORDERED_SET) CHECK_INT(after.table, before.table);
        CHECK(after.table - before.table < 200000);
        rs_ets_delete(table);
    }
}

IN_PROCESS(all_objects_go_at_once) {
    UNUSED_ARGS;
    rs_memory_use before, after;
    for (rs_ets_type type = RS_ETS_SET; type <= RS_ETS_DUPLICATE_BAG; type++) {
        rs_ets table = new_table(type);
        rs_memory_read(&before);
        for (int64_t i = 0; i < MANY; i++) insert_number(table, i, i);
        rs_ets_delete_all_objects(table);
        CHECK_INT(size_of(table), 0);
        CHECK(rs_ets_first(table) == 0);
        insert_number(table, 7, 8);
        CHECK_INT(number_of(table, 7) != -1, 1);
        rs_ets_delete_all_objects(table);
        rs_memory_read(&after);
        CHECK_INT(after.table, before.table);
        rs_ets_delete(table);
    }
}

TEST_MAIN()
