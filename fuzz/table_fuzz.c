/* table_fuzz.c: taking and retiring slots of the process table, and looking up pids, beside a plain
 * list of all that ever lived. Model: a pid is found while it is not retired, where it was put, and
 * never again; places of those alive are apart; no pid is given twice; in a table that is large
 * enough a slot waits behind RS_SLOTS_RESERVED others; a small one is full when as many are alive
 * as it has slots, and not before.
 *
 * The first byte is the size of the table. An operation is two bytes: what, and how many or which.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "runtime/process/table.h"
#include "runtime/respawn.h"

#include <string.h>

#define SLOTS_MAX (1u << 17)
#define LIVE_MAX  4096u
#define DEAD_MAX  256u
/* So that a slot comes around now and then, and an input does not take all day. */
#define LIVES_MAX 80000u

typedef struct life {
    rs_pid pid;
    rs_process *place;
} life;

static rs_program program;
static uint32_t slots_max, lives, retired;
static life alive[LIVE_MAX];
static uint32_t alive_count;
static rs_pid dead[DEAD_MAX]; /* the latest, and now and then an old one */
static struct {
    uint32_t next_generation, retired_at; /* of the next life; how many had been retired */
    bool is_taken, was_taken;
} slots[SLOTS_MAX];

static uint32_t slot_of(rs_pid pid) {
    return (uint32_t)pid >> 4;
}

/* ------------------------------------------------------------------ one life */

static void check_new(const rs_process *process) {
    rs_pid pid = rs_process_pid(process);
    uint32_t slot = slot_of(pid);
    RS_ASSERT(rs_term_tag(pid) == RS_TAG_PID && slot < slots_max);
    RS_ASSERT(!slots[slot].is_taken);
    RS_ASSERT(!slots[slot].was_taken || pid >> 32 == slots[slot].next_generation);
    if (slots[slot].was_taken && slots_max == SLOTS_MAX)
        RS_ASSERT(retired - slots[slot].retired_at >= RS_SLOTS_RESERVED);
    slots[slot].is_taken = slots[slot].was_taken = true;
    slots[slot].next_generation = (uint32_t)(pid >> 32) + 1;
}

/* Only the first process is alive beside these. */
static void take(rs_core *core) {
    if (alive_count == LIVE_MAX || lives == LIVES_MAX) return;
    rs_process *process = rs_table_take(core);
    RS_ASSERT((process == NULL) == (alive_count == slots_max - 1));
    if (!process) return;
    check_new(process);
    lives++;
    alive[alive_count++] = (life){rs_process_pid(process), process};
}

static void retire(rs_core *core, uint32_t which) {
    if (alive_count == 0) return;
    const life gone = alive[which % alive_count];
    alive[which % alive_count] = alive[alive_count - 1];
    alive_count--;
    uint32_t slot = slot_of(gone.pid);
    slots[slot].is_taken = false;
    slots[slot].retired_at = retired++;
    dead[retired % (DEAD_MAX - retired % 3)] = gone.pid;
    rs_table_retire(core, gone.place);
    RS_ASSERT(rs_table_find(core->runtime, gone.pid) == NULL);
}

/* ------------------------------------------------------------------ everybody */

static void check_apart(uint32_t a, uint32_t b) {
    RS_ASSERT(a == b || alive[a].place != alive[b].place);
}

static void check(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    for (uint32_t i = 0; i < alive_count; i += 1 + alive_count / 64) {
        RS_ASSERT(rs_table_find(runtime, alive[i].pid) == alive[i].place);
        RS_ASSERT(rs_table_find(runtime, alive[i].pid + (UINT64_C(1) << 32)) == NULL);
        check_apart(i, (i * 7 + 1) % alive_count);
        check_apart(i, alive_count - 1 - i);
    }
    for (uint32_t i = 0; i < DEAD_MAX; i++)
        if (dead[i]) RS_ASSERT(rs_table_find(runtime, dead[i]) == NULL);
    RS_ASSERT(rs_table_find(runtime, rs_self()) == core->current);
    RS_ASSERT(rs_table_find(runtime, (rs_pid)slots_max << 4 | RS_TAG_PID) == NULL);
    RS_ASSERT(rs_table_find(runtime, RS_ATOM(normal)) == NULL);
}

static void operate(rs_core *core) {
    uint8_t what = rs_program_byte(&program), number = rs_program_byte(&program);
    switch (what % 8) {
    case 0:
    case 1:
        for (uint32_t i = 0; i <= number; i++) take(core);
        break;
    case 2:
        for (uint32_t i = 0; i <= number; i++) retire(core, i * (what / 8u) + number);
        break;
    case 3: retire(core, number); break;
    case 4: take(core); break;
    case 5: /* generations */
        for (uint32_t i = 0; i < number * 256u; i++) {
            take(core);
            retire(core, alive_count - 1);
        }
        break;
    case 6: rs_table_reclaim(core, number % 2); break;
    case 7: rs_table_give_back(core); break;
    }
    check(core);
}

static void world(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_core *core = rs_section_enter();
    check_new(core->current);
    for (int i = 0; i < 100 && rs_program_has(&program, 2); i++) operate(core);
    while (alive_count) retire(core, 0);
    rs_section_leave(core);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t sizes[] = {2, 5, 64, 65, 1000, 5000, SLOTS_MAX, SLOTS_MAX};
    program = rs_program_of(data, size);
    slots_max = sizes[rs_program_byte(&program) % 8];
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = slots_max};
    lives = retired = alive_count = 0;
    memset(slots, 0, slots_max * sizeof *slots);
    memset(dead, 0, sizeof dead);
    RS_ASSERT(rs_run(&options, world, NULL, 0, NULL) == RS_OK);
    return 0;
}
