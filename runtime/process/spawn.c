/* spawn.c: how a process comes into the world.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/process.h"

#include "runtime/process/bend.h"
#include "runtime/process/clock.h"
#include "runtime/process/gather.h"
#include "runtime/process/relation.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

#include <string.h>

/* What others may still write is cleared atomically, the rest as bytes. Generation and slot stay:
 * the place's taker has just written them. */
static void clear(rs_process *process) {
    rs_store(&process->inbox, RS_INBOX_EMPTY, rs_relaxed);
    process->task = (rs_task){0};
    rs_store(&process->kill_cause, 0, rs_relaxed);
    rs_store(&process->backlog, 0, rs_relaxed);
    rs_store(&process->group, 0, rs_relaxed);
    process->parent = 0;
    const size_t from = offsetof(rs_process, queued), to = offsetof(rs_process, deadline_ns);
    memset((char *)process + from, 0, to - from);
    rs_store(&process->deadline_ns, RS_FOREVER, rs_relaxed);
    process->timer.position = 0;
    process->timer.armed = false;
}

static void inherit(rs_core *core, rs_process *process) {
    rs_process *parent = core->current;
    if (!parent) return;
    process->parent = rs_process_pid(parent);
    rs_store(&process->group, rs_load(&parent->group, rs_relaxed), rs_relaxed);
    process->cause = parent->cause;
}

static bool relate(rs_core *core, rs_process *process, const rs_spawn_options *options) {
    rs_process *parent = core->current;
    if (options->link && !rs_relation_born(core, parent, process, true, options->link_tag))
        return false;
    if (!options->monitor) return true;
    rs_ref ref = rs_relation_born(core, parent, process, false, 0);
    if (ref && options->ref) *options->ref = ref;
    return ref != 0;
}

rs_process *rs_process_create(rs_core *core, const rs_spawn_options *options,
                              const rs_behaviour *behaviour, rs_message *first) {
    rs_process *process = rs_bend_is_full(core) ? NULL : rs_table_take(core);
    if (!process) return NULL;
    clear(process);
    if (core->is_virtual) *rs_clock_newest(core, process) = 0;
    if (RS_UNLIKELY(core->runtime->recent)) rs_gather_born(core->runtime, process);
    inherit(core, process);
    process->behaviour = behaviour;
    process->plain = behaviour == NULL;
    process->role = options->role;
    process->started = behaviour == NULL;
    /* release pairs with the acquire of who walks the table. */
    rs_store(&process->flags, RS_PROCESS_USED, rs_release);
    uint64_t limit = options->arena_bytes ? options->arena_bytes : RS_ARENA_BYTES_MAX;
    uint64_t pages = (limit + RS_PAGE_BYTES - 1) / RS_PAGE_BYTES;
    process->arena_pages = pages > UINT32_MAX ? UINT32_MAX : (uint32_t)pages;
    rs_store(&process->module, (const void *)(uintptr_t)options->entry, rs_relaxed);
    if (!relate(core, process, options)) {
        process->reason = RS_ATOM(system_limit);
        rs_process_die(core, process);
        return NULL;
    }
    if (first) {
        first->link = NULL;
        process->mailbox = process->mailbox_tail = first;
        rs_process_queued(process, 1);
    }
    rs_tally(&core->counters.spawned, 1);
    rs_clock_spend(core, core->runtime->costs.start_ns);
    return process;
}

/* spawn starts a process and returns it, 0: no room. `options` are the runtime's own copy. */
static rs_pid spawn(const rs_spawn_options *options) {
    rs_pid born = 0;
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *args = NULL;
    if (options->bytes)
        args = rs_signal_build(core, RS_MESSAGE, NULL, options->args, options->bytes);
    core->current->building = NULL;
    rs_process *process = rs_process_create(core, options, NULL, args);
    if (process) {
        born = rs_process_pid(process);
        rs_process_ready(core, process, RS_READY_NEW);
    } else if (args) {
        rs_signal_release(core, args);
    }
    rs_section_leave(core);
    return born;
}

/* The caller's structs are read and written in user mode only. */
rs_err rs_spawn_opt(const rs_spawn_options *options, rs_pid *pid) {
    rs_ref ref = 0;
    rs_spawn_options mine = *options;
    mine.ref = &ref;
    rs_pid born = spawn(&mine);
    if (!born) return RS_ELIMIT;
    if (options->ref) *options->ref = ref;
    *pid = born;
    return RS_OK;
}

rs_pid rs_spawn(rs_entry *entry, const void *args, uint32_t bytes) {
    return spawn(&(rs_spawn_options){.entry = entry, .args = args, .bytes = bytes});
}

rs_pid rs_spawn_link(rs_entry *entry, const void *args, uint32_t bytes) {
    return spawn(&(rs_spawn_options){.entry = entry, .args = args, .bytes = bytes, .link = true});
}

rs_pid rs_spawn_monitor(rs_entry *entry, const void *args, uint32_t bytes, rs_ref *ref) {
    rs_ref made = 0;
    rs_pid pid = spawn(&(rs_spawn_options){
        .entry = entry, .args = args, .bytes = bytes, .monitor = true, .ref = &made});
    if (ref && pid) *ref = made;
    return pid;
}
