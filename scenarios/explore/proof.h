/* proof.h: a scenario that shows one failure, as text: what a search found, with everything that
 * chance decided written down, so that nothing of it is left to chance.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PROOF_H
#define RS_PROOF_H

#include "scenarios/explore/attempt.h"
#include "scenarios/language/choices.h"
#include "scenarios/language/document.h"

typedef struct rs_proof {
    const char *text;                  /* of the scenario */
    const rs_attempt_failure *failure; /* that it shows */
    bool by_rules; /* faults and loads stay as they are, and drawn faults are added to them */
    bool choices;  /* the scheduler's are written down, if it has told them all, and followed */
} rs_proof;

/* rs_proof_write writes to `out` the scenario of which `shared` has run the plan, or one that was
 * drawn from it: each fault with the blows that it gave instead of the rule for them, each open
 * loop with its arrivals, and of checks and expectations the one that the failure speaks of. One
 * that followed choices has those that it made. Nothing when the text is none. */
void rs_proof_write(const rs_proof *from, const rs_shared *shared, FILE *out);

/* rs_proof_parse returns the document of a case; NULL when it is none. Owner: `memory`. */
rs_document_node *rs_proof_parse(const char *text, rs_plan_memory *memory);

/* rs_proof_plan returns the plan of a case; NULL when it is none. Owner: rs_plan_destroy. */
rs_plan *rs_proof_plan(const char *text);

/* rs_proof_print returns a document as text. Owner: free() it. */
char *rs_proof_print(const rs_document_node *document);

/* rs_proof_put sets `key` of a mapping to a plain scalar. */
void rs_proof_put(rs_document_node *mapping, const char *key, const char *text,
                  rs_plan_memory *memory);

/* rs_proof_set sets `key` of a mapping to `value`. */
void rs_proof_set(rs_document_node *mapping, const char *key, rs_document_node *value,
                  rs_plan_memory *memory);

/* rs_proof_choices returns the list of `choices`, without those at the end that are 0. */
rs_document_node *rs_proof_choices(const rs_choices *choices, rs_plan_memory *memory);

/* rs_proof_scalar returns a scalar; one that is not `plain` is written in quotes. */
rs_document_node *rs_proof_scalar(const char *text, bool plain, rs_plan_memory *memory);

#endif
