/* outage.c: how long roles stood empty.
 * SPDX-License-Identifier: MIT
 */
#include "reports/outage.h"

#include "runtime/base/event.h"

size_t rs_outages_cell_count(const rs_outages *outages) {
    return (size_t)outages->slots * outages->faults * RS_OUTAGE_KIND_COUNT * outages->phases;
}

size_t rs_outages_node_cell_count(const rs_outages *outages) {
    return (size_t)outages->slots * outages->nodes * 2;
}

static size_t cell_index(const rs_outages *outages, uint32_t slot, uint32_t fault, uint32_t kind,
                         uint32_t phase) {
    size_t index = (size_t)slot * outages->faults + fault;
    return (index * RS_OUTAGE_KIND_COUNT + kind) * outages->phases + phase;
}

static size_t node_index(const rs_outages *outages, uint32_t slot, uint32_t node, bool own) {
    return ((size_t)slot * outages->nodes + node) * 2 + own;
}

/* Relaxed: read when the run is over. */
const rs_outage_cell *rs_outages_cell(const rs_outages *outages, uint32_t slot, uint32_t fault,
                                      uint32_t kind, uint32_t phase) {
    size_t index = cell_index(outages, slot, fault, kind, phase);
    return rs_load(&outages->used[index], rs_relaxed) ? &outages->cells[index] : NULL;
}

const rs_outage_cell *rs_outages_node_cell(const rs_outages *outages, uint32_t slot, uint32_t node,
                                           bool own) {
    size_t index = node_index(outages, slot, node, own);
    return rs_load(&outages->node_used[index], rs_relaxed) ? &outages->node_cells[index] : NULL;
}

/* ------------------------------------------------------------------ counting */

/* An outage counts in two cells, by what befell the role and by where it is, and in a third when a
 * start has failed. */
#define ALWAYS 2u

typedef struct rs_outage_cells {
    rs_outage_cell *at[ALWAYS + 1];
    uint32_t count;
} rs_outage_cells;

static rs_outage_cell *use_cell(const rs_outages *outages, uint32_t core, const rs_outage *outage,
                                rs_outage_kind kind) {
    uint32_t slot = core % outages->slots;
    size_t index = cell_index(outages, slot, outage->fault, kind, outage->phase);
    rs_store(&outages->used[index], 1, rs_relaxed);
    return &outages->cells[index];
}

static rs_outage_cell *use_node_cell(const rs_outages *outages, uint32_t core,
                                     const rs_outage *outage) {
    uint32_t slot = core % outages->slots;
    size_t index = node_index(outages, slot, outage->node, outage->kind == RS_OUTAGE_FAULT);
    rs_store(&outages->node_used[index], 1, rs_relaxed);
    return &outages->node_cells[index];
}

static rs_outage_cells cells_of(const rs_outages *outages, uint32_t core, const rs_outage *outage) {
    rs_outage_cells cells = {.at = {use_cell(outages, core, outage, (rs_outage_kind)outage->kind),
                                    use_node_cell(outages, core, outage)},
                             .count = ALWAYS};
    if (outage->retries)
        cells.at[cells.count++] = use_cell(outages, core, outage, RS_OUTAGE_INIT_RETRY);
    return cells;
}

static void lock(const rs_outages *outages, uint32_t core) {
    rs_spin_lock(&outages->locks[core % outages->slots].lock);
}

static void unlock(const rs_outages *outages, uint32_t core) {
    rs_spin_unlock(&outages->locks[core % outages->slots].lock);
}

static void count_unserved(const rs_outages *outages, uint32_t core, const rs_outage *outage) {
    if (outage->state != RS_OUTAGE_ALIVE || rs_outage_has(outage, RS_OUTAGE_SERVED)) return;
    rs_outage_cells cells = cells_of(outages, core, outage);
    for (uint32_t i = 0; i < cells.count; i++) cells.at[i]->unserved++;
}

rs_outage_kind rs_outage_kind_of(bool own, uint32_t stop_cause) {
    if (own) return RS_OUTAGE_FAULT;
    if (stop_cause == 1 + RS_STOP_SIBLING) return RS_OUTAGE_SIBLING;
    return stop_cause == 1 + RS_STOP_ESCALATION ? RS_OUTAGE_ESCALATION : RS_OUTAGE_FAULT;
}

bool rs_outage_opens(uint32_t stop_cause) {
    return stop_cause != 1 + RS_STOP_SHUTDOWN;
}

void rs_outage_open(const rs_outages *outages, uint32_t core, rs_outage *outage,
                    const rs_outage *opened, uint64_t time_ns) {
    lock(outages, core);
    count_unserved(outages, core, outage);
    *outage = *opened;
    outage->state = RS_OUTAGE_OPEN;
    rs_outage_cells cells = cells_of(outages, core, outage);
    for (uint32_t i = 0; i < cells.count; i++) cells.at[i]->deaths++;
    unlock(outages, core);
    rs_outage_reach(outages, core, outage, RS_OUTAGE_DETECTED, time_ns);
}

/* The death counts as one that was tried again when it is known to be. */
void rs_outage_retry(const rs_outages *outages, uint32_t core, rs_outage *outage) {
    if (outage->state != RS_OUTAGE_OPEN || ++outage->retries > 1) return;
    lock(outages, core);
    use_cell(outages, core, outage, RS_OUTAGE_INIT_RETRY)->deaths++;
    unlock(outages, core);
}

bool rs_outage_waive(rs_outage *outage) {
    if (outage->state != RS_OUTAGE_OPEN || outage->not_due) return false;
    outage->not_due = true;
    return true;
}

/* What lies before a start is not made longer by one that failed. */
void rs_outage_reach(const rs_outages *outages, uint32_t core, rs_outage *outage,
                     rs_outage_stage stage, uint64_t time_ns) {
    if (outage->state == RS_OUTAGE_NONE || rs_outage_has(outage, stage)) return;
    if (stage >= RS_OUTAGE_STARTED && outage->state != RS_OUTAGE_ALIVE) return;
    outage->stages |= (uint8_t)(1u << stage);
    if (outages->counts_only) return;
    uint64_t took_ns = rs_outage_took_ns(outage, time_ns);
    lock(outages, core);
    rs_outage_cells cells = cells_of(outages, core, outage);
    uint32_t count = stage < RS_OUTAGE_STARTED ? ALWAYS : cells.count;
    for (uint32_t i = 0; i < count; i++) rs_histogram_record(&cells.at[i]->stages[stage], took_ns);
    unlock(outages, core);
}

void rs_outage_start(const rs_outages *outages, uint32_t core, rs_outage *outage,
                     uint64_t time_ns) {
    if (outage->state != RS_OUTAGE_OPEN) return;
    outage->state = RS_OUTAGE_ALIVE;
    rs_outage_reach(outages, core, outage, RS_OUTAGE_STARTED, time_ns);
}

void rs_outage_lose(const rs_outages *outages, uint32_t core, const rs_outage *outage,
                    uint64_t lost) {
    lock(outages, core);
    rs_outage_cells cells = cells_of(outages, core, outage);
    for (uint32_t i = 0; i < cells.count; i++) cells.at[i]->lost += lost;
    unlock(outages, core);
}

/* The child is gone, perhaps with a lock in its hands: none is taken. */
void rs_outage_settle(const rs_outages *outages, const rs_outage *outage) {
    if (outage->state == RS_OUTAGE_NONE) return;
    bool open = outage->state == RS_OUTAGE_OPEN;
    rs_outage_cells cells = cells_of(outages, 0, outage);
    count_unserved(outages, 0, outage);
    for (uint32_t i = 0; i < cells.count; i++) {
        cells.at[i]->lost += open ? outage->kept : 0;
        cells.at[i]->unreached += !open && !rs_outage_has(outage, RS_OUTAGE_REACHABLE);
        cells.at[i]->not_due += open && outage->not_due;
        cells.at[i]->unfinished += open && !outage->not_due;
    }
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
