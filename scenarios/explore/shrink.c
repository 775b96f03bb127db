/* shrink.c: makes a case as small as it gets.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/shrink.h"

#include "runtime/base/units.h"
#include "scenarios/engine/watch.h"
#include "scenarios/explore/apart.h"
#include "scenarios/explore/choosing.h"
#include "scenarios/explore/proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seeds that an edit may have besides its own, where the scheduler throws dice: with these, what
 * fails with every second seed is found to fail in 15 of 16 cases. */
#define DICE 3u

/* ------------------------------------------------------------------ one try */

static const rs_plan_phase *last_phase(const rs_plan *plan) {
    return &plan->phases[plan->phase_count - 1];
}

static bool strikes_late(const rs_plan *plan) {
    for (uint32_t i = 0; i < plan->fault_count; i++)
        for (uint32_t k = 0; k < plan->faults[i].strike_count; k++)
            if (plan->faults[i].strikes[k].at_ns >= last_phase(plan)->start_ns) return true;
    return false;
}

/* Without the time that the last phase gives it to heal, no tree is whole: that would be another
 * failure, which says nothing of what was found. */
static bool may_heal(const rs_shrink *shrink, const rs_plan *plan) {
    return last_phase(plan)->duration_ns >= shrink->heal_ns &&
           (shrink->struck_late || !strikes_late(plan));
}

static bool still_fails(rs_shrink *shrink, const char *text) {
    rs_attempt attempt;
    rs_plan *plan = rs_proof_plan(text);
    if (!plan) return false; /* something else needs what was removed */
    if (!may_heal(shrink, plan)) {
        rs_plan_destroy(plan);
        return false;
    }
    shrink->attempts++;
    const rs_attempt_order order = {plan, plan->runtime.seed, shrink->plugins};
    bool ran = rs_apart_run(&order, shrink->timeout_ns, &attempt, NULL, NULL);
    rs_plan_destroy(plan);
    return ran && rs_attempt_find(&attempt, shrink->check, shrink->path);
}

bool rs_shrink_has_time(const rs_shrink *shrink) {
    bool hurries = shrink->hurry && rs_load(shrink->hurry, rs_relaxed);
    return !hurries && rs_watch_wall_ns() < shrink->end_ns;
}

/* Gives the case a seed that it had not yet; false where no scheduler throws dice. */
static bool throw_dice(const rs_shrink *shrink, rs_document_node *document,
                       rs_plan_memory *memory) {
    char seed[16];
    if (!rs_choosing_throws(rs_choosing_of(document))) return false;
    snprintf(seed, sizeof seed, "0x%" PRIx32, shrink->attempts);
    rs_proof_put(rs_document_find(document, "runtime")->value, "seed", seed, memory);
    return true;
}

/* A control: what fails though nothing strikes it may have lost what it stood on, such as the games
 * that its players ask for. */
static bool fails_without_faults(rs_shrink *shrink, const char *text, uint32_t dice) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(text, memory);
    bool fails = false;
    if (document) rs_document_remove(document, "faults");
    for (uint32_t i = 0; document && i <= dice && !fails; i++) {
        if (i && !(rs_shrink_has_time(shrink) && throw_dice(shrink, document, memory))) break;
        char *bare = rs_proof_print(document);
        fails = bare && still_fails(shrink, bare);
        free(bare);
    }
    rs_plan_memory_destroy(memory);
    return fails;
}

/* Another one: what fails in order of age, too, is no matter of order. */
static bool fails_by_age(rs_shrink *shrink, const char *text) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(text, memory);
    char *by_age =
        document && rs_choosing_by_age(document, memory) ? rs_proof_print(document) : NULL;
    bool fails = by_age && still_fails(shrink, by_age);
    free(by_age);
    rs_plan_memory_destroy(memory);
    return fails;
}

static bool shows_the_same(rs_shrink *shrink, const char *text) {
    return still_fails(shrink, text) &&
           !(shrink->needs_faults && fails_without_faults(shrink, text, 0)) &&
           !(shrink->needs_order && fails_by_age(shrink, text));
}

/* Takes `document` for the case if that fails as well. */
static bool take(rs_shrink *shrink, const rs_document_node *document) {
    char *text = rs_proof_print(document);
    if (text && shows_the_same(shrink, text)) {
        free(shrink->text);
        shrink->text = text;
        return true;
    }
    free(text);
    return false;
}

static bool is_the_case(const rs_shrink *shrink, const rs_document_node *document) {
    char *text = rs_proof_print(document);
    bool is = !text || strcmp(text, shrink->text) == 0;
    free(text);
    return is;
}

bool rs_shrink_try(rs_shrink *shrink, rs_document_node *document, rs_plan_memory *memory) {
    uint32_t attempts = shrink->attempts;
    if (is_the_case(shrink, document)) return false;
    if (take(shrink, document)) return true;
    if (shrink->attempts == attempts) return false; /* it is no scenario */
    for (uint32_t i = 0; i < DICE && rs_shrink_has_time(shrink); i++)
        if (throw_dice(shrink, document, memory) && take(shrink, document)) return true;
    return false;
}

/* ------------------------------------------------------------------ places in a document */

/* The number `wanted` of the nodes for which `is` says so, in document order. */
typedef bool rs_is(const rs_document_node *node, const char *key, const char *section);

typedef struct rs_walk {
    rs_is *is;
    uint32_t wanted;
    rs_document_node *found;
} rs_walk;

static void walk(rs_walk *state, rs_document_node *node, const char *key, const char *section) {
    if (state->found) return;
    if (state->is(node, key, section) && state->wanted-- == 0) {
        state->found = node;
        return;
    }
    for (uint32_t i = 0; i < node->count && !state->found; i++) {
        const rs_document_entry *entry = &node->entries[i];
        walk(state, entry->value, entry->key ? entry->key : key, *section ? section : entry->key);
    }
}

static rs_document_node *find(rs_document_node *document, rs_is *is, uint32_t number) {
    rs_walk state = {.is = is, .wanted = number};
    walk(&state, document, "", "");
    return state.found;
}

/* ------------------------------------------------------------------ lists */

/* Of upgrades the n-th takes the n-th plugin: without one of them they would be others. */
static bool is_list(const rs_document_node *node, const char *key, const char *section) {
    (void)key;
    return node->kind == RS_DOCUMENT_LIST && node->count && strcmp(section, "checks") != 0 &&
           strcmp(section, "expect") != 0 && strcmp(section, "failure") != 0 &&
           strcmp(section, "upgrades") != 0;
}

/* An empty list is left out with its key where that may be missing. */
static void cut(rs_document_node *document, rs_document_node *list, uint32_t from, uint32_t count) {
    memmove(&list->entries[from], &list->entries[from + count],
            sizeof *list->entries * (list->count - from - count));
    list->count -= count;
    for (uint32_t i = 0; i < document->count && !list->count; i++)
        if (document->entries[i].value == list) {
            rs_document_remove(document, document->entries[i].key);
            return;
        }
}

static uint32_t length_of(rs_shrink *shrink, uint32_t number) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(shrink->text, memory);
    const rs_document_node *list = document ? find(document, is_list, number) : NULL;
    uint32_t length = list ? list->count : 0;
    rs_plan_memory_destroy(memory);
    return length;
}

static bool try_cut(rs_shrink *shrink, uint32_t number, uint32_t from, uint32_t count) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(shrink->text, memory);
    rs_document_node *list = find(document, is_list, number);
    cut(document, list, from, count);
    bool smaller = rs_shrink_try(shrink, document, memory);
    rs_plan_memory_destroy(memory);
    return smaller;
}

/* In chunks, from half of it down to single entries; the last first, since what comes late is
 * least likely to matter. */
static bool cut_list(rs_shrink *shrink, uint32_t number) {
    bool any = false;
    for (uint32_t chunk = length_of(shrink, number); chunk; chunk /= 2)
        for (uint32_t end = length_of(shrink, number); end && rs_shrink_has_time(shrink);) {
            uint32_t from = end > chunk ? end - chunk : 0, before = length_of(shrink, number);
            bool smaller = try_cut(shrink, number, from, end - from);
            any |= smaller;
            /* With its last entry a list may be gone, and the number is another's. */
            if (smaller && length_of(shrink, number) != before - (end - from)) return true;
            end = from;
        }
    return any;
}

static bool cut_lists(rs_shrink *shrink) {
    bool any = false;
    for (uint32_t number = 0; rs_shrink_has_time(shrink) && length_of(shrink, number); number++)
        any |= cut_list(shrink, number);
    return any;
}

/* ------------------------------------------------------------------ scalars */

/* Replaces the scalar by each of `values` in turn, until one will do. */
static bool try_values(rs_shrink *shrink, rs_is *is, uint32_t number, char values[][128],
                       uint32_t count) {
    for (uint32_t i = 0; i < count && rs_shrink_has_time(shrink); i++) {
        rs_plan_memory *memory = rs_plan_memory_create();
        rs_document_node *document = rs_proof_parse(shrink->text, memory);
        find(document, is, number)->text = values[i];
        bool smaller = rs_shrink_try(shrink, document, memory);
        rs_plan_memory_destroy(memory);
        if (smaller) return true;
    }
    return false;
}

static bool text_of(rs_shrink *shrink, rs_is *is, uint32_t number, char text[128]) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(shrink->text, memory);
    const rs_document_node *node = document ? find(document, is, number) : NULL;
    if (node) snprintf(text, 128, "%s", node->text);
    rs_plan_memory_destroy(memory);
    return node != NULL;
}

/* ---- numbers ---- */

static bool is_number(const rs_document_node *node, const char *key, const char *section) {
    if (node->kind != RS_DOCUMENT_SCALAR) return false;
    return (strcmp(section, "setup") == 0 && strcmp(key, "count") == 0) ||
           (strcmp(section, "load") == 0 && strcmp(key, "clients") == 0);
}

static bool reduce_number(rs_shrink *shrink, uint32_t number, const char *text) {
    static const uint64_t small[] = {1, 2, 3, 4, 5, 6, 8, 10, 100};
    const char *why;
    char values[16][128];
    uint32_t count = 0;
    uint64_t value;
    if (rs_units_parse_count(text, &value, &why) != RS_OK) return false;
    for (uint32_t i = 0; i < sizeof small / sizeof *small && small[i] < value; i++)
        snprintf(values[count++], sizeof *values, "%" PRIu64, small[i]);
    return try_values(shrink, is_number, number, values, count);
}

/* ---- lengths of phases ---- */

static bool is_length(const rs_document_node *node, const char *key, const char *section) {
    (void)key;
    return node->kind == RS_DOCUMENT_SCALAR && strcmp(section, "phases") == 0;
}

static bool reduce_length(rs_shrink *shrink, uint32_t number, const char *text) {
    static const char *const short_ones[] = {"1ms", "10ms", "100ms", "500ms", "1s",
                                             "2s",  "5s",   "10s",   "1m"};
    const char *why;
    char values[16][128];
    uint32_t count = 0;
    uint64_t value, other;
    if (rs_units_parse_duration(text, &value, &why) != RS_OK) return false;
    for (uint32_t i = 0; i < sizeof short_ones / sizeof *short_ones; i++)
        if (rs_units_parse_duration(short_ones[i], &other, &why) == RS_OK && other < value)
            snprintf(values[count++], sizeof *values, "%s", short_ones[i]);
    return try_values(shrink, is_length, number, values, count);
}

/* ---- times of strikes and arrivals ---- */

static bool is_time(const rs_document_node *node, const char *key, const char *section) {
    (void)section;
    return node->kind == RS_DOCUMENT_SCALAR &&
           (strcmp(key, "strikes") == 0 || strcmp(key, "arrivals") == 0);
}

/* "310000000ns tables/game-7#1" at a rounder time, of whichever incarnation. */
static bool reduce_time(rs_shrink *shrink, uint32_t number, const char *text) {
    static const uint64_t grains_ns[] = {1000000000, 100000000, 10000000, 1000000, 100000, 1000};
    const char *why, *rest = text + strcspn(text, " ");
    char time[64], values[16][128];
    uint32_t count = 0;
    uint64_t at_ns;
    snprintf(time, sizeof time, "%.*s", (int)(rest - text), text);
    if (rs_units_parse_duration(time, &at_ns, &why) != RS_OK) return false;
    for (uint32_t i = 0; i < sizeof grains_ns / sizeof *grains_ns; i++) {
        uint64_t grain_ns = grains_ns[i], down_ns = at_ns / grain_ns * grain_ns;
        if (down_ns == at_ns) break;
        snprintf(values[count++], sizeof *values, "%" PRIu64 "ns%.90s", down_ns, rest);
        snprintf(values[count++], sizeof *values, "%" PRIu64 "ns%.90s", down_ns + grain_ns, rest);
    }
    return try_values(shrink, is_time, number, values, count);
}

/* Which incarnation it is changes with what was struck before. */
static bool forget_incarnation(rs_shrink *shrink, uint32_t number, const char *text) {
    const char *hash = strrchr(text, '#');
    char values[1][128];
    if (!hash) return false;
    snprintf(values[0], sizeof *values, "%.*s", (int)(hash - text), text);
    return try_values(shrink, is_time, number, values, 1);
}

typedef bool rs_reduce(rs_shrink *shrink, uint32_t number, const char *text);

static bool reduce_all(rs_shrink *shrink, rs_is *is, rs_reduce *reduce) {
    bool any = false;
    char text[128];
    for (uint32_t number = 0; rs_shrink_has_time(shrink) && text_of(shrink, is, number, text);
         number++)
        any |= reduce(shrink, number, text);
    return any;
}

/* ------------------------------------------------------------------ all together */

static void note_healing(rs_shrink *shrink) {
    rs_plan *plan = rs_proof_plan(shrink->text);
    shrink->heal_ns = plan && plan->phase_count > 1 ? last_phase(plan)->duration_ns : 0;
    shrink->struck_late = plan && strikes_late(plan);
    rs_plan_destroy(plan);
}

/* Most failures need no order but that of age. */
static void try_by_age(rs_shrink *shrink) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_document_node *document = rs_proof_parse(shrink->text, memory);
    if (document && rs_choosing_by_age(document, memory))
        shrink->needs_order = !rs_shrink_try(shrink, document, memory);
    rs_plan_memory_destroy(memory);
}

void rs_shrink_run(rs_shrink *shrink) {
    bool any = true;
    note_healing(shrink);
    shrink->needs_faults =
        rs_shrink_has_time(shrink) && !fails_without_faults(shrink, shrink->text, DICE);
    if (rs_shrink_has_time(shrink)) try_by_age(shrink);
    while (any && rs_shrink_has_time(shrink)) {
        any = cut_lists(shrink);
        any |= reduce_all(shrink, is_time, forget_incarnation);
        any |= reduce_all(shrink, is_number, reduce_number);
        any |= reduce_all(shrink, is_length, reduce_length);
    }
    reduce_all(shrink, is_time, reduce_time);
    cut_lists(shrink);
    reduce_all(shrink, is_length, reduce_length);
}
