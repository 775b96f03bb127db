/* expect_fuzz.c: any text as an expectation of a scenario that is right in everything else. It is
 * taken or refused, for the same reasons each time and where it stands. What is taken fits the
 * catalogue of metrics, and printed from what was understood it is understood the same.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/texts.h"
#include "reports/metric.h"

#include <math.h>

#define FILE_NAME    "fuzz.yaml"
#define EXPECT_LINE  9u
#define EXPECT_PLACE 5u

static const char scenario[] =
    "scenario: fuzz\n"
    "tree: { id: app, strategy: one_for_one, children: [{ id: a, worker: echo }, { id: b, worker: "
    "echo }] }\n"
    "load: [{ id: calls, target: a, clients: 2 }]\n"
    "phases: { warm: 1s, storm: 2s, heal: 1s }\n"
    "faults:\n"
    "  - { id: crashes, crash: a, how: segv, every: 1ms, during: storm }\n"
    "  - { id: stops, crash: b, how: 'exit(boom)', at: 2s }\n"
    "expect:\n"
    "  - ";

typedef struct reading {
    char *text; /* of the scenario */
    size_t length;
    rs_plan *plan;
    char *problems;
} reading;

static reading read_sentence(const char *sentence, size_t length) {
    reading made = {0};
    rs_diagnostics *problems = rs_diagnostics_create();
    FILE *out = open_memstream(&made.text, &made.length);
    RS_ASSERT(out);
    fputs(scenario, out);
    rs_texts_quote(out, sentence, length);
    fputc('\n', out);
    fclose(out);
    made.plan = rs_plan_parse(FILE_NAME, made.text, made.length, NULL, 0, problems);
    RS_ASSERT((made.plan != NULL) == (rs_diagnostics_count(problems) == 0));
    rs_texts_check_problems(problems, FILE_NAME, made.text, made.length);
    for (uint32_t i = 0; i < rs_diagnostics_count(problems) && i < RS_DIAGNOSTICS_MAX; i++) {
        const rs_place *place = &rs_diagnostics_get(problems, i)->place;
        RS_ASSERT(place->line == EXPECT_LINE && place->column == EXPECT_PLACE);
    }
    made.problems = rs_texts_problems(problems);
    rs_diagnostics_destroy(problems);
    return made;
}

static void forget(reading *this) {
    rs_plan_destroy(this->plan);
    free(this->text);
    free(this->problems);
}

/* ------------------------------------------------------------------ printing */

/* A value in the words of its unit, exactly; false: it has more digits than a double holds. */
static bool print_value(FILE *out, const rs_metric *metric, const rs_plan_expectation *this) {
    const char *unit = rs_metric_unit(metric, this->aggregate);
    bool is_share = metric->kind == RS_METRIC_RATIO, is_rate = strcmp(unit, "per_s") == 0;
    double scaled = this->value * (is_share ? 1e6 : is_rate ? 1e3 : 1);
    if (scaled >= 9e15) return false;
    unsigned long long whole = (unsigned long long)llround(scaled);
    if (is_share)
        fprintf(out, "%llu.%04llu%%", whole / 10000, whole % 10000);
    else if (is_rate)
        fprintf(out, "%llu.%03llu/s", whole / 1000, whole % 1000);
    else
        fprintf(out, "%llu%s", whole,
                strcmp(unit, "ns") == 0      ? "ns"
                : strcmp(unit, "bytes") == 0 ? "B"
                                             : "");
    return true;
}

static char *print_sentence(const rs_plan *plan, const rs_plan_expectation *this) {
    static const char *const ops[] = {"<", "<=", "==", "!=", ">=", ">"};
    const rs_metric *metric = rs_metric_find(this->metric);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    RS_ASSERT(out);
    fprintf(out, "%s%s", this->model ? "model: " : "", this->metric);
    if (this->label) fprintf(out, "{%s=%s}", this->label, this->label_glob);
    if (this->aggregate) fprintf(out, ".%s", this->aggregate);
    fprintf(out, " %s ", ops[this->op]);
    bool is_exact = print_value(out, metric, this);
    if (this->during >= 0) fprintf(out, " during %s", plan->phases[this->during].name);
    if (this->min_samples) fprintf(out, " min_samples %llu", (unsigned long long)this->min_samples);
    fclose(out);
    if (is_exact) return text;
    free(text);
    return NULL;
}

/* ------------------------------------------------------------------ what must hold */

static bool same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_same(const rs_plan_expectation *a, const rs_plan_expectation *b) {
    RS_ASSERT(same_text(a->metric, b->metric));
    RS_ASSERT(same_text(a->label, b->label) && same_text(a->label_glob, b->label_glob));
    RS_ASSERT(same_text(a->aggregate, b->aggregate));
    RS_ASSERT(a->op == b->op && a->value == b->value);
    RS_ASSERT(a->during == b->during && a->min_samples == b->min_samples && a->model == b->model);
}

static void check_fits(const rs_plan *plan, const rs_plan_expectation *this) {
    const rs_metric *metric = rs_metric_find(this->metric);
    double share;
    RS_ASSERT(metric && rs_metric_takes(metric, this->aggregate));
    RS_ASSERT((unsigned)this->op <= RS_PLAN_GT && isfinite(this->value) && this->value >= 0);
    if (metric->kind == RS_METRIC_RATIO) RS_ASSERT(this->value <= 1);
    if (this->label) RS_ASSERT(rs_metric_has_label(metric, this->label) && *this->label_glob);
    RS_ASSERT(this->during >= -1 && this->during < (int)plan->phase_count);
    if (this->min_samples) RS_ASSERT(metric->kind == RS_METRIC_HISTOGRAM);
    if (this->aggregate && rs_metric_percentile(this->aggregate, &share))
        RS_ASSERT((double)this->min_samples * (1 - share) >= 10 - 1e-5);
}

/* What was understood stands there. */
static void check_words(const rs_plan_expectation *this) {
    char label[1024] = "";
    if (this->label) snprintf(label, sizeof label, "{%s=%s}", this->label, this->label_glob);
    RS_ASSERT(strstr(this->text, this->metric));
    RS_ASSERT(strlen(label) == sizeof label - 1 || strstr(this->text, label));
    RS_ASSERT(!this->aggregate || strstr(this->text, this->aggregate));
    RS_ASSERT(this->during < 0 || strstr(this->text, "during"));
}

/* What a word behind a number makes of it; ambiguous ones (m, the plain number) are left out. */
static const struct {
    const char *word;
    double scale;
} scales[] = {
    {"ns", 1},        {"us", 1e3},        {"ms", 1e6}, {"s", 1e9},
    {"h", 3600e9},    {"B", 1},           {"kB", 1e3}, {"MB", 1e6},
    {"KiB", 1024},    {"MiB", 1048576},   {"%", 0.01}, {"/s", 1},
    {"/m", 1 / 60.0}, {"/h", 1 / 3600.0}, {"k", 1e3},  {"M", 1e6},
    {"k/s", 1e3},     {"M/s", 1e6},       {"", 1},
};

/* A number is what one reads, but that rates are kept to a thousandth. */
static void check_value(const rs_plan_expectation *this) {
    const char *at = strpbrk(this->text, "<>=!");
    if (this->label) at = strpbrk(strchr(this->text, '}'), "<>=!");
    at += strspn(at, "<>=! \t\n");
    size_t digits = strspn(at, "0123456789."), length = strcspn(at, " \t\n");
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        const char *word = scales[i].word;
        if (strlen(word) != length - digits || strncmp(at + digits, word, strlen(word)) != 0)
            continue;
        double expected = strtod(at, NULL) * scales[i].scale;
        RS_ASSERT(fabs(this->value - expected) <= 0.0005001 + expected * 1e-9);
    }
}

static bool is_ascii(const char *text) {
    while (*text > 0) text++;
    return *text == 0;
}

/* Other letters became more than one byte each, and would again. */
static void check_round_trip(const rs_plan *plan, const rs_plan_expectation *this) {
    char *sentence = is_ascii(this->text) ? print_sentence(plan, this) : NULL;
    if (!sentence) return;
    reading again = read_sentence(sentence, strlen(sentence));
    if (!again.plan) fprintf(stderr, "'%s' is refused: %s", sentence, again.problems);
    RS_ASSERT(again.plan);
    check_same(this, &again.plan->expectations[0]);
    forget(&again);
    free(sentence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *sentence = (const char *)data;
    reading first = read_sentence(sentence, size), second = read_sentence(sentence, size);
    RS_ASSERT(strcmp(first.problems, second.problems) == 0);
    if (first.plan) {
        const rs_plan_expectation *this = &first.plan->expectations[0];
        RS_ASSERT(first.plan->expectation_count == 1);
        check_same(this, &second.plan->expectations[0]);
        check_fits(first.plan, this);
        check_words(this);
        check_value(this);
        check_round_trip(first.plan, this);
    }
    forget(&first);
    forget(&second);
    return 0;
}
