/* relation.h: links and monitors. A relation is one block with two ends, one held by each process.
 * An end lies in its holder's list and is itself the signal that the holder's death (or unlink, or
 * demonitor) sends to the other: dying allocates nothing. The block goes when both ends are done.
 *
 *   end 0   of the one who linked or monitors          end 1   of the other
 *   in hand: LISTED in its holder's list, or a signal on the way, or finished
 *
 * A monitor's end 1 travels to the target as MONITOR, is listed there, and comes back as DOWN; its
 * end 0 stays listed at the watcher, or travels as DEMONITOR. A link's ends both travel as LINK
 * (end 1, once), UNLINK or LINK_EXIT.
 * Source: rules L1-L4, M1-M5, X3.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RELATION_H
#define RS_RELATION_H

#include "runtime/process/process.h"

/* rs_relation_born makes a relation between the running `parent` and its `child`, which nobody else
 * knows yet. Returns the monitor's reference, or for a link true; 0: no memory. */
rs_ref rs_relation_born(rs_core *core, rs_process *parent, rs_process *child, bool link,
                        uint64_t tag);

/* rs_relation_accept lists the end that came as LINK or MONITOR. */
void rs_relation_accept(rs_core *core, rs_process *self, rs_message *signal);

/* rs_relation_dissolve takes an UNLINK or DEMONITOR. */
void rs_relation_dissolve(rs_core *core, rs_process *self, rs_message *signal);

/* rs_relation_end takes a LINK_EXIT or DOWN. True: it counts, and the caller owns the signal;
 * false: it was unlinked or demonitored before, and is gone. */
bool rs_relation_end(rs_core *core, rs_process *self, rs_message *signal);

/* rs_relation_forget unlinks the caller from `peer` and drops an EXIT of it that has arrived. */
void rs_relation_forget(rs_core *core, rs_process *self, rs_pid peer);

/* rs_relation_settle does with a LINK or MONITOR what a dead receiver must: the other side learns
 * `reason`. `dead` is NULL when the receiver's slot is gone already. */
void rs_relation_settle(rs_core *core, rs_process *dead, rs_message *signal, rs_term reason,
                        uint32_t cause);

/* rs_relation_tell adds the links and monitors of the caller to its crash report. In a section. */
void rs_relation_tell(rs_core *core, rs_process *self, rs_crash_report *report);

/* rs_relation_watch is rs_monitor for a caller with many monitors: it returns the caller's end, by
 * which rs_relation_unwatch finds the monitor at once. `ref` may be NULL. In a section. */
rs_message *rs_relation_watch(rs_core *core, rs_pid to, rs_ref *ref);

/* rs_relation_unwatch ends that monitor, unless its DOWN is in the mailbox already, where it stays.
 * Not once the caller has handled its DOWN. In a section. */
void rs_relation_unwatch(rs_core *core, rs_message *mine);

/* rs_relation_finish is done with an end. */
void rs_relation_finish(rs_core *core, rs_message *end);

/* rs_relation_announce tells up to *budget of the dying process's relations; false: not done. */
bool rs_relation_announce(rs_core *core, rs_process *dying, uint32_t *budget);

#endif
