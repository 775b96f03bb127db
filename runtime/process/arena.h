/* arena.h: the private memory of one process: chunks that grow, freed whole at its death. Inside,
 * freed blocks are reused by size class, so that a long-lived server does not grow.
 *
 * A process may have several and use one at a time, so that what a part of it has allocated can be
 * freed whole while the process lives on. They hang in a ring; the limit is for all together.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ARENA_H
#define RS_ARENA_H

#include "runtime/process/process.h"

/* rs_arena_alloc returns zeroed memory aligned to 16; NULL when the process's limit is reached or
 * memory is short. In a section. */
void *rs_arena_alloc(rs_core *core, rs_process *process, size_t bytes);

/* rs_arena_free gives memory back to the arena; `bytes` as allocated. In a section. */
void rs_arena_free(rs_core *core, rs_process *process, void *memory, size_t bytes);

/* rs_arena_open makes another arena for the caller, which goes on using its own. Short of memory,
 * it exits as rs_alloc does. In user mode, as the next two. */
struct rs_arena *rs_arena_open(void);

/* rs_arena_use lets rs_alloc and rs_free work on `arena`, and returns which they worked on before.
 * What comes from one must not be freed into another. */
struct rs_arena *rs_arena_use(struct rs_arena *arena);

/* rs_arena_close frees `arena`, which is not in use, and everything in it. */
void rs_arena_close(struct rs_arena *arena);

/* rs_arena_bytes returns how much memory the arena has taken that the process uses, which the
 * caller runs. */
uint64_t rs_arena_bytes(const rs_process *process);

/* rs_arena_release frees all arenas of the process. In a section. */
void rs_arena_release(rs_core *core, rs_process *process);

#endif
