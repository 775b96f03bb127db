/* checks.c: `checks`: which checks look at the history of the run when it is over.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <string.h>

static const char *const *check_words(rs_reader *reader, const char *first, const char *second) {
    uint32_t count = 0, words = 0;
    while (rs_checks[count]) count++;
    const char **all = rs_plan_memory_array(reader->memory, count + 3u, sizeof *all);
    if (first) all[words++] = first;
    if (second) all[words++] = second;
    for (uint32_t i = 0; i < count; i++) all[words++] = rs_checks[i]->name;
    return all;
}

static void read_time(rs_reader *reader, const rs_document_node *node, const char *time,
                      rs_plan_check *check) {
    const char *why;
    if (!check->check->takes_time)
        rs_reader_problem(reader, node->place, "check '%s' takes nothing in brackets",
                          check->check->name);
    else if (rs_units_parse_duration(time, &check->time_ns, &why) != RS_OK)
        rs_reader_problem(reader, node->place, "check '%s(%.60s)': %s", check->check->name, time,
                          why);
    else if (check->time_ns == 0)
        rs_reader_problem(reader, node->place, "check '%s' within no time always fails",
                          check->check->name);
}

static void refuse_twice(rs_reader *reader, const rs_document_node *node,
                         const rs_plan_check *checks, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (checks[i].check == checks[count].check)
            rs_reader_problem(reader, node->place, "check '%s' twice", checks[i].check->name);
}

/* False: there is none. */
static bool read_check(rs_reader *reader, const rs_document_node *node, rs_plan_check *checks,
                       uint32_t count) {
    const char *text = rs_reader_text(reader, node, "a check"), *name, *time;
    if (!text) return false;
    if (!rs_reader_argument(reader, text, &name, &time)) {
        rs_reader_problem(reader, node->place, "check '%.60s': the brackets do not match", text);
        return false;
    }
    rs_plan_check *check = &checks[count];
    check->check = rs_check_find(name);
    if (!check->check) {
        rs_diagnostic_unknown(reader->diagnostics, node->place, "check", name,
                              check_words(reader, NULL, NULL));
        return false;
    }
    if (time) read_time(reader, node, time, check);
    refuse_twice(reader, node, checks, count);
    return true;
}

static void read_list(rs_reader *reader, const rs_document_node *list) {
    if (!rs_reader_list(reader, list, "'checks'")) return;
    if (list->count > RS_CHECKS_MAX) {
        rs_reader_problem(reader, list->place, "'checks' has %u; there are not so many",
                          list->count);
        return;
    }
    rs_plan_check *checks = rs_plan_memory_array(reader->memory, list->count, sizeof *checks);
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        count += read_check(reader, list->entries[i].value, checks, count);
    reader->plan->checks = checks;
    reader->plan->check_count = count;
}

static void take_all(rs_reader *reader) {
    rs_plan_check *checks = rs_plan_memory_array(reader->memory, RS_CHECKS_MAX, sizeof *checks);
    uint32_t count = 0;
    for (uint32_t i = 0; rs_checks[i]; i++)
        if (!rs_checks[i]->by_name_only) checks[count++].check = rs_checks[i];
    reader->plan->checks = checks;
    reader->plan->check_count = count;
}

void rs_section_checks(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *node = rs_reader_get(scenario, "checks");
    if (!node) return;
    reader->plan->checks_given = true;
    if (node->kind != RS_DOCUMENT_SCALAR) {
        read_list(reader, node);
        return;
    }
    const char *word = rs_reader_text(reader, node, "'checks'");
    if (!word || strcmp(word, "none") == 0) return;
    if (strcmp(word, "all") == 0)
        take_all(reader);
    else if (rs_check_find(word))
        rs_reader_problem(reader, node->place, "'checks' is a list: write [%s]", word);
    else
        rs_diagnostic_unknown(reader->diagnostics, node->place, "check", word,
                              check_words(reader, "all", "none"));
}
