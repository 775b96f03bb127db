/* upgrade.c: the `upgrades` of a scenario: which worker's code is changed, and when.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/section.h"

#include <string.h>

/* Longer than any phase. */
#define AT_NS_MAX (8ull * 24 * 3600 * 1000000000ull)

/* ---- whose ---- */

static bool has_worker(const rs_plan_node *node, const rs_worker *worker) {
    if (node->worker) return node->worker == worker;
    if (node->child && has_worker(node->child, worker)) return true;
    for (uint32_t i = 0; i < node->child_count; i++)
        if (has_worker(node->children[i], worker)) return true;
    return false;
}

static const char *const *worker_words(rs_reader *reader) {
    uint32_t count = 0;
    while (rs_workers[count]) count++;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = rs_workers[i]->name;
    return words;
}

static const rs_worker *read_worker(rs_reader *reader, const rs_document_node *value) {
    const char *name = value ? rs_reader_text(reader, value, "'worker'") : NULL;
    const rs_plan_node *root = reader->plan->root;
    if (!name) return NULL;
    const rs_worker *worker = rs_worker_find(name);
    if (!worker)
        rs_diagnostic_unknown_word(reader->diagnostics, value->place, "worker", name,
                                   worker_words(reader));
    else if (root && !has_worker(root, worker))
        rs_reader_problem(reader, value->place,
                          "no '%s' in the tree: there would be nobody to upgrade", name);
    return worker;
}

/* ---- the upgrade ---- */

static void read_upgrade(rs_reader *reader, const rs_document_node *mapping,
                         rs_plan_upgrade *upgrade, uint32_t index) {
    if (!rs_reader_mapping(reader, mapping, "an upgrade")) return;
    rs_reader_keys(reader, mapping, rs_key_words_upgrade);
    const rs_document_node *id = rs_reader_get(mapping, "id");
    const rs_document_node *at = rs_reader_need(reader, mapping, "at", "an upgrade");
    upgrade->place = mapping->place;
    upgrade->id = id ? rs_reader_id(reader, id, "id")
                     : rs_plan_memory_format(reader->memory, "upgrade_%u", index + 1);
    upgrade->worker = read_worker(reader, rs_reader_need(reader, mapping, "worker", "an upgrade"));
    upgrade->during = rs_phase_strike(reader, mapping, "upgrades");
    if (at && rs_reader_duration(reader, at, "'at'", 0, AT_NS_MAX, &upgrade->at_ns))
        rs_phase_check_at(reader, at, upgrade->at_ns, upgrade->during, "upgrades");
    uint64_t start_ns = upgrade->during < 0 ? 0 : reader->plan->phases[upgrade->during].start_ns;
    upgrade->due_ns = start_ns + upgrade->at_ns;
}

static void refuse_same_id(rs_reader *reader, const rs_plan_upgrade *upgrades, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (upgrades[i].id && upgrades[index].id &&
            strcmp(upgrades[i].id, upgrades[index].id) == 0) {
            rs_reader_problem(reader, upgrades[index].place,
                              "duplicate upgrade id '%s'; the first is at %u:%u", upgrades[i].id,
                              upgrades[i].place.line, upgrades[i].place.column);
            return;
        }
}

/* The last one before it of the same worker; NULL: it is the first. */
static const rs_plan_upgrade *upgrade_before(const rs_plan_upgrade *upgrades, uint32_t index) {
    for (uint32_t i = index; i-- > 0;)
        if (upgrades[i].worker == upgrades[index].worker) return &upgrades[i];
    return NULL;
}

/* The n-th of a worker takes the n-th plugin: the file's order must be that of time. */
static void refuse_disorder(rs_reader *reader, const rs_plan_upgrade *upgrades, uint32_t index) {
    const rs_plan_upgrade *this = &upgrades[index];
    const rs_plan_upgrade *before = this->worker ? upgrade_before(upgrades, index) : NULL;
    char due[RS_UNITS_TEXT_BYTES], earlier[RS_UNITS_TEXT_BYTES];
    if (!before || before->due_ns < this->due_ns) return;
    rs_units_format_duration(this->due_ns, due, sizeof due);
    rs_units_format_duration(before->due_ns, earlier, sizeof earlier);
    rs_reader_problem(reader, this->place,
                      "upgrade '%s' of '%s' is due %s after the start, '%s' before it (%u:%u) %s; "
                      "upgrades of one worker are written in order of time, each later than the "
                      "one before",
                      this->id, this->worker->name, due, before->id, before->place.line,
                      before->place.column, this->due_ns == before->due_ns ? "too" : earlier);
}

void rs_section_upgrades(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "upgrades");
    if (!list || !rs_reader_list(reader, list, "'upgrades'")) return;
    if (list->count > RS_PLAN_UPGRADES_MAX)
        rs_reader_problem(reader, list->place, "'upgrades' has %u; at most %u", list->count,
                          RS_PLAN_UPGRADES_MAX);
    rs_plan_upgrade *upgrades = rs_plan_memory_array(reader->memory, list->count, sizeof *upgrades);
    for (uint32_t i = 0; i < list->count; i++) {
        read_upgrade(reader, list->entries[i].value, &upgrades[i], i);
        refuse_same_id(reader, upgrades, i);
        refuse_disorder(reader, upgrades, i);
    }
    reader->plan->upgrades = upgrades;
    reader->plan->upgrade_count = list->count;
}
