/* number.h: numbers as text that loses nothing and spends no digit.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FORMAT_NUMBER_H
#define RS_FORMAT_NUMBER_H

/* Enough for every number. */
#define RS_NUMBER_BYTES 32u

/* rs_number_text writes the shortest decimal number that reads back as `value`, which is finite:
 * "4.8e-05", never "4.8000000000000001e-05". Returns `text`. */
const char *rs_number_text(double value, char text[RS_NUMBER_BYTES]);

#endif
