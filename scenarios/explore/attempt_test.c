/* attempt_test.c: a life is the same whatever lives its memory has had before.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/attempt.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"
#include "scenarios/explore/draw.h"
#include "scenarios/language/language.h"

#include <stdio.h>
#include <string.h>

/* Small and large trees, every kind of fault, mail faults, leaks, failures and none. */
static const char *const files[] = {
    "bench/search/ten_workers.yaml", "scenarios/talk/as_presented.yaml",
    "scenarios/talk/repaired.yaml",  "scenarios/poison_message.yaml",
    "scenarios/slow_init.yaml",
};
#define FILES (sizeof files / sizeof *files)
#define SEEDS 3u
#define LIVES (FILES * SEEDS)

typedef struct life {
    rs_draw *draw;
    uint64_t seed;
    rs_attempt alone; /* in memory that nobody had before */
} life;

static rs_plan *read_plan(const char *path) {
    const char *sets[] = {"runtime.clock=virtual"};
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_plan *plan = rs_plan_read(path, sets, 1, problems);
    if (!plan) rs_diagnostics_print(problems, stderr);
    rs_diagnostics_destroy(problems);
    CHECK(plan != NULL);
    return plan;
}

static void live(const life *one, rs_larder *larder, rs_attempt *attempt) {
    const rs_attempt_order order = {.plan = rs_draw_for(one->draw, one->seed), .seed = one->seed};
    rs_attempt_run(&order, larder, attempt, NULL, NULL);
}

static void check_same(const rs_attempt *a, const rs_attempt *b) {
    CHECK_INT(a->hash, b->hash);
    CHECK_INT(a->simulated_ns, b->simulated_ns);
    CHECK_INT(a->sometimes, b->sometimes);
    CHECK_INT(a->failure_count, b->failure_count);
    CHECK(memcmp(a->hits, b->hits, sizeof a->hits) == 0);
    for (uint32_t i = 0; i < a->failure_count; i++)
        CHECK_STR(a->failures[i].text, b->failures[i].text);
}

TEST(a_life_does_not_inherit) {
    static life lives[LIVES];
    static rs_draw draws[FILES];
    rs_plan *plans[FILES];
    for (uint32_t i = 0; i < FILES; i++) rs_draw_init(&draws[i], plans[i] = read_plan(files[i]));
    for (uint32_t i = 0; i < LIVES; i++) {
        lives[i] = (life){.draw = &draws[i / SEEDS], .seed = 1 + i % SEEDS};
        live(&lives[i], NULL, &lives[i].alone);
    }
    rs_larder *larder = rs_larder_create();
    rs_prng prng;
    rs_prng_init(&prng, 1, "lives");
    for (uint32_t i = 0; i < 2 * LIVES; i++) {
        const life *one = &lives[rs_prng_below(&prng, LIVES)];
        rs_attempt attempt;
        live(one, larder, &attempt);
        check_same(&attempt, &one->alone);
    }
    rs_larder_destroy(larder);
    for (uint32_t i = 0; i < FILES; i++) {
        rs_draw_fini(&draws[i]);
        rs_plan_destroy(plans[i]);
    }
}

TEST_MAIN()
