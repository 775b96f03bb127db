/* quantity.h: the one quantity in a setting's text, `poisson(1k/s)`, `30ms`, `slow(5ms)`, `3`, so
 * that it can be made larger and smaller. SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_QUANTITY_H
#define RS_CLI_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_QUANTITY_TEXT_BYTES 128u

typedef enum rs_quantity_unit {
    RS_QUANTITY_COUNT,
    RS_QUANTITY_RATE, /* per 1000 s */
    RS_QUANTITY_NS,
    RS_QUANTITY_BYTES,
    RS_QUANTITY_SHARE, /* millionths */
} rs_quantity_unit;

typedef struct rs_quantity {
    rs_quantity_unit unit;
    uint64_t value; /* more than 0 */
    char before[RS_QUANTITY_TEXT_BYTES], after[RS_QUANTITY_TEXT_BYTES];
} rs_quantity;

/* rs_quantity_read reads the first quantity of `text`. Errors: false, and a sentence in `why`. */
bool rs_quantity_read(rs_quantity *quantity, const char *text, const char **why);

/* rs_quantity_round returns `value` with three significant digits, and as a whole number of what
 * can be written. */
uint64_t rs_quantity_round(const rs_quantity *quantity, uint64_t value);

/* rs_quantity_print writes the setting's text with `value` in it. */
void rs_quantity_print(const rs_quantity *quantity, uint64_t value,
                       char text[RS_QUANTITY_TEXT_BYTES]);

#endif
