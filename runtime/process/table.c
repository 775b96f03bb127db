/* table.c: the process table and its grace periods.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/table.h"

#include "runtime/process/region.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Slots that wait before a grace period is worth a membarrier (about 2 us). */
#define RETIRED_BATCH 256u

/* ---------------------------------------------------------------- sections */

rs_runtime *rs_the_runtime;
_Thread_local rs_thread rs_this_thread;

/* Not inlined: what it knows of where the thread-local variable lies must not outlive it. */
__attribute__((noinline)) void rs_core_play(rs_core *core) {
    rs_thread *self = &rs_this_thread;
    self->self = self;
    self->core = core;
    if (!core) return;
    rs_store(&self->floor, core->fenced ? RS_FLOOR_FENCED : 0, rs_relaxed);
    /* seq_cst, before the first section: a grace period that begins after it sees us. */
    rs_store(&core->thread, self, rs_seq_cst);
}

static long membarrier(int command) {
    return syscall(SYS_membarrier, command, 0, 0);
}

/* In user mode again: the process meets its guard here instead of inside a section, where that
 * would be the runtime's fault. */
__attribute__((noinline, cold, no_sanitize("address", "undefined", "thread"))) static void
overflow(rs_core *core, const rs_stack *stack) {
    rs_section_leave(core);
    *(volatile char *)(stack->low - 1) = 0;
}

__attribute__((noinline)) rs_core *rs_section_ask(void) {
    rs_core *core = rs_core_here();
    const rs_process *process = rs_process_here();
    /* The fence, where there is no membarrier: the reclaimer sees our section, or we a slot's new
     * state. A read-modify-write, since TSan knows no fences. */
    rs_add(&core->parked, 0, rs_seq_cst);
    if (process) {
        const char *floor = process->stack->low + RS_STACK_HEADROOM_BYTES;
        if ((char *)__builtin_frame_address(0) < floor) overflow(core, process->stack);
    }
    return core;
}

rs_core *rs_section_join(bool *entered) {
    *entered = false;
    if (rs_thread_section() & 1) return rs_core_here();
    if (!rs_process_here()) return NULL;
    *entered = true;
    return rs_section_enter();
}

/* ---------------------------------------------------------------- slots */

rs_err rs_table_init(rs_runtime *runtime, uint32_t slots_max) {
    runtime->slots_max = slots_max;
    runtime->slots = rs_region_reserve((size_t)slots_max * sizeof(rs_process), 2u << 20);
    if (!runtime->slots) return RS_ENOMEM;
    rs_region_huge(runtime->slots, (size_t)slots_max * sizeof(rs_process));
    runtime->asymmetric = !RS_TSAN && membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
    for (uint32_t i = 0; i < runtime->core_count; i++)
        runtime->cores[i].fenced = !RS_TSAN && !runtime->asymmetric;
    return RS_OK;
}

void rs_table_fini(rs_runtime *runtime) {
    rs_region_release(runtime->slots, (size_t)runtime->slots_max * sizeof(rs_process));
}

/* Fresh slots are used until enough old ones wait in line. Under the table's lock. */
static bool next_slot(rs_runtime *runtime, uint32_t *index) {
    uint32_t used = rs_load(&runtime->slots_used, rs_relaxed);
    if (runtime->slots_waiting < RS_SLOTS_RESERVED && used < runtime->slots_max) {
        *index = used;
        rs_store(&runtime->slots_used, used + 1, rs_release);
        return true;
    }
    rs_task *first = runtime->waiting;
    if (!first) return false;
    runtime->waiting = first->next;
    runtime->slots_waiting--;
    *index = RS_CONTAINER(first, rs_process, task)->index;
    return true;
}

/* In a small table no core may sit on more than its part. */
static uint32_t batch(const rs_runtime *runtime, uint32_t most) {
    uint32_t part = runtime->slots_max / (8 * runtime->core_count);
    return part == 0 ? 1 : part < most ? part : most;
}

static void refill(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    const uint32_t most = batch(runtime, sizeof core->free_slots / sizeof core->free_slots[0]);
    rs_spin_lock(&runtime->table_lock);
    /* Taken from the end of the cache: filled backwards, they are used in order. */
    uint32_t taken = 0, indices[sizeof core->free_slots / sizeof core->free_slots[0]];
    while (taken < most && next_slot(runtime, &indices[taken])) taken++;
    rs_spin_unlock(&runtime->table_lock);
    for (uint32_t i = 0; i < taken; i++) core->free_slots[i] = indices[taken - 1 - i];
    core->free_slot_count = taken;
}

/* Before a table is called full, the dead get a moment to be buried: another core may hold their
 * slots, and our own section may be what they wait for. */
#define AWAIT_TURNS 400

static bool await_slot(rs_core *core) {
    int turns = core->runtime->is_virtual ? 1 : AWAIT_TURNS;
    for (int i = 0; i < turns && core->free_slot_count == 0; i++) {
        rs_table_reclaim(core, true);
        refill(core);
        if (core->free_slot_count || i + 1 == turns) break;
        rs_section_leave(core);
        for (int pause = 0; pause < 32; pause++) rs_relax();
        rs_section_enter();
    }
    return core->free_slot_count != 0;
}

rs_process *rs_table_take(rs_core *core) {
    if (core->free_slot_count == 0) refill(core);
    if (core->free_slot_count == 0) {
        if (!await_slot(core)) return NULL;
    }
    uint32_t index = core->free_slots[--core->free_slot_count];
    rs_process *process = &core->runtime->slots[index];
    process->index = index;
    if (core->free_slot_count)
        __builtin_prefetch(&core->runtime->slots[core->free_slots[core->free_slot_count - 1]], 1);
    return process;
}

/* ---------------------------------------------------------------- grace periods */

void rs_table_retire(rs_core *core, rs_process *process) {
    uint32_t generation = rs_load(&process->generation, rs_relaxed); /* ours alone to write */
    rs_store(&process->generation, generation + 1, rs_release);
    process->task.next = NULL;
    if (core->retired)
        core->retired_tail->next = &process->task;
    else
        core->retired = &process->task;
    core->retired_tail = &process->task;
    if (++core->retired_count >= batch(core->runtime, RETIRED_BATCH)) rs_table_reclaim(core, true);
}

/* A thread that has lost the core is outside, and the one that has it now came after. seq_cst, as
 * entering and rs_core_play are; the acquire in it pairs with the release of leaving. */
static uint64_t section_of(rs_core *core) {
    rs_thread *thread = rs_load(&core->thread, rs_seq_cst);
    return thread ? rs_load(&thread->section, rs_seq_cst) : 0;
}

/* A core is past the grace period's start when it is outside a section or in a later one. */
static bool grace_is_over(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        if (i == core->index || runtime->is_virtual) continue;
        uint64_t then = core->grace_sections[i];
        if (then & 1 && section_of(&runtime->cores[i]) == then) return false;
    }
    return true;
}

static void free_batch(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    rs_spin_lock(&runtime->table_lock);
    if (runtime->waiting)
        runtime->waiting_tail->next = core->grace;
    else
        runtime->waiting = core->grace;
    runtime->waiting_tail = core->grace_tail;
    runtime->slots_waiting += core->grace_count;
    rs_spin_unlock(&runtime->table_lock);
    core->grace = NULL;
    core->grace_count = 0;
}

static void begin_grace(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    core->grace = core->retired;
    core->grace_tail = core->retired_tail;
    core->grace_count = core->retired_count;
    core->retired = NULL;
    core->retired_count = 0;
    /* Every thread passes a full barrier: its section count and what it did under it are visible.
     */
    if (runtime->asymmetric && runtime->core_count > 1 && !runtime->is_virtual)
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    for (uint32_t i = 0; i < runtime->core_count; i++)
        core->grace_sections[i] = section_of(&runtime->cores[i]);
}

void rs_table_reclaim(rs_core *core, bool all) {
    if (core->grace && grace_is_over(core)) free_batch(core);
    if (core->grace || !core->retired || !all) return;
    begin_grace(core);
    if (grace_is_over(core)) free_batch(core);
}
