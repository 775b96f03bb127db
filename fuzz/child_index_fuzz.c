/* child_index_fuzz.c: adding, removing and finding in the index of a supervisor's children, beside
 * a plain list of (hash, number). Model: what is in the list is found under its hash and nothing
 * else is, however hashes collide and runs of slots wrap around; at most 3/4 of the slots are used.
 *
 * An operation is two bytes: what, how often, and a hash of few different bits.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "runtime/base/assert.h"
#include "runtime/otp/child_index.h"
#include "runtime/respawn.h"

#define ENTRIES_MAX 512u
#define BYTES_MAX   200u /* everything is looked for after every operation */

typedef struct entry {
    uint32_t hash, number;
} entry;

static rs_program program;
static entry entries[ENTRIES_MAX];
static uint32_t count, last_number;

static bool is_number(uint32_t number, const void *context) {
    return number == *(const uint32_t *)context;
}

static uint32_t find(const rs_child_index *index, uint32_t hash, uint32_t number) {
    return rs_child_index_find(index, hash, is_number, &number);
}

/* Low bits choose the slot, of a small table or a large one; high bits tell hashes apart. */
static uint32_t hash_of(uint8_t byte) {
    return (byte & 15u) | (uint32_t)(byte >> 4 & 3) << 5 | (uint32_t)(byte >> 6) << 30;
}

static void add(rs_child_index *index, uint32_t hash) {
    if (count == ENTRIES_MAX) return;
    entries[count++] = (entry){hash, ++last_number};
    rs_child_index_add(index, hash, last_number);
}

static void remove_one(rs_child_index *index, uint32_t which) {
    if (count == 0) return;
    entry *place = &entries[which % count], gone = *place;
    *place = entries[--count];
    rs_child_index_remove(index, gone.hash, gone.number);
    RS_ASSERT(find(index, gone.hash, gone.number) == 0);
}

static void check(const rs_child_index *index) {
    RS_ASSERT(index->used == count);
    RS_ASSERT((index->capacity & (index->capacity - 1)) == 0);
    RS_ASSERT((uint64_t)index->used * 4 <= (uint64_t)index->capacity * 3);
    for (uint32_t i = 0; i < count; i++) {
        RS_ASSERT(find(index, entries[i].hash, entries[i].number) == entries[i].number);
        RS_ASSERT(find(index, ~entries[i].hash, entries[i].number) == 0);
    }
    RS_ASSERT(find(index, 0, last_number + 1) == 0);
}

static void operate(rs_child_index *index) {
    uint8_t what = rs_program_byte(&program), argument = rs_program_byte(&program);
    for (uint32_t i = 0; i <= what / 4u % 16; i++)
        if (what % 4 < 2)
            add(index, hash_of(argument) + (what & 1u) * i);
        else
            remove_one(index, argument + i * 7);
    check(index);
}

static void supervisor(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_child_index index = {0};
    while (rs_program_has(&program, 2)) operate(&index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 64};
    rs_term reason = 0;
    program = rs_program_of(data, size < BYTES_MAX ? size : BYTES_MAX);
    count = last_number = 0;
    RS_ASSERT(rs_run(&options, supervisor, NULL, 0, &reason) == RS_OK);
    RS_ASSERT(reason == RS_ATOM(normal));
    return 0;
}
