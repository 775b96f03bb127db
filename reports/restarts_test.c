/* restarts_test.c: stories and the restarts in them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/restarts.h"

#include "runtime/base/test/test.h"

#include <stdio.h>

static rs_restarts *restarts;
static char refused[4096]; /* "LINE: why\n" of each refusal */
static uint64_t lines;

static void note(void *context, uint64_t line, const char *why) {
    size_t used = strlen(refused);
    (void)context;
    snprintf(refused + used, sizeof refused - used, "%" PRIu64 ": %s\n", line, why);
}

static void begin(void) {
    restarts = rs_restarts_create(note, NULL);
    lines = 0;
    refused[0] = 0;
}

static void add(rs_event_kind kind, int64_t time_ns, uint64_t incarnation, uint32_t cause) {
    rs_restarts_event event = {.time_ns = time_ns,
                               .line = ++lines,
                               .kind = kind,
                               .role = "shop/db",
                               .incarnation = incarnation,
                               .fault = cause ? "crashes" : NULL,
                               .cause = cause};
    rs_restarts_add(restarts, &event);
}

static void add_stop(int64_t time_ns, uint64_t incarnation, rs_stop_cause stop) {
    rs_restarts_event event = {.time_ns = time_ns,
                               .line = ++lines,
                               .kind = RS_EVENT_STOPPING,
                               .role = "shop/db",
                               .incarnation = incarnation,
                               .stop = 1 + (uint32_t)stop};
    rs_restarts_add(restarts, &event);
}

/* The result, whose owner is the caller. */
static rs_result *end(void) {
    rs_result *result = rs_result_create_bare();
    rs_restarts_end(restarts);
    rs_restarts_put(restarts, result);
    rs_restarts_destroy(restarts);
    return result;
}

static const rs_result_metric *metric(const rs_result *result, const char *name,
                                      const char *cause) {
    rs_result_labels labels = {.cause = cause};
    return rs_result_find(result, name, cause ? &labels : NULL);
}

static double count(const rs_result *result, const char *name, const char *cause) {
    const rs_result_metric *found = metric(result, name, cause);
    return found ? found->value.value : 0;
}

/* Of a distribution with one sample, that sample. */
static uint64_t only(const rs_result *result, const char *name) {
    const rs_result_metric *found = metric(result, name, NULL);
    CHECK(found && found->histogram);
    CHECK_INT(found->histogram->count, 1);
    return found->histogram->max;
}

static uint64_t samples(const rs_result *result, const char *name) {
    return metric(result, name, NULL)->histogram->count;
}

TEST(a_restart_counts_from_its_fault_through_all_stages) {
    begin();
    add(RS_EVENT_FAULT, -100, 1, 7);
    add(RS_EVENT_EXIT, -90, 1, 7);
    add(RS_EVENT_NOTICED, -80, 1, 7);
    add(RS_EVENT_STARTED, 0, 2, 7);
    add(RS_EVENT_REACHABLE, 5, 2, 7);
    add(RS_EVENT_SERVED, 50, 2, 0);
    add(RS_EVENT_SERVED, 99, 2, 0);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(only(result, "restart.detected"), 10);
    CHECK_INT(only(result, "restart.noticed"), 20);
    CHECK_INT(only(result, "restart.started"), 100);
    CHECK_INT(only(result, "restart.reachable"), 105);
    CHECK_INT(only(result, "restart.served"), 150);
    rs_result_labels labels = {.fault = "crashes"};
    CHECK_INT(rs_result_find(result, "restart.served", &labels)->histogram->max, 150);
    CHECK(count(result, "restart.count", NULL) == 1);
    CHECK(count(result, "restart.unfinished", NULL) == 0);
    CHECK(metric(result, "restart.count", "sibling") == NULL);
    rs_result_destroy(result);
}

TEST(lines_may_be_out_of_order) {
    begin();
    add(RS_EVENT_SERVED, 50, 2, 0);
    add(RS_EVENT_STARTED, 30, 2, 7);
    add(RS_EVENT_EXIT, 10, 1, 7);
    add(RS_EVENT_NOTICED, 20, 1, 7);
    add(RS_EVENT_FAULT, 0, 1, 7);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(only(result, "restart.served"), 50);
    CHECK_INT(metric(result, "restart.reachable", NULL)->unfinished, 1);
    rs_result_destroy(result);
}

TEST(who_is_struck_before_a_stage_has_no_sample_of_it) {
    begin();
    add(RS_EVENT_FAULT, 0, 1, 1);
    add(RS_EVENT_EXIT, 10, 1, 1);
    add(RS_EVENT_STARTED, 30, 2, 1);
    add(RS_EVENT_FAULT, 40, 2, 2);
    add(RS_EVENT_EXIT, 41, 2, 2);
    add(RS_EVENT_REACHABLE, 42, 2, 1); /* told by its starter, behind its death */
    add(RS_EVENT_SERVED, 43, 2, 0);
    add(RS_EVENT_STARTED, 50, 3, 2);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(samples(result, "restart.started"), 2);
    CHECK_INT(samples(result, "restart.reachable"), 0);
    CHECK_INT(samples(result, "restart.served"), 0);
    CHECK(count(result, "restart.count", NULL) == 2);
    CHECK(count(result, "restart.unserved", NULL) == 2);
    rs_result_destroy(result);
}

TEST(what_never_comes_is_unfinished_or_was_not_due) {
    begin();
    add(RS_EVENT_EXIT, 10, 1, 0);
    rs_result *result = end();
    CHECK(count(result, "restart.unfinished", NULL) == 1);
    CHECK_INT(metric(result, "restart.started", NULL)->unfinished, 1);
    CHECK_INT(metric(result, "restart.noticed", NULL)->unfinished, 0);
    rs_result_destroy(result);
    begin();
    add(RS_EVENT_EXIT, 10, 1, 0);
    add(RS_EVENT_NOT_DUE, 11, 1, 0);
    result = end();
    CHECK(count(result, "restart.unfinished", NULL) == 0);
    CHECK(count(result, "restart.not_due", NULL) == 1);
    CHECK(count(result, "restart.count", NULL) == 0);
    rs_result_destroy(result);
}

TEST(starts_that_fail_for_ever_are_unfinished_as_such_too) {
    begin();
    add(RS_EVENT_EXIT, 10, 1, 0);
    add(RS_EVENT_INIT_FAILED, 12, 2, 0);
    add(RS_EVENT_INIT_FAILED, 14, 2, 0);
    rs_result *result = end();
    CHECK_INT(metric(result, "restart.started", "init_retry")->unfinished, 1);
    CHECK_INT(metric(result, "restart.started", "init_retry")->histogram->count, 0);
    CHECK(count(result, "restart.unfinished", "init_retry") == 1);
    CHECK(count(result, "restart.count", "init_retry") == 1);
    CHECK(count(result, "restart.unfinished", NULL) == 1);
    CHECK(count(result, "restart.count", NULL) == 1);
    rs_result_destroy(result);
}

TEST(kinds_of_death_are_told_apart) {
    begin();
    add_stop(10, 1, RS_STOP_SIBLING);
    add(RS_EVENT_EXIT, 11, 1, 0);
    add(RS_EVENT_INIT_FAILED, 12, 2, 0);
    add(RS_EVENT_STARTED, 20, 2, 0);
    add_stop(30, 2, RS_STOP_SHUTDOWN);
    add(RS_EVENT_EXIT, 31, 2, 0);
    rs_result *result = end();
    CHECK(count(result, "restart.count", "sibling") == 1);
    CHECK(count(result, "restart.count", NULL) == 1); /* no restart of what was shut down */
    CHECK_INT(samples(result, "restart.started"), 0);
    CHECK_INT(metric(result, "restart.started", "sibling")->histogram->max, 9);
    CHECK_INT(metric(result, "restart.started", "init_retry")->histogram->max, 9);
    rs_result_destroy(result);
}

/* Who is stopped with its siblings may be struck itself meanwhile; a strike at its predecessor is
 * no strike at it. */
TEST(whom_a_strike_hit_is_told_by_the_incarnation) {
    for (uint64_t struck = 1; struck <= 2; struck++) {
        begin();
        add(RS_EVENT_STARTED, 0, 2, 0);
        add(RS_EVENT_FAULT, 5, struck, 3);
        add_stop(10, 2, RS_STOP_SIBLING);
        add(RS_EVENT_EXIT, 11, 2, 3);
        rs_result *result = end();
        CHECK(count(result, "restart.count", "fault") == (struck == 2));
        CHECK(count(result, "restart.count", "sibling") == (struck == 1));
        rs_result_destroy(result);
    }
}

/* Its supervisor could not start another child, died of it, and takes the replacement along. */
TEST(what_is_told_of_one_that_was_shut_down_is_not_told_of_the_one_before) {
    begin();
    add(RS_EVENT_EXIT, 10, 1, 0);
    add(RS_EVENT_STARTED, 20, 2, 0);
    add_stop(30, 2, RS_STOP_SHUTDOWN);
    add(RS_EVENT_EXIT, 31, 2, 0);
    add(RS_EVENT_NOTICED, 32, 2, 0);
    add(RS_EVENT_STARTED, 40, 3, 0);
    add(RS_EVENT_NOTICED, 41, 3, 0);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(samples(result, "restart.noticed"), 0);
    CHECK_INT(samples(result, "restart.started"), 1);
    rs_result_destroy(result);
}

TEST(an_elder_that_lives_on_leaves_no_place_empty) {
    begin();
    add(RS_EVENT_STARTED, 0, 1, 0);
    add(RS_EVENT_STARTED, 5, 2, 0);
    add(RS_EVENT_EXIT, 10, 1, 0);
    add(RS_EVENT_NOTICED, 11, 2, 0); /* as the engine numbers it: the latest */
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK(count(result, "restart.count", NULL) == 0);
    CHECK_INT(samples(result, "restart.noticed"), 0);
    rs_result_destroy(result);
}

/* A name of OTP's is registered before init. */
TEST(a_replacement_may_be_found_before_it_has_started) {
    begin();
    add(RS_EVENT_EXIT, 10, 1, 0);
    add(RS_EVENT_REACHABLE, 12, 2, 0);
    add(RS_EVENT_INIT_FAILED, 13, 2, 0);
    add(RS_EVENT_REACHABLE, 15, 2, 0);
    add(RS_EVENT_STARTED, 20, 2, 0);
    rs_result *result = end();
    CHECK_INT(only(result, "restart.reachable"), 5);
    CHECK_INT(only(result, "restart.started"), 10);
    rs_result_destroy(result);
}

/* Its starter was slow to tell. */
TEST(a_replacement_is_not_found_where_the_one_before_it_was) {
    begin();
    add(RS_EVENT_EXIT, 20, 2, 0);
    add(RS_EVENT_STARTED, 40, 3, 0);
    add(RS_EVENT_REACHABLE, 45, 2, 0);
    add(RS_EVENT_REACHABLE, 60, 3, 0);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(only(result, "restart.reachable"), 40);
    rs_result_destroy(result);
}

TEST(who_tells_no_incarnations_has_them_counted) {
    begin();
    for (int64_t i = 0; i < 3; i++) {
        add(RS_EVENT_EXIT, 100 * i + 10, 0, 0);
        add(RS_EVENT_NOTICED, 100 * i + 11, 0, 0);
        add(RS_EVENT_REACHABLE, 100 * i + 12, 0, 0);
        add(RS_EVENT_STARTED, 100 * i + 13, 0, 0);
        add(RS_EVENT_SERVED, 100 * i + 14, 0, 0);
    }
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(samples(result, "restart.noticed"), 3);
    CHECK_INT(samples(result, "restart.reachable"), 3);
    CHECK_INT(samples(result, "restart.served"), 3);
    rs_result_destroy(result);
}

TEST(stages_out_of_order_are_refused) {
    begin();
    add(RS_EVENT_STARTED, 0, 1, 0);
    add(RS_EVENT_NOTICED, 1, 1, 0);
    add(RS_EVENT_EXIT, 2, 1, 0);
    add(RS_EVENT_EXIT, 3, 1, 0);
    add(RS_EVENT_SERVED, 4, 2, 0);
    add(RS_EVENT_STARTED, 5, 1, 0);
    add(RS_EVENT_EXIT, 6, 3, 0);
    rs_result_destroy(end());
    CHECK_STR(refused, "2: noticed of shop/db#1: it has not ended\n"
                       "4: exit of shop/db#1: it has ended before\n"
                       "5: served of shop/db#2: it has not started\n"
                       "6: started of shop/db#1: #1 has started before\n"
                       "7: exit of shop/db#3: it has not started\n");
}

TEST(a_strike_that_was_not_told_is_a_warning) {
    begin();
    add(RS_EVENT_EXIT, 10, 1, 5);
    add(RS_EVENT_STARTED, 30, 2, 5);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(only(result, "restart.started"), 20);
    CHECK_INT(result->notes.count, 1);
    CHECK_STR(result->notes.at[0].text,
              "1 death of a strike that was not told before counts from the death itself");
    rs_result_destroy(result);
}

TEST(time_may_go_back_so_far_and_no_further) {
    begin();
    for (int64_t i = 0; i < 70000; i++) add(RS_EVENT_SERVED, 1000 + i, 1, 0);
    CHECK_STR(refused, "");
    add(RS_EVENT_SERVED, 1000, 1, 0);
    CHECK_STR(refused, "70001: time goes backwards: t_ns 1000 lies before what stands 65536 "
                       "events above\n");
    rs_result_destroy(end());
}

/* It is the oldest of all that is known by then. */
TEST(what_is_just_not_late_comes_before_all_that_is_held_back) {
    begin();
    add(RS_EVENT_EXIT, 1000, 1, 7);
    for (int64_t i = 1; i < 65536; i++) add(RS_EVENT_SERVED, 1000 + i, 1, 0);
    add(RS_EVENT_FAULT, 999, 1, 7);
    rs_result *result = end();
    CHECK_STR(refused, "");
    CHECK_INT(only(result, "restart.detected"), 1);
    CHECK_INT(result->notes.count, 0);
    rs_result_destroy(result);
}

TEST(faults_are_as_many_as_a_scenario_may_have) {
    begin();
    for (uint32_t i = 0; i < 256; i++) {
        char fault[16];
        snprintf(fault, sizeof fault, "f%u", i);
        rs_restarts_add(
            restarts,
            &(rs_restarts_event){
                .line = ++lines, .kind = RS_EVENT_FAULT, .role = "a", .fault = fault, .cause = 1});
    }
    rs_result_destroy(end());
    CHECK_STR(refused, "256: more than 255 faults are too many\n");
}

TEST_MAIN()
