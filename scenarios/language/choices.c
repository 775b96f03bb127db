/* choices.c: a scheduler's choices, written down.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/choices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ reading */

/* Up to nine digits; returns how many there are, 0 when there are none or more. */
static size_t read_number(const char *digits, uint32_t *number) {
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 9) return 0;
    *number = (uint32_t)strtoul(digits, NULL, 10);
    return length;
}

/* Returns the length of the word at `text`; 0: it is none. */
static size_t read_word(const char *text, uint32_t *rank, uint32_t *times) {
    size_t length = read_number(text, rank), more = 0;
    *times = 1;
    if (length && text[length] == '*') {
        more = read_number(text + length + 1, times);
        length = more && *times ? length + 1 + more : 0;
    }
    return length && (text[length] == ' ' || !text[length]) ? length : 0;
}

static void add(rs_choices *choices, uint32_t rank, uint32_t times) {
    for (uint32_t i = 0; i < times && choices->count + i < choices->room; i++)
        choices->at[choices->count + i] = rank;
    choices->count += times;
}

static bool refuse_word(rs_reader *reader, const rs_document_node *item, const char *word) {
    size_t length = strcspn(word, " ");
    rs_reader_problem(reader, item->place,
                      "choice '%.*s': write RANK or RANK*TIMES, such as '0*57 1'",
                      length < 40 ? (int)length : 40, word);
    return false;
}

/* Words with one space between them. */
static bool read_item(rs_reader *reader, const rs_document_node *item, rs_choices *choices) {
    const char *text = rs_reader_text(reader, item, "an entry of 'choices'");
    uint32_t rank, times;
    if (!text) return false;
    for (;;) {
        size_t length = read_word(text, &rank, &times);
        if (!length) return refuse_word(reader, item, text);
        add(choices, rank, times);
        if (!text[length]) return true;
        text += length + 1;
    }
}

static bool read_items(rs_reader *reader, const rs_document_node *list, rs_choices *choices) {
    bool is_good = true;
    choices->count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        is_good &= read_item(reader, list->entries[i].value, choices);
    return is_good;
}

/* Counted first, so that what is empty needs no room. */
const rs_choices *rs_choices_read(rs_reader *reader, const rs_document_node *value) {
    rs_choices *choices = rs_plan_memory_take(reader->memory, sizeof *choices);
    if (!rs_reader_list_of(reader, value, "'choices'", RS_CHOICES_MAX)) return NULL;
    if (!read_items(reader, value, choices)) return NULL;
    if (choices->count > RS_CHOICES_MAX) {
        rs_reader_problem(reader, value->place,
                          "'choices' are %" PRIu64 "; a run is followed for at most %u",
                          choices->count, RS_CHOICES_MAX);
        return NULL;
    }
    choices->room = choices->count;
    choices->at = rs_plan_memory_array(reader->memory, choices->count, sizeof *choices->at);
    read_items(reader, value, choices);
    return choices;
}

/* ------------------------------------------------------------------ writing */

rs_choices rs_choices_trim(const rs_choices *choices) {
    uint64_t length = choices->count < choices->room ? choices->count : choices->room;
    while (length && !choices->at[length - 1]) length--;
    return (rs_choices){.at = choices->at, .count = length, .room = length};
}

static uint64_t end_of_run(const rs_choices *choices, uint64_t from) {
    uint64_t end = from + 1;
    while (end < choices->count && choices->at[end] == choices->at[from]) end++;
    return end;
}

uint64_t rs_choices_print(const rs_choices *choices, uint64_t from,
                          char text[RS_CHOICES_TEXT_BYTES]) {
    size_t used = 0;
    while (from < choices->count) {
        char word[40];
        uint64_t end = end_of_run(choices, from);
        int bytes = snprintf(word, sizeof word, "%s%" PRIu32, used ? " " : "", choices->at[from]);
        if (end - from > 1)
            bytes += snprintf(word + bytes, sizeof word - (size_t)bytes, "*%" PRIu64, end - from);
        if (used + (size_t)bytes >= RS_CHOICES_TEXT_BYTES) break;
        memcpy(text + used, word, (size_t)bytes + 1);
        used += (size_t)bytes;
        from = end;
    }
    return from;
}
