/* arrivals.c: what open loops asked for in a run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/arrivals.h"

#include "runtime/base/assert.h"
#include "scenarios/engine/map.h"

#include <inttypes.h>
#include <stdio.h>

static size_t list_bytes(const rs_plan *plan) {
    return sizeof(rs_plan_arrival) * RS_PLAN_ARRIVALS_MAX * plan->load_count;
}

bool rs_arrivals_init(rs_arrivals *arrivals, const rs_plan *plan, rs_larder *larder) {
    arrivals->plan = plan;
    arrivals->counts = rs_map_create(larder, sizeof *arrivals->counts * plan->load_count);
    arrivals->at = rs_map_create(larder, list_bytes(plan));
    return arrivals->counts && arrivals->at;
}

void rs_arrivals_fini(rs_arrivals *arrivals, rs_larder *larder) {
    if (!arrivals->plan) return;
    uint32_t loads = arrivals->plan->load_count;
    size_t counts = sizeof *arrivals->counts * loads, written = 0;
    for (uint32_t i = 0; arrivals->counts && i < loads; i++)
        if (rs_load(&arrivals->counts[i], rs_relaxed)) written = RS_MAP_UNKNOWN;
    rs_map_destroy(larder, arrivals->at, list_bytes(arrivals->plan), written);
    rs_map_destroy(larder, arrivals->counts, counts, counts);
}

/* An entry belongs to who drew its number; it is read when all of them are gone. */
void rs_arrivals_add(rs_arrivals *arrivals, uint32_t load, rs_plan_arrival arrival) {
    rs_atomic_u32 *count = &arrivals->counts[load];
    uint32_t index = rs_load(count, rs_relaxed);
    if (index <= RS_PLAN_ARRIVALS_MAX) index = rs_add(count, 1, rs_relaxed);
    if (index < RS_PLAN_ARRIVALS_MAX)
        arrivals->at[(size_t)load * RS_PLAN_ARRIVALS_MAX + index] = arrival;
}

uint32_t rs_arrivals_count(const rs_arrivals *arrivals, uint32_t load) {
    uint32_t count = rs_load(&arrivals->counts[load], rs_relaxed);
    return count < RS_PLAN_ARRIVALS_MAX ? count : RS_PLAN_ARRIVALS_MAX;
}

bool rs_arrivals_are_all(const rs_arrivals *arrivals, uint32_t load) {
    return rs_load(&arrivals->counts[load], rs_relaxed) <= RS_PLAN_ARRIVALS_MAX;
}

void rs_arrivals_print(const rs_arrivals *arrivals, uint32_t load, uint32_t index, char *text,
                       size_t bytes) {
    RS_ASSERT(index < rs_arrivals_count(arrivals, load));
    const rs_plan_arrival *one = &arrivals->at[(size_t)load * RS_PLAN_ARRIVALS_MAX + index];
    const rs_worker *worker = arrivals->plan->loads[load].target->worker;
    snprintf(text, bytes, "%" PRIu64 "ns %u %s %" PRIu64, one->due_ns, one->client,
             worker->operations[one->operation].name, one->key);
}
