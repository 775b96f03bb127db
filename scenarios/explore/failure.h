/* failure.h: the file of a failure: a scenario that shows it, as small as it gets, and what it
 * shows: which check, where, the story, by which build.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_EXPLORE_FAILURE_H
#define RS_EXPLORE_FAILURE_H

#include "scenarios/explore/attempt.h"

#include <stdio.h>

/* In the first line of the file. */
#define RS_FAILURE_MARK "respawn.failure/1"

typedef struct rs_failure_order {
    const char *text;    /* of the scenario, with what the command line has set */
    const rs_plan *plan; /* of the same */
    rs_plugins plugins;  /* that its upgrades take */
    uint64_t seed;
    const rs_attempt_failure *failure;
    const char *found_by;       /* the command */
    uint64_t timeout_ns;        /* of the wall, for one attempt */
    uint64_t shrink_ns;         /* of the wall, for all of them */
    const rs_atomic_u32 *hurry; /* in shared memory: once it is not 0, the case stays as large as it
                                   is then; may be NULL */
} rs_failure_order;

/* rs_failure_write finds the failure again, makes it small, and writes its file to `out`; false,
 * with a sentence in `why`, when the seed does not show it again. */
bool rs_failure_write(const rs_failure_order *order, FILE *out, char *why, size_t bytes);

/* rs_failure_hash returns what tells the file at `path` from any other; of one that cannot be read,
 * from all that can. */
uint64_t rs_failure_hash(const char *path);

/* rs_failure_build returns what tells this build from any other. */
const char *rs_failure_build(char *text, size_t bytes);

#endif
