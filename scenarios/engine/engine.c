/* engine.c: a plan becomes a result.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/engine.h"

#include "scenarios/engine/inquest.h"
#include "scenarios/engine/sometimes.h"
#include "scenarios/engine/tally.h"
#include "scenarios/engine/tracing.h"
#include "scenarios/engine/trust.h"
#include "scenarios/engine/verdict.h"

uint64_t rs_engine_seed(uint64_t seed, uint64_t number) {
    if (number == 0) return seed;
    rs_prng prng;
    rs_prng_init_indexed(&prng, seed, "rep", number);
    return rs_prng_next(&prng);
}

static void run(const rs_plan *plan, const rs_engine_options *options, rs_shared *shared,
                rs_ending *ending, int *events_error) {
    uint64_t timeout_ns = options->timeout_ns ? options->timeout_ns : rs_watch_timeout_ns(plan);
    rs_watch watch = {
        .timeout_ns = timeout_ns, .progress = options->progress, .spectator = options->spectator};
    if (options->events_fd >= 0) watch.story = rs_story_create(options->events_fd);
    rs_watch_run(&watch, shared, ending);
    if (watch.story) *events_error = rs_story_error(watch.story);
    rs_story_destroy(watch.story);
}

void rs_engine_choose_checks(rs_shared *shared, bool all) {
    const rs_plan *plan = shared->plan;
    for (uint32_t i = 0; i < plan->check_count && i < RS_CHECKS_MAX; i++)
        shared->checks[shared->check_count++] = plan->checks[i];
    for (uint32_t i = 0; all && !plan->checks_given && rs_checks[i]; i++)
        if (!rs_checks[i]->by_name_only) shared->checks[shared->check_count++].check = rs_checks[i];
}

/* Who reads the numbers must know that the run did more than usual. */
static void trace(FILE *stream, rs_result *result, const rs_shared *shared,
                  rs_trace_header *header) {
    rs_tracing_write(stream, shared, header); /* the stream keeps errors */
    if (shared->plan->runtime.clock == RS_PLAN_REAL)
        rs_result_add_note(result, "a trace was recorded: the clock was read after every turn");
}

/* NULL without memory. */
static rs_shared *share(const rs_plan *plan, const rs_engine_options *options) {
    rs_shared *shared = rs_shared_create(plan, options->seed, options->events_fd >= 0, NULL);
    uint64_t turns = options->trace_turns ? options->trace_turns : RS_FILM_TURNS;
    if (!shared || !options->trace || rs_film_init(&shared->film, shared->slots, turns, NULL))
        return shared;
    rs_shared_destroy(shared);
    return NULL;
}

void rs_engine_run(const rs_plan *plan, const rs_engine_options *options, rs_result *result,
                   rs_ending *ending, int *events_error) {
    *events_error = 0;
    rs_shared *shared = share(plan, options);
    if (!shared) {
        *ending = (rs_ending){.status = RS_RESULT_ABORTED, .exit_code = 6};
        snprintf(ending->reason, sizeof ending->reason, "not enough address space for the run");
        result->reason = rs_result_text(result, ending->reason);
        return;
    }
    shared->plugins = options->plugins;
    shared->export_calls = options->events_tell_calls && shared->export_events;
    shared->record = options->choices_record;
    shared->replay = options->choices_replay;
    shared->wrecks.exported = options->crashes != NULL;
    rs_engine_choose_checks(shared, options->all_checks);
    run(plan, options, shared, ending, events_error);
    rs_inquest_name(shared);
    rs_tracing_name(shared);
    if (options->crashes) rs_inquest_write(options->crashes, shared); /* the stream keeps errors */
    if (!ending->at_once) {
        rs_tally_fill(result, shared, ending);
        rs_spans_fill(&shared->ledgers.spans, result);
        rs_sometimes_fill(result, shared);
        rs_trust_fill(result, shared, ending);
        rs_verdict_judge(result, plan);
        if (options->trace) trace(options->trace, result, shared, &ending->trace);
    }
    rs_shared_destroy(shared);
}
