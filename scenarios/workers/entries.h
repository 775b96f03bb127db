/* entries.h: how a registry tells where it leads its callers. When a run is over, whoever counts
 * what is left asks each worker that has `entries_of` (worker.h), page by page: rs_list_entries ->
 * rs_role_entries. SPDX-License-Identifier: MIT
 */
#ifndef RS_ENTRIES_H
#define RS_ENTRIES_H

#include "runtime/respawn.h"

/* Role keys are short; a longer one is cut, and then names no role. */
#define RS_ENTRY_KEY_BYTES 56u
/* 4 KiB: an answer is built on the stack. */
#define RS_ENTRIES_MAX 64u

typedef struct rs_role_entry {
    char key[RS_ENTRY_KEY_BYTES]; /* the role's, below the supervisor; ends with a zero */
    rs_pid pid;                   /* whom callers are led to; never 0 */
} rs_role_entry;

typedef struct rs_list_entries {
    uint64_t from; /* 0 at first, then the `next` of the answer before */
} rs_list_entries;

typedef struct rs_role_entries {
    uint64_t next; /* 0: there are no more */
    uint64_t count;
    rs_role_entry at[RS_ENTRIES_MAX];
} rs_role_entries;

extern const rs_type rs_list_entries_type, rs_role_entries_type;

#endif
