/* override_test.c
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/language/language.h"

static const char text[] = "scenario: s\n"
                           "tree:\n"
                           "  id: app\n"
                           "  children:\n"
                           "    - { id: one, worker: echo }\n"
                           "    - { id: two, worker: echo }\n"
                           "load: [{ id: l, target: one }]\n"
                           "phases: { warm: 1s, storm: 1s, heal: 1s }\n"
                           "faults:\n"
                           "  - { id: f, crash: one, how: segv, at: 1s }\n"
                           "expect:\n"
                           "  - calls.lost == 0\n";

static rs_plan *parse(rs_diagnostics *diagnostics, const char *set) {
    return rs_plan_parse("t.yaml", text, sizeof text - 1, &set, 1, diagnostics);
}

static rs_plan *with(const char *set) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = parse(diagnostics, set);
    rs_diagnostics_print(diagnostics, stderr);
    CHECK(plan);
    rs_diagnostics_destroy(diagnostics);
    return plan;
}

static void check_refused(const char *set, const char *expected) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    CHECK(!parse(diagnostics, set));
    char printed[4096] = "";
    FILE *out = fmemopen(printed, sizeof printed, "w");
    rs_diagnostics_print(diagnostics, out);
    fclose(out);
    if (strncmp(printed, expected, strlen(expected)) != 0)
        rs_test_fail(__FILE__, __LINE__, "\"%s\", not \"%s\"", printed, expected);
    rs_diagnostics_destroy(diagnostics);
}

TEST(keys_are_reached_by_id_and_position) {
    rs_plan *plan = with("tree.children.two.restart=transient");
    CHECK_INT(plan->root->children[1]->restart, RS_PLAN_TRANSIENT);
    CHECK_INT(plan->root->children[0]->restart, RS_PLAN_PERMANENT);
    CHECK_STR(plan->overrides[0], "tree.children.two.restart=transient");
    rs_plan_destroy(plan);
    plan = with("tree.children[0].shutdown=brutal_kill");
    CHECK(plan->root->children[0]->shutdown_ns == RS_PLAN_BRUTAL_KILL);
    rs_plan_destroy(plan);
    plan = with("expect.[0]=orphans == 0");
    CHECK_STR(plan->expectations[0].metric, "orphans");
    rs_plan_destroy(plan);
}

TEST(missing_keys_are_created) {
    rs_plan *plan = with("runtime.costs.callback=7us");
    CHECK_INT(plan->runtime.costs.callback_ns, 7000);
    rs_plan_destroy(plan);
    plan = with("gate=[calls.throughput, calls.lost]");
    CHECK_INT(plan->gate_count, 2);
    rs_plan_destroy(plan);
}

TEST(a_new_trigger_replaces_the_old_one) {
    rs_plan *plan = with("faults.f.every=2ms");
    CHECK_INT(plan->faults[0].trigger, RS_PLAN_EVERY);
    CHECK_INT(plan->faults[0].every_ns, 2000000);
    rs_plan_destroy(plan);
    plan = with("faults[0].rate=poisson(1k/s)");
    CHECK_INT(plan->faults[0].trigger, RS_PLAN_RATE_POISSON);
    rs_plan_destroy(plan);
    plan = with("faults.f.on=exit of two");
    CHECK_INT(plan->faults[0].trigger, RS_PLAN_ON);
    rs_plan_destroy(plan);
}

/* What the old trigger had beside it and the new one has no use for, a file would be refused. */
TEST(a_new_trigger_takes_its_modifiers_along) {
    static const char *const sets[] = {"faults.f.on=exit of two",   "faults.f.delay=1ms",
                                       "faults.f.min_gap=2ms",      "faults.f.limit=3",
                                       "faults.f.every=1ms",        "faults.f.pick=all",
                                       "faults.f.strikes=[5ms one]"};
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    for (uint32_t count = 5; count <= 7; count += 2) {
        rs_plan *plan = rs_plan_parse("t.yaml", text, sizeof text - 1, sets, count, diagnostics);
        CHECK_INT(rs_diagnostics_count(diagnostics), 0);
        bool is_rule = count == 5;
        CHECK_INT(plan->faults[0].trigger, is_rule ? RS_PLAN_EVERY : RS_PLAN_STRIKES);
        CHECK(plan->faults[0].min_gap_ns == (is_rule ? 2000000u : 0u));
        CHECK(plan->faults[0].limit == (is_rule ? 3u : UINT64_MAX));
        CHECK(plan->faults[0].delay_ns == 0);
        rs_plan_destroy(plan);
    }
    rs_diagnostics_destroy(diagnostics);
}

TEST(arrivals_replace_a_rate_and_a_rate_arrivals) {
    const char *both[] = {"load.l.rate=1k/s", "load.l.arrivals=['1ms 0 echo 0']"};
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse("t.yaml", text, sizeof text - 1, both, 2, diagnostics);
    CHECK(plan != NULL);
    CHECK_STR(plan->loads[0].kind->name, "arrivals");
    rs_plan_destroy(plan);
    const char *turned[] = {both[1], both[0]};
    plan = rs_plan_parse("t.yaml", text, sizeof text - 1, turned, 2, diagnostics);
    CHECK(plan != NULL);
    CHECK_STR(plan->loads[0].kind->name, "constant");
    rs_plan_destroy(plan);
    rs_diagnostics_destroy(diagnostics);
}

TEST(problems_name_the_option) {
    check_refused("runtime.clok=real",
                  "--set runtime.clok=real: unknown key 'clok' – did you mean 'clock'?");
    check_refused("faults.g.at=1s", "--set faults.g.at=1s: unknown id 'g'; known: f");
    check_refused("load.l.clients=0", "--set load.l.clients=0: 'clients' '0' is out of range");
    check_refused("expect[3]=x", "--set expect[3]=x: no entry [3] in this list");
    check_refused("expect.first=x", "--set expect.first=x: 'first': the entries of this list have "
                                    "no ids; write [0] for the first");
    check_refused("scenario.x.y=1", "--set scenario.x.y=1: 'x': what comes before it has no keys");
    check_refused("tree[0]=1", "--set tree[0]=1: [0]: this is no list");
    check_refused("gate=[a", "--set gate=[a: not YAML");
    check_refused("about=*x", "--set about=*x: alias");
    check_refused("about=", "--set about=: the value is missing");
    check_refused("about", "--set about: write --set KEY=VALUE");
    check_refused("=x", "--set =x: write --set KEY=VALUE");
    check_refused("a..b=x", "--set a..b=x: an empty step");
    check_refused("a.=x", "--set a.=x: an empty step");
    check_refused(".a=x", "--set .a=x: an empty step");
    check_refused("about=\xff", "--set about=: this is no text in UTF-8");
}

TEST_MAIN()
