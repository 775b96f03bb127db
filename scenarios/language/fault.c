/* fault.c: the `faults` of a scenario: whom to crash, how, and when.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/path.h"
#include "scenarios/language/section.h"

#include <string.h>

#define SECOND_NS 1000000000ull

/* Longer than any phase. */
#define AT_NS_MAX (8ull * 24 * 3600 * SECOND_NS)

/* More at one instant than a tree has processes. */
#define PICK_MAX 100000000u

static const char *const fault_keys[] = {"id",   "crash", "how", "pick",   "at",       "every",
                                         "rate", "after", "on",  "during", "may_miss", NULL};
static const char *const triggers[] = {"at", "every", "rate", "after", "on", NULL};

/* ---- when ---- */

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

static void read_trigger(rs_reader *reader, const rs_document_entry *entry, rs_plan_fault *fault) {
    const rs_document_node *value = entry->value;
    if (strcmp(entry->key, "at") == 0) {
        fault->trigger = RS_PLAN_AT;
        if (rs_reader_duration(reader, value, "'at'", 0, AT_NS_MAX, &fault->at_ns))
            rs_phase_check_at(reader, value, fault->at_ns, fault->during, "faults");
    } else if (strcmp(entry->key, "every") == 0) {
        fault->trigger = RS_PLAN_EVERY;
        rs_reader_duration(reader, value, "'every'", 1, AT_NS_MAX, &fault->every_ns);
    } else if (strcmp(entry->key, "rate") == 0) {
        read_rate(reader, value, fault);
    } else {
        rs_reader_problem(reader, entry->place,
                          "trigger '%s' is not available yet; at, every and rate are", entry->key);
    }
}

static void read_triggers(rs_reader *reader, const rs_document_node *mapping,
                          rs_plan_fault *fault) {
    const rs_document_entry *first = NULL;
    for (uint32_t i = 0; triggers[i]; i++) {
        const rs_document_entry *entry = rs_document_find(mapping, triggers[i]);
        if (entry && first)
            rs_reader_problem(
                reader, entry->place,
                "'%s' beside '%s': a fault has exactly one of at, every, rate, after, "
                "on",
                entry->key, first->key);
        if (entry && !first) read_trigger(reader, first = entry, fault);
    }
    if (!first)
        rs_reader_problem(reader, mapping->place,
                          "a fault needs a trigger: one of at, every, rate");
}

/* ---- whom ---- */

static void read_crash(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    const char *text = value ? rs_reader_text(reader, value, "'crash'") : NULL;
    const rs_plan_node *root = reader->plan->root, *unused[1];
    fault->crash = text;
    if (!text || !root) return;
    if (!rs_path_is_pattern(text))
        rs_reader_problem(reader, value->place,
                          "'crash' '%.60s': write a path such as shop/db, the last step may be *",
                          text);
    else if (!rs_path_select(root, text, unused, 0))
        rs_tree_unknown_path(reader, value->place, "victim", text);
}

static void read_pick(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    fault->pick_value = 1;
    const char *text = value ? rs_reader_text(reader, value, "'pick'") : NULL;
    if (!text || strcmp(text, "one") == 0) return;
    size_t length = strlen(text);
    if (strcmp(text, "all") == 0)
        fault->pick = RS_PLAN_PICK_ALL;
    else if (length && text[length - 1] == '%') {
        fault->pick = RS_PLAN_PICK_SHARE;
        rs_reader_share(reader, value, "'pick'", &fault->pick_value);
    } else if (*text >= '0' && *text <= '9') {
        fault->pick = RS_PLAN_PICK_COUNT;
        rs_reader_count(reader, value, "'pick'", 1, PICK_MAX, &fault->pick_value);
    } else
        rs_reader_problem(reader, value->place,
                          "'pick' '%.60s': write one, all, a number, or a share such as 10%%",
                          text);
}

/* ---- the fault ---- */

static void read_fault(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault,
                       uint32_t index) {
    if (!rs_reader_mapping(reader, mapping, "a fault")) return;
    const rs_document_node *id = rs_reader_get(mapping, "id");
    const rs_document_node *may_miss = rs_reader_get(mapping, "may_miss");
    rs_reader_keys(reader, mapping, fault_keys);
    fault->place = mapping->place;
    fault->id = id ? rs_reader_id(reader, id, "id")
                   : rs_plan_memory_format(reader->memory, "fault_%u", index + 1);
    read_crash(reader, rs_reader_need(reader, mapping, "crash", "a fault"), fault);
    read_pick(reader, rs_reader_get(mapping, "pick"), fault);
    rs_fault_how_read(reader, rs_reader_need(reader, mapping, "how", "a fault"), fault);
    fault->during = rs_phase_strike(reader, mapping, "faults");
    read_triggers(reader, mapping, fault);
    if (may_miss) rs_reader_boolean(reader, may_miss, "'may_miss'", &fault->may_miss);
}

static void refuse_same_id(rs_reader *reader, const rs_plan_fault *faults, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (faults[i].id && faults[index].id && strcmp(faults[i].id, faults[index].id) == 0) {
            rs_reader_problem(reader, faults[index].place,
                              "duplicate fault id '%s'; the first is at %u:%u", faults[i].id,
                              faults[i].place.line, faults[i].place.column);
            return;
        }
}

void rs_section_faults(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "faults");
    if (!list || !rs_reader_list(reader, list, "'faults'")) return;
    if (list->count > RS_PLAN_FAULTS_MAX)
        rs_reader_problem(reader, list->place, "'faults' has %u; at most %u can be told apart",
                          list->count, RS_PLAN_FAULTS_MAX);
    rs_plan_fault *faults = rs_plan_memory_array(reader->memory, list->count, sizeof *faults);
    for (uint32_t i = 0; i < list->count; i++) {
        read_fault(reader, list->entries[i].value, &faults[i], i);
        refuse_same_id(reader, faults, i);
    }
    reader->plan->faults = faults;
    reader->plan->fault_count = list->count;
}
