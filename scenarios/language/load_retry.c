/* load_retry.c: the `retry` of a load: { times: 3, backoff: 10ms, factor: 2, max: 1s, jitter: 20%,
 * on: [timeout, noproc] }.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/load_retry.h"

#include "scenarios/language/key_words.h"

#include <string.h>

#define SECOND_NS 1000000000ull

/* Whoever tries more often does not stop at all. */
#define TIMES_MAX  1000u
#define WAIT_MAX   (3600 * SECOND_NS)
#define FACTOR_MAX 1000u

/* More reasons than a run tells apart make no sense. */
#define REASONS_MAX 32u
/* Reports cut longer ones, see scenarios/engine/reason.h. */
#define REASON_BYTES_MAX 100u

/* What reports write: an atom, or a tuple such as {shutdown,why}, without spaces. */
static const char *read_reason(rs_reader *reader, const rs_document_node *node) {
    const char *text = rs_reader_text(reader, node, "'on'");
    if (!text) return NULL;
    bool is_atom = *text >= 'a' && *text <= 'z' &&
                   !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_@")];
    bool is_tuple = *text == '{' && text[strlen(text) - 1] == '}' && !strchr(text, ' ');
    if (strcmp(text, "deadline") == 0)
        rs_reader_problem(reader, node->place,
                          "'on': what has passed its deadline is never tried again");
    else if ((!is_atom && !is_tuple) || strlen(text) > REASON_BYTES_MAX)
        rs_reader_problem(reader, node->place,
                          "'on' '%.60s': write reasons as reports do, such as timeout, noproc or "
                          "'{shutdown,why}'",
                          text);
    return text;
}

static void read_on(rs_reader *reader, const rs_document_node *value, rs_plan_retry *retry) {
    if (value->kind == RS_DOCUMENT_SCALAR && strcmp(value->text, "all") == 0) return;
    if (value->kind != RS_DOCUMENT_LIST || !value->count || value->count > REASONS_MAX) {
        rs_reader_problem(reader, value->place,
                          "'on' is all, or a list of 1 to %u reasons, such as [timeout, noproc]",
                          REASONS_MAX);
        return;
    }
    const char **on = rs_plan_memory_array(reader->memory, value->count, sizeof *on);
    for (uint32_t i = 0; i < value->count; i++)
        on[i] = read_reason(reader, value->entries[i].value);
    retry->on = on;
    retry->on_count = value->count;
}

/* Defaults: 10 ms, twice as long each time, up to 1 s, no jitter, for every reason. */
static void read_waits(rs_reader *reader, const rs_document_node *mapping, rs_plan_retry *retry) {
    const rs_document_node *backoff = rs_reader_get(mapping, "backoff");
    const rs_document_node *factor = rs_reader_get(mapping, "factor");
    const rs_document_node *max = rs_reader_get(mapping, "max");
    const rs_document_node *jitter = rs_reader_get(mapping, "jitter");
    uint64_t times = 2, ppm = 0;
    retry->backoff_ns = SECOND_NS / 100;
    if (backoff) rs_reader_duration(reader, backoff, "'backoff'", 0, WAIT_MAX, &retry->backoff_ns);
    retry->max_ns = retry->backoff_ns > SECOND_NS ? retry->backoff_ns : SECOND_NS;
    if (max) rs_reader_duration(reader, max, "'max'", retry->backoff_ns, WAIT_MAX, &retry->max_ns);
    if (factor) rs_reader_count(reader, factor, "'factor'", 1, FACTOR_MAX, &times);
    if (jitter) rs_reader_share(reader, jitter, "'jitter'", &ppm);
    retry->factor = (uint32_t)times;
    retry->jitter_ppm = (uint32_t)ppm;
}

void rs_load_retry_read(rs_reader *reader, const rs_document_node *value, rs_plan_retry *retry) {
    uint64_t times = 1;
    if (!value || !rs_reader_mapping(reader, value, "'retry'")) return;
    rs_reader_keys(reader, value, rs_key_words_retry);
    const rs_document_node *count = rs_reader_need(reader, value, "times", "a retry");
    const rs_document_node *on = rs_reader_get(value, "on");
    if (count) rs_reader_count(reader, count, "'times'", 0, TIMES_MAX, &times);
    retry->times = (uint32_t)times;
    read_waits(reader, value, retry);
    if (on) read_on(reader, on, retry);
}
