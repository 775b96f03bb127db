/* map.h: memory that parent and child of a run share. It is zeroed, costs nothing until it is
 * touched, and keeps its address over fork(), so that what lies in it may hold pointers into it.
 * A run that has no child, since the whole process is one of many runs, takes it from a larder: its
 * own memory, which costs half, and stays for the next run.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MAP_H
#define RS_MAP_H

#include "runtime/respawn.h"

#include <stddef.h>
#include <stdint.h>

/* For who does not know how far it wrote. */
#define RS_MAP_UNKNOWN SIZE_MAX

/* rs_map_create returns `bytes` of zeroed memory, shared unless there is a `larder`; NULL when the
 * system refuses. Owner: rs_map_destroy with the same larder and size. */
void *rs_map_create(rs_larder *larder, size_t bytes);

/* rs_map_destroy gives the memory back, behind whose first `written` bytes nothing was written;
 * NULL is fine. */
void rs_map_destroy(rs_larder *larder, void *memory, size_t bytes, size_t written);

#endif
