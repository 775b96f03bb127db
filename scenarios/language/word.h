/* word.h: words that are known, nearly known, or meant by a pattern.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORD_H
#define RS_WORD_H

#include <stdbool.h>
#include <stdint.h>

/* rs_word_distance returns how many insertions, deletions, replacements and swaps of neighbours
 * lead from `a` to `b`, or `limit` + 1 when it takes more than `limit`. Units: bytes. Source:
 * restricted Damerau-Levenshtein ("optimal string alignment"). */
uint32_t rs_word_distance(const char *a, const char *b, uint32_t limit);

/* rs_word_nearest returns the word of the NULL-terminated `words` nearest to `given` if a slip of
 * the keyboard can explain the difference (a third of the letters, at most three), else NULL. */
const char *rs_word_nearest(const char *given, const char *const *words);

/* rs_word_index returns the position of `given` in the NULL-terminated `words`, or -1. */
int rs_word_index(const char *given, const char *const *words);

/* rs_word_matches says whether `text` matches `glob`: a star stands for any text. */
bool rs_word_matches(const char *glob, const char *text);

#endif
