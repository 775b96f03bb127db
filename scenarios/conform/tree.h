/* tree.h: the workers and supervisors of a case, as README.md says that they behave.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONFORM_TREE_H
#define RS_CONFORM_TREE_H

#include "scenarios/conform/world.h"

/* Who starts what where: the arguments of a child's start function. */
typedef struct rs_tree_start {
    rs_place *place; /* dynamic children: their supervisor's */
    const rs_case_node *node;
} rs_tree_start;

/* rs_tree_start_supervisor starts the supervisor `start` tells of. As a start function's. */
rs_start_result rs_tree_start_supervisor(const rs_tree_start *start,
                                         const rs_start_options *options, rs_pid *pid,
                                         rs_term *reason);

/* rs_tree_spec writes the spec of the child `node` of the supervisor at `parent`; false: no room.
 */
bool rs_tree_spec(rs_place *parent, const rs_case_node *node, rs_child_spec *spec);

/* rs_tree_tell_stop tells the worker `pid` to stop itself with the reason whose text it is. */
void rs_tree_tell_stop(rs_pid pid, const char *reason);

/* rs_tree_ping waits until the worker `pid` has handled what came before; false: it is gone. */
bool rs_tree_ping(rs_pid pid);

/* rs_tree_sleep waits `ns` nanoseconds; the mailbox stays as it is. */
void rs_tree_sleep(uint64_t ns);

#endif
