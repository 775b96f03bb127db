/* load.c: the `load` of a scenario: who calls whom, how often, with what.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/load_arrivals.h"
#include "scenarios/language/load_rate.h"
#include "scenarios/language/load_retry.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"
#include "scenarios/loads/zipf.h"

#include <string.h>

#define SECOND_NS 1000000000ull

/* Each client is a process; a million of them is the largest load anyone has asked for. */
#define CLIENTS_MAX 1000000u

/* The drain after the last phase waits for the longest timeout. */
#define TIMEOUT_NS_MAX (3600 * SECOND_NS)
#define TIMEOUT_NS_MIN 1000u

static const char *const key_words[] = {"uniform", "sequential", "zipf", NULL};

static const char *const *operation_words(rs_reader *reader, const rs_worker *worker) {
    uint32_t count = worker->operation_count;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = worker->operations[i].name;
    return words;
}

/* ---- mix ---- */

/* A mix by weights: each share is the exact difference of two running totals, so that rounding can
 * not make the sum differ from the whole. */
static void default_mix(rs_reader *reader, rs_plan_load *load, rs_place place) {
    const rs_worker *worker = load->target->worker;
    rs_plan_mix *mix = rs_plan_memory_array(reader->memory, worker->operation_count, sizeof *mix);
    uint64_t total = 0, before = 0;
    for (uint32_t i = 0; i < worker->operation_count; i++)
        total += worker->operations[i].mix_default;
    load->mix = mix;
    for (uint32_t i = 0; i < worker->operation_count; i++) {
        const rs_operation *operation = &worker->operations[i];
        if (!operation->mix_default) continue;
        uint64_t after = before + operation->mix_default;
        mix[load->mix_count++] =
            (rs_plan_mix){operation, after * RS_UNITS_SHARE_WHOLE / total -
                                         before * RS_UNITS_SHARE_WHOLE / total};
        before = after;
    }
    if (!total)
        rs_reader_problem(reader, place, "worker '%s' has no default 'mix': name its operations",
                          worker->name);
}

static void check_sum(rs_reader *reader, const rs_document_node *mapping,
                      const rs_plan_load *load) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < load->mix_count; i++) sum += load->mix[i].share_ppm;
    char text[RS_UNITS_TEXT_BYTES];
    if (sum != RS_UNITS_SHARE_WHOLE)
        rs_reader_problem(
            reader, mapping->place, "'mix' adds up to %s, not 100 %%",
            rs_units_format_share((double)sum / RS_UNITS_SHARE_WHOLE, text, sizeof text));
}

static void read_mix(rs_reader *reader, const rs_document_node *mapping, rs_plan_load *load) {
    if (!rs_reader_mapping(reader, mapping, "'mix'")) return;
    const rs_worker *worker = load->target->worker;
    const char *const *words = operation_words(reader, worker);
    rs_plan_mix *mix = rs_plan_memory_array(reader->memory, mapping->count, sizeof *mix);
    bool is_good = true;
    load->mix = mix;
    for (uint32_t i = 0; i < mapping->count; i++) {
        const rs_document_entry *entry = &mapping->entries[i];
        int index = rs_word_index(entry->key, words);
        uint64_t share = 0;
        if (index < 0)
            rs_diagnostic_unknown(reader->diagnostics, entry->place, "operation", entry->key,
                                  words);
        is_good &= rs_reader_share(reader, entry->value, entry->key, &share) && index >= 0;
        if (index < 0 || !share) continue;
        mix[load->mix_count++] = (rs_plan_mix){&worker->operations[index], share};
    }
    if (is_good) check_sum(reader, mapping, load);
}

/* ---- keys ---- */

static uint64_t count_keys(const rs_plan *plan, const rs_plan_node *target) {
    const rs_worker *worker = target->worker;
    uint64_t count = worker->keys ? worker->keys(target->config) : 0;
    for (uint32_t i = 0; i < plan->setup_count; i++) {
        const rs_plan_setup *setup = &plan->setups[i];
        if (setup->target == target && setup->action && setup->action->keys)
            count += setup->action->keys(setup->config);
    }
    return count ? count : 1;
}

static bool is_registry(const rs_worker *worker) {
    for (uint32_t i = 0; i < worker->setup_action_count; i++)
        if (worker->setup_actions[i].keys) return true;
    return false;
}

static void read_via(rs_reader *reader, const rs_document_node *value, rs_plan_load *load) {
    bool has_registry = is_registry(load->target->worker);
    load->via = has_registry ? RS_PLAN_VIA_REGISTRY : RS_PLAN_VIA_NAME;
    int via = value ? rs_reader_word(reader, value, "'via'", rs_key_vias) : -1;
    if (via < 0) return;
    load->via = (rs_plan_via)via;
    if (via == RS_PLAN_VIA_REGISTRY && !has_registry)
        rs_reader_problem(reader, value->place,
                          "via: registry, but worker '%s' keeps no registry; name or pid would do",
                          load->target->worker->name);
}

/* The exponent of "1.1", in thousandths. A share of 100 times as much says the same with the same
 * digits, and is exact or refused. */
static bool parse_exponent(rs_reader *reader, const char *text, uint32_t *exponent) {
    uint64_t hundredths_ppm;
    const char *why, *percent = rs_plan_memory_format(reader->memory, "%s%%", text);
    if (text[strspn(text, "0123456789.")] || strlen(text) > 8) return false;
    if (rs_units_parse_share(percent, &hundredths_ppm, &why) != RS_OK) return false;
    *exponent = (uint32_t)(hundredths_ppm / 10);
    return hundredths_ppm % 10 == 0 && *exponent && *exponent <= RS_ZIPF_EXPONENT_MAX;
}

static void read_zipf(rs_reader *reader, const rs_document_node *value, const char *exponent,
                      rs_plan_load *load) {
    load->keys = RS_PLAN_KEYS_ZIPF;
    load->zipf_exponent = 1000;
    if (!parse_exponent(reader, exponent, &load->zipf_exponent))
        rs_reader_problem(reader, value->place,
                          "'keys' '%.60s': the exponent is from 0.001 to 10, such as zipf(1.1)",
                          value->text);
    if (load->key_count > RS_ZIPF_KEYS_MAX)
        rs_reader_problem(reader, value->place, "'keys' '%.60s': zipf takes up to %u keys",
                          value->text, RS_ZIPF_KEYS_MAX);
}

static void read_keys(rs_reader *reader, const rs_document_node *value, rs_plan_load *load) {
    const char *text = value ? rs_reader_text(reader, value, "'keys'") : NULL;
    const char *name, *exponent;
    if (!text) return;
    if (rs_reader_argument(reader, text, &name, &exponent) && exponent &&
        strcmp(name, "zipf") == 0) {
        read_zipf(reader, value, exponent, load);
        return;
    }
    int keys = rs_reader_word(reader, value, "'keys'", key_words);
    if (keys >= 0) load->keys = (rs_plan_keys)keys;
    if (keys == RS_PLAN_KEYS_ZIPF) read_zipf(reader, value, "", load);
}

/* ---- patience ---- */

static void read_patience(rs_reader *reader, const rs_document_node *mapping, rs_plan_load *load) {
    const rs_document_node *timeout = rs_reader_get(mapping, "timeout");
    const rs_document_node *deadline = rs_reader_get(mapping, "deadline");
    load->timeout_ns = SECOND_NS;
    if (timeout)
        rs_reader_duration(reader, timeout, "'timeout'", TIMEOUT_NS_MIN, TIMEOUT_NS_MAX,
                           &load->timeout_ns);
    if (deadline)
        rs_reader_duration(reader, deadline, "'deadline'", TIMEOUT_NS_MIN, TIMEOUT_NS_MAX,
                           &load->deadline_ns);
    rs_load_retry_read(reader, rs_reader_get(mapping, "retry"), &load->retry);
}

/* ---- when ---- */

static void read_schedule(rs_reader *reader, const rs_document_node *mapping, rs_plan_load *load) {
    const rs_document_node *arrivals = rs_reader_get(mapping, "arrivals");
    const rs_document_node *rate = rs_reader_get(mapping, "rate");
    const rs_document_node *think = rs_reader_get(mapping, "think");
    if (arrivals && rate)
        rs_reader_problem(reader, arrivals->place, "a load has a 'rate' or 'arrivals', not both");
    rs_load_rate_read(reader, rate, load);
    if (arrivals && !rate) rs_load_arrivals_read(reader, arrivals, load);
    if (!think) return;
    rs_reader_duration(reader, think, "'think'", 0, TIMEOUT_NS_MAX, &load->think_ns);
    if (load->kind->open)
        rs_reader_problem(reader, think->place,
                          "'think' is for rate: max; here the %s says when requests are due",
                          arrivals ? "list of arrivals" : "rate");
}

/* ---- the load ---- */

static void read_target(rs_reader *reader, const rs_document_node *mapping, rs_plan_load *load) {
    const rs_document_node *value = rs_reader_need(reader, mapping, "target", "a load");
    const rs_document_node *mix = rs_reader_get(mapping, "mix");
    load->target = value ? rs_tree_target(reader, value, "'target'") : NULL;
    if (!load->target) return;
    const rs_worker *worker = load->target->worker;
    if (!worker->operation_count) {
        rs_reader_problem(reader, value->place, "worker '%s' has no operations to load it with",
                          worker->name);
        return;
    }
    read_via(reader, rs_reader_get(mapping, "via"), load);
    load->key_count = count_keys(reader->plan, load->target);
    if (mix)
        read_mix(reader, mix, load);
    else
        default_mix(reader, load, mapping->place);
}

static void read_load(rs_reader *reader, const rs_document_node *mapping, rs_plan_load *load,
                      uint32_t index) {
    if (!rs_reader_mapping(reader, mapping, "a load")) return;
    const rs_document_node *id = rs_reader_get(mapping, "id");
    const rs_document_node *clients = rs_reader_get(mapping, "clients");
    const rs_document_node *during = rs_reader_get(mapping, "during");
    uint64_t count = 1;
    rs_reader_keys(reader, mapping, rs_key_words_load);
    load->place = mapping->place;
    load->id = id ? rs_reader_id(reader, id, "id")
                  : rs_plan_memory_format(reader->memory, "load_%u", index + 1);
    load->key_count = 1;
    read_target(reader, mapping, load);
    if (clients) rs_reader_count(reader, clients, "'clients'", 1, CLIENTS_MAX, &count);
    load->clients = (uint32_t)count;
    load->during = during ? rs_reader_phase(reader, during) : -1;
    read_keys(reader, rs_reader_get(mapping, "keys"), load);
    read_patience(reader, mapping, load);
    read_schedule(reader, mapping, load);
}

static void refuse_same_id(rs_reader *reader, const rs_plan_load *loads, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (loads[i].id && loads[index].id && strcmp(loads[i].id, loads[index].id) == 0) {
            rs_reader_problem(reader, loads[index].place,
                              "duplicate load id '%s'; the first is at %u:%u", loads[i].id,
                              loads[i].place.line, loads[i].place.column);
            return;
        }
}

void rs_section_load(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "load");
    if (!list || !rs_reader_list(reader, list, "'load'")) return;
    rs_plan_load *loads = rs_plan_memory_array(reader->memory, list->count, sizeof *loads);
    for (uint32_t i = 0; i < list->count; i++) {
        read_load(reader, list->entries[i].value, &loads[i], i);
        refuse_same_id(reader, loads, i);
    }
    reader->plan->loads = loads;
    reader->plan->load_count = list->count;
}
