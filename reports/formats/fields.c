/* fields.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/fields.h"

#include "reports/formats/escape.h"
#include "runtime/base/assert.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Integers up to here survive readers that know only doubles. */
#define EXACT_BELOW (UINT64_C(1) << 53)

json_t *rs_fields_text(const char *text) {
    json_t *json = json_string(text);
    if (json) return json;
    size_t room = 3 * strlen(text) + 1;
    char *valid = rs_rows_alloc(room);
    rs_escape_utf8(text, valid, room);
    json = json_string(valid);
    free(valid);
    return json;
}

json_t *rs_fields_u64(uint64_t value) {
    if (value < EXACT_BELOW) return json_integer((json_int_t)value);
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

json_t *rs_fields_number(double value) {
    if (!isfinite(value)) return json_null();
    if (fabs(value) < (double)EXACT_BELOW && value == trunc(value))
        return json_integer((json_int_t)value);
    return json_real(value);
}

json_t *rs_fields_open(double value) {
    return isinf(value) ? json_string("never") : rs_fields_number(value);
}

static json_t *hex(uint64_t value) {
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

static json_t *to_json(const rs_field *field, const void *at) {
    switch (field->type) {
    case RS_FIELD_TEXT: {
        const char *text = *(const char *const *)at;
        return text ? rs_fields_text(text) : NULL;
    }
    case RS_FIELD_CHARS: return *(const char *)at ? rs_fields_text(at) : NULL;
    case RS_FIELD_U64: return rs_fields_u64(*(const uint64_t *)at);
    case RS_FIELD_U32: return rs_fields_u64(*(const uint32_t *)at);
    case RS_FIELD_HEX: return hex(*(const uint64_t *)at);
    case RS_FIELD_BOOL: return json_boolean(*(const bool *)at);
    case RS_FIELD_OPTIONAL: {
        const rs_optional *optional = at;
        return optional->known ? rs_fields_number(optional->value) : json_null();
    }
    case RS_FIELD_WORD: return json_string(field->words[*(const unsigned *)at]);
    }
    RS_UNREACHABLE();
}

void rs_fields_write(json_t *object, const rs_field *fields, const void *row) {
    for (const rs_field *field = fields; field->key; field++) {
        json_t *value = to_json(field, (const char *)row + field->offset);
        if (value) json_object_set_new(object, field->key, value);
    }
}

json_t *rs_fields_object(const rs_field *fields, const void *row) {
    json_t *object = json_object();
    rs_fields_write(object, fields, row);
    return object;
}

bool rs_fields_fail(rs_reader *reader, const char *key, const char *problem) {
    snprintf(reader->message, sizeof reader->message, "%s%s%s: %s", reader->where,
             reader->where[0] && key[0] ? "." : "", key, problem);
    return false;
}

/* Whole text, digits of `base` only: strtoull alone takes signs, blanks and rests. */
static bool parse_u64(const char *text, int base, uint64_t *value) {
    const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
    if (!*text || text[strspn(text, digits)] != '\0') return false;
    errno = 0;
    unsigned long long parsed = strtoull(text, NULL, base);
    if (errno) return false;
    *value = parsed;
    return true;
}

bool rs_fields_get_u64(const json_t *json, uint64_t *value) {
    if (json_is_string(json)) return parse_u64(json_string_value(json), 10, value);
    if (!json_is_integer(json) || json_integer_value(json) < 0) return false;
    *value = (uint64_t)json_integer_value(json);
    return true;
}

static bool get_u32(const json_t *json, uint32_t *value) {
    uint64_t wide;
    if (!rs_fields_get_u64(json, &wide) || wide > UINT32_MAX) return false;
    *value = (uint32_t)wide;
    return true;
}

static bool get_hex(const json_t *json, uint64_t *value) {
    const char *text = json_string_value(json);
    return text && strncmp(text, "0x", 2) == 0 && parse_u64(text + 2, 16, value);
}

static bool get_chars(const json_t *json, char *text, size_t size) {
    if (!json_is_string(json)) return false;
    rs_escape_utf8(json_string_value(json), text, size); /* cuts between characters */
    return true;
}

static bool get_word(const json_t *json, const rs_field *field, unsigned *value) {
    const char *word = json_string_value(json);
    for (unsigned i = 0; word && i < field->size; i++) {
        if (strcmp(word, field->words[i]) != 0) continue;
        *value = i;
        return true;
    }
    return false;
}

static bool get_text(rs_reader *reader, const json_t *json, const char **text) {
    if (!json_is_string(json)) return false;
    *text = rs_texts_copy(reader->texts, json_string_value(json), json_string_length(json));
    return true;
}

static bool get_optional(const json_t *json, rs_optional *optional) {
    if (json_is_null(json)) return true;
    if (!json_is_number(json)) return false;
    *optional = rs_known(json_number_value(json));
    return true;
}

static bool get_bool(const json_t *json, bool *value) {
    *value = json_is_true(json);
    return json_is_boolean(json);
}

static bool from_json(rs_reader *reader, const json_t *json, const rs_field *field, void *at) {
    switch (field->type) {
    case RS_FIELD_TEXT: return get_text(reader, json, at);
    case RS_FIELD_CHARS: return get_chars(json, at, field->size);
    case RS_FIELD_U64: return rs_fields_get_u64(json, at);
    case RS_FIELD_U32: return get_u32(json, at);
    case RS_FIELD_HEX: return get_hex(json, at);
    case RS_FIELD_BOOL: return get_bool(json, at);
    case RS_FIELD_OPTIONAL: return get_optional(json, at);
    case RS_FIELD_WORD: return get_word(json, field, at);
    }
    RS_UNREACHABLE();
}

static bool fail_type(rs_reader *reader, const rs_field *field) {
    static const char *const wanted[] = {
        "must be text",
        "must be text",
        "must be a number that is whole and not negative",
        "must be a number that is whole, not negative and below 2^32",
        "must be text like \"0x2a\"",
        "must be true or false",
        "must be a number or null",
    };
    if (field->type != RS_FIELD_WORD)
        return rs_fields_fail(reader, field->key, wanted[field->type]);
    char problem[256] = "must be one of";
    for (size_t i = 0; i < field->size; i++) {
        size_t used = strlen(problem);
        snprintf(problem + used, sizeof problem - used, " %s", field->words[i]);
    }
    return rs_fields_fail(reader, field->key, problem);
}

bool rs_fields_read(rs_reader *reader, const json_t *object, const rs_field *fields, void *row) {
    if (!json_is_object(object)) return rs_fields_fail(reader, "", "must be an object");
    for (const rs_field *field = fields; field->key; field++) {
        const json_t *value = json_object_get(object, field->key);
        if (value && !from_json(reader, value, field, (char *)row + field->offset))
            return fail_type(reader, field);
    }
    return true;
}
