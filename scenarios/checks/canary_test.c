/* canary_test.c: the canary scenario fails, and says why.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/test/verdicts.h"

#include <stdlib.h>

static rs_plan *read_canary(void) {
    const char *source = getenv("RESPAWN_SOURCE");
    char path[1024];
    snprintf(path, sizeof path, "%s/scenarios/checks/canary.yaml", source ? source : ".");
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = rs_plan_read(path, NULL, 0, diagnostics);
    rs_diagnostics_print(diagnostics, stderr);
    rs_diagnostics_destroy(diagnostics);
    CHECK(plan != NULL);
    return plan;
}

TEST(the_canary_fails) {
    trial made = run_plan(read_canary());
    check_found(&made, "orphans", "tables/game-", "two live in tables/game-");
    check_found(&made, "healed", "tables/game-", "nothing leads to it");
    check_found(&made, "scores_kept", "tables/game-", "lost");
    CHECK_INT(count_findings(made.result, "alive"), 0);
    finish_trial(&made);
}

static bool tells(const rs_result_finding *finding, const char *words) {
    for (size_t i = 0; i < finding->events.count; i++)
        if (strstr(finding->events.at[i], words)) return true;
    return false;
}

TEST(a_finding_tells_the_story_that_led_to_it) {
    trial made = run_plan(read_canary());
    const rs_result_finding *orphan = find_finding(made.result, "orphans");
    CHECK(tells(orphan, "is hit by fault 'crashes'"));
    CHECK(tells(orphan, "#1 ends: killed"));
    CHECK(tells(orphan, "#2 is started") && tells(orphan, "#3 is started"));
    CHECK(tells(find_finding(made.result, "healed"), "registry#1 is hit by fault 'amnesia'"));
    finish_trial(&made);
}

TEST_MAIN()
