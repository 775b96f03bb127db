/* markdown.c: a run as a section of a page, as CI summaries show it: what decides first, the rest
 * folded.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/format.h"
#include "reports/formats/markdown_parts.h"
#include "reports/formats/number.h"
#include "runtime/base/units.h"

#include <inttypes.h>

#define MARK "<!-- respawn.summary/"

/* ------------------------------------------------------------------ parts of a page */

void rs_markdown_text(const char *text, FILE *out) {
    rs_escape_put(rs_escape_markdown, text, out);
}

void rs_markdown_block(const char *text, FILE *out) {
    fputs("    ", out);
    rs_escape_put(rs_escape_terminal, text, out);
    fputc('\n', out);
}

void rs_markdown_cell(const char *text, FILE *out) {
    fputs("| ", out);
    rs_markdown_text(text, out);
    fputc(' ', out);
}

void rs_markdown_more(size_t count, FILE *out) {
    if (count > RS_MARKDOWN_ROWS) fprintf(out, "\nand %zu more\n", count - RS_MARKDOWN_ROWS);
}

void rs_markdown_fold(const char *title, FILE *out) {
    fprintf(out, "<details><summary>%s</summary>\n\n", title);
}

void rs_markdown_unfold(FILE *out) {
    fputs("\n</details>\n\n", out);
}

static const char *sign_of(rs_result_verdict verdict) {
    static const char *const signs[RS_VERDICT_COUNT] = {
        [RS_VERDICT_INCONCLUSIVE] = "⚠️",
        [RS_VERDICT_PASSED] = "✅",
        [RS_VERDICT_FAILED] = "❌",
        [RS_VERDICT_SKIPPED] = "➖",
    };
    return signs[verdict];
}

/* ------------------------------------------------------------------ what decides */

static void put_head(const rs_result *result, FILE *out) {
    bool complete = result->status == RS_RESULT_COMPLETE;
    bool untrusted = result->status == RS_RESULT_UNTRUSTED;
    fprintf(out, MARK "1 -->\n### %s ",
            complete    ? sign_of(result->verdict)
            : untrusted ? "⚠️"
                        : "❌");
    rs_markdown_text(result->scenario ? result->scenario : "(no scenario)", out);
    fprintf(out, ": %s", rs_result_verdict_word(result->verdict));
    if (!complete) fprintf(out, ", %s", rs_result_status_word(result->status));
    fputs("\n\n", out);
    if (!result->reason) return;
    fputs("**Why:** ", out);
    rs_markdown_text(result->reason, out);
    fputs("\n\n", out);
}

static void put_reproduce(const rs_result *result, FILE *out) {
    if (!result->reproduce) return;
    fputs("**To repeat it:**\n\n", out);
    rs_markdown_block(result->reproduce, out);
    fputc('\n', out);
}

static void put_notes(const rs_result *result, bool warning, FILE *out) {
    size_t count = 0;
    for (size_t i = 0; i < result->notes.count; i++) {
        if (result->notes.at[i].warning != warning || count++ >= RS_MARKDOWN_ROWS) continue;
        fputs(warning ? "> ⚠️ " : "· ", out);
        rs_markdown_text(result->notes.at[i].text, out);
        fputs("\n\n", out);
    }
    rs_markdown_more(count, out);
    if (count) fputc('\n', out);
}

static void put_place(const char *file, uint64_t line, uint64_t column, FILE *out) {
    rs_markdown_text(file, out);
    if (file && line) fprintf(out, ":%" PRIu64 ":%" PRIu64, line, column);
}

/* What was observed; what was not has its verdict and the reason instead. */
static void put_observed(const rs_result_expectation *row, FILE *out) {
    bool judged = row->verdict == RS_VERDICT_PASSED || row->verdict == RS_VERDICT_FAILED;
    fputs("| ", out);
    if (!judged) fputs(rs_result_verdict_word(row->verdict), out);
    if (!judged && row->why) fputs(": ", out);
    if (judged) rs_markdown_text(row->observed ? row->observed : "–", out);
    if (judged && row->why) fputs("; ", out);
    rs_markdown_text(row->why, out);
    fputs(" | ", out);
}

static void put_expectations(const rs_result *result, FILE *out) {
    if (result->expectations.count == 0) return;
    fputs("#### Expected\n\n| | expectation | observed | place |\n|:-:|---|---|---|\n", out);
    for (size_t i = 0; i < result->expectations.count && i < RS_MARKDOWN_ROWS; i++) {
        const rs_result_expectation *row = &result->expectations.at[i];
        fprintf(out, "| %s ", sign_of(row->verdict));
        rs_markdown_cell(row->text, out);
        put_observed(row, out);
        put_place(row->file, row->line, row->column, out);
        fputs(" |\n", out);
    }
    rs_markdown_more(result->expectations.count, out);
    fputc('\n', out);
}

static void put_sometimes(const rs_result *result, FILE *out) {
    if (result->sometimes.count == 0) return;
    fputs("#### Sometimes\n\n| | what | in this run | place |\n|:-:|---|---|---|\n", out);
    for (size_t i = 0; i < result->sometimes.count && i < RS_MARKDOWN_ROWS; i++) {
        const rs_result_sometimes *row = &result->sometimes.at[i];
        const char *sign = row->known && row->seen ? "✅" : row->known ? "➖" : "⚠️";
        fprintf(out, "| %s ", sign);
        rs_markdown_cell(row->text, out);
        fputs(row->known ? row->seen ? "| seen" : "| not seen" : "| not known: ", out);
        if (!row->known) rs_markdown_text(row->why, out);
        fputs(" | ", out);
        put_place(row->file, row->line, row->column, out);
        fputs(" |\n", out);
    }
    rs_markdown_more(result->sometimes.count, out);
    fputc('\n', out);
}

/* ------------------------------------------------------------------ findings */

static void put_finding(const rs_result_finding *finding, FILE *out) {
    fputs("❌ **", out);
    rs_markdown_text(finding->check ? finding->check : "a check", out);
    fputs("** ", out);
    rs_markdown_text(finding->role, out);
    fputs(finding->role && *finding->role ? ": " : "", out);
    rs_markdown_text(finding->text, out);
    fputs("\n\n", out);
    if (finding->events.count == 0) return;
    rs_markdown_fold("How it came", out);
    for (size_t i = 0; i < finding->events.count && i < RS_MARKDOWN_ROWS; i++)
        rs_markdown_block(finding->events.at[i], out);
    rs_markdown_more(finding->events.count, out);
    rs_markdown_unfold(out);
}

static void put_checks(const rs_result *result, FILE *out) {
    if (result->findings.count == 0) fputs("✅ nothing found by: ", out);
    if (result->findings.count && result->checks.count) fputs("looked: ", out);
    for (size_t i = 0; i < result->checks.count && i < RS_MARKDOWN_ROWS; i++) {
        fputs(i ? ", " : "", out);
        rs_markdown_text(result->checks.at[i], out);
    }
    fputc('\n', out);
    rs_markdown_more(result->checks.count, out);
    fputc('\n', out);
}

static void put_findings(const rs_result *result, FILE *out) {
    size_t count = result->findings.count,
           shown = count < RS_MARKDOWN_ROWS ? count : RS_MARKDOWN_ROWS;
    uint64_t left_out = count - shown + result->findings_omitted;
    if (result->checks.count == 0 && count == 0) return;
    fputs("#### Checks\n\n", out);
    put_checks(result, out);
    for (size_t i = 0; i < shown; i++) put_finding(&result->findings.at[i], out);
    if (left_out) fprintf(out, "and %" PRIu64 " more\n\n", left_out);
}

/* ------------------------------------------------------------------ trust */

static void put_condition(const rs_result_condition *row, FILE *out) {
    char text[RS_RESULT_CONDITION_BYTES];
    fprintf(out, "| %s ", row->spoiled ? "❌" : row->observed.known ? "✅" : "➖");
    rs_markdown_cell(row->name, out);
    rs_markdown_cell(rs_result_condition_value(row, row->observed, text, sizeof text), out);
    rs_markdown_cell(rs_result_condition_value(row, row->threshold, text, sizeof text), out);
    rs_markdown_cell(row->spoils, out);
    rs_markdown_cell(row->why, out);
    fputs("|\n", out);
}

static void put_conditions(const rs_result *result, bool spoiled, FILE *out) {
    size_t count = 0;
    fputs("| | condition | observed | at most | spoils | |\n|:-:|---|--:|--:|---|---|\n", out);
    for (size_t i = 0; i < result->trust.count; i++)
        if (result->trust.at[i].spoiled == spoiled && count++ < RS_MARKDOWN_ROWS)
            put_condition(&result->trust.at[i], out);
    rs_markdown_more(count, out);
    fputc('\n', out);
}

static void put_trust(const rs_result *result, FILE *out) {
    size_t spoiled = rs_number_spoiled(result);
    if (result->trust.count == 0) return;
    fputs("#### Trust\n\n", out);
    if (spoiled)
        put_conditions(result, true, out);
    else
        fputs("✅ nothing that was looked at spoiled the numbers\n\n", out);
    if (spoiled == result->trust.count) return;
    rs_markdown_fold("What else was looked at", out);
    put_conditions(result, false, out);
    rs_markdown_unfold(out);
}

/* ------------------------------------------------------------------ the run */

static void put_fact(const char *name, const char *value, FILE *out) {
    if (!value || !*value) return;
    fprintf(out, "| %s ", name);
    rs_markdown_cell(value, out);
    fputs("|\n", out);
}

static void put_run(const rs_result *result, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_markdown_fold("What ran, and where", out);
    fputs("| | |\n|---|---|\n", out);
    put_fact("about", result->about, out);
    put_fact("scenario", result->scenario_file, out);
    put_fact("clock", result->clock, out);
    put_fact("scheduler", result->scheduler, out);
    snprintf(text, sizeof text, "%" PRIu64, result->threads);
    put_fact("threads", result->threads ? text : NULL, out);
    snprintf(text, sizeof text, "0x%" PRIx64, result->seed);
    put_fact("seed", text, out);
    put_fact("trace", result->trace_hash, out);
    put_fact("began", result->started_at, out);
    if (result->elapsed_ns)
        put_fact("took", rs_units_format_duration(result->elapsed_ns, text, sizeof text), out);
    put_fact("processor", result->machine.cpu, out);
    put_fact("system", result->machine.kernel, out);
    put_fact("respawn", result->build.version, out);
    put_fact("built by", result->build.compiler, out);
    put_fact("build", result->build.type, out);
    put_fact("sanitizer", result->build.sanitizer, out);
    for (size_t i = 0; i < result->settings.count && i < RS_MARKDOWN_ROWS; i++) {
        rs_markdown_cell(result->settings.at[i].key, out);
        rs_markdown_cell(result->settings.at[i].value, out);
        fputs("|\n", out);
    }
    rs_markdown_more(result->settings.count, out);
    rs_markdown_unfold(out);
}

static rs_err write_markdown(const rs_result *result, FILE *stream) {
    put_head(result, stream);
    put_reproduce(result, stream);
    put_notes(result, true, stream);
    put_expectations(result, stream);
    rs_markdown_restarts(result, stream);
    rs_markdown_calls(result, stream);
    rs_markdown_faults(result, stream);
    put_findings(result, stream);
    put_sometimes(result, stream);
    put_trust(result, stream);
    rs_markdown_phases(result, stream);
    rs_markdown_tree(result, stream);
    rs_markdown_memory(result, stream);
    rs_markdown_crashes(result, stream);
    put_run(result, stream);
    put_notes(result, false, stream);
    return ferror(stream) ? RS_EIO : RS_OK;
}

extern const rs_format rs_format_markdown;
const rs_format rs_format_markdown = {
    .name = "markdown",
    .about = "a section of a page, as CI summaries show it",
    .extension = "md",
    .write = write_markdown,
    .mark = MARK,
};
