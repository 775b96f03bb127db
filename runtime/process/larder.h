/* larder.h: memory that a run leaves to the next one. Mapping, faulting in and unmapping costs a
 * short run more than all its messages do, and whoever makes thousands of runs in one OS process
 * makes them one after the other.
 *
 * Invariant: what is taken is all zero unless it was asked for as it was left.
 * Thread: one at a time. A larder that is NULL keeps nothing.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LARDER_H
#define RS_LARDER_H

#include "runtime/respawn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For who does not know how far it wrote: its pages come back when they are touched. */
#define RS_LARDER_UNKNOWN SIZE_MAX

/* rs_larder_take returns `bytes` of zeroed memory, aligned to `alignment` (a power of two); NULL
 * when the system refuses. Owner: rs_larder_give with the same size. */
void *rs_larder_take(rs_larder *larder, size_t bytes, size_t alignment);

/* rs_larder_give gives it back; no byte behind the first `written` has been written. NULL memory is
 * fine. */
void rs_larder_give(rs_larder *larder, void *memory, size_t bytes, size_t written);

/* rs_larder_take_used returns memory that was given back with rs_larder_give_used, as it was left,
 * aligned; NULL when there is none. */
void *rs_larder_take_used(rs_larder *larder, size_t bytes, size_t alignment);

/* rs_larder_give_used gives back what keeps its content, and the protection of its pages. */
void rs_larder_give_used(rs_larder *larder, void *memory, size_t bytes);

#endif
