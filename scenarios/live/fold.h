/* fold.h: a tree that has more nodes than a screen has lines. Deep levels go first; where even the
 * next level has no room, the busiest of it have a line, and all others share one.
 * Invariant: each node's numbers stand in exactly one line.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FOLD_H
#define RS_FOLD_H

#include "scenarios/live/glimpse.h"

/* The line of all those that have none of their own; it is the last. */
#define RS_FOLD_OTHERS UINT32_MAX

typedef struct rs_fold_line {
    uint32_t node;           /* its place in the tree, or RS_FOLD_OTHERS */
    uint32_t nodes;          /* that the line tells of, itself included */
    uint64_t down, restarts; /* of all of these */
} rs_fold_line;

/* rs_fold_tree writes the lines of a tree of `count` nodes, in preorder, to `lines`, which has
 * `room` for at least one, and returns how many there are. */
uint32_t rs_fold_tree(const rs_glimpse_node *nodes, uint32_t count, rs_fold_line *lines,
                      uint32_t room);

#endif
