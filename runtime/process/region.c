/* region.c: memory from the operating system.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/region.h"

#include "runtime/base/limits.h"

#include <stdint.h>
#include <sys/mman.h>

void *rs_region_reserve(size_t bytes, size_t alignment) {
    bytes = (bytes + RS_PAGE_BYTES - 1) & ~(size_t)(RS_PAGE_BYTES - 1); /* the tail is of pages */
    size_t padded = bytes + alignment;
    char *start = mmap(NULL, padded, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return NULL;
    char *aligned = (char *)(((uintptr_t)start + alignment - 1) & ~(uintptr_t)(alignment - 1));
    if (aligned > start) munmap(start, (size_t)(aligned - start));
    size_t tail = (size_t)(start + padded - (aligned + bytes));
    if (tail) munmap(aligned + bytes, tail);
    return aligned;
}

void rs_region_release(void *region, size_t bytes) {
    if (region) munmap(region, bytes);
}

void rs_region_huge(void *region, size_t bytes) {
    (void)madvise(region, bytes, MADV_HUGEPAGE);
}
