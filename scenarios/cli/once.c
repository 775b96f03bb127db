/* once.c: one run of a plan.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/once.h"

#include "scenarios/cli/exit.h"
#include "scenarios/cli/reproduce.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/trust.h"
#include "scenarios/engine/verdict.h"

#include <inttypes.h>

static void tell_ending(const rs_ending *ending) {
    if (ending->status == RS_RESULT_COMPLETE) return;
    if (ending->place.file && ending->place.line)
        rs_streams_problem("%s:%" PRIu32 ":%" PRIu32 ": %s", ending->place.file, ending->place.line,
                           ending->place.column, ending->reason);
    else
        rs_streams_refuse("%s", ending->reason);
}

static void tell_drops(const rs_trace_header *trace) {
    char drops[RS_TRACE_DROPS_BYTES];
    if (rs_trace_print_drops(trace, drops))
        rs_streams_refuse("the trace had no room for %s (--trace-slices keeps more)", drops);
}

rs_once rs_once_run(const rs_options *options, const rs_plan *plan, uint64_t seed,
                    rs_once_story story) {
    rs_engine_options engine = {
        .seed = seed,
        .timeout_ns = options->timeout_ns,
        .events_fd = story.events_fd,
        .events_tell_calls = story.calls,
        .crashes = story.crashes,
        .trace = story.trace,
        .trace_turns = options->trace_slices,
        .plugins = {options->plugins, options->plugin_count},
        .progress = !options->quiet,
        .spectator = story.spectator,
    };
    rs_once once = {.result = rs_result_create()};
    rs_ending ending;
    rs_engine_run(plan, &engine, once.result, &ending, &once.events_error);
    once.at_once = ending.at_once;
    once.began = ending.began;
    once.interrupted = ending.interrupted;
    tell_ending(&ending);
    tell_drops(&ending.trace);
    once.status = rs_exit_worse(RS_EXIT_PASSED, ending.exit_code);
    if (ending.status == RS_RESULT_COMPLETE)
        once.status = rs_exit_worse(once.status, rs_verdict_exit_code(once.result));
    if (!ending.at_once) once.result->reproduce = rs_reproduce_command(once.result, options, seed);
    return once;
}

/* What has been seen in one of them has been seen. */
static void take_sometimes(rs_result *result, const rs_result *from) {
    for (size_t i = 0; i < result->sometimes.count && i < from->sometimes.count; i++) {
        result->sometimes.at[i].known |= from->sometimes.at[i].known;
        result->sometimes.at[i].seen |= from->sometimes.at[i].seen;
    }
}

void rs_once_take_verdict(rs_result *result, const rs_result *from, uint64_t number) {
    static const int order[] = {[RS_VERDICT_SKIPPED] = 0,
                                [RS_VERDICT_PASSED] = 1,
                                [RS_VERDICT_INCONCLUSIVE] = 2,
                                [RS_VERDICT_FAILED] = 3};
    take_sometimes(result, from);
    rs_trust_take(result, from);
    bool worse = order[from->verdict] > order[result->verdict];
    worse |= from->status == RS_RESULT_UNTRUSTED && result->status == RS_RESULT_COMPLETE &&
             from->verdict == result->verdict;
    if (!rs_result_is_whole(from) ||
        (from->status != RS_RESULT_COMPLETE && rs_result_is_whole(result)))
        result->status = from->status;
    if (!worse) return;
    result->verdict = from->verdict;
    result->reason = rs_result_print(result, "repetition %" PRIu64 ": %s", number,
                                     from->reason ? from->reason : "");
    result->reproduce = rs_result_text(result, from->reproduce);
}

bool rs_once_stops(int status) {
    return rs_exit_worse(status, RS_EXIT_ABORTED) == status;
}
