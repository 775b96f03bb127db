/* crew.h: forked workers that make attempts for a range of seeds, on all cores. A run that takes
 * its process along is a finding like any other, one that takes too long by the wall is told as
 * late: its worker is replaced. Invariant: what becomes of a seed depends on the plan and the seed
 * alone, not on who took it. SPDX-License-Identifier: MIT
 */
#ifndef RS_CREW_H
#define RS_CREW_H

#include "scenarios/explore/attempt.h"

typedef struct rs_crew_options {
    const rs_plan *plan;
    rs_plugins plugins;             /* that its upgrades take */
    uint64_t first_seed, last_seed; /* both inclusive */
    uint64_t shard, shards;         /* from 1; seed first + k goes to shard 1 + k mod shards */
    uint32_t jobs;                  /* workers at a time; at least 1 */
    uint64_t timeout_ns;            /* of the wall, for one attempt */
} rs_crew_options;

/* rs_crew_take is told each attempt, in no particular order; false ends the search. NULL: nothing
 * new, but time has passed. */
typedef bool rs_crew_take(void *context, const rs_attempt *attempt);

/* rs_crew_count returns how many seeds are this shard's. */
uint64_t rs_crew_count(const rs_crew_options *options);

/* rs_crew_run lets the workers make all attempts and tells each. Signals are taken as by rs_watch:
 * SIGINT, SIGTERM and SIGHUP end it early.
 * Errors: false when there are no processes or pipes to be had, or it was interrupted. */
bool rs_crew_run(const rs_crew_options *options, rs_crew_take *take, void *context);

/* rs_crew_jobs returns the processors this process may run on. */
uint32_t rs_crew_jobs(void);

#endif
