/* map.c: memory that parent and child of a run share.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/map.h"

#include <sys/mman.h>

void *rs_map_create(size_t bytes) {
    void *memory = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void rs_map_destroy(void *memory, size_t bytes) {
    if (memory) munmap(memory, bytes ? bytes : 1);
}
