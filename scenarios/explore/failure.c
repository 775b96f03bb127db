/* failure.c: the file of a failure.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/failure.h"

#include "reports/machine.h"
#include "reports/rows.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/watch.h"
#include "scenarios/explore/apart.h"
#include "scenarios/explore/choosing.h"
#include "scenarios/explore/draw.h"
#include "scenarios/explore/proof.h"
#include "scenarios/explore/shrink.h"
#include "scenarios/language/emit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a child may write: a case is at most as large as a scenario, costs what is written. */
#define PAPER_BYTES (UINT64_C(64) << 20)

uint64_t rs_failure_hash(const char *path) {
    FILE *file = fopen(path, "rb");
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    unsigned char block[65536];
    for (size_t got; file && (got = fread(block, 1, sizeof block, file)) > 0;)
        for (size_t i = 0; i < got; i++) hash = (hash ^ block[i]) * UINT64_C(0x100000001b3);
    if (file) fclose(file);
    return hash;
}

const char *rs_failure_build(char *text, size_t bytes) {
    rs_build build;
    rs_machine_build(&build);
    snprintf(text, bytes, "%s %s %s %016" PRIx64, build.version, build.compiler, build.type,
             rs_failure_hash("/proc/self/exe"));
    return text;
}

/* ------------------------------------------------------------------ what a child writes */

typedef struct rs_paper {
    rs_proof from;
    char *text; /* in shared memory */
} rs_paper;

static void write_case(void *context, const rs_shared *shared) {
    rs_paper *paper = context;
    FILE *out = fmemopen(paper->text, PAPER_BYTES, "w");
    if (!out) return;
    rs_proof_write(&paper->from, shared, out);
    fclose(out);
}

static bool shows(const rs_failure_order *order, const char *text, rs_attempt *attempt,
                  rs_attempt_look *look, void *context) {
    rs_plan *plan = rs_proof_plan(text);
    if (!plan) return false;
    const rs_attempt_order run = {plan, plan->runtime.seed, order->plugins};
    bool ran = rs_apart_run(&run, order->timeout_ns, attempt, look, context);
    rs_plan_destroy(plan);
    return ran && rs_attempt_find(attempt, order->failure->check, order->failure->path);
}

/* Runs `plan` and returns the case that it was; NULL when that does not show the failure. */
static char *case_of(const rs_failure_order *order, const rs_plan *plan, rs_proof from) {
    rs_paper paper = {.from = from, .text = rs_map_create(NULL, PAPER_BYTES)};
    rs_attempt attempt;
    char *made = NULL;
    const rs_attempt_order run = {plan, order->seed, order->plugins};
    bool ran = paper.text && rs_apart_run(&run, order->timeout_ns, &attempt, write_case, &paper);
    if (ran && *paper.text && shows(order, paper.text, &attempt, NULL, NULL))
        made = strdup(paper.text);
    rs_map_destroy(NULL, paper.text, PAPER_BYTES, RS_MAP_UNKNOWN);
    return made;
}

/* The same with its rules kept, for which nothing need be run; NULL when it does not show it. */
static char *rules_of(const rs_failure_order *order, const rs_plan *plan) {
    const rs_proof from = {order->text, order->failure, .by_rules = true};
    rs_shared *shared = rs_rows_alloc(sizeof *shared);
    rs_attempt attempt;
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    shared->plan = plan;
    shared->seed = order->seed;
    if (out) rs_proof_write(&from, shared, out);
    if (out) fclose(out);
    free(shared);
    if (text && shows(order, text, &attempt, NULL, NULL)) return text;
    free(text);
    return NULL;
}

/* Chance written down, or, where the runs part then, what leads to it: a run that takes its process
 * along has written nothing down. */
static char *find_again(const rs_failure_order *order) {
    rs_draw draw;
    rs_draw_init(&draw, order->plan);
    const rs_plan *drawn = rs_draw_for(&draw, order->seed);
    const rs_proof from = {.text = order->text, .failure = order->failure};
    char *text = case_of(order, drawn, from);
    if (!text) text = rules_of(order, drawn);
    rs_draw_fini(&draw);
    return text;
}

static bool is_hurried(const rs_failure_order *order) {
    return order->hurry && rs_load(order->hurry, rs_relaxed);
}

/* The case `text` as it was run: see rs_proof. The same when that does not show the failure, or
 * nobody waits for the two runs that it takes. */
static char *as_run(const rs_failure_order *order, char *text, bool choices, bool by_rules) {
    if (is_hurried(order)) return text;
    rs_plan *plan = rs_proof_plan(text);
    rs_failure_order again = *order;
    again.seed = plan->runtime.seed;
    char *exact = case_of(&again, plan, (rs_proof){text, order->failure, by_rules, choices});
    rs_plan_destroy(plan);
    if (!exact) return text;
    free(text);
    return exact;
}

static bool throws_dice(const char *text) {
    rs_plan *plan = rs_proof_plan(text);
    bool throws = rs_choosing_throws(plan->runtime.scheduler);
    rs_plan_destroy(plan);
    return throws;
}

/* With the choices of a scheduler that throws dice, as few as will do, and with the incarnations
 * that were really hit. */
static void finish(const rs_failure_order *order, rs_shrink *shrink) {
    if (throws_dice(shrink->text)) shrink->text = as_run(order, shrink->text, true, false);
    if (throws_dice(shrink->text)) shrink->text = as_run(order, shrink->text, true, true);
    rs_choosing_shrink(shrink);
    shrink->text = as_run(order, shrink->text, false, false);
}

/* ------------------------------------------------------------------ the file */

typedef struct rs_telling {
    const rs_attempt_failure *failure;
    rs_finding *finding; /* in shared memory */
} rs_telling;

static void take_story(void *context, const rs_shared *shared) {
    const rs_telling *telling = context;
    for (uint32_t i = shared->findings.count; i-- > 0;) {
        const rs_finding *finding = &shared->findings.at[i];
        if (rs_attempt_tells(finding, telling->failure->check, telling->failure->path))
            *telling->finding = *finding;
    }
}

static rs_document_node *write_story(const rs_finding *finding, rs_plan_memory *memory) {
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, (rs_place){NULL, 0, 0}, memory);
    for (uint32_t i = 0; i < finding->event_count; i++)
        rs_document_append(
            list,
            (rs_document_entry){NULL, (rs_place){NULL, 0, 0},
                                rs_proof_scalar(finding->events[i].text, false, memory)},
            memory);
    return list;
}

static void put(rs_document_node *mapping, const char *key, const char *text,
                rs_plan_memory *memory) {
    rs_proof_set(mapping, key, rs_proof_scalar(text, false, memory), memory);
}

static rs_document_node *write_section(const rs_failure_order *order, const rs_attempt *attempt,
                                       const rs_finding *finding, rs_document_node *choices,
                                       rs_plan_memory *memory) {
    const rs_attempt_failure *shown =
        rs_attempt_find(attempt, order->failure->check, order->failure->path);
    rs_document_node *mapping =
        rs_document_create(RS_DOCUMENT_MAPPING, (rs_place){NULL, 0, 0}, memory);
    char text[256];
    put(mapping, "check", shown->check, memory);
    if (*shown->path) put(mapping, "path", shown->path, memory);
    put(mapping, "says", shown->text, memory);
    put(mapping, "found_by", order->found_by, memory);
    snprintf(text, sizeof text, "%" PRIu64, order->seed);
    put(mapping, "seed", text, memory);
    put(mapping, "build", rs_failure_build(text, sizeof text), memory);
    snprintf(text, sizeof text, "1:%016" PRIx64, attempt->hash);
    put(mapping, "hash", text, memory);
    rs_document_node *story = write_story(finding, memory);
    if (story->count) rs_proof_set(mapping, "story", story, memory);
    if (choices) rs_proof_set(mapping, "choices", choices, memory);
    return mapping;
}

/* The choices that a case follows; NULL: none. */
static rs_document_node *choices_in(const rs_document_node *document) {
    const rs_document_entry *failure = rs_document_find(document, "failure");
    const rs_document_entry *choices = failure ? rs_document_find(failure->value, "choices") : NULL;
    return choices ? choices->value : NULL;
}

/* What it shows comes before how. */
static void move_up(rs_document_node *document, const char *key, uint32_t place) {
    for (uint32_t i = place; i < document->count; i++) {
        rs_document_entry entry = document->entries[i];
        if (strcmp(entry.key, key) != 0) continue;
        memmove(&document->entries[place + 1], &document->entries[place],
                sizeof entry * (i - place));
        document->entries[place] = entry;
        return;
    }
}

static bool write_file(const rs_failure_order *order, const char *text, FILE *out) {
    rs_telling telling = {order->failure, rs_map_create(NULL, sizeof(rs_finding))};
    rs_attempt attempt;
    if (!telling.finding) return false;
    bool shown = shows(order, text, &attempt, take_story, &telling);
    if (shown) {
        rs_plan_memory *memory = rs_plan_memory_create();
        rs_document_node *document = rs_proof_parse(text, memory);
        fprintf(out, "# %s: `respawn replay` repeats it, `respawn run` shows all of it\n",
                RS_FAILURE_MARK);
        if (throws_dice(text))
            fprintf(out, "# whose turn it was is left to scheduler and seed: %s\n",
                    is_hurried(order) ? "the search was cut short"
                                      : "the choices were too many, or do not repeat it");
        rs_proof_set(document, "failure",
                     write_section(order, &attempt, telling.finding, choices_in(document), memory),
                     memory);
        move_up(document, "failure", 2);
        rs_document_emit(document, out);
        rs_plan_memory_destroy(memory);
    }
    rs_map_destroy(NULL, telling.finding, sizeof(rs_finding), RS_MAP_UNKNOWN);
    return shown;
}

bool rs_failure_write(const rs_failure_order *order, FILE *out, char *why, size_t bytes) {
    uint64_t end_ns = rs_watch_wall_ns() + order->shrink_ns;
    rs_shrink shrink = {.check = order->failure->check,
                        .path = order->failure->path,
                        .timeout_ns = order->timeout_ns,
                        .plugins = order->plugins,
                        .end_ns = end_ns,
                        .hurry = order->hurry,
                        .text = find_again(order)};
    if (!shrink.text) {
        snprintf(why, bytes, "seed %" PRIu64 " did not show it again", order->seed);
        return false;
    }
    /* A fourth of the time is kept for choices. */
    if (throws_dice(shrink.text)) shrink.end_ns -= order->shrink_ns / 4;
    rs_shrink_run(&shrink);
    shrink.end_ns = end_ns;
    finish(order, &shrink);
    bool written = write_file(order, shrink.text, out);
    if (!written) snprintf(why, bytes, "the smallest case did not show it again");
    free(shrink.text);
    return written;
}
