/* word.c: the nearest known word to one that nobody knows.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/word.h"

#include <stdlib.h>
#include <string.h>

/* No known word is longer; paths that are get no suggestion. */
#define LETTERS_MAX 80u

typedef uint32_t row[LETTERS_MAX + 1];

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* fill_row computes the distances of the first i letters of `a` to each beginning of `b`, and
 * returns the least of them. */
static uint32_t fill_row(row now, const row last, const row before, const char *a, const char *b,
                         uint32_t i, uint32_t length) {
    uint32_t best = now[0] = i;
    for (uint32_t j = 1; j <= length; j++) {
        uint32_t cost = a[i - 1] != b[j - 1];
        now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            now[j] = least(now[j], before[j - 2] + 1);
        best = least(best, now[j]);
    }
    return best;
}

uint32_t rs_word_distance(const char *a, const char *b, uint32_t limit) {
    uint32_t m = (uint32_t)strnlen(a, LETTERS_MAX + 1), n = (uint32_t)strnlen(b, LETTERS_MAX + 1);
    if (m > LETTERS_MAX || n > LETTERS_MAX) return limit + 1;
    if ((m > n ? m - n : n - m) > limit) return limit + 1;
    row rows[3];
    for (uint32_t j = 0; j <= n; j++) rows[0][j] = j;
    memset(rows[2], 0, sizeof rows[2]);
    for (uint32_t i = 1; i <= m; i++) {
        /* A swap reaches two rows back, so that one hopeless row alone does not decide. */
        uint32_t best = fill_row(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, b, i, n);
        if (best > limit + 1) return limit + 1;
    }
    return least(rows[m % 3][n], limit + 1);
}

const char *rs_word_nearest(const char *given, const char *const *words) {
    uint32_t letters = (uint32_t)strnlen(given, LETTERS_MAX);
    uint32_t limit = letters < 3 ? letters / 2 : least(1 + letters / 4, 3);
    const char *best = NULL;
    for (; *words && limit; words++) {
        uint32_t distance = rs_word_distance(given, *words, limit);
        if (distance > limit) continue;
        best = *words;
        limit = distance - (distance > 0); /* only a nearer one may replace it */
    }
    return best;
}

int rs_word_index(const char *given, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], given) == 0) return i;
    return -1;
}

bool rs_word_matches(const char *glob, const char *text) {
    const char *star = NULL, *retry = NULL;
    while (*text) {
        if (*glob == '*') {
            star = ++glob;
            retry = text;
        } else if (*glob == *text) {
            glob++;
            text++;
        } else if (star) {
            glob = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*glob == '*') glob++;
    return *glob == 0;
}
