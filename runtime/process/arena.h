/* arena.h: the private memory of one process: chunks that grow, freed whole at its death. Inside,
 * freed blocks are reused by size class, so that a long-lived server does not grow.
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

/* rs_arena_release frees the whole arena. In a section. */
void rs_arena_release(rs_core *core, rs_process *process);

#endif
