/* label.h: "player-17", "game-9999": a word and a number. printf would cost a client more than the
 * call that it measures.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LABEL_H
#define RS_LABEL_H

#include <stdint.h>
#include <string.h>

/* rs_label_write writes `word` (ending in its dash) and `number` into `out`, which must have room
 * for the word, 20 digits and the final zero; it returns the length. */
static inline uint32_t rs_label_write(char *out, const char *word, uint64_t number) {
    char digits[20];
    uint32_t count = 0;
    do digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    uint32_t length = (uint32_t)strlen(word);
    memcpy(out, word, length);
    while (count) out[length++] = digits[--count];
    out[length] = '\0';
    return length;
}

#endif
