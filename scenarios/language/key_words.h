/* key_words.h: the keys of a scenario, section by section: what is none of them is refused, and
 * they are what `respawn list keys` shows.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_KEY_WORDS_H
#define RS_KEY_WORDS_H

/* All NULL-terminated. A supervisor has rs_key_words_root at the top of the tree; a worker has its
 * own options beside rs_key_words_worker, a fault its rs_fault_triggers and rs_fault_modifiers. */
extern const char *const rs_key_words_scenario[];
extern const char *const rs_key_words_runtime[];
extern const char *const rs_key_words_costs[];
extern const char *const rs_key_words_root[];
extern const char *const rs_key_words_supervisor[];
extern const char *const rs_key_words_worker[];
extern const char *const rs_key_words_backoff[];
extern const char *const rs_key_words_budget[];
extern const char *const rs_key_words_load[];
extern const char *const rs_key_words_retry[];
extern const char *const rs_key_words_fault[];
extern const char *const rs_key_words_upgrade[];
extern const char *const rs_key_words_explore[];
extern const char *const rs_key_words_failure[];

#endif
