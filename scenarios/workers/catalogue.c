/* catalogue.c: the workers a scenario can name, in the order that `respawn list` shows. A plain
 * list that one can read: nothing registers itself. Plugins that the command line names come behind
 * (scenarios/language/vocabulary.h).
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/worker.h"

#include <string.h>

extern const rs_worker rs_worker_cache;
extern const rs_worker rs_worker_echo;
extern const rs_worker rs_worker_high_scores_registry;
extern const rs_worker rs_worker_high_scores_table;
extern const rs_worker rs_worker_pipeline;
extern const rs_worker rs_worker_pool;
extern const rs_worker rs_worker_ring;
extern const rs_worker rs_worker_service;
extern const rs_worker rs_worker_watchdog;

const rs_worker *rs_workers[RS_WORKERS_MAX + 1] = {
    &rs_worker_service,
    &rs_worker_pool,
    &rs_worker_pipeline,
    &rs_worker_cache,
    &rs_worker_ring,
    &rs_worker_echo,
    &rs_worker_high_scores_table,
    &rs_worker_high_scores_registry,
    &rs_worker_watchdog,
    NULL,
};

const rs_worker *rs_worker_find(const char *name) {
    for (const rs_worker *const *worker = rs_workers; *worker; worker++)
        if (strcmp((*worker)->name, name) == 0) return *worker;
    return NULL;
}

rs_err rs_worker_add(const rs_worker *worker) {
    size_t count = 0;
    while (rs_workers[count]) count++;
    if (count == RS_WORKERS_MAX) return RS_ELIMIT;
    rs_workers[count] = worker;
    return RS_OK;
}
