/* junit.c: the result as a CI's page of tests shows it: JUnit XML with a test case per expectation,
 * per check, per `sometimes`, and one for the run itself. JUnit knows no doubt: what is
 * inconclusive or skipped is `skipped`, and its message begins with the word; a run that did not
 * reach its end, or was not to be trusted, is an `error`. No time is told of a test case, since
 * they all share the run's.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/format.h"

#include <inttypes.h>

#define MARK "<testsuites name=\"respawn\""

typedef enum ending { PASSED, FAILED, ERRED, SKIPPED, ENDINGS } ending;

typedef struct suite {
    const rs_result *result;
    FILE *out; /* NULL: only counted */
    unsigned tests, endings[ENDINGS];
} suite;

/* Its message is `word`, and `message` if there is one. */
typedef struct test_case {
    const char *group, *name;
    ending ending;
    const char *type;
    const char *word, *message;
    void (*body)(const rs_result *result, const void *subject, FILE *out);
    const void *subject;
} test_case;

/* ------------------------------------------------------------------ XML */

static void put(const char *text, FILE *out) {
    rs_escape_put(rs_escape_xml, text, out);
}

static const char *or_else(const char *text, const char *fallback) {
    return text && *text ? text : fallback;
}

/* Nothing at all when it is not known. */
static void put_attribute(const char *name, const char *value, FILE *out) {
    if (!value) return;
    fprintf(out, " %s=\"", name);
    put(value, out);
    fputc('"', out);
}

static void put_seconds(const char *name, uint64_t ns, FILE *out) {
    if (ns)
        fprintf(out, " %s=\"%" PRIu64 ".%09" PRIu64 "\"", name, ns / 1000000000, ns % 1000000000);
}

static const char *scenario_of(const suite *of) {
    return or_else(of->result->scenario, "scenario");
}

/* ------------------------------------------------------------------ cases */

static void put_message(const test_case *one, FILE *out) {
    fputs(" message=\"", out);
    put(one->word, out);
    if (one->word && one->message) fputs(": ", out);
    put(one->message, out);
    fputc('"', out);
}

static void put_ending(const suite *of, const test_case *one) {
    static const char *const elements[ENDINGS] = {"", "failure", "error", "skipped"};
    const char *element = elements[one->ending];
    fprintf(of->out, "<%s", element);
    if (one->ending != SKIPPED) put_attribute("type", one->type, of->out);
    put_message(one, of->out);
    fputs(">", of->out);
    if (one->body) one->body(of->result, one->subject, of->out);
    fprintf(of->out, "</%s>", element);
}

static void tell(suite *of, const test_case *one) {
    of->tests++, of->endings[one->ending]++;
    if (!of->out) return;
    fputs("    <testcase classname=\"", of->out);
    put(scenario_of(of), of->out);
    fprintf(of->out, ".%s\"", one->group);
    put_attribute("name", or_else(one->name, "(without a name)"), of->out);
    fputs(">", of->out);
    if (one->ending != PASSED) put_ending(of, one);
    fputs("</testcase>\n", of->out);
}

static void put_place(const char *file, uint64_t line, uint64_t column, FILE *out) {
    if (!file) return;
    fputs("at ", out);
    put(file, out);
    if (line) fprintf(out, ":%" PRIu64 ":%" PRIu64, line, column);
    fputc('\n', out);
}

static void put_line(const char *before, const char *text, FILE *out) {
    if (!text) return;
    fputs(before, out);
    put(text, out);
    fputc('\n', out);
}

static void put_expectation(const rs_result *result, const void *subject, FILE *out) {
    const rs_result_expectation *row = subject;
    (void)result;
    put_line("\nexpected: ", row->text, out);
    put_line("observed: ", row->observed, out);
    put_line("why: ", row->why, out);
    put_place(row->file, row->line, row->column, out);
}

static void tell_expectation(suite *of, const rs_result_expectation *row) {
    static const ending endings[RS_VERDICT_COUNT] = {
        [RS_VERDICT_INCONCLUSIVE] = SKIPPED,
        [RS_VERDICT_PASSED] = PASSED,
        [RS_VERDICT_FAILED] = FAILED,
        [RS_VERDICT_SKIPPED] = SKIPPED,
    };
    bool failed = row->verdict == RS_VERDICT_FAILED;
    tell(of, &(test_case){
                 .group = "expect",
                 .name = row->text,
                 .ending = endings[row->verdict],
                 .type = "expectation",
                 .word = failed ? "observed" : rs_result_verdict_word(row->verdict),
                 .message = failed ? or_else(row->observed, "not known") : row->why,
                 .body = put_expectation,
                 .subject = row,
             });
}

static void tell_sometimes(suite *of, const rs_result_sometimes *row) {
    tell(of, &(test_case){
                 .group = "sometimes",
                 .name = row->text,
                 .ending = row->known && row->seen ? PASSED : SKIPPED,
                 .word = row->known ? "not seen in this run" : "not known",
                 .message = row->known ? NULL : row->why,
             });
}

/* ------------------------------------------------------------------ checks */

/* The first finding of `check` from `at` on; NULL: there is none. */
static const rs_result_finding *find_finding(const rs_result *result, const char *check,
                                             size_t at) {
    for (; at < result->findings.count; at++)
        if (rs_texts_equal(result->findings.at[at].check, check)) return &result->findings.at[at];
    return NULL;
}

static void put_finding(const rs_result_finding *finding, FILE *out) {
    if (finding->role && *finding->role) {
        put(finding->role, out);
        fputs(": ", out);
    }
    put_line("", or_else(finding->text, "(not told)"), out);
    for (size_t i = 0; i < finding->events.count; i++) put_line("    ", finding->events.at[i], out);
}

static void put_findings(const rs_result *result, const void *subject, FILE *out) {
    fputc('\n', out);
    for (size_t i = 0; i < result->findings.count; i++)
        if (rs_texts_equal(result->findings.at[i].check, subject))
            put_finding(&result->findings.at[i], out);
}

static void tell_check(suite *of, const char *check) {
    const rs_result_finding *finding = find_finding(of->result, check, 0);
    tell(of, &(test_case){
                 .group = "checks",
                 .name = check,
                 .ending = finding ? FAILED : PASSED,
                 .type = "check",
                 .message = finding ? or_else(finding->text, "found something") : NULL,
                 .body = put_findings,
                 .subject = check,
             });
}

static bool is_listed(const rs_result *result, const char *check) {
    for (size_t i = 0; i < result->checks.count; i++)
        if (rs_texts_equal(result->checks.at[i], check)) return true;
    return false;
}

static void tell_checks(suite *of) {
    const rs_result *result = of->result;
    for (size_t i = 0; i < result->checks.count; i++) tell_check(of, result->checks.at[i]);
    for (size_t i = 0; i < result->findings.count; i++) {
        const rs_result_finding *finding = &result->findings.at[i];
        if (!is_listed(result, finding->check) &&
            find_finding(result, finding->check, 0) == finding)
            tell_check(of, finding->check);
    }
}

/* ------------------------------------------------------------------ the run */

static const char *sentence_of(rs_result_status status) {
    static const char *const sentences[] = {
#define X(NAME, WORD, SENTENCE) SENTENCE,
        RS_RESULT_STATUSES(X)
#undef X
    };
    return sentences[status];
}

/* A verdict that no other case gives stands here: failed is never all green. */
static ending ending_of_run(const suite *of) {
    if (of->result->status != RS_RESULT_COMPLETE) return ERRED;
    if (of->result->verdict == RS_VERDICT_FAILED && !of->endings[FAILED]) return FAILED;
    return of->result->verdict == RS_VERDICT_INCONCLUSIVE ? SKIPPED : PASSED;
}

static void tell_run(suite *of) {
    const rs_result *result = of->result;
    bool complete = result->status == RS_RESULT_COMPLETE;
    tell(of, &(test_case){
                 .group = "run",
                 .name = "the run goes through all its phases, and decides",
                 .ending = ending_of_run(of),
                 .type = complete ? "verdict" : rs_result_status_word(result->status),
                 .word = complete ? rs_result_verdict_word(result->verdict)
                                  : rs_result_status_word(result->status),
                 .message = complete ? result->reason
                                     : or_else(result->reason, sentence_of(result->status)),
             });
}

static void tell_all(suite *of) {
    for (size_t i = 0; i < of->result->expectations.count; i++)
        tell_expectation(of, &of->result->expectations.at[i]);
    tell_checks(of);
    for (size_t i = 0; i < of->result->sometimes.count; i++)
        tell_sometimes(of, &of->result->sometimes.at[i]);
    tell_run(of);
}

/* ------------------------------------------------------------------ the suite */

static void put_counts(const suite *counted, FILE *out) {
    fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\"", counted->tests,
            counted->endings[FAILED], counted->endings[ERRED]);
    put_seconds("time", counted->result->elapsed_ns, out);
}

/* JUnit's time of day has no zone. */
static void put_timestamp(const char *started_at, FILE *out) {
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    if (!started_at) return;
    for (size_t i = 0; shape[i]; i++) {
        bool digit = started_at[i] >= '0' && started_at[i] <= '9';
        if (shape[i] == 'd' ? !digit : started_at[i] != shape[i]) return;
    }
    fprintf(out, " timestamp=\"%.19s\"", started_at);
}

static void put_property(const char *name, const char *value, FILE *out) {
    if (!value || !*value) return;
    fputs("      <property", out);
    put_attribute("name", name, out);
    put_attribute("value", value, out);
    fputs("/>\n", out);
}

static void put_properties(const rs_result *result, FILE *out) {
    char seed[24];
    snprintf(seed, sizeof seed, "0x%" PRIx64, result->seed);
    fputs("    <properties>\n", out);
    put_property("status", rs_result_status_word(result->status), out);
    put_property("verdict", rs_result_verdict_word(result->verdict), out);
    put_property("seed", seed, out);
    put_property("clock", result->clock, out);
    put_property("scheduler", result->scheduler, out);
    put_property("trace_hash", result->trace_hash, out);
    put_property("respawn", result->build.version, out);
    for (size_t i = 0; i < result->settings.count; i++)
        put_property(or_else(result->settings.at[i].key, "(without a name)"),
                     result->settings.at[i].value, out);
    fputs("    </properties>\n", out);
}

static void put_output(const rs_result *result, FILE *out) {
    fputs("    <system-out>", out);
    put_line("to repeat it: ", result->reproduce, out);
    put_line("", result->reason, out);
    if (result->findings_omitted)
        fprintf(out, "%" PRIu64 " more findings are not told\n", result->findings_omitted);
    for (size_t i = 0; i < result->notes.count; i++)
        put_line(result->notes.at[i].warning ? "warning: " : "note: ", result->notes.at[i].text,
                 out);
    fputs("</system-out>\n", out);
}

static rs_err write_junit(const rs_result *result, FILE *stream) {
    suite counted = {.result = result}, told = {.result = result, .out = stream};
    tell_all(&counted);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" MARK, stream);
    put_counts(&counted, stream);
    fputs(">\n  <testsuite", stream);
    put_attribute("name", scenario_of(&counted), stream);
    put_counts(&counted, stream);
    fprintf(stream, " skipped=\"%u\"", counted.endings[SKIPPED]);
    put_timestamp(result->started_at, stream);
    fputs(">\n", stream);
    put_properties(result, stream);
    tell_all(&told);
    put_output(result, stream);
    fputs("  </testsuite>\n</testsuites>\n", stream);
    return ferror(stream) ? RS_EIO : RS_OK;
}

extern const rs_format rs_format_junit;
const rs_format rs_format_junit = {
    .name = "junit",
    .about = "JUnit XML, a test case per expectation, check and sometimes",
    .extension = "xml",
    .write = write_junit,
    .mark = MARK,
};
