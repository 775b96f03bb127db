/* map.c: memory that parent and child of a run share.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/map.h"

#include "runtime/base/limits.h"
#include "runtime/process/larder.h"

#include <sys/mman.h>

void *rs_map_create(rs_larder *larder, size_t bytes) {
    if (!bytes) bytes = 1;
    if (larder) return rs_larder_take(larder, bytes, RS_PAGE_BYTES);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void rs_map_destroy(rs_larder *larder, void *memory, size_t bytes, size_t written) {
    rs_larder_give(larder, memory, bytes ? bytes : 1, written);
}
