/* fault_when.c: when a fault fires.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_when.h"

#include "runtime/base/units.h"
#include "scenarios/language/fault_mail.h"
#include "scenarios/language/fault_strikes.h"
#include "scenarios/language/fault_whom.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <stdio.h>
#include <string.h>

#define SECOND_NS 1000000000ull

/* Longer than any phase. */
#define AT_NS_MAX (8ull * 24 * 3600 * SECOND_NS)

/* More than blows of one fault can be told apart. */
#define LIMIT_MAX 100000000u

static const char *const occasions[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_PLAN_OCCASIONS(X)
#undef X
        NULL};

const char *rs_fault_when_word(rs_plan_occasion occasion) {
    return occasions[occasion];
}

typedef void reading(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault);

/* ---- triggers ---- */

static void read_at(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    fault->trigger = RS_PLAN_AT;
    if (rs_reader_duration(reader, value, "'at'", 0, AT_NS_MAX, &fault->at_ns))
        rs_phase_check_at(reader, value, fault->at_ns, fault->during, "faults");
}

static void read_every(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    fault->trigger = RS_PLAN_EVERY;
    rs_reader_duration(reader, value, "'every'", 1, AT_NS_MAX, &fault->every_ns);
}

static void read_rate(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    const char *text = rs_reader_text(reader, value, "'rate'"), *name, *argument, *why;
    if (!text) return;
    bool is_whole = rs_reader_argument(reader, text, &name, &argument);
    fault->trigger = argument ? RS_PLAN_RATE_POISSON : RS_PLAN_RATE_CONSTANT;
    if (!is_whole || (argument && strcmp(name, "poisson") != 0))
        rs_reader_problem(reader, value->place, "'rate' '%.60s': write 1k/s or poisson(1k/s)",
                          text);
    else if (rs_units_parse_rate(argument ? argument : text, &fault->rate_per_ks, &why) != RS_OK)
        rs_reader_problem(reader, value->place, "'rate' '%.60s': %s", text, why);
}

/* read_parts splits "LEFT of RIGHT"; NULL, after a report that shows `example`, when it is not. */
static const char *read_parts(rs_reader *reader, const rs_document_node *value, const char *key,
                              const char *example, const char **right) {
    const char *text = rs_reader_text(reader, value, key);
    const char *of = text ? strstr(text, " of ") : NULL;
    if (text && !of)
        rs_reader_problem(reader, value->place, "%s '%.60s': write %s", key, text, example);
    if (!of) return NULL;
    *right = of + 4;
    return rs_plan_memory_copy(reader->memory, text, (size_t)(of - text));
}

static void read_on(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    const char *path, *word = read_parts(reader, value, "'on'",
                                         "what and whose, such as restart of shop/db", &path);
    fault->trigger = RS_PLAN_ON;
    if (!word) return;
    int index = rs_word_index(word, occasions);
    if (index < 0)
        rs_diagnostic_unknown(reader->diagnostics, value->place, "occasion", word, occasions);
    else
        fault->on = (rs_plan_occasion)index;
    fault->on_path = path;
    fault->on_pattern = rs_fault_whom_pattern(reader, value->place, "on", path);
}

static void read_probability(rs_reader *reader, const rs_document_node *value,
                             rs_plan_fault *fault) {
    rs_fault_aim aim = fault->how ? fault->how->aim : RS_AIM_ROLE;
    fault->trigger = RS_PLAN_PROBABILITY;
    rs_reader_share(reader, value, "'probability'", &fault->probability_ppm);
    if (aim != RS_AIM_ROLE && aim != RS_AIM_MAIL)
        rs_reader_problem(reader, value->place,
                          "'probability' is that of each message, start or stop, and %s waits for "
                          "none; write every, rate or at, with a chance",
                          fault->how->name);
}

/* ---- modifiers ---- */

static void read_delay(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    rs_reader_duration(reader, value, "'delay'", 0, AT_NS_MAX, &fault->delay_ns);
}

static void read_min_gap(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    rs_reader_duration(reader, value, "'min_gap'", 0, AT_NS_MAX, &fault->min_gap_ns);
}

/* read_duration reads part of what `value` says. */
static bool read_duration(rs_reader *reader, const rs_document_node *value, const char *key,
                          const char *text, uint64_t *ns) {
    const char *why;
    if (rs_units_parse_duration(text, ns, &why) == RS_OK) return true;
    rs_reader_problem(reader, value->place, "'%s' '%.60s': %s", key, value->text, why);
    return false;
}

static void read_duty(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    const char *period, *on = read_parts(reader, value, "'duty'",
                                         "how long in each period, such as 2s of 10s", &period);
    if (!on || !read_duration(reader, value, "duty", on, &fault->duty_on_ns) ||
        !read_duration(reader, value, "duty", period, &fault->duty_period_ns))
        return;
    if (fault->duty_on_ns > fault->duty_period_ns || fault->duty_period_ns == 0)
        rs_reader_problem(reader, value->place, "'duty' '%.60s' is on for longer than its period",
                          value->text);
}

static void read_chance(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    rs_reader_share(reader, value, "'chance'", &fault->chance_ppm);
}

static void read_limit(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    rs_reader_count(reader, value, "'limit'", 0, LIMIT_MAX, &fault->limit);
}

/* ---- what goes with what ---- */

/* In the order of rs_key_words_triggers. */
static reading *const trigger_readings[] = {
    read_at,
    read_every,
    read_rate,
    rs_fault_mail_after,
    read_on,
    read_probability,
    rs_fault_strikes_read,
};

/* In the order of rs_key_words_modifiers. */
static reading *const modifier_readings[] = {read_min_gap, read_duty, read_chance, read_limit,
                                             read_delay};

/* Beside which triggers, in their order, a modifier does something. */
static const bool goes_with[][7] = {
    /* at every rate after on probability strikes */
    {false, true, true, false, true, false, false},  /* min_gap */
    {false, true, true, false, true, false, false},  /* duty */
    {true, true, true, false, true, false, false},   /* chance */
    {true, true, true, true, true, true, false},     /* limit */
    {false, false, false, false, true, false, false} /* delay */
};

const rs_fault_when_help rs_fault_when_helps[] = {
    {"at: 2s", "once, then"},
    {"every: 5ms", "again and again"},
    {"rate: 1k/s", "the same, so often"},
    {"rate: poisson(1k/s)", "so often on average, at random times"},
    {"after: 1000 messages", "each time so many have been delivered to those it is aimed at"},
    {"on: restart of shop/db", "when something happens to a role"},
    {"probability: 5%", "at each message, start or stop, whichever the fault is about"},
    {"strikes: [310ms shop/db#2]", "at these times since the start, at these lives: a run's blows"},
    {"min_gap: 100ms", "two firings are at least so far apart; beside every, rate, on"},
    {"duty: 2s of 10s", "only in the first so much of each period; beside every, rate, on"},
    {"chance: 10%", "each firing takes place with it; beside at, every, rate, on"},
    {"limit: 3", "no more firings than that"},
    {"delay: 50ms", "so long after what happened; beside on"},
    {NULL, NULL},
};

bool rs_fault_when_goes(const char *modifier, const char *trigger) {
    int row = rs_word_index(modifier, rs_key_words_modifiers);
    int column = rs_word_index(trigger, rs_key_words_triggers);
    if (row >= 0 && column >= 0) return goes_with[row][column];
    return strcmp(trigger, "strikes") != 0 && strcmp(trigger, "probability") != 0;
}

static void refuse_modifier(rs_reader *reader, const rs_document_entry *entry, uint32_t modifier,
                            const char *trigger) {
    char words[128] = "";
    for (uint32_t i = 0, used = 0; rs_key_words_triggers[i]; i++)
        if (goes_with[modifier][i])
            used += (uint32_t)snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "",
                                       rs_key_words_triggers[i]);
    rs_reader_problem(reader, entry->place, "'%s' does nothing beside '%s'; it goes with %s",
                      entry->key, trigger, words);
}

static void read_modifiers(rs_reader *reader, const rs_document_node *mapping, uint32_t trigger,
                           rs_plan_fault *fault) {
    for (uint32_t i = 0; rs_key_words_modifiers[i]; i++) {
        const rs_document_entry *entry = rs_document_find(mapping, rs_key_words_modifiers[i]);
        if (entry && !goes_with[i][trigger])
            refuse_modifier(reader, entry, i, rs_key_words_triggers[trigger]);
        else if (entry)
            modifier_readings[i](reader, entry->value, fault);
    }
}

void rs_fault_when_read(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault) {
    const rs_document_entry *first = NULL;
    uint32_t trigger = 0;
    fault->chance_ppm = RS_UNITS_SHARE_WHOLE;
    fault->limit = UINT64_MAX;
    for (uint32_t i = 0; rs_key_words_triggers[i]; i++) {
        const rs_document_entry *entry = rs_document_find(mapping, rs_key_words_triggers[i]);
        if (entry && first)
            rs_reader_problem(reader, entry->place,
                              "'%s' beside '%s': a fault has exactly one of at, every, rate, "
                              "after, on, probability, strikes",
                              entry->key, first->key);
        if (entry && !first) trigger_readings[trigger = i](reader, (first = entry)->value, fault);
    }
    const rs_document_entry *pick = rs_document_find(mapping, "pick");
    if (first) read_modifiers(reader, mapping, trigger, fault);
    bool for_all = fault->trigger == RS_PLAN_STRIKES || fault->trigger == RS_PLAN_PROBABILITY;
    if (pick && first && for_all)
        rs_reader_problem(reader, pick->place, "'pick' does nothing beside '%s': nobody is chosen",
                          first->key);
    if (!first)
        rs_reader_problem(reader, mapping->place,
                          "a fault needs a trigger: one of at, every, rate, after, on, "
                          "probability, strikes");
}

bool rs_fault_when_fires(const rs_plan_fault *fault) {
    bool never = fault->limit == 0 || fault->chance_ppm == 0 ||
                 (fault->duty_period_ns && fault->duty_on_ns == 0);
    switch (fault->trigger) {
    case RS_PLAN_RATE_CONSTANT:
    case RS_PLAN_RATE_POISSON: never = never || fault->rate_per_ks == 0; break;
    case RS_PLAN_PROBABILITY: never = never || fault->probability_ppm == 0; break;
    case RS_PLAN_STRIKES: return true;
    case RS_PLAN_EVERY: never = never || fault->every_ns == 0; break;
    case RS_PLAN_AFTER:
    case RS_PLAN_ON:
    case RS_PLAN_AT: break;
    }
    return !never && fault->pick_value > 0;
}
