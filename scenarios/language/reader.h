/* reader.h: what every part of the language uses to read values: each function reports what is
 * wrong at the value's own place and carries on, so that one run finds every problem of a file.
 * SPDX-License-Identifier: MIT
 *
 * `what` names the value in messages ("'period'"). Readers return false, or NULL, or -1, after a
 * problem, and leave the value alone; a broken node is passed over silently.
 */
#ifndef RS_READER_H
#define RS_READER_H

#include "scenarios/language/document.h"

/* Lists of loads, faults, expectations and setups; paths are searched for each of them. */
#define RS_READER_ITEMS_MAX 1000u

/* Named nodes of the tree; more children than anyone writes come from a template. */
#define RS_READER_NODES_MAX 10000u

/* Every path step is an atom of the runtime; a person must be able to read it. */
#define RS_READER_ID_BYTES_MAX 64u

/* A path given as a worker's option, checked once the tree is whole. */
typedef struct rs_reader_path {
    const char *text;
    rs_place place;
    const rs_option *option;
    const rs_plan_node *owner; /* the worker that has the option */
    struct rs_reader_path *next;
} rs_reader_path;

typedef struct rs_reader {
    rs_diagnostics *diagnostics;
    rs_plan_memory *memory;
    rs_plan *plan;         /* filled section by section */
    rs_reader_path *paths; /* still to be checked */
    uint32_t node_count;   /* of the tree */
    bool has_phases;       /* the phases were read without a problem */
} rs_reader;

/* rs_reader_problem adds a problem. */
#define rs_reader_problem(READER, ...) rs_diagnostic_add((READER)->diagnostics, __VA_ARGS__)

/* rs_reader_mapping tells whether `node` is a mapping, or reports. */
bool rs_reader_mapping(rs_reader *reader, const rs_document_node *node, const char *what);

/* rs_reader_list tells whether `node` is a list of at most RS_READER_ITEMS_MAX, or reports. */
bool rs_reader_list(rs_reader *reader, const rs_document_node *node, const char *what);

/* rs_reader_list_of is rs_reader_list with at most `max` entries. */
bool rs_reader_list_of(rs_reader *reader, const rs_document_node *node, const char *what,
                       uint32_t max);

/* rs_reader_keys reports every key of a mapping that is not among the NULL-terminated `known`. */
void rs_reader_keys(rs_reader *reader, const rs_document_node *mapping, const char *const *known);

/* rs_reader_get returns the value of `key`, or NULL. */
const rs_document_node *rs_reader_get(const rs_document_node *mapping, const char *key);

/* rs_reader_need returns the value of `key`, or reports that `owner` ("a fault") needs it. */
const rs_document_node *rs_reader_need(rs_reader *reader, const rs_document_node *mapping,
                                       const char *key, const char *owner);

/* rs_reader_text returns the text of a scalar. */
const char *rs_reader_text(rs_reader *reader, const rs_document_node *node, const char *what);

/* rs_reader_id returns the text of a scalar that is [a-z][a-z0-9_]*. */
const char *rs_reader_id(rs_reader *reader, const rs_document_node *node, const char *what);

/* rs_reader_word returns the index of a scalar's text in the NULL-terminated `words`. */
int rs_reader_word(rs_reader *reader, const rs_document_node *node, const char *what,
                   const char *const *words);

/* rs_reader_boolean reads true or false. */
bool rs_reader_boolean(rs_reader *reader, const rs_document_node *node, const char *what,
                       bool *value);

/* rs_reader_count reads a whole number, unquoted, from `min` to `max`. */
bool rs_reader_count(rs_reader *reader, const rs_document_node *node, const char *what,
                     uint64_t min, uint64_t max, uint64_t *value);

/* rs_reader_duration reads nanoseconds from `min` to `max`. */
bool rs_reader_duration(rs_reader *reader, const rs_document_node *node, const char *what,
                        uint64_t min, uint64_t max, uint64_t *ns);

/* rs_reader_bytes reads a size from `min` to `max`. */
bool rs_reader_bytes(rs_reader *reader, const rs_document_node *node, const char *what,
                     uint64_t min, uint64_t max, uint64_t *bytes);

/* rs_reader_share reads parts per million. */
bool rs_reader_share(rs_reader *reader, const rs_document_node *node, const char *what,
                     uint64_t *ppm);

/* rs_reader_phase returns the index of the phase that `node` names. The phases must have been read.
 */
int rs_reader_phase(rs_reader *reader, const rs_document_node *node);

/* rs_reader_unknown_phase reports a word that names no phase, if phases are known at all. */
void rs_reader_unknown_phase(rs_reader *reader, rs_place place, const char *name);

/* rs_reader_argument splits "name(argument)": copies name, and argument or NULL. False when the
 * brackets do not match. */
bool rs_reader_argument(rs_reader *reader, const char *text, const char **name,
                        const char **argument);

#endif
