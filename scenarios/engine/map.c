/* map.c: memory that parent and child of a run share.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/map.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

/* More than one run has. */
#define KEPT_MAX 128u

/* Of a process that is alone: what it gave back, empty and still mapped, for the next run, which
 * will want the same sizes. */
typedef struct rs_map_kept {
    void *memory;
    size_t bytes;
} rs_map_kept;

static bool is_alone;
static rs_map_kept kept[KEPT_MAX];
static uint32_t kept_count;

void rs_map_alone(void) {
    is_alone = true;
}

static void *take_kept(size_t bytes) {
    for (uint32_t i = 0; i < kept_count; i++) {
        void *memory = kept[i].memory;
        if (kept[i].bytes != bytes) continue;
        kept[i] = kept[--kept_count];
        return memory;
    }
    return NULL;
}

/* Emptied, it is zeroed when it is touched again. */
static bool keep(void *memory, size_t bytes) {
    if (!is_alone || kept_count == KEPT_MAX || madvise(memory, bytes, MADV_DONTNEED) != 0)
        return false;
    kept[kept_count++] = (rs_map_kept){memory, bytes};
    return true;
}

void *rs_map_create(size_t bytes) {
    int sharing = is_alone ? MAP_PRIVATE : MAP_SHARED;
    if (!bytes) bytes = 1;
    void *again = take_kept(bytes);
    if (again) return again;
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void rs_map_destroy(void *memory, size_t bytes) {
    if (!bytes) bytes = 1;
    if (memory && !keep(memory, bytes)) munmap(memory, bytes);
}
