/* shape.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/shape.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

#define FIELD(STRUCT, KEY, TYPE, MEMBER)                                                           \
    { .key = KEY, .type = RS_FIELD_##TYPE, .offset = offsetof(STRUCT, MEMBER) }
#define CHARS(STRUCT, KEY, MEMBER)                                                                 \
    {                                                                                              \
        .key = KEY, .type = RS_FIELD_CHARS, .offset = offsetof(STRUCT, MEMBER),                    \
        .size = sizeof(((STRUCT *)0)->MEMBER)                                                      \
    }
#define WORD(STRUCT, KEY, MEMBER, WORDS)                                                           \
    {                                                                                              \
        .key = KEY, .type = RS_FIELD_WORD, .offset = offsetof(STRUCT, MEMBER),                     \
        .size = COUNT(WORDS), .words = WORDS                                                       \
    }
#define END                                                                                        \
    { .key = NULL }

static const char *const statuses[] = {
#define X(NAME, TEXT, SENTENCE) TEXT,
    RS_RESULT_STATUSES(X)
#undef X
};
static const char *const verdicts[] = {
#define X(NAME, TEXT) TEXT,
    RS_RESULT_VERDICTS(X)
#undef X
};
static const char *const outcomes[] = {
#define X(NAME, TEXT, MEANING) TEXT,
    RS_STRIKE_OUTCOMES(X)
#undef X
};
static const char *const kinds[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_METRIC_KINDS(X)
#undef X
};
static const char *const betters[] = {
#define X(NAME, WORD) WORD,
    RS_METRIC_BETTERS(X)
#undef X
};

const rs_field rs_shape_head[] = {
    WORD(rs_result, "status", status, statuses),
    WORD(rs_result, "verdict", verdict, verdicts),
    FIELD(rs_result, "reason", TEXT, reason),
    FIELD(rs_result, "seed", HEX, seed),
    FIELD(rs_result, "stream_scheme", TEXT, stream_scheme),
    FIELD(rs_result, "clock", TEXT, clock),
    FIELD(rs_result, "scheduler", TEXT, scheduler),
    FIELD(rs_result, "threads", U64, threads),
    FIELD(rs_result, "started_at", TEXT, started_at),
    FIELD(rs_result, "elapsed_ns", U64, elapsed_ns),
    FIELD(rs_result, "trace_hash", TEXT, trace_hash),
    FIELD(rs_result, "reproduce", TEXT, reproduce),
    END,
};

const rs_field rs_shape_scenario[] = {
    FIELD(rs_result, "name", TEXT, scenario),
    FIELD(rs_result, "about", TEXT, about),
    FIELD(rs_result, "file", TEXT, scenario_file),
    FIELD(rs_result, "hash", TEXT, scenario_hash),
    END,
};

const rs_field rs_shape_machine[] = {
    CHARS(rs_machine, "cpu", cpu),
    CHARS(rs_machine, "kernel", kernel),
    FIELD(rs_machine, "cores", U32, cores),
    FIELD(rs_machine, "cores_online", U32, cores_online),
    FIELD(rs_machine, "memory_bytes", U64, memory_bytes),
    END,
};

const rs_field rs_shape_build[] = {
    CHARS(rs_build, "version", version),
    CHARS(rs_build, "compiler", compiler),
    CHARS(rs_build, "type", type),
    CHARS(rs_build, "sanitizer", sanitizer),
    END,
};

const rs_field rs_shape_metric[] = {
    FIELD(rs_result_metric, "name", TEXT, name),
    WORD(rs_result_metric, "kind", kind, kinds),
    FIELD(rs_result_metric, "unit", TEXT, unit),
    WORD(rs_result_metric, "better", better, betters),
    END,
};

const rs_field rs_shape_labels[] = {
    FIELD(rs_result_labels, "phase", TEXT, phase), FIELD(rs_result_labels, "fault", TEXT, fault),
    FIELD(rs_result_labels, "load", TEXT, load),   FIELD(rs_result_labels, "path", TEXT, path),
    FIELD(rs_result_labels, "cause", TEXT, cause), END,
};

const rs_field rs_shape_fault[] = {
    FIELD(rs_result_fault, "id", TEXT, id),
    FIELD(rs_result_fault, "how", TEXT, how),
    FIELD(rs_result_fault, "target", TEXT, target),
    FIELD(rs_result_fault, "struck", U64, struck),
    FIELD(rs_result_fault, "hit", U64, outcomes[RS_STRIKE_HIT]),
    FIELD(rs_result_fault, "no_victim", U64, outcomes[RS_STRIKE_NO_VICTIM]),
    FIELD(rs_result_fault, "already_dead", U64, outcomes[RS_STRIKE_ALREADY_DEAD]),
    FIELD(rs_result_fault, "survived", U64, outcomes[RS_STRIKE_SURVIVED]),
    END,
};

const rs_field rs_shape_strike[] = {
    FIELD(rs_strike, "t_ns", U64, time_ns),
    FIELD(rs_strike, "role", TEXT, role),
    FIELD(rs_strike, "incarnation", U64, incarnation),
    WORD(rs_strike, "outcome", outcome, outcomes),
    END,
};

const rs_field rs_shape_finding[] = {
    FIELD(rs_result_finding, "check", TEXT, check),
    FIELD(rs_result_finding, "role", TEXT, role),
    FIELD(rs_result_finding, "t_ns", U64, time_ns),
    FIELD(rs_result_finding, "text", TEXT, text),
    END,
};

const rs_field rs_shape_repetition[] = {
    FIELD(rs_result_repetition, "n", U64, number),
    FIELD(rs_result_repetition, "seed", HEX, seed),
    WORD(rs_result_repetition, "status", status, statuses),
    END,
};

const rs_field rs_shape_setting[] = {
    FIELD(rs_result_setting, "key", TEXT, key),
    FIELD(rs_result_setting, "value", TEXT, value),
    END,
};

static const rs_field phase[] = {
    FIELD(rs_result_phase, "name", TEXT, name),
    FIELD(rs_result_phase, "start_ns", U64, start_ns),
    FIELD(rs_result_phase, "end_ns", U64, end_ns),
    FIELD(rs_result_phase, "faulty", BOOL, faulty),
    END,
};

static const rs_field expectation[] = {
    FIELD(rs_result_expectation, "text", TEXT, text),
    FIELD(rs_result_expectation, "file", TEXT, file),
    FIELD(rs_result_expectation, "line", U64, line),
    FIELD(rs_result_expectation, "column", U64, column),
    WORD(rs_result_expectation, "verdict", verdict, verdicts),
    FIELD(rs_result_expectation, "observed", TEXT, observed),
    FIELD(rs_result_expectation, "value", OPTIONAL, value),
    FIELD(rs_result_expectation, "never", BOOL, never),
    FIELD(rs_result_expectation, "timing", BOOL, timing),
    FIELD(rs_result_expectation, "why", TEXT, why),
    END,
};

static const rs_field sometimes[] = {
    FIELD(rs_result_sometimes, "text", TEXT, text),
    FIELD(rs_result_sometimes, "file", TEXT, file),
    FIELD(rs_result_sometimes, "line", U64, line),
    FIELD(rs_result_sometimes, "column", U64, column),
    FIELD(rs_result_sometimes, "known", BOOL, known),
    FIELD(rs_result_sometimes, "seen", BOOL, seen),
    FIELD(rs_result_sometimes, "why", TEXT, why),
    END,
};

static const rs_field window[] = {
    FIELD(rs_result_window, "text", TEXT, text),
    FIELD(rs_result_window, "windows", U64, windows),
    FIELD(rs_result_window, "start_ns", U64, start_ns),
    FIELD(rs_result_window, "samples", U64, samples),
    FIELD(rs_result_window, "worst", OPTIONAL, worst),
    END,
};

static const rs_field node[] = {
    FIELD(rs_result_node, "path", TEXT, path),
    FIELD(rs_result_node, "id", TEXT, id),
    FIELD(rs_result_node, "kind", TEXT, kind),
    FIELD(rs_result_node, "detail", TEXT, detail),
    FIELD(rs_result_node, "depth", U64, depth),
    FIELD(rs_result_node, "supervisor", BOOL, supervisor),
    FIELD(rs_result_node, "planned", OPTIONAL, planned),
    FIELD(rs_result_node, "alive", OPTIONAL, alive),
    FIELD(rs_result_node, "restarts", OPTIONAL, restarts),
    FIELD(rs_result_node, "escalations", OPTIONAL, escalations),
    END,
};

static const rs_field memory[] = {
    FIELD(rs_result_memory, "name", TEXT, name),
    FIELD(rs_result_memory, "before", OPTIONAL, before),
    FIELD(rs_result_memory, "after", OPTIONAL, after),
    END,
};

static const rs_field crash[] = {
    FIELD(rs_result_crash, "t_ns", U64, time_ns),
    FIELD(rs_result_crash, "role", TEXT, role),
    FIELD(rs_result_crash, "incarnation", U64, incarnation),
    FIELD(rs_result_crash, "module", TEXT, module),
    FIELD(rs_result_crash, "reason", TEXT, reason),
    FIELD(rs_result_crash, "place", TEXT, place),
    FIELD(rs_result_crash, "message", TEXT, message),
    END,
};

static const rs_field crash_reason[] = {
    FIELD(rs_result_reason, "reason", TEXT, reason),
    FIELD(rs_result_reason, "count", U64, count),
    END,
};

static const rs_field note[] = {
    FIELD(rs_result_note, "warning", BOOL, warning),
    FIELD(rs_result_note, "text", TEXT, text),
    END,
};

static const rs_field condition[] = {
    FIELD(rs_result_condition, "condition", TEXT, name),
    FIELD(rs_result_condition, "observed", OPTIONAL, observed),
    FIELD(rs_result_condition, "threshold", OPTIONAL, threshold),
    FIELD(rs_result_condition, "unit", TEXT, unit),
    FIELD(rs_result_condition, "spoiled", BOOL, spoiled),
    FIELD(rs_result_condition, "slows", BOOL, slows),
    FIELD(rs_result_condition, "spoils", TEXT, spoils),
    FIELD(rs_result_condition, "why", TEXT, why),
    END,
};

#define ROWS(KEY, MEMBER, FIELDS)                                                                  \
    { KEY, offsetof(rs_result, MEMBER), sizeof *((rs_result *)0)->MEMBER.at, FIELDS }

const rs_shape_rows rs_shape_arrays[] = {
    ROWS("settings", settings, rs_shape_setting),
    ROWS("phases", phases, phase),
    ROWS("expectations", expectations, expectation),
    ROWS("sometimes", sometimes, sometimes),
    ROWS("windows", windows, window),
    ROWS("tree", nodes, node),
    ROWS("memory", memory, memory),
    ROWS("trust", trust, condition),
    ROWS("notes", notes, note),
    ROWS("crashes", crashes, crash),
    ROWS("crash_reasons", crash_reasons, crash_reason),
    {0},
};
