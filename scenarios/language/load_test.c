/* load_test.c: what a plan holds of its loads, and how it is told.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/plan_json.h"
#include "scenarios/language/print.h"
#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <stdlib.h>

#define MS UINT64_C(1000000)

static rs_plan *parse_load(const char *load) {
    char text[2048];
    snprintf(text, sizeof text,
             "scenario: s\n"
             "tree:\n"
             "  id: app\n"
             "  children:\n"
             "    - id: tables\n"
             "      strategy: simple_one_for_one\n"
             "      child: { worker: high_scores_table, restart: temporary }\n"
             "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
             "setup: [{ add_games: registry, count: 50 }]\n"
             "phases: { one: 1s, two: 2s, three: 1s }\n"
             "load: [{ id: l, target: registry, clients: 3, %s }]\n",
             load);
    return parse(text);
}

/* The plan as a person reads it holds `line`, and as JSON `json`. */
static void check_told(const char *load, const char *line, const char *json) {
    static char text[8192];
    rs_plan *plan = parse_load(load);
    FILE *out = fmemopen(text, sizeof text, "w");
    rs_plan_print(plan, out);
    fclose(out);
    json_t *tree = rs_plan_to_json(plan);
    char *dump = json_dumps(tree, JSON_COMPACT);
    if (!strstr(text, line)) rs_test_fail(__FILE__, __LINE__, "no \"%s\" in:\n%s", line, text);
    if (!strstr(dump, json)) rs_test_fail(__FILE__, __LINE__, "no %s in:\n%s", json, dump);
    free(dump);
    json_decref(tree);
    rs_plan_destroy(plan);
}

/* ------------------------------------------------------------------ when */

TEST(a_burst_has_a_count_and_a_distance) {
    rs_plan *plan = parse_load("rate: burst(2k every 50ms)");
    const rs_load_rate *rate = &plan->loads[0].rate;
    CHECK_STR(plan->loads[0].kind->name, "burst");
    CHECK(rate->count == 2000 && rate->every_ns == 50 * MS);
    CHECK_INT(plan->loads[0].rate_per_ks, 40000000); /* its mean: 40k/s */
    rs_plan_destroy(plan);
}

TEST(a_burst_once_a_week_is_no_rate_of_nothing) {
    rs_plan *plan = parse_load("rate: burst(1 every 168h)");
    CHECK_INT(plan->loads[0].rate_per_ks, 1);
    rs_plan_destroy(plan);
}

TEST(a_ramp_has_two_rates) {
    rs_plan *plan = parse_load("rate: poisson_ramp(0/s to 3k/s), during: two");
    const rs_load_rate *rate = &plan->loads[0].rate;
    CHECK_STR(plan->loads[0].kind->name, "poisson_ramp");
    CHECK(rate->per_ks == 0 && rate->to_per_ks == 3000000);
    CHECK_INT(plan->loads[0].rate_per_ks, 1500000);
    CHECK_INT(plan->loads[0].during, 1);
    rs_plan_destroy(plan);
}

TEST(arrivals_are_sorted_by_client_and_time) {
    rs_plan *plan = parse_load("arrivals: ['2ms 2 add_score 7', '3500us 0 current_scores 49',\n"
                               "  '1ms 2 add_score 0', '3999999999ns 0 add_score 1']");
    const rs_plan_load *load = &plan->loads[0];
    const rs_plan_arrival *at = load->arrivals;
    CHECK_STR(load->kind->name, "arrivals");
    CHECK(load->kind->open && load->rate_per_ks == 0);
    CHECK_INT(load->arrival_count, 4);
    CHECK(at[0].client == 0 && at[0].due_ns == 3500000 && at[0].key == 49);
    CHECK_STR(load->target->worker->operations[at[0].operation].name, "current_scores");
    CHECK(at[1].client == 0 && at[1].due_ns == 3999999999 && at[1].operation == 0);
    CHECK(at[2].client == 2 && at[2].due_ns == MS && at[2].key == 0);
    CHECK(at[3].client == 2 && at[3].due_ns == 2 * MS && at[3].key == 7);
    rs_plan_destroy(plan);
}

TEST(a_hundred_thousand_arrivals_are_read_and_no_more) {
    static const char head[] = "scenario: s\n"
                               "tree: { id: app, children: [{ id: e, worker: echo }] }\n"
                               "load:\n  - target: e\n    arrivals:\n";
    size_t room = sizeof head + 40 * (RS_PLAN_ARRIVALS_MAX + 1);
    char *text = malloc(room);
    CHECK(text != NULL);
    size_t used = (size_t)snprintf(text, room, "%s", head);
    for (uint32_t i = 0; i < RS_PLAN_ARRIVALS_MAX; i++)
        used += (size_t)snprintf(text + used, room - used, "      - '%uns 0 echo 0'\n", i);
    rs_plan *plan = parse(text);
    CHECK_INT(plan->loads[0].arrival_count, RS_PLAN_ARRIVALS_MAX);
    rs_plan_destroy(plan);
    snprintf(text + used, room - used, "      - '1s 0 echo 0'\n");
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    CHECK(!rs_plan_parse("test.yaml", text, strlen(text), NULL, 0, diagnostics));
    CHECK_STR(rs_diagnostics_get(diagnostics, 0)->message,
              "'arrivals' has more than 100000 entries");
    rs_diagnostics_destroy(diagnostics);
    free(text);
}

/* ------------------------------------------------------------------ what, and how patiently */

TEST(an_exponent_is_told_in_thousandths) {
    rs_plan *plan = parse_load("keys: zipf(1.1)");
    CHECK_INT(plan->loads[0].keys, RS_PLAN_KEYS_ZIPF);
    CHECK_INT(plan->loads[0].zipf_exponent, 1100);
    rs_plan_destroy(plan);
    plan = parse_load("keys: zipf(0.001)");
    CHECK_INT(plan->loads[0].zipf_exponent, 1);
    rs_plan_destroy(plan);
    plan = parse_load("keys: zipf(10)");
    CHECK_INT(plan->loads[0].zipf_exponent, 10000);
    rs_plan_destroy(plan);
}

TEST(retries_have_defaults) {
    rs_plan *plan = parse_load("retry: { times: 3 }");
    const rs_plan_retry *retry = &plan->loads[0].retry;
    CHECK(retry->times == 3 && retry->backoff_ns == 10 * MS && retry->max_ns == 1000 * MS);
    CHECK(retry->factor == 2 && retry->jitter_ppm == 0 && retry->on_count == 0);
    CHECK(plan->loads[0].deadline_ns == 0 && plan->loads[0].think_ns == 0);
    rs_plan_destroy(plan);
    plan = parse_load("retry: { times: 1, backoff: 2s, on: all }, think: 5ms, deadline: 9s");
    CHECK_INT(plan->loads[0].retry.max_ns, 2000 * MS);
    CHECK(plan->loads[0].deadline_ns == 9000 * MS && plan->loads[0].think_ns == 5 * MS);
    rs_plan_destroy(plan);
}

TEST(a_load_is_told_as_it_will_be) {
    check_told("rate: burst(5 every 50ms), keys: zipf(1.05)",
               "load     l: 3 clients on registry via registry, burst of 5 every 50 ms, 50 "
               "zipf(1.050) keys, timeout 1 s, add_score 90 %",
               "\"kind\":\"burst\",\"rate_per_ks\":100000,\"burst_count\":5,"
               "\"burst_every_ns\":50000000,");
    check_told("rate: ramp(0/s to 2k/s), deadline: 2s", "ramp from 0 /s to 2 k/s, 50 uniform keys",
               "\"from_per_ks\":0,\"to_per_ks\":2000000,");
    check_told("arrivals: ['1ms 0 add_score 0']", "arrivals, 1 of them, 50 uniform keys",
               "\"kind\":\"arrivals\",\"rate_per_ks\":0,\"arrival_count\":1,");
    check_told("think: 3ms, retry: { times: 2, jitter: 12.5%, on: [timeout, noproc] }",
               "closed with 3 ms to think, 50 uniform keys, timeout 1 s, up to 2 retries after 10 "
               "ms × 2 up to 1 s, jitter 12.5 % on timeout, noproc, add_score",
               "\"think_ns\":3000000,\"retry\":{\"times\":2,\"backoff_ns\":10000000,\"factor\":2,"
               "\"max_ns\":1000000000,\"jitter_ppm\":125000,\"on\":[\"timeout\",\"noproc\"]}");
    check_told("deadline: 2s, retry: { times: 1 }",
               "up to 1 retry after 10 ms × 2 up to 1 s, "
               "deadline 2 s",
               "\"deadline_ns\":2000000000,\"retry\":{\"times\":1,");
}

TEST_MAIN()
