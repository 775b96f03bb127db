/* hostile.h: a result in which a stranger has written every text, for the tests of formats.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HOSTILE_H
#define RS_HOSTILE_H

#include "reports/formats/escape.h"
#include "reports/result.h"

#include <stdlib.h>
#include <string.h>

/* Begins as a formula; ends tags, cells, quotes, lines and strings; draws on terminals; is no UTF-8
 * in places; would be a link three times, and call somebody. */
#define HOSTILE                                                                                    \
    "=cmd()|'/c calc'!A0,;\"</td><script>alert(1)</script>&amp;]]>-->\r\n\n# | `x` [y](z) ![i](j)" \
    " *w* _v_ ~~s~~ {%x%} \\n \\ \t\x01\x1b[31m\x7f\xc2\x9b\xff\xc0\x80\xed\xa0\x80 \xe2\x80\xae"  \
    "\xef\xbf\xbf\xf0\x9f\x92\xa5 http://evil.example www.evil.example"                            \
    " joe@evil.example @joe $1 %s%n"

/* hostile_shown returns it as people see it everywhere; static. */
static inline const char *hostile_shown(void) {
    static char shown[8 * sizeof HOSTILE];
    rs_escape_terminal(HOSTILE, shown, sizeof shown);
    return shown;
}

/* As much of it as fits. */
static inline void hostile_chars(char *to, size_t size) {
    memcpy(to, HOSTILE, size - 1);
    to[size - 1] = '\0';
}

static inline void hostile_head(rs_result *result) {
    const char **const texts[] = {
        &result->reason,        &result->scenario,   &result->about,         &result->scenario_file,
        &result->clock,         &result->scheduler,  &result->trace_hash,    &result->reproduce,
        &result->scenario_hash, &result->started_at, &result->stream_scheme,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = HOSTILE;
    hostile_chars(result->machine.cpu, sizeof result->machine.cpu);
    hostile_chars(result->machine.kernel, sizeof result->machine.kernel);
    hostile_chars(result->build.version, sizeof result->build.version);
    hostile_chars(result->build.compiler, sizeof result->build.compiler);
    hostile_chars(result->build.type, sizeof result->build.type);
    hostile_chars(result->build.sanitizer, sizeof result->build.sanitizer);
    result->status = RS_RESULT_COMPLETE;
    result->verdict = RS_VERDICT_FAILED;
}

static inline void hostile_metrics(rs_result *result) {
    rs_result_labels labels = {.phase = HOSTILE, .cause = HOSTILE};
    rs_histogram *histogram = calloc(1, sizeof *histogram);
    rs_histogram_record_many(histogram, 1000, 3);
    rs_histogram_record(histogram, UINT64_MAX - 1); /* saturates the sum */
    rs_histogram_record_many(histogram, UINT64_MAX - 1, 2);
    rs_result_add_histogram(result, "restart.reachable", NULL, histogram, 4);
    rs_result_add_histogram(result, "restart.reachable", &labels, histogram, 4);
    rs_result_add_number(result, "calls.issued", NULL, 1e300);
    rs_result_add_number(result, "calls.failed", &(rs_result_labels){.cause = HOSTILE}, 7);
    rs_result_add_number(result, "calls.availability", &(rs_result_labels){.load = HOSTILE}, -1.5);
    rs_result_add_number(result, "memory.live", NULL, 0.1);
    rs_result_add_metric(result, "calls.lost", NULL);
    free(histogram);
    rs_result_repetition *repetition = rs_result_add_repetition(result);
    repetition->status = RS_RESULT_COMPLETE;
    rs_result_add_value(result, repetition, "restart.reachable.p50 during " HOSTILE,
                        rs_known(1000));
    rs_result_add_value(result, repetition, HOSTILE, rs_known(1));
}

static inline void hostile_rows(rs_result *result) {
    rs_result_add_setting(result, HOSTILE, HOSTILE);
    rs_result_add_phase(result, HOSTILE)->end_ns = 5;
    rs_result_fault *fault = rs_result_add_fault(result, HOSTILE);
    fault->how = fault->target = HOSTILE;
    rs_result_node *node = rs_result_add_node(result, HOSTILE);
    node->id = node->kind = node->detail = HOSTILE;
    rs_result_add_memory(result, HOSTILE)->after = rs_known(4096);
    rs_result_add_warning(result, HOSTILE);
    rs_result_add_note(result, HOSTILE);
    rs_result_add_crash_reason(result, HOSTILE, 3);
    rs_result_crash *crash = rs_result_add_crash(result, HOSTILE);
    crash->role = crash->module = crash->place = crash->message = HOSTILE;
    rs_result_condition *condition = rs_result_add_condition(result, HOSTILE);
    condition->unit = condition->spoils = condition->why = HOSTILE;
    condition->observed = rs_known(2), condition->spoiled = true;
}

static inline void hostile_findings(rs_result *result) {
    for (int i = 0; i < RS_VERDICT_COUNT; i++) {
        rs_result_expectation *row = rs_result_add_expectation(result, HOSTILE);
        row->file = row->observed = row->why = HOSTILE;
        row->line = 7, row->column = (uint64_t)i + 1;
        row->verdict = (rs_result_verdict)i;
    }
    rs_result_sometimes *sometimes = rs_result_add_sometimes(result, HOSTILE);
    sometimes->file = sometimes->why = HOSTILE;
    rs_result_add_check(result, HOSTILE);
    rs_result_finding *finding = rs_result_add_finding(result, HOSTILE);
    finding->role = finding->text = HOSTILE;
    rs_result_add_event(result, finding, HOSTILE);
}

/* hostile_result returns it; rs_result_destroy it. */
static inline rs_result *hostile_result(void) {
    rs_result *result = rs_result_create();
    hostile_head(result);
    hostile_metrics(result);
    hostile_rows(result);
    hostile_findings(result);
    return result;
}

#endif
