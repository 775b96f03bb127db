/* verdicts.h: what the checks say of a run whose workers, or whose runtime, have a planted defect.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_VERDICTS_H
#define RS_TEST_VERDICTS_H

#include "scenarios/engine/test/trial.h"

#include <stdio.h>

#define CLOCK "scenario: test\nruntime: { clock: virtual, seed: 1 }\n"

/* Ten games behind a registry; PROPERTIES of the tables begin with a comma. */
#define GAMES(PROPERTIES)                                                                          \
    CLOCK "tree:\n"                                                                                \
          "  id: top\n"                                                                            \
          "  strategy: one_for_one\n"                                                              \
          "  intensity: 100\n"                                                                     \
          "  children:\n"                                                                          \
          "    - id: tables\n"                                                                     \
          "      strategy: simple_one_for_one\n"                                                   \
          "      intensity: 100\n"                                                                 \
          "      child: { worker: high_scores_table, max_players: 5" PROPERTIES " }\n"             \
          "    - { id: registry, worker: high_scores_registry, tables: tables }\n"                 \
          "setup: [{ add_games: registry, count: 10, max_players: 5 }]\n"                          \
          "load: [{ id: all, target: registry, via: registry, clients: 4, rate: 500/s,\n"          \
          "         mix: { add_score: 70%, current_scores: 30% }, timeout: 100ms }]\n"             \
          "phases: { calm: 200ms, storm: 600ms, heal: 1s }\n"

#define KILL_TABLES "faults: [{ id: f, crash: tables/*, how: kill, every: 50ms, during: storm }]\n"

/* Three services in a row; STRATEGY is a word of the plan. */
#define ROW(STRATEGY)                                                                              \
    CLOCK "tree:\n"                                                                                \
          "  id: top\n"                                                                            \
          "  strategy: " STRATEGY "\n"                                                             \
          "  intensity: 100\n"                                                                     \
          "  children:\n"                                                                          \
          "    - { id: left, worker: echo }\n"                                                     \
          "    - { id: middle, worker: echo }\n"                                                   \
          "    - { id: right, worker: echo }\n"                                                    \
          "load: [{ id: all, target: left, clients: 2, rate: 200/s, timeout: 100ms }]\n"           \
          "phases: { calm: 100ms, storm: 500ms, heal: 500ms }\n"

static inline uint32_t count_findings(const rs_result *result, const char *check) {
    uint32_t count = 0;
    for (size_t i = 0; i < result->findings.count; i++)
        count += strcmp(result->findings.at[i].check, check) == 0;
    return count;
}

/* The first finding of `check`, which must be there. */
static inline const rs_result_finding *find_finding(const rs_result *result, const char *check) {
    for (size_t i = 0; i < result->findings.count; i++)
        if (strcmp(result->findings.at[i].check, check) == 0) return &result->findings.at[i];
    rs_test_fail(__FILE__, __LINE__, "%s has found nothing", check);
    return NULL;
}

/* Everything was looked at, and nothing found. */
static inline void check_clean(const trial *made) {
    CHECK_INT(made->ending.status, RS_RESULT_COMPLETE);
    CHECK(made->result->checks.count > 0);
    if (made->result->findings.count)
        rs_test_fail(__FILE__, __LINE__, "%s: %s", made->result->findings.at[0].check,
                     made->result->findings.at[0].text);
    CHECK(made->result->verdict != RS_VERDICT_FAILED);
}

/* `check` has found something about `role`, with `words` in its sentence, and nothing else has. */
static inline void check_found(const trial *made, const char *check, const char *role,
                               const char *words) {
    CHECK_INT(made->ending.status, RS_RESULT_COMPLETE);
    const rs_result_finding *finding = find_finding(made->result, check);
    if (!finding->role || strncmp(finding->role, role, strlen(role)) != 0)
        rs_test_fail(__FILE__, __LINE__, "role %s", finding->role ? finding->role : "(none)");
    if (!strstr(finding->text, words)) rs_test_fail(__FILE__, __LINE__, "text %s", finding->text);
    CHECK(finding->events.count > 0);
    CHECK_INT(made->result->verdict, RS_VERDICT_FAILED);
}

#endif
