/* expectation.c: `expect` and `gate`. An expectation is a small sentence:
 *     [model:] metric[{label=glob}][.aggregate] OP value
 *         [during PHASE | in every DURATION of PHASE] [min_samples N]
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/language/sentence.h"
#include "scenarios/language/word.h"

#include <math.h>
#include <string.h>

/* `compare` judges so few, lest one of many cross its threshold by chance. */
#define GATE_MAX 5u

static const char *const ops[] = {"<", "<=", "==", "!=", ">=", ">", NULL};
static const char *const labels[] = {"phase", "fault", "load", "path", "cause", "reason", NULL};
static const char *const restart_causes[] = {"fault", "sibling", "escalation", "init_retry", NULL};

/* ---- metric{label=glob}.aggregate ---- */

/* The whole and, for "name.p99", what lies before the last dot may be the misspelt name. */
static void report_metric(rs_sentence *s, const char *subject) {
    uint32_t count = 0;
    while (rs_metrics[count].name) count++;
    const char **words = rs_plan_memory_array(s->reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = rs_metrics[i].name;
    size_t length = strcspn(subject, "{");
    const char *name = rs_plan_memory_copy(s->reader->memory, subject, length);
    char *head = rs_plan_memory_copy(s->reader->memory, name, length);
    char *dot = strrchr(head, '.');
    if (dot && dot > head && dot[-1] != '.') *dot = 0;
    if (!rs_word_nearest(name, words) && rs_word_nearest(head, words)) name = head;
    rs_diagnostic_unknown(s->reader->diagnostics, s->place, "metric", name, words);
}

/* "{label=glob}" at `text`: moves behind it, or reports. */
static const char *read_label(rs_sentence *s, const char *text, rs_plan_expectation *expectation) {
    const char *equals = strchr(text, '='), *end = strchr(text, '}');
    if (!equals || !end || equals > end || equals == text + 1 || end == equals + 1) {
        rs_sentence_problem(s, "'%.60s': a label is written {label=value}, such as {cause=fault}",
                            text);
        return NULL;
    }
    rs_plan_memory *memory = s->reader->memory;
    expectation->label = rs_plan_memory_copy(memory, text + 1, (size_t)(equals - text - 1));
    expectation->label_glob = rs_plan_memory_copy(memory, equals + 1, (size_t)(end - equals - 1));
    if (rs_word_index(expectation->label, labels) < 0) {
        rs_diagnostic_unknown(s->reader->diagnostics, s->place, "label", expectation->label,
                              labels);
        return NULL;
    }
    return end + 1;
}

/* A metric that is not told apart by a label would be judged as if nothing had happened. */
static bool check_label(rs_sentence *s, const rs_metric *metric,
                        const rs_plan_expectation *expectation) {
    const char *label = expectation->label;
    if (!label || rs_metric_has_label(metric, label)) return true;
    if (*metric->labels)
        rs_sentence_problem(s, "%s is not told apart by %s; it is by %s", metric->name, label,
                            metric->labels);
    else
        rs_sentence_problem(s, "%s is not told apart by anything: write it without {%s=…}",
                            metric->name, label);
    return false;
}

static bool report_aggregate(rs_sentence *s, const rs_metric *metric, const char *aggregate) {
    const char *kind = rs_metric_kind_word(metric->kind);
    if (!aggregate)
        rs_sentence_problem(s, "%s is a %s and needs an aggregate: one of %s, as in %s.p99",
                            metric->name, kind, rs_metric_aggregates(metric->kind), metric->name);
    else
        rs_sentence_problem(s, "aggregate '%.60s' does not fit %s, a %s, which takes: %s",
                            aggregate, metric->name, kind, rs_metric_aggregates(metric->kind));
    return false;
}

static const rs_metric *read_subject(rs_sentence *s, const char *subject,
                                     rs_plan_expectation *expectation) {
    const char *rest;
    const rs_metric *metric = rs_metric_split(subject, &rest);
    if (!metric) {
        report_metric(s, subject);
        return NULL;
    }
    expectation->metric = metric->name;
    if (*rest == '{' && !(rest = read_label(s, rest, expectation))) return NULL;
    if (!check_label(s, metric, expectation)) return NULL;
    if (*rest && *rest != '.') {
        rs_sentence_problem(s, "'%.60s' behind %s: write a dot and an aggregate", rest,
                            metric->name);
        return NULL;
    }
    const char *aggregate = *rest ? rest + 1 : NULL;
    expectation->aggregate = aggregate;
    bool fits = rs_metric_takes(metric, aggregate) || report_aggregate(s, metric, aggregate);
    return fits ? metric : NULL;
}

/* ---- the label's value ---- */

#define COLLECT(ROWS, COUNT, NAME)                                                                 \
    do {                                                                                           \
        words = rs_plan_memory_array(reader->memory, (COUNT) + 1u, sizeof *words);                 \
        for (uint32_t i = 0; i < (COUNT); i++)                                                     \
            if ((words[i] = (ROWS)[i].NAME) == NULL) return NULL;                                  \
    } while (0)

/* Everything that the value of `label` can be; NULL when that is open, or broken elsewhere. */
static const char *const *label_values(rs_reader *reader, const rs_metric *metric,
                                       const char *label) {
    const rs_plan *plan = reader->plan;
    const char **words = NULL;
    if (strcmp(label, "load") == 0) COLLECT(plan->loads, plan->load_count, id);
    if (strcmp(label, "fault") == 0) COLLECT(plan->faults, plan->fault_count, id);
    if (strcmp(label, "phase") == 0 && reader->has_phases)
        COLLECT(plan->phases, plan->phase_count, name);
    if (strcmp(label, "path") == 0 && plan->root) return rs_tree_paths(reader, true);
    if (strcmp(label, "cause") == 0 && !rs_metric_has_label(metric, "reason"))
        return restart_causes;
    return words;
}

/* A misspelt value would match nothing, and nothing is what many an expectation hopes for. Counts
 * and samples of several rows add up, shares and rates do not. */
static void check_label_value(rs_sentence *s, const rs_metric *metric,
                              const rs_plan_expectation *expectation) {
    const char *label = expectation->label, *glob = expectation->label_glob;
    const char *const *words = label ? label_values(s->reader, metric, label) : NULL;
    if (!words) return;
    uint32_t count = 0;
    for (uint32_t i = 0; words[i]; i++) count += rs_word_matches(glob, words[i]);
    bool adds_up = metric->kind == RS_METRIC_COUNTER || metric->kind == RS_METRIC_HISTOGRAM;
    if (count == 0)
        rs_diagnostic_unknown(s->reader->diagnostics, s->place, label, glob, words);
    else if (count > 1 && !adds_up)
        rs_sentence_problem(s,
                            "{%s=%.60s} means %u at once; of %s, which does not add up, name one",
                            label, glob, count, metric->name);
}

/* ---- OP value ---- */

static bool read_op(rs_sentence *s, rs_plan_expectation *expectation) {
    /* In this order "=>" is nearest to ">=". */
    static const char *const nearest[] = {">=", "<=", "==", "!=", "<", ">", NULL};
    const char *word = rs_sentence_take(s, strspn(s->at, "<>=!"));
    int op = *word ? rs_word_index(word, ops) : -1;
    if (op >= 0)
        expectation->op = (rs_plan_op)op;
    else if (*word)
        rs_diagnostic_unknown(s->reader->diagnostics, s->place, "comparison", word, nearest);
    else
        rs_sentence_problem(s,
                            "'%.60s': an expectation compares a metric with a value, such as "
                            "calls.lost == 0",
                            s->text);
    return op >= 0;
}

typedef struct value_unit {
    const char *unit;
    rs_units_kind kind;
    double scale; /* from what the parser gives to the metric's unit */
} value_unit;

static const value_unit value_units[] = {{"ns", RS_UNITS_DURATION, 1},
                                         {"bytes", RS_UNITS_BYTES, 1},
                                         {"per_s", RS_UNITS_RATE, 1e-3},
                                         {"1", RS_UNITS_COUNT, 1}};
static const value_unit share_unit = {"1", RS_UNITS_SHARE, 1e-6};

static const value_unit *unit_of(const rs_metric *metric, const char *aggregate) {
    if (metric->kind == RS_METRIC_RATIO) return &share_unit;
    const char *unit = rs_metric_unit(metric, aggregate);
    for (size_t i = 0; i < sizeof value_units / sizeof *value_units; i++)
        if (strcmp(value_units[i].unit, unit) == 0) return &value_units[i];
    return &value_units[3];
}

rs_units_kind rs_expectation_kind(const rs_metric *metric, const char *aggregate) {
    return unit_of(metric, aggregate)->kind;
}

/* A plain 0 needs no unit: nothing is nothing in all of them. */
static void read_value(rs_sentence *s, const rs_metric *metric, rs_plan_expectation *expectation) {
    const char *word = rs_sentence_word(s), *why;
    uint64_t value;
    if (!*word) {
        rs_sentence_problem(s, "'%.60s': the value to compare with is missing", s->text);
        return;
    }
    const value_unit *unit = unit_of(metric, expectation->aggregate);
    if (strcmp(word, "0") == 0)
        expectation->value = 0;
    else if (rs_units_parse(unit->kind, word, &value, &why) == RS_OK)
        expectation->value = (double)value * unit->scale;
    else
        rs_sentence_problem(s, "value '%.60s' of %s: %s", word, metric->name, why);
}

/* ---- what may follow ---- */

/* Causes are counted in each phase, everything else over the whole run only. */
static void read_during(rs_sentence *s, const rs_document_node *value,
                        rs_plan_expectation *expectation) {
    const char *label = expectation->label;
    if (expectation->during >= 0)
        rs_sentence_problem(s, "'during' twice: an expectation speaks of one phase, or of all");
    else if (label && strcmp(label, "cause") != 0 && strcmp(label, "reason") != 0)
        rs_sentence_problem(s, "'during' beside {%s=…}: only causes are told apart in each phase",
                            label);
    else
        expectation->during = rs_reader_phase(s->reader, value);
}

/* ---- min_samples ---- */

static bool has_samples(const rs_metric *metric, const rs_plan_expectation *expectation) {
    return metric->kind == RS_METRIC_HISTOGRAM || expectation->window_ns ||
           strcmp(metric->name, "calls.availability") == 0;
}

static void read_min_samples(rs_sentence *s, const rs_document_node *value, const rs_metric *metric,
                             rs_plan_expectation *expectation) {
    if (!has_samples(metric, expectation))
        rs_sentence_problem(s, "'min_samples' counts the samples of a histogram; %s is a %s",
                            metric->name, rs_metric_kind_word(metric->kind));
    else
        rs_reader_count(s->reader, value, "'min_samples'", 1, INT64_MAX, &expectation->min_samples);
}

static void read_tail(rs_sentence *s, const rs_metric *metric, rs_plan_expectation *expectation) {
    static const char *const words[] = {"during", "in", "min_samples", NULL};
    while (*s->at) {
        const char *word = rs_sentence_word(s);
        if (strcmp(word, "in") == 0) {
            rs_expectation_windows(s, metric, expectation);
            continue;
        }
        int index = rs_word_index(word, words);
        if (index < 0) {
            rs_diagnostic_unknown(s->reader->diagnostics, s->place, "word after the value", word,
                                  words);
            return;
        }
        const rs_document_node *value = rs_sentence_scalar(s, rs_sentence_word(s));
        if (index == 0)
            read_during(s, value, expectation);
        else
            read_min_samples(s, value, metric, expectation);
    }
}

/* A percentile pX says nothing with fewer than 10 / (1 - X) samples; asking for fewer does not make
 * it say more. */
static void set_min_samples(rs_plan_expectation *expectation) {
    double share;
    if (!expectation->aggregate || !rs_metric_percentile(expectation->aggregate, &share)) return;
    uint64_t needed = (uint64_t)ceil(10 / (1 - share) - 1e-6);
    if (expectation->min_samples < needed) expectation->min_samples = needed;
}

/* ---- the sentence ---- */

static void read_model(rs_sentence *s, rs_plan_expectation *expectation) {
    static const char prefix[] = "model:";
    if (strncmp(s->at, prefix, sizeof prefix - 1) != 0) return;
    expectation->model = true;
    s->at += sizeof prefix - 1;
    rs_sentence_skip(s);
}

/* The subject ends at a space, or at the comparison: the first of <>=! outside of a label. */
static size_t subject_length(const char *text) {
    size_t length = strcspn(text, " \t\n<>=!{");
    if (text[length] != '{') return length;
    length += strcspn(text + length, " \t\n}");
    return length + strcspn(text + length, " \t\n<>=!");
}

static void read_sentence(rs_sentence *s, rs_plan_expectation *expectation) {
    rs_sentence_skip(s);
    read_model(s, expectation);
    const char *subject = rs_sentence_take(s, subject_length(s->at));
    const rs_metric *metric = read_subject(s, subject, expectation);
    if (!metric) return;
    check_label_value(s, metric, expectation);
    if (!read_op(s, expectation)) return;
    read_value(s, metric, expectation);
    read_tail(s, metric, expectation);
    set_min_samples(expectation);
}

/* YAML takes an unquoted `model: calls.lost == 0` for a mapping of one key. */
static const char *sentence_text(rs_reader *reader, const rs_document_node *node) {
    if (node->kind != RS_DOCUMENT_MAPPING || node->count != 1 ||
        strcmp(node->entries[0].key, "model") != 0)
        return rs_reader_text(reader, node, "an expectation");
    const char *text = rs_reader_text(reader, node->entries[0].value, "'model'");
    return text ? rs_plan_memory_format(reader->memory, "model: %s", text) : NULL;
}

void rs_expectation_read(rs_reader *reader, rs_place place, const char *text,
                         rs_plan_expectation *expectation) {
    expectation->during = -1;
    expectation->place = place;
    expectation->text = text;
    if (!text) return;
    rs_sentence s = {reader, place, text, text};
    read_sentence(&s, expectation);
}

static void read_expectations(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "expect");
    if (!list || !rs_reader_list(reader, list, "'expect'")) return;
    rs_plan_expectation *expectations =
        rs_plan_memory_array(reader->memory, list->count, sizeof *expectations);
    for (uint32_t i = 0; i < list->count; i++)
        rs_expectation_read(reader, list->entries[i].value->place,
                            sentence_text(reader, list->entries[i].value), &expectations[i]);
    reader->plan->expectations = expectations;
    reader->plan->expectation_count = list->count;
}

/* A subject, and perhaps the phase that it is of. */
static void read_gate_entry(rs_reader *reader, const rs_document_node *node,
                            rs_plan_expectation *gate) {
    gate->during = -1;
    gate->place = node->place;
    gate->text = rs_reader_text(reader, node, "a metric of 'gate'");
    if (!gate->text) return;
    rs_sentence s = {reader, node->place, gate->text, gate->text};
    rs_sentence_skip(&s);
    const rs_metric *metric = read_subject(&s, rs_sentence_take(&s, subject_length(s.at)), gate);
    if (!metric) return;
    check_label_value(&s, metric, gate);
    if (!*s.at) return;
    bool during = strcmp(rs_sentence_word(&s), "during") == 0;
    if (during) read_during(&s, rs_sentence_scalar(&s, rs_sentence_word(&s)), gate);
    if (!during || *s.at)
        rs_sentence_problem(&s,
                            "'%.60s': a gate is a metric, perhaps with 'during PHASE'; what it "
                            "is compared with is the other side's",
                            gate->text);
}

static void read_gate(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "gate");
    if (!list || !rs_reader_list(reader, list, "'gate'")) return;
    rs_plan_expectation *gate = rs_plan_memory_array(reader->memory, list->count, sizeof *gate);
    if (list->count > GATE_MAX)
        rs_reader_problem(reader, list->place, "'gate' has %u metrics; at most %u decide",
                          list->count, GATE_MAX);
    for (uint32_t i = 0; i < list->count; i++)
        read_gate_entry(reader, list->entries[i].value, &gate[i]);
    reader->plan->gate = gate;
    reader->plan->gate_count = list->count;
}

void rs_section_expect(rs_reader *reader, const rs_document_node *scenario) {
    read_expectations(reader, scenario);
    read_gate(reader, scenario);
}
