/* fault.c: the `faults` of a scenario: whom to crash, how, and when.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_mail.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/fault_whom.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/section.h"

#include <string.h>

/* Every key of a fault. */
static const char *const *all_keys(rs_reader *reader) {
    const char *const *const lists[] = {rs_key_words_fault, rs_key_words_triggers,
                                        rs_key_words_modifiers};
    uint32_t count = 0;
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t k = 0; lists[i][k]; k++) count++;
    const char **keys = rs_plan_memory_array(reader->memory, count + 1u, sizeof *keys);
    count = 0;
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t k = 0; lists[i][k]; k++) keys[count++] = lists[i][k];
    return keys;
}

static void read_fault(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault,
                       uint32_t index, const char *const *keys) {
    if (!rs_reader_mapping(reader, mapping, "a fault")) return;
    const rs_document_node *id = rs_reader_get(mapping, "id");
    const rs_document_node *may_miss = rs_reader_get(mapping, "may_miss");
    rs_reader_keys(reader, mapping, keys);
    fault->place = mapping->place;
    fault->id = id ? rs_reader_id(reader, id, "id")
                   : rs_plan_memory_format(reader->memory, "fault_%u", index + 1);
    rs_fault_how_read(reader, rs_reader_need(reader, mapping, "how", "a fault"), fault);
    rs_fault_whom_read(reader, mapping, fault);
    rs_fault_mail_read(reader, mapping, fault);
    fault->during = rs_phase_strike(reader, mapping, "faults");
    rs_fault_when_read(reader, mapping, fault);
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
    const char *const *keys = all_keys(reader);
    rs_plan_fault *faults = rs_plan_memory_array(reader->memory, list->count, sizeof *faults);
    for (uint32_t i = 0; i < list->count; i++) {
        read_fault(reader, list->entries[i].value, &faults[i], i, keys);
        refuse_same_id(reader, faults, i);
    }
    reader->plan->faults = faults;
    reader->plan->fault_count = list->count;
}
