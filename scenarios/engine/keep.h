/* keep.h: how many things each process has declared to keep (rs_keep). The numbers lie in shared
 * memory by process, so that they outlive any death, and a process that lives on beside its
 * successor has its own.
 * Thread: a process declares from the core it runs on; anybody reads.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_KEEP_H
#define RS_KEEP_H

#include "runtime/base/atomic.h"
#include "runtime/respawn.h"

#include <stdbool.h>

typedef struct rs_keeps {
    rs_atomic_u64 *at;      /* by slot: the upper half of the pid above the number */
    rs_atomic_u32 declared; /* somebody has */
} rs_keeps;

/* rs_keeps_init maps the table; false when there is no memory. */
bool rs_keeps_init(rs_keeps *keeps, rs_larder *larder);
void rs_keeps_fini(rs_keeps *keeps, rs_larder *larder);

/* rs_keeps_set notes that `pid` keeps `count` things; more than 2^32 - 1 count as that. */
void rs_keeps_set(rs_keeps *keeps, uint64_t pid, uint64_t count);

/* rs_keeps_get returns what `pid` keeps, or kept when it died; 0 when it never said. */
uint64_t rs_keeps_get(const rs_keeps *keeps, uint64_t pid);

#endif
