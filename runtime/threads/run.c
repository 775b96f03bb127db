/* run.c: a runtime's life: parts in order, threads, first process, and back in reverse.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/clock.h"
#include "runtime/process/context.h"
#include "runtime/process/crash.h"
#include "runtime/process/gather.h"
#include "runtime/process/larder.h"
#include "runtime/process/name.h"
#include "runtime/process/preempt.h"
#include "runtime/process/region.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"
#include "runtime/threads/blocking.h"
#include "runtime/threads/loop.h"
#include "runtime/threads/monitor.h"
#include "runtime/threads/park.h"

#include <string.h>
#include <unistd.h>

static uint32_t processes_max(const rs_runtime_options *options) {
    return options->processes_max ? options->processes_max : RS_PROCESSES_MAX;
}

/* A process takes a dozen cache lines along, for 60 to 100 ns each (bench/README.md). */
#define MOVE_NS 1000u

static rs_err choose(rs_runtime *runtime, const rs_runtime_options *options) {
    runtime->is_virtual = options->clock == RS_CLOCK_VIRTUAL;
    const char *name = options->scheduler;
    if (!name) name = runtime->is_virtual ? "fifo" : "steal";
    rs_sched_config *config = &runtime->sched_config;
    runtime->kind = rs_sched_find(name, config->parameters);
    uint32_t threads = options->threads;
    if (threads == 0) threads = runtime->is_virtual ? 1 : (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (!runtime->kind || threads > RS_CORES_MAX) return RS_EINVAL;
    if (processes_max(options) > RS_PROCESSES_MAX) return RS_EINVAL;
    if (runtime->kind->chooses && threads > 1 && !runtime->is_virtual) return RS_EINVAL;
    if (runtime->kind->replays && !options->replay) return RS_EINVAL;
    runtime->core_count = config->cores = threads;
    config->tasks_max = processes_max(options);
    config->seed = options->seed;
    config->move_ns = runtime->is_virtual ? 0 : MOVE_NS;
    config->replay = options->replay;
    config->record = options->record;
    runtime->costs = options->costs;
    runtime->larder = options->larder;
    if (options->observer) runtime->observer = *options->observer;
    if (options->seam) runtime->seam = *options->seam;
    runtime->woken = rs_loop_woken;
    runtime->budget_ns = options->budget_ns ? options->budget_ns : RS_BUDGET_NS;
    return RS_OK;
}

static size_t cores_bytes(const rs_runtime *runtime) {
    return runtime->core_count * sizeof(rs_core);
}

static rs_err init_cores(rs_runtime *runtime, uint64_t start_ns) {
    runtime->cores = rs_larder_take(runtime->larder, cores_bytes(runtime), RS_PAGE_BYTES);
    if (!runtime->cores) return RS_ENOMEM;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        rs_core *core = &runtime->cores[i];
        core->index = i;
        core->runtime = runtime;
        core->is_virtual = runtime->is_virtual;
        core->tells_turns = runtime->kind->ran || runtime->is_virtual || runtime->observer.turn;
        core->notes_messages = runtime->is_virtual || rs_gather_keeps_messages(runtime);
        core->now_ns = start_ns;
        rs_wait_init(core);
        if (!rs_timer_heap_init(&core->timers, runtime->larder)) return RS_ENOMEM;
    }
    return RS_OK;
}

static rs_err init_sched(rs_runtime *runtime) {
    runtime->sched_bytes = runtime->kind->bytes(&runtime->sched_config);
    runtime->sched = rs_larder_take(runtime->larder, runtime->sched_bytes, RS_PAGE_BYTES);
    if (!runtime->sched) return RS_ENOMEM;
    runtime->kind->init(runtime->sched, &runtime->sched_config);
    return RS_OK;
}

static rs_err init(rs_runtime *runtime, const rs_runtime_options *options) {
    rs_err err = choose(runtime, options);
    if (!err) err = rs_atoms_init();
    if (!err)
        err = init_cores(runtime,
                         runtime->is_virtual ? options->clock_offset_ns : rs_clock_real_ns());
    if (!err) err = init_sched(runtime);
    if (!err && runtime->is_virtual) err = rs_loop_virtual_init(runtime);
    if (!err) err = rs_table_init(runtime, processes_max(options));
    if (!err && !rs_crash_init()) err = RS_EUNSUPPORTED;
    if (!err && !runtime->is_virtual) runtime->preemptive = rs_preempt_init();
    return err;
}

static void fini(rs_runtime *runtime) {
    rs_preempt_fini();
    rs_crash_fini();
    rs_stack_fini(runtime);
    for (uint32_t i = 0; i < RS_ROOM_COUNT; i++) {
        rs_room *room = rs_load(&runtime->rooms[i], rs_relaxed);
        if (room) room->fini(room);
    }
    for (uint32_t i = 0; runtime->cores && i < runtime->core_count; i++) {
        rs_slab_fini(&runtime->cores[i].slab, runtime->larder);
        rs_timer_heap_fini(&runtime->cores[i].timers, runtime->larder);
    }
    rs_table_fini(runtime);
    rs_loop_virtual_fini(runtime);
    rs_region_release(rs_load(&runtime->code, rs_relaxed), runtime->code_bytes);
    rs_larder_give(runtime->larder, runtime->sched, runtime->sched_bytes, RS_LARDER_UNKNOWN);
    rs_larder_give(runtime->larder, runtime->cores, cores_bytes(runtime), cores_bytes(runtime));
}

/* The first process; its parent is nobody. */
static rs_err start_main(rs_core *core, rs_entry *entry, const void *args, uint32_t bytes) {
    rs_core_play(core);
    rs_section_enter();
    rs_message *message = rs_signal_alloc(core, bytes);
    const rs_spawn_options options = {.entry = entry};
    rs_process *process = NULL;
    if (message) {
        if (bytes) memcpy(message->payload, args, bytes);
        process = rs_process_create(core, &options, NULL, message);
    }
    if (process) {
        process->main = 1;
        core->runtime->main_pid = rs_process_pid(process);
        rs_process_ready(core, process, RS_READY_NEW);
    }
    rs_section_leave(core);
    return process ? RS_OK : RS_ENOMEM;
}

/* The caller plays no core: it watches those who do. */
static rs_err run_real(rs_runtime *runtime, bool *is_whole) {
    rs_players *players;
    rs_core_play(NULL);
    runtime->blocking = rs_blocking_start(runtime);
    rs_err err = rs_players_start(&players, runtime);
    if (!err && !runtime->blocking) err = RS_ENOMEM;
    if (err) {
        rs_store(&runtime->stopping, 1, rs_seq_cst);
        rs_park_wake_all(runtime);
    }
    if (players) rs_monitor_watch(runtime, players, players->count);
    *is_whole = rs_players_end(players);
    *is_whole &= rs_blocking_end(runtime->blocking);
    return err;
}

static rs_err run_virtual(rs_runtime *runtime) {
    rs_context_thread(&rs_this_thread.scheduler_fiber);
    RS_ASSERT(rs_crash_thread());
    rs_err err = rs_loop_virtual(runtime);
    rs_crash_thread_end();
    rs_core_play(NULL);
    return err;
}

rs_err rs_run(const rs_runtime_options *options, rs_entry *entry, const void *args, uint32_t bytes,
              rs_term *reason) {
    static rs_runtime runtime; /* one per OS process */
    static const rs_runtime_options defaults;
    RS_ASSERT(rs_the_runtime == NULL);
    if (!options) options = &defaults;
    runtime = (rs_runtime){0};
    rs_the_runtime = &runtime;
    rs_this_thread.id = 0; /* the caller may be a fork's child */
    rs_err err = init(&runtime, options);
    if (!err) err = start_main(&runtime.cores[0], entry, args, bytes);
    bool is_whole = true;
    if (!err) err = runtime.is_virtual ? run_virtual(&runtime) : run_real(&runtime, &is_whole);
    if (!err && reason)
        *reason =
            rs_term_tag(runtime.main_reason) == RS_TAG_BLOCK ? RS_ATOM(error) : runtime.main_reason;
    if (is_whole) fini(&runtime); /* else some still use it, and must not meet other handlers */
    rs_atoms_forget_names();
    rs_the_runtime = NULL;
    return err;
}
