/* fold.c: a tree that has more nodes than a screen has lines.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/fold.h"

#include "reports/rows.h"

#include <stdlib.h>

typedef struct rs_fold {
    const rs_glimpse_node *nodes;
    uint32_t count;
    uint32_t depth; /* of the deepest level of which some have lines */
    bool *shown;    /* of each node: it has a line */
} rs_fold;

static uint32_t count_to(const rs_fold *fold, uint32_t depth) {
    uint32_t nodes = 0;
    for (uint32_t i = 0; i < fold->count; i++) nodes += fold->nodes[i].depth <= depth;
    return nodes;
}

/* Shows all levels that have room, and returns how many lines are left. */
static uint32_t show_levels(rs_fold *fold, uint32_t room) {
    uint32_t shown = count_to(fold, 0), next;
    while (shown < fold->count && (next = count_to(fold, fold->depth + 1)) <= room) {
        shown = next;
        fold->depth++;
    }
    for (uint32_t i = 0; i < fold->count; i++) fold->shown[i] = fold->nodes[i].depth <= fold->depth;
    return room > shown ? room - shown : 0;
}

/* How much happens at a node and below it. */
static uint64_t weigh(const rs_fold *fold, uint32_t at) {
    uint64_t weight = 0;
    for (uint32_t i = at; i < fold->count; i++) {
        if (i > at && fold->nodes[i].depth <= fold->nodes[at].depth) break;
        weight += fold->nodes[i].restarts + fold->nodes[i].down;
    }
    return weight;
}

/* Of equals the first. */
static void show_busiest(rs_fold *fold, const uint64_t *weights) {
    uint32_t busiest = fold->count;
    for (uint32_t i = 0; i < fold->count; i++) {
        if (fold->nodes[i].depth != fold->depth || fold->shown[i]) continue;
        if (busiest == fold->count || weights[i] > weights[busiest]) busiest = i;
    }
    if (busiest < fold->count) fold->shown[busiest] = true;
}

/* Of the next level as many as there are lines; the last is for the others. */
static void show_some(rs_fold *fold, uint32_t lines) {
    uint64_t *weights = rs_rows_alloc(sizeof *weights * fold->count);
    fold->depth++;
    for (uint32_t i = 0; i < fold->count; i++)
        if (fold->nodes[i].depth == fold->depth) weights[i] = weigh(fold, i);
    while (--lines > 0) show_busiest(fold, weights);
    free(weights);
}

static void add(rs_fold_line *line, const rs_glimpse_node *node) {
    line->nodes++;
    line->down += node->down;
    line->restarts += node->restarts;
}

/* Preorder: what is deeper belongs to the line before it. */
static uint32_t write_lines(const rs_fold *fold, rs_fold_line *lines) {
    rs_fold_line others = {.node = RS_FOLD_OTHERS}, *line = &others;
    uint32_t count = 0;
    for (uint32_t i = 0; i < fold->count; i++) {
        if (fold->shown[i]) {
            line = &lines[count++];
            *line = (rs_fold_line){.node = i};
        } else if (fold->nodes[i].depth <= fold->depth) {
            line = &others;
        }
        add(line, &fold->nodes[i]);
    }
    if (others.nodes) lines[count++] = others;
    return count;
}

uint32_t rs_fold_tree(const rs_glimpse_node *nodes, uint32_t count, rs_fold_line *lines,
                      uint32_t room) {
    rs_fold fold = {.nodes = nodes, .count = count, .shown = rs_rows_alloc(count + 1u)};
    uint32_t left = show_levels(&fold, room);
    bool all = count_to(&fold, fold.depth) == count;
    if (!all && left >= 2) show_some(&fold, left);
    uint32_t written = write_lines(&fold, lines);
    free(fold.shown);
    return written;
}
