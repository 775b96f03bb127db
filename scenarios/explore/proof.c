/* proof.c: a scenario that shows one failure.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/proof.h"

#include "scenarios/engine/recording.h"
#include "scenarios/engine/strikes.h"
#include "scenarios/language/emit.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_strikes.h"
#include "scenarios/language/language.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NOWHERE ((rs_place){NULL, 0, 0})

/* ------------------------------------------------------------------ documents */

rs_document_node *rs_proof_parse(const char *text, rs_plan_memory *memory) {
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_document_node *document =
        rs_document_parse(text, strlen(text), (rs_place){"case", 1, 1}, memory, problems);
    bool fine =
        rs_diagnostics_count(problems) == 0 && document && document->kind == RS_DOCUMENT_MAPPING;
    rs_diagnostics_destroy(problems);
    return fine ? document : NULL;
}

rs_plan *rs_proof_plan(const char *text) {
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse("case", text, strlen(text), NULL, 0, problems);
    rs_diagnostics_destroy(problems);
    return plan;
}

char *rs_proof_print(const rs_document_node *document) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) return NULL;
    rs_document_emit(document, out);
    fclose(out);
    return text;
}

rs_document_node *rs_proof_scalar(const char *text, bool plain, rs_plan_memory *memory) {
    rs_document_node *scalar = rs_document_create(RS_DOCUMENT_SCALAR, NOWHERE, memory);
    scalar->text = rs_plan_memory_copy(memory, text, strlen(text));
    scalar->plain = plain;
    return scalar;
}

void rs_proof_set(rs_document_node *mapping, const char *key, rs_document_node *value,
                  rs_plan_memory *memory) {
    rs_document_entry *entry = rs_document_find(mapping, key);
    if (entry)
        entry->value = value;
    else
        rs_document_append(mapping, (rs_document_entry){key, NOWHERE, value}, memory);
}

void rs_proof_put(rs_document_node *mapping, const char *key, const char *text,
                  rs_plan_memory *memory) {
    rs_proof_set(mapping, key, rs_proof_scalar(text, true, memory), memory);
}

static void append(rs_document_node *list, rs_document_node *value, rs_plan_memory *memory) {
    rs_document_append(list, (rs_document_entry){NULL, NOWHERE, value}, memory);
}

/* ------------------------------------------------------------------ faults */

static rs_document_node *write_strikes(const rs_shared *shared, uint32_t fault,
                                       rs_plan_memory *memory) {
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    uint32_t count = rs_strikes_count(shared, fault);
    for (uint32_t i = 0; i < count && i < RS_FAULT_STRIKES_MAX; i++) {
        char text[RS_FAULT_STRIKES_BYTES];
        rs_strikes_print(shared, fault, i, text, sizeof text);
        append(list, rs_proof_scalar(text, false, memory), memory);
    }
    return list;
}

static void put_victims(rs_document_node *mapping, const rs_plan_fault *fault,
                        rs_plan_memory *memory) {
    const char *key = fault->how->aim == RS_AIM_MAIL ? "mail" : "crash";
    if (fault->crash)
        rs_proof_set(mapping, key, rs_proof_scalar(fault->crash, false, memory), memory);
    if (fault->mail.from)
        rs_proof_set(mapping, "from", rs_proof_scalar(fault->mail.from, false, memory), memory);
    if (fault->mail.message)
        rs_proof_set(mapping, "message", rs_proof_scalar(fault->mail.message, false, memory),
                     memory);
}

/* A drawn fault has a time, and mostly one victim. */
static void put_rule(rs_document_node *mapping, const rs_plan_fault *fault,
                     rs_plan_memory *memory) {
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64 "ns", fault->at_ns);
    rs_proof_put(mapping, "at", text, memory);
    snprintf(text, sizeof text, "%" PRIu64, fault->pick_value);
    if (fault->pick == RS_PLAN_PICK_COUNT) rs_proof_put(mapping, "pick", text, memory);
    if (fault->pick == RS_PLAN_PICK_ALL) rs_proof_put(mapping, "pick", "all", memory);
}

static rs_document_node *write_fault(const rs_shared *shared, uint32_t index, bool by_rules,
                                     rs_plan_memory *memory) {
    const rs_plan_fault *fault = &shared->plan->faults[index];
    rs_document_node *mapping = rs_document_create(RS_DOCUMENT_MAPPING, NOWHERE, memory);
    char how[512];
    rs_proof_put(mapping, "id", fault->id, memory);
    put_victims(mapping, fault, memory);
    rs_fault_how_write(fault, how, sizeof how);
    rs_proof_set(mapping, "how", rs_proof_scalar(how, false, memory), memory);
    rs_proof_put(mapping, "may_miss", "true", memory);
    if (by_rules)
        put_rule(mapping, fault, memory);
    else
        rs_proof_set(mapping, "strikes", write_strikes(shared, index, memory), memory);
    if (fault->during >= 0)
        rs_proof_put(mapping, "during", shared->plan->phases[fault->during].name, memory);
    return mapping;
}

/* The scenario's own faults come first in the plan, where they strike at all. */
static uint32_t count_own(const rs_document_node *own, const rs_plan *plan) {
    const rs_document_entry *id;
    if (!own || own->kind != RS_DOCUMENT_LIST || own->count > plan->fault_count) return 0;
    for (uint32_t i = 0; i < own->count; i++)
        if ((id = rs_document_find(own->entries[i].value, "id")) &&
            strcmp(id->value->text, plan->faults[i].id) != 0)
            return 0;
    return own->count;
}

static void write_faults(rs_document_node *document, const rs_shared *shared, bool by_rules,
                         rs_plan_memory *memory) {
    rs_document_entry *entry = rs_document_find(document, "faults");
    uint32_t own = by_rules ? count_own(entry ? entry->value : NULL, shared->plan) : 0;
    rs_document_node *list =
        own ? entry->value : rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    for (uint32_t i = own; i < shared->plan->fault_count; i++)
        if (by_rules || rs_strikes_count(shared, i))
            append(list, write_fault(shared, i, by_rules, memory), memory);
    if (list->count)
        rs_proof_set(document, "faults", list, memory);
    else
        rs_document_remove(document, "faults");
}

/* ------------------------------------------------------------------ loads */

static rs_document_node *write_list(const rs_shared *shared, uint32_t load,
                                    rs_plan_memory *memory) {
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    uint32_t count = rs_arrivals_count(&shared->arrivals, load);
    for (uint32_t i = 0; i < count; i++) {
        char text[RS_ARRIVALS_TEXT_BYTES];
        rs_arrivals_print(&shared->arrivals, load, i, text, sizeof text);
        append(list, rs_proof_scalar(text, false, memory), memory);
    }
    return list;
}

/* Of an open loop that asked for nothing, nothing is left; a closed one goes by its answers. */
static bool write_load(rs_document_node *mapping, const rs_shared *shared, uint32_t load,
                       rs_plan_memory *memory) {
    if (!shared->plan->loads[load].kind->open) return true;
    if (!rs_arrivals_are_all(&shared->arrivals, load)) return true;
    rs_document_remove(mapping, "rate");
    rs_proof_set(mapping, "arrivals", write_list(shared, load, memory), memory);
    return rs_arrivals_count(&shared->arrivals, load) > 0;
}

static void write_loads(rs_document_node *document, const rs_shared *shared,
                        rs_plan_memory *memory) {
    rs_document_entry *entry = rs_document_find(document, "load");
    if (!entry || entry->value->kind != RS_DOCUMENT_LIST ||
        entry->value->count != shared->plan->load_count)
        return;
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    for (uint32_t i = 0; i < entry->value->count; i++)
        if (write_load(entry->value->entries[i].value, shared, i, memory))
            append(list, entry->value->entries[i].value, memory);
    if (list->count)
        entry->value = list;
    else
        rs_document_remove(document, "load");
}

/* ------------------------------------------------------------------ what must hold */

static const char *find_check(const rs_plan *plan, const char *name) {
    for (uint32_t i = 0; i < plan->check_count; i++)
        if (strcmp(plan->checks[i].check->name, name) == 0 && plan->checks[i].time_ns)
            return NULL; /* as it is written */
    return name;
}

static void narrow_checks(rs_document_node *document, const rs_plan *plan, const char *check,
                          rs_plan_memory *memory) {
    bool is_check = rs_check_find(check) != NULL;
    if (!is_check) {
        rs_proof_put(document, "checks", "none", memory);
        return;
    }
    if (!find_check(plan, check)) return;
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    append(list, rs_proof_scalar(check, true, memory), memory);
    rs_proof_set(document, "checks", list, memory);
}

static void narrow_expectations(rs_document_node *document, const char *check,
                                rs_plan_memory *memory) {
    static const char lead[] = "expect: ";
    rs_document_remove(document, "gate");
    rs_document_remove(document, "sometimes");
    rs_document_remove(document, "expect");
    if (strncmp(check, lead, sizeof lead - 1) != 0) return;
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    append(list, rs_proof_scalar(check + sizeof lead - 1, false, memory), memory);
    rs_proof_set(document, "expect", list, memory);
}

/* ------------------------------------------------------------------ choices */

rs_document_node *rs_proof_choices(const rs_choices *choices, rs_plan_memory *memory) {
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, NOWHERE, memory);
    const rs_choices trimmed = rs_choices_trim(choices);
    for (uint64_t from = 0; from < trimmed.count;) {
        char text[RS_CHOICES_TEXT_BYTES];
        from = rs_choices_print(&trimmed, from, text);
        append(list, rs_proof_scalar(text, false, memory), memory);
    }
    return list;
}

/* What the run that `shared` tells of has chosen; of one that was not run, what it follows. */
static const rs_choices *choices_of(const rs_proof *from, const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    bool follows = rs_sched_name(plan->runtime.scheduler)->replays;
    if (!from->choices && !follows) return NULL;
    if (shared->record && rs_recording_is_whole(shared->record)) return shared->record;
    return follows && plan->failure ? plan->failure->choices : NULL;
}

static void write_choices(rs_document_node *document, const rs_proof *from, const rs_shared *shared,
                          rs_plan_memory *memory) {
    const rs_choices *choices = choices_of(from, shared);
    if (!choices) return;
    rs_document_node *failure = rs_document_create(RS_DOCUMENT_MAPPING, NOWHERE, memory);
    rs_proof_set(failure, "check", rs_proof_scalar(from->failure->check, false, memory), memory);
    rs_proof_set(failure, "choices", rs_proof_choices(choices, memory), memory);
    rs_proof_set(document, "failure", failure, memory);
    rs_proof_put(rs_document_find(document, "runtime")->value, "scheduler", "replay", memory);
}

/* ------------------------------------------------------------------ the whole */

static void fix_runtime(rs_document_node *document, const rs_shared *shared,
                        rs_plan_memory *memory) {
    rs_document_entry *entry = rs_document_find(document, "runtime");
    rs_document_node *runtime = entry && entry->value->kind == RS_DOCUMENT_MAPPING
                                    ? entry->value
                                    : rs_document_create(RS_DOCUMENT_MAPPING, NOWHERE, memory);
    char text[32];
    rs_proof_put(runtime, "clock", "virtual", memory);
    rs_proof_put(runtime, "scheduler", shared->plan->runtime.scheduler, memory);
    snprintf(text, sizeof text, "%" PRIu32, shared->plan->runtime.threads);
    rs_proof_put(runtime, "threads", text, memory);
    snprintf(text, sizeof text, "0x%" PRIx64, shared->seed);
    rs_proof_put(runtime, "seed", text, memory);
    rs_proof_set(document, "runtime", runtime, memory);
}

void rs_proof_write(const rs_proof *from, const rs_shared *shared, FILE *out) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(from->text, memory);
    if (document) {
        rs_document_remove(document, "explore");
        rs_document_remove(document, "failure");
        fix_runtime(document, shared, memory);
        write_choices(document, from, shared, memory);
        write_faults(document, shared, from->by_rules, memory);
        if (!from->by_rules) write_loads(document, shared, memory);
        narrow_checks(document, shared->plan, from->failure->check, memory);
        narrow_expectations(document, from->failure->check, memory);
        rs_document_emit(document, out);
    }
    rs_plan_memory_destroy(memory);
}
