/* likeness.c: what must be the same, and what should.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/likeness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ the question */

static bool say(char *why, size_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool say(char *why, size_t bytes, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, bytes, format, arguments);
    va_end(arguments);
    return false;
}

static bool is_scenario_alike(const rs_baseline_session *a, const rs_baseline_session *b, char *why,
                              size_t bytes) {
    if (strcmp(a->scenario, b->scenario) != 0)
        return say(why, bytes, "another scenario: '%.100s' and '%.100s'", a->scenario, b->scenario);
    if (strcmp(a->scenario_hash, b->scenario_hash) != 0)
        return say(why, bytes, "'%.100s' has changed: its hash is %.32s and %.32s", a->scenario,
                   a->scenario_hash, b->scenario_hash);
    return true;
}

static bool has_setting(const rs_baseline_session *session, const rs_result_setting *setting) {
    for (size_t i = 0; i < session->settings.count; i++)
        if (strcmp(session->settings.at[i].key, setting->key) == 0 &&
            strcmp(session->settings.at[i].value, setting->value) == 0)
            return true;
    return false;
}

static const rs_result_setting *find_other(const rs_baseline_session *a,
                                           const rs_baseline_session *b) {
    for (size_t i = 0; i < a->settings.count; i++)
        if (!has_setting(b, &a->settings.at[i])) return &a->settings.at[i];
    return NULL;
}

static bool are_equal(const rs_baseline_session *a, const rs_baseline_session *b) {
    bool equal = a->settings.count == b->settings.count;
    for (size_t i = 0; equal && i < a->settings.count; i++)
        equal = strcmp(a->settings.at[i].key, b->settings.at[i].key) == 0 &&
                strcmp(a->settings.at[i].value, b->settings.at[i].value) == 0;
    return equal;
}

/* A later setting may undo an earlier one, so their order counts. */
static bool are_settings_alike(const rs_baseline_session *a, const rs_baseline_session *b,
                               char *why, size_t bytes) {
    const rs_result_setting *of_a = find_other(a, b), *of_b = find_other(b, a);
    if (are_equal(a, b)) return true;
    if (!of_a && !of_b)
        return say(why, bytes, "the same settings in another order, or not as often");
    return say(why, bytes, "other settings: %.80s%s%.160s and %.80s%s%.160s",
               of_a ? of_a->key : "none", of_a ? "=" : "", of_a ? of_a->value : "",
               of_b ? of_b->key : "none", of_b ? "=" : "", of_b ? of_b->value : "");
}

static bool are_gates_alike(const rs_baseline_session *a, const rs_baseline_session *b, char *why,
                            size_t bytes) {
    for (uint32_t i = 0; i < a->gate_count && i < b->gate_count; i++)
        if (strcmp(a->gates[i].name, b->gates[i].name) != 0)
            return say(why, bytes, "another gate: '%.100s' and '%.100s'", a->gates[i].name,
                       b->gates[i].name);
    if (a->gate_count == b->gate_count) return true;
    return say(why, bytes, "another gate: %u metrics and %u", a->gate_count, b->gate_count);
}

bool rs_likeness_ask_alike(const rs_baseline_session *a, const rs_baseline_session *b, char *why,
                           size_t bytes) {
    if (!is_scenario_alike(a, b, why, bytes)) return false;
    if (strcmp(a->clock, b->clock) != 0)
        return say(why, bytes, "another clock: %.20s and %.20s time", a->clock, b->clock);
    if (!are_settings_alike(a, b, why, bytes) || !are_gates_alike(a, b, why, bytes)) return false;
    if (a->seed != b->seed)
        return say(why, bytes, "another seed: 0x%" PRIx64 " and 0x%" PRIx64, a->seed, b->seed);
    if (a->repetitions != b->repetitions)
        return say(why, bytes, "another number of repetitions: %u and %u (--repeat)",
                   a->repetitions, b->repetitions);
    return true;
}

/* ------------------------------------------------------------------ the place */

static const char *known(const char *text) {
    return *text ? text : "unknown";
}

static bool is_one(const char *what, const char *a, const char *b, char *why, size_t bytes) {
    return strcmp(a, b) == 0 || say(why, bytes, "another %s: %s and %s", what, known(a), known(b));
}

bool rs_likeness_lie_alike(const rs_baseline_session *a, const rs_baseline_session *b, char *why,
                           size_t bytes) {
    if (!is_one("processor", a->machine.cpu, b->machine.cpu, why, bytes)) return false;
    if (a->machine.cores != b->machine.cores)
        return say(why, bytes, "another number of processors: %u and %u", a->machine.cores,
                   b->machine.cores);
    return is_one("kernel", a->machine.kernel, b->machine.kernel, why, bytes) &&
           is_one("type of build", a->build.type, b->build.type, why, bytes) &&
           is_one("sanitizer", a->build.sanitizer, b->build.sanitizer, why, bytes);
}

/* ------------------------------------------------------------------ one and the same */

bool rs_likeness_are_one(const rs_baseline_session *a, const rs_baseline_session *b) {
    bool same = strcmp(a->started_at, b->started_at) == 0 && a->elapsed_ns == b->elapsed_ns &&
                a->gate_count == b->gate_count && a->repetitions == b->repetitions;
    for (uint32_t i = 0; same && i < a->gate_count; i++)
        same = memcmp(a->gates[i].values, b->gates[i].values,
                      sizeof *a->gates[i].values * a->repetitions) == 0;
    return same;
}
