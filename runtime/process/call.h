/* call.h: a request that waits for its reply: monitor, alias and request in one signal. The record
 * is the caller's `call_ref`; the reply or the callee's death resolves it once, and what comes
 * after a timeout goes to the observer's `late`.
 * Source: rules C1-C4, M6.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CALL_H
#define RS_CALL_H

#include "runtime/process/process.h"

typedef struct rs_call_result {
    const rs_message *reply; /* NULL: failed; valid until the caller's next call */
    rs_term reason;          /* of the failure, owned by the caller */
    bool ignored;            /* the callee was a server whose init said ignore */
} rs_call_result;

/* rs_call sends the request to `to` and waits. In user mode. */
rs_call_result rs_call(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes,
                       uint64_t timeout_ns);

/* rs_call_spawn creates a process whose first message is the call, and waits for its reply; *pid is
 * set as soon as there is one. The payload is `head` followed by `rest`. In user mode. */
rs_call_result rs_call_spawn(const rs_spawn_options *options, const rs_behaviour *behaviour,
                             const rs_type *type, const void *head, uint32_t head_bytes,
                             const void *rest, uint32_t rest_bytes, uint64_t timeout_ns,
                             rs_pid *pid);

/* rs_call_begin enters a section for a call of the caller's, and lets go of the replies before. */
rs_core *rs_call_begin(void);

/* rs_call_await waits for what answers the caller's call `ref`, and leaves the section: `reason` is
 * timeout when nothing has after `timeout_ns`. */
rs_call_result rs_call_await(rs_core *core, rs_ref ref, uint64_t timeout_ns);

/* rs_call_reply answers the call that the caller's process is handling (`current`), reusing its
 * block when the payload fits; the request is gone then. In user mode. */
void rs_call_reply(const rs_type *type, const void *payload, uint32_t bytes);

/* rs_call_answer is rs_call_reply for an answer that is no service: who gives no other has not
 * served. */
void rs_call_answer(const rs_type *type, const void *payload, uint32_t bytes);

/* rs_call_reply_to answers the call `ref` that `caller` made to `callee`; from any process. In user
 * mode. */
void rs_call_reply_to(rs_pid callee, rs_pid caller, rs_ref ref, const rs_type *type,
                      const void *payload, uint32_t bytes);

/* rs_call_answer_to is rs_call_reply_to for an answer that is no service. */
void rs_call_answer_to(rs_pid callee, rs_pid caller, rs_ref ref, const rs_type *type,
                       const void *payload, uint32_t bytes);

/* rs_call_done takes the call `ref`, which has been answered, from where it hangs at `self`; one
 * that is still being read, or has been postponed, goes when that ends. In a section. */
void rs_call_done(rs_core *core, rs_process *self, rs_ref ref);

#endif
