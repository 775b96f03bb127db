/* sample.h: a made-up result of the high-score table with something in every part, for the tests
 * of formats. The numbers are invented and always the same.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SAMPLE_H
#define RS_SAMPLE_H

#include "reports/result.h"
#include "runtime/base/prng.h"

#include <jansson.h>
#include <stdlib.h>

static inline void sample_histogram(rs_result *result, const char *name,
                                    const rs_result_labels *labels, uint64_t least, uint64_t mean,
                                    uint64_t count, uint64_t unfinished) {
    rs_prng prng;
    rs_prng_init(&prng, least, name);
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    for (uint64_t i = 0; i < count; i++)
        rs_histogram_record(histogram, least + rs_prng_exponential(&prng, mean));
    rs_result_add_histogram(result, name, labels, histogram, unfinished);
    free(histogram);
}

static inline void sample_phase(rs_result *result, const char *name, uint64_t start_ms,
                                uint64_t end_ms, double calls, double messages, double failed) {
    rs_result_labels labels = {.phase = name};
    rs_result_phase *phase = rs_result_add_phase(result, name);
    phase->start_ns = start_ms * 1000000, phase->end_ns = end_ms * 1000000;
    phase->faulty = failed > 0;
    rs_result_add_number(result, "calls.throughput", &labels, calls);
    rs_result_add_number(result, "messages.throughput", &labels, messages);
    rs_result_add_number(result, "calls.failed", &labels, failed);
    rs_result_add_number(result, "calls.availability", &labels, 1 - failed / (calls * 5));
}

static inline void sample_node(rs_result *result, const char *path, const char *id,
                               const char *kind, const char *detail, uint64_t depth,
                               bool supervisor, double alive, double restarts) {
    rs_result_node *node = rs_result_add_node(result, path);
    node->id = rs_result_text(result, id), node->kind = kind, node->detail = detail;
    node->depth = depth, node->supervisor = supervisor;
    node->planned = node->alive = rs_known(alive);
    node->restarts = rs_known(restarts);
    if (supervisor) node->escalations = rs_known(0);
}

static inline void sample_expectation(rs_result *result, uint64_t line, const char *text,
                                      rs_result_verdict verdict, const char *observed,
                                      const char *why) {
    rs_result_expectation *expectation = rs_result_add_expectation(result, text);
    expectation->file = "scenarios/high_scores.yaml";
    expectation->line = line, expectation->column = 5;
    expectation->verdict = verdict;
    expectation->observed = rs_result_text(result, observed);
    expectation->why = why;
}

static inline void sample_restarts(rs_result *result) {
    rs_result_labels sibling = {.cause = "sibling"}, storm = {.phase = "storm"};
    sample_histogram(result, "restart.detected", NULL, 2000, 600, 4987, 0);
    sample_histogram(result, "restart.noticed", NULL, 4000, 9000, 4987, 0);
    sample_histogram(result, "restart.started", NULL, 21000, 30000, 4987, 2);
    sample_histogram(result, "restart.reachable", NULL, 48000, 110000, 4987, 2);
    sample_histogram(result, "restart.served", NULL, 90000, 640000, 4711, 2);
    sample_histogram(result, "restart.reachable", &sibling, 60000, 200000, 12, 0);
    sample_histogram(result, "restart.started", &storm, 21000, 30000, 4987, 2);
    rs_result_add_number(result, "restart.count", NULL, 4989);
    rs_result_add_number(result, "restart.count", &storm, 4989);
    rs_result_add_number(result, "restart.unserved", NULL, 276);
    rs_result_add_number(result, "restart.unfinished", NULL, 2);
    rs_result_add_number(result, "restart.not_due", NULL, 4987);
    rs_result_add_number(result, "escalations", NULL, 0);
}

static inline void sample_calls(rs_result *result) {
    rs_result_labels noproc = {.cause = "noproc"}, timeout = {.cause = "timeout"};
    rs_result_add_number(result, "calls.issued", NULL, 13720118);
    rs_result_add_number(result, "calls.answered", NULL, 13716907);
    rs_result_add_number(result, "calls.failed", NULL, 3211);
    rs_result_add_number(result, "calls.failed", &noproc, 3207);
    rs_result_add_number(result, "calls.failed", &timeout, 4);
    rs_result_add_number(result, "calls.open", NULL, 0);
    rs_result_add_number(result, "calls.lost", NULL, 0);
    rs_result_add_number(result, "calls.availability", NULL, 13716907.0 / 13720118);
    rs_result_add_number(result, "calls.availability_time", NULL, 0.948);
    rs_result_add_number(result, "calls.throughput", NULL, 1246991);
    rs_result_add_number(result, "messages.throughput", NULL, 2526000);
    sample_histogram(result, "calls.latency_uncorrected", NULL, 9000, 38000, 20000, 0);
}

static inline void sample_memory(rs_result *result) {
    static const struct {
        const char *name;
        double before, after;
    } rows[] = {{"live", 34500000, 34500000},
                {"arenas", 20480000, 20480000},
                {"messages", 196608, 196608},
                {"stacks", 2097152, 2162688},
                {"resident", 61800000, 62400000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rs_result_memory *memory = rs_result_add_memory(result, rows[i].name);
        memory->before = rs_known(rows[i].before), memory->after = rs_known(rows[i].after);
    }
    rs_result_add_memory(result, "cgroup");
}

static inline void sample_strikes(rs_result *result) {
    rs_result_fault *fault = rs_result_add_fault(result, "crashes");
    fault->how = "segv", fault->target = "tables/*";
    rs_prng prng;
    rs_prng_init(&prng, 1, "sample");
    for (uint64_t i = 0; i < 5000; i++) {
        uint64_t restart_ns =
            i % 2500 ? 48000 + rs_prng_exponential(&prng, 110000) : RS_STRIKE_NEVER;
        rs_strike strike = {.time_ns = 4000000000 + i * 1000000,
                            .detected_ns = 2600,
                            .noticed_ns = 13000,
                            .started_ns = i % 2500 ? 45000 : 0,
                            .restart_ns = restart_ns,
                            .incarnation = 1 + i % 3,
                            .role = "tables/game-17"};
        if (i % 400 == 1)
            strike = (rs_strike){.time_ns = strike.time_ns, .outcome = (uint32_t)(i % 3 + 1)};
        rs_result_add_strike(result, &strike);
    }
}

/* A slow start, a dip while it storms, and a single late failure. */
static inline void sample_timeline(rs_result *result) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "timeline");
    for (uint64_t ms = 0; ms < 11000; ms += 10) {
        bool storm = ms >= 4000 && ms < 9000;
        uint64_t calls = ms < 600 ? 6000 + 10 * ms : storm ? 11800 - ms / 10 * 7 % 3000 : 12600;
        rs_timeline *timeline = &result->timeline;
        rs_timeline_add(timeline, ms * 1000000, RS_TIMELINE_ANSWERED,
                        calls - rs_prng_below(&prng, 400));
        if (!storm) continue;
        rs_timeline_add(timeline, ms * 1000000, RS_TIMELINE_FAULTS, 10);
        rs_timeline_add(timeline, ms * 1000000, RS_TIMELINE_RESTARTS, 10);
        rs_timeline_add(timeline, ms * 1000000, RS_TIMELINE_FAILED, rs_prng_below(&prng, 14));
    }
    rs_timeline_add(&result->timeline, 9900000000, RS_TIMELINE_FAILED, 1);
}

static inline void sample_head(rs_result *result) {
    result->status = RS_RESULT_COMPLETE;
    result->verdict = RS_VERDICT_FAILED;
    result->reason = "1 of 6 expectations failed";
    result->scenario = "high_scores";
    result->about = "Ten thousand high-score tables behind a registry, under load, while tables "
                    "crash.";
    result->scenario_file = "scenarios/high_scores.yaml";
    result->scenario_hash = "9f86d081884c7d65";
    result->plan = json_pack("{s:s, s:[{s:s, s:I}]}", "scenario", "high_scores", "faults", "id",
                             "crashes", "every", (json_int_t)1000000);
    result->seed = 1;
    result->clock = "real", result->scheduler = "steal", result->threads = 2;
    result->started_at = "2026-03-01T12:00:00Z";
    result->elapsed_ns = 11412000000;
    result->trace_hash = "1:be3252e3cf88f5bf";
    result->reproduce = "respawn run scenarios/high_scores.yaml --seed 0x1";
    result->machine = (rs_machine){"Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz",
                                   "Linux 6.18.0 x86_64", 2, 2, UINT64_C(8) << 30};
    result->build = (rs_build){"0.1.0", "gcc 12.2.0", "release", ""};
}

static inline void sample_body(rs_result *result) {
    sample_phase(result, "warm", 0, 1000, 1190000, 2410000, 0);
    sample_phase(result, "steady", 1000, 4000, 1262000, 2530000, 0);
    sample_phase(result, "storm", 4000, 9000, 1234000, 2520000, 3211);
    sample_phase(result, "heal", 9000, 11000, 1260000, 2530000, 0);
    sample_node(result, "", "high_scores", "rest_for_one", "3 in 5 s", 0, true, 1, 0);
    sample_node(result, "tables", "tables", "simple_one_for_one", "1000000 in 1 s", 1, true, 1, 0);
    sample_node(result, "tables/*", "*", "high_scores_table", "temporary", 2, false, 9998, 4987);
    sample_node(result, "registry", "registry", "high_scores_registry", "permanent", 1, false, 1,
                0);
    sample_expectation(result, 41, "calls.lost == 0", RS_VERDICT_PASSED, "0", NULL);
    sample_expectation(result, 42, "orphans == 0", RS_VERDICT_FAILED, "4987", NULL);
    sample_expectation(result, 43, "restart.reachable.p99 < 5ms", RS_VERDICT_PASSED, "548 µs",
                       NULL);
    sample_expectation(result, 44, "calls.availability >= 99.9% during storm", RS_VERDICT_PASSED,
                       "99.9479 %", NULL);
    sample_expectation(result, 45, "restart.served.p99.99 < 50ms", RS_VERDICT_INCONCLUSIVE, NULL,
                       "4713 samples; p99.99 needs 100000");
    sample_expectation(result, 46, "model: calls.latency.p99 < 1ms", RS_VERDICT_SKIPPED, NULL,
                       "only under the virtual clock");
}

static inline void sample_checks(rs_result *result) {
    rs_result_add_check(result, "orphans");
    rs_result_add_check(result, "healed");
    rs_result_finding *finding = rs_result_add_finding(result, "orphans");
    finding->role = "tables/game-17", finding->time_ns = 4000000000;
    finding->text = "two live in tables/game-17: #2 and #3, for 2 s, until the end";
    rs_result_add_event(result, finding, "t=4.000000s tables/game-17#1 ends: sigsegv");
    rs_result_add_event(result, finding, "t=4.000010s tables/game-17#2 is started");
    result->findings_omitted = 3;
    rs_result_sometimes *seen = rs_result_add_sometimes(result, "crash of registry");
    seen->file = "scenarios/high_scores.yaml", seen->line = 90, seen->column = 5;
    seen->known = seen->seen = true;
    rs_result_add_sometimes(result, "escalation")->known = true;
    rs_result_add_sometimes(result, "restart.count > 9")->why = "not measured in this run";
    rs_result_window *window =
        rs_result_add_window(result, "calls.availability >= 99% in every 1s of storm");
    window->windows = 5, window->start_ns = 6000000000, window->samples = 1234;
    window->worst = rs_known(0.995);
}

static inline void sample_crashes(rs_result *result) {
    rs_result_crash *native = rs_result_add_crash(result, "sigsegv");
    native->time_ns = 4000000000, native->role = "tables/game-17", native->incarnation = 1;
    native->module = "high_scores_table", native->place = "write_null+0x11";
    native->message = "call add_score {\"joe\",12}";
    rs_result_crash *other = rs_result_add_crash(result, "{badmatch,[1,2]}");
    other->time_ns = 4100000000, other->module = "settle_scores";
    rs_result_add_crash_reason(result, "sigsegv", 4987);
    rs_result_add_crash_reason(result, "{badmatch,[1,2]}", 1);
}

static inline void sample_condition(rs_result *result, const char *name, const char *unit,
                                    rs_optional observed, double threshold) {
    rs_result_condition *row = rs_result_add_condition(result, name);
    row->unit = unit, row->spoils = "restart, calls";
    row->observed = observed, row->threshold = rs_known(threshold);
    row->spoiled = observed.known && observed.value > threshold;
    row->slows = !row->spoiled;
    row->why = observed.known ? NULL : "too short";
}

static inline void sample_trust(rs_result *result) {
    sample_condition(result, "busy_neighbour", "1", rs_known(0.031), 0.5);
    sample_condition(result, "clock_step", "ns", rs_known(12500000), 1e7);
    sample_condition(result, "steal", "1", (rs_optional){0}, 0.5);
    sample_condition(result, "late_clients", "ns", (rs_optional){0}, 1e6);
}

/* sample_result returns the sample; rs_result_destroy it. */
static inline rs_result *sample_result(void) {
    rs_result *result = rs_result_create();
    sample_head(result);
    sample_body(result);
    sample_restarts(result);
    sample_calls(result);
    sample_memory(result);
    sample_strikes(result);
    sample_crashes(result);
    sample_checks(result);
    sample_trust(result);
    sample_timeline(result);
    rs_result_add_number(result, "orphans", NULL, 4987);
    rs_result_add_number(result, "orphans.unsupervised", NULL, 4987);
    rs_result_add_number(result, "scores.lost", NULL, 48112);
    sample_histogram(result, "harness.late", NULL, 200, 900, 5000, 0);
    rs_result_add_metric(result, "entries.stale", NULL); /* not available */
    rs_result_add_warning(result, "the machine was busy: 3.1 % of the clients' time was stolen");
    rs_result_add_note(result, "orphans.unsupervised: replacements are started by registry and "
                               "linked to nobody");
    rs_result_add_setting(result, "load.players.clients", "64");
    rs_result_add_gate(result, "calls.throughput");
    rs_result_add_gate(result, "restart.reachable.p50");
    rs_result_repetition *repetition = rs_result_add_repetition(result);
    repetition->seed = UINT64_MAX, repetition->status = RS_RESULT_COMPLETE;
    rs_result_add_value(result, repetition, "calls.throughput", rs_known(1246991.25));
    rs_result_add_value(result, repetition, "restart.reachable.p50", (rs_optional){0});
    rs_result_add_never(result, repetition, "restart.served.p50");
    return result;
}

#endif
