/* task.c: see task.h. A task is a plain process whose first message, which it holds for as long as
 * it lives, says whom it works for. SPDX-License-Identifier: MIT
 */
#include "runtime/otp/task.h"

#include "runtime/otp/shape.h"
#include "runtime/process/catch.h"
#include "runtime/process/process.h"
#include "runtime/process/signal.h"

#include <string.h>

/* Followed by the arguments. */
typedef struct errand {
    rs_entry *entry;
    rs_pid owner; /* 0: nobody wants a result */
    rs_ref ref;   /* of the result; 0: it has been sent */
} errand;

static const rs_type nothing_type = {.name = "task_nothing"};

/* ---------------------------------------------------------------- the task's side */

static void run_task(const void *args, uint32_t bytes) {
    const errand *given = args;
    bytes -= (uint32_t)sizeof *given;
    given->entry(bytes ? given + 1 : NULL, bytes);
    rs_task_return(&nothing_type, NULL, 0);
}

/* What it was given first lies deepest in what it holds; NULL: `self` is no task. In a section. */
static errand *errand_of(rs_process *self) {
    if ((rs_entry *)(uintptr_t)rs_load(&self->module, rs_relaxed) != run_task || !self->held)
        return NULL;
    rs_message *first = self->held;
    while (first->link) first = first->link;
    return (errand *)(void *)first->payload;
}

void rs_task_return(const rs_type *type, const void *payload, uint32_t bytes) {
    rs_core *core = rs_section_enter();
    errand *mine = errand_of(core->current);
    if (!mine) rs_catch_raise(core, RS_ATOM(badarg));
    if (!mine->ref || !mine->owner) {
        rs_section_leave(core);
        return;
    }
    core = rs_gate(core);
    rs_message *result = rs_signal_build(core, RS_MESSAGE, type, payload, bytes);
    core->current->building = NULL;
    result->ref = mine->ref;
    mine->ref = 0;
    rs_signal_push(core, mine->owner, result);
    rs_section_leave(core);
}

/* ---------------------------------------------------------------- starting */

static rs_err start(const rs_spawn_options *options, const errand *given, const void *args,
                    uint32_t bytes, rs_pid *pid) {
    if (bytes > UINT32_MAX - sizeof *given) return RS_ELIMIT;
    uint32_t whole = (uint32_t)sizeof *given + bytes;
    errand *copy = rs_alloc(whole);
    *copy = *given;
    if (bytes) memcpy(copy + 1, args, bytes);
    rs_spawn_options spawn = *options;
    spawn.entry = run_task;
    spawn.args = copy;
    spawn.bytes = whole;
    rs_err err = rs_spawn_opt(&spawn, pid);
    rs_free(copy, whole);
    return err;
}

static rs_async async(rs_entry *entry, const void *args, uint32_t bytes, bool link) {
    rs_async task = {.owner = rs_self(), .ref = rs_make_ref()};
    const errand given = {entry, task.owner, task.ref};
    const rs_spawn_options options = {.link = link, .monitor = true, .ref = &task.monitor};
    if (start(&options, &given, args, bytes, &task.pid) != RS_OK) task.pid = 0;
    return task;
}

rs_async rs_task_async(rs_entry *entry, const void *args, uint32_t bytes) {
    return async(entry, args, bytes, true);
}

rs_async rs_task_async_nolink(rs_entry *entry, const void *args, uint32_t bytes) {
    return async(entry, args, bytes, false);
}

rs_start_result rs_task_start(rs_entry *entry, const void *args, uint32_t bytes,
                              const rs_start_options *options, rs_pid *pid, rs_term *reason) {
    const errand given = {.entry = entry};
    const rs_spawn_options spawn = {.link = options->link,
                                    .link_tag = options->link_tag,
                                    .role = options->role,
                                    .arena_bytes = options->arena_bytes};
    if (start(&spawn, &given, args, bytes, pid) == RS_OK) return RS_START_OK;
    if (reason) *reason = RS_ATOM(system_limit);
    return RS_START_ERROR;
}

/* ---------------------------------------------------------------- the owner's side */

static bool is_result(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE && message->ref == ((rs_async *)context)->ref;
}

static bool is_result_or_down(const rs_message *message, void *context) {
    const rs_async *task = context;
    return is_result(message, context) ||
           (message->kind == RS_MESSAGE_DOWN && message->ref == task->monitor);
}

static rs_task_state exited(rs_term why, rs_term *reason) {
    if (reason)
        *reason = why;
    else
        rs_term_release(why);
    return RS_TASK_EXITED;
}

static rs_task_state done(rs_async *task, const rs_message *message, const rs_message **result) {
    rs_demonitor(task->monitor, true);
    task->monitor = 0;
    if (result) *result = message;
    return RS_TASK_DONE;
}

rs_task_state rs_task_yield(rs_async *task, uint64_t timeout_ns, const rs_message **result,
                            rs_term *reason) {
    if (task->owner != rs_self()) rs_exit(RS_ATOM(badarg));
    if (!task->pid) return exited(RS_ATOM(system_limit), reason);
    if (!task->monitor) return exited(RS_ATOM(noproc), reason);
    const rs_message *message = rs_receive(is_result_or_down, task, timeout_ns);
    if (!message) return RS_TASK_RUNNING;
    if (message->kind == RS_MESSAGE) return done(task, message, result);
    task->monitor = 0;
    rs_term why = rs_message_reason(message);
    rs_term_retain(why, 1);
    return exited(why, reason);
}

/* {Why,{task,await,Pid}} */
static _Noreturn void fail(const rs_async *task, rs_term why) {
    rs_term site = rs_shape_triple(rs_shape_word("task"), rs_shape_word("await"), task->pid);
    rs_exit(rs_shape_pair(why, site));
}

const rs_message *rs_task_await(rs_async *task, uint64_t timeout_ns) {
    const rs_message *result = NULL;
    rs_term reason = 0;
    switch (rs_task_yield(task, timeout_ns, &result, &reason)) {
    case RS_TASK_DONE: return result;
    case RS_TASK_EXITED: fail(task, reason);
    default: break;
    }
    rs_demonitor(task->monitor, true);
    task->monitor = 0;
    fail(task, RS_ATOM(timeout));
}

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == ((rs_async *)context)->monitor;
}

static bool is_exit(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_EXIT && message->from == ((rs_async *)context)->pid;
}

/* Unlinked first, since its end is to be ours only if we trap exits, and even then not as a
 * message. Returns why it ended, the caller's; *killed: it had to be. */
static rs_term stop(rs_async *task, uint64_t timeout_ns, bool *killed) {
    rs_unlink(task->pid);
    rs_receive(is_exit, task, 0);
    *killed = timeout_ns == 0;
    rs_exit_signal(task->pid, *killed ? RS_ATOM(kill) : RS_ATOM(shutdown));
    const rs_message *down = rs_receive(is_down, task, *killed ? RS_FOREVER : timeout_ns);
    if (!down) {
        rs_exit_signal(task->pid, RS_ATOM(kill));
        down = rs_receive(is_down, task, RS_FOREVER);
    }
    rs_term reason = rs_message_reason(down);
    rs_term_retain(reason, 1);
    task->monitor = 0;
    return reason;
}

rs_task_state rs_task_shutdown(rs_async *task, uint64_t timeout_ns, const rs_message **result,
                               rs_term *reason) {
    rs_task_state state = rs_task_yield(task, 0, result, reason);
    if (state != RS_TASK_RUNNING) return state;
    bool killed;
    rs_term why = stop(task, timeout_ns, &killed);
    const rs_message *late = rs_receive(is_result, task, 0);
    if (late) {
        rs_term_release(why);
        if (result) *result = late;
        return RS_TASK_DONE;
    }
    if (why == (killed ? RS_ATOM(killed) : RS_ATOM(shutdown))) return RS_TASK_RUNNING;
    return exited(why, reason);
}
