/* runner.h: the first process of the child's runtime: it directs the run from the start of the tree
 * to its stop.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RUNNER_H
#define RS_RUNNER_H

#include "scenarios/engine/scene.h"
#include "scenarios/engine/victim.h"

typedef struct rs_runner {
    rs_scene scene;
    rs_victims *victims; /* of each fault */
    uint32_t ended;      /* clients and injectors that are gone */
} rs_runner;

/* rs_runner_create prepares a run; NULL without memory. Called before rs_run.
 * Owner: rs_runner_destroy. */
rs_runner *rs_runner_create(rs_shared *shared);
void rs_runner_destroy(rs_runner *runner);

/* rs_runner_main is the entry for rs_run; `args` is a pointer to a pointer to the rs_runner. */
void rs_runner_main(const void *args, uint32_t bytes);

/* rs_runner_drain_limit_ns returns how long the drain may take: as long as an operation of one call
 * with its retries, at least 1 s. */
uint64_t rs_runner_drain_limit_ns(const rs_plan *plan);

#endif
