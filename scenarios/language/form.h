/* form.h: what a value is written like, in few words, and the JSON Schema that follows from it.
 * Forms stand in the tables of keys, and are for people too. One is alternatives, parted by bars:
 *
 *     brutal_kill             a word
 *     DURATION                a word in capitals: what that stands for
 *     DURATION of DURATION    a text with such words in it; poisson(RATE)
 *     [CLOCK]                 a list; with a plus behind it of one entry at least
 *     {retry}                 a mapping with the keys of that section
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FORM_H
#define RS_FORM_H

#include <jansson.h>
#include <stdio.h>

/* A word in capitals. One of the members below `about` says what it stands for. */
typedef struct rs_form_word {
    const char *name;
    const char *about;        /* for who has written something else; NULL: that is plain */
    const char *pattern;      /* a text: a regular expression, without anchors */
    const char *const *words; /* one of these; NULL-terminated */
    unsigned units;           /* a quantity: 1 + its rs_units_kind */
    json_t *(*make)(void);    /* anything else: its schema; it stands alone, never within a text */
} rs_form_word;

/* rs_form_words are all of them, ended by a NULL name: schema_words.c. */
extern const rs_form_word rs_form_words[];

/* rs_form_schema returns the schema of a value that is written like `form`. It refers to words and
 * sections as "#/$defs/DURATION", "#/$defs/retry".
 * Owner: the caller. */
json_t *rs_form_schema(const char *form);

/* rs_form_definition returns the schema that those references mean for `word`. Owner: the caller.
 */
json_t *rs_form_definition(const rs_form_word *word);

/* rs_form_text returns the schema of a text that matches `pattern` as a whole; `about` (NULL: none)
 * tells what it is, also to who has written something else. Owner: the caller. */
json_t *rs_form_text(const char *pattern, const char *about);

/* rs_form_put writes the regular expression of a text that is written like `text`. */
void rs_form_put(const char *text, FILE *out);

/* rs_form_pattern returns what rs_form_put writes. Owner: free() it. */
char *rs_form_pattern(const char *text);

#endif
