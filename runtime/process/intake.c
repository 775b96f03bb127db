/* intake.c: what threads without a core hand in.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/intake.h"

#include "runtime/process/jail.h"
#include "runtime/process/signal.h"

/* seq_cst: also a release of what was done with it; see rs_intake_is_empty. */
static void push(rs_atomic_ptr *list, void *one, void **next) {
    void *head = rs_load(list, rs_relaxed);
    do *next = head;
    while (!rs_cas(list, &head, one, rs_seq_cst));
}

void rs_intake_process(rs_runtime *runtime, rs_process *process) {
    push(&runtime->returned, &process->task, (void **)(void *)&process->task.next);
}

void rs_intake_message(rs_runtime *runtime, rs_message *message) {
    push(&runtime->finished, message, (void **)(void *)&message->link);
}

bool rs_intake_is_empty(rs_runtime *runtime) {
    return !rs_load(&runtime->returned, rs_seq_cst) && !rs_load(&runtime->finished, rs_seq_cst);
}

/* acquire pairs with push. */
void rs_intake_take(rs_core *core) {
    rs_runtime *runtime = core->runtime;
    for (rs_task *task = rs_swap(&runtime->returned, NULL, rs_acquire), *next; task; task = next) {
        next = task->next;
        rs_jail_admit(core, RS_CONTAINER(task, rs_process, task));
    }
    rs_message *message = rs_swap(&runtime->finished, NULL, rs_acquire);
    for (rs_message *next; message; message = next) {
        next = message->link;
        rs_signal_push(core, message->from, message);
    }
}
