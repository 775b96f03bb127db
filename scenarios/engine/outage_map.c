/* outage_map.c: where a run counts how long roles stood empty.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/outage_map.h"

#include "scenarios/engine/map.h"

#include <string.h>

bool rs_outage_map_init(rs_outages *outages, uint32_t slots, uint32_t faults, uint32_t phases,
                        uint32_t nodes, rs_larder *larder) {
    outages->slots = slots;
    outages->faults = faults;
    outages->phases = phases;
    outages->nodes = nodes;
    outages->cells = rs_map_create(larder, sizeof *outages->cells * rs_outages_cell_count(outages));
    outages->used = rs_map_create(larder, sizeof *outages->used * rs_outages_cell_count(outages));
    outages->node_cells =
        rs_map_create(larder, sizeof *outages->node_cells * rs_outages_node_cell_count(outages));
    outages->node_used =
        rs_map_create(larder, sizeof *outages->node_used * rs_outages_node_cell_count(outages));
    outages->locks = rs_map_create(larder, sizeof *outages->locks * slots);
    return outages->cells && outages->used && outages->node_cells && outages->node_used &&
           outages->locks;
}

static void wipe_cell(rs_outage_cell *cell) {
    memset(cell, 0, offsetof(rs_outage_cell, stages));
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++)
        if (cell->stages[i].count) cell->stages[i] = (rs_histogram){0};
}

/* Few of them are used. */
static void wipe(rs_outage_cell *cells, const rs_atomic_u32 *used, size_t count) {
    for (size_t i = 0; cells && used && i < count; i++)
        if (rs_load(&used[i], rs_relaxed)) wipe_cell(&cells[i]);
}

void rs_outage_map_fini(rs_outages *outages, rs_larder *larder) {
    size_t cells = rs_outages_cell_count(outages), nodes = rs_outages_node_cell_count(outages);
    if (larder) wipe(outages->cells, outages->used, cells);
    if (larder) wipe(outages->node_cells, outages->node_used, nodes);
    rs_map_destroy(larder, outages->cells, sizeof *outages->cells * cells, 0);
    rs_map_destroy(larder, outages->used, sizeof *outages->used * cells, RS_MAP_UNKNOWN);
    rs_map_destroy(larder, outages->node_cells, sizeof *outages->node_cells * nodes, 0);
    rs_map_destroy(larder, outages->node_used, sizeof *outages->node_used * nodes, RS_MAP_UNKNOWN);
    rs_map_destroy(larder, outages->locks, sizeof *outages->locks * outages->slots, RS_MAP_UNKNOWN);
}
