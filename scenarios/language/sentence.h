/* sentence.h: a small sentence while it is read, word by word: an expectation, or what happens
 * sometimes.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SENTENCE_H
#define RS_SENTENCE_H

#include "reports/metric.h"
#include "scenarios/language/section.h"

#include <string.h>

typedef struct rs_sentence {
    rs_reader *reader;
    rs_place place;
    const char *text, *at; /* all of it; what is still to be read */
} rs_sentence;

/* rs_sentence_problem adds a problem. */
#define rs_sentence_problem(S, ...) rs_reader_problem((S)->reader, (S)->place, __VA_ARGS__)

/* rs_sentence_skip moves behind spaces. */
static inline void rs_sentence_skip(rs_sentence *s) {
    s->at += strspn(s->at, " \t\n");
}

/* rs_sentence_take returns a copy of the next `length` bytes and moves behind them and the space
 * that follows. */
static inline const char *rs_sentence_take(rs_sentence *s, size_t length) {
    const char *word = rs_plan_memory_copy(s->reader->memory, s->at, length);
    s->at += length;
    rs_sentence_skip(s);
    return word;
}

/* rs_sentence_word takes the next word; "" at the end. */
static inline const char *rs_sentence_word(rs_sentence *s) {
    return rs_sentence_take(s, strcspn(s->at, " \t\n"));
}

/* rs_sentence_scalar makes a word readable like any other value. */
static inline const rs_document_node *rs_sentence_scalar(rs_sentence *s, const char *text) {
    rs_document_node *node = rs_document_create(RS_DOCUMENT_SCALAR, s->place, s->reader->memory);
    node->text = text;
    node->plain = true;
    return node;
}

/* rs_expectation_windows reads what follows `in`: "every DURATION of PHASE". */
void rs_expectation_windows(rs_sentence *s, const rs_metric *metric,
                            rs_plan_expectation *expectation);

#endif
