/* limit.c: a policy survives when its run is complete and no expectation fails: a fault that hits
 * nobody, since it is rare, is survived, too.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/limit.h"

#include "reports/rows.h"
#include "scenarios/cli/bracket.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/once.h"
#include "scenarios/cli/quantity.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/engine.h"
#include "scenarios/language/language.h"

#include <stdlib.h>
#include <string.h>

typedef struct rs_search {
    const rs_limit_way *way;
    rs_limit *limit;
    rs_quantity quantity;
    uint64_t failed; /* the value that failed last: `why` is about it */
    bool silent;
} rs_search;

/* ------------------------------------------------------------------ one value */

static const rs_result_expectation *first_failure(const rs_result *result) {
    for (size_t i = 0; i < result->expectations.count; i++)
        if (result->expectations.at[i].verdict == RS_VERDICT_FAILED)
            return &result->expectations.at[i];
    return NULL;
}

static void say_why(rs_limit *limit, const rs_result *result) {
    const rs_result_expectation *failed = first_failure(result);
    char *why = limit->why;
    if (failed)
        snprintf(why, sizeof limit->why, "%s: it is %s", failed->text,
                 failed->observed ? failed->observed : "not known");
    else if (!rs_result_is_whole(result))
        snprintf(why, sizeof limit->why, "the run is %s", rs_result_status_word(result->status));
    else
        snprintf(why, sizeof limit->why, "%s", result->reason ? result->reason : "it failed");
    free(limit->reproduce);
    limit->reproduce = result->reproduce ? strdup(result->reproduce) : NULL;
}

static bool has_survived(const rs_result *result) {
    return rs_result_is_whole(result) && result->verdict != RS_VERDICT_FAILED;
}

static rs_bracket_answer run_once(rs_search *search, const rs_options *options, const rs_plan *plan,
                                  uint64_t number) {
    uint64_t seed = rs_engine_seed(plan->runtime.seed, number);
    rs_once once = rs_once_run(options, plan, seed, (rs_once_story){.events_fd = -1});
    bool survived = !once.at_once && has_survived(once.result);
    search->limit->interrupted |= once.interrupted || once.at_once;
    if (rs_once_stops(once.status))
        search->limit->status = rs_exit_worse(search->limit->status, once.status);
    if (!survived && !once.at_once) say_why(search->limit, once.result);
    rs_result_destroy(once.result);
    if (search->limit->interrupted) return RS_BRACKET_STOP;
    return survived ? RS_BRACKET_SURVIVES : RS_BRACKET_FAILS;
}

static rs_bracket_answer run_all(rs_search *search, const rs_options *options,
                                 const rs_plan *plan) {
    rs_bracket_answer answer = RS_BRACKET_SURVIVES;
    for (uint64_t i = 0; i < options->repeat && answer == RS_BRACKET_SURVIVES; i++)
        answer = run_once(search, options, plan, i);
    return answer;
}

/* What the scenario does not take is beyond the limit of what can be asked. */
static rs_plan *load(const rs_options *options) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = rs_plan_read(options->arguments[0], (const char *const *)options->sets,
                                 options->set_count, diagnostics);
    rs_diagnostics_destroy(diagnostics);
    return plan;
}

static void paint_tried(const rs_search *search, const char *text, rs_bracket_answer answer) {
    rs_paint *paint = search->way->paint;
    if (!paint || search->silent || answer == RS_BRACKET_STOP) return;
    bool survives = answer == RS_BRACKET_SURVIVES;
    rs_paint_to(paint, 4);
    rs_paint_text(paint, survives ? RS_PAINT_GOOD : RS_PAINT_BAD, survives ? "✓ " : "✗ ");
    rs_paint_left(paint, RS_PAINT_PLAIN, 24, text);
    if (!survives) rs_paint_text(paint, RS_PAINT_DIM, search->limit->why);
    rs_paint_end(paint);
}

static rs_bracket_answer ask(void *context, uint64_t value) {
    rs_search *search = context;
    const rs_limit_way *way = search->way;
    rs_options options = *way->options;
    char text[RS_QUANTITY_TEXT_BYTES], set[2 * RS_QUANTITY_TEXT_BYTES];
    rs_quantity_print(&search->quantity, value, text);
    snprintf(set, sizeof set, "%.120s=%s", way->key, text);
    options.sets = rs_rows_alloc(sizeof *options.sets * ((size_t)options.set_count + 2));
    memcpy(options.sets, way->options->sets, sizeof *options.sets * options.set_count);
    options.sets[options.set_count++] = set;
    rs_plan *plan = load(&options);
    rs_bracket_answer answer = plan ? run_all(search, &options, plan) : RS_BRACKET_STOP;
    if (answer == RS_BRACKET_FAILS) search->failed = value;
    paint_tried(search, text, answer);
    rs_plan_destroy(plan);
    free(options.sets);
    return answer;
}

static uint64_t round_value(void *context, uint64_t value) {
    return rs_quantity_round(&((rs_search *)context)->quantity, value);
}

/* ------------------------------------------------------------------ the search */

static bool read_start(rs_search *search, const char *text) {
    const char *why;
    if (rs_quantity_read(&search->quantity, text, &why)) return true;
    return rs_streams_refuse("--find-limit %s: '%s': %s", search->way->key, text, why);
}

static bool find_start(rs_search *search) {
    const rs_options *options = search->way->options;
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    char *text = rs_plan_setting(options->arguments[0], (const char *const *)options->sets,
                                 options->set_count, search->way->key, diagnostics);
    bool found = text && read_start(search, text);
    if (!text) rs_diagnostics_print(diagnostics, stderr);
    rs_diagnostics_destroy(diagnostics);
    free(text);
    return found;
}

static void print(const rs_search *search, uint64_t value, char text[128]) {
    *text = 0;
    if (value) rs_quantity_print(&search->quantity, value, text);
}

bool rs_limit_find(const rs_limit_way *way, rs_limit *limit) {
    rs_search search = {.way = way, .limit = limit};
    *limit = (rs_limit){.status = RS_EXIT_USAGE};
    if (!find_start(&search)) return false;
    limit->status = RS_EXIT_PASSED;
    const rs_bracket_oracle oracle = {ask, round_value, &search};
    rs_bracket bracket = rs_bracket_find(search.quantity.value, &oracle);
    search.silent = true;
    if (bracket.fails && search.failed != bracket.fails) ask(&search, bracket.fails);
    print(&search, bracket.survives, limit->survives);
    print(&search, bracket.fails, limit->fails);
    limit->status = rs_exit_worse(limit->status, limit->interrupted ? RS_EXIT_ABORTED
                                                 : bracket.survives ? RS_EXIT_PASSED
                                                                    : RS_EXIT_FAILED);
    return true;
}
