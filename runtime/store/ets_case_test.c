/* ets_case_test.c: the cases of test/ets.cases, answered as OTP answered them. Each order is
 * carried out by a process of its own, which a mistake ends. Source: rules ET2, ET3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/test/tables.h"

#include <stdlib.h>

#define LINE 256

/* An order with its arguments as terms; those that are not there are 0. */
typedef struct demand {
    rs_ets table;
    rs_pid boss;
    char text[LINE];
} demand;

typedef struct reply {
    char text[LINE];
} reply;
static const rs_type reply_type = {.name = "reply", .bytes = sizeof(reply)};

static bool is_word(const char *word, const char *text) {
    return strcmp(word, text) == 0;
}

static rs_term truth(bool value) {
    return value ? RS_ATOM(true) : RS_ATOM(false);
}

static int64_t part(rs_term tuple, uint32_t index) {
    return rs_term_to_integer(rs_term_element(tuple, index));
}

/* ------------------------------------------------------------------ updates */

static rs_ets_counter counter_of(rs_term term) {
    if (rs_term_kind(term) == RS_TAG_INTEGER)
        return (rs_ets_counter){.position = 2, .increment = rs_term_to_integer(term)};
    rs_ets_counter made = {.position = (uint32_t)part(term, 0), .increment = part(term, 1)};
    made.is_limited = rs_term_size(term) == 4;
    if (made.is_limited) made.threshold = part(term, 2), made.value = part(term, 3);
    return made;
}

/* One change has one result, a list of them a list. */
static rs_term update_counter(rs_ets table, rs_term key, rs_term changes, rs_term fallback) {
    rs_ets_counter counters[RS_ETS_CHANGES_MAX];
    int64_t results[RS_ETS_CHANGES_MAX];
    rs_term terms[RS_ETS_CHANGES_MAX];
    bool is_list = rs_term_kind(changes) == RS_TAG_LIST;
    uint32_t count = is_list ? rs_term_size(changes) : 1;
    for (uint32_t i = 0; i < count; i++)
        counters[i] = counter_of(is_list ? rs_term_element(changes, i) : changes);
    rs_ets_update_counters(table, key, counters, count, fallback, results);
    for (uint32_t i = 0; i < count; i++) terms[i] = rs_term_integer(results[i]);
    return is_list ? rs_term_own_list(count, terms) : terms[0];
}

static bool update_element(rs_ets table, rs_term key, rs_term changes) {
    rs_ets_element elements[RS_ETS_CHANGES_MAX];
    bool is_list = rs_term_kind(changes) == RS_TAG_LIST;
    uint32_t count = is_list ? rs_term_size(changes) : 1;
    for (uint32_t i = 0; i < count; i++) {
        rs_term change = is_list ? rs_term_element(changes, i) : changes;
        elements[i].position = (uint32_t)part(change, 0);
        elements[i].value = rs_term_element(change, 1);
    }
    return rs_ets_update_element(table, key, elements, count);
}

/* ------------------------------------------------------------------ orders */

/* Where OTP answers [] or '$end_of_table' ours is 0. */
static rs_term or_empty(rs_term objects) {
    return objects ? objects : rs_term_own_list(0, NULL);
}

static rs_term or_end(rs_term key) {
    return key ? key : rs_atom_find("$end_of_table");
}

/* Without the key OTP raises badarg. */
static rs_term or_badarg(rs_term element) {
    if (!element) rs_exit(RS_ATOM(badarg));
    return element;
}

static rs_term all_of(rs_ets table) {
    rs_term objects[32];
    uint32_t count = 0;
    for (rs_term key = rs_ets_first(table); key; key = rs_ets_next(table, key))
        objects[count++] = rs_term_element(rs_ets_lookup(table, key), 0);
    return rs_term_own_list(count, objects);
}

static rs_term read(rs_ets t, const char *word, rs_term a, rs_term b) {
    if (is_word(word, "lookup")) return or_empty(rs_ets_lookup(t, a));
    if (is_word(word, "member")) return truth(rs_ets_member(t, a));
    if (is_word(word, "first")) return or_end(rs_ets_first(t));
    if (is_word(word, "last")) return or_end(rs_ets_last(t));
    if (is_word(word, "next")) return or_end(rs_ets_next(t, a));
    if (is_word(word, "prev")) return or_end(rs_ets_prev(t, a));
    if (is_word(word, "size")) return rs_term_integer((int64_t)size_of(t));
    if (is_word(word, "tab2list")) return all_of(t);
    if (!is_word(word, "lookup_element")) rs_test_fail(__FILE__, __LINE__, "what is %s?", word);
    return or_badarg(rs_ets_lookup_element(t, a, (uint32_t)rs_term_to_integer(b)));
}

static bool change(rs_ets t, const char *word, rs_term a) {
    if (is_word(word, "insert")) return rs_ets_insert(t, a), true;
    if (is_word(word, "delete")) return rs_ets_delete_key(t, a), true;
    if (is_word(word, "delete_object")) return rs_ets_delete_object(t, a), true;
    if (is_word(word, "delete_all_objects")) return rs_ets_delete_all_objects(t), true;
    return false;
}

static rs_term answer_to(rs_ets t, const char *word, rs_term a, rs_term b, rs_term c) {
    if (change(t, word, a)) return RS_ATOM(true);
    if (is_word(word, "insert_new")) return truth(rs_ets_insert_new(t, a));
    if (is_word(word, "take")) return or_empty(rs_ets_take(t, a));
    if (is_word(word, "update_counter")) return update_counter(t, a, b, c);
    if (is_word(word, "update_element")) return truth(update_element(t, a, b));
    return read(t, word, a, b);
}

static void obeys(const void *args, uint32_t bytes) {
    (void)bytes;
    demand it = *(const demand *)args;
    char *rest, *word = strtok_r(it.text, " ", &rest);
    rs_term arguments[3] = {0};
    for (uint32_t i = 0; i < 3; i++) {
        const char *text = strtok_r(NULL, " ", &rest);
        if (text) arguments[i] = own_of(text);
    }
    reply found = {{0}};
    rs_term term = answer_to(it.table, word, arguments[0], arguments[1], arguments[2]);
    rs_term_print(term, found.text, sizeof found.text);
    rs_send(it.boss, &reply_type, &found, sizeof found);
}

/* Fixing is the case's own: it would end with the process that does it. */
static void carry_out(rs_ets table, const char *text, char *found) {
    if (strncmp(text, "safe_fixtable ", 14) == 0) {
        rs_ets_safe_fixtable(table, is_word(text + 14, "true"));
        strcpy(found, "true");
        return;
    }
    demand it = {.table = table, .boss = rs_self()};
    strcpy(it.text, text);
    rs_ref ref;
    rs_spawn_monitor(obeys, &it, sizeof it, &ref);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL);
    if (message->type == &reply_type) {
        strcpy(found, ((const reply *)(const void *)message->payload)->text);
        message = rs_receive(NULL, NULL, LONG_NS);
    } else {
        rs_term_print(rs_message_reason(message), found, LINE);
    }
    CHECK(message && message->kind == RS_MESSAGE_DOWN && message->ref == ref);
}

/* ------------------------------------------------------------------ the file */

static rs_ets begin_case(const char *line) {
    static const char *const types[] = {"set", "ordered_set", "bag", "duplicate_bag"};
    char type[32];
    unsigned keypos;
    CHECK_INT(sscanf(line, "case %*s %31s %u", type, &keypos), 2);
    rs_ets_options options = {.protection = RS_ETS_PUBLIC, .keypos = keypos};
    while (!is_word(types[options.type], type)) options.type++;
    return rs_ets_new(&options);
}

static char (*lines)[LINE];
static int line_count;

static void read_lines(void) {
    FILE *file = fopen("runtime/store/test/ets.cases", "r");
    CHECK(file != NULL);
    lines = calloc(4096, LINE);
    while (fgets(lines[line_count], LINE, file)) {
        lines[line_count][strcspn(lines[line_count], "\n")] = 0;
        line_count++;
    }
    fclose(file);
}

static void plays(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets table = 0;
    int answers = 0;
    for (int i = 0; i < line_count; i++) {
        char found[LINE];
        if (strncmp(lines[i], "case ", 5) == 0) table = begin_case(lines[i]);
        if (lines[i][0] != '>') continue;
        carry_out(table, lines[i] + 2, found);
        if (!is_word(found, lines[i + 1] + 2))
            rs_test_fail("runtime/store/test/ets.cases", i + 1, "%s, not %s", found,
                         lines[i + 1] + 2);
        answers++;
    }
    CHECK(answers > 500);
}

TEST(tables_answer_as_in_otp) {
    read_lines();
    everywhere(plays);
    free(lines);
}

TEST_MAIN()
