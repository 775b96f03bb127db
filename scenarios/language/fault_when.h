/* fault_when.h: when a fault fires: exactly one trigger, and what narrows it; the keys of both are
 * rs_key_words_triggers and rs_key_words_modifiers.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_WHEN_H
#define RS_FAULT_WHEN_H

#include "scenarios/language/reader.h"

/* What a key of a fault's time is written like, and what it does. */
typedef struct rs_fault_when_help {
    const char *example, *about;
} rs_fault_when_help;

/* rs_fault_when_helps are in the order of a reader, ended by an example that is NULL. */
extern const rs_fault_when_help rs_fault_when_helps[];

/* rs_fault_when_goes says whether the key `modifier`, or `pick`, does something beside the key
 * `trigger`. */
bool rs_fault_when_goes(const char *modifier, const char *trigger);

/* rs_fault_when_word returns the word for what `on:` waits for. */
const char *rs_fault_when_word(rs_plan_occasion occasion);

/* rs_fault_when_read reads trigger and modifiers of the fault `mapping`, whose `how`, victims and
 * `during` have been read. */
void rs_fault_when_read(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault);

/* rs_fault_when_fires is false for a fault that never does anything: rate 0, probability 0%,
 * chance 0%, limit 0, pick 0. Then it shall change nothing at all. */
bool rs_fault_when_fires(const rs_plan_fault *fault);

#endif
