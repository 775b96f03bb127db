/* larder.c: memory that a run leaves to the next one.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/larder.h"

#include "runtime/base/assert.h"
#include "runtime/base/limits.h"
#include "runtime/base/sanitize.h"
#include "runtime/process/region.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* More than a run has, but for one so large that its mappings cost it nothing. */
#define PIECES_MAX 256u
/* Writing zeros is cheaper than faulting pages in up to here, and what a large run has left in
 * memory is not held for small ones. */
#define WIPED_MAX   (256u << 10)
#define CHECKED_MAX (64u << 20)

typedef struct piece {
    void *memory;
    size_t bytes;
    bool used;
} piece;

struct rs_larder {
    uint32_t count;
    piece at[PIECES_MAX];
};

rs_larder *rs_larder_create(void) {
    return rs_region_reserve(sizeof(rs_larder), RS_PAGE_BYTES);
}

void rs_larder_destroy(rs_larder *larder) {
    for (uint32_t i = 0; larder && i < larder->count; i++)
        rs_region_release(larder->at[i].memory, larder->at[i].bytes);
    if (larder) rs_region_release(larder, sizeof *larder);
}

#if RS_ASAN
/* Who says too little of what it wrote would hand its past on to the next run. Pages that were
 * never touched need no look. */
static void check_rest(const char *memory, size_t bytes, size_t written) {
    static unsigned char present[CHECKED_MAX / RS_PAGE_BYTES];
    size_t end = bytes < CHECKED_MAX ? bytes : CHECKED_MAX;
    if (mincore((void *)(uintptr_t)memory, end, present) != 0) return;
    for (size_t at = written; at < end; at++) {
        size_t page = at / RS_PAGE_BYTES;
        if (present[page] & 1)
            RS_ASSERT(memory[at] == 0);
        else
            at = (page + 1) * RS_PAGE_BYTES - 1;
    }
}
#endif

/* The last that was given is the warmest. */
static void *find(rs_larder *larder, size_t bytes, size_t alignment, bool used) {
    for (uint32_t i = larder ? larder->count : 0; i-- > 0;) {
        piece *found = &larder->at[i];
        void *memory = found->memory;
        if (found->bytes != bytes || found->used != used) continue;
        if ((uintptr_t)memory & (alignment - 1)) continue;
        *found = larder->at[--larder->count];
        return memory;
    }
    return NULL;
}

static bool keep(rs_larder *larder, void *memory, size_t bytes, bool used) {
    if (larder->count == PIECES_MAX) return false;
    larder->at[larder->count++] = (piece){memory, bytes, used};
    return true;
}

/* Emptied pages are zero when they are touched again. */
static bool wipe(char *memory, size_t bytes, size_t written) {
    if (written > bytes) written = bytes;
    if (written > WIPED_MAX) return madvise(memory, bytes, MADV_DONTNEED) == 0;
    memset(memory, 0, written);
#if RS_ASAN
    check_rest(memory, bytes, written);
#endif
    return true;
}

void *rs_larder_take(rs_larder *larder, size_t bytes, size_t alignment) {
    void *kept = find(larder, bytes, alignment, false);
    return kept ? kept : rs_region_reserve(bytes, alignment);
}

void rs_larder_give(rs_larder *larder, void *memory, size_t bytes, size_t written) {
    if (!memory) return;
    if (!larder || !wipe(memory, bytes, written) || !keep(larder, memory, bytes, false))
        rs_region_release(memory, bytes);
}

void *rs_larder_take_used(rs_larder *larder, size_t bytes, size_t alignment) {
    return find(larder, bytes, alignment, true);
}

void rs_larder_give_used(rs_larder *larder, void *memory, size_t bytes) {
    if (!larder || !keep(larder, memory, bytes, true)) rs_region_release(memory, bytes);
}
