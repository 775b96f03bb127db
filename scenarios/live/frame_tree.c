/* frame_tree.c: the supervision tree while it lives.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/live/fold.h"
#include "scenarios/live/frame.h"
#include "scenarios/live/frame_parts.h"

#include <inttypes.h>

#define DOWN_COLUMNS     8u
#define RESTARTS_COLUMNS 10u
/* Deeper nodes are drawn at this depth, as in the summary, or where a name has still room. */
#define DEPTH_MAX    16u
#define NAME_COLUMNS 8u

typedef struct rs_tree_lines {
    const rs_glimpse *seen;
    rs_fold_line at[RS_FRAME_HEIGHT_MAX];
    uint32_t count;
    unsigned kinds; /* the column where they begin */
    unsigned depth; /* at most */
} rs_tree_lines;

unsigned rs_frame_tree_wants(const rs_glimpse *seen) {
    return seen->node_count < RS_FRAME_HEIGHT_MAX ? seen->node_count + 1 : RS_FRAME_HEIGHT_MAX;
}

static const rs_glimpse_node *node_of(const rs_tree_lines *lines, uint32_t line) {
    uint32_t node = lines->at[line].node;
    return node == RS_FOLD_OTHERS ? NULL : &lines->seen->nodes[node];
}

static bool has_next_sibling(const rs_tree_lines *lines, uint32_t line, uint32_t depth) {
    for (uint32_t i = line + 1; i < lines->count; i++) {
        const rs_glimpse_node *node = node_of(lines, i);
        if (!node || node->depth < depth) return false;
        if (node->depth == depth) return true;
    }
    return false;
}

static void draw_branch(rs_paint *paint, const rs_tree_lines *lines, uint32_t line) {
    uint32_t depth = node_of(lines, line)->depth;
    if (depth > lines->depth) depth = lines->depth;
    for (uint32_t level = 1; level < depth; level++)
        rs_frame_put(paint, RS_PAINT_DIM, has_next_sibling(lines, line, level) ? "│  " : "   ");
    if (depth == 0) return;
    rs_frame_put(paint, RS_PAINT_DIM, has_next_sibling(lines, line, depth) ? "├─ " : "└─ ");
}

/* A template's children are one line, and so is what is folded away. */
static void print_label(const rs_glimpse_node *node, const rs_fold_line *line, char *text,
                        size_t bytes) {
    char number[RS_UNITS_TEXT_BYTES];
    if (node->is_template)
        snprintf(text, bytes, "%s × %s", node->id,
                 rs_units_format_count(node->roles, number, sizeof number));
    else if (line->nodes > 1)
        snprintf(text, bytes, "%s +%s", node->id,
                 rs_units_format_count(line->nodes - 1, number, sizeof number));
    else
        snprintf(text, bytes, "%s", node->id);
}

static unsigned label_columns(const rs_tree_lines *lines, uint32_t line) {
    const rs_glimpse_node *node = node_of(lines, line);
    char text[512];
    if (!node) return 0;
    print_label(node, &lines->at[line], text, sizeof text);
    return 3 * (node->depth < DEPTH_MAX ? node->depth : DEPTH_MAX) + rs_paint_columns(text);
}

/* Behind the widest of the labels, but not beyond half of the line; without room for words beside
 * the numbers at the end. */
static unsigned find_kinds(const rs_tree_lines *lines, unsigned width) {
    unsigned widest = 16;
    if (width < RS_FRAME_WIDE) return width - DOWN_COLUMNS - RESTARTS_COLUMNS;
    for (uint32_t i = 0; i < lines->count; i++) {
        unsigned columns = label_columns(lines, i);
        if (columns > widest) widest = columns;
    }
    return widest + 2 < width / 2 ? widest + 2 : width / 2;
}

static void draw_label(rs_paint *paint, const rs_tree_lines *lines, uint32_t line) {
    const rs_glimpse_node *node = node_of(lines, line);
    char text[512];
    draw_branch(paint, lines, line);
    print_label(node, &lines->at[line], text, sizeof text);
    rs_paint_left(paint, node->supervisor ? RS_PAINT_BOLD : RS_PAINT_PLAIN,
                  lines->kinds - paint->column - 1, text);
}

static void draw_others(rs_paint *paint, const rs_fold_line *line, unsigned columns) {
    char text[64];
    snprintf(text, sizeof text, "… and %" PRIu32 " more", line->nodes);
    rs_paint_left(paint, RS_PAINT_DIM, columns, text);
}

static void draw_line(rs_paint *paint, const rs_tree_lines *lines, uint32_t line) {
    const rs_fold_line *folded = &lines->at[line];
    const rs_glimpse_node *node = node_of(lines, line);
    unsigned numbers = paint->width - DOWN_COLUMNS - RESTARTS_COLUMNS;
    if (node)
        draw_label(paint, lines, line);
    else
        draw_others(paint, folded, numbers - 1);
    if (node && lines->kinds < numbers) {
        rs_paint_to(paint, lines->kinds);
        rs_paint_left(paint, RS_PAINT_DIM, numbers - lines->kinds, node->kind);
    }
    if (paint->column < numbers) rs_paint_to(paint, numbers);
    rs_frame_number(paint, RS_PAINT_BAD, DOWN_COLUMNS, folded->down);
    rs_frame_number(paint, RS_PAINT_BOLD, RESTARTS_COLUMNS, folded->restarts);
    rs_paint_end(paint);
}

static void fold(rs_tree_lines *lines, const rs_glimpse *seen, unsigned room) {
    lines->seen = seen;
    lines->count = rs_fold_tree(seen->nodes, seen->node_count, lines->at, room);
}

unsigned rs_frame_tree_fills(const rs_glimpse *seen, unsigned lines) {
    rs_tree_lines drawn;
    if (lines < 2) return lines;
    fold(&drawn, seen, lines - 1);
    return 1 + drawn.count;
}

void rs_frame_tree(rs_paint *paint, const rs_glimpse *seen, unsigned lines) {
    rs_tree_lines drawn;
    fold(&drawn, seen, lines - 1);
    drawn.kinds = find_kinds(&drawn, paint->width);
    drawn.depth = (drawn.kinds - NAME_COLUMNS) / 3;
    if (drawn.depth > DEPTH_MAX) drawn.depth = DEPTH_MAX;
    rs_frame_put(paint, RS_PAINT_BOLD, "TREE");
    rs_paint_to(paint, paint->width - DOWN_COLUMNS - RESTARTS_COLUMNS);
    rs_paint_right(paint, RS_PAINT_DIM, DOWN_COLUMNS, "down");
    rs_paint_right(paint, RS_PAINT_DIM, RESTARTS_COLUMNS, "restarts");
    rs_paint_end(paint);
    for (uint32_t i = 0; i < drawn.count; i++) draw_line(paint, &drawn, i);
}
