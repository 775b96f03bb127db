/* result.h: everything that one run leaves behind (respawn.result/1.0): filled by the engine,
 * written and read by formats, which never compute.
 * Invariants: a fresh result is already complete enough to be written – status "aborted", verdict
 * "inconclusive" – so that a run that ends anyhow still tells what is known. "Not known" is never
 * 0: numbers that may be missing are rs_optional. Texts may be NULL for "not known".
 * Owner: each const char * in a result belongs to its creator or, made by rs_result_text, to the
 * result; static text needs no copy.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RESULT_H
#define RS_RESULT_H

#include "reports/histogram.h"
#include "reports/machine.h"
#include "reports/metric.h"
#include "reports/rows.h"
#include "reports/strikes.h"
#include "reports/timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t; /* jansson's */

#define RS_RESULT_FORMAT "respawn.result/1.0"
/* What every file that may be overwritten without force has in its head. */
#define RS_RESULT_MARK "respawn.result/"

/* status, word, sentence */
#define RS_RESULT_STATUSES(X)                                                                      \
    X(ABORTED, "aborted", "the run ended before its time")                                         \
    X(COMPLETE, "complete", "the run went through all its phases")                                 \
    X(TIMED_OUT, "timed_out", "the run did not end in time")                                       \
    X(INTERRUPTED, "interrupted", "somebody stopped the run")                                      \
    X(UNTRUSTED, "untrusted", "the measurement is not trustworthy")

typedef enum rs_result_status {
#define X(NAME, WORD, SENTENCE) RS_RESULT_##NAME,
    RS_RESULT_STATUSES(X)
#undef X
        RS_RESULT_STATUS_COUNT
} rs_result_status;

/* verdict, word; a whole run is never `skipped` */
#define RS_RESULT_VERDICTS(X)                                                                      \
    X(INCONCLUSIVE, "inconclusive")                                                                \
    X(PASSED, "passed")                                                                            \
    X(FAILED, "failed")                                                                            \
    X(SKIPPED, "skipped")

typedef enum rs_result_verdict {
#define X(NAME, WORD) RS_VERDICT_##NAME,
    RS_RESULT_VERDICTS(X)
#undef X
        RS_VERDICT_COUNT
} rs_result_verdict;

/* A number that may be missing; zeroed is missing. */
typedef struct rs_optional {
    bool known;
    double value; /* exact for integers below 2^53 */
} rs_optional;

/* rs_known returns the optional that holds `value`. */
static inline rs_optional rs_known(double value) {
    return (rs_optional){true, value};
}

typedef struct rs_result_labels {
    const char *phase, *fault, *load, *path, *cause; /* NULL: over all */
} rs_result_labels;

typedef struct rs_result_metric {
    const char *name;
    rs_metric_kind kind;
    const char *unit;
    rs_metric_better better;
    rs_result_labels labels; /* all NULL: the total */
    rs_optional value;       /* of counter, ratio, gauge */
    rs_histogram *histogram; /* of kind histogram; NULL: not measured */
    uint64_t unfinished;     /* samples at +infinity that the histogram does not hold */
} rs_result_metric;

typedef struct rs_result_phase {
    const char *name;
    uint64_t start_ns, end_ns; /* since t = 0 */
    bool faulty;               /* a fault was planned in it */
} rs_result_phase;

typedef struct rs_result_expectation {
    const char *text;
    const char *file;
    uint64_t line, column;
    rs_result_verdict verdict;
    const char *observed; /* as a person reads it: "4.2 ms" */
    rs_optional value;    /* the same as a number, in the metric's unit */
    const char *why;      /* why inconclusive or skipped */
    bool timing;          /* on latency or throughput, not on correctness */
    bool never;           /* the observed value is +infinity (unfinished) */
} rs_result_expectation;

typedef struct rs_result_fault {
    const char *id;
    const char *how;    /* "segv" */
    const char *target; /* "tables/…" as in the scenario */
    uint64_t struck;
    uint64_t outcomes[RS_STRIKE_OUTCOME_COUNT];
} rs_result_fault;

/* A node of the tree in preorder; a template (`tables/…`) is one node for all of its children. */
typedef struct rs_result_node {
    const char *path; /* "" is the root */
    const char *id;
    const char *kind;   /* the strategy of a supervisor, the name of a worker */
    const char *detail; /* "intensity 3 in 5 s", "temporary" */
    uint64_t depth;     /* 0 is the root */
    bool supervisor;
    rs_optional planned, alive; /* processes, in the end */
    rs_optional restarts;
    rs_optional escalations; /* times that it gave up; of supervisors */
} rs_result_node;

typedef struct rs_result_memory {
    const char *name;          /* "live", "stacks", …; "resident" is what the system sees */
    rs_optional before, after; /* bytes, before the first fault and at the end */
} rs_result_memory;

typedef struct rs_result_value {
    const char *name; /* metric{labels}.aggregate */
    rs_optional value;
    bool never; /* +infinity (unfinished), which `value` cannot hold */
} rs_result_value;

typedef struct rs_result_repetition {
    uint64_t number; /* from 0 */
    uint64_t seed;
    rs_result_status status;
    RS_ROWS(rs_result_value) values;
} rs_result_repetition;

/* A crash report in short; the whole is in respawn.crashes/1. */
typedef struct rs_result_crash {
    uint64_t time_ns;     /* since t = 0 */
    const char *role;     /* path; NULL: it had none */
    uint64_t incarnation; /* the N of role#N */
    const char *module;   /* of a behaviour, or the function that it began with */
    const char *reason;
    const char *place;   /* of a native fault: the function, and how far into it */
    const char *message; /* that it was handling */
} rs_result_crash;

/* How many processes ended for a reason that deserves a report. */
typedef struct rs_result_reason {
    const char *reason;
    uint64_t count;
} rs_result_reason;

/* So many crashes are told, the first of each reason: a screen of them. */
#define RS_RESULT_CRASHES 20u

/* What a check has found. */
typedef struct rs_result_finding {
    const char *check;
    const char *role;             /* path; NULL: nobody's */
    uint64_t time_ns;             /* since t = 0 */
    const char *text;             /* one sentence */
    RS_ROWS(const char *) events; /* that tell the story, in order */
} rs_result_finding;

/* Of an expectation `in every …`: the window that speaks most against it. */
typedef struct rs_result_window {
    const char *text; /* of the expectation */
    uint64_t windows;
    uint64_t start_ns; /* of the worst, since t = 0 */
    uint64_t samples;  /* in the one that has the fewest */
    rs_optional worst; /* its value; missing: there was nothing to judge in any */
} rs_result_window;

/* What has to happen at least once, over as many runs as it takes. */
typedef struct rs_result_sometimes {
    const char *text;
    const char *file;
    uint64_t line, column;
    bool known, seen;
    const char *why; /* why it is not known */
} rs_result_sometimes;

/* A line that the reader must see (warning) or may want to. */
typedef struct rs_result_note {
    bool warning;
    const char *text;
} rs_result_note;

/* Something about the machine or the harness itself that may spoil numbers. */
typedef struct rs_result_condition {
    const char *name;
    const char *unit;      /* 1 (a share), ns */
    rs_optional observed;  /* at least; missing: not available, which is not 0 */
    rs_optional threshold; /* of this run; beyond it numbers are wrong */
    bool spoiled;          /* it is beyond it */
    bool slows;            /* numbers can only have become worse by it */
    const char *spoils; /* metrics, or what their names begin with: "restart, calls.latency.p99" */
    const char *why;    /* why it is not available, or what the reader must know */
} rs_result_condition;

typedef struct rs_result_setting {
    const char *key, *value; /* as given by --set */
} rs_result_setting;

typedef struct rs_result {
    rs_result_status status;
    rs_result_verdict verdict;
    const char *reason; /* one sentence: why aborted, failed or inconclusive */

    const char *scenario, *about, *scenario_file, *scenario_hash;
    struct json_t *plan; /* resolved; the result holds one reference */

    uint64_t seed;
    const char *stream_scheme;
    const char *clock, *scheduler;
    uint64_t threads;
    const char *started_at; /* ISO 8601 with zone */
    uint64_t elapsed_ns;    /* by the wall */
    const char *trace_hash;
    const char *reproduce; /* the command that repeats the run */
    rs_machine machine;
    rs_build build;

    RS_ROWS(rs_result_setting) settings;
    RS_ROWS(rs_result_phase) phases;
    RS_ROWS(rs_result_metric) metrics;
    RS_ROWS(rs_result_expectation) expectations;
    RS_ROWS(const char *) checks; /* that have looked at the whole history */
    RS_ROWS(rs_result_finding) findings;
    uint64_t findings_omitted;
    RS_ROWS(rs_result_sometimes) sometimes;
    RS_ROWS(rs_result_window) windows;
    RS_ROWS(rs_result_fault) faults;
    RS_ROWS(rs_result_node) nodes;
    RS_ROWS(rs_result_memory) memory;
    RS_ROWS(rs_result_repetition) repetitions;
    RS_ROWS(rs_result_note) notes;
    RS_ROWS(rs_result_condition) trust; /* none: nobody looked, as under the virtual clock */
    RS_ROWS(rs_result_crash) crashes;
    RS_ROWS(rs_result_reason) crash_reasons; /* most frequent first */
    RS_ROWS(const char *) gate;              /* names of the metrics that `compare` judges by */

    RS_ROWS(rs_strike) misses;
    uint64_t misses_omitted; /* beyond RS_RESULT_MISSES */
    rs_strikes first, slowest;
    rs_timeline timeline;
    rs_texts texts;
} rs_result;

/* All misses are kept up to here, so that a plan that only misses cannot fill the disk. */
#define RS_RESULT_MISSES 4096u

/* rs_result_create returns an empty result that says "aborted", with machine, build, stream scheme
 * and the time of day filled in.
 * Owner: rs_result_destroy. */
rs_result *rs_result_create(void);

/* rs_result_create_bare is rs_result_create without time, machine and build: for who makes
 * thousands a second and reports none of them. */
rs_result *rs_result_create_bare(void);

/* rs_result_destroy frees `result` and all that it owns; NULL is fine. */
void rs_result_destroy(rs_result *result);

/* rs_result_text returns a copy of `text` that lives as long as `result`; NULL for NULL. */
const char *rs_result_text(rs_result *result, const char *text);

/* rs_result_print is rs_result_text of a printf. */
const char *rs_result_print(rs_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The adders append one zeroed row and return it, to be filled in; it stays where it is until the
 * next row of its kind is added. Texts they are given are copied. */
/* rs_result_add_setting appends what one --set said. */
void rs_result_add_setting(rs_result *result, const char *key, const char *value);
/* rs_result_add_phase appends a phase, in order of time. */
rs_result_phase *rs_result_add_phase(rs_result *result, const char *name);
/* rs_result_add_expectation appends an expectation, in order of the file. */
rs_result_expectation *rs_result_add_expectation(rs_result *result, const char *text);
/* rs_result_add_fault appends a fault; its index counts from 0. */
rs_result_fault *rs_result_add_fault(rs_result *result, const char *id);
/* rs_result_add_node appends a node of the tree, in preorder. */
rs_result_node *rs_result_add_node(rs_result *result, const char *path);
/* rs_result_add_memory appends a category of memory. */
rs_result_memory *rs_result_add_memory(rs_result *result, const char *name);
/* rs_result_add_repetition appends a repetition. */
rs_result_repetition *rs_result_add_repetition(rs_result *result);
/* rs_result_add_value appends one statistic of a repetition. */
void rs_result_add_value(rs_result *result, rs_result_repetition *repetition, const char *name,
                         rs_optional value);
/* rs_result_add_never appends one statistic of a repetition that is +infinity. */
void rs_result_add_never(rs_result *result, rs_result_repetition *repetition, const char *name);
/* rs_result_add_crash appends a crash, in order of time. */
rs_result_crash *rs_result_add_crash(rs_result *result, const char *reason);
/* rs_result_add_crash_reason appends how many there were for `reason`. */
void rs_result_add_crash_reason(rs_result *result, const char *reason, uint64_t count);
/* rs_result_add_window appends the worst window of the expectation written as `text`. */
rs_result_window *rs_result_add_window(rs_result *result, const char *text);
/* rs_result_add_sometimes appends what has to happen sometimes, in order of the file. */
rs_result_sometimes *rs_result_add_sometimes(rs_result *result, const char *text);
/* rs_result_add_check appends the name of a check that has looked. */
void rs_result_add_check(rs_result *result, const char *name);
/* rs_result_add_finding appends a finding of the check called `check`. */
rs_result_finding *rs_result_add_finding(rs_result *result, const char *check);
/* rs_result_add_event appends an event to the story of `finding`. */
void rs_result_add_event(rs_result *result, rs_result_finding *finding, const char *text);
/* rs_result_add_warning appends a line that the reader must see. */
void rs_result_add_warning(rs_result *result, const char *text);
/* rs_result_add_note appends a line that the reader may want to see. */
void rs_result_add_note(rs_result *result, const char *text);
/* rs_result_add_condition appends a condition. */
rs_result_condition *rs_result_add_condition(rs_result *result, const char *name);
/* rs_result_add_gate appends the name of a metric that `compare` judges by. */
void rs_result_add_gate(rs_result *result, const char *name);

/* rs_result_add_metric appends a metric with the kind, unit and direction of the catalogue, without
 * a value. `labels` NULL is the total.
 * Errors: a name outside the catalogue is a programmer error. */
rs_result_metric *rs_result_add_metric(rs_result *result, const char *name,
                                       const rs_result_labels *labels);

/* rs_result_add_number is rs_result_add_metric with a known value. */
void rs_result_add_number(rs_result *result, const char *name, const rs_result_labels *labels,
                          double value);

/* rs_result_add_histogram is rs_result_add_metric with a copy of `histogram` and the number of
 * samples at +infinity that it lacks. */
void rs_result_add_histogram(rs_result *result, const char *name, const rs_result_labels *labels,
                             const rs_histogram *histogram, uint64_t unfinished);

/* rs_result_add_strike counts `strike` in its fault's totals and keeps it if it is a miss or among
 * the first or slowest thousand. In any order of time. */
void rs_result_add_strike(rs_result *result, const rs_strike *strike);

/* rs_result_find returns the metric `name` with exactly these labels (NULL: the total), or NULL. */
const rs_result_metric *rs_result_find(const rs_result *result, const char *name,
                                       const rs_result_labels *labels);

/* rs_result_metric_value is the value of that metric; unknown when there is none. */
rs_optional rs_result_metric_value(const rs_result *result, const char *name,
                                   const rs_result_labels *labels);

#define RS_RESULT_CONDITION_BYTES 48u

/* rs_result_condition_value writes `value`, which has the unit of `condition`, as a person reads
 * it: "72.1 %", "12 ms", a dash when it is not known. Returns `text`. */
const char *rs_result_condition_value(const rs_result_condition *condition, rs_optional value,
                                      char *text, size_t size);

/* rs_result_is_whole says whether the run went through all its phases, trusted or not. */
bool rs_result_is_whole(const rs_result *result);

/* rs_result_wrong returns what the run is wrong in, and not only late: the expectation, the check
 * or else the reason; NULL: nothing. `*seen` is what was seen instead; NULL: it says nothing of
 * that. Owner: the result. */
const char *rs_result_wrong(const rs_result *result, const char **seen);

/* rs_result_status_word returns the word that files use, static. */
const char *rs_result_status_word(rs_result_status status);

/* rs_result_verdict_word returns the word that files use, static. */
const char *rs_result_verdict_word(rs_result_verdict verdict);

/* rs_result_labels_equal says whether two sets of labels are the same. */
bool rs_result_labels_equal(const rs_result_labels *a, const rs_result_labels *b);

#endif
