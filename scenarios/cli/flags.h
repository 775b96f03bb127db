/* flags.h: the flags that a command takes: all that getopt reads, help shows, a shell completes.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_FLAGS_H
#define RS_CLI_FLAGS_H

#include "scenarios/cli/flag.h"

/* The fixed flags and --export-FORMAT for each format. */
#define RS_FLAGS_MAX 64u

typedef struct rs_flags {
    rs_flag at[RS_FLAGS_MAX];
    size_t count;
} rs_flags;

/* rs_flags_init fills `list` with the flags that `groups` (RS_FLAGS_…) take, in the order that help
 * shows. Owner: rs_flags_fini. */
void rs_flags_init(rs_flags *list, unsigned groups);
void rs_flags_fini(rs_flags *list);

/* rs_flags_find returns the flag called `name`, without dashes; NULL: there is none. */
const rs_flag *rs_flags_find(const rs_flags *list, const char *name);

#endif
