/* ets_fuzz.c: any sequence of operations on a table, beside a model so simple that it must be
 * right: a list of pairs, searched from end to end. After each operation both hold the same.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "runtime/store/ets.h"

#include <string.h>

/* Few enough keys for operations to meet, enough for a hash to grow and shrink. */
#define KEYS        250
#define VALUES      4
#define OBJECTS_MAX 1024

typedef struct pair {
    uint8_t key, value;
} pair;

typedef struct model {
    rs_ets table;
    rs_ets_type type;
    uint32_t fixed, count;
    pair pairs[OBJECTS_MAX];
} model;

/* What is left of the input. */
typedef struct source {
    const uint8_t *at, *end;
} source;

static uint8_t take(source *s) {
    return s->at < s->end ? *s->at++ : 0;
}

static pair take_pair(source *s) {
    pair p = {take(s) % KEYS, 0};
    p.value = take(s) % VALUES;
    return p;
}

static bool is_set(const model *m) {
    return m->type <= RS_ETS_ORDERED_SET;
}

/* ------------------------------------------------------------------ terms */

/* Keys of several kinds. */
static rs_term key_of(uint8_t key) {
    static const rs_term pairs[] = {RS_ATOM(badarg), RS_ATOM(error)};
    if (key < 200) return rs_term_integer(key - 20);
    rs_term parts[2] = {rs_term_integer(key), pairs[key % 2]};
    return key < 225 ? rs_term_own_tuple(2, parts) : rs_term_own_list(2, parts);
}

static rs_term object_of(pair p) {
    rs_term parts[2] = {key_of(p.key), rs_term_integer(p.value)};
    rs_term object = rs_term_own_tuple(2, parts);
    rs_term_release(parts[0]);
    return object;
}

static bool is_pair(rs_term object, pair p) {
    rs_term expected = object_of(p);
    bool same = rs_term_equal(object, expected);
    rs_term_release(expected);
    return same;
}

/* ------------------------------------------------------------------ the model */

static bool has_key(const model *m, uint8_t key) {
    for (uint32_t i = 0; i < m->count; i++)
        if (m->pairs[i].key == key) return true;
    return false;
}

static void remove_at(model *m, uint32_t i) {
    memmove(&m->pairs[i], &m->pairs[i + 1], (--m->count - i) * sizeof(pair));
}

static void remove_pairs(model *m, pair p, bool whole) {
    for (uint32_t i = 0; i < m->count;) {
        bool goes = m->pairs[i].key == p.key && (!whole || m->pairs[i].value == p.value);
        if (goes)
            remove_at(m, i);
        else
            i++;
    }
}

static void add(model *m, pair p) {
    if (is_set(m)) remove_pairs(m, p, false);
    for (uint32_t i = 0; i < m->count && m->type == RS_ETS_BAG; i++)
        if (m->pairs[i].key == p.key && m->pairs[i].value == p.value) return;
    m->pairs[m->count++] = p;
}

/* ------------------------------------------------------------------ comparing */

/* The objects with a key, in the order in which they came. A node that comes back while the table
 * is fixed has its old place: then the order of a bag is its own. */
static void check_objects(const model *m, uint8_t key, rs_term objects) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->pairs[i].key != key) continue;
        rs_term object = rs_term_element(objects, found++);
        RS_ASSERT(m->fixed ? object != 0 : is_pair(object, m->pairs[i]));
        rs_term_release(object);
    }
    RS_ASSERT(rs_term_size(objects) == found);
    rs_term_release(objects);
}

static void check_size(const model *m) {
    rs_ets_info info;
    RS_ASSERT(rs_ets_info_read(m->table, &info));
    RS_ASSERT(info.size == m->count && info.fixed == m->fixed);
    RS_ASSERT(info.memory != 0 || m->count == 0);
}

/* Every key once, an ordered set's from the least to the greatest and back. */
static void check_walk(const model *m) {
    uint32_t keys = 0, distinct = 0;
    rs_term last = 0;
    for (uint8_t key = 0; key < KEYS; key++) distinct += has_key(m, key);
    for (rs_term key = rs_ets_first(m->table); key; keys++) {
        RS_ASSERT(rs_ets_member(m->table, key));
        bool rises = m->type != RS_ETS_ORDERED_SET || !last || rs_term_compare(last, key) < 0;
        RS_ASSERT(rises);
        rs_term_release(last);
        last = key;
        key = rs_ets_next(m->table, key);
    }
    RS_ASSERT(keys == distinct);
    rs_term end = rs_ets_last(m->table);
    RS_ASSERT(m->type != RS_ETS_ORDERED_SET || rs_term_equal(end, last));
    rs_term_release(end);
    rs_term_release(last);
}

/* ------------------------------------------------------------------ operations */

static void insert(model *m, source *s) {
    pair p = take_pair(s);
    rs_term object = object_of(p);
    rs_ets_insert(m->table, object);
    rs_term_release(object);
    add(m, p);
}

static void insert_list(model *m, source *s) {
    rs_term objects[8] = {0};
    pair pairs[8];
    bool only_new = take(s) % 2, is_there = false;
    uint32_t count = take(s) % 9;
    for (uint32_t i = 0; i < count; i++) {
        pairs[i] = take_pair(s);
        objects[i] = object_of(pairs[i]);
        is_there |= has_key(m, pairs[i].key);
    }
    rs_term list = rs_term_own_list(count, objects);
    if (only_new)
        RS_ASSERT(rs_ets_insert_new(m->table, list) == !is_there);
    else
        rs_ets_insert(m->table, list);
    for (uint32_t i = 0; i < count && !(only_new && is_there); i++) add(m, pairs[i]);
    for (uint32_t i = 0; i < count; i++) rs_term_release(objects[i]);
    rs_term_release(list);
}

static void look(model *m, source *s) {
    uint8_t key = take(s) % KEYS;
    rs_term term = key_of(key);
    RS_ASSERT(rs_ets_member(m->table, term) == has_key(m, key));
    check_objects(m, key, rs_ets_lookup(m->table, term));
    rs_term_release(term);
}

static void delete_some(model *m, source *s) {
    pair p = take_pair(s);
    uint8_t how = take(s) % 3;
    rs_term key = key_of(p.key), object = object_of(p);
    if (how == 0) rs_ets_delete_key(m->table, key);
    if (how == 1) rs_ets_delete_object(m->table, object);
    if (how == 2) check_objects(m, p.key, rs_ets_take(m->table, key));
    remove_pairs(m, p, how == 1);
    rs_term_release(object);
    rs_term_release(key);
}

static void count_up(model *m, source *s) {
    pair p = take_pair(s);
    if (!is_set(m)) return;
    rs_term key = key_of(p.key), fallback = object_of((pair){0, 0});
    const rs_ets_counter change = {2, p.value, true, VALUES - 1, 0};
    int64_t result, expected = p.value;
    for (uint32_t i = 0; i < m->count; i++)
        if (m->pairs[i].key == p.key) expected += m->pairs[i].value;
    if (expected >= VALUES) expected = 0;
    rs_ets_update_counters(m->table, key, &change, 1, fallback, &result);
    RS_ASSERT(result == expected);
    add(m, (pair){p.key, (uint8_t)result});
    rs_term_release(fallback);
    rs_term_release(key);
}

static void change_element(model *m, source *s) {
    pair p = take_pair(s);
    if (!is_set(m)) return;
    rs_term key = key_of(p.key);
    const rs_ets_element change = {2, rs_term_integer(p.value)};
    bool is_there = rs_ets_update_element(m->table, key, &change, 1);
    RS_ASSERT(is_there == has_key(m, p.key));
    if (is_there) add(m, p);
    rs_term_release(key);
}

static void fix(model *m, source *s) {
    bool on = take(s) % 2;
    rs_ets_safe_fixtable(m->table, on);
    if (on) m->fixed++;
    if (!on && m->fixed) m->fixed--;
    if (m->fixed || on) return;
    /* From here on bags are compared by order: each begins anew. */
    if (!is_set(m)) {
        rs_ets_delete_all_objects(m->table);
        m->count = 0;
    }
}

static void delete_all(model *m, source *s) {
    if (take(s) % 4) return;
    rs_ets_delete_all_objects(m->table);
    m->count = 0;
}

static void (*const operations[])(model *, source *) = {
    insert, insert, insert_list, look, delete_some, count_up, change_element, fix, delete_all,
};

static void play(const void *args, uint32_t bytes) {
    (void)bytes;
    static model m;
    source s = *(const source *)args;
    rs_memory_use before, after;
    rs_memory_read(&before);
    m = (model){.type = take(&s) % 4};
    m.table = rs_ets_new(&(rs_ets_options){.type = m.type});
    while (s.at < s.end && m.count + 8 < OBJECTS_MAX) {
        operations[take(&s) % (sizeof operations / sizeof *operations)](&m, &s);
        check_size(&m);
    }
    check_walk(&m);
    for (uint8_t key = 0; key < KEYS; key++) look(&m, &(source){&key, &key + 1});
    rs_ets_delete(m.table);
    rs_memory_read(&after);
    RS_ASSERT(before.table == after.table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 4};
    const source input = {data, data + size};
    rs_term reason = 0;
    RS_ASSERT(rs_run(&options, play, &input, sizeof input, &reason) == RS_OK);
    RS_ASSERT(reason == RS_ATOM(normal));
    return 0;
}
