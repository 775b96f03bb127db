/* self.c: what a process knows of itself, its group, and others by their pid.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/process.h"

#include "runtime/process/jail.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

rs_pid rs_self(void) {
    return rs_process_pid(rs_process_here());
}
rs_pid rs_self_parent(void) {
    return rs_process_here()->parent;
}
uint32_t rs_self_role(void) {
    return rs_process_here()->role;
}
uint32_t rs_self_cause(void) {
    return rs_process_here()->cause;
}
void rs_self_blame(uint32_t cause) {
    rs_process_here()->cause = cause;
}

bool rs_trap_exit(bool on) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    bool before = self->trap_exit;
    self->trap_exit = on;
    rs_section_leave(core);
    return before;
}

void rs_group_lead(void) {
    rs_process *self = rs_process_here();
    rs_store(&self->group, rs_process_pid(self), rs_relaxed);
}

/* for_group calls visit for every live member; the section is left between slots, so that walking a
 * million does not hold others' slots back. */
static uint64_t for_group(rs_pid group, bool kill) {
    uint64_t count = 0;
    uint32_t slots = 0;
    for (uint32_t i = 0; i == 0 || i < slots; i++) {
        rs_core *core = rs_section_enter();
        slots = rs_load(&core->runtime->slots_used, rs_acquire);
        uint64_t slot = rs_slot_read(&core->runtime->slots[i]);
        rs_process *process = &core->runtime->processes[(uint32_t)slot];
        uint32_t flags = rs_load(&process->flags, rs_acquire);
        bool member = flags & RS_PROCESS_USED && !(flags & RS_PROCESS_EXITING) &&
                      rs_load(&process->group, rs_relaxed) == group;
        if (member && !(kill && process == core->current)) {
            count++;
            if (kill) rs_signal_wake(core, process, RS_PROCESS_KILL);
        }
        rs_section_leave(core);
    }
    return count;
}

void rs_group_kill(rs_pid group) {
    (void)for_group(group, true);
}
uint64_t rs_group_count(rs_pid group) {
    return for_group(group, false);
}

bool rs_lingers(rs_pid pid) {
    rs_core *core = rs_section_enter();
    rs_process *process = rs_table_find(core->runtime, pid);
    /* acquire pairs with the release of rs_jail_settle: what it did last is done. */
    bool lingers = process && rs_load(&process->flags, rs_acquire) & RS_PROCESS_ABSENT;
    rs_section_leave(core);
    return lingers;
}

uint32_t rs_role_of(rs_pid pid) {
    rs_core *core = rs_section_enter();
    rs_process *process = rs_table_find(core->runtime, pid);
    uint32_t role = process ? process->role : 0;
    rs_section_leave(core);
    return role;
}
