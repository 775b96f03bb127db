/* pairs.c: one repetition on each side, and what ends it all.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/pairs.h"

#include "scenarios/cli/exit.h"
#include "scenarios/cli/reproduce.h"
#include "scenarios/engine/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rs_pairs_init(rs_pairs *pairs, const rs_side *a, const rs_side *b, double threshold,
                   uint64_t budget_ns) {
    *pairs = (rs_pairs){.a = a, .b = b, .budget_ns = budget_ns};
    rs_experiment_init(&pairs->experiment, threshold);
}

/* ------------------------------------------------------------------ one repetition */

static void count_spoiler(rs_pairs_side *of, const char *condition) {
    for (uint32_t i = 0; i < RS_PAIRS_SPOILERS; i++) {
        rs_pairs_spoiler *spoiler = &of->spoilers[i];
        if (spoiler->count && strcmp(spoiler->condition, condition) != 0) continue;
        snprintf(spoiler->condition, sizeof spoiler->condition, "%s", condition);
        spoiler->count++;
        return;
    }
}

/* What spoils expectations alone is no matter here: they do not decide. */
static bool find_spoilers(rs_pairs_side *of, const rs_plan *plan, const rs_result *result) {
    bool found = false;
    for (size_t i = 0; i < result->trust.count; i++) {
        bool spoils = false;
        for (uint32_t k = 0; k < plan->gate_count; k++)
            spoils |= rs_trust_spoils(&result->trust.at[i], &plan->gate[k]);
        if (!spoils || !result->trust.at[i].name) continue;
        count_spoiler(of, result->trust.at[i].name);
        found = true;
    }
    return found;
}

/* The program does not know by which path it was called. NULL: there is nothing to repeat. */
static char *command_of(const rs_side *side, const rs_result *result) {
    const char *words = result && result->reproduce ? strstr(result->reproduce, " run ") : NULL;
    char *text = NULL;
    size_t length;
    FILE *out = words ? open_memstream(&text, &length) : NULL;
    if (!out) return NULL;
    rs_reproduce_word(side->path ? side->path : program_invocation_name, out);
    fputs(words, out);
    fclose(out);
    return text;
}

static void stop(rs_pairs *pairs, int status, const rs_side *side, const rs_side_run *run) {
    pairs->status = rs_exit_worse(pairs->status, status);
    if (!pairs->command) pairs->command = command_of(side, run->result);
}

/* Whatever else a program ends with, it is none of respawn. */
static bool is_ours(int status) {
    return status == RS_EXIT_USAGE || status == RS_EXIT_NONDETERMINISM ||
           status == RS_EXIT_INTERNAL;
}

/* Scenarios and results may be a stranger's, and what they fail by is cut. */
static void judge_run(rs_pairs *pairs, const rs_side *side, const rs_side_run *run) {
    rs_pairs_side *of = side == pairs->a ? &pairs->of_a : &pairs->of_b;
    const rs_result *result = run->result;
    const char *seen = NULL, *wrong = result ? rs_result_wrong(result, &seen) : NULL;
    bool measured = run->status == RS_EXIT_PASSED || run->status == RS_EXIT_FAILED ||
                    run->status == RS_EXIT_INCONCLUSIVE || run->status == RS_EXIT_UNTRUSTED;
    if (run->interrupted) {
        stop(pairs, RS_EXIT_ABORTED, side, run);
        snprintf(pairs->why, sizeof pairs->why, "interrupted after %u pairs",
                 pairs->experiment.pairs);
    } else if (!measured || !result) {
        stop(pairs, is_ours(run->status) && !measured ? run->status : RS_EXIT_ABORTED, side, run);
        snprintf(pairs->why, sizeof pairs->why, "side %s could not be measured: %.800s", side->name,
                 *run->said ? run->said : "it left no result");
    } else if (wrong) {
        stop(pairs, RS_EXIT_FAILED, side, run);
        snprintf(pairs->why, sizeof pairs->why, "side %s is wrong, not slow: %.400s: %.200s",
                 side->name, wrong, seen ? seen : "failed");
    } else {
        of->late += run->status == RS_EXIT_FAILED;
        of->untrusted += find_spoilers(of, side->plan, result);
    }
}

static bool repeat(rs_pairs *pairs, const rs_side *side, uint64_t seed, double *values) {
    rs_side_run run = rs_side_repeat(side, seed);
    judge_run(pairs, side, &run);
    if (!*pairs->why) pairs->read(pairs, side, &run, values);
    rs_result_destroy(run.result);
    free(run.said);
    return !*pairs->why;
}

/* ------------------------------------------------------------------ pairs */

bool rs_pairs_run_one(rs_pairs *pairs, rs_verdict_pair *pair) {
    const rs_side *first = pair->b_first ? pairs->b : pairs->a;
    const rs_side *second = pair->b_first ? pairs->a : pairs->b;
    return repeat(pairs, first, pair->seed, pair->b_first ? pair->b : pair->a) &&
           repeat(pairs, second, pair->seed, pair->b_first ? pair->a : pair->b);
}
