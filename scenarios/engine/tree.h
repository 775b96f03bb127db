/* tree.h: the plan's tree as supervisors and workers of the runtime: an application that is started
 * and stopped as a unit. Every node but the templates is registered under its path.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TREE_H
#define RS_TREE_H

#include "runtime/otp/application.h"
#include "scenarios/engine/shared.h"

typedef struct rs_tree rs_tree;

/* rs_tree_create translates the plan of `shared`. Owner: rs_tree_destroy. Called outside the
 * runtime. */
rs_tree *rs_tree_create(const rs_shared *shared);
void rs_tree_destroy(rs_tree *tree);

/* rs_tree_start starts it; false, with the reason in `shared`, when a child did not start. */
bool rs_tree_start(rs_tree *tree, rs_shared *shared);

/* rs_tree_stop stops it, in reverse order, and returns when nothing is left of it. */
void rs_tree_stop(rs_tree *tree);

/* rs_tree_top returns the top supervisor's pid, 0 when it is gone. */
rs_pid rs_tree_top(const rs_tree *tree);

/* rs_tree_explain writes why a start failed, from OTP's {shutdown,{failed_to_start_child,Id,Why}}:
 * the path of the child that failed to `path`, the innermost reason to `why`. */
void rs_tree_explain(rs_term reason, char *path, size_t path_bytes, char *why, size_t why_bytes);

/* rs_tree_find returns the plan's node at `path`, or NULL. */
const rs_plan_node *rs_tree_find(const rs_plan_node *node, const char *path);

#endif
