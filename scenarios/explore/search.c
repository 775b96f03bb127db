/* search.c: what a search over many seeds has come to.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/search.h"

#include <stdlib.h>
#include <string.h>

void rs_search_init(rs_search *search) {
    *search = (rs_search){0};
}

void rs_search_fini(rs_search *search) {
    for (size_t i = 0; i < search->kinds.count; i++)
        free((void *)(uintptr_t)search->kinds.at[i].file);
    free(search->kinds.at);
}

static rs_search_kind *find(const rs_search *search, const rs_attempt_failure *failure) {
    for (size_t i = 0; i < search->kinds.count; i++) {
        rs_search_kind *kind = &search->kinds.at[i];
        if (strcmp(kind->failure.check, failure->check) == 0 &&
            strcmp(kind->failure.path, failure->path) == 0)
            return kind;
    }
    return NULL;
}

static void add_failure(rs_search *search, uint64_t seed, uint64_t count,
                        const rs_attempt_failure *failure) {
    rs_search_kind *kind = find(search, failure);
    if (!kind && search->kinds.count == RS_SEARCH_KINDS_MAX) {
        search->omitted += count;
        return;
    }
    if (!kind) {
        kind = RS_ROWS_ADD(&search->kinds);
        kind->seed = UINT64_MAX;
    }
    kind->count += count;
    if (seed > kind->seed) return;
    kind->seed = seed;
    kind->failure = *failure;
}

/* A sum of well mixed words does not depend on their order. */
static uint64_t mix(uint64_t seed, uint64_t hash) {
    uint64_t word = (seed + UINT64_C(0x9e3779b97f4a7c15)) ^ hash;
    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

static uint64_t add_saturating(uint64_t a, uint64_t b) {
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static void add_late(rs_search *search, const rs_search_late *late) {
    if (late->count && (!search->late.count || late->seed < search->late.seed)) {
        search->late.seed = late->seed;
        search->late.simulated_ns = late->simulated_ns;
    }
    search->late.count += late->count;
}

void rs_search_add(rs_search *search, const rs_attempt *attempt) {
    search->lives++;
    if (attempt->late) {
        add_late(search, &(rs_search_late){1, attempt->seed, attempt->simulated_ns});
        return;
    }
    search->failed += attempt->failure_count > 0;
    search->omitted += attempt->omitted;
    search->unchecked += attempt->unchecked;
    search->simulated_ns = add_saturating(search->simulated_ns, attempt->simulated_ns);
    search->mix += mix(attempt->seed, attempt->hash);
    for (uint32_t i = 0; i < RS_ATTEMPT_KINDS_MAX; i++) search->hits[i] += attempt->hits[i];
    for (uint32_t i = 0; i < 64; i++) search->sometimes[i] += attempt->sometimes >> i & 1;
    for (uint32_t i = 0; i < attempt->failure_count; i++)
        add_failure(search, attempt->seed, 1, &attempt->failures[i]);
}

void rs_search_join(rs_search *search, const rs_search *from) {
    search->lives += from->lives;
    search->failed += from->failed;
    search->simulated_ns = add_saturating(search->simulated_ns, from->simulated_ns);
    search->mix += from->mix;
    search->omitted += from->omitted;
    search->unchecked += from->unchecked;
    add_late(search, &from->late);
    for (uint32_t i = 0; i < RS_ATTEMPT_KINDS_MAX; i++) search->hits[i] += from->hits[i];
    for (uint32_t i = 0; i < 64; i++) search->sometimes[i] += from->sometimes[i];
    for (size_t i = 0; i < from->kinds.count; i++) {
        const rs_search_kind *kind = &from->kinds.at[i];
        add_failure(search, kind->seed, kind->count, &kind->failure);
        rs_search_kind *own = find(search, &kind->failure);
        if (!own || own->seed != kind->seed) continue;
        free((void *)(uintptr_t)own->file);
        own->file = kind->file ? strdup(kind->file) : NULL;
    }
}

size_t rs_search_shown(const rs_search *search) {
    return search->kinds.count < RS_SEARCH_SHOWN_MAX ? search->kinds.count : RS_SEARCH_SHOWN_MAX;
}

static int compare(const void *a, const void *b) {
    const rs_search_kind *x = a, *y = b;
    if (x->seed != y->seed) return x->seed < y->seed ? -1 : 1;
    int order = strcmp(x->failure.check, y->failure.check);
    return order ? order : strcmp(x->failure.path, y->failure.path);
}

void rs_search_sort(rs_search *search) {
    if (search->kinds.count)
        qsort(search->kinds.at, search->kinds.count, sizeof *search->kinds.at, compare);
}
