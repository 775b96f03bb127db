/* path.h: positions in the tree, and patterns over them. A path names nodes below the root:
 * "registry", "shop/db". The children of a simple_one_for_one supervisor have a role key of their
 * own: "tables/3", "tables/game-17". A pattern may end in a star: "tables/" and a star is each of
 * them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PATH_H
#define RS_PATH_H

#include "scenarios/language/plan.h"

/* rs_path_find returns the node at `path` below `root`, or NULL. Templates have no path. */
const rs_plan_node *rs_path_find(const rs_plan_node *root, const char *path);

/* rs_path_is_pattern tells whether `text` is written as a pattern: steps of letters, digits and
 * "_.-" between slashes; the last may be a star. */
bool rs_path_is_pattern(const char *text);

/* rs_path_matches tells whether the role at `path` is one that `pattern` names. */
bool rs_path_matches(const char *pattern, const char *path);

/* rs_path_select returns how many nodes of the plan `pattern` names, and the first `size` of them
 * in path order in `nodes`. For roles that start during the run, this is their template. */
uint32_t rs_path_select(const rs_plan_node *root, const char *pattern, const rs_plan_node **nodes,
                        uint32_t size);

/* rs_path_count returns the number of nodes below and including `node`, without its template. */
uint32_t rs_path_count(const rs_plan_node *node);

#endif
