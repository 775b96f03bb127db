/* choosing.c: whose turn it was.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/choosing.h"

#include "reports/rows.h"
#include "scenarios/explore/proof.h"

#include <stdlib.h>
#include <string.h>

bool rs_choosing_throws(const char *scheduler) {
    const rs_sched_kind *kind = rs_sched_name(scheduler);
    return kind && kind->chooses && !kind->replays && strcmp(kind->name, "fifo") != 0;
}

const char *rs_choosing_of(const rs_document_node *document) {
    const rs_document_entry *runtime = rs_document_find(document, "runtime"), *scheduler = NULL;
    if (runtime && runtime->value->kind == RS_DOCUMENT_MAPPING)
        scheduler = rs_document_find(runtime->value, "scheduler");
    return scheduler && scheduler->value->kind == RS_DOCUMENT_SCALAR ? scheduler->value->text : "";
}

bool rs_choosing_by_age(rs_document_node *document, rs_plan_memory *memory) {
    const char *scheduler = rs_choosing_of(document);
    const rs_sched_kind *kind = rs_sched_name(scheduler);
    if (!kind || !(kind->replays || rs_choosing_throws(scheduler))) return false;
    rs_proof_put(rs_document_find(document, "runtime")->value, "scheduler", "fifo", memory);
    rs_document_remove(document, "failure");
    return true;
}

/* ------------------------------------------------------------------ fewer of them */

/* With `choices` instead of the case's own. */
static bool try_choices(rs_shrink *shrink, const rs_choices *choices) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(shrink->text, memory);
    rs_proof_set(rs_document_find(document, "failure")->value, "choices",
                 rs_proof_choices(choices, memory), memory);
    bool fewer = rs_shrink_try(shrink, document, memory);
    rs_plan_memory_destroy(memory);
    return fewer;
}

static bool is_by_age(const rs_choices *choices, uint64_t from, uint64_t end) {
    while (from < end && !choices->at[from]) from++;
    return from == end;
}

/* Those of [from, end) in order of age, if that will do. */
static void cut(rs_shrink *shrink, rs_choices *choices, uint64_t from, uint64_t end) {
    size_t bytes = sizeof *choices->at * (end - from);
    if (is_by_age(choices, from, end)) return;
    uint32_t *before = rs_rows_alloc(bytes);
    memcpy(before, choices->at + from, bytes);
    memset(choices->at + from, 0, bytes);
    if (!try_choices(shrink, choices)) memcpy(choices->at + from, before, bytes);
    free(before);
}

/* From half of them down to single ones: without any it goes by age, which has been tried. */
static void cut_all(rs_shrink *shrink, rs_choices *choices) {
    for (uint64_t chunk = choices->count / 2; chunk; chunk /= 2)
        for (uint64_t end = choices->count; end && rs_shrink_has_time(shrink);) {
            uint64_t from = end > chunk ? end - chunk : 0;
            cut(shrink, choices, from, end);
            end = from;
        }
}

void rs_choosing_shrink(rs_shrink *shrink) {
    rs_plan *plan = rs_proof_plan(shrink->text);
    const rs_choices *given = plan && plan->failure ? plan->failure->choices : NULL;
    const rs_sched_kind *kind = plan ? rs_sched_name(plan->runtime.scheduler) : NULL;
    if (given && kind->replays) {
        rs_choices choices = rs_choices_trim(given);
        size_t bytes = sizeof *choices.at * choices.count;
        choices.at = rs_rows_alloc(bytes + 1);
        memcpy(choices.at, given->at, bytes);
        cut_all(shrink, &choices);
        free(choices.at);
    }
    rs_plan_destroy(plan);
}
