/* metric.h: the catalogue of everything that is measured: one list gives the words of `expect` and
 * `gate`, `respawn list metrics`, and what a result file says about kind, unit and direction.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_METRIC_H
#define RS_METRIC_H

#include <stdbool.h>

/* X(NAME, word in files, meaning) */
#define RS_METRIC_KINDS(X)                                                                         \
    X(HISTOGRAM, "histogram", "a distribution; needs an aggregate")                                \
    X(COUNTER, "counter", "how often; may take `rate`")                                            \
    X(RATIO, "ratio", "0 to 1")                                                                    \
    X(GAUGE, "gauge", "a value at one instant, or over the whole run")

typedef enum rs_metric_kind {
#define X(NAME, WORD, MEANING) RS_METRIC_##NAME,
    RS_METRIC_KINDS(X)
#undef X
} rs_metric_kind;

/* X(NAME, word in files): which way is the better one. */
#define RS_METRIC_BETTERS(X)                                                                       \
    X(LOWER, "lower")                                                                              \
    X(HIGHER, "higher")                                                                            \
    X(NEITHER, "none")

typedef enum rs_metric_better {
#define X(NAME, WORD) RS_METRIC_##NAME,
    RS_METRIC_BETTERS(X)
#undef X
} rs_metric_better;

typedef struct rs_metric {
    const char *name; /* e.g. "restart.reachable" */
    rs_metric_kind kind;
    const char *unit; /* ns, bytes, 1 (ratios and numbers), per_s */
    rs_metric_better better;
    const char *labels; /* what it is told apart by: "phase, load"; "": nothing. Phase and cause may
                           be asked for at once, the others only alone */
    const char *about;  /* one sentence */
} rs_metric;

/* rs_metrics is the catalogue, in the order that `respawn list` shows; ends with a NULL name. */
extern const rs_metric rs_metrics[];

/* rs_metric_find returns the metric called `name`, or NULL. */
const rs_metric *rs_metric_find(const char *name);

/* rs_metric_split finds the metric that `text` begins with and leaves what follows its name ("" or
 * from the '.', '{' or ' ' on) in `rest`. Of "orphans" and "orphans.unreachable" the longer one
 * wins. Returns NULL, and sets nothing, when there is none. */
const rs_metric *rs_metric_split(const char *text, const char **rest);

/* rs_metric_has_label tells whether `metric` is told apart by `label`. */
bool rs_metric_has_label(const rs_metric *metric, const char *label);

/* rs_metric_kind_word returns the word of `kind` in RS_METRIC_KINDS; static. */
const char *rs_metric_kind_word(rs_metric_kind kind);

/* rs_metric_better_word returns the word of `better` in RS_METRIC_BETTERS; static. */
const char *rs_metric_better_word(rs_metric_better better);

/* rs_metric_percentile reads an aggregate "p50", "p99.9": true, and the share (0.5, 0.999) in
 * `share`, when it is a percentile above p0 and below p100. Of decimals it takes four: histograms
 * are asked in millionths. */
bool rs_metric_percentile(const char *aggregate, double *share);

/* rs_metric_takes tells whether `metric` may be asked for `aggregate`; NULL asks for its plain
 * value. */
bool rs_metric_takes(const rs_metric *metric, const char *aggregate);

/* rs_metric_aggregates returns the aggregates that a kind takes, for error texts; static. */
const char *rs_metric_aggregates(rs_metric_kind kind);

/* rs_metric_unit returns the unit of `metric` under `aggregate`: a count of latencies is "1", a
 * rate "per_s"; static. */
const char *rs_metric_unit(const rs_metric *metric, const char *aggregate);

#endif
