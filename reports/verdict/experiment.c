/* experiment.c: the rule by which pairs become words.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/experiment.h"

#include "reports/verdict/student.h"
#include "runtime/base/assert.h"

#include <math.h>
#include <string.h>

/* Beyond this a ratio says no more than "very". */
#define RATIO_MAX 1000.0

void rs_experiment_init(rs_experiment *experiment, double threshold) {
    RS_ASSERT(threshold > 0);
    *experiment = (rs_experiment){.threshold = threshold};
}

rs_metric_better rs_experiment_better(const rs_metric *metric, const char *aggregate) {
    bool is_count = metric->kind == RS_METRIC_HISTOGRAM && aggregate &&
                    (strcmp(aggregate, "count") == 0 || strcmp(aggregate, "rate") == 0);
    return is_count ? RS_METRIC_NEITHER : metric->better;
}

void rs_experiment_metric(rs_experiment *experiment, const char *name, const rs_metric *metric,
                          const char *aggregate) {
    RS_ASSERT(experiment->count < RS_EXPERIMENT_METRICS && experiment->pairs == 0);
    rs_contest *contest = &experiment->contests[experiment->count++];
    *contest = (rs_contest){.name = name, .better = rs_experiment_better(metric, aggregate)};
    if (aggregate) rs_metric_percentile(aggregate, &contest->tail);
    if (contest->tail > RS_EXPERIMENT_TAIL_SHOWN) contest->word = RS_WORD_SHOWN;
}

/* ------------------------------------------------------------------ numbers */

static double clamp(double log_ratio) {
    return fmax(-log(RATIO_MAX), fmin(log(RATIO_MAX), log_ratio));
}

/* Two that never came, or came at once, are the same. */
static double log_ratio(double over, double under) {
    return over == under ? 0 : clamp(log(over / under));
}

double rs_experiment_log(rs_metric_better better, double a, double b) {
    return better == RS_METRIC_HIGHER ? log_ratio(a, b) : log_ratio(b, a);
}

static void take(rs_contest *contest, uint32_t at, double a, double b) {
    bool missing = isnan(a) || isnan(b);
    contest->missing += missing;
    contest->logs[at] = missing ? 0 : rs_experiment_log(contest->better, a, b);
}

/* ------------------------------------------------------------------ words */

/* What a threshold is to the logarithms. */
static double reach_of(const rs_experiment *experiment) {
    return log1p(experiment->threshold);
}

rs_experiment_word rs_experiment_judge(rs_metric_better better, const rs_interval *found,
                                       double threshold) {
    if (better == RS_METRIC_NEITHER)
        return found->low > 0 || found->high < 0 ? RS_WORD_CHANGED : RS_WORD_UNCHANGED;
    bool below = found->high < log1p(threshold);
    if (found->low > 0) return below ? RS_WORD_BELOW_THRESHOLD : RS_WORD_REGRESSION;
    return below ? RS_WORD_NO_REGRESSION : RS_WORD_WAITS;
}

/* By the spread of the first look's pairs, at the last look. */
static bool is_too_varied(const rs_experiment *experiment, const rs_contest *contest) {
    double unit = rs_interval_spread(contest->logs, experiment->pairs) / sqrt(RS_PAIRS_MAX);
    double error = rs_looks_error(RS_PAIRS_MAX, experiment->count);
    double below = rs_student_quantile(RS_PAIRS_MAX - 1, error);
    double above = rs_student_quantile(RS_PAIRS_MAX - 1, rs_looks_miss(RS_PAIRS_MAX));
    return unit * (below + above) > reach_of(experiment);
}

/* The interval shrinks with the root of the pairs, until it no longer reaches the farther end of
 * 1 and 1 + T. */
static uint32_t pairs_needed(const rs_experiment *experiment, const rs_contest *contest) {
    const rs_interval *found = &contest->interval;
    double reach = reach_of(experiment);
    double from_one = (found->middle - found->low) / fmax(found->middle, 1e-9);
    double from_threshold = (found->high - found->middle) / fmax(reach - found->middle, 1e-9);
    double factor = fmin(from_one, from_threshold);
    return (uint32_t)fmin(1e6, ceil(experiment->pairs * factor * factor));
}

static bool has_word(const rs_contest *contest) {
    return contest->word != RS_WORD_WAITS && contest->word != RS_WORD_CHANGED &&
           contest->word != RS_WORD_UNCHANGED && contest->word != RS_WORD_SHOWN;
}

static void look_at(rs_experiment *experiment, rs_contest *contest) {
    if (has_word(contest)) return;
    if (contest->missing) contest->word = RS_WORD_MISSING;
    if (contest->missing) return;
    bool first = contest->looked_at == 0;
    uint32_t pairs = experiment->pairs;
    double error = rs_looks_error(pairs, experiment->count);
    /* Without a direction both ends call it changed. */
    double miss = contest->better == RS_METRIC_NEITHER ? error : rs_looks_miss(pairs);
    contest->interval = rs_interval_of(contest->logs, pairs, error, miss);
    contest->looked_at = pairs;
    if (contest->word == RS_WORD_SHOWN) return;
    if (first && contest->tail > RS_EXPERIMENT_TAIL_DECIDES && is_too_varied(experiment, contest)) {
        contest->word = RS_WORD_SHOWN;
        return;
    }
    contest->word = rs_experiment_judge(contest->better, &contest->interval, experiment->threshold);
    if (contest->word == RS_WORD_WAITS) contest->pairs_needed = pairs_needed(experiment, contest);
}

static bool is_over(const rs_experiment *experiment) {
    bool waits = false;
    for (uint32_t i = 0; i < experiment->count; i++) {
        if (experiment->contests[i].word == RS_WORD_REGRESSION) return true;
        waits |= experiment->contests[i].word == RS_WORD_WAITS;
    }
    return !waits || experiment->pairs == RS_PAIRS_MAX;
}

bool rs_experiment_add(rs_experiment *experiment, const double *a, const double *b) {
    RS_ASSERT(experiment->count > 0 && experiment->pairs < RS_PAIRS_MAX);
    for (uint32_t i = 0; i < experiment->count; i++)
        take(&experiment->contests[i], experiment->pairs, a[i], b[i]);
    experiment->pairs++;
    if (!rs_looks_is_one(experiment->pairs)) return false;
    for (uint32_t i = 0; i < experiment->count; i++) look_at(experiment, &experiment->contests[i]);
    return is_over(experiment);
}

bool rs_experiment_decides(const rs_contest *contest) {
    return contest->better != RS_METRIC_NEITHER && contest->word != RS_WORD_SHOWN;
}

rs_experiment_word rs_experiment_worse(rs_experiment_word a, rs_experiment_word b) {
    static const int badness[RS_WORD_COUNT] = {
        [RS_WORD_IDENTICAL] = 1,     [RS_WORD_UNCHANGED] = 1, [RS_WORD_NOT_SEEN] = 2,
        [RS_WORD_NO_REGRESSION] = 2, [RS_WORD_CHANGED] = 3,   [RS_WORD_BELOW_THRESHOLD] = 4,
        [RS_WORD_WAITS] = 5,         [RS_WORD_MISSING] = 6,   [RS_WORD_SUSPECT] = 7,
        [RS_WORD_REGRESSION] = 8,
    };
    return badness[b] > badness[a] ? b : a;
}

rs_experiment_word rs_experiment_word_of(const rs_experiment *experiment) {
    rs_experiment_word worst = RS_WORD_SHOWN;
    for (uint32_t i = 0; i < experiment->count; i++)
        if (rs_experiment_decides(&experiment->contests[i]))
            worst = rs_experiment_worse(worst, experiment->contests[i].word);
    return worst == RS_WORD_SHOWN || worst == RS_WORD_MISSING ? RS_WORD_WAITS : worst;
}

const char *rs_experiment_words(rs_experiment_word word) {
    static const char *const words[] = {
#define X(NAME, WORDS) [RS_WORD_##NAME] = WORDS,
        RS_EXPERIMENT_WORDS(X)
#undef X
    };
    return words[word];
}
