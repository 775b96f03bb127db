/* document.h: YAML as a bounded tree in which every key and value knows its place. Only what a
 * scenario needs: scalars, lists, mappings. Aliases, anchors, tags, several documents, duplicate
 * keys and deep nesting are refused here, so that no reader above meets them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DOCUMENT_H
#define RS_DOCUMENT_H

#include "scenarios/language/diagnostic.h"
#include "scenarios/language/plan_memory.h"

/* A tree of supervisors uses two levels each; the readers recurse, so this also bounds the stack.
 */
#define RS_DOCUMENT_DEPTH_MAX 64u

typedef enum rs_document_kind {
    RS_DOCUMENT_BROKEN, /* a problem has been reported here: readers pass over it */
    RS_DOCUMENT_SCALAR,
    RS_DOCUMENT_LIST,
    RS_DOCUMENT_MAPPING,
} rs_document_kind;

typedef struct rs_document_node rs_document_node;

typedef struct rs_document_entry {
    const char *key; /* NULL in a list */
    rs_place place;  /* of the key */
    rs_document_node *value;
} rs_document_entry;

struct rs_document_node {
    rs_document_kind kind;
    rs_place place;
    const char *text; /* a scalar's */
    bool plain;       /* a scalar without quotes */
    rs_document_entry *entries;
    uint32_t count, capacity;
};

/* rs_document_parse reads one document of `length` bytes of checked text. `origin` names the file;
 * with line 0 (the command line) every node gets `origin` itself as its place.
 * Owner:  the tree lives in `memory`.
 * Errors: NULL when there is no tree; problems that leave one are added and it is returned. */
rs_document_node *rs_document_parse(const char *bytes, size_t length, rs_place origin,
                                    rs_plan_memory *memory, rs_diagnostics *diagnostics);

/* rs_document_find returns the entry of `key` in a mapping, or NULL. */
rs_document_entry *rs_document_find(const rs_document_node *mapping, const char *key);

/* rs_document_append adds an entry at the end of a list (`key` NULL) or mapping. */
void rs_document_append(rs_document_node *node, rs_document_entry entry, rs_plan_memory *memory);

/* rs_document_remove drops the entry of `key`, if there is one. */
void rs_document_remove(rs_document_node *mapping, const char *key);

/* rs_document_create returns an empty node of `kind` at `place`. */
rs_document_node *rs_document_create(rs_document_kind kind, rs_place place, rs_plan_memory *memory);

#endif
