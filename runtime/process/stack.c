/* stack.c: pooled stacks with guards.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/stack.h"

#include "runtime/process/context.h"
#include "runtime/process/larder.h"
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
#define PER_REGION   64u
#define REGION_BYTES (RS_PAGE_BYTES + (size_t)SLOT * PER_REGION)
/* More than this stay with a core; the rest goes to the common list in one step. */
#define CACHE_MAX 32u

/* Regions live as long as the runtime; the header of each lies in the first page of its memory. */
typedef struct rs_stack_region {
    struct rs_stack_region *next;
    char *memory;
    uint32_t first;   /* how many stacks there were before */
    uint32_t made;    /* stacks of this run */
    uint32_t guarded; /* stacks that have their guards, from this run or an earlier one */
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

/* A stack costs a page and a system call: it is made when it is wanted. */
static rs_stack *make_stack(rs_stack_region *region) {
    uint32_t index = region->made++;
    char *slot = slot_of(region, index), *low = slot + RS_STACK_GUARD_BYTES;
    if (index == region->guarded) {
        install_guard(slot);
        region->guarded++;
    }
    rs_stack *stack = header_of(region, index);
    stack->low = low;
    stack->fresh = true;
    rs_context_create(&stack->fiber, low, (size_t)((char *)stack - low));
    return stack;
}

/* grow adds a region. Under the lock. */
static rs_stack_region *grow(rs_runtime *runtime) {
    char *memory = rs_larder_take_used(runtime->larder, REGION_BYTES, RS_PAGE_BYTES);
    if (!memory) memory = rs_region_reserve(REGION_BYTES, RS_PAGE_BYTES);
    if (!memory) return NULL;
    rs_stack_region *header = (rs_stack_region *)(void *)memory, *before = runtime->stack_regions;
    uint32_t first = before ? before->first + PER_REGION : 0;
    *header = (rs_stack_region){before, memory, first, 0, header->guarded};
    runtime->stack_regions = header;
    return header;
}

/* What others gave back goes first. Under the lock. */
static rs_stack *next_stack(rs_runtime *runtime) {
    rs_stack *stack = runtime->free_stacks;
    if (stack) {
        runtime->free_stacks = stack->next;
        return stack;
    }
    rs_stack_region *newest = runtime->stack_regions;
    if (!newest || newest->made == PER_REGION) newest = grow(runtime);
    return newest ? make_stack(newest) : NULL;
}

static void refill(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    rs_spin_lock(&runtime->stack_lock);
    for (uint32_t i = 0; i < CACHE_MAX / 2; i++) {
        rs_stack *stack = next_stack(runtime);
        if (!stack) break;
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

static void destroy_region(rs_stack_region *header, rs_larder *larder) {
    for (uint32_t i = 0; i < header->made; i++) {
        rs_stack *stack = header_of(header, i);
#if RS_ASAN
        rs_context_reset(&stack->fiber);
#endif
        rs_context_destroy(&stack->fiber);
    }
    rs_larder_give_used(larder, header->memory, REGION_BYTES);
}

void rs_stack_fini(rs_runtime *runtime) {
    while (runtime->stack_regions) {
        rs_stack_region *header = runtime->stack_regions;
        runtime->stack_regions = header->next;
        destroy_region(header, runtime->larder);
    }
}
