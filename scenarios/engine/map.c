/* map.c: memory that parent and child of a run share.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/map.h"

#include <stdbool.h>
#include <sys/mman.h>

/* Set once, by a process that keeps to itself. */
static bool is_alone;

void rs_map_alone(void) {
    is_alone = true;
}

void *rs_map_create(size_t bytes) {
    int sharing = is_alone ? MAP_PRIVATE : MAP_SHARED;
    void *memory = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
                        sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void rs_map_destroy(void *memory, size_t bytes) {
    if (memory) munmap(memory, bytes ? bytes : 1);
}
