/* key_words.h: the keys of a scenario, section by section: what is none of them is refused. One
 * table gives that list, what `respawn list keys` shows and the JSON Schema for editors.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_KEY_WORDS_H
#define RS_KEY_WORDS_H

#include <stdbool.h>

/* A key of a section. */
typedef struct rs_key {
    const char *name;
    bool is_needed;
    const char *form;  /* what its value is written like, see form.h */
    const char *about; /* a phrase */
} rs_key;

/* A section: the keys of a kind of mapping. */
typedef struct rs_key_section {
    const char *name;         /* as forms have it: "{retry}" */
    const char *title;        /* as people have it: "load: retry" */
    const rs_key *keys;       /* ended by a NULL name */
    const char *const *words; /* their names alone, NULL-terminated */
} rs_key_section;

/* rs_key_sections are all of them, in the order of a reader; ended by a NULL name. */
extern const rs_key_section rs_key_sections[];

/* The names of their keys, NULL-terminated. A supervisor has rs_key_words_root at the top of the
 * tree; a worker has its own options beside rs_key_words_worker; a fault's triggers and modifiers
 * are sections of their own. */
extern const char *const rs_key_words_scenario[];
extern const char *const rs_key_words_runtime[];
extern const char *const rs_key_words_costs[];
extern const char *const rs_key_words_root[];
extern const char *const rs_key_words_supervisor[];
extern const char *const rs_key_words_worker[];
extern const char *const rs_key_words_backoff[];
extern const char *const rs_key_words_budget[];
extern const char *const rs_key_words_load[];
extern const char *const rs_key_words_retry[];
extern const char *const rs_key_words_fault[];
extern const char *const rs_key_words_triggers[];
extern const char *const rs_key_words_modifiers[];
extern const char *const rs_key_words_upgrade[];
extern const char *const rs_key_words_explore[];
extern const char *const rs_key_words_failure[];

/* Words that are values, NULL-terminated, in the order of the enums of plan.h. */
extern const char *const rs_key_clocks[];
extern const char *const rs_key_strategies[];
extern const char *const rs_key_restarts[];
extern const char *const rs_key_auto_shutdowns[];
extern const char *const rs_key_vias[];

/* rs_key_section_find returns the section called `name`, or NULL. */
const rs_key_section *rs_key_section_find(const char *name);

#endif
