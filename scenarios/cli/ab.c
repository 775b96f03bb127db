/* ab.c: `respawn ab`: is B slower than A? Two builds, or two settings, repetition by repetition.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal.h"
#include "reports/formats/verdict.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/measure.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/verdicts.h"
#include "scenarios/engine/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct rs_ab {
    const rs_options *options;
    const rs_measure *measure;
    rs_side a, b;
    rs_callgrind callgrind;
    rs_pairs pairs;
    rs_verdict verdict;
} rs_ab;

/* ------------------------------------------------------------------ what may be compared */

static bool is_possible(rs_ab *ab) {
    const rs_options *options = ab->options;
    if (!ab->measure->is_possible(options, &ab->a, &ab->b)) return false;
    if (options->a.program || options->b.program || options->a.set_count || options->b.set_count ||
        options->a.plugin_count || options->b.plugin_count)
        return !options->count_instructions || rs_callgrind_open(&ab->callgrind);
    return rs_streams_refuse("what is compared? two builds (--a PATH --b PATH), two settings "
                             "(--a-set KEY=VALUE --b-set KEY=VALUE), or two builds of a worker "
                             "(--a-plugin FILE --b-plugin FILE)");
}

/* ------------------------------------------------------------------ what it has come to */

static const char *side_text(rs_ab *ab, const rs_side *side, const rs_options_side *own) {
    char text[1024];
    size_t used = (size_t)snprintf(text, sizeof text, "%.400s",
                                   side->path ? side->path : program_invocation_name);
    for (uint32_t i = 0; i < own->plugin_count && used < sizeof text; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, " --plugin %s", own->plugins[i].path);
    for (uint32_t i = 0; i < own->set_count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " --set %s", own->sets[i]);
    return rs_verdict_print(&ab->verdict, "%s", text);
}

static void add_metric(rs_ab *ab, uint32_t index) {
    const rs_experiment *experiment = &ab->pairs.experiment;
    const rs_contest *contest = &experiment->contests[index];
    double a[RS_PAIRS_MAX], b[RS_PAIRS_MAX];
    uint32_t count = ab->pairs.experiment.pairs;
    for (uint32_t i = 0; i < count; i++) {
        a[i] = ab->pairs.rows[i].a[index];
        b[i] = ab->pairs.rows[i].b[index];
    }
    rs_verdict_metric *row = RS_ROWS_ADD(&ab->verdict.metrics);
    *row = (rs_verdict_metric){
        .name = contest->name,
        .unit = ab->measure->unit(&ab->pairs, index),
        .better = contest->better,
        .a = rs_verdict_median(a, count),
        .b = rs_verdict_median(b, count),
        .interval = contest->interval,
        .known = contest->looked_at > 0,
        .word = contest->word,
        .looked_at = contest->looked_at,
        .pairs_needed = contest->pairs_needed,
        .decides = rs_experiment_decides(contest),
        .note = ab->measure->note(&ab->pairs, index, &ab->verdict),
    };
}

static void add_notes(rs_ab *ab) {
    const rs_pairs *pairs = &ab->pairs;
    if (pairs->of_a.late || pairs->of_b.late)
        rs_verdict_note(
            &ab->verdict,
            rs_verdict_print(
                &ab->verdict,
                "expectations on timing failed in %u repetitions of A and %u of B; what "
                "decides here is the gate",
                pairs->of_a.late, pairs->of_b.late));
    if (pairs->other_story)
        rs_verdict_note(
            &ab->verdict,
            "A and B did not do the same (their trace hashes differ): what differs may be how "
            "much they did, not what it cost");
}

static void judge(rs_ab *ab) {
    rs_verdict *verdict = &ab->verdict;
    if (!ab->pairs.status) {
        ab->measure->judge(&ab->pairs, verdict);
        return;
    }
    verdict->word = ab->pairs.status == RS_EXIT_FAILED ? "failed" : "aborted";
    verdict->status = ab->pairs.status;
    verdict->why = ab->pairs.why;
}

static void conclude(rs_ab *ab) {
    const rs_options *options = ab->options;
    ab->verdict.scenario = ab->a.plan->name;
    ab->verdict.a = (rs_verdict_side){"A", side_text(ab, &ab->a, &options->a)};
    ab->verdict.b = (rs_verdict_side){"B", side_text(ab, &ab->b, &options->b)};
    ab->verdict.threshold = ab->pairs.experiment.threshold;
    ab->verdict.pairs = ab->pairs.rows;
    ab->verdict.pair_count = ab->pairs.experiment.pairs;
    ab->verdict.dropped = ab->measure->drops;
    for (uint32_t i = 0; ab->pairs.experiment.pairs && i < ab->pairs.experiment.count; i++)
        add_metric(ab, i);
    ab->verdict.how = ab->pairs.experiment.pairs ? ab->measure->how(&ab->pairs, &ab->verdict)
                                                 : "No pair was measured.";
    add_notes(ab);
    judge(ab);
}

/* ------------------------------------------------------------------ life */

static int run(rs_ab *ab) {
    const rs_options *options = ab->options;
    rs_verdict_files files;
    sigset_t before;
    if (options->count_instructions) ab->a.callgrind = ab->b.callgrind = &ab->callgrind;
    if (!rs_verdict_files_open(&files, options)) return RS_EXIT_USAGE;
    rs_pairs_init(&ab->pairs, &ab->a, &ab->b, (double)options->threshold_ppm / 1e6,
                  options->budget_ns);
    FILE *tell = !options->quiet && isatty(2) ? stderr : NULL;
    rs_watch_hold(&before);
    ab->measure->run(&ab->pairs, tell);
    rs_watch_release(&before);
    conclude(ab);
    int status = rs_verdict_files_tell(&files, options, &ab->verdict);
    if (ab->pairs.command) fprintf(stderr, "respawn: to repeat it: %s\n", ab->pairs.command);
    return status;
}

static void fini(rs_ab *ab) {
    rs_callgrind_close(&ab->callgrind);
    rs_side_close(&ab->a);
    rs_side_close(&ab->b);
    rs_verdict_fini(&ab->verdict);
    free(ab->pairs.command);
}

int rs_command_ab(const rs_options *options) {
    rs_ab ab = {.options = options,
                .measure = options->count_instructions ? &rs_measure_counts : &rs_measure_times,
                .a.program = -1,
                .b.program = -1};
    int status = RS_EXIT_USAGE;
    if (rs_side_open(&ab.a, "A", options, &options->a) &&
        rs_side_open(&ab.b, "B", options, &options->b) && is_possible(&ab))
        status = run(&ab);
    fini(&ab);
    return status;
}
