/* phase.c: the `phases` of a scenario, in their order.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/phase.h"

#include "runtime/base/units.h"
#include "scenarios/language/section.h"

#include <string.h>

#define SECOND_NS 1000000000ull

/* A phase is a column of the report. */
#define PHASES_MAX 64u

/* A soak test runs for days; a week in each phase keeps every sum far from overflow. */
#define PHASE_NS_MAX (7ull * 24 * 3600 * SECOND_NS)

static bool is_name(rs_reader *reader, const rs_document_entry *entry) {
    rs_document_node *name = rs_document_create(RS_DOCUMENT_SCALAR, entry->place, reader->memory);
    name->text = entry->key;
    name->plain = true;
    return rs_reader_id(reader, name, "phase");
}

static uint64_t read_phase(rs_reader *reader, const rs_document_entry *entry, rs_plan_phase *phase,
                           uint64_t start_ns) {
    const char *what = rs_plan_memory_format(reader->memory, "phase '%.60s'", entry->key);
    *phase = (rs_plan_phase){entry->key, start_ns, SECOND_NS};
    is_name(reader, entry);
    rs_reader_duration(reader, entry->value, what, 1, PHASE_NS_MAX, &phase->duration_ns);
    return start_ns + phase->duration_ns;
}

static void use_default(rs_plan *plan) {
    static const rs_plan_phase phases[] = {{"run", 0, 5 * SECOND_NS},
                                           {"heal", 5 * SECOND_NS, SECOND_NS}};
    plan->phases = phases;
    plan->phase_count = 2;
}

void rs_section_phases(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *value = rs_reader_get(scenario, "phases");
    use_default(reader->plan);
    reader->has_phases = !value;
    if (!value || !rs_reader_mapping(reader, value, "'phases'")) return;
    if (value->count == 0 || value->count > PHASES_MAX) {
        rs_reader_problem(reader, value->place, "'phases' has %u phases: from 1 to %u",
                          value->count, PHASES_MAX);
        return;
    }
    rs_plan_phase *phases = rs_plan_memory_array(reader->memory, value->count, sizeof *phases);
    uint64_t start_ns = 0;
    for (uint32_t i = 0; i < value->count; i++)
        start_ns = read_phase(reader, &value->entries[i], &phases[i], start_ns);
    reader->plan->phases = phases;
    reader->plan->phase_count = value->count;
    reader->has_phases = true;
}

/* ---- in which phase, and when ---- */

void rs_phase_window(const rs_plan *plan, int during, uint64_t *begin_ns, uint64_t *end_ns) {
    const rs_plan_phase *phase = &plan->phases[during < 0 ? (int)plan->phase_count - 1 : during];
    *begin_ns = during < 0 ? 0 : phase->start_ns;
    *end_ns = during < 0 ? phase->start_ns : phase->start_ns + phase->duration_ns;
}

int rs_phase_strike(rs_reader *reader, const rs_document_node *mapping, const char *what) {
    const rs_document_node *value = rs_reader_get(mapping, "during");
    const rs_plan *plan = reader->plan;
    uint32_t last = plan->phase_count - 1;
    int during = value ? rs_reader_phase(reader, value) : -1;
    if (!reader->has_phases) return during;
    if (!value && last == 0)
        rs_reader_problem(reader, mapping->place,
                          "no phase to strike in: the last one ('%s') is free of %s; add one "
                          "before it",
                          plan->phases[last].name, what);
    if (during == (int)last)
        rs_reader_problem(reader, value->place,
                          "'%s' is the last phase, which is free of %s so that the tree can "
                          "heal%s%s",
                          plan->phases[last].name, what, last ? "; the one before is " : "",
                          last ? plan->phases[last - 1].name : "");
    return during;
}

void rs_phase_check_at(rs_reader *reader, const rs_document_node *value, uint64_t at_ns, int during,
                       const char *what) {
    const rs_plan *plan = reader->plan;
    if (!reader->has_phases || (during < 0 && plan->phase_count < 2)) return;
    uint64_t end_ns = during >= 0 ? plan->phases[during].duration_ns
                                  : plan->phases[plan->phase_count - 1].start_ns;
    char text[RS_UNITS_TEXT_BYTES];
    if (at_ns >= end_ns)
        rs_reader_problem(reader, value->place,
                          "'at' '%.60s' is too late: %s end %s after the start of %s", value->text,
                          what, rs_units_format_duration(end_ns, text, sizeof text),
                          during >= 0 ? plan->phases[during].name : "the run");
}
