/* stack.c: pooled stacks with guards.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/stack.h"

#include "runtime/process/context.h"
#include "runtime/process/machine.h"
#include "runtime/process/process.h"
#include "runtime/process/region.h"

#include <sys/mman.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* Tops lie so many cache lines apart, in turn: at the same offset of every page they would share a
 * few sets of the caches, and a thousand blocked processes would throw one another out. */
#define COLOURS 61u
#define SLOT    (RS_STACK_GUARD_BYTES + RS_STACK_BYTES + RS_PAGE_BYTES)
/* Stacks per mapping: few mappings even for 100,000 blocked processes. */
#define PER_REGION 64u
/* More than this stay with a core; the rest goes to the common list in one step. */
#define CACHE_MAX 32u

/* Regions live as long as the runtime; the header of each lies in the first page of its memory. */
typedef struct rs_stack_region {
    struct rs_stack_region *next;
    char *memory;
    uint32_t first; /* how many stacks there were before */
} rs_stack_region;

static void install_guard(char *guard) {
    /* Guard markers cost no mapping of their own; older kernels split the mapping instead. */
    if (madvise(guard, RS_STACK_GUARD_BYTES, MADV_GUARD_INSTALL) == 0) return;
    /* A stack without guard would overflow into another's memory. */
    RS_ASSERT(mprotect(guard, RS_STACK_GUARD_BYTES, PROT_NONE) == 0);
}

static char *slot_of(const rs_stack_region *region, uint32_t index) {
    return region->memory + RS_PAGE_BYTES + (size_t)SLOT * index;
}

/* The header's place in the region's slot `index`. */
static rs_stack *header_of(const rs_stack_region *region, uint32_t index) {
    size_t colour = (region->first + index) % COLOURS * RS_CACHE_LINE;
    char *top = slot_of(region, index) + SLOT - colour - sizeof(rs_stack);
    return (rs_stack *)(void *)((uintptr_t)top & ~(uintptr_t)(RS_CACHE_LINE - 1));
}

static rs_stack *make_stack(const rs_stack_region *region, uint32_t index) {
    char *slot = slot_of(region, index), *low = slot + RS_STACK_GUARD_BYTES;
    install_guard(slot);
    rs_stack *stack = header_of(region, index);
    stack->low = low;
    stack->fresh = true;
    rs_context_create(&stack->fiber, low, (size_t)((char *)stack - low));
    return stack;
}

/* grow adds one region's stacks to the common list. Under the lock. */
static void grow(rs_runtime *runtime) {
    size_t bytes = RS_PAGE_BYTES + (size_t)SLOT * PER_REGION;
    char *memory = rs_region_reserve(bytes, RS_PAGE_BYTES);
    if (!memory) return;
    rs_stack_region *header = (rs_stack_region *)(void *)memory;
    const rs_stack_region *before = runtime->stack_regions;
    uint32_t first = before ? before->first + PER_REGION : 0;
    *header = (rs_stack_region){runtime->stack_regions, memory, first};
    runtime->stack_regions = header;
    for (uint32_t i = PER_REGION; i-- > 0;) {
        rs_stack *stack = make_stack(header, i);
        stack->next = runtime->free_stacks;
        runtime->free_stacks = stack;
    }
}

static void refill(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    rs_spin_lock(&runtime->stack_lock);
    if (!runtime->free_stacks) grow(runtime);
    for (uint32_t i = 0; i < CACHE_MAX / 2 && runtime->free_stacks; i++) {
        rs_stack *stack = runtime->free_stacks;
        runtime->free_stacks = stack->next;
        stack->next = core->stacks.free;
        core->stacks.free = stack;
        core->stacks.count++;
    }
    rs_spin_unlock(&runtime->stack_lock);
}

rs_stack *rs_stack_take(rs_core *core) {
    if (!core->stacks.free) refill(core);
    rs_stack *stack = core->stacks.free;
    if (!stack) return NULL;
    core->stacks.free = stack->next;
    core->stacks.count--;
    return stack;
}

static void give_back_half(rs_core *core) {
    rs_spin_lock(&core->runtime->stack_lock);
    while (core->stacks.count > CACHE_MAX / 2) {
        rs_stack *stack = core->stacks.free;
        core->stacks.free = stack->next;
        core->stacks.count--;
        stack->next = core->runtime->free_stacks;
        core->runtime->free_stacks = stack;
    }
    rs_spin_unlock(&core->runtime->stack_lock);
}

void rs_stack_give(rs_core *core, rs_stack *stack) {
    stack->next = core->stacks.free;
    core->stacks.free = stack;
    if (++core->stacks.count > CACHE_MAX) give_back_half(core);
}

void rs_stack_reset(rs_stack *stack) {
    rs_context_reset(&stack->fiber);
    stack->catching = NULL;
    stack->fresh = true;
}

bool rs_stack_guards(const rs_stack *stack, const void *address) {
    const char *at = address;
    return at >= stack->low - RS_STACK_GUARD_BYTES && at < stack->low;
}

static void destroy_region(rs_stack_region *header) {
    size_t bytes = RS_PAGE_BYTES + (size_t)SLOT * PER_REGION;
    for (uint32_t i = 0; i < PER_REGION; i++) {
        rs_stack *stack = header_of(header, i);
#if RS_ASAN
        rs_context_reset(&stack->fiber);
#endif
        rs_context_destroy(&stack->fiber);
    }
    rs_region_release(header->memory, bytes);
}

void rs_stack_fini(rs_runtime *runtime) {
    while (runtime->stack_regions) {
        rs_stack_region *header = runtime->stack_regions;
        runtime->stack_regions = header->next;
        destroy_region(header);
    }
}
