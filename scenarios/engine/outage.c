/* outage.c: how long roles stood empty.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/outage.h"

#include "scenarios/engine/map.h"

static size_t cell_count(const rs_outages *outages) {
    return (size_t)outages->slots * outages->faults * RS_OUTAGE_KIND_COUNT * outages->phases;
}

bool rs_outages_init(rs_outages *outages, uint32_t slots, uint32_t faults, uint32_t phases) {
    outages->slots = slots;
    outages->faults = faults;
    outages->phases = phases;
    outages->cells = rs_map_create(sizeof *outages->cells * cell_count(outages));
    outages->locks = rs_map_create(sizeof *outages->locks * slots);
    return outages->cells && outages->locks;
}

void rs_outages_fini(rs_outages *outages) {
    rs_map_destroy(outages->cells, sizeof *outages->cells * cell_count(outages));
    rs_map_destroy(outages->locks, sizeof *outages->locks * outages->slots);
}

rs_outage_cell *rs_outages_cell(const rs_outages *outages, uint32_t slot, uint32_t fault,
                                uint32_t kind, uint32_t phase) {
    size_t index = (size_t)slot * outages->faults + fault;
    return &outages->cells[(index * RS_OUTAGE_KIND_COUNT + kind) * outages->phases + phase];
}

static rs_outage_cell *cell_of(const rs_outages *outages, uint32_t core, uint32_t kind,
                               const rs_outage *outage) {
    return rs_outages_cell(outages, core % outages->slots, outage->fault, kind, outage->phase);
}

static bool has(const rs_outage *outage, rs_outage_stage stage) {
    return (outage->stages >> stage) & 1u;
}

void rs_outage_open(const rs_outages *outages, uint32_t core, rs_outage *outage,
                    const rs_outage *opened) {
    rs_spinlock *lock = &outages->locks[core % outages->slots].lock;
    rs_spin_lock(lock);
    if (outage->state == RS_OUTAGE_ALIVE && !has(outage, RS_OUTAGE_SERVED))
        cell_of(outages, core, outage->kind, outage)->unserved++;
    *outage = *opened;
    outage->state = RS_OUTAGE_OPEN;
    cell_of(outages, core, outage->kind, outage)->deaths++;
    rs_spin_unlock(lock);
}

void rs_outage_reach(const rs_outages *outages, uint32_t core, rs_outage *outage,
                     rs_outage_stage stage, uint64_t time_ns) {
    if (outage->state == RS_OUTAGE_NONE || has(outage, stage)) return;
    outage->stages |= (uint8_t)(1u << stage);
    uint64_t took_ns = time_ns > outage->since_ns ? time_ns - outage->since_ns : 0;
    rs_spinlock *lock = &outages->locks[core % outages->slots].lock;
    rs_spin_lock(lock);
    rs_histogram_record(&cell_of(outages, core, outage->kind, outage)->stages[stage], took_ns);
    if (outage->retries && stage >= RS_OUTAGE_STARTED)
        rs_histogram_record(&cell_of(outages, core, RS_OUTAGE_INIT_RETRY, outage)->stages[stage],
                            took_ns);
    rs_spin_unlock(lock);
}

void rs_outage_settle(const rs_outages *outages, const rs_outage *outage) {
    rs_outage_cell *cell = cell_of(outages, 0, outage->kind, outage);
    if (outage->state == RS_OUTAGE_ALIVE && !has(outage, RS_OUTAGE_SERVED)) cell->unserved++;
    if (outage->state == RS_OUTAGE_ALIVE && !has(outage, RS_OUTAGE_REACHABLE)) cell->unreached++;
    if (outage->state != RS_OUTAGE_OPEN) return;
    if (outage->not_due)
        cell->not_due++;
    else
        cell->unfinished++;
}

const char *rs_outage_stage_word(rs_outage_stage stage) {
    static const char *const words[] = {
#define X(NAME, WORD) WORD,
        RS_OUTAGE_STAGES(X)
#undef X
    };
    return words[stage];
}

const char *rs_outage_kind_word(rs_outage_kind kind) {
    static const char *const words[] = {
#define X(NAME, WORD) WORD,
        RS_OUTAGE_KINDS(X)
#undef X
    };
    return words[kind];
}
