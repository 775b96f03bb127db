/* diagnostic.c: the problems of a scenario. They own their texts, since the plan they speak of is
 * gone when they are printed.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/diagnostic.h"

#include "runtime/base/assert.h"
#include "scenarios/language/plan_memory.h"
#include "scenarios/language/utf8.h"
#include "scenarios/language/word.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The list of all metrics fits. */
#define MESSAGE_BYTES 1200u

struct rs_diagnostics {
    rs_diagnostic kept[RS_DIAGNOSTICS_MAX];
    uint32_t count;
    rs_plan_memory *memory;
};

rs_diagnostics *rs_diagnostics_create(void) {
    rs_diagnostics *diagnostics = calloc(1, sizeof *diagnostics);
    RS_ASSERT(diagnostics);
    diagnostics->memory = rs_plan_memory_create();
    return diagnostics;
}

void rs_diagnostics_destroy(rs_diagnostics *diagnostics) {
    if (!diagnostics) return;
    rs_plan_memory_destroy(diagnostics->memory);
    free(diagnostics);
}

uint32_t rs_diagnostics_count(const rs_diagnostics *diagnostics) {
    return diagnostics->count;
}

/* escape copies `text` so that it stays one line and moves no cursor; bytes that are no character
 * (a word cut by its precision) are dropped. */
static char *escape(rs_plan_memory *memory, const char *text) {
    char *copy = rs_plan_memory_take(memory, strlen(text) * 4 + 1), *to = copy;
    size_t left = strlen(text);
    while (left) {
        size_t step = rs_utf8_step(text, left);
        if (step && !rs_utf8_is_control(text, step))
            to = (char *)memcpy(to, text, step) + step;
        else if (step)
            to += sprintf(to, "\\x%02x", (unsigned char)text[step - 1]);
        text += step ? step : 1;
        left -= step ? step : 1;
    }
    return copy;
}

static bool is_full(const rs_diagnostics *diagnostics) {
    return diagnostics->count >= RS_DIAGNOSTICS_MAX;
}

static void keep(rs_diagnostics *diagnostics, rs_place place, const char *message) {
    rs_diagnostic *kept = &diagnostics->kept[diagnostics->count];
    place.file = escape(diagnostics->memory, place.file ? place.file : "");
    *kept = (rs_diagnostic){place, escape(diagnostics->memory, message), diagnostics->count++};
}

void rs_diagnostic_add(rs_diagnostics *diagnostics, rs_place place, const char *format, ...) {
    if (is_full(diagnostics)) {
        diagnostics->count += diagnostics->count < UINT32_MAX;
        return;
    }
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof message) strcpy(message + sizeof message - sizeof "…", "…");
    keep(diagnostics, place, message);
}

static void list_words(char *text, size_t size, const char *const *words) {
    size_t used = 0;
    *text = 0;
    for (const char *const *word = words; *word && used < size; word++) {
        int length = snprintf(text + used, size - used, "%s%s", word == words ? "" : ", ", *word);
        used += length > 0 ? (size_t)length : 0;
    }
}

static void add_unknown(rs_diagnostics *diagnostics, rs_place place, const char *what,
                        const char *given, const char *const *words, const char *hint) {
    char list[MESSAGE_BYTES];
    const char *nearest = is_full(diagnostics) ? NULL : rs_word_nearest(given, words);
    if (nearest) {
        rs_diagnostic_add(diagnostics, place, "unknown %s '%.60s' – did you mean '%s'?%s", what,
                          given, nearest, hint);
        return;
    }
    list_words(list, sizeof list, words);
    rs_diagnostic_add(diagnostics, place, "unknown %s '%.60s'; known: %s%s%s", what, given,
                      *list ? list : "none", *hint ? "." : "", hint);
}

void rs_diagnostic_unknown(rs_diagnostics *diagnostics, rs_place place, const char *what,
                           const char *given, const char *const *words) {
    add_unknown(diagnostics, place, what, given, words, "");
}

void rs_diagnostic_unknown_word(rs_diagnostics *diagnostics, rs_place place, const char *what,
                                const char *given, const char *const *words) {
    add_unknown(diagnostics, place, what, given, words,
                " One of your own comes with --plugin FILE");
}

/* Problems of the command line (line 0) come first. */
static int compare(const void *left, const void *right) {
    const rs_diagnostic *a = left, *b = right;
    if (a->place.line != b->place.line) return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column) return a->place.column < b->place.column ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static uint32_t kept_count(const rs_diagnostics *diagnostics) {
    return is_full(diagnostics) ? RS_DIAGNOSTICS_MAX : diagnostics->count;
}

const rs_diagnostic *rs_diagnostics_get(rs_diagnostics *diagnostics, uint32_t index) {
    RS_ASSERT(index < kept_count(diagnostics));
    qsort(diagnostics->kept, kept_count(diagnostics), sizeof *diagnostics->kept, compare);
    return &diagnostics->kept[index];
}

static void print_one(const rs_diagnostic *diagnostic, FILE *out) {
    const rs_place *place = &diagnostic->place;
    if (place->line)
        fprintf(out, "%s:%u:%u: ", place->file, place->line, place->column);
    else
        fprintf(out, "%s: ", place->file);
    fprintf(out, "%s\n", diagnostic->message);
}

void rs_diagnostics_print(rs_diagnostics *diagnostics, FILE *out) {
    uint32_t kept = kept_count(diagnostics);
    for (uint32_t i = 0; i < kept; i++) print_one(rs_diagnostics_get(diagnostics, i), out);
    if (diagnostics->count > kept) fprintf(out, "… and %u more\n", diagnostics->count - kept);
}
