/* term_test.c: values: building, printing, parsing, comparing, hashing; what is malformed is
 * refused. Terms made before a run come from the C heap, so LeakSanitizer watches these tests.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/term.h"

#include "runtime/base/limits.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"
#include "runtime/respawn.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 65536

static char text_of_term[TEXT_MAX];

static const char *text_of(rs_term term) {
    size_t needed = rs_term_print(term, text_of_term, sizeof text_of_term);
    CHECK(needed < sizeof text_of_term);
    CHECK_INT(strlen(text_of_term), needed);
    return text_of_term;
}

static rs_term term_of(const char *text) {
    rs_term term = 0;
    rs_err err = rs_term_parse(text, &term);
    if (err != RS_OK) rs_test_fail(__FILE__, __LINE__, "\"%s\": %s", text, rs_error_text(err));
    return term;
}

static rs_term tuple_of(uint32_t count, const rs_term *elements) {
    rs_term tuple = rs_term_tuple(count, elements);
    CHECK(rs_term_tag(tuple) == RS_TAG_BLOCK);
    return tuple;
}

/* ------------------------------------------------------------------ immediates */

TEST(integers_keep_60_bits) {
    const int64_t values[] = {
        0, 1, -1, 42, -1000000007, (INT64_C(1) << 59) - 1, -(INT64_C(1) << 59)};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        rs_term term = rs_term_integer(values[i]);
        CHECK_INT(rs_term_tag(term), RS_TAG_INTEGER);
        CHECK_INT(rs_term_to_integer(term), values[i]);
        char expected[32];
        snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        CHECK_STR(text_of(term), expected);
        if (values[i] >> 58 == 0 || values[i] >> 58 == -1) CHECK(term_of(expected) == term);
    }
}

TEST(atoms_are_found_again) {
    rs_atom atom = rs_atom_find("term_test_atom");
    CHECK(atom != 0);
    CHECK_INT(rs_term_tag(atom), RS_TAG_ATOM);
    CHECK(rs_atom_find("term_test_atom") == atom);
    CHECK(rs_atom_find("term_test_aton") != atom);
    CHECK_STR(rs_atom_text(atom), "term_test_atom");
    CHECK_STR(text_of(atom), "term_test_atom");
    CHECK(term_of("term_test_atom") == atom);
    /* `true` and `false` are macros: NAME goes to # and ## only. */
#define X(NAME) {#NAME, (rs_term)RS_ATOM_INDEX_##NAME << 4 | RS_TAG_ATOM},
    static const struct {
        const char *text;
        rs_atom atom;
    } known[] = {RS_ATOMS(X)};
#undef X
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK(rs_atom_find(known[i].text) == known[i].atom);
        CHECK_STR(rs_atom_text(known[i].atom), known[i].text);
    }
}

TEST(atoms_have_a_longest_text) {
    char text[RS_ATOM_BYTES_MAX + 2];
    memset(text, 'a', sizeof text);
    text[RS_ATOM_BYTES_MAX] = 0;
    rs_atom atom = rs_atom_find(text);
    CHECK(atom != 0);
    CHECK_STR(rs_atom_text(atom), text);
    text[RS_ATOM_BYTES_MAX] = 'a';
    text[RS_ATOM_BYTES_MAX + 1] = 0;
    CHECK_INT(rs_atom_find(text), 0);
    rs_term term = 0;
    CHECK_INT(rs_term_parse(text, &term), RS_ELIMIT);
}

TEST(many_atoms_stay_apart) {
    enum { COUNT = 20000 };
    static rs_atom atoms[COUNT];
    char text[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "many_%d", i);
        atoms[i] = rs_atom_find(text);
        CHECK(atoms[i] != 0 && (i == 0 || atoms[i] != atoms[i - 1]));
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "many_%d", i);
        CHECK(rs_atom_find(text) == atoms[i]);
        CHECK_STR(rs_atom_text(atoms[i]), text);
    }
}

/* ------------------------------------------------------------------ blocks */

TEST(tuples_hold_copies_of_their_elements) {
    rs_term text = rs_term_text("he\"l\\lo", 7);
    rs_term inner = tuple_of(2, (rs_term[]){rs_term_integer(-3), text});
    rs_term outer = tuple_of(3, (rs_term[]){RS_ATOM(shutdown), inner, inner});
    rs_term_release(inner);
    CHECK_INT(rs_term_size(text), 7);
    rs_term_release(text);
    CHECK_INT(rs_term_size(outer), 3);
    CHECK_STR(text_of(outer), "{shutdown,{-3,\"he\\\"l\\\\lo\"},{-3,\"he\\\"l\\\\lo\"}}");
    CHECK(rs_term_element(outer, 0) == RS_ATOM(shutdown));
    CHECK_INT(rs_term_element(outer, 3), 0);
    CHECK_INT(rs_term_element(RS_ATOM(shutdown), 0), 0);
    rs_term second = rs_term_element(outer, 1), third = rs_term_element(outer, 2);
    rs_term_release(outer);
    CHECK_STR(text_of(second), "{-3,\"he\\\"l\\\\lo\"}");
    CHECK(rs_term_equal(second, third));
    rs_term leaf = rs_term_element(second, 1);
    rs_term_release(second);
    rs_term_release(third);
    CHECK_STR(text_of(leaf), "\"he\\\"l\\\\lo\"");
    CHECK_INT(rs_term_element(leaf, 0), 0);
    rs_term_release(leaf);
}

TEST(empty_blocks) {
    rs_term tuple = tuple_of(0, NULL), text = rs_term_text("", 0);
    CHECK_STR(text_of(tuple), "{}");
    CHECK_STR(text_of(text), "\"\"");
    CHECK_INT(rs_term_size(tuple), 0);
    CHECK_INT(rs_term_size(text), 0);
    CHECK(!rs_term_equal(tuple, text));
    rs_term both = tuple_of(2, (rs_term[]){tuple, text});
    CHECK_STR(text_of(both), "{{},\"\"}");
    rs_term_release(tuple);
    rs_term_release(text);
    rs_term_release(both);
}

TEST(counts_keep_a_block_alive) {
    rs_term term = term_of("{a,b}");
    rs_term_retain(term, 3);
    for (int i = 0; i < 3; i++) rs_term_release(term);
    CHECK_STR(text_of(term), "{a,b}");
    rs_term_release(term);
    rs_term_retain(RS_ATOM(normal), 5); /* immediates need neither */
    rs_term_release(RS_ATOM(normal));
    rs_term_release(rs_term_integer(5));
    rs_term_release(0);
}

TEST(pairs_are_seen) {
    rs_term pair = term_of("{shutdown,x}"), triple = term_of("{shutdown,x,y}");
    rs_term text = term_of("\"shutdown\""), single = term_of("{shutdown}");
    CHECK(rs_term_is_pair(pair, RS_ATOM(shutdown)));
    CHECK(!rs_term_is_pair(pair, RS_ATOM(normal)));
    CHECK(!rs_term_is_pair(triple, RS_ATOM(shutdown)));
    CHECK(!rs_term_is_pair(single, RS_ATOM(shutdown)));
    CHECK(!rs_term_is_pair(text, RS_ATOM(shutdown)));
    CHECK(!rs_term_is_pair(RS_ATOM(shutdown), RS_ATOM(shutdown)));
    CHECK(!rs_reason_is_abnormal(pair));
    CHECK(rs_reason_is_abnormal(triple));
    CHECK(rs_reason_is_abnormal(single));
    CHECK(rs_reason_is_abnormal(text));
    CHECK(!rs_reason_is_abnormal(RS_ATOM(normal)));
    CHECK(!rs_reason_is_abnormal(RS_ATOM(shutdown)));
    CHECK(rs_reason_is_abnormal(RS_ATOM(killed)));
    CHECK(rs_reason_is_abnormal(rs_term_integer(0)));
    rs_term_release(pair);
    rs_term_release(triple);
    rs_term_release(text);
    rs_term_release(single);
}

TEST(printing_is_cut_to_the_room_there_is) {
    rs_term term = term_of("{shutdown,{-3,\"text\"}}");
    char whole[64], part[64];
    size_t length = rs_term_print(term, whole, sizeof whole);
    for (size_t room = 1; room <= length + 2; room++) {
        memset(part, '#', sizeof part);
        CHECK_INT(rs_term_print(term, part, room), length);
        CHECK_INT(strlen(part), room > length ? length : room - 1);
        CHECK(strncmp(part, whole, strlen(part)) == 0);
        CHECK_INT(part[room], '#');
    }
    CHECK_INT(rs_term_print(term, NULL, 0), length);
    rs_term_release(term);
}

/* ------------------------------------------------------------------ depth */

static void braces(char *out, uint32_t depth) {
    memset(out, '{', depth);
    out[depth] = '1';
    memset(out + depth + 1, '}', depth);
    out[2 * depth + 1] = 0;
}

/* How deep both ways of building let a term become; each adds one level to the integer. */
static uint32_t depth_built(void) {
    rs_term term = rs_term_integer(1);
    uint32_t depth = 0;
    while (depth < 1000) {
        rs_term deeper = rs_term_tuple(1, &term);
        if (!deeper) break;
        rs_term_release(term);
        term = deeper;
        depth++;
    }
    CHECK_INT(strlen(text_of(term)), 2 * depth + 1);
    CHECK(rs_term_equal(term, term));
    rs_term_hash(term);
    rs_term_release(term);
    return depth;
}

TEST(depth_has_a_limit) {
    uint32_t built = depth_built();
    CHECK(built >= RS_TERM_DEPTH_MAX - 1 && built <= RS_TERM_DEPTH_MAX + 1);
    static char text[TEXT_MAX];
    rs_term term = 0;
    for (uint32_t depth = 1; depth < 30000; depth = depth < 31 ? depth + 1 : depth * 3) {
        braces(text, depth);
        rs_err err = rs_term_parse(text, &term);
        CHECK_INT(err, depth <= 31 ? RS_OK : RS_ELIMIT); /* texts from strangers: less deep */
        if (err != RS_OK) continue;
        CHECK_STR(text_of(term), text);
        rs_term_release(term);
    }
    memset(text, '{', TEXT_MAX - 1); /* never closed */
    CHECK(rs_term_parse(text, &term) != RS_OK);
}

TEST(wide_terms) {
    enum { COUNT = 5000 };
    static rs_term elements[COUNT];
    for (int i = 0; i < COUNT; i++) elements[i] = rs_term_integer(i);
    rs_term wide = tuple_of(COUNT, elements);
    CHECK_INT(rs_term_size(wide), COUNT);
    for (uint32_t i = 0; i < COUNT; i += 17) CHECK(rs_term_element(wide, i) == elements[i]);
    rs_term refused = 0;
    CHECK_INT(rs_term_parse(text_of(wide), &refused), RS_ELIMIT);
    rs_term_release(wide);
    wide = tuple_of(60, elements);
    rs_term again = term_of(text_of(wide));
    CHECK(rs_term_equal(wide, again));
    rs_term_release(wide);
    rs_term_release(again);
}

/* ------------------------------------------------------------------ parsing */

TEST(what_parses) {
    static const char *const pairs[][2] = {
        {"a", "a"},
        {"{}", "{}"},
        {"{a}", "{a}"},
        {"0", "0"},
        {"-0", "0"},
        {"007", "7"},
        {"\"\"", "\"\""},
        {"{a,{b,{c}}}", NULL},
        {"{shutdown,done}", NULL},
        {"a_B9", "a_B9"},
        {"{1,\"x\",y}", NULL},
        {"\"a\\\"b\"", NULL},
        {"\"{a,b\"", NULL},
        {"{{},{},\"\"}", NULL},
        {"[]", NULL},
        {" [ a , [ 1 ] ] ", "[a,[1]]"},
        {"{bad,[{a,1},{b,[]}]}", NULL},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        rs_term term = term_of(pairs[i][0]);
        CHECK_STR(text_of(term), pairs[i][1] ? pairs[i][1] : pairs[i][0]);
        rs_term_release(term);
    }
}

TEST(what_is_malformed_is_refused) {
    static const char *const texts[] = {
        "",     "{",     "}",    "{a",    "{a,",    "{,}",   "{a,}", "{,a}",     "a b",
        "{a}}", "{a b}", "\"",   "\"abc", "\"\\",   "-",     "--1",  "1a",       "{a;b}",
        ",",    "{{}",   "{}{}", "a,b",   "\"a\"b", "{\"a}", "- 1",  "{a}\n{b}", "[",
        "]",    "[a",    "[a}",  "{a]",   "[,]",    "[a|b]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        rs_term term = 0;
        rs_err err = rs_term_parse(texts[i], &term);
        if (err != RS_ESYNTAX)
            rs_test_fail(__FILE__, __LINE__, "\"%s\": %s", texts[i], rs_error_text(err));
    }
}

TEST(integers_out_of_range_are_refused) {
    static const char *const texts[] = {"576460752303423488", "-576460752303423489",
                                        "9223372036854775808", "18446744073709551617",
                                        "100000000000000000000000000000"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        rs_term term = 0;
        rs_err err = rs_term_parse(texts[i], &term);
        if (err != RS_ESYNTAX && err != RS_ELIMIT)
            rs_test_fail(__FILE__, __LINE__, "\"%s\": %s", texts[i], rs_error_text(err));
    }
}

TEST(cut_and_scratched_texts_never_crash) {
    static const char good[] = "{shutdown,{-3,\"te\\\"xt\",{a,b,{}}},\"\",12345}";
    rs_prng random;
    rs_prng_init(&random, 5, "term/scratched");
    for (int round = 0; round < 50000; round++) {
        char text[sizeof good];
        strcpy(text, good);
        text[rs_prng_below(&random, sizeof good)] = 0;
        for (uint64_t i = rs_prng_below(&random, 4); i > 0; i--) {
            size_t at = rs_prng_below(&random, strlen(text) + 1);
            if (text[at]) text[at] = (char)(1 + rs_prng_below(&random, 255));
        }
        rs_term term = 0;
        if (rs_term_parse(text, &term) != RS_OK) continue;
        rs_term again = term_of(text_of(term)); /* what was accepted survives the round trip */
        CHECK(rs_term_equal(term, again));
        rs_term_release(term);
        rs_term_release(again);
    }
}

/* ------------------------------------------------------------------ random terms */

static rs_term random_text(rs_prng *random) {
    char text[40];
    uint32_t bytes = (uint32_t)rs_prng_below(random, sizeof text);
    for (uint32_t i = 0; i < bytes; i++) text[i] = (char)rs_prng_below(random, 256);
    return rs_term_text(text, bytes);
}

static rs_term random_integer(rs_prng *random) {
    int64_t value = (int64_t)rs_prng_next(random) >> 5; /* what texts can say: 59 bits */
    return rs_term_integer(value >> rs_prng_below(random, 60));
}

static rs_term random_term(rs_prng *random, uint32_t depth) {
    static const char *const atoms[] = {"a", "normal", "shutdown", "kill", "x_1", "zZ"};
    switch (rs_prng_below(random, depth ? 5 : 3)) {
    case 0: return random_integer(random);
    case 1: return rs_atom_find(atoms[rs_prng_below(random, 6)]);
    case 2: return random_text(random);
    default: break;
    }
    rs_term elements[5];
    uint32_t count = (uint32_t)rs_prng_below(random, 6);
    for (uint32_t i = 0; i < count; i++) elements[i] = random_term(random, depth - 1);
    bool is_list = rs_prng_below(random, 2);
    rs_term row = is_list ? rs_term_list(count, elements) : tuple_of(count, elements);
    CHECK_INT(rs_term_kind(row), is_list ? RS_TAG_LIST : RS_TAG_TUPLE);
    for (uint32_t i = 0; i < count; i++) {
        rs_term element = rs_term_element(row, i);
        CHECK(rs_term_equal(element, elements[i]));
        rs_term_release(element);
        rs_term_release(elements[i]);
    }
    return row;
}

TEST(random_terms_survive_print_and_parse) {
    rs_prng random;
    rs_prng_init(&random, 1, "term/random");
    static char last_text[TEXT_MAX];
    rs_term last = rs_term_integer(0);
    for (int round = 0; round < 20000; round++) {
        strcpy(last_text, text_of(last));
        rs_term term = random_term(&random, 4), again = term_of(text_of(term));
        CHECK(rs_term_equal(term, again) && rs_term_equal(again, term));
        CHECK(rs_term_hash(term) == rs_term_hash(again));
        bool same = strcmp(text_of(term), last_text) == 0;
        CHECK_INT(rs_term_equal(term, last), same); /* the text says all there is */
        if (!same) CHECK(rs_term_hash(term) != rs_term_hash(last));
        rs_term_release(last);
        rs_term_release(again);
        last = term;
    }
    rs_term_release(last);
}

TEST(equality_sees_every_difference) {
    static const char *const texts[] = {
        "a",    "b",      "1",       "-1",    "\"a\"", "\"1\"",   "{}",
        "{a}",  "{b}",    "{a,b}",   "{b,a}", "{{a}}", "{{a},b}", "{a,b,c}",
        "[]",   "[a]",    "[a,b]",   "[{a}]", "{[a]}", "[[a]]",   "[\"a\"]",
        "\"\"", "\"ab\"", "{\"a\"}", "{1}",   "{-1}",  "{a,{b}}", "{{a,b}}"};
    enum { COUNT = sizeof texts / sizeof texts[0] };
    rs_term terms[COUNT];
    for (size_t i = 0; i < COUNT; i++) terms[i] = term_of(texts[i]);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            CHECK_INT(rs_term_equal(terms[i], terms[j]), i == j);
            CHECK_INT(rs_term_hash(terms[i]) == rs_term_hash(terms[j]), i == j);
        }
    for (size_t i = 0; i < COUNT; i++) rs_term_release(terms[i]);
}

TEST(order_is_erlangs) {
    static const char *const ascending[] = {
        "-5",    "0",     "7",     "a",      "ab",      "b",      "{}",
        "{z}",   "{a,b}", "{b,a}", "{b,{}}", "{a,b,c}", "[]",     "[1]",
        "[1,2]", "[2]",   "[{}]",  "\"\"",   "\"a\"",   "\"ab\"", "\"b\""};
    enum { COUNT = sizeof ascending / sizeof ascending[0] };
    rs_term terms[COUNT];
    for (size_t i = 0; i < COUNT; i++) terms[i] = term_of(ascending[i]);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            int order = rs_term_compare(terms[i], terms[j]);
            CHECK_INT((order > 0) - (order < 0), (i > j) - (i < j));
        }
    for (size_t i = 0; i < COUNT; i++) rs_term_release(terms[i]);
}

TEST(texts_may_hold_any_byte) {
    char bytes[256];
    for (int i = 0; i < 256; i++) bytes[i] = (char)i;
    rs_term text = rs_term_text(bytes, 256), other = rs_term_text(bytes, 255);
    CHECK_INT(rs_term_size(text), 256);
    CHECK(!rs_term_equal(text, other));
    rs_term again = term_of(text_of(text));
    CHECK(rs_term_equal(text, again));
    rs_term_release(again);
    rs_term_release(other);
    other = rs_term_text(bytes, 256);
    CHECK(rs_term_equal(text, other));
    CHECK(rs_term_hash(text) == rs_term_hash(other));
    rs_term_release(text);
    rs_term_release(other);
}

/* ------------------------------------------------------------------ inside a run */

static void in_a_run(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_prng random;
    rs_prng_init(&random, 2, "term/run");
    for (int round = 0; round < 500; round++) {
        rs_term term = random_term(&random, 3), again = term_of(text_of(term));
        CHECK(rs_term_equal(term, again));
        rs_term_release(term);
        rs_term_release(again);
    }
    rs_term pair = tuple_of(2, (rs_term[]){rs_self(), rs_make_ref()});
    CHECK(rs_term_element(pair, 0) == rs_self());
    CHECK_INT(rs_term_tag(rs_term_element(pair, 1)), RS_TAG_REF);
    rs_term_release(pair);
    rs_memory_read(&after);
    CHECK(memcmp(&before, &after, sizeof before) == 0);
}
TEST(terms_of_a_run_give_their_memory_back) {
    rs_term_release(term_of("{before,the,run}"));
    rs_term outside = term_of("{\"made\",{before}}");
    const rs_runtime_options options = {.threads = 1};
    CHECK_INT(rs_run(&options, in_a_run, NULL, 0, NULL), RS_OK);
    CHECK_STR(text_of(outside), "{\"made\",{before}}");
    rs_term_release(outside);
}

TEST_MAIN()
