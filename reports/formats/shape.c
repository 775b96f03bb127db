/* shape.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/shape.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

/* The last argument is what the field says; it may be left out, though no field of ours does. */
#define FIELD(STRUCT, KEY, TYPE, MEMBER, ...)                                                      \
    {                                                                                              \
        .key = KEY, .type = RS_FIELD_##TYPE, .offset = offsetof(STRUCT, MEMBER),                   \
        .about = "" __VA_ARGS__                                                                    \
    }
#define CHARS(STRUCT, KEY, MEMBER, ...)                                                            \
    {                                                                                              \
        .key = KEY, .type = RS_FIELD_CHARS, .offset = offsetof(STRUCT, MEMBER),                    \
        .size = sizeof(((STRUCT *)0)->MEMBER), .about = "" __VA_ARGS__                             \
    }
#define WORD(STRUCT, KEY, MEMBER, WORDS, ...)                                                      \
    {                                                                                              \
        .key = KEY, .type = RS_FIELD_WORD, .offset = offsetof(STRUCT, MEMBER),                     \
        .size = COUNT(WORDS), .words = WORDS, .about = "" __VA_ARGS__                              \
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
    WORD(rs_result, "status", status, statuses, "how far the run came"),
    WORD(rs_result, "verdict", verdict, verdicts, "what it shows"),
    FIELD(rs_result, "reason", TEXT, reason, "one sentence: why aborted, failed or inconclusive"),
    FIELD(rs_result, "seed", HEX, seed, "that all chance came from"),
    FIELD(rs_result, "stream_scheme", TEXT, stream_scheme,
          "how streams of random numbers follow from the seed"),
    FIELD(rs_result, "clock", TEXT, clock, "real or virtual"),
    FIELD(rs_result, "scheduler", TEXT, scheduler, "the design that decided who ran where"),
    FIELD(rs_result, "threads", U64, threads, "cores"),
    FIELD(rs_result, "started_at", TEXT, started_at, "ISO 8601 with zone"),
    FIELD(rs_result, "elapsed_ns", U64, elapsed_ns, "by the wall"),
    FIELD(rs_result, "trace_hash", TEXT, trace_hash,
          "over all events of a virtual run; the same at each repetition"),
    FIELD(rs_result, "reproduce", TEXT, reproduce, "the command that repeats the run"),
    END,
};

const rs_field rs_shape_scenario[] = {
    FIELD(rs_result, "name", TEXT, scenario, "the scenario's name"),
    FIELD(rs_result, "about", TEXT, about, "what it shows"),
    FIELD(rs_result, "file", TEXT, scenario_file, "where it was read from"),
    FIELD(rs_result, "hash", TEXT, scenario_hash, "over the file's bytes"),
    END,
};

const rs_field rs_shape_machine[] = {
    CHARS(rs_machine, "cpu", cpu, "model name"),
    CHARS(rs_machine, "kernel", kernel, "system, version and processor"),
    FIELD(rs_machine, "cores", U32, cores, "that the process could run on"),
    FIELD(rs_machine, "cores_online", U32, cores_online, "that the machine had"),
    FIELD(rs_machine, "memory_bytes", U64, memory_bytes, "of the machine"),
    END,
};

const rs_field rs_shape_build[] = {
    CHARS(rs_build, "version", version, "of respawn"),
    CHARS(rs_build, "compiler", compiler, "and its version"),
    CHARS(rs_build, "type", type, "release or debug"),
    CHARS(rs_build, "sanitizer", sanitizer, "that it was built with"),
    END,
};

const rs_field rs_shape_metric[] = {
    FIELD(rs_result_metric, "name", TEXT, name, "a word of `respawn list metrics`"),
    WORD(rs_result_metric, "kind", kind, kinds, "what its number is"),
    FIELD(rs_result_metric, "unit", TEXT, unit, "ns, bytes, per_s, or 1 for shares and counts"),
    WORD(rs_result_metric, "better", better, betters, "in which direction"),
    END,
};

const rs_field rs_shape_labels[] = {
    FIELD(rs_result_labels, "phase", TEXT, phase, "of this phase alone"),
    FIELD(rs_result_labels, "fault", TEXT, fault, "of this fault's restarts alone"),
    FIELD(rs_result_labels, "load", TEXT, load, "of this load's calls alone"),
    FIELD(rs_result_labels, "path", TEXT, path, "of this position of the tree alone"),
    FIELD(rs_result_labels, "cause", TEXT, cause, "of this cause alone"),
    END,
};

const rs_field rs_shape_fault[] = {
    FIELD(rs_result_fault, "id", TEXT, id, "of the scenario's fault"),
    FIELD(rs_result_fault, "how", TEXT, how, "what struck"),
    FIELD(rs_result_fault, "target", TEXT, target, "whom, as the scenario has it"),
    FIELD(rs_result_fault, "struck", U64, struck, "how often"),
    FIELD(rs_result_fault, "hit", U64, outcomes[RS_STRIKE_HIT],
          "of these: the victim ended by it, or it took effect"),
    FIELD(rs_result_fault, "no_victim", U64, outcomes[RS_STRIKE_NO_VICTIM],
          "of these: nobody lived there"),
    FIELD(rs_result_fault, "already_dead", U64, outcomes[RS_STRIKE_ALREADY_DEAD],
          "of these: the victim died before"),
    FIELD(rs_result_fault, "survived", U64, outcomes[RS_STRIKE_SURVIVED],
          "of these: the victim lived on"),
    END,
};

const rs_field rs_shape_strike[] = {
    FIELD(rs_strike, "t_ns", U64, time_ns, "since t = 0"),
    FIELD(rs_strike, "role", TEXT, role, "the victim's path; empty without one"),
    FIELD(rs_strike, "incarnation", U64, incarnation, "the N of role#N; 0 without a victim"),
    WORD(rs_strike, "outcome", outcome, outcomes, "what became of it"),
    END,
};

const rs_field rs_shape_finding[] = {
    FIELD(rs_result_finding, "check", TEXT, check, "that found it"),
    FIELD(rs_result_finding, "role", TEXT, role, "whose"),
    FIELD(rs_result_finding, "t_ns", U64, time_ns, "since t = 0"),
    FIELD(rs_result_finding, "text", TEXT, text, "one sentence"),
    END,
};

const rs_field rs_shape_repetition[] = {
    FIELD(rs_result_repetition, "n", U64, number, "which, from 0"),
    FIELD(rs_result_repetition, "seed", HEX, seed, "of this repetition"),
    WORD(rs_result_repetition, "status", status, statuses, "how far it came"),
    END,
};

const rs_field rs_shape_setting[] = {
    FIELD(rs_result_setting, "key", TEXT, key, "as given by --set"),
    FIELD(rs_result_setting, "value", TEXT, value, "as given by --set"),
    END,
};

static const rs_field phase[] = {
    FIELD(rs_result_phase, "name", TEXT, name, "as the scenario has it"),
    FIELD(rs_result_phase, "start_ns", U64, start_ns, "since t = 0"),
    FIELD(rs_result_phase, "end_ns", U64, end_ns, "since t = 0"),
    FIELD(rs_result_phase, "faulty", BOOL, faulty, "a fault was planned in it"),
    END,
};

static const rs_field expectation[] = {
    FIELD(rs_result_expectation, "text", TEXT, text, "as written"),
    FIELD(rs_result_expectation, "file", TEXT, file, "where"),
    FIELD(rs_result_expectation, "line", U64, line, "where, from 1"),
    FIELD(rs_result_expectation, "column", U64, column, "where, from 1"),
    WORD(rs_result_expectation, "verdict", verdict, verdicts, "whether it held"),
    FIELD(rs_result_expectation, "observed", TEXT, observed, "as a person reads it: 4.2 ms"),
    FIELD(rs_result_expectation, "value", OPTIONAL, value,
          "the same as a number, in the metric's unit"),
    FIELD(rs_result_expectation, "never", BOOL, never,
          "what was observed is infinite: it never came"),
    FIELD(rs_result_expectation, "timing", BOOL, timing,
          "on latency or throughput, not on correctness"),
    FIELD(rs_result_expectation, "why", TEXT, why, "why it is inconclusive or skipped"),
    END,
};

static const rs_field sometimes[] = {
    FIELD(rs_result_sometimes, "text", TEXT, text, "as written"),
    FIELD(rs_result_sometimes, "file", TEXT, file, "where"),
    FIELD(rs_result_sometimes, "line", U64, line, "where, from 1"),
    FIELD(rs_result_sometimes, "column", U64, column, "where, from 1"),
    FIELD(rs_result_sometimes, "known", BOOL, known, "whether this run can say"),
    FIELD(rs_result_sometimes, "seen", BOOL, seen, "whether it happened"),
    FIELD(rs_result_sometimes, "why", TEXT, why, "why it is not known"),
    END,
};

static const rs_field window[] = {
    FIELD(rs_result_window, "text", TEXT, text, "of the expectation"),
    FIELD(rs_result_window, "windows", U64, windows, "how many were judged"),
    FIELD(rs_result_window, "start_ns", U64, start_ns, "of the worst, since t = 0"),
    FIELD(rs_result_window, "samples", U64, samples, "in the one that has the fewest"),
    FIELD(rs_result_window, "worst", OPTIONAL, worst,
          "its value; null: there was nothing to judge in any"),
    END,
};

static const rs_field node[] = {
    FIELD(rs_result_node, "path", TEXT, path,
          "below the root, whose path is empty; a template's ends in a star"),
    FIELD(rs_result_node, "id", TEXT, id, "its name among its siblings"),
    FIELD(rs_result_node, "kind", TEXT, kind, "the strategy of a supervisor, the name of a worker"),
    FIELD(rs_result_node, "detail", TEXT, detail, "as a person reads it: 3 in 5 s, temporary"),
    FIELD(rs_result_node, "depth", U64, depth, "0 is the root"),
    FIELD(rs_result_node, "supervisor", BOOL, supervisor, "or a worker"),
    FIELD(rs_result_node, "planned", OPTIONAL, planned, "processes"),
    FIELD(rs_result_node, "alive", OPTIONAL, alive, "processes, in the end"),
    FIELD(rs_result_node, "restarts", OPTIONAL, restarts, "of all of them"),
    FIELD(rs_result_node, "escalations", OPTIONAL, escalations,
          "times that this supervisor gave up"),
    END,
};

static const rs_field memory[] = {
    FIELD(rs_result_memory, "name", TEXT, name,
          "of the category; resident is what the system sees"),
    FIELD(rs_result_memory, "before", OPTIONAL, before, "bytes, before the first fault"),
    FIELD(rs_result_memory, "after", OPTIONAL, after, "bytes, at the end"),
    END,
};

static const rs_field crash[] = {
    FIELD(rs_result_crash, "t_ns", U64, time_ns, "since t = 0"),
    FIELD(rs_result_crash, "role", TEXT, role, "the path"),
    FIELD(rs_result_crash, "incarnation", U64, incarnation, "the N of role#N"),
    FIELD(rs_result_crash, "module", TEXT, module,
          "of its behaviour, or the function that it began with"),
    FIELD(rs_result_crash, "reason", TEXT, reason, "that it ended for, as Erlang prints it"),
    FIELD(rs_result_crash, "place", TEXT, place,
          "of a native fault: the function, and how far into it"),
    FIELD(rs_result_crash, "message", TEXT, message, "that it was handling"),
    END,
};

static const rs_field crash_reason[] = {
    FIELD(rs_result_reason, "reason", TEXT, reason, "that processes ended for"),
    FIELD(rs_result_reason, "count", U64, count, "how many"),
    END,
};

static const rs_field note[] = {
    FIELD(rs_result_note, "warning", BOOL, warning, "the reader must see it"),
    FIELD(rs_result_note, "text", TEXT, text, "a line"),
    END,
};

static const rs_field condition[] = {
    FIELD(rs_result_condition, "condition", TEXT, name, "a word of `respawn list conditions`"),
    FIELD(rs_result_condition, "observed", OPTIONAL, observed, "at least; null: not available"),
    FIELD(rs_result_condition, "threshold", OPTIONAL, threshold, "beyond it numbers are wrong"),
    FIELD(rs_result_condition, "unit", TEXT, unit, "1 (a share) or ns"),
    FIELD(rs_result_condition, "spoiled", BOOL, spoiled, "it is beyond it"),
    FIELD(rs_result_condition, "slows", BOOL, slows, "numbers can only have become worse by it"),
    FIELD(rs_result_condition, "spoils", TEXT, spoils, "metrics, or what their names begin with"),
    FIELD(rs_result_condition, "why", TEXT, why,
          "why it is not available, or what the reader must know"),
    END,
};

#define ROWS(KEY, MEMBER, FIELDS, ...)                                                             \
    {                                                                                              \
        KEY, offsetof(rs_result, MEMBER), sizeof *((rs_result *)0)->MEMBER.at, FIELDS,             \
            "" __VA_ARGS__                                                                         \
    }

const rs_shape_rows rs_shape_arrays[] = {
    ROWS("settings", settings, rs_shape_setting, "of --set"),
    ROWS("phases", phases, phase, "in order of time"),
    ROWS("expectations", expectations, expectation, "in order of the file"),
    ROWS("sometimes", sometimes, sometimes, "what has to happen at least once"),
    ROWS("windows", windows, window,
         "of expectations `in every …`: the one that speaks most against it"),
    ROWS("tree", nodes, node, "in preorder"),
    ROWS("memory", memory, memory, "by category"),
    ROWS("trust", trust, condition, "what may have spoiled the numbers; empty: nobody looked"),
    ROWS("notes", notes, note, "what the reader must see, or may want to"),
    ROWS("crashes", crashes, crash, "in short, the first of each reason"),
    ROWS("crash_reasons", crash_reasons, crash_reason, "the most frequent first"),
    {0},
};
