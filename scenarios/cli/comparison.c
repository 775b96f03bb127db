/* comparison.c: sessions become a verdict, and the sentences that go with it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/comparison.h"

#include "reports/formats/verdict.h"
#include "reports/verdict/likeness.h"
#include "reports/verdict/sessions.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/verdicts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sessions of less than an hour have met one state of the machine. */
#define SPAN_SECONDS 3600.0
#define WHY_BYTES    1024u

static const rs_baseline_session *new_session(const rs_comparison *comparison) {
    return &comparison->now.sessions.at[0];
}

static const rs_baseline_session *last_session(const rs_comparison *comparison) {
    return &comparison->base.sessions.at[comparison->base.sessions.count - 1];
}

static bool is_virtual(const rs_comparison *comparison) {
    return rs_baseline_is_virtual(new_session(comparison));
}

/* ------------------------------------------------------------------ notes */

static void note_place(rs_comparison *comparison) {
    char why[WHY_BYTES];
    for (size_t i = 0; i < comparison->base.sessions.count && !comparison->elsewhere; i++) {
        const rs_baseline_session *one = &comparison->base.sessions.at[i];
        if (rs_likeness_lie_alike(one, new_session(comparison), why, sizeof why)) continue;
        comparison->elsewhere = true;
        rs_verdict_note(&comparison->verdict,
                        rs_verdict_print(&comparison->verdict,
                                         "%s: so the worst that can be said is 'suspect'", why));
    }
}

static time_t seconds_of(const char *when) {
    struct tm parts = {0};
    return strptime(when, "%Y-%m-%dT%H:%M:%SZ", &parts) ? timegm(&parts) : (time_t)-1;
}

static void note_span(rs_comparison *comparison) {
    time_t first = 0, last = 0;
    for (size_t i = 0; i < comparison->base.sessions.count; i++) {
        time_t when = seconds_of(comparison->base.sessions.at[i].started_at);
        if (when == (time_t)-1) return;
        if (i == 0 || when < first) first = when;
        if (i == 0 || when > last) last = when;
    }
    if (comparison->base.sessions.count > 1 && difftime(last, first) < SPAN_SECONDS)
        rs_verdict_note(
            &comparison->verdict,
            rs_verdict_print(&comparison->verdict,
                             "the baseline's sessions lie within %.0f min: what the machine "
                             "changes by over hours and days is not in them",
                             ceil((difftime(last, first) + 1) / 60)));
}

static void note_late(rs_comparison *comparison) {
    if (comparison->result->verdict == RS_VERDICT_FAILED)
        rs_verdict_note(&comparison->verdict,
                        "expectations on timing failed; what decides here is the gate");
}

/* ------------------------------------------------------------------ metrics */

static rs_sessions_answer answer_exactly(const rs_comparison *comparison,
                                         const rs_sessions_question *question, uint32_t gate) {
    const rs_baseline_session *base = last_session(comparison), *now = new_session(comparison);
    rs_sessions_answer answer =
        rs_sessions_exact(question, rs_baseline_number(base, gate), rs_baseline_number(now, gate));
    /* Medians may be the same by chance. */
    bool same = memcmp(base->gates[gate].values, now->gates[gate].values,
                       sizeof *now->gates[gate].values * now->repetitions) == 0;
    if (answer.word == RS_WORD_IDENTICAL && !same) answer.word = RS_WORD_CHANGED;
    return answer;
}

static rs_sessions_answer answer(const rs_comparison *comparison, uint32_t gate) {
    const rs_baseline_session *now = new_session(comparison);
    uint32_t count = (uint32_t)comparison->base.sessions.count;
    const rs_sessions_question question = {
        .better = now->gates[gate].better,
        .tail = now->gates[gate].tail,
        .threshold = comparison->verdict.threshold,
        .metrics = now->gate_count,
        .elsewhere = comparison->elsewhere,
    };
    if (is_virtual(comparison)) return answer_exactly(comparison, &question, gate);
    double *base = rs_rows_alloc(sizeof *base * count);
    for (uint32_t i = 0; i < count; i++)
        base[i] = rs_baseline_number(&comparison->base.sessions.at[i], gate);
    rs_sessions_answer found =
        rs_sessions_judge(&question, base, count, rs_baseline_number(now, gate));
    free(base);
    return found;
}

static const char *note_of(rs_comparison *comparison, const rs_sessions_answer *found) {
    if (found->word == RS_WORD_MISSING) return "some repetition has no number";
    if (found->word != RS_WORD_WAITS) return NULL;
    double spread = rs_verdict_slowdown(found->spread) * 100;
    if (found->needed)
        return rs_verdict_print(&comparison->verdict,
                                "sessions differ by ±%.1f %%; some %u of them would decide", spread,
                                found->needed);
    return rs_verdict_print(&comparison->verdict,
                            "sessions differ by ±%.1f %%: no number of them would decide", spread);
}

static void add_metric(rs_comparison *comparison, uint32_t gate) {
    const rs_baseline_session *now = new_session(comparison);
    rs_sessions_answer found = answer(comparison, gate);
    rs_verdict_metric *row = RS_ROWS_ADD(&comparison->verdict.metrics);
    *row = (rs_verdict_metric){
        .name = now->gates[gate].name,
        .unit = now->gates[gate].unit,
        .better = now->gates[gate].better,
        .a = found.base,
        .b = rs_baseline_number(now, gate),
        .interval = found.interval,
        .known = found.known,
        .word = found.word,
        .looked_at = (uint32_t)comparison->base.sessions.count,
        .pairs_needed = found.needed,
        .decides = now->gates[gate].better != RS_METRIC_NEITHER && found.word != RS_WORD_SHOWN,
        .note = note_of(comparison, &found),
    };
}

static void add_session(rs_comparison *comparison, const rs_baseline_session *session) {
    rs_verdict_session *row = RS_ROWS_ADD(&comparison->verdict.sessions);
    *row = (rs_verdict_session){.source = session->source, .when = session->started_at};
    for (uint32_t i = 0; i < session->gate_count; i++)
        row->values[i] = rs_baseline_number(session, i);
}

/* ------------------------------------------------------------------ the last word */

static rs_experiment_word word_of(const rs_comparison *comparison) {
    rs_experiment_word worst = RS_WORD_SHOWN;
    for (size_t i = 0; i < comparison->verdict.metrics.count; i++)
        if (comparison->verdict.metrics.at[i].decides)
            worst = rs_experiment_worse(worst, comparison->verdict.metrics.at[i].word);
    return worst;
}

static const rs_verdict_metric *find_metric(const rs_comparison *comparison,
                                            rs_experiment_word word) {
    for (size_t i = 0; i < comparison->verdict.metrics.count; i++) {
        const rs_verdict_metric *metric = &comparison->verdict.metrics.at[i];
        if (metric->decides && metric->word == word) return metric;
    }
    return NULL;
}

/* What a verdict would take, where there is none. */
static const char *what_lacks(rs_comparison *comparison) {
    size_t count = comparison->base.sessions.count;
    if (comparison->elsewhere)
        return "a verdict takes sessions of the same machine and type of build";
    size_t lacks = RS_SESSIONS_ENOUGH - count;
    return rs_verdict_print(&comparison->verdict,
                            "%zu session%s more make%s a verdict (run --save-baseline)", lacks,
                            lacks == 1 ? "" : "s", lacks == 1 ? "s" : "");
}

static const char *say_slower(rs_comparison *comparison, rs_experiment_word word) {
    const rs_verdict_metric *metric = find_metric(comparison, word);
    char change[32];
    rs_verdict_change(metric->interval.middle, change, sizeof change);
    return rs_verdict_print(
        &comparison->verdict, "%s of the new one is slower by %s, and %g %% must be caught%s%s",
        metric->name, change, comparison->verdict.threshold * 100,
        word == RS_WORD_SUSPECT ? "; " : "", word == RS_WORD_SUSPECT ? what_lacks(comparison) : "");
}

/* The metric that needs most, if any number is enough for all. */
static const char *say_waits(rs_comparison *comparison) {
    uint32_t most = 0;
    bool hopeless = false;
    for (size_t i = 0; i < comparison->verdict.metrics.count; i++) {
        const rs_verdict_metric *metric = &comparison->verdict.metrics.at[i];
        if (metric->word != RS_WORD_WAITS) continue;
        hopeless |= metric->pairs_needed == 0;
        if (metric->pairs_needed > most) most = metric->pairs_needed;
    }
    if (!hopeless)
        return rs_verdict_print(&comparison->verdict,
                                "with some %u sessions in the baseline there would be a verdict",
                                most);
    return "sessions differ too much from one another: make repetitions longer or the machine "
           "quieter, or let `ab` measure both side by side";
}

static const char *say_exactly(const rs_comparison *comparison, rs_experiment_word word) {
    return word == RS_WORD_CHANGED ? "numbers differ, and nothing is slower by the threshold"
           : comparison->verdict.word == rs_experiment_words(RS_WORD_IDENTICAL)
               ? "the trace and every gated number are the same"
               : "every gated number is the same, though the traces are not";
}

static const char *why_of(rs_comparison *comparison, rs_experiment_word word) {
    double percent = comparison->verdict.threshold * 100;
    switch (word) {
    case RS_WORD_REGRESSION:
    case RS_WORD_SUSPECT: return say_slower(comparison, word);
    case RS_WORD_WAITS: return say_waits(comparison);
    case RS_WORD_MISSING:
        return rs_verdict_print(&comparison->verdict, "%s was not measured",
                                find_metric(comparison, word)->name);
    case RS_WORD_SHOWN: return "none of the metrics may decide";
    case RS_WORD_NOT_SEEN:
        return rs_verdict_print(&comparison->verdict, "nothing is slower by %g %%; %s", percent,
                                what_lacks(comparison));
    case RS_WORD_IDENTICAL:
    case RS_WORD_CHANGED: return say_exactly(comparison, word);
    default:
        return rs_verdict_print(&comparison->verdict,
                                "whatever the new one is slower by, it is less than %g %%",
                                percent);
    }
}

/* Of one trace, all is the same; of the later repetitions only their numbers are known. */
static bool is_identical(const rs_comparison *comparison, rs_experiment_word word) {
    const char *before = last_session(comparison)->trace_hash,
               *now = new_session(comparison)->trace_hash;
    return word == RS_WORD_IDENTICAL && before && now && strcmp(before, now) == 0;
}

static void judge(rs_comparison *comparison) {
    rs_experiment_word word = word_of(comparison), told = word;
    if (word == RS_WORD_MISSING || word == RS_WORD_SHOWN) told = RS_WORD_WAITS;
    if (word == RS_WORD_IDENTICAL && !is_identical(comparison, word)) told = RS_WORD_NO_REGRESSION;
    comparison->verdict.word = rs_experiment_words(told);
    comparison->verdict.status = rs_verdict_status(word);
    comparison->verdict.why = why_of(comparison, word);
}

/* ------------------------------------------------------------------ what is wrong, not slow */

/* False: it can be judged. */
static bool is_over(rs_comparison *comparison) {
    rs_verdict *verdict = &comparison->verdict;
    const rs_result *result = comparison->result;
    const char *seen, *wrong = rs_result_wrong(result, &seen);
    if (wrong && rs_result_is_whole(result)) {
        verdict->word = "failed";
        verdict->status = RS_EXIT_FAILED;
        verdict->why =
            rs_verdict_print(&comparison->verdict, "the new one is wrong, not slow: %.400s: %.200s",
                             wrong, seen ? seen : "failed");
    } else if (result->status != RS_RESULT_COMPLETE) {
        bool untrusted = result->status == RS_RESULT_UNTRUSTED;
        verdict->word = untrusted ? "not trustworthy" : "aborted";
        verdict->status = untrusted ? RS_EXIT_UNTRUSTED : RS_EXIT_ABORTED;
        verdict->why = result->reason ? result->reason : rs_result_status_word(result->status);
    }
    return verdict->word != NULL;
}

/* ------------------------------------------------------------------ all of it */

static const char *build_text(rs_comparison *comparison, const rs_baseline_session *session) {
    const rs_build *build = &session->build;
    return rs_verdict_print(&comparison->verdict, "%s, respawn %s, %s, %s%s%s", session->started_at,
                            build->version, build->compiler, build->type,
                            *build->sanitizer ? ", sanitizer " : "", build->sanitizer);
}

static const char *base_text(rs_comparison *comparison) {
    size_t count = comparison->base.sessions.count;
    const rs_baseline_session *last = last_session(comparison);
    return rs_verdict_print(&comparison->verdict, "%.400s: %zu session%s, the last of %s",
                            comparison->name, count, count == 1 ? "" : "s",
                            build_text(comparison, last));
}

static const char *how_text(rs_comparison *comparison) {
    uint32_t metrics = new_session(comparison)->gate_count;
    unsigned repetitions = new_session(comparison)->repetitions;
    if (is_virtual(comparison))
        return "Virtual time has no noise: numbers are compared with the last session's as they "
               "are.";
    if (comparison->elsewhere || comparison->base.sessions.count < RS_SESSIONS_ENOUGH)
        return rs_verdict_print(
            &comparison->verdict,
            "One number a session, the median of its %u repetition%s. There is no "
            "interval, for sessions differ by something that is not known.",
            repetitions, repetitions == 1 ? "" : "s");
    return rs_verdict_print(
        &comparison->verdict,
        "One number a session, the median of its %u repetition%s. An interval holds what "
        "one more session of the baseline would differ by; each end is wrong at most once "
        "in %.0f verdicts over %u metric%s, if sessions scatter like a bell.",
        repetitions, repetitions == 1 ? "" : "s", 1 / RS_LOOKS_ERROR, metrics,
        metrics == 1 ? "" : "s");
}

void rs_comparison_conclude(rs_comparison *comparison, double threshold) {
    rs_verdict *verdict = &comparison->verdict;
    verdict->scenario = new_session(comparison)->scenario;
    verdict->a = (rs_verdict_side){"base", base_text(comparison)};
    verdict->b = (rs_verdict_side){
        "new", rs_verdict_print(&comparison->verdict, "%.400s: %s", new_session(comparison)->source,
                                build_text(comparison, new_session(comparison)))};
    verdict->threshold = threshold;
    if (!is_virtual(comparison)) note_place(comparison);
    if (!is_virtual(comparison)) note_span(comparison);
    note_late(comparison);
    verdict->how = how_text(comparison);
    for (size_t i = 0; i < comparison->base.sessions.count; i++)
        add_session(comparison, &comparison->base.sessions.at[i]);
    add_session(comparison, new_session(comparison));
    for (uint32_t i = 0; i < new_session(comparison)->gate_count; i++) add_metric(comparison, i);
    if (!is_over(comparison)) judge(comparison);
}

void rs_comparison_fini(rs_comparison *comparison) {
    rs_result_destroy(comparison->result);
    rs_baseline_fini(&comparison->base);
    rs_baseline_fini(&comparison->now);
    rs_verdict_fini(&comparison->verdict);
}
