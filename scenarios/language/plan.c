/* plan.c: from a source to a plan: document, overrides, sections. Every section runs whatever the
 * others found, so that one run names every problem.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/plan.h"

#include "scenarios/language/emit.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/language.h"
#include "scenarios/language/override.h"
#include "scenarios/language/section.h"
#include "scenarios/language/source.h"

#include <inttypes.h>
#include <string.h>

#define LANGUAGE_VERSION 1u

static void read_version(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *value = rs_reader_get(scenario, "respawn");
    uint64_t version = LANGUAGE_VERSION;
    if (value && rs_reader_count(reader, value, "'respawn'", 0, UINT64_MAX, &version) &&
        version != LANGUAGE_VERSION)
        rs_reader_problem(reader, value->place,
                          "version %" PRIu64 " of the language is not known; this respawn reads 1",
                          version);
}

static void read_head(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *name = rs_reader_need(reader, scenario, "scenario", "a scenario");
    const rs_document_node *about = rs_reader_get(scenario, "about");
    read_version(reader, scenario);
    reader->plan->name = name ? rs_reader_id(reader, name, "'scenario'") : NULL;
    reader->plan->about = about ? rs_reader_text(reader, about, "'about'") : "";
}

static void read_sections(rs_reader *reader, const rs_document_node *scenario) {
    if (!rs_reader_mapping(reader, scenario, "a scenario")) return;
    rs_reader_keys(reader, scenario, rs_key_words_scenario);
    read_head(reader, scenario);
    rs_section_runtime(reader, scenario);
    rs_section_phases(reader, scenario);
    rs_section_tree(reader, scenario);
    rs_section_setup(reader, scenario);
    rs_section_load(reader, scenario);
    rs_section_faults(reader, scenario);
    rs_section_upgrades(reader, scenario);
    rs_section_checks(reader, scenario);
    rs_section_sometimes(reader, scenario);
    rs_section_explore(reader, scenario);
    rs_section_failure(reader, scenario);
    rs_section_expect(reader, scenario);
}

static void apply_overrides(rs_reader *reader, rs_document_node *scenario, const char *const *sets,
                            uint32_t set_count) {
    rs_plan_memory *memory = reader->memory;
    const char **copies = rs_plan_memory_array(memory, set_count, sizeof *copies);
    for (uint32_t i = 0; i < set_count; i++) {
        copies[i] = rs_plan_memory_copy(memory, sets[i], strlen(sets[i]));
        rs_override_apply(scenario, copies[i], memory, reader->diagnostics);
    }
    reader->plan->overrides = copies;
    reader->plan->override_count = set_count;
}

static void read_source(rs_reader *reader, const rs_source *source, const char *const *sets,
                        uint32_t set_count) {
    rs_place origin = {source->file, 1, 1};
    rs_document_node *scenario = rs_document_parse(source->bytes, source->length, origin,
                                                   reader->memory, reader->diagnostics);
    if (!scenario) return;
    reader->plan->file = source->file;
    reader->plan->source_hash = rs_plan_memory_format(reader->memory, "%016" PRIx64, source->hash);
    apply_overrides(reader, scenario, sets, set_count);
    read_sections(reader, scenario);
}

static rs_reader create_reader(rs_diagnostics *diagnostics) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_plan *plan = rs_plan_memory_take(memory, sizeof *plan);
    plan->memory = memory;
    return (rs_reader){.diagnostics = diagnostics, .memory = memory, .plan = plan};
}

static rs_plan *finish(rs_reader *reader, uint32_t problems_before) {
    if (rs_diagnostics_count(reader->diagnostics) == problems_before) return reader->plan;
    rs_plan_destroy(reader->plan);
    return NULL;
}

rs_plan *rs_plan_read(const char *path, const char *const *sets, uint32_t set_count,
                      rs_diagnostics *diagnostics) {
    uint32_t before = rs_diagnostics_count(diagnostics);
    rs_reader reader = create_reader(diagnostics);
    const char *file = rs_plan_memory_copy(reader.memory, path, strlen(path));
    rs_source source;
    if (rs_source_read(file, reader.memory, diagnostics, &source))
        read_source(&reader, &source, sets, set_count);
    return finish(&reader, before);
}

rs_plan *rs_plan_parse(const char *file, const char *bytes, size_t length, const char *const *sets,
                       uint32_t set_count, rs_diagnostics *diagnostics) {
    uint32_t before = rs_diagnostics_count(diagnostics);
    rs_reader reader = create_reader(diagnostics);
    const char *name = rs_plan_memory_copy(reader.memory, file, strlen(file));
    rs_source source;
    if (rs_source_check(name, bytes, length, diagnostics, &source))
        read_source(&reader, &source, sets, set_count);
    return finish(&reader, before);
}

char *rs_plan_setting(const char *path, const char *const *sets, uint32_t set_count,
                      const char *key, rs_diagnostics *diagnostics) {
    rs_reader reader = create_reader(diagnostics);
    const char *file = rs_plan_memory_copy(reader.memory, path, strlen(path)), *text = NULL;
    rs_source source;
    rs_document_node *scenario = NULL;
    if (rs_source_read(file, reader.memory, diagnostics, &source))
        scenario = rs_document_parse(source.bytes, source.length, (rs_place){file, 1, 1},
                                     reader.memory, diagnostics);
    if (scenario) apply_overrides(&reader, scenario, sets, set_count);
    if (scenario) text = rs_override_find(scenario, key, reader.memory, diagnostics);
    char *copy = text ? strdup(text) : NULL;
    rs_plan_destroy(reader.plan);
    return copy;
}

static char *emit(const rs_document_node *scenario) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) return NULL;
    rs_document_emit(scenario, out);
    fclose(out);
    return text;
}

static char *read_text(const rs_source *source, const char *const *sets, uint32_t set_count,
                       rs_plan_memory *memory, rs_diagnostics *diagnostics) {
    rs_document_node *scenario = rs_document_parse(
        source->bytes, source->length, (rs_place){source->file, 1, 1}, memory, diagnostics);
    if (!scenario || scenario->kind != RS_DOCUMENT_MAPPING) return NULL;
    for (uint32_t i = 0; i < set_count; i++)
        rs_override_apply(scenario, sets[i], memory, diagnostics);
    return emit(scenario);
}

char *rs_scenario_text(const char *path, const char *const *sets, uint32_t set_count,
                       rs_diagnostics *diagnostics) {
    rs_plan_memory *memory = rs_plan_memory_create();
    rs_source source;
    char *text = NULL;
    if (rs_source_read(path, memory, diagnostics, &source))
        text = read_text(&source, sets, set_count, memory, diagnostics);
    rs_plan_memory_destroy(memory);
    return text;
}

void rs_plan_destroy(rs_plan *plan) {
    if (plan) rs_plan_memory_destroy(plan->memory);
}
