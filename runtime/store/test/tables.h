/* tables.h: what the tests of tables share.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_TABLES_H
#define RS_TEST_TABLES_H

#include "runtime/process/test/puppet.h"
#include "runtime/store/ets.h"

/* A test whose body is a process, run everywhere. */
#define IN_PROCESS(NAME)                                                                           \
    static void NAME##_body(const void *args, uint32_t bytes);                                     \
    TEST(NAME) {                                                                                   \
        everywhere(NAME##_body);                                                                   \
    }                                                                                              \
    static void NAME##_body(const void *args, uint32_t bytes)

/* ------------------------------------------------------------------ small words */

static inline rs_ets new_table(rs_ets_type type) {
    return rs_ets_new(&(rs_ets_options){.type = type, .protection = RS_ETS_PUBLIC});
}

/* With own terms, so that a killed caller leaves nothing behind. */
static inline rs_term own_of(const char *text) {
    rs_term term = term_of(text), own = rs_term_own(rs_term_view_of(term));
    rs_term_release(term);
    return own;
}

static inline void insert(rs_ets table, const char *text) {
    rs_term objects = own_of(text);
    rs_ets_insert(table, objects);
    rs_term_release(objects);
}

static inline bool insert_new(rs_ets table, const char *text) {
    rs_term objects = own_of(text);
    bool inserted = rs_ets_insert_new(table, objects);
    rs_term_release(objects);
    return inserted;
}

static inline void has(rs_ets table, const char *key, const char *expected) {
    rs_term k = own_of(key);
    is_term(rs_ets_lookup(table, k), expected);
    CHECK_INT(rs_ets_member(table, k), strcmp(expected, "none") != 0);
    rs_term_release(k);
}

static inline uint64_t size_of(rs_ets table) {
    rs_ets_info info;
    CHECK(rs_ets_info_read(table, &info));
    return info.size;
}

static inline void insert_number(rs_ets table, int64_t key, int64_t value) {
    rs_term object =
        rs_term_own_tuple(2, (rs_term[]){rs_term_integer(key), rs_term_integer(value)});
    rs_ets_insert(table, object);
    rs_term_release(object);
}

static inline int64_t number_of(rs_ets table, int64_t key) {
    rs_term value = rs_ets_lookup_element(table, rs_term_integer(key), 2);
    return value ? rs_term_to_integer(value) : -1;
}

/* ends_with runs the entry in a process of its own, which must end for `reason`. */
static inline void ends_with(rs_entry *entry, const void *args, uint32_t bytes,
                             const char *reason) {
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(entry, args, bytes, &ref);
    expect_down(pid, ref, reason);
}

#endif
