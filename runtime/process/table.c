/* table.c: the process table and its grace periods.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/table.h"

#include "runtime/process/barrier.h"
#include "runtime/process/gather.h"
#include "runtime/process/jail.h"
#include "runtime/process/larder.h"
#include "runtime/process/region.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Slots that wait before a grace period is worth a membarrier (about 2 us). */
#define RETIRED_BATCH 256u
#define HUGE_PAGE     (2u << 20)

/* ---------------------------------------------------------------- sections */

rs_runtime *rs_the_runtime;
_Thread_local rs_thread rs_this_thread;

/* Not inlined: what it knows of where the thread-local variable lies must not outlive it. */
__attribute__((noinline)) void rs_core_play(rs_core *core) {
    rs_thread *self = &rs_this_thread;
    self->self = self;
    self->core = core;
    if (!core) return;
    if (!self->id) self->id = (int32_t)syscall(SYS_gettid);
    rs_store(&self->floor, core->fenced ? RS_FLOOR_FENCED : 0, rs_relaxed);
    rs_section_seat(&core->thread, self);
}

/* In user mode again: the process meets its guard here instead of inside a section, where that
 * would be the runtime's fault. */
__attribute__((noinline, cold, no_sanitize("address", "undefined", "thread"))) static void
overflow(const rs_stack *stack) {
    rs_thread_leave();
    *(volatile char *)(stack->low - 1) = 0;
}

__attribute__((noinline)) rs_core *rs_section_land(void) {
    rs_section_fence(&rs_core_here()->parked);
    return rs_jail_keeps_core(rs_thread_here()) ? rs_core_here() : rs_jail_leave(rs_process_here());
}

__attribute__((noinline)) rs_core *rs_section_ask(void) {
    const rs_process *process = rs_process_here();
    /* Half of the headroom, since our own frame, and that of a preemption, lie below that of who
     * was checked against all of it, or was not because its core is wanted. */
    if (process) {
        const char *floor = process->stack->low + RS_STACK_HEADROOM_BYTES / 2;
        if ((char *)__builtin_frame_address(0) < floor) overflow(process->stack);
    }
    return rs_section_land();
}

rs_core *rs_section_join(bool *entered) {
    *entered = false;
    if (rs_thread_section() & 1) return rs_core_here();
    if (!rs_process_here()) return NULL;
    *entered = true;
    return rs_section_enter();
}

/* ---------------------------------------------------------------- slots */

static size_t ring_size(uint32_t slots_max) {
    size_t size = 1;
    while (size < slots_max) size *= 2;
    return size;
}

/* Whatever is indexed by slots or places. */
static void *take(const rs_runtime *runtime, size_t count, size_t each, size_t alignment) {
    return rs_larder_take(runtime->larder, count * each, alignment);
}

static void give(const rs_runtime *runtime, void *memory, size_t count, size_t each, size_t used) {
    rs_larder_give(runtime->larder, memory, count * each, used * each);
}

static size_t places_max(const rs_runtime *runtime) {
    return (size_t)runtime->slots_max + 1; /* place 0 is nobody's */
}

rs_err rs_table_init(rs_runtime *runtime, uint32_t slots_max) {
    runtime->slots_max = slots_max;
    size_t places = places_max(runtime), ring = ring_size(slots_max);
    runtime->slots = take(runtime, slots_max, sizeof *runtime->slots, HUGE_PAGE);
    runtime->processes = take(runtime, places, sizeof *runtime->processes, HUGE_PAGE);
    runtime->waiting = take(runtime, ring, sizeof *runtime->waiting, RS_PAGE_BYTES);
    runtime->free_places = take(runtime, slots_max, sizeof *runtime->free_places, RS_PAGE_BYTES);
    if (runtime->is_virtual) /* others never look */
        runtime->newest_ns = take(runtime, places, sizeof *runtime->newest_ns, RS_PAGE_BYTES);
    if (runtime->is_virtual && !runtime->newest_ns) return RS_ENOMEM;
    if (!rs_gather_init(runtime, slots_max)) return RS_ENOMEM;
    if (!runtime->slots || !runtime->processes || !runtime->waiting || !runtime->free_places)
        return RS_ENOMEM;
    uint32_t usual = 2 * RS_SLOTS_RESERVED;
    runtime->waiting_mask = (uint32_t)ring_size(slots_max < usual ? slots_max : usual) - 1;
    rs_region_huge(runtime->slots, slots_max * sizeof *runtime->slots);
    rs_region_huge(runtime->processes, places * sizeof *runtime->processes);
    rs_store(&runtime->processes[0].inbox, RS_INBOX_DEAD, rs_relaxed);
    runtime->places_used = 1;
    runtime->asymmetric = rs_barrier_init();
    for (uint32_t i = 0; i < runtime->core_count; i++)
        runtime->cores[i].fenced = !runtime->asymmetric;
    return RS_OK;
}

void rs_table_fini(rs_runtime *runtime) {
    uint32_t slots_max = runtime->slots_max, slots = rs_load(&runtime->slots_used, rs_relaxed);
    size_t all = places_max(runtime), used = runtime->places_used;
    give(runtime, runtime->slots, slots_max, sizeof *runtime->slots, slots);
    give(runtime, runtime->processes, all, sizeof *runtime->processes, used);
    give(runtime, runtime->newest_ns, all, sizeof *runtime->newest_ns, used);
    rs_gather_fini(runtime, slots_max);
    give(runtime, runtime->waiting, ring_size(slots_max), sizeof *runtime->waiting,
         (size_t)runtime->waiting_mask + 1);
    give(runtime, runtime->free_places, slots_max, sizeof *runtime->free_places, used);
}

/* Fresh slots are used until enough old ones wait in line. Under the table's lock. */
static bool next_slot(rs_runtime *runtime, uint32_t *slot) {
    uint32_t used = rs_load(&runtime->slots_used, rs_relaxed);
    if (runtime->waiting_count < RS_SLOTS_RESERVED && used < runtime->slots_max) {
        *slot = used;
        rs_store(&runtime->slots_used, used + 1, rs_release);
        return true;
    }
    if (runtime->waiting_count == 0) return false;
    runtime->waiting_count--;
    *slot = runtime->waiting[runtime->waiting_first++ & runtime->waiting_mask];
    return true;
}

/* There are as many places as slots, so who has a slot finds one. Under the table's lock. */
static uint32_t next_place(rs_runtime *runtime) {
    if (runtime->free_place_count) return runtime->free_places[--runtime->free_place_count];
    RS_ASSERT(runtime->places_used <= runtime->slots_max);
    return runtime->places_used++;
}

/* The ring is as long as its line ever was: its place wanders all through it, and with it the pages
 * that are touched. What had wrapped around lies at its front; it moves behind the rest. */
static void lengthen_ring(rs_runtime *runtime) {
    uint32_t size = runtime->waiting_mask + 1, first = runtime->waiting_first & (size - 1);
    memcpy(runtime->waiting + size, runtime->waiting, first * sizeof *runtime->waiting);
    runtime->waiting_first = first;
    runtime->waiting_mask = 2 * size - 1;
}

static void put_back(rs_runtime *runtime, rs_home home) {
    if (runtime->waiting_count > runtime->waiting_mask) lengthen_ring(runtime);
    uint32_t last = runtime->waiting_first + runtime->waiting_count++;
    runtime->waiting[last & runtime->waiting_mask] = home.slot;
    runtime->free_places[runtime->free_place_count++] = home.place;
}

/* In a small table no core may sit on more than its part. */
static uint32_t batch(const rs_runtime *runtime, uint32_t most) {
    uint32_t part = runtime->slots_max / (8 * runtime->core_count);
    return part == 0 ? 1 : part < most ? part : most;
}

static void refill(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    const uint32_t most = batch(runtime, sizeof core->free_homes / sizeof core->free_homes[0]);
    /* Taken from the end of the cache: filled backwards, they are used in order. */
    uint32_t taken = 0;
    rs_home homes[sizeof core->free_homes / sizeof core->free_homes[0]];
    rs_spin_lock(&runtime->table_lock);
    for (; taken < most && next_slot(runtime, &homes[taken].slot); taken++)
        homes[taken].place = next_place(runtime);
    rs_spin_unlock(&runtime->table_lock);
    for (uint32_t i = 0; i < taken; i++) core->free_homes[i] = homes[taken - 1 - i];
    core->free_home_count = taken;
}

/* In a large table nobody misses them, and whoever wakes from a rest would have to fetch others. */
void rs_table_give_back(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    const uint32_t most = sizeof core->free_homes / sizeof core->free_homes[0];
    if (core->free_home_count == 0 || batch(runtime, most) == most) return;
    rs_spin_lock(&runtime->table_lock);
    while (core->free_home_count) put_back(runtime, core->free_homes[--core->free_home_count]);
    rs_spin_unlock(&runtime->table_lock);
}

/* Before a table is called full, the dead get a moment to be buried: another core may hold their
 * slots, and our own section may be what they wait for. */
#define AWAIT_TURNS 400

static bool await_slot(rs_core *core) {
    int turns = core->runtime->is_virtual ? 1 : AWAIT_TURNS;
    for (int i = 0; i < turns && core->free_home_count == 0; i++) {
        rs_table_reclaim(core, true);
        refill(core);
        if (core->free_home_count || i + 1 == turns) break;
        for (int pause = 0; pause < 32; pause++) rs_relax();
        rs_thread_pass(); /* never outside: a preemption would move us to another core */
        if (core->fenced) rs_section_fence(&core->parked);
    }
    return core->free_home_count != 0;
}

/* The next to be born may have died on another core, or long ago. */
static inline void fetch_home(const rs_runtime *runtime, rs_home home) {
    const char *process = (const char *)&runtime->processes[home.place];
    __builtin_prefetch(&runtime->slots[home.slot], 1);
    for (size_t at = 0; at < sizeof(rs_process); at += RS_CACHE_LINE)
        __builtin_prefetch(process + at, 1);
}

rs_process *rs_table_take(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    if (core->free_home_count == 0) refill(core);
    if (core->free_home_count == 0) {
        if (!await_slot(core)) return NULL;
    }
    const rs_home home = core->free_homes[--core->free_home_count];
    rs_process *process = &runtime->processes[home.place];
    uint64_t generation = rs_load(&runtime->slots[home.slot], rs_relaxed) >> 32; /* ours alone */
    process->index = home.slot;
    rs_store(&process->generation, (uint32_t)generation, rs_relaxed);
    rs_slot_fill(&runtime->slots[home.slot], generation, home.place);
    if (core->free_home_count) fetch_home(runtime, core->free_homes[core->free_home_count - 1]);
    return process;
}

/* ---------------------------------------------------------------- grace periods */

void rs_table_retire(rs_core *core, rs_process *process) {
    uint32_t next = rs_load(&process->generation, rs_relaxed) + 1;
    rs_slot_clear(&core->runtime->slots[process->index], next);
    process->task.next = NULL;
    if (core->retired)
        core->retired_tail->next = &process->task;
    else
        core->retired = &process->task;
    core->retired_tail = &process->task;
    if (++core->retired_count >= batch(core->runtime, RETIRED_BATCH)) rs_table_reclaim(core, true);
}

static uint64_t section_of(rs_core *core) {
    rs_thread *thread = rs_grace_player(&core->thread);
    return thread ? rs_grace_count(&thread->section) : 0;
}

/* A core is past the grace period's start when it is outside a section or in a later one. */
bool rs_table_grace_is_over(rs_core *core, const uint64_t *sections) {
    rs_runtime *runtime = core->runtime;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        if (i == core->index || runtime->is_virtual) continue;
        uint64_t then = sections[i];
        if (then & 1 && section_of(&runtime->cores[i]) == then) return false;
    }
    return true;
}

/* gather takes up to `most` of the dead whose grace period is over. */
static uint32_t gather(rs_core *core, rs_home *homes, uint32_t most) {
    uint32_t count = 0;
    for (; count < most && core->grace; count++) {
        const rs_process *process = RS_CONTAINER(core->grace, rs_process, task);
        homes[count] = (rs_home){process->index, (uint32_t)(process - core->runtime->processes)};
        core->grace = core->grace->next;
    }
    return count;
}

/* The lock is not held while the dead are looked at, who may lie in no cache. */
static void free_batch(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    rs_home homes[RETIRED_BATCH];
    for (uint32_t count; (count = gather(core, homes, RETIRED_BATCH));) {
        rs_spin_lock(&runtime->table_lock);
        for (uint32_t i = 0; i < count; i++) put_back(runtime, homes[i]);
        rs_spin_unlock(&runtime->table_lock);
    }
    core->grace_count = 0;
}

void rs_table_begin_grace(rs_core *core, uint64_t *sections) {
    rs_runtime *runtime = core->runtime;
    /* Every thread passes a full barrier: its section count and what it did under it are visible.
     */
    if (runtime->asymmetric && runtime->core_count > 1 && !runtime->is_virtual) rs_barrier_all();
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        if (!runtime->asymmetric) rs_grace_fence(&runtime->cores[i].parked);
        sections[i] = section_of(&runtime->cores[i]);
    }
}

static void begin_grace(rs_core *core) {
    core->grace = core->retired;
    core->grace_tail = core->retired_tail;
    core->grace_count = core->retired_count;
    core->retired = NULL;
    core->retired_count = 0;
    rs_table_begin_grace(core, core->grace_sections);
}

void rs_table_reclaim(rs_core *core, bool all) {
    if (core->grace && rs_table_grace_is_over(core, core->grace_sections)) free_batch(core);
    if (core->grace || !core->retired || !all) return;
    begin_grace(core);
    if (rs_table_grace_is_over(core, core->grace_sections)) free_batch(core);
}
