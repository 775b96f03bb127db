/* load_arrivals.c: the `arrivals` of a load: "310000000ns 3 add_score 17".
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/load_arrivals.h"

#include "runtime/base/units.h"
#include "scenarios/language/word.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 4

/* One entry while it is read. */
typedef struct entry {
    rs_reader *reader;
    const rs_plan_load *load;
    const rs_document_node *value;
} entry;

static bool refuse(const entry *e, const char *why) {
    rs_reader_problem(e->reader, e->value->place, "arrival '%.60s': %s", e->value->text, why);
    return false;
}

/* Splits the text at its spaces; false when these are not FIELDS words. */
static bool split(rs_reader *reader, const char *text, const char *fields[FIELDS]) {
    for (int i = 0; i < FIELDS; i++) {
        size_t length = strcspn(text, " ");
        if (!length) return false;
        fields[i] = rs_plan_memory_copy(reader->memory, text, length);
        text += length + (text[length] == ' ');
    }
    return !*text;
}

static bool read_time(const entry *e, const char *text, uint64_t *due_ns) {
    const rs_plan *plan = e->reader->plan;
    const rs_plan_phase *first = &plan->phases[e->load->during < 0 ? 0 : e->load->during];
    const rs_plan_phase *last = e->load->during < 0 ? &plan->phases[plan->phase_count - 1] : first;
    const char *why;
    if (rs_units_parse_duration(text, due_ns, &why) != RS_OK) return refuse(e, why);
    if (!e->reader->has_phases) return true;
    if (*due_ns >= first->start_ns && *due_ns < last->start_ns + last->duration_ns) return true;
    char from[RS_UNITS_TEXT_BYTES], to[RS_UNITS_TEXT_BYTES];
    return refuse(e,
                  rs_plan_memory_format(
                      e->reader->memory, "this load lasts from %s to %s",
                      rs_units_format_duration(first->start_ns, from, sizeof from),
                      rs_units_format_duration(last->start_ns + last->duration_ns, to, sizeof to)));
}

/* A whole number below `bound`. */
static bool read_number(const entry *e, const char *text, uint64_t bound, const char *what,
                        uint64_t *number) {
    const char *why;
    if (rs_units_parse_count(text, number, &why) != RS_OK) return refuse(e, why);
    if (*number < bound) return true;
    return refuse(e,
                  rs_plan_memory_format(e->reader->memory,
                                        "there is no %s %" PRIu64 ": they count from 0 to %" PRIu64,
                                        what, *number, bound - 1));
}

static bool read_operation(const entry *e, const char *text, uint32_t *operation) {
    const rs_worker *worker = e->load->target->worker;
    const char **words =
        rs_plan_memory_array(e->reader->memory, worker->operation_count + 1u, sizeof *words);
    for (uint32_t i = 0; i < worker->operation_count; i++) words[i] = worker->operations[i].name;
    int index = rs_word_index(text, words);
    *operation = (uint32_t)index;
    if (index < 0)
        rs_diagnostic_unknown(e->reader->diagnostics, e->value->place, "operation", text, words);
    return index >= 0;
}

static bool read_arrival(const entry *e, rs_plan_arrival *arrival) {
    const char *fields[FIELDS];
    uint64_t client = 0;
    if (!rs_reader_text(e->reader, e->value, "an arrival")) return false;
    if (!split(e->reader, e->value->text, fields))
        return refuse(e, "write TIME CLIENT OPERATION KEY, such as '310000000ns 0 echo 0'");
    bool is_good = read_time(e, fields[0], &arrival->due_ns) &&
                   read_number(e, fields[1], e->load->clients, "client", &client) &&
                   read_operation(e, fields[2], &arrival->operation) &&
                   read_number(e, fields[3], e->load->key_count, "key", &arrival->key);
    arrival->client = (uint32_t)client;
    return is_good;
}

static int compare(const void *left, const void *right) {
    const rs_plan_arrival *a = left, *b = right;
    if (a->client != b->client) return a->client < b->client ? -1 : 1;
    return (a->due_ns > b->due_ns) - (a->due_ns < b->due_ns);
}

/* A client's requests are told apart by their times: these give each its own random numbers. */
static void refuse_same_time(rs_reader *reader, const rs_document_node *list,
                             const rs_plan_arrival *arrivals, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (compare(&arrivals[i - 1], &arrivals[i]) == 0) {
            rs_reader_problem(reader, list->place,
                              "'arrivals': client %u has two at %" PRIu64
                              "ns: a nanosecond between them would do",
                              arrivals[i].client, arrivals[i].due_ns);
            return;
        }
}

void rs_load_arrivals_read(rs_reader *reader, const rs_document_node *list, rs_plan_load *load) {
    bool is_good = true;
    load->kind = rs_load_find("arrivals");
    if (list->count > RS_PLAN_ARRIVALS_MAX)
        rs_reader_problem(reader, list->place, "'arrivals' has more than %u entries",
                          RS_PLAN_ARRIVALS_MAX);
    if (list->kind != RS_DOCUMENT_LIST) rs_reader_list(reader, list, "'arrivals'");
    if (list->kind != RS_DOCUMENT_LIST || list->count > RS_PLAN_ARRIVALS_MAX || !load->target)
        return;
    rs_plan_arrival *arrivals = rs_plan_memory_array(reader->memory, list->count, sizeof *arrivals);
    for (uint32_t i = 0; i < list->count; i++)
        is_good &= read_arrival(&(entry){reader, load, list->entries[i].value}, &arrivals[i]);
    qsort(arrivals, list->count, sizeof *arrivals, compare);
    if (is_good) refuse_same_time(reader, list, arrivals, list->count);
    load->arrivals = arrivals;
    load->arrival_count = list->count;
}
