/* tally_sched_test.c: what the schedulers did: by phase and over all, and not available where there
 * is no such thing.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/test/trial.h"

#include <stdlib.h>

static const char two_phases[] = "tree:\n"
                                 "  id: top\n"
                                 "  strategy: one_for_one\n"
                                 "  children: [{ id: echo, worker: echo }]\n"
                                 "load: [{ id: all, target: echo, clients: 4, rate: 4k/s }]\n"
                                 "phases: { first: 60ms, second: 30ms }\n";

static trial run_under(const char *runtime, const char *more) {
    char text[1024];
    snprintf(text, sizeof text, "scenario: test\nruntime: %s\n%s%s", runtime, two_phases, more);
    return run_plan(parse(text));
}

static const rs_result_metric *find(const trial *made, const char *name, const char *phase) {
    rs_result_labels labels = {.phase = phase};
    const rs_result_metric *metric = rs_result_find(made->result, name, phase ? &labels : NULL);
    if (!metric) rs_test_fail(__FILE__, __LINE__, "no %s of %s", name, phase ? phase : "all");
    return metric;
}

/* Four clients ask at the same instant, so of each four requests three find the core busy. */
TEST(virtual_waits_are_all_there_and_add_up) {
    trial made = run_under("{ clock: virtual }", "expect: [sched.idle > 90%]\n");
    const rs_histogram *all = find(&made, "sched.wait", NULL)->histogram;
    const rs_histogram *first = find(&made, "sched.wait", "first")->histogram;
    const rs_histogram *second = find(&made, "sched.wait", "second")->histogram;
    CHECK_INT(all->count, first->count + second->count);
    CHECK(first->count > second->count && second->count > 200);
    CHECK(value(made.result, "sched.longest_wait", NULL) == (double)all->max);
    CHECK(all->max > 0 && all->max < 100000);
    double idle = value(made.result, "sched.idle", NULL);
    CHECK(idle > 0.9 && idle < 1);
    CHECK(value(made.result, "sched.idle", &(rs_result_labels){.phase = "second"}) < 1);
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    finish_trial(&made);
}

TEST(more_cores_wait_less_and_idle_more) {
    trial one = run_under("{ clock: virtual, scheduler: global }", "");
    trial four = run_under("{ clock: virtual, scheduler: global, threads: 4 }", "");
    CHECK(find(&one, "sched.wait", NULL)->histogram->sum >
          find(&four, "sched.wait", NULL)->histogram->sum);
    CHECK(value(one.result, "sched.idle", NULL) < value(four.result, "sched.idle", NULL));
    finish_trial(&one);
    finish_trial(&four);
}

static const char *const of_threads[] = {"sched.parks", "sched.wakes"};

TEST(what_virtual_cores_do_not_do_is_not_available) {
    trial made = run_under("{ clock: virtual, scheduler: steal, threads: 2 }",
                           "expect: [sched.parks == 0]\n");
    for (size_t i = 0; i < sizeof of_threads / sizeof *of_threads; i++) {
        CHECK(!find(&made, of_threads[i], NULL)->value.known);
        CHECK(!find(&made, of_threads[i], "first")->value.known);
    }
    CHECK(find(&made, "sched.steals", NULL)->value.known);
    CHECK_INT(made.result->verdict, RS_VERDICT_INCONCLUSIVE);
    finish_trial(&made);
}

TEST(real_threads_are_counted_by_phase) {
    trial made = run_under("{ threads: 2 }", "expect: [sched.parks > 0 during first]\n");
    for (size_t i = 0; i < sizeof of_threads / sizeof *of_threads; i++) {
        double all = value(made.result, of_threads[i], NULL);
        double first = value(made.result, of_threads[i], &(rs_result_labels){.phase = "first"});
        CHECK(all ==
              first + value(made.result, of_threads[i], &(rs_result_labels){.phase = "second"}));
    }
    CHECK(value(made.result, "sched.parks", NULL) > 0);
    double idle = value(made.result, "sched.idle", NULL);
    CHECK(idle > 0 && idle <= 1);
    const rs_histogram *sampled = find(&made, "sched.wait", NULL)->histogram;
    CHECK(value(made.result, "sched.longest_wait", NULL) >= (double)sampled->max);
    finish_trial(&made);
}

TEST(the_longest_of_all_and_of_each_phase) {
    rs_waits waits;
    rs_histogram *sampled = calloc(1, sizeof *sampled);
    CHECK(rs_waits_init(&waits, 2, 2, NULL));
    CHECK_INT(rs_waits_sum(&waits, 2, sampled), 0);
    rs_waits_record(&waits, 0, 0, 500, true);
    rs_waits_record(&waits, 1, 0, 9000, false);
    rs_waits_record(&waits, 1, 0, 8000, false);
    rs_waits_record(&waits, 3, 1, 700, true);
    CHECK_INT(rs_waits_sum(&waits, 0, sampled), 9000);
    CHECK_INT(sampled->count, 1);
    rs_histogram_init(sampled);
    CHECK_INT(rs_waits_sum(&waits, 1, sampled), 700);
    rs_histogram_init(sampled);
    CHECK_INT(rs_waits_sum(&waits, 2, sampled), 9000);
    CHECK_INT(sampled->count, 2);
    CHECK_INT(sampled->max, 700);
    free(sampled);
    rs_waits_fini(&waits, NULL);
}

TEST_MAIN()
