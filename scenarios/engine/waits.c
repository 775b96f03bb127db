/* waits.c: how long processes waited from ready to running.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/waits.h"

#include "scenarios/engine/map.h"

static size_t bytes(const rs_waits *waits) {
    return sizeof *waits->at * waits->cores * waits->phases;
}

bool rs_waits_init(rs_waits *waits, uint32_t cores, uint32_t phases, rs_larder *larder) {
    *waits = (rs_waits){.cores = cores, .phases = phases};
    waits->at = rs_map_create(larder, bytes(waits));
    return waits->at != NULL;
}

void rs_waits_fini(rs_waits *waits, rs_larder *larder) {
    rs_map_destroy(larder, waits->at, bytes(waits), RS_MAP_UNKNOWN);
}

static rs_waits_cell *cell_of(const rs_waits *waits, uint32_t core, uint32_t phase) {
    return &waits->at[(size_t)(core % waits->cores) * waits->phases + phase];
}

void rs_waits_record(rs_waits *waits, uint32_t core, uint32_t phase, uint64_t wait_ns,
                     bool sampled) {
    rs_waits_cell *cell = cell_of(waits, core, phase);
    if (sampled)
        rs_histogram_record(&cell->sampled, wait_ns);
    else if (wait_ns > cell->longest_ns)
        cell->longest_ns = wait_ns;
}

static uint64_t sum_phase(const rs_waits *waits, uint32_t phase, rs_histogram *sampled) {
    uint64_t longest_ns = 0;
    for (uint32_t core = 0; core < waits->cores; core++) {
        const rs_waits_cell *cell = cell_of(waits, core, phase);
        rs_histogram_merge(sampled, &cell->sampled);
        if (cell->longest_ns > longest_ns) longest_ns = cell->longest_ns;
    }
    return sampled->max > longest_ns ? sampled->max : longest_ns;
}

uint64_t rs_waits_sum(const rs_waits *waits, uint32_t phase, rs_histogram *sampled) {
    if (phase < waits->phases) return sum_phase(waits, phase, sampled);
    uint64_t longest_ns = 0;
    for (uint32_t i = 0; i < waits->phases; i++) {
        uint64_t of_phase_ns = sum_phase(waits, i, sampled);
        if (of_phase_ns > longest_ns) longest_ns = of_phase_ns;
    }
    return longest_ns;
}
