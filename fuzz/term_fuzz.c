/* term_fuzz.c: any text as a term: what parses must print as something that parses back to an equal
 * term with an equal hash.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "runtime/process/term.h"

#include <stdlib.h>
#include <string.h>

static char *print(rs_term term) {
    size_t length = rs_term_print(term, NULL, 0);
    char *text = malloc(length + 1);
    if (text) RS_ASSERT(rs_term_print(term, text, length + 1) == length);
    return text;
}

static void check_round_trip(rs_term term) {
    rs_term again = 0;
    char *text = print(term);
    if (!text) return;
    RS_ASSERT(rs_term_parse(text, &again) == RS_OK);
    RS_ASSERT(rs_term_equal(term, again));
    RS_ASSERT(rs_term_hash(term) == rs_term_hash(again));
    rs_term_release(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_term term = 0;
    char *text = malloc(size + 1);
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (rs_term_parse(text, &term) == RS_OK) {
        check_round_trip(term);
        rs_term_release(term);
    }
    free(text);
    return 0;
}
