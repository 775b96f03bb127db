/* names.c: texts as numbers.
 * SPDX-License-Identifier: MIT
 */
#include "reports/names.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint64_t hash_of(const char *text) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

uint32_t rs_names_number(rs_names *names, const char *text) {
    uint64_t hash = hash_of(text);
    uint32_t number;
    for (size_t at = 0; rs_lookup_next(&names->index, hash, &at, &number);)
        if (strcmp(names->rows.at[number], text) == 0) return number;
    number = (uint32_t)names->rows.count;
    const char **row = RS_ROWS_ADD(&names->rows);
    *row = rs_texts_copy(&names->texts, text, strlen(text));
    rs_lookup_add(&names->index, hash, number);
    return number;
}

void rs_names_fini(rs_names *names) {
    rs_lookup_fini(&names->index);
    free(names->rows.at);
    rs_texts_fini(&names->texts);
    *names = (rs_names){0};
}
