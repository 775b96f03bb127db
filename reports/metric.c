/* metric.c: the catalogue of everything that is measured.
 * SPDX-License-Identifier: MIT
 */
#include "reports/metric.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define HISTOGRAM RS_METRIC_HISTOGRAM
#define COUNTER   RS_METRIC_COUNTER
#define RATIO     RS_METRIC_RATIO
#define GAUGE     RS_METRIC_GAUGE
#define LOWER     RS_METRIC_LOWER
#define HIGHER    RS_METRIC_HIGHER
#define NEITHER   RS_METRIC_NEITHER

#define RESTARTS "phase, fault, path, cause"

const rs_metric rs_metrics[] = {
    {"restart.detected", HISTOGRAM, "ns", LOWER, RESTARTS,
     "from the fault until the runtime knows the death"},
    {"restart.noticed", HISTOGRAM, "ns", LOWER, RESTARTS,
     "from the fault until the supervisor took the exit"},
    {"restart.started", HISTOGRAM, "ns", LOWER, RESTARTS,
     "from the fault until the replacement's init returned"},
    {"restart.reachable", HISTOGRAM, "ns", LOWER, RESTARTS,
     "from the fault until a name or entry leads to the replacement"},
    {"restart.served", HISTOGRAM, "ns", LOWER, RESTARTS,
     "from the fault until the replacement answered its first request"},
    {"restart.unserved", COUNTER, "1", NEITHER, RESTARTS,
     "replacements that were never asked anything"},
    {"restart.unfinished", COUNTER, "1", LOWER, RESTARTS,
     "restarts still open at the end of the last phase"},
    {"restart.not_due", COUNTER, "1", NEITHER, RESTARTS,
     "deaths that the restart type does not restart"},
    {"restart.count", COUNTER, "1", NEITHER, RESTARTS, "deaths that were due a restart"},
    {"messages.throughput", GAUGE, "per_s", HIGHER, "phase", "signals delivered per second"},
    {"calls.throughput", GAUGE, "per_s", HIGHER, "phase, load", "calls answered per second"},
    {"calls.issued", COUNTER, "1", NEITHER, "phase, load", "calls that clients began"},
    {"calls.answered", COUNTER, "1", HIGHER, "phase, load", "calls that got their reply"},
    {"calls.failed", COUNTER, "1", LOWER, "phase, load, cause, reason",
     "calls that ended without a reply, by reason"},
    {"calls.open", COUNTER, "1", LOWER, "phase, load",
     "calls without an outcome after the drain; must be 0"},
    {"calls.attempts", COUNTER, "1", NEITHER, "phase, load",
     "times that clients tried, first or again; beyond calls.issued is what retries add"},
    {"calls.retries", COUNTER, "1", LOWER, "phase, load",
     "attempts after the first, by the phase in which their call began"},
    {"calls.lost", COUNTER, "1", LOWER, "phase, load",
     "calls given up and never handled, although no fault touched them"},
    {"calls.availability", RATIO, "1", HIGHER, "phase, load",
     "share of the issued calls that were answered"},
    {"calls.availability_time", RATIO, "1", HIGHER, "phase",
     "share of 10 ms windows in which every call was answered"},
    {"calls.latency", HISTOGRAM, "ns", LOWER, "phase, load",
     "from the intended start of a call to its reply"},
    {"calls.latency_uncorrected", HISTOGRAM, "ns", LOWER, "phase, load",
     "from the actual start of a call to its reply"},
    {"orphans", COUNTER, "1", LOWER, "",
     "processes that are unsupervised or unreachable in the end"},
    {"orphans.unsupervised", COUNTER, "1", LOWER, "",
     "alive without a chain of supervisors to the root"},
    {"orphans.unreachable", COUNTER, "1", LOWER, "",
     "alive in a role that neither name nor registry leads to"},
    {"entries.stale", COUNTER, "1", LOWER, "", "names and entries that lead to a dead process"},
    {"scores.lost", COUNTER, "1", LOWER, RESTARTS,
     "scores of tables that died, without which their replacements began"},
    {"memory.live", GAUGE, "bytes", LOWER, "",
     "bytes that the runtime's allocators hold in the end"},
    {"memory.resident", GAUGE, "bytes", LOWER, "", "resident memory of the runtime in the end"},
    {"work.per_restart", HISTOGRAM, "1", LOWER, "phase, fault, path",
     "steps that workers declared for one restart"},
    {"sched.wait", HISTOGRAM, "ns", LOWER, "phase",
     "from ready to running; under the real clock about one in 128 is timed"},
    {"sched.longest_wait", GAUGE, "ns", LOWER, "phase",
     "the longest wait: of those timed, and of all others beyond 2 ms, to 0.5 ms"},
    {"sched.steals", COUNTER, "1", NEITHER, "phase", "times that a core took another's work"},
    {"sched.parks", COUNTER, "1", NEITHER, "phase",
     "times that a core went to sleep; real clock only"},
    {"sched.wakes", COUNTER, "1", NEITHER, "phase",
     "times that a sleeping core was woken; real clock only"},
    {"sched.preemptions", COUNTER, "1", NEITHER, "phase",
     "turns of a process that were ended when its budget was over"},
    {"sched.idle", RATIO, "1", NEITHER, "phase",
     "share of the cores' time in which they had nothing to run"},
    {"faults.struck", COUNTER, "1", NEITHER, "phase, fault", "faults that fired"},
    {"faults.hit", COUNTER, "1", NEITHER, "phase, fault",
     "faults that ended their victim, or took effect if they spare it"},
    {"faults.missed", COUNTER, "1", LOWER, "phase, fault",
     "faults that found no victim, a dead one, or did not end it"},
    {"upgrade.suspended", HISTOGRAM, "ns", LOWER, "",
     "how long a process was suspended while its code was changed"},
    {"upgrade.count", COUNTER, "1", NEITHER, "", "processes changed to another version"},
    {"upgrade.failed", COUNTER, "1", LOWER, "cause, reason",
     "processes that could not be changed, by reason"},
    {"upgrade.taken_back", COUNTER, "1", LOWER, "",
     "versions that crashed in their first calls and were taken back"},
    {"escalations", COUNTER, "1", LOWER, "", "supervisors that gave up"},
    {"harness.late", HISTOGRAM, "ns", LOWER, "phase, load",
     "how far behind their schedule the clients ran"},
    {"harness.clock", GAUGE, "ns", LOWER, "", "what reading the clock costs"},
    {NULL, GAUGE, NULL, NEITHER, NULL, NULL},
};

const rs_metric *rs_metric_find(const char *name) {
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        if (strcmp(metric->name, name) == 0) return metric;
    return NULL;
}

/* begins_with: `text` is `name`, or goes on behind it with a label, a part or a phase. */
static bool begins_with(const char *text, const char *name) {
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 && (text[length] == 0 || strchr(".{ ", text[length]));
}

const rs_metric *rs_metric_split(const char *text, const char **rest) {
    const rs_metric *best = NULL;
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        if (begins_with(text, metric->name) && (!best || strlen(metric->name) > strlen(best->name)))
            best = metric;
    if (best) *rest = text + strlen(best->name);
    return best;
}

bool rs_metric_has_label(const rs_metric *metric, const char *label) {
    size_t length = strlen(label);
    for (const char *at = metric->labels; *at; at += strspn(at, ", ")) {
        size_t word = strcspn(at, ",");
        if (word == length && strncmp(at, label, length) == 0) return true;
        at += word;
    }
    return false;
}

const char *rs_metric_kind_word(rs_metric_kind kind) {
    static const char *const words[] = {
#define X(NAME, WORD, MEANING) WORD,
        RS_METRIC_KINDS(X)
#undef X
    };
    return words[kind];
}

const char *rs_metric_better_word(rs_metric_better better) {
    static const char *const words[] = {
#define X(NAME, WORD) WORD,
        RS_METRIC_BETTERS(X)
#undef X
    };
    return words[better];
}

/* strtod knows hexadecimal, signs and exponents; a percentile is digits and at most one dot. */
bool rs_metric_percentile(const char *aggregate, double *share) {
    if (*aggregate != 'p') return false;
    const char *number = aggregate + 1;
    size_t whole = strspn(number, "0123456789");
    if (whole < 1 || whole > 2) return false;
    const char *end = number + whole;
    if (*end == '.') {
        size_t decimals = strspn(++end, "0123456789");
        if (decimals < 1 || decimals > 4) return false;
        end += decimals;
    }
    double percent = strtod(number, NULL);
    if (*end || percent <= 0) return false;
    *share = percent / 100;
    return true;
}

static bool is_histogram_word(const char *aggregate) {
    static const char *const words[] = {"min", "max", "mean", "count", "rate"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], aggregate) == 0) return true;
    double share;
    return rs_metric_percentile(aggregate, &share);
}

bool rs_metric_takes(const rs_metric *metric, const char *aggregate) {
    switch (metric->kind) {
    case RS_METRIC_HISTOGRAM: return aggregate && is_histogram_word(aggregate);
    case RS_METRIC_COUNTER: return !aggregate || strcmp(aggregate, "rate") == 0;
    case RS_METRIC_RATIO:
    case RS_METRIC_GAUGE: break;
    }
    return !aggregate;
}

const char *rs_metric_aggregates(rs_metric_kind kind) {
    static const char *const words[] = {"p50 … p99.99, min, max, mean, count, rate",
                                        "rate, or none", "none", "none"};
    return words[kind];
}

const char *rs_metric_unit(const rs_metric *metric, const char *aggregate) {
    if (!aggregate) return metric->unit;
    if (strcmp(aggregate, "rate") == 0) return "per_s";
    return strcmp(aggregate, "count") == 0 ? "1" : metric->unit;
}
