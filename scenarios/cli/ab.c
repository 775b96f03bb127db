/* ab.c: `respawn ab`: is B slower than A? Two builds, or two settings, repetition by repetition.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal.h"
#include "reports/formats/verdict.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/counts.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/pairs.h"
#include "scenarios/cli/reproduce.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/verdicts.h"
#include "scenarios/engine/watch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many of a side's repetitions may say that they are spoiled: 1 in 4. */
#define UNTRUSTED_SHARE 4u
/* A pair as far off as this, in spreads that outliers do not widen, is shown. */
#define OUTLIER_SPREADS 5.0

typedef struct rs_ab {
    const rs_options *options;
    rs_side a, b;
    rs_callgrind callgrind;
    rs_pairs pairs;
    rs_verdict verdict;
} rs_ab;

/* ------------------------------------------------------------------ what may be compared */

static bool gates_the_same(const rs_plan *a, const rs_plan *b) {
    bool same = a->gate_count == b->gate_count;
    for (uint32_t i = 0; same && i < a->gate_count; i++)
        same = strcmp(a->gate[i].text, b->gate[i].text) == 0;
    return same;
}

static bool may_be_timed(const rs_ab *ab) {
    const rs_plan *a = ab->a.plan, *b = ab->b.plan;
    if (!gates_the_same(a, b))
        return rs_streams_refuse("the sides have different gates: --a-set and --b-set may not set "
                                 "'gate', --set may");
    if (a->gate_count == 0)
        return rs_streams_refuse("%s has no 'gate' to compare by: add one, such as "
                                 "--set 'gate=[calls.throughput, calls.latency.p50]'",
                                 ab->options->arguments[0]);
    if (a->runtime.clock == b->runtime.clock) return true;
    return rs_streams_refuse("real and virtual time cannot be compared: set runtime.clock on "
                             "both sides alike");
}

static bool is_possible(rs_ab *ab) {
    const rs_options *options = ab->options;
    bool counting = options->count_instructions;
    if (!(counting ? rs_counts_possible(options, &ab->a, &ab->b) : may_be_timed(ab))) return false;
    if (options->a.program || options->b.program || options->a.set_count || options->b.set_count ||
        options->a.plugin_count || options->b.plugin_count)
        return !counting || rs_callgrind_open(&ab->callgrind);
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

/* The median of how far the pairs lie from their median, as a standard deviation. */
static double robust_spread(const double *logs, uint32_t count, double median) {
    double far[RS_PAIRS_MAX];
    for (uint32_t i = 0; i < count; i++) far[i] = fabs(logs[i] - median);
    return 1.4826 * rs_verdict_median(far, count);
}

static const char *find_outliers(rs_ab *ab, const rs_contest *contest, uint32_t pairs) {
    uint32_t count = 0, worst = 0;
    double median = rs_verdict_median(contest->logs, pairs), most = 0;
    double spread = robust_spread(contest->logs, pairs, median);
    for (uint32_t i = 0; i < pairs; i++) {
        double away = fabs(contest->logs[i] - median);
        count += away > OUTLIER_SPREADS * spread && away > 1e-3;
        if (away > most) most = away, worst = i;
    }
    char change[32];
    if (count == 0) return NULL;
    rs_verdict_change(contest->logs[worst], change, sizeof change);
    return rs_verdict_print(&ab->verdict,
                            "%u of %u pairs lie far from the others, pair %u most: %s; all count",
                            count, pairs, worst + 1, change);
}

static const char *note_of(rs_ab *ab, uint32_t index) {
    const rs_contest *contest = &ab->pairs.experiment.contests[index];
    uint32_t pairs = ab->pairs.experiment.pairs;
    char text[256];
    if (ab->pairs.counting) {
        rs_counts_note(&ab->pairs, text, sizeof text);
        return rs_verdict_print(&ab->verdict, "%s", text);
    }
    if (contest->missing)
        return rs_verdict_print(&ab->verdict, "no number in %u of %u pairs: %s", contest->missing,
                                pairs, ab->pairs.missing[index]);
    if (contest->word == RS_WORD_WAITS && contest->looked_at)
        return rs_verdict_print(&ab->verdict, "some %u pairs would decide", contest->pairs_needed);
    return pairs ? find_outliers(ab, contest, pairs) : NULL;
}

static const char *unit_of(const rs_ab *ab, uint32_t index) {
    if (ab->pairs.counting) return "instructions";
    const rs_plan_expectation *gate = &ab->a.plan->gate[index];
    return rs_metric_unit(rs_metric_find(gate->metric), gate->aggregate);
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
        .unit = unit_of(ab, index),
        .better = contest->better,
        .a = rs_verdict_median(a, count),
        .b = rs_verdict_median(b, count),
        .interval = contest->interval,
        .known = contest->looked_at > 0,
        .word = contest->word,
        .looked_at = contest->looked_at,
        .pairs_needed = contest->pairs_needed,
        .decides = rs_experiment_decides(contest),
        .note = note_of(ab, index),
    };
}

static bool is_spoiled(const rs_pairs *pairs) {
    uint32_t count = pairs->experiment.pairs;
    if (pairs->counting) return false; /* by clocks and neighbours, of which counts know nothing */
    return pairs->of_a.untrusted * UNTRUSTED_SHARE > count ||
           pairs->of_b.untrusted * UNTRUSTED_SHARE > count;
}

static uint32_t count_of(const rs_pairs_side *of, const char *condition) {
    for (uint32_t i = 0; i < RS_PAIRS_SPOILERS; i++)
        if (strcmp(of->spoilers[i].condition, condition) == 0) return of->spoilers[i].count;
    return 0;
}

/* "busy_neighbour in 3 repetitions of A and 0 of B, steal in …" */
static const char *spoilers_text(rs_ab *ab) {
    const rs_pairs_side *a = &ab->pairs.of_a, *b = &ab->pairs.of_b;
    const char *text = "";
    for (uint32_t i = 0; i < 2 * RS_PAIRS_SPOILERS; i++) {
        const rs_pairs_side *of = i < RS_PAIRS_SPOILERS ? a : b;
        const rs_pairs_spoiler *spoiler = &of->spoilers[i % RS_PAIRS_SPOILERS];
        if (!spoiler->count || (of == b && count_of(a, spoiler->condition))) continue;
        text = rs_verdict_print(&ab->verdict, "%s%s%s in %u repetitions of A and %u of B", text,
                                *text ? ", " : "", spoiler->condition,
                                count_of(a, spoiler->condition), count_of(b, spoiler->condition));
    }
    return text;
}

static void add_notes(rs_ab *ab) {
    const rs_pairs *pairs = &ab->pairs;
    unsigned count = pairs->experiment.pairs;
    if (pairs->of_a.untrusted || pairs->of_b.untrusted)
        rs_verdict_note(
            &ab->verdict,
            rs_verdict_print(
                &ab->verdict,
                "spoiled, of %u repetitions each: %s; they count, unless it is more than 1 in "
                "%u of a side",
                count, spoilers_text(ab), UNTRUSTED_SHARE));
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

static const char *how_text(rs_ab *ab) {
    const rs_experiment *experiment = &ab->pairs.experiment;
    const rs_seat *seat = &ab->pairs.seat;
    if (!experiment->pairs) return "No pair was measured.";
    if (ab->pairs.counting) return rs_counts_how();
    const char *where = "";
    if (seat->chooses)
        where =
            rs_verdict_print(&ab->verdict, ", on the %u of %u processors that others used least",
                             seat->needed, (unsigned)CPU_COUNT(&seat->allowed));
    return rs_verdict_print(
        &ab->verdict,
        "%u pairs with the same seeds on both sides, one of two each way round, the first "
        "one dropped%s. Over %u looks and %u metric%s, at most one verdict in %.0f calls slower "
        "what is not, and one in %.0f calls none what is slower by %g %%.",
        experiment->pairs, where, RS_LOOKS, experiment->count, experiment->count == 1 ? "" : "s",
        1 / RS_LOOKS_ERROR, 1 / RS_LOOKS_MISS, experiment->threshold * 100);
}

/* ------------------------------------------------------------------ the last word */

/* Not for too few pairs. */
static void say_undecided(rs_ab *ab, const char *end) {
    const rs_experiment *experiment = &ab->pairs.experiment;
    ab->verdict.why = ab->pairs.out_of_time ? end : "none of the metrics may decide";
    for (uint32_t i = 0; i < experiment->count; i++)
        if (experiment->contests[i].word == RS_WORD_MISSING)
            ab->verdict.why =
                rs_verdict_print(&ab->verdict, "%s was not measured", experiment->contests[i].name);
}

static void say_inconclusive(rs_ab *ab) {
    const rs_pairs *pairs = &ab->pairs;
    ab->verdict.word = "inconclusive";
    ab->verdict.status = RS_EXIT_INCONCLUSIVE;
    uint32_t needed = 0;
    for (uint32_t i = 0; i < pairs->experiment.count; i++)
        if (pairs->experiment.contests[i].word == RS_WORD_WAITS &&
            pairs->experiment.contests[i].pairs_needed > needed)
            needed = pairs->experiment.contests[i].pairs_needed;
    const char *end =
        pairs->out_of_time ? "the budget ends before the next look" : "that was the last look";
    if (needed > RS_PAIRS_MAX)
        ab->verdict.why =
            rs_verdict_print(&ab->verdict,
                             "%s, and some %u pairs would decide: make each repetition "
                             "longer, or the machine quieter",
                             end, needed);
    else if (needed)
        ab->verdict.why =
            rs_verdict_print(&ab->verdict, "%s, and some %u pairs would decide", end, needed);
    else
        say_undecided(ab, end);
}

static void say_regression(rs_ab *ab) {
    char change[32];
    for (size_t i = 0; i < ab->verdict.metrics.count; i++) {
        const rs_verdict_metric *metric = &ab->verdict.metrics.at[i];
        if (metric->word != RS_WORD_REGRESSION) continue;
        rs_verdict_change(metric->interval.middle, change, sizeof change);
        ab->verdict.why =
            rs_verdict_print(&ab->verdict, "%s of B is slower by %s, and %g %% must be caught",
                             metric->name, change, ab->verdict.threshold * 100);
        return;
    }
}

static void judge(rs_ab *ab) {
    rs_verdict *verdict = &ab->verdict;
    rs_experiment_word word = rs_experiment_word_of(&ab->pairs.experiment);
    if (ab->pairs.status) {
        verdict->word = ab->pairs.status == RS_EXIT_FAILED ? "failed" : "aborted";
        verdict->status = ab->pairs.status;
        verdict->why = ab->pairs.why;
    } else if (is_spoiled(&ab->pairs)) {
        verdict->word = "not trustworthy";
        verdict->status = RS_EXIT_UNTRUSTED;
        verdict->why = rs_verdict_print(&ab->verdict, "too many repetitions are spoiled: %s",
                                        spoilers_text(ab));
    } else if (word == RS_WORD_WAITS) {
        say_inconclusive(ab);
    } else {
        bool slower = word == RS_WORD_REGRESSION;
        verdict->word = rs_experiment_words(word);
        verdict->status = slower ? RS_EXIT_REGRESSION : RS_EXIT_PASSED;
        verdict->why =
            rs_verdict_print(&ab->verdict, "whatever B is slower by, it is less than %g %%",
                             verdict->threshold * 100);
        if (slower) say_regression(ab);
    }
    char text[512];
    if (!ab->pairs.counting || ab->pairs.status) return;
    rs_counts_why(&ab->pairs, text, sizeof text);
    verdict->why = rs_verdict_print(&ab->verdict, "%s", text);
}

static void conclude(rs_ab *ab) {
    const rs_options *options = ab->options;
    ab->verdict.scenario = ab->a.plan->name;
    ab->verdict.a = (rs_verdict_side){"A", side_text(ab, &ab->a, &options->a)};
    ab->verdict.b = (rs_verdict_side){"B", side_text(ab, &ab->b, &options->b)};
    ab->verdict.threshold = ab->pairs.experiment.threshold;
    ab->verdict.pairs = ab->pairs.rows;
    ab->verdict.pair_count = ab->pairs.experiment.pairs;
    ab->verdict.dropped = !ab->pairs.counting;
    for (uint32_t i = 0; ab->pairs.experiment.pairs && i < ab->pairs.experiment.count; i++)
        add_metric(ab, i);
    ab->verdict.how = how_text(ab);
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
    if (options->count_instructions)
        rs_pairs_count(&ab->pairs, tell);
    else
        rs_pairs_run(&ab->pairs, tell);
    rs_watch_release(&before);
    conclude(ab);
    int status = rs_verdict_files_tell(&files, options, &ab->verdict);
    if (*ab->pairs.command) fprintf(stderr, "respawn: to repeat it: %s\n", ab->pairs.command);
    return status;
}

static void fini(rs_ab *ab) {
    rs_callgrind_close(&ab->callgrind);
    rs_side_close(&ab->a);
    rs_side_close(&ab->b);
    rs_verdict_fini(&ab->verdict);
}

int rs_command_ab(const rs_options *options) {
    rs_ab ab = {.options = options, .a.program = -1, .b.program = -1};
    int status = RS_EXIT_USAGE;
    if (rs_side_open(&ab.a, "A", options, &options->a) &&
        rs_side_open(&ab.b, "B", options, &options->b) && is_possible(&ab))
        status = run(&ab);
    fini(&ab);
    return status;
}
