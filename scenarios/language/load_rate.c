/* load_rate.c: the `rate` of a load: a word of the catalogue, and what stands in its brackets.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/load_rate.h"

#include "runtime/base/units.h"

#include <string.h>

/* Nobody waits that long. */
#define EVERY_NS_MAX (7ull * 24 * 3600 * 1000000000)

/* A request for each of a million clients, a thousand times. */
#define BURST_MAX 1000000000u

/* 1 G/s: what scenarios/loads/slope.c can reckon with. */
#define RAMP_PER_KS_MAX 1000000000000u

static const char prefix[] = "rate: ";

/* What follows `rate:`; NULL when the kind is written otherwise. */
static const char *form_of(const rs_load_kind *kind) {
    size_t length = sizeof prefix - 1;
    return strncmp(kind->syntax, prefix, length) == 0 ? kind->syntax + length : NULL;
}

/* The kind is found by its syntax: "max" and the like exactly, "RATE" bare, "word(RATE)" by word.
 */
static const rs_load_kind *find_kind(const char *name, bool has_argument) {
    for (uint32_t i = 0; rs_loads[i]; i++) {
        const char *form = form_of(rs_loads[i]);
        if (!form) continue;
        size_t length = strcspn(form, "(");
        bool is_call = form[length] == '(';
        if (is_call == has_argument && strlen(name) == length && strncmp(form, name, length) == 0)
            return rs_loads[i];
    }
    return NULL;
}

const char *rs_load_rate_forms(rs_reader *reader) {
    const char *forms = "";
    for (uint32_t i = 0; rs_loads[i]; i++)
        if (form_of(rs_loads[i]))
            forms = rs_plan_memory_format(reader->memory, "%s%s%s", forms, *forms ? ", " : "",
                                          form_of(rs_loads[i]));
    return forms;
}

static bool refuse(rs_reader *reader, const rs_document_node *value, const char *why) {
    rs_reader_problem(reader, value->place, "'rate' '%.60s': %s", value->text, why);
    return false;
}

static bool parse_rate(rs_reader *reader, const rs_document_node *value, const char *text,
                       uint64_t *per_ks) {
    const char *why;
    return rs_units_parse_rate(text, per_ks, &why) == RS_OK || refuse(reader, value, why);
}

/* Splits "LEFT between RIGHT" in the kind's brackets. */
static bool split(rs_reader *reader, const rs_document_node *value, const rs_load_kind *kind,
                  const char *text, const char *between, const char **left, const char **right) {
    const char *at = strstr(text, between);
    if (!at)
        return refuse(reader, value,
                      rs_plan_memory_format(reader->memory, "write %s", form_of(kind)));
    *left = rs_plan_memory_copy(reader->memory, text, (size_t)(at - text));
    *right = at + strlen(between);
    return true;
}

static void read_rates(rs_reader *reader, const rs_document_node *value, const char *text,
                       rs_plan_load *load) {
    rs_load_rate *rate = &load->rate;
    const char *from, *to;
    if (!split(reader, value, load->kind, text, " to ", &from, &to)) return;
    if (!parse_rate(reader, value, from, &rate->per_ks)) return;
    if (!parse_rate(reader, value, to, &rate->to_per_ks)) return;
    load->rate_per_ks = rate->per_ks / 2 + rate->to_per_ks / 2;
    if (rate->per_ks > RAMP_PER_KS_MAX || rate->to_per_ks > RAMP_PER_KS_MAX)
        refuse(reader, value, "a ramp goes up to 1G/s");
}

static void read_burst(rs_reader *reader, const rs_document_node *value, const char *text,
                       rs_plan_load *load) {
    rs_load_rate *rate = &load->rate;
    const char *count, *every, *why;
    if (!split(reader, value, load->kind, text, " every ", &count, &every)) return;
    if (rs_units_parse_count(count, &rate->count, &why) != RS_OK ||
        rs_units_parse_duration(every, &rate->every_ns, &why) != RS_OK) {
        refuse(reader, value, why);
        return;
    }
    if (rate->count > BURST_MAX) refuse(reader, value, "a burst has at most 1 G requests");
    if (rate->every_ns == 0 || rate->every_ns > EVERY_NS_MAX)
        refuse(reader, value, "bursts come every 1 ns to 7 days");
    else
        load->rate_per_ks =
            (uint64_t)((unsigned __int128)rate->count * 1000000000000u / rate->every_ns);
    if (rate->count && !load->rate_per_ks) load->rate_per_ks = 1;
}

static void read_form(rs_reader *reader, const rs_document_node *value, const char *text,
                      rs_plan_load *load) {
    uint32_t before = rs_diagnostics_count(reader->diagnostics);
    switch (load->kind->form) {
    case RS_LOAD_NOTHING:
    case RS_LOAD_LIST: return;
    case RS_LOAD_RATE:
        parse_rate(reader, value, text, &load->rate.per_ks);
        load->rate_per_ks = load->rate.per_ks;
        break;
    case RS_LOAD_RATES: read_rates(reader, value, text, load); break;
    case RS_LOAD_BURST: read_burst(reader, value, text, load); break;
    }
    if (!load->rate_per_ks && rs_diagnostics_count(reader->diagnostics) == before)
        rs_reader_problem(reader, value->place, "a load of rate 0 does nothing: leave it out");
}

void rs_load_rate_read(rs_reader *reader, const rs_document_node *value, rs_plan_load *load) {
    load->kind = find_kind("max", false);
    const char *text = value ? rs_reader_text(reader, value, "'rate'") : NULL;
    const char *name, *argument;
    if (!text) return;
    bool is_whole = rs_reader_argument(reader, text, &name, &argument);
    const rs_load_kind *kind = is_whole ? find_kind(name, argument) : NULL;
    if (!kind && is_whole && !argument && *text >= '0' && *text <= '9')
        kind = find_kind("RATE", false);
    if (!kind) {
        rs_reader_problem(reader, value->place,
                          "'rate' '%.60s': write one of %s, where RATE is like 200k/s", text,
                          rs_load_rate_forms(reader));
        return;
    }
    load->kind = kind;
    read_form(reader, value, argument ? argument : text, load);
}
