/* schema.h: the JSON Schema (draft 2020-12) of a scenario, for editors. Everything in it follows
 * from the tables that the language itself reads: the keys (key_words.h), the options of workers,
 * the catalogues; plugins' words are in it once they are added.
 *
 * It knows what a file looks like, and not what it means: which ids there are, how large a quantity
 * with a unit is, and what goes with what across sections only the language sees. It never refuses
 * what the language takes, but for names that YAML takes for something else: true and false.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCENARIO_SCHEMA_H
#define RS_SCENARIO_SCHEMA_H

#include "scenarios/faults/fault.h"
#include "scenarios/language/key_words.h"

#include <jansson.h>

/* rs_schema_scenario returns all of it. Owner: the caller. */
json_t *rs_schema_scenario(void);

/* ---- parts; of each the caller is the owner ---- */

/* rs_schema_mapping returns the schema of a mapping with the keys of `section` and no others, of
 * which the NULL-terminated `without` (NULL: none) are left out. */
json_t *rs_schema_mapping(const rs_key_section *section, const char *const *without);

/* rs_schema_add_keys adds the keys of one more section to a mapping's schema. */
void rs_schema_add_keys(json_t *mapping, const rs_key_section *section, const char *const *without);

/* rs_schema_add_options adds the keys of an option table. */
void rs_schema_add_options(json_t *mapping, const rs_option *options, uint32_t count);

/* rs_schema_need makes a mapping's schema insist on `key`. */
void rs_schema_need(json_t *mapping, const char *key);

/* rs_schema_has returns the schema of a mapping that has `key`, whatever else it has. */
json_t *rs_schema_has(const char *key);

/* rs_schema_word returns the schema of a value that is `word`, with what `about` says of it. */
json_t *rs_schema_word(const char *word, const char *about);

/* rs_schema_child returns that of a child: a worker or a supervisor; rs_schema_template that of a
 * simple_one_for_one's template, rs_schema_root that of the top. */
json_t *rs_schema_child(void);
json_t *rs_schema_template(void);
json_t *rs_schema_root(void);

/* rs_schema_tree sets the definition of each worker in `definitions`, and those of
 * supervisors. */
void rs_schema_tree(json_t *definitions);

/* rs_schema_how returns that of a fault's `how`; rs_schema_fault that of a fault. */
json_t *rs_schema_how(void);
json_t *rs_schema_fault(void);

/* rs_schema_expectation, rs_schema_gate and rs_schema_sometimes return those of the sentences;
 * rs_schema_comparison that of METRIC OP VALUE, which they share. */
json_t *rs_schema_comparison(void);
json_t *rs_schema_expectation(void);
json_t *rs_schema_gate(void);
json_t *rs_schema_sometimes(void);

#endif
