/* words.h: what the first argument of a command may be, where that is one of a few words; for the
 * commands that read them, and for the completion in shells.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_WORDS_H
#define RS_CLI_WORDS_H

/* NULL-terminated. */
extern const char *const rs_words_list[];
extern const char *const rs_words_schema[];
extern const char *const rs_words_completion[];

#endif
