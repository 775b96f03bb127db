/* blow.c: every single blow of the fault plan.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/blow.h"

#include "runtime/base/assert.h"
#include "scenarios/engine/map.h"
#include "scenarios/language/plan.h"

#define LIST_BYTES (sizeof(rs_blow) * RS_BLOWS_MAX)

bool rs_blows_init(rs_blows *blows, uint32_t faults, rs_larder *larder) {
    RS_ASSERT(faults <= RS_PLAN_FAULTS_MAX);
    blows->faults = faults;
    blows->lists = rs_map_create(larder, sizeof *blows->lists * faults);
    if (!blows->lists) return false;
    for (uint32_t i = 0; i < faults; i++)
        if (!(blows->lists[i].at = rs_map_create(larder, LIST_BYTES))) return false;
    return true;
}

void rs_blows_fini(rs_blows *blows, rs_larder *larder) {
    size_t bytes = sizeof *blows->lists * blows->faults;
    for (uint32_t i = 0; blows->lists && i < blows->faults; i++) {
        const rs_blow_list *list = &blows->lists[i];
        rs_map_destroy(larder, list->at, LIST_BYTES, sizeof(rs_blow) * rs_blows_count(list));
    }
    rs_map_destroy(larder, blows->lists, bytes, bytes);
}

uint32_t rs_blows_add(rs_blows *blows, uint32_t fault, uint64_t time_ns, rs_blow_victim victim,
                      rs_strike_outcome outcome) {
    rs_blow_list *list = &blows->lists[fault];
    if (rs_load(&list->count, rs_relaxed) >= RS_BLOWS_MAX) return 0;
    /* Filled in afterwards: nobody looks for a cause that has not been returned. */
    uint32_t number = rs_add(&list->count, 1, rs_relaxed);
    if (number >= RS_BLOWS_MAX) return 0;
    rs_blow *blow = &list->at[number];
    blow->aimed_ns = time_ns;
    blow->pid = victim.pid;
    blow->role = victim.role;
    blow->incarnation = victim.incarnation;
    rs_store(&blow->time_ns, time_ns, rs_relaxed);
    rs_store(&blow->restart_ns, RS_STRIKE_NOT_DUE, rs_relaxed);
    rs_store(&blow->outcome, (uint32_t)outcome, rs_relaxed);
    rs_store(&blow->landed, 0, rs_relaxed);
    return ((fault + 1) << 24) | number;
}

void rs_blow_work(rs_blow *blow, uint64_t steps) {
    if (rs_load(&blow->open, rs_relaxed)) rs_add(&blow->work, steps, rs_relaxed);
}

uint32_t rs_blows_count(const rs_blow_list *list) {
    uint32_t count = rs_load(&list->count, rs_acquire);
    return count < RS_BLOWS_MAX ? count : RS_BLOWS_MAX;
}

rs_blow *rs_blows_find(const rs_blows *blows, uint32_t cause) {
    uint32_t fault = rs_blow_fault(cause), number = cause & (RS_BLOWS_MAX - 1);
    if (cause == 0 || fault >= blows->faults) return NULL;
    rs_blow_list *list = &blows->lists[fault];
    return number < rs_blows_count(list) ? &list->at[number] : NULL;
}
