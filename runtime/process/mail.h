/* mail.h: what processes send one another, where a seam may bend it: messages, casts, requests,
 * replies.
 *
 * A request that is lost leaves the monitor that every call is: it waits with its callee, as
 * CALL_LOST, for the callee's death, or for the caller to give up. Of a reply that is lost the
 * caller is told, which then leaves the same, if it still waits: what it sends later comes later.
 * Invariant: mail that is held up hangs on its timer alone; whoever takes that out of the heap
 * delivers it, once.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MAIL_H
#define RS_MAIL_H

#include "runtime/process/signal.h"

/* rs_mail_post is rs_signal_try_push for mail of the caller's, which the seam is asked about; there
 * must be one. In a section. */
bool rs_mail_post(rs_core *core, rs_pid to, rs_message *message);

/* rs_mail_push is rs_signal_try_push for mail of the caller's. In a section. */
static inline bool rs_mail_push(rs_core *core, rs_pid to, rs_message *message) {
    if (RS_LIKELY(!core->runtime->seam.mail)) return rs_signal_try_push(core, to, message);
    return rs_mail_post(core, to, message);
}

/* rs_mail_arrive delivers what `timer` has held up. In a section. */
void rs_mail_arrive(rs_core *core, rs_timer *timer);

/* rs_mail_take acts on a signal about lost mail. */
void rs_mail_take(rs_core *core, rs_process *self, rs_message *signal);

/* rs_mail_forget tells `callee` that nobody waits for the call `ref`, should it be lost. In a
 * section. */
void rs_mail_forget(rs_core *core, rs_pid callee, rs_ref ref);

#endif
