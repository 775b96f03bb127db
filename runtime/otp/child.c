/* child.c: see child.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/child.h"

#include "runtime/base/assert.h"

#include <string.h>

/* 1 KiB: cheap for a supervisor of three, and a directory of 256 KiB for a million. */
#define CHUNK_CHILDREN 32u

#define CHUNKS_FIRST 4u

_Static_assert(sizeof(rs_child) == 32, "a record is two to a cache line");

static rs_child *slot(const rs_children *children, uint32_t number) {
    return &children->chunks[number / CHUNK_CHILDREN][number % CHUNK_CHILDREN];
}

static void grow_directory(rs_children *children) {
    uint32_t capacity = children->chunk_capacity ? children->chunk_capacity * 2 : CHUNKS_FIRST;
    rs_child **chunks = rs_alloc(capacity * sizeof *chunks);
    if (children->chunks) {
        memcpy(chunks, children->chunks, children->chunk_capacity * sizeof *chunks);
        rs_free(children->chunks, children->chunk_capacity * sizeof *chunks);
    }
    children->chunks = chunks;
    children->chunk_capacity = capacity;
}

/* Number 0 stays unused: it means "none". */
static rs_child *fresh(rs_children *children) {
    uint32_t number = children->highest + 1;
    uint32_t chunk = number / CHUNK_CHILDREN;
    RS_ASSERT(number < 1u << 28);
    if (chunk >= children->chunk_capacity) grow_directory(children);
    if (!children->chunks[chunk])
        children->chunks[chunk] = rs_alloc(CHUNK_CHILDREN * sizeof(rs_child));
    children->highest = number;
    rs_child *child = slot(children, number);
    child->number = number & 0xfffffffu;
    return child;
}

rs_child *rs_child_add(rs_children *children) {
    rs_child *child = children->free ? slot(children, children->free) : fresh(children);
    children->free = child->next; /* a fresh record is zeroed, and was taken because this is 0 */
    child->next = 0;
    child->state = RS_CHILD_DOWN;
    children->count++;
    return child;
}

void rs_child_append(rs_children *children, rs_child *child) {
    child->previous = children->last;
    if (children->last)
        slot(children, children->last)->next = child->number;
    else
        children->first = child->number;
    children->last = child->number;
}

void rs_child_unlink(rs_children *children, rs_child *child) {
    if (child->previous)
        slot(children, child->previous)->next = child->next;
    else
        children->first = child->next;
    if (child->next)
        slot(children, child->next)->previous = child->previous;
    else
        children->last = child->previous;
}

void rs_child_move(rs_children *children, rs_child *child) {
    rs_child_unlink(children, child);
    child->next = 0;
    rs_child_append(children, child);
}

void rs_child_remove(rs_children *children, rs_child *child) {
    uint32_t number = child->number;
    RS_ASSERT(child->state != RS_CHILD_FREE && children->count > 0);
    *child = (rs_child){.number = number & 0xfffffffu, .next = children->free};
    children->free = number;
    children->count--;
}

rs_child *rs_child_at(const rs_children *children, uint64_t number) {
    if (number == 0 || number > children->highest) return NULL;
    rs_child *child = slot(children, (uint32_t)number);
    return child->state == RS_CHILD_FREE ? NULL : child;
}

rs_child *rs_child_next(const rs_children *children, uint32_t number) {
    while (number < children->highest) {
        rs_child *child = slot(children, ++number);
        if (child->state != RS_CHILD_FREE) return child;
    }
    return NULL;
}
