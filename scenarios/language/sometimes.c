/* sometimes.c: `sometimes`: what must have happened at least once over all seeds, as small
 * sentences: [repeated] EVENT [of [one of] PATH] [during a restart of PATH] or an expectation,
 * whose metric then has to reach the value in one run. SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_whom.h"
#include "scenarios/language/sentence.h"
#include "scenarios/language/word.h"

#include <string.h>

static const char *const events[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_PLAN_HAPPENINGS(X)
#undef X
        NULL};

/* Moves behind `word` when it comes next. */
static bool skip(rs_sentence *h, const char *word) {
    size_t length = strlen(word);
    bool next = strncmp(h->at, word, length) == 0 && strchr(" \t\n", h->at[length]);
    if (next) rs_sentence_word(h);
    return next;
}

static const char *read_pattern(rs_sentence *h) {
    const char *path = rs_sentence_word(h);
    if (*path) return rs_fault_whom_pattern(h->reader, h->place, "of", path);
    rs_reader_problem(h->reader, h->place, "'%.60s': the path behind 'of' is missing", h->text);
    return NULL;
}

static bool read_whose(rs_sentence *h, rs_plan_sometimes *plan) {
    if (!skip(h, "of")) return true;
    if (skip(h, "one") && !skip(h, "of")) {
        rs_reader_problem(h->reader, h->place, "'%.60s': write 'of one of PATH'", h->text);
        return false;
    }
    return (plan->pattern = read_pattern(h)) != NULL;
}

static bool read_when(rs_sentence *h, rs_plan_sometimes *plan) {
    if (!*h->at) return true;
    if (skip(h, "during")) {
        skip(h, "a");
        if (skip(h, "restart") && skip(h, "of"))
            return (plan->during = read_pattern(h)) != NULL && !*h->at;
    }
    rs_reader_problem(h->reader, h->place,
                      "'%.60s': what may follow is 'of PATH' and 'during a restart of PATH'",
                      h->text);
    return false;
}

/* False: the sentence is none of an event. */
static bool read_event(rs_sentence *h, rs_plan_sometimes *plan) {
    plan->repeated = skip(h, "repeated");
    const char *before = h->at, *word = rs_sentence_word(h);
    int event = rs_word_index(word, events);
    h->at = event < 0 ? before : h->at;
    if (event < 0 && !plan->repeated) return false;
    plan->is_event = true;
    if (event < 0 && !*word)
        rs_reader_problem(h->reader, h->place, "'%.60s': which event is repeated is missing",
                          h->text);
    if (event < 0 && !*word) return true;
    if (event < 0) {
        rs_diagnostic_unknown(h->reader->diagnostics, h->place, "event", word, events);
        return true;
    }
    plan->event = (rs_plan_happening)event;
    if (!read_whose(h, plan) || !read_when(h, plan)) return true;
    if (*h->at)
        rs_reader_problem(h->reader, h->place, "'%.60s': nothing may follow '%.20s'", h->text,
                          h->at);
    return true;
}

/* A slip in an event's word shall not be told as an unknown metric: those have dots. */
static bool looks_like_event(const char *text) {
    size_t length = strcspn(text, " \t\n");
    return memchr(text, '.', length) == NULL && strncmp(text, "model:", 6) != 0 &&
           strstr(text, " of ") != NULL;
}

static void read_one(rs_reader *reader, const rs_document_node *node, rs_plan_sometimes *plan) {
    const char *text = rs_reader_text(reader, node, "what happens sometimes");
    plan->place = node->place;
    plan->text = text;
    plan->expectation.during = -1;
    if (!text) return;
    rs_sentence h = {reader, node->place, text, text};
    if (read_event(&h, plan)) return;
    if (looks_like_event(text))
        rs_diagnostic_unknown(reader->diagnostics, node->place, "event", rs_sentence_word(&h),
                              events);
    else
        rs_expectation_read(reader, node->place, text, &plan->expectation);
}

void rs_section_sometimes(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "sometimes");
    if (!list || !rs_reader_list(reader, list, "'sometimes'")) return;
    if (list->count > RS_PLAN_SOMETIMES_MAX) {
        rs_reader_problem(reader, list->place, "'sometimes' has %u; at most %u", list->count,
                          RS_PLAN_SOMETIMES_MAX);
        return;
    }
    rs_plan_sometimes *all = rs_plan_memory_array(reader->memory, list->count, sizeof *all);
    for (uint32_t i = 0; i < list->count; i++) read_one(reader, list->entries[i].value, &all[i]);
    reader->plan->sometimes = all;
    reader->plan->sometimes_count = list->count;
}
