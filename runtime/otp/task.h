/* task.h: Elixir's Task: work that a process of its own does for its owner, who fetches the result.
 *
 *     rs_async sum = rs_task_async(add_up, &numbers, sizeof numbers);
 *     …
 *     const rs_message *result = rs_task_await(&sum, RS_CALL_TIMEOUT_NS);
 *
 * Owner and task are linked: a crash of either is the other's, unless it traps exits.
 * Source: rule E4.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TASK_H
#define RS_TASK_H

#include "runtime/otp/gen_server.h"

/* A task, as its owner knows it. Only the owner may await, yield or shut it down: others exit
 * `badarg`. */
typedef struct rs_async {
    rs_pid pid; /* 0: it could not be spawned; every wait for it ends with `system_limit` */
    rs_pid owner;
    rs_ref ref;     /* of the result */
    rs_ref monitor; /* 0: it has been awaited */
} rs_async;

/* rs_task_async spawns a task that runs entry(args), linked to the caller. `args` are copied. */
rs_async rs_task_async(rs_entry *entry, const void *args, uint32_t bytes);

/* rs_task_async_nolink is the same without a link: who dies leaves the other alone. */
rs_async rs_task_async_nolink(rs_entry *entry, const void *args, uint32_t bytes);

/* rs_task_start starts a task without owner, for a supervisor's start function, which passes on its
 * `options`: `restart` is best RS_TEMPORARY, as it is done once. RS_START_ERROR: system_limit. */
rs_start_result rs_task_start(rs_entry *entry, const void *args, uint32_t bytes,
                              const rs_start_options *options, rs_pid *pid, rs_term *reason);

/* rs_task_return, in a task, is its result, a copy of the payload; what it does after that is its
 * own affair. A task that ends without one has a result of no bytes. The second is dropped. */
void rs_task_return(const rs_type *type, const void *payload, uint32_t bytes);

/* What has become of a task. */
typedef enum rs_task_state {
    RS_TASK_DONE,    /* *result is its result, valid until the owner's next rs_receive */
    RS_TASK_EXITED,  /* *reason is why it ended, the caller's */
    RS_TASK_RUNNING, /* the time was over; for shutdown: it ended as it was told to */
} rs_task_state;

/* rs_task_await returns the result. A task that ended without exits the caller with
 * {Reason,{task,await,Pid}}, one that takes longer with {timeout,{task,await,Pid}}. */
const rs_message *rs_task_await(rs_async *task, uint64_t timeout_ns);

/* rs_task_yield waits so long and says what it found; a running task may be waited for again.
 * `result` and `reason` may be NULL. */
rs_task_state rs_task_yield(rs_async *task, uint64_t timeout_ns, const rs_message **result,
                            rs_term *reason);

/* rs_task_shutdown ends the task: exit signal `shutdown`, after `timeout_ns` kill; 0: kill at once.
 * A result that came before that is RS_TASK_DONE; one that ended otherwise than it was told to,
 * such as one that had to be killed, has RS_TASK_EXITED. The owner does not die of it, and no EXIT
 * is left. */
rs_task_state rs_task_shutdown(rs_async *task, uint64_t timeout_ns, const rs_message **result,
                               rs_term *reason);

#endif
