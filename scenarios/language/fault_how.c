/* fault_how.c: the `how` of a fault: a word of the catalogue, and what stands in its brackets.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_how.h"

#include "runtime/base/units.h"
#include "scenarios/language/word.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ reasons */

static bool is_atom(const char *text) {
    size_t length =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@");
    return *text >= 'a' && *text <= 'z' && text[length] == 0 && length <= 255;
}

/* without_spaces copies `text`, so that {shutdown, why} and {shutdown,why} are one reason. */
static const char *without_spaces(rs_reader *reader, const char *text) {
    char *copy = rs_plan_memory_copy(reader->memory, text, strlen(text)), *to = copy;
    for (; *text; text++)
        if (*text != ' ') *to++ = *text;
    *to = 0;
    return copy;
}

static bool is_reason(rs_reader *reader, const char *text) {
    static const char opening[] = "{shutdown,";
    size_t length = strlen(text);
    if (is_atom(text)) return true;
    if (strncmp(text, opening, sizeof opening - 1) != 0 || text[length - 1] != '}') return false;
    return is_atom(
        rs_plan_memory_copy(reader->memory, text + sizeof opening - 1, length - sizeof opening));
}

static void read_reason(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault,
                        const char *argument) {
    const char *name = fault->how->name;
    if (!argument) {
        rs_reader_problem(reader, value->place, "'how': %s needs a reason, such as %s(boom)", name,
                          name);
        return;
    }
    fault->reason = without_spaces(reader, argument);
    if (!is_reason(reader, fault->reason))
        rs_reader_problem(reader, value->place,
                          "reason '%.60s': write an atom such as boom, or {shutdown,why}",
                          argument);
}

/* ------------------------------------------------------------------ arguments */

static rs_err parse(rs_option_type type, const char *text, uint64_t *value, const char **why) {
    switch (type) {
    case RS_OPTION_DURATION: return rs_units_parse_duration(text, value, why);
    case RS_OPTION_BYTES: return rs_units_parse_bytes(text, value, why);
    case RS_OPTION_SHARE: return rs_units_parse_share(text, value, why);
    default: return rs_units_parse_count(text, value, why);
    }
}

static const char *format(rs_option_type type, int64_t value, char *text, size_t bytes) {
    char number[RS_UNITS_TEXT_BYTES];
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    switch (type) {
    case RS_OPTION_DURATION: rs_units_format_duration(size, number, sizeof number); break;
    case RS_OPTION_BYTES: rs_units_format_bytes(size, number, sizeof number); break;
    case RS_OPTION_SHARE:
        rs_units_format_share((double)size / RS_UNITS_SHARE_WHOLE, number, sizeof number);
        break;
    default: snprintf(number, sizeof number, "%llu", (unsigned long long)size);
    }
    snprintf(text, bytes, "%s%s", value < 0 ? "-" : "", number);
    return text;
}

static void read_argument(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault,
                          uint32_t index, const char *text) {
    const rs_fault_parameter *parameter = &fault->how->parameters[index];
    const char *why, *name = fault->how->name;
    bool is_negative = parameter->min < 0 && *text == '-';
    uint64_t size;
    if (parse(parameter->type, text + is_negative, &size, &why) != RS_OK) {
        rs_reader_problem(reader, value->place, "'how': %s '%.60s' of %s: %s", parameter->name,
                          text, name, why);
        return;
    }
    int64_t given = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    if (is_negative) given = -given;
    char min[RS_UNITS_TEXT_BYTES + 1], max[RS_UNITS_TEXT_BYTES + 1];
    if (given < parameter->min || given > parameter->max)
        rs_reader_problem(reader, value->place, "'how': %s '%.60s' of %s is not from %s to %s",
                          parameter->name, text, name,
                          format(parameter->type, parameter->min, min, sizeof min),
                          format(parameter->type, parameter->max, max, sizeof max));
    fault->arguments[index] = (uint64_t)given;
}

static uint32_t count_parameters(const rs_fault_kind *kind) {
    uint32_t count = 0;
    while (count < RS_FAULT_PARAMETERS_MAX && kind->parameters[count].name) count++;
    return count;
}

/* The next argument of `list`, which is moved behind it; NULL when there is none. */
static const char *next_argument(rs_reader *reader, const char **list) {
    const char *text = *list;
    if (!text) return NULL;
    size_t length = strcspn(text, ",");
    *list = text[length] ? text + length + 1 : NULL;
    while (length && *text == ' ') text++, length--;
    while (length && text[length - 1] == ' ') length--;
    return rs_plan_memory_copy(reader->memory, text, length);
}

static void read_arguments(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault,
                           const char *list) {
    const rs_fault_kind *kind = fault->how;
    char syntax[RS_FAULT_SYNTAX_BYTES];
    uint32_t count = count_parameters(kind);
    if (list && count == 0) {
        rs_reader_problem(reader, value->place, "'how': %s takes nothing in brackets", kind->name);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *text = next_argument(reader, &list);
        if (!text) text = kind->parameters[i].fallback;
        if (text)
            read_argument(reader, value, fault, i, text);
        else
            rs_reader_problem(reader, value->place, "'how': %s needs its %s: %s", kind->name,
                              kind->parameters[i].name,
                              rs_fault_how_syntax(kind, syntax, sizeof syntax));
    }
    if (list)
        rs_reader_problem(reader, value->place, "'how': too much in the brackets; it is %s",
                          rs_fault_how_syntax(kind, syntax, sizeof syntax));
}

/* ------------------------------------------------------------------ the kind */

static const char *const *how_words(rs_reader *reader) {
    uint32_t count = 0;
    while (rs_faults[count]) count++;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = rs_faults[i]->name;
    return words;
}

void rs_fault_how_read(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    const char *text = value ? rs_reader_text(reader, value, "'how'") : NULL;
    const char *name, *argument;
    if (!text) return;
    if (!rs_reader_argument(reader, text, &name, &argument)) {
        rs_reader_problem(reader, value->place, "'how' '%.60s': the brackets do not match", text);
        return;
    }
    const char *const *words = how_words(reader);
    int index = rs_word_index(name, words);
    if (index < 0) {
        rs_diagnostic_unknown_word(reader->diagnostics, value->place, "fault", name, words);
        return;
    }
    fault->how = rs_faults[index];
    if (fault->how->takes_reason)
        read_reason(reader, value, fault, argument);
    else
        read_arguments(reader, value, fault, argument);
}

/* ------------------------------------------------------------------ telling */

const char *rs_fault_how_syntax(const rs_fault_kind *kind, char *text, size_t bytes) {
    uint32_t count = count_parameters(kind);
    int used = snprintf(text, bytes, "%s%s", kind->name, kind->takes_reason ? "(REASON)" : "");
    for (uint32_t i = 0; i < count && used >= 0 && (size_t)used < bytes; i++) {
        const rs_fault_parameter *parameter = &kind->parameters[i];
        used += snprintf(text + used, bytes - (size_t)used, "%s%s%s%s%s", i ? ", " : "(",
                         parameter->name, parameter->fallback ? "=" : "",
                         parameter->fallback ? parameter->fallback : "", i + 1 == count ? ")" : "");
    }
    return text;
}

typedef const char *rs_fault_how_format(rs_option_type type, int64_t value, char *text,
                                        size_t bytes);

static const char *print(const rs_plan_fault *fault, rs_fault_how_format *as, char *text,
                         size_t bytes) {
    const rs_fault_kind *kind = fault->how;
    uint32_t count = count_parameters(kind);
    int used = snprintf(text, bytes, "%s", kind->name);
    if (fault->reason) snprintf(text + used, bytes - (size_t)used, "(%s)", fault->reason);
    for (uint32_t i = 0; i < count && used >= 0 && (size_t)used < bytes; i++) {
        char value[RS_UNITS_TEXT_BYTES + 1];
        used += snprintf(
            text + used, bytes - (size_t)used, "%s%s%s", i ? ", " : "(",
            as(kind->parameters[i].type, (int64_t)fault->arguments[i], value, sizeof value),
            i + 1 == count ? ")" : "");
    }
    return text;
}

const char *rs_fault_how_print(const rs_plan_fault *fault, char *text, size_t bytes) {
    return print(fault, format, text, bytes);
}

/* In the largest unit that leaves nothing over. */
static const char *format_exact(rs_option_type type, int64_t value, char *text, size_t bytes) {
    static const char *const durations[] = {"ns", "us", "ms", "s"};
    static const char *const sizes[] = {"B", "KiB", "MiB", "GiB"};
    bool is_duration = type == RS_OPTION_DURATION;
    const char *const *units = is_duration ? durations : sizes;
    int64_t step = is_duration ? 1000 : 1024, left = value;
    uint32_t unit = 0;
    if (type == RS_OPTION_SHARE) {
        snprintf(text, bytes, "%" PRId64 ".%04" PRId64 "%%", value / 10000, value % 10000);
        return text;
    }
    if (!is_duration && type != RS_OPTION_BYTES) return format(type, value, text, bytes);
    for (; unit < 3 && left && left % step == 0; unit++) left /= step;
    snprintf(text, bytes, "%" PRId64 "%s", left, units[unit]);
    return text;
}

const char *rs_fault_how_write(const rs_plan_fault *fault, char *text, size_t bytes) {
    return print(fault, format_exact, text, bytes);
}
