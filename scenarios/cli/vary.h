/* vary.h: `--vary KEY=V1,V2`: the values that a sweep gives to one key of the scenario.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_VARY_H
#define RS_CLI_VARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All combinations of a sweep together: more is a typing error. */
#define RS_VARY_MAX 1000u

typedef struct rs_vary {
    char *key;
    char **sets; /* KEY=VALUE for each value, as for --set */
    uint32_t count;
} rs_vary;

/* rs_vary_read reads "KEY=V1,V2,…". Commas inside (), [], {} or quotes belong to the value; "A..B"
 * is every integer from A to B. Errors: false, and one sentence in `why`, when it is none of that
 * or has more than RS_VARY_MAX values. Owner: rs_vary_fini, also after an error. */
bool rs_vary_read(rs_vary *vary, const char *text, const char **why);
void rs_vary_fini(rs_vary *vary);

/* rs_vary_value returns the text of value `index`. */
const char *rs_vary_value(const rs_vary *vary, uint32_t index);

#endif
