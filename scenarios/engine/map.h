/* map.h: memory that parent and child of a run share. It is zeroed, costs nothing until it is
 * touched, and keeps its address over fork(), so that what lies in it may hold pointers into it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MAP_H
#define RS_MAP_H

#include <stddef.h>

/* rs_map_create returns `bytes` of shared zeroed memory, or NULL when the system refuses.
 * Owner: rs_map_destroy with the same size. */
void *rs_map_create(size_t bytes);

/* rs_map_alone says that this process has no child to share with, and makes run after run: from now
 * on memory is its own, which costs half, and stays mapped for the next one. Called before it has
 * threads. */
void rs_map_alone(void);

/* rs_map_destroy gives the memory back; NULL is fine. */
void rs_map_destroy(void *memory, size_t bytes);

#endif
