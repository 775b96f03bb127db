/* runtime.c: the `runtime` and `clocks` of a scenario.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/limits.h"
#include "runtime/sched/sched.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/section.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A second: no single modelled step of a process takes longer. */
#define COST_NS_MAX 1000000000u

static void allow_clock(rs_reader *reader, const rs_document_node *node) {
    int clock = rs_reader_word(reader, node, "clock", rs_key_clocks);
    reader->plan->allows_real |= clock == RS_PLAN_REAL;
    reader->plan->allows_virtual |= clock == RS_PLAN_VIRTUAL;
}

static void read_clocks(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *value = rs_reader_get(scenario, "clocks");
    rs_plan *plan = reader->plan;
    if (value && value->kind == RS_DOCUMENT_SCALAR)
        allow_clock(reader, value);
    else if (value && rs_reader_list(reader, value, "'clocks'")) {
        for (uint32_t i = 0; i < value->count; i++) allow_clock(reader, value->entries[i].value);
        if (!value->count) rs_reader_problem(reader, value->place, "'clocks' names no clock");
    }
    /* Absent or broken: both, so that a broken list brings no second problem. */
    if (!plan->allows_real && !plan->allows_virtual)
        plan->allows_real = plan->allows_virtual = true;
}

static void read_clock(rs_reader *reader, const rs_document_node *value) {
    rs_plan *plan = reader->plan;
    plan->runtime.clock = plan->allows_real ? RS_PLAN_REAL : RS_PLAN_VIRTUAL;
    int clock = value ? rs_reader_word(reader, value, "clock", rs_key_clocks) : -1;
    if (clock < 0) return;
    bool is_allowed = clock == RS_PLAN_REAL ? plan->allows_real : plan->allows_virtual;
    if (!is_allowed)
        rs_reader_problem(reader, value->place,
                          "clock '%s' is not in 'clocks' of this scenario; '%s' is",
                          rs_key_clocks[clock], rs_key_clocks[!clock]);
    plan->runtime.clock = (rs_plan_clock)clock;
}

static void report_scheduler(rs_reader *reader, rs_place place, const char *name) {
    uint32_t count = 0;
    while (rs_scheds[count]) count++;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = rs_scheds[i]->name;
    rs_diagnostic_unknown_word(reader->diagnostics, place, "scheduler", name, words);
}

/* Work stealing under the real clock; under the virtual one, where one thread plays every core, the
 * order of arrival is the simplest thing to reason about. */
static void read_scheduler(rs_reader *reader, const rs_document_node *value) {
    rs_plan_runtime *runtime = &reader->plan->runtime;
    runtime->scheduler = runtime->clock == RS_PLAN_REAL ? "steal" : "fifo";
    const char *name = value ? rs_reader_text(reader, value, "'scheduler'") : NULL;
    if (!name) return;
    uint64_t parameters[RS_SCHED_PARAMETERS_MAX];
    if (rs_sched_find(name, parameters))
        runtime->scheduler = name;
    else
        report_scheduler(reader, value->place, name);
}

static uint32_t processors(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1) return 1;
    return count > RS_CORES_MAX ? RS_CORES_MAX : (uint32_t)count;
}

static void read_threads(rs_reader *reader, const rs_document_node *value) {
    rs_plan_runtime *runtime = &reader->plan->runtime;
    const rs_sched_kind *scheduler = rs_sched_name(runtime->scheduler);
    bool is_real = runtime->clock == RS_PLAN_REAL;
    bool is_single = is_real && scheduler && scheduler->chooses;
    uint64_t threads = 0;
    runtime->threads = is_real && !is_single ? processors() : 1;
    if (!value) return;
    const char *text = rs_reader_text(reader, value, "'threads'");
    if (!text || strcmp(text, "auto") == 0) return;
    if (!rs_reader_count(reader, value, "'threads'", 1, RS_CORES_MAX, &threads)) return;
    if (threads > 1 && is_single)
        rs_reader_problem(reader, value->place,
                          "scheduler '%s' takes one thread under the real clock; write threads: 1, "
                          "or clock: virtual, where one thread plays all cores",
                          runtime->scheduler);
    runtime->threads = (uint32_t)threads;
}

/* A seed is any 64-bit number; results print it in hexadecimal, so that is read too. */
static void read_seed(rs_reader *reader, const rs_document_node *value) {
    uint64_t *seed = &reader->plan->runtime.seed;
    *seed = 1;
    if (!value) return;
    const char *text = value->kind == RS_DOCUMENT_SCALAR ? value->text : "";
    if (strncmp(text, "0x", 2) != 0) {
        rs_reader_count(reader, value, "'seed'", 0, UINT64_MAX, seed);
        return;
    }
    size_t digits = strspn(text + 2, "0123456789abcdefABCDEF");
    if (digits > 0 && digits <= 16 && !text[2 + digits])
        *seed = strtoull(text + 2, NULL, 16);
    else
        rs_reader_problem(reader, value->place,
                          "'seed' '%.60s': after 0x come up to 16 hexadecimal digits", text);
}

static void read_cost(rs_reader *reader, const rs_document_node *costs, const char *key,
                      uint64_t *ns) {
    const rs_document_node *value = costs ? rs_reader_get(costs, key) : NULL;
    if (value) rs_reader_duration(reader, value, key, 0, COST_NS_MAX, ns);
}

/* The defaults are of the order that the reference machine measures. */
static void read_costs(rs_reader *reader, const rs_document_node *value) {
    rs_plan_costs *costs = &reader->plan->runtime.costs;
    *costs = (rs_plan_costs){1000, 200, 5000, 3000, 10};
    if (!value || !rs_reader_mapping(reader, value, "'costs'")) return;
    rs_reader_keys(reader, value, rs_key_words_costs);
    read_cost(reader, value, "callback", &costs->callback_ns);
    read_cost(reader, value, "message", &costs->message_ns);
    read_cost(reader, value, "start", &costs->start_ns);
    read_cost(reader, value, "fault", &costs->fault_ns);
    read_cost(reader, value, "work", &costs->work_ns);
}

void rs_section_runtime(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *runtime = rs_reader_get(scenario, "runtime"), *target;
    static const rs_document_node nothing = {.kind = RS_DOCUMENT_MAPPING};
    read_clocks(reader, scenario);
    if (!runtime || !rs_reader_mapping(reader, runtime, "'runtime'")) runtime = &nothing;
    rs_reader_keys(reader, runtime, rs_key_words_runtime);
    read_clock(reader, rs_reader_get(runtime, "clock"));
    read_scheduler(reader, rs_reader_get(runtime, "scheduler"));
    read_threads(reader, rs_reader_get(runtime, "threads"));
    read_seed(reader, rs_reader_get(runtime, "seed"));
    read_costs(reader, rs_reader_get(runtime, "costs"));
    if ((target = rs_reader_get(runtime, "target")))
        rs_reader_word(reader, target, "target", (const char *const[]){"native", NULL});
}
