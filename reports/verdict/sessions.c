/* sessions.c: from sessions to words.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/sessions.h"

#include "reports/verdict/student.h"
#include "reports/verdict/verdict.h"
#include "runtime/base/assert.h"

#include <math.h>

/* Of two exact numbers that differ by T as nearly as their logarithms tell. */
#define ROUNDING 1e-12

/* One look, each end of an interval. */
static double error_of(const rs_sessions_question *question) {
    return RS_LOOKS_ERROR / question->metrics;
}

static rs_interval point(double middle) {
    return (rs_interval){(double)NAN, middle, (double)NAN, RS_INTERVAL_EXACT};
}

/* ------------------------------------------------------------------ without an interval */

static bool is_slower(const rs_sessions_question *question, double middle) {
    return middle >= log1p(question->threshold) - ROUNDING;
}

static rs_experiment_word suspect(const rs_sessions_question *question, double middle) {
    if (question->tail > RS_EXPERIMENT_TAIL_DECIDES) return RS_WORD_SHOWN;
    if (question->better != RS_METRIC_NEITHER)
        return is_slower(question, middle) ? RS_WORD_SUSPECT : RS_WORD_NOT_SEEN;
    return is_slower(question, fabs(middle)) ? RS_WORD_CHANGED : RS_WORD_UNCHANGED;
}

rs_sessions_answer rs_sessions_exact(const rs_sessions_question *question, double base,
                                     double now) {
    rs_sessions_answer answer = {.word = RS_WORD_MISSING, .base = base, .spread = (double)NAN};
    if (isnan(base) || isnan(now)) return answer;
    answer.known = true;
    answer.interval = point(rs_experiment_log(question->better, base, now));
    bool slower = is_slower(question, answer.interval.middle);
    if (question->tail > RS_EXPERIMENT_TAIL_SHOWN)
        answer.word = RS_WORD_SHOWN;
    else if (base == now)
        answer.word = RS_WORD_IDENTICAL;
    else
        answer.word =
            slower && question->better != RS_METRIC_NEITHER ? RS_WORD_REGRESSION : RS_WORD_CHANGED;
    return answer;
}

/* ------------------------------------------------------------------ with one */

/* The interval shrinks, until it no longer reaches the farther end of 1 and 1 + T. */
static bool would_decide(const rs_sessions_question *question, const rs_sessions_answer *answer,
                         uint32_t sessions) {
    double middle = answer->interval.middle;
    double room = fmax(middle, log1p(question->threshold) - middle);
    double spreads = room / (answer->spread * sqrt(1 + 1.0 / sessions));
    return rs_student_tail(sessions - 1, spreads) < error_of(question);
}

/* Though never below some three spreads. */
static uint32_t sessions_needed(const rs_sessions_question *question,
                                const rs_sessions_answer *answer, uint32_t count) {
    uint32_t low = count, high = RS_SESSIONS_MAX;
    if (!would_decide(question, answer, high)) return 0;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        *(would_decide(question, answer, middle) ? &high : &low) = middle;
    }
    return high;
}

/* By the spread of the sessions alone, which favours no side. */
static bool is_shown(const rs_sessions_question *question, const rs_interval *found) {
    if (question->tail > RS_EXPERIMENT_TAIL_SHOWN) return true;
    return question->tail > RS_EXPERIMENT_TAIL_DECIDES &&
           found->high - found->low > log1p(question->threshold);
}

static void decide(const rs_sessions_question *question, const double *logs, uint32_t count,
                   double one, rs_sessions_answer *answer) {
    answer->interval = rs_interval_prediction(logs, count, one, error_of(question));
    answer->word =
        is_shown(question, &answer->interval)
            ? RS_WORD_SHOWN
            : rs_experiment_judge(question->better, &answer->interval, question->threshold);
    if (answer->word == RS_WORD_WAITS) answer->needed = sessions_needed(question, answer, count);
}

/* ------------------------------------------------------------------ sessions */

static double mean_of(const double *values, uint32_t count) {
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += values[i];
    return sum / count;
}

/* Logarithms are of ratios to the median, so that 0 and "never" have one, too. */
rs_sessions_answer rs_sessions_judge(const rs_sessions_question *question, const double *base,
                                     uint32_t count, double now) {
    RS_ASSERT(count >= 1 && count <= RS_SESSIONS_MAX && question->metrics > 0);
    double logs[RS_SESSIONS_MAX], median = rs_verdict_median(base, count);
    rs_sessions_answer answer = {.word = RS_WORD_MISSING, .base = median, .spread = (double)NAN};
    if (isnan(median) || isnan(now)) return answer;
    for (uint32_t i = 0; i < count; i++)
        logs[i] = rs_experiment_log(question->better, median, base[i]);
    double one = rs_experiment_log(question->better, median, now), mean = mean_of(logs, count);
    answer.known = true;
    answer.base = median * exp(question->better == RS_METRIC_HIGHER ? -mean : mean);
    answer.interval = point(one - mean);
    if (count > 1) answer.spread = rs_interval_spread(logs, count);
    if (count < RS_SESSIONS_ENOUGH || question->elsewhere)
        answer.word = suspect(question, answer.interval.middle);
    else
        decide(question, logs, count, one, &answer);
    return answer;
}
