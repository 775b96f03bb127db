/* trace_hash_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/trace_hash.h"
#include "runtime/base/test/test.h"

#define EVENTS 10

static const rs_trace_event base = {1000, "exit", "tables/game-17", 2, "killed", NULL};

static uint64_t hash_of(const rs_trace_event *events, int count) {
    rs_trace_hash hash;
    rs_trace_hash_init(&hash);
    for (int i = 0; i < count; i++) rs_trace_hash_add(&hash, &events[i]);
    return rs_trace_hash_value(&hash);
}

TEST(each_field_counts) {
    rs_trace_event events[EVENTS];
    for (int i = 0; i < EVENTS; i++) events[i] = base;
    events[1].time_ns++;
    events[2].kind = "noticed";
    events[3].role = "tables/game-18";
    events[4].incarnation = 3;
    events[5].reason = "kill";
    events[6].outcome = "timeout";
    events[7].reason = NULL;
    events[8].reason = "";
    events[9].role = "tables/game-1", events[9].incarnation = 72;
    for (int i = 0; i < EVENTS; i++)
        for (int j = 0; j < i; j++) CHECK(hash_of(&events[i], 1) != hash_of(&events[j], 1));
}

TEST(order_counts) {
    rs_trace_event ab[2] = {base, base}, ba[2] = {base, base};
    ab[1].time_ns = ba[0].time_ns = 2000;
    CHECK(hash_of(ab, 2) != hash_of(ba, 2));
}

TEST(text_does_not_run_into_its_neighbour) {
    rs_trace_event a = base, b = base;
    a.reason = "ab", a.outcome = "c";
    b.reason = "a", b.outcome = "bc";
    CHECK(hash_of(&a, 1) != hash_of(&b, 1));
}

TEST(reading_the_value_changes_nothing) {
    rs_trace_hash hash;
    rs_trace_hash_init(&hash);
    rs_trace_hash_add(&hash, &base);
    rs_trace_hash_value(&hash);
    rs_trace_hash_add(&hash, &base);
    rs_trace_event twice[2] = {base, base};
    CHECK(rs_trace_hash_value(&hash) == hash_of(twice, 2));
}

TEST(the_printed_hash_never_changes) {
    rs_trace_hash hash;
    char text[RS_TRACE_HASH_TEXT];
    rs_trace_hash_init(&hash);
    rs_trace_hash_add(&hash, &base);
    rs_trace_hash_print(&hash, text);
    CHECK_STR(text, "1:be3252e3cf88f5bf");
}

TEST_MAIN()
