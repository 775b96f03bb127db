/* baseline_test.c: what of a result is compared, and with whom.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/baseline.h"

#include "reports/verdict/likeness.h"
#include "reports/verdict/sessions.h"
#include "runtime/base/test/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char why[512];

/* ------------------------------------------------------------------ gates */

TEST(a_gate_is_read_as_it_is_written) {
    rs_baseline_gate gate;
    CHECK(rs_baseline_gate_read(&gate, "calls.throughput"));
    CHECK_STR(gate.unit, "per_s");
    CHECK_INT(gate.better, RS_METRIC_HIGHER);
    CHECK(gate.tail == 0);
    CHECK(rs_baseline_gate_read(&gate, "restart.reachable{fault=a.b*}.p99.9 during storm"));
    CHECK_STR(gate.unit, "ns");
    CHECK_INT(gate.better, RS_METRIC_LOWER);
    CHECK(fabs(gate.tail - 0.999) < 1e-9);
    CHECK(rs_baseline_gate_read(&gate, "calls.latency.count during storm"));
    CHECK_INT(gate.better, RS_METRIC_NEITHER);
    CHECK(rs_baseline_gate_read(&gate, "calls.throughput during storm"));
}

TEST(what_is_no_metric_is_no_gate) {
    static const char *const wrong[] = {
        "",
        "nothing.of.the.kind",
        "calls.latency",
        "calls.latency.p101",
        "calls.latency.p50p50p50p50p50p50p50p50p50",
        "restart.reachable{fault=x.p50",
        "calls.throughput.p50",
    };
    rs_baseline_gate gate;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!rs_baseline_gate_read(&gate, wrong[i]));
}

/* ------------------------------------------------------------------ results */

static rs_result *make(void) {
    rs_result *result = rs_result_create();
    result->scenario = "shop";
    result->scenario_hash = "0123";
    result->clock = "real";
    result->seed = 7;
    strcpy(result->machine.cpu, "a cpu");
    rs_result_add_setting(result, "runtime.seed", "7");
    rs_result_add_setting(result, "runtime.threads", "1");
    rs_result_add_gate(result, "calls.throughput");
    rs_result_add_gate(result, "restart.reachable.p50");
    for (uint64_t n = 0; n < 3; n++) {
        rs_result_repetition *repetition = rs_result_add_repetition(result);
        rs_result_add_value(result, repetition, "calls.throughput", rs_known(1000.0 - (double)n));
        rs_result_add_value(result, repetition, "calls.issued", rs_known(1));
        if (n)
            rs_result_add_never(result, repetition, "restart.reachable.p50");
        else
            rs_result_add_value(result, repetition, "restart.reachable.p50", (rs_optional){0});
    }
    return result;
}

static bool add(rs_baseline *baseline, rs_result *result) {
    bool added = rs_baseline_add(baseline, result, "shop.json", why, sizeof why);
    rs_result_destroy(result);
    return added;
}

TEST(a_session_outlives_its_result) {
    rs_baseline baseline = {.texts = {NULL}};
    CHECK(add(&baseline, make()));
    const rs_baseline_session *session = &baseline.sessions.at[0];
    CHECK_STR(session->scenario, "shop");
    CHECK_INT(session->gate_count, 2);
    CHECK_INT(session->repetitions, 3);
    CHECK(rs_baseline_number(session, 0) == 999);
    CHECK(isnan(session->gates[1].values[0]) && isinf(session->gates[1].values[1]));
    CHECK(isnan(rs_baseline_number(session, 1)));
    CHECK_INT(session->settings.count, 1);
    CHECK_STR(session->settings.at[0].key, "runtime.threads");
    rs_baseline_fini(&baseline);
}

static void check_refused(rs_result *result, const char *says) {
    rs_baseline baseline = {.texts = {NULL}};
    CHECK(!add(&baseline, result));
    CHECK(strstr(why, says) != NULL);
    rs_baseline_fini(&baseline);
}

TEST(what_cannot_be_compared_is_no_session) {
    rs_result *result = make();
    result->gate.count = 0;
    check_refused(result, "no 'gate'");
    result = make();
    for (int i = 0; i < 4; i++) rs_result_add_gate(result, "calls.issued");
    check_refused(result, "more metrics");
    result = make();
    rs_result_add_gate(result, "calls.nonsense");
    check_refused(result, "'calls.nonsense' is no metric");
    result = make();
    result->scenario_hash = NULL;
    check_refused(result, "does not say its scenario");
    result = make();
    result->repetitions.at[2].values.at[0].value = rs_known(-1);
    check_refused(result, "below 0");
    result = rs_result_create();
    result->scenario = "shop", result->scenario_hash = "0", result->clock = "real";
    rs_result_add_gate(result, "calls.throughput");
    check_refused(result, "no repetitions");
    result = make();
    result->clock = "sun";
    check_refused(result, "does not say its scenario");
}

TEST(a_baseline_has_an_end) {
    rs_baseline baseline = {.texts = {NULL}};
    CHECK(rs_baseline_has_room(&baseline, RS_BASELINE_NUMBERS_MAX));
    CHECK(!rs_baseline_has_room(&baseline, RS_BASELINE_NUMBERS_MAX + 1));
    for (uint32_t i = 0; i < RS_SESSIONS_MAX; i++) CHECK(add(&baseline, make()));
    CHECK(!rs_baseline_has_room(&baseline, 1));
    CHECK(!add(&baseline, make()));
    CHECK(strstr(why, "no room") != NULL);
    rs_baseline_fini(&baseline);
}

/* ------------------------------------------------------------------ likeness */

static rs_baseline pair;

/* A session as `make` makes it, and another to be changed. */
static rs_baseline_session *begin(void) {
    pair = (rs_baseline){.texts = {NULL}};
    CHECK(add(&pair, make()) && add(&pair, make()));
    return &pair.sessions.at[1];
}

static void end(bool alike, const char *says, bool ask) {
    const rs_baseline_session *a = &pair.sessions.at[0], *b = &pair.sessions.at[1];
    *why = 0;
    CHECK((ask ? rs_likeness_ask_alike(a, b, why, sizeof why)
               : rs_likeness_lie_alike(a, b, why, sizeof why)) == alike);
    if (!alike && !strstr(why, says)) rs_test_fail(__FILE__, __LINE__, "%s: %s", says, why);
    rs_baseline_fini(&pair);
}

TEST(only_the_same_question_is_compared) {
    begin();
    end(true, "", true);
    begin()->scenario = "talk";
    end(false, "another scenario: 'shop' and 'talk'", true);
    begin()->scenario_hash = "4567";
    end(false, "'shop' has changed: its hash is 0123 and 4567", true);
    begin()->clock = "virtual";
    end(false, "another clock: real and virtual time", true);
    begin()->seed = 8;
    end(false, "another seed: 0x7 and 0x8", true);
    begin()->gates[1].name = "calls.issued";
    end(false, "'restart.reachable.p50' and 'calls.issued'", true);
    rs_baseline_session *fewer = begin();
    free(fewer->gates[1].values);
    fewer->gate_count = 1;
    end(false, "2 metrics and 1", true);
    begin()->settings.at[0].value = "2";
    end(false, "runtime.threads=1 and runtime.threads=2", true);
    begin()->settings.count = 0;
    end(false, "runtime.threads=1 and none", true);
    begin()->repetitions = 2;
    end(false, "another number of repetitions: 3 and 2", true);
}

/* The last of two that set one key wins. */
TEST(settings_have_an_order) {
    rs_result *a = make(), *b = make();
    rs_result_add_setting(a, "runtime.threads", "2");
    rs_result_add_setting(a, "runtime.threads", "3");
    rs_result_add_setting(b, "runtime.threads", "3");
    rs_result_add_setting(b, "runtime.threads", "2");
    pair = (rs_baseline){.texts = {NULL}};
    CHECK(add(&pair, a) && add(&pair, b));
    end(false, "in another order", true);
}

TEST(another_place_is_named) {
    begin();
    end(true, "", false);
    strcpy(begin()->machine.cpu, "another");
    end(false, "another processor: a cpu and another", false);
    begin()->machine.cores = 1000;
    end(false, "another number of processors: ", false);
    strcpy(begin()->machine.kernel, "Plan 9");
    end(false, "and Plan 9", false);
    strcpy(begin()->build.type, "fast");
    end(false, "another type of build: ", false);
    strcpy(begin()->build.sanitizer, "memory");
    end(false, "another sanitizer: ", false);
    strcpy(begin()->build.compiler, "tcc");
    end(true, "", false);
    strcpy(begin()->build.version, "9");
    end(true, "", false);
}

TEST(one_and_the_same_is_seen) {
    rs_baseline_session *other = begin();
    other->started_at = pair.sessions.at[0].started_at;
    CHECK(rs_likeness_are_one(&pair.sessions.at[0], other));
    other->elapsed_ns++;
    CHECK(!rs_likeness_are_one(&pair.sessions.at[0], other));
    other->elapsed_ns--;
    other->gates[0].values[2] = 1;
    CHECK(!rs_likeness_are_one(&pair.sessions.at[0], other));
    rs_baseline_fini(&pair);
    other = begin();
    other->started_at = "2020-01-01T00:00:00Z";
    CHECK(!rs_likeness_are_one(&pair.sessions.at[0], other));
    rs_baseline_fini(&pair);
}

TEST_MAIN()
