/* path.h: positions in the tree, and patterns over them. A path names nodes below the root:
 * "registry", "shop/db". The children of a simple_one_for_one supervisor have a role key of their
 * own: "tables/3", "tables/game-17". A pattern may end in a star: "tables/" and a star is each of
 * them; or in two: "shop/" and two stars is the shop and everything below it, two stars alone are
 * everything below the root. The root is named by its id, as reports do; its path is "".
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PATH_H
#define RS_PATH_H

#include "scenarios/language/plan.h"

/* rs_path_find returns the node at `path` below `root`, or NULL. Templates have no path. */
const rs_plan_node *rs_path_find(const rs_plan_node *root, const char *path);

/* rs_path_is_pattern tells whether `text` is written as a pattern: steps of letters, digits and
 * "_.-" between slashes; the last may be a star, or two. */
bool rs_path_is_pattern(const char *text);

/* rs_path_resolve returns the pattern `text` as the functions below know it: what begins with the
 * root's id, and names no child, is about the root. Owner: part of `text`. */
const char *rs_path_resolve(const rs_plan_node *root, const char *text);

/* rs_path_matches tells whether the role at `path` is one that `pattern` names. */
bool rs_path_matches(const char *pattern, const char *path);

/* rs_path_select returns how many nodes of the plan `pattern` names, and the first `size` of them
 * in `nodes`, parents before their children. For roles that start during the run, this is their
 * template. */
uint32_t rs_path_select(const rs_plan_node *root, const char *pattern, const rs_plan_node **nodes,
                        uint32_t size);

/* rs_path_role returns the node that `role` is of: the one at its path, or the template it is
 * started from; NULL when the plan knows no such role. */
const rs_plan_node *rs_path_role(const rs_plan_node *root, const char *role);

/* rs_path_general writes what stands for all that are like the role at `path`: the pattern of a
 * template's children, "tables/" and a star; else `path` itself. */
void rs_path_general(const rs_plan_node *root, const char *path, char *text, size_t bytes);

/* rs_path_entries returns the path of the supervisor whose children a registry's entries lead to;
 * NULL for who is no registry. */
const char *rs_path_entries(const rs_plan_node *node);

/* rs_path_count returns the number of nodes below and including `node`, without its template. */
uint32_t rs_path_count(const rs_plan_node *node);

#endif
