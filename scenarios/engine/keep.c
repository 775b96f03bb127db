/* keep.c: how many things each process keeps.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/keep.h"

#include "runtime/base/limits.h"
#include "scenarios/engine/map.h"

#define BYTES      (sizeof(rs_atomic_u64) * RS_PROCESSES_MAX)
#define GENERATION (~(uint64_t)UINT32_MAX)

/* A pid is its generation, above the index of its slot, above four bits of tag. */
static rs_atomic_u64 *cell_of(const rs_keeps *keeps, uint64_t pid) {
    return &keeps->at[((uint32_t)pid >> 4) % RS_PROCESSES_MAX];
}

bool rs_keeps_init(rs_keeps *keeps, rs_larder *larder) {
    keeps->at = rs_map_create(larder, BYTES);
    return keeps->at != NULL;
}

void rs_keeps_fini(rs_keeps *keeps, rs_larder *larder) {
    rs_map_destroy(larder, keeps->at, BYTES, RS_MAP_UNKNOWN);
}

/* Relaxed: the process's own events, which come after, carry the number to who counts it. */
void rs_keeps_set(rs_keeps *keeps, uint64_t pid, uint64_t count) {
    uint64_t number = count < UINT32_MAX ? count : UINT32_MAX;
    rs_store(cell_of(keeps, pid), (pid & GENERATION) | number, rs_relaxed);
    if (!rs_load(&keeps->declared, rs_relaxed)) rs_store(&keeps->declared, 1, rs_relaxed);
}

/* A cell of another generation belongs to who had the slot before. */
uint64_t rs_keeps_get(const rs_keeps *keeps, uint64_t pid) {
    uint64_t cell = rs_load(cell_of(keeps, pid), rs_relaxed);
    return (cell & GENERATION) == (pid & GENERATION) ? cell & UINT32_MAX : 0;
}
