/* terminal_tree.c: the supervision tree, drawn with its restarts.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal_parts.h"

#include <stdlib.h>

#define NUMBER_COLUMNS 10
/* Deeper nodes are drawn at this depth; a scenario that nests so far is a stress test. */
#define DEPTH_MAX 16
/* Nobody reads so far. */
#define NODES_SHOWN 1000u

/* For each of the first `shown` nodes a bit per depth: a later one stands there below the same
 * parent. Owner: free() it. */
static uint32_t *find_siblings(const rs_result *result, size_t shown) {
    uint32_t *siblings = rs_rows_alloc((shown + 1) * sizeof *siblings), below = 0;
    for (size_t at = result->nodes.count; at-- > 0;) {
        uint64_t depth = result->nodes.at[at].depth;
        if (at < shown) siblings[at] = below;
        if (depth <= DEPTH_MAX) below = (below & ((1u << depth) - 1)) | 1u << depth;
    }
    return siblings;
}

static void paint_branch(rs_paint *paint, uint64_t depth, uint32_t siblings) {
    if (depth > DEPTH_MAX) depth = DEPTH_MAX;
    for (uint64_t level = 1; level < depth; level++)
        rs_paint_text(paint, RS_PAINT_DIM, siblings >> level & 1 ? "│  " : "   ");
    if (depth == 0) return;
    rs_paint_text(paint, RS_PAINT_DIM, siblings >> depth & 1 ? "├─ " : "└─ ");
}

/* Fewer alive than planned is what the reader must not overlook. */
static void paint_alive(rs_paint *paint, const rs_result_node *node) {
    bool missing =
        node->alive.known && node->planned.known && node->alive.value < node->planned.value;
    if (!missing) {
        rs_terminal_count(paint, NUMBER_COLUMNS, node->alive);
        return;
    }
    char text[64];
    snprintf(text, sizeof text, "%.0f/%.0f", node->alive.value, node->planned.value);
    rs_paint_right(paint, RS_PAINT_BAD, NUMBER_COLUMNS, text);
}

static unsigned branch_column(const rs_result *result, size_t shown) {
    unsigned widest = 20;
    for (size_t i = 0; i < shown; i++) {
        const rs_result_node *node = &result->nodes.at[i];
        uint64_t depth = node->depth < DEPTH_MAX ? node->depth : DEPTH_MAX;
        unsigned columns = 4 + 3 * (unsigned)depth + rs_paint_columns(node->id ? node->id : "");
        if (columns > widest) widest = columns;
    }
    return widest < 40 ? widest : 40;
}

static void paint_node(rs_paint *paint, const rs_result_node *node, uint32_t siblings,
                       unsigned column) {
    unsigned numbers = paint->width - 2 * NUMBER_COLUMNS;
    rs_paint_to(paint, 2);
    paint_branch(paint, node->depth, siblings);
    unsigned room = column > paint->column + 2 ? column - paint->column - 2 : 8;
    rs_paint_left(paint, node->supervisor ? RS_PAINT_BOLD : RS_PAINT_PLAIN, room, node->id);
    rs_paint_to(paint, column);
    rs_paint_left_print(paint, RS_PAINT_DIM, numbers > paint->column ? numbers - paint->column : 0,
                        "%s%s%s", node->kind ? node->kind : "",
                        node->kind && node->detail ? ", " : "", node->detail ? node->detail : "");
    paint_alive(paint, node);
    rs_terminal_count(paint, NUMBER_COLUMNS, node->restarts);
    rs_paint_end(paint);
}

void rs_terminal_tree(rs_paint *paint, const rs_result *result) {
    if (result->nodes.count == 0) return;
    rs_terminal_heading(paint, "TREE");
    rs_paint_to(paint, paint->width - 2 * NUMBER_COLUMNS);
    rs_paint_right(paint, RS_PAINT_DIM, NUMBER_COLUMNS, "alive");
    rs_paint_right(paint, RS_PAINT_DIM, NUMBER_COLUMNS, "restarts");
    rs_paint_end(paint);
    size_t count = result->nodes.count, shown = count < NODES_SHOWN ? count : NODES_SHOWN;
    unsigned column = branch_column(result, shown);
    uint32_t *siblings = find_siblings(result, shown);
    for (size_t i = 0; i < shown; i++) paint_node(paint, &result->nodes.at[i], siblings[i], column);
    free(siblings);
    rs_terminal_more(paint, count - shown);
}
