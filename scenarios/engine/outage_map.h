/* outage_map.h: where a run counts how long roles stood empty (reports/outage.h): in memory that
 * the child writes and the parent reads.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OUTAGE_MAP_H
#define RS_OUTAGE_MAP_H

#include "reports/outage.h"
#include "runtime/respawn.h"

/* rs_outage_map_init maps empty cells for `slots` cores; false when there is no memory. */
bool rs_outage_map_init(rs_outages *outages, uint32_t slots, uint32_t faults, uint32_t phases,
                        uint32_t nodes, rs_larder *larder);

/* rs_outage_map_fini gives the memory back. */
void rs_outage_map_fini(rs_outages *outages, rs_larder *larder);

#endif
