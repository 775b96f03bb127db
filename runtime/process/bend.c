/* bend.c: where the runtime gives way to a harness.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/bend.h"

#include "runtime/process/clock.h"
#include "runtime/process/observe.h"

/* Whoever sleeps is woken, whoever works looks around before its next turn. */
static void call(rs_core *core, rs_core *other) {
    rs_runtime *runtime = core->runtime;
    rs_store(&other->look, 1, rs_relaxed);
    runtime->woken(runtime, core, other->index);
}

/* ------------------------------------------------------------------ cores that stand still */

static void stall(rs_core *core, rs_core *other, uint64_t duration_ns) {
    rs_add(&other->stall_ns, duration_ns, rs_relaxed);
    call(core, other);
}

void rs_bend_stall(uint32_t cores, uint64_t duration_ns) {
    rs_core *core = rs_section_enter();
    rs_runtime *runtime = core->runtime;
    if (cores > runtime->core_count) cores = runtime->core_count;
    for (uint32_t i = cores; i-- > 0;) /* the caller's last: the others are on their way by then */
        stall(core, &runtime->cores[(core->index + i) % runtime->core_count], duration_ns);
    rs_section_leave(core);
    rs_yield();
}

/* ------------------------------------------------------------------ a clock that jumps */

static void jump(rs_core *core, uint64_t duration_ns) {
    rs_runtime *runtime = core->runtime;
    rs_add(&runtime->bends.ahead_ns, duration_ns, rs_relaxed);
    for (uint32_t i = 0; i < runtime->core_count; i++) call(core, &runtime->cores[i]);
}

/* Under the virtual clock it jumps between two turns, so that no turn is as long as the jump. */
void rs_bend_jump(uint64_t duration_ns) {
    rs_core *core = rs_section_enter();
    if (core->is_virtual)
        core->runtime->bends.jump_ns += duration_ns;
    else
        jump(core, duration_ns);
    rs_section_leave(core);
    rs_yield();
}

/* ------------------------------------------------------------------ allocations that fail */

static bool is_of_tree(const rs_process *process) {
    return process && process->role && process->role < RS_ROLES_OUTSIDE;
}

static void release(rs_bends *bends, rs_bent_alloc *place) {
    place->cause = 0;
    rs_sub(&bends->armed, 1, rs_relaxed);
}

/* What waits no longer makes place. Under the lock, as what follows. */
static void expire(rs_bends *bends, uint64_t now_ns) {
    for (uint32_t i = 0; i < RS_BENT_ALLOCS_MAX; i++)
        if (bends->failing[i].cause && bends->failing[i].end_ns <= now_ns)
            release(bends, &bends->failing[i]);
}

static rs_bent_alloc *find_place(rs_bends *bends) {
    for (uint32_t i = 0; i < RS_BENT_ALLOCS_MAX; i++)
        if (!bends->failing[i].cause) return &bends->failing[i];
    return NULL;
}

bool rs_bend_alloc(uint64_t number, uint64_t end_ns, uint32_t cause) {
    rs_core *core = rs_section_enter();
    rs_bends *bends = &core->runtime->bends;
    uint64_t now_ns = rs_clock_now(core);
    rs_spin_lock(&bends->lock);
    expire(bends, now_ns);
    rs_bent_alloc *place = find_place(bends);
    if (place) {
        *place = (rs_bent_alloc){bends->allocs + number, end_ns, cause};
        rs_add(&bends->armed, 1, rs_relaxed);
    }
    rs_spin_unlock(&bends->lock);
    rs_section_leave(core);
    return place != NULL;
}

/* The next allocation, if it is to fail; of several that are due the first one takes it. */
static uint32_t take_due(rs_bends *bends) {
    bends->allocs++;
    for (uint32_t i = 0; i < RS_BENT_ALLOCS_MAX; i++) {
        uint32_t cause = bends->failing[i].cause;
        if (!cause || bends->failing[i].number > bends->allocs) continue;
        release(bends, &bends->failing[i]);
        return cause;
    }
    return 0;
}

bool rs_bend_count(rs_core *core) {
    rs_bends *bends = &core->runtime->bends;
    rs_process *self = core->current;
    if (!is_of_tree(self)) return false;
    uint64_t now_ns = rs_clock_now(core);
    rs_spin_lock(&bends->lock);
    expire(bends, now_ns);
    uint32_t cause = take_due(bends);
    rs_spin_unlock(&bends->lock);
    if (!cause) return false;
    self->cause = cause;
    rs_observe(core, RS_EVENT_FAULT, self, 0, 0, 0);
    return true;
}

/* ------------------------------------------------------------------ a full table */

void rs_bend_spawns(uint64_t duration_ns) {
    rs_core *core = rs_section_enter();
    uint64_t until_ns = rs_clock_now(core) + duration_ns;
    rs_atomic_u64 *full_until_ns = &core->runtime->bends.full_until_ns;
    if (rs_load(full_until_ns, rs_relaxed) < until_ns)
        rs_store(full_until_ns, until_ns, rs_relaxed);
    rs_section_leave(core);
}

void rs_bend_calm(void) {
    rs_core *core = rs_section_enter();
    rs_bends *bends = &core->runtime->bends;
    rs_spin_lock(&bends->lock);
    for (uint32_t i = 0; i < RS_BENT_ALLOCS_MAX; i++) bends->failing[i].cause = 0;
    rs_store(&bends->armed, 0, rs_relaxed);
    rs_spin_unlock(&bends->lock);
    rs_store(&bends->full_until_ns, 0, rs_relaxed);
    rs_section_leave(core);
}

bool rs_bend_is_full(rs_core *core) {
    uint64_t until_ns = rs_load(&core->runtime->bends.full_until_ns, rs_relaxed);
    return RS_UNLIKELY(until_ns) && is_of_tree(core->current) && rs_clock_now(core) < until_ns;
}
