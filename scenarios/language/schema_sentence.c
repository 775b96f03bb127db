/* schema_sentence.c: the small sentences of `expect`, `gate` and `sometimes`, as patterns: which
 * metrics there are, what each is told apart by, which aggregates it takes, and what those are
 * compared with.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/assert.h"
#include "scenarios/language/form.h"
#include "scenarios/language/schema.h"
#include "scenarios/language/section.h"

#include <stdlib.h>
#include <string.h>

#define SPACES     "[ \t\n]"
#define PERCENTILE "p[0-9]{1,2}([.][0-9]{1,4})?"

/* A text of patterns that is being written. */
typedef struct draft {
    FILE *out;
    char *text;
    size_t length;
} draft;

static void begin(draft *this) {
    *this = (draft){NULL, NULL, 0};
    RS_ASSERT((this->out = open_memstream(&this->text, &this->length)) != NULL);
}

/* Returns what was written as a schema, with what it is about, and how it is written. */
static json_t *end(draft *this, const char *about, const char *form) {
    RS_ASSERT(fclose(this->out) == 0);
    json_t *schema = rs_form_text(this->text, form);
    json_object_set_new(schema, "description", json_string(about));
    free(this->text);
    return schema;
}

/* ------------------------------------------------------------------ metric{label=glob}.aggregate
 */

/* The aggregates in question: none, and one that stands for all percentiles. */
static const struct aggregate {
    const char *word, *pattern;
} aggregates[] = {{NULL, ""},         {"p99", "[.]" PERCENTILE}, {"min", "[.]min"},
                  {"max", "[.]max"},  {"mean", "[.]mean"},       {"count", "[.]count"},
                  {"rate", "[.]rate"}};
#define AGGREGATES (sizeof aggregates / sizeof *aggregates)

#define ANY_KIND RS_UNITS_KINDS

/* Whether `metric` takes it, and its value is of this kind then. */
static bool is_of(const rs_metric *metric, const struct aggregate *aggregate, unsigned kind) {
    return rs_metric_takes(metric, aggregate->word) &&
           (kind == ANY_KIND || rs_expectation_kind(metric, aggregate->word) == kind);
}

static bool has_kind(const rs_metric *metric, unsigned kind) {
    bool has = false;
    for (size_t i = 0; i < AGGREGATES; i++) has |= is_of(metric, &aggregates[i], kind);
    return has;
}

/* Writes those that `metric` has of this kind. */
static void put_aggregates(const rs_metric *metric, unsigned kind, FILE *out) {
    char before = '(';
    for (size_t i = 0; i < AGGREGATES; i++) {
        if (!is_of(metric, &aggregates[i], kind)) continue;
        fprintf(out, "%c%s", before, aggregates[i].pattern);
        before = '|';
    }
    fputc(')', out);
}

/* The labels that it is told apart by: "phase, load" becomes phase|load. */
static void put_metric(const rs_metric *metric, FILE *out) {
    rs_form_put(metric->name, out);
    if (!*metric->labels) return;
    fputs("([{](", out);
    for (const char *at = metric->labels; *at; at++)
        if (*at != ' ') fputc(*at == ',' ? '|' : *at, out);
    fputs(")=[^}]+[}])?", out);
}

/* ------------------------------------------------------------------ OP value */

static void put_comparison(rs_units_kind kind, FILE *out) {
    char quantity[RS_UNITS_PATTERN_BYTES];
    rs_units_pattern(kind, quantity, sizeof quantity);
    fprintf(out, SPACES "*(<|<=|==|!=|>=|>)" SPACES "*(0|%s)", quantity);
}

/* Writes words with spaces between them. */
static void put_words(const char *const *words, FILE *out) {
    for (const char *const *word = words; *word; word++) {
        if (word != words) fputs(SPACES "+", out);
        rs_form_put(*word, out);
    }
}
#define PUT_WORDS(OUT, ...) put_words((const char *const[]){__VA_ARGS__, NULL}, OUT)

static void put_tail(FILE *out) {
    fputs("(" SPACES "+(", out);
    PUT_WORDS(out, "during", "ID");
    fputc('|', out);
    PUT_WORDS(out, "in", "every", "DURATION", "of", "ID");
    fputc('|', out);
    PUT_WORDS(out, "min_samples", "COUNT");
    fputs("))*" SPACES "*", out);
}

/* metric.aggregate OP value, for each kind of value that it has. */
static void put_compared(const rs_metric *metric, FILE *out) {
    char before = '(';
    put_metric(metric, out);
    for (unsigned kind = 0; kind < RS_UNITS_KINDS; kind++) {
        if (!has_kind(metric, kind)) continue;
        fputc(before, out);
        put_aggregates(metric, kind, out);
        put_comparison((rs_units_kind)kind, out);
        before = '|';
    }
    fputc(')', out);
}

static json_t *make_expectation(const rs_metric *metric) {
    draft this;
    begin(&this);
    fputs(SPACES "*(model:" SPACES "*)?", this.out);
    put_compared(metric, this.out);
    put_tail(this.out);
    return end(&this, metric->about,
               "METRIC OP VALUE, such as restart.reachable.p99 < 5ms during storm "
               "(respawn list metrics)");
}

json_t *rs_schema_comparison(void) {
    json_t *list = json_array();
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        json_array_append_new(list, make_expectation(metric));
    return json_pack("{s:o}", "anyOf", list);
}

/* `model: …` without quotes is a mapping to YAML. */
json_t *rs_schema_expectation(void) {
    json_t *comparison = rs_form_schema("COMPARISON");
    json_object_set_new(comparison, "description",
                        json_string("judged under the virtual clock, too"));
    json_t *model = json_pack("{s:s, s:{s:o}, s:[s], s:b}", "type", "object", "properties", "model",
                              comparison, "required", "model", "additionalProperties", 0);
    return json_pack("{s:[o, o]}", "anyOf", rs_form_schema("COMPARISON"), model);
}

/* ------------------------------------------------------------------ gate */

static json_t *make_gate(const rs_metric *metric) {
    draft this;
    begin(&this);
    fputs(SPACES "*", this.out);
    put_metric(metric, this.out);
    put_aggregates(metric, ANY_KIND, this.out);
    fputs("(" SPACES "+", this.out);
    PUT_WORDS(this.out, "during", "ID");
    fputs(")?" SPACES "*", this.out);
    return end(&this, metric->about, "a metric, perhaps of a phase: calls.throughput during storm");
}

json_t *rs_schema_gate(void) {
    json_t *list = json_array();
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        json_array_append_new(list, make_gate(metric));
    return json_pack("{s:o}", "anyOf", list);
}

/* ------------------------------------------------------------------ sometimes */

static json_t *make_event(void) {
    draft this;
    begin(&this);
    fputs("(repeated" SPACES "+)?", this.out);
    rs_form_put("HAPPENING", this.out);
    fputs("(" SPACES "+of(" SPACES "+one" SPACES "+of)?" SPACES "+", this.out);
    rs_form_put("PATTERN", this.out);
    fputs(")?(" SPACES "+during(" SPACES "+a)?" SPACES "+", this.out);
    PUT_WORDS(this.out, "restart", "of", "PATTERN");
    fputs(")?" SPACES "*", this.out);
    return end(&this, "an event", "[repeated] EVENT [of [one of] PATH] [during a restart of PATH]");
}

json_t *rs_schema_sometimes(void) {
    return json_pack("{s:[o, o]}", "anyOf", make_event(), rs_form_schema("COMPARISON"));
}
