/* found.h: what a process has found in a roster: copies that hang on the process itself, so that
 * its death at any instant frees them. Bytes are the payload of one message, which stays until the
 * next look; terms, which are counted, have a message each, which stays until it has been visited.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FOUND_H
#define RS_FOUND_H

#include "runtime/store/roster.h"

/* rs_found_entries copies all entries under `key` of the roster `word`, as they are at one moment:
 * `head_bytes` of nothing, then for each who holds it and its value. NULL: there are none. It may
 * let others run. Owner: the caller's process; see rs_found_keep and rs_found_drop. Ends the caller
 * when memory is short. In a section. */
rs_message *rs_found_entries(rs_core **core, uint64_t word, rs_term key, uint64_t hash,
                             uint32_t head_bytes, bool newest_first);

/* rs_found_stride returns how far one entry is from the next there. */
static inline uint32_t rs_found_stride(uint32_t value_bytes) {
    return (uint32_t)sizeof(uint64_t) + ((value_bytes + 7) & ~7u);
}

/* rs_found_keep makes `found` (may be NULL) the caller's latest, and drops the one before. In a
 * section, as the next. */
void rs_found_keep(rs_core *core, rs_message *found);
void rs_found_drop(rs_core *core, rs_message *found);

/* rs_found_room returns room for `bytes`, as they return it. In a section. */
rs_message *rs_found_room(rs_core *core, uint64_t bytes);

/* rs_found_term returns a message that holds `term` for the caller. In a section. */
rs_message *rs_found_term(rs_core *core, rs_term term);

typedef void rs_found_visit(rs_term term, void *context);

/* rs_found_keys visits the keys of `who` in the roster `word`, or all keys when it is 0, as they
 * are at one moment, and returns how many there are. The terms are borrowed. In user mode. */
uint32_t rs_found_keys(uint64_t word, uint64_t who, rs_found_visit *visit, void *context);

#endif
