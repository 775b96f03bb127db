/* expectation_window.c: the part of an expectation that says `in every 1s of storm`.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/sentence.h"
#include "scenarios/language/word.h"

/* 16 bytes of counters each, and 30 KiB more for the latencies of each. */
#define WINDOWS_MAX            100000u
#define WINDOWS_OF_LATENCY_MAX 1000u
/* Longer than any phase. */
#define WINDOW_NS_MAX (8ull * 24 * 3600 * 1000000000ull)

/* What is counted by windows when it is asked for; of the latencies, percentiles. */
static const char *const windowed[] = {"calls.availability",
                                       "calls.throughput",
                                       "calls.issued",
                                       "calls.answered",
                                       "calls.failed",
                                       "calls.latency",
                                       "calls.latency_uncorrected",
                                       NULL};

static bool has_windows(rs_sentence *s, const rs_metric *metric,
                        const rs_plan_expectation *expectation) {
    double share;
    if (rs_word_index(metric->name, windowed) < 0 || expectation->label)
        rs_sentence_problem(
            s,
            "'in every': %s%s is not counted by windows; calls.availability, throughput, "
            "issued, answered, failed and the percentiles of latencies are",
            metric->name, expectation->label ? "{…}" : "");
    else if (expectation->aggregate && !rs_metric_percentile(expectation->aggregate, &share))
        rs_sentence_problem(s, "'in every': of %s in a window percentiles are known, not '%s'",
                            metric->name, expectation->aggregate);
    else
        return true;
    return false;
}

static void check_window(rs_sentence *s, const rs_metric *metric,
                         const rs_plan_expectation *expectation) {
    const rs_plan_phase *phase = &s->reader->plan->phases[expectation->during];
    bool histogram = metric->kind == RS_METRIC_HISTOGRAM;
    uint64_t most = histogram ? WINDOWS_OF_LATENCY_MAX : WINDOWS_MAX;
    uint64_t count = phase->duration_ns / expectation->window_ns;
    if (count == 0)
        rs_sentence_problem(s, "'in every': phase '%s' is shorter than that", phase->name);
    else if (count > most)
        rs_sentence_problem(s, "'in every': phase '%s' has %llu such windows; at most %llu",
                            phase->name, (unsigned long long)count, (unsigned long long)most);
}

/* What follows is read in vain after a slip: nothing is left to be. */
static void refuse_window(rs_sentence *s) {
    rs_sentence_problem(s, "'%.60s': windows are written 'in every 1s of PHASE', without 'during'",
                        s->text);
    s->at = "";
}

static void set_window(rs_sentence *s, const rs_document_node *duration, const rs_metric *metric,
                       rs_plan_expectation *expectation) {
    expectation->during = rs_reader_phase(s->reader, rs_sentence_scalar(s, rs_sentence_word(s)));
    if (!rs_reader_duration(s->reader, duration, "'in every'", 1, WINDOW_NS_MAX,
                            &expectation->window_ns) ||
        expectation->during < 0 || !has_windows(s, metric, expectation))
        expectation->window_ns = 0;
    else
        check_window(s, metric, expectation);
}

/* "in" has been read. */
void rs_expectation_windows(rs_sentence *s, const rs_metric *metric,
                            rs_plan_expectation *expectation) {
    bool every = strcmp(rs_sentence_word(s), "every") == 0;
    const rs_document_node *duration = rs_sentence_scalar(s, rs_sentence_word(s));
    bool of = strcmp(rs_sentence_word(s), "of") == 0;
    if (every && of && expectation->during < 0)
        set_window(s, duration, metric, expectation);
    else
        refuse_window(s);
}
