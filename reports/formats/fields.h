/* fields.h: tables that say once how a struct looks in JSON; writing and reading both follow the
 * table, so they cannot drift apart. A key that is missing from a file leaves its field zeroed; an
 * unknown key is ignored; a value of the wrong kind is an error that names its place.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FIELDS_H
#define RS_FIELDS_H

#include "reports/result.h"

#include <jansson.h>

typedef enum rs_field_type {
    RS_FIELD_TEXT,     /* const char *; NULL is left out */
    RS_FIELD_CHARS,    /* char[size]; "" is left out */
    RS_FIELD_U64,      /* a number, or decimal text from 2^53 on */
    RS_FIELD_U32,      /* a number */
    RS_FIELD_HEX,      /* uint64_t as "0x2a" */
    RS_FIELD_BOOL,     /* bool */
    RS_FIELD_OPTIONAL, /* rs_optional; unknown is null */
    RS_FIELD_WORD,     /* an enum, by its words */
} rs_field_type;

typedef struct rs_field {
    const char *key;
    rs_field_type type;
    size_t offset;
    size_t size;              /* of CHARS: bytes; of WORD: how many words */
    const char *const *words; /* of WORD */
    const char *about;        /* what it says, for the JSON Schema */
} rs_field;

/* What reading needs: where texts go, where it is, and what was wrong. */
typedef struct rs_reader {
    rs_result *result; /* NULL: what is read is none */
    rs_texts *texts;
    char where[128]; /* "metrics[3]" */
    char message[512];
} rs_reader;

/* rs_fields_write sets the keys of `fields` (ends with a NULL key) in `object` from `row`. */
void rs_fields_write(json_t *object, const rs_field *fields, const void *row);

/* rs_fields_object returns `row` as an object with the keys of `fields`. */
json_t *rs_fields_object(const rs_field *fields, const void *row);

/* rs_fields_read fills `row` from `object`. False, with reader->message, when a value is wrong. */
bool rs_fields_read(rs_reader *reader, const json_t *object, const rs_field *fields, void *row);

/* rs_fields_fail writes `where.key: problem` to reader->message and returns false. */
bool rs_fields_fail(rs_reader *reader, const char *key, const char *problem);

/* rs_fields_text returns `text` as JSON; bytes that are no UTF-8 become U+FFFD. */
json_t *rs_fields_text(const char *text);

/* rs_fields_u64 returns `value` as a JSON number, or as decimal text from 2^53 on. */
json_t *rs_fields_u64(uint64_t value);

/* rs_fields_number returns `value` as JSON: an integer when it is one, null when not finite. */
json_t *rs_fields_number(double value);

/* rs_fields_open is rs_fields_number for a value that may be infinite: JSON has no infinity, so
 * "never" is a word of its own. What is no number is null. */
json_t *rs_fields_open(double value);

/* rs_fields_get_u64 reads what rs_fields_u64 made. */
bool rs_fields_get_u64(const json_t *json, uint64_t *value);

#endif
