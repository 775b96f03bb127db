/* best.c: the Pareto front of a sweep. A row that did not complete is on no front.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/best.h"

#include "reports/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More than a glance takes. */
#define NAMED_MAX 6u

static const rs_column_id criteria[] = {RS_COLUMN_AVAILABLE, RS_COLUMN_FAILED,
                                        RS_COLUMN_ESCALATIONS, RS_COLUMN_SCORES};
#define CRITERIA (sizeof criteria / sizeof *criteria)

/* ------------------------------------------------------------------ deciding */

/* Less is better. */
static double cost_of(const rs_table_row *row, rs_column_id id) {
    double value = rs_table_median(row, id);
    return id == RS_COLUMN_AVAILABLE ? -value : value;
}

bool rs_best_beats(const rs_table_row *a, const rs_table_row *b) {
    bool better = false;
    for (size_t i = 0; i < CRITERIA; i++) {
        double x = cost_of(a, criteria[i]), y = cost_of(b, criteria[i]);
        if (x > y) return false;
        better |= x < y;
    }
    return better;
}

static bool is_alike(const rs_table_row *a, const rs_table_row *b) {
    for (size_t i = 0; i < CRITERIA; i++) {
        double x = cost_of(a, criteria[i]), y = cost_of(b, criteria[i]);
        if (x != y && !(isnan(x) && isnan(y))) return false;
    }
    return true;
}

bool rs_best_is_unbeaten(const rs_table *table, const rs_table_row *row) {
    bool is_best = row->clock && row->complete;
    for (uint32_t i = 0; is_best && i < table->row_count; i++) {
        const rs_table_row *other = &table->rows[i];
        is_best =
            !rs_table_is_of(other, row->clock) || !other->complete || !rs_best_beats(other, row);
    }
    return is_best;
}

/* Which rows nobody beats; returns how many. */
static uint32_t find_front(const rs_table *table, const char *clock, const rs_table_row **front) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->row_count; i++) {
        const rs_table_row *row = &table->rows[i];
        if (rs_table_is_of(row, clock) && rs_best_is_unbeaten(table, row)) front[count++] = row;
    }
    return count;
}

/* ------------------------------------------------------------------ telling */

typedef struct rs_front {
    const rs_table *table;
    const rs_table_row **rows;
    uint32_t count;
    rs_paint *paint;
} rs_front;

static double best_of(const rs_front *front, rs_column_id id) {
    double best = INFINITY;
    for (uint32_t i = 0; i < front->count; i++)
        if (cost_of(front->rows[i], id) < best) best = cost_of(front->rows[i], id);
    return best;
}

/* The front's worst: where it is the best, too, there is nothing to choose. */
static double worst_of(const rs_front *front, rs_column_id id) {
    double worst = -INFINITY;
    for (uint32_t i = 0; i < front->count; i++)
        if (cost_of(front->rows[i], id) > worst) worst = cost_of(front->rows[i], id);
    return worst;
}

static void append(char *text, size_t size, const char *before, rs_column_id id, double cost) {
    char number[RS_UNITS_TEXT_BYTES];
    size_t used = strlen(text);
    rs_column_print(id, id == RS_COLUMN_AVAILABLE ? -cost : cost, number);
    snprintf(text + used, size - used, "%s%s %s", before, rs_column_word(id), number);
}

static void append_best(char *text, size_t size, rs_column_id id, double cost) {
    char number[RS_UNITS_TEXT_BYTES];
    size_t used = strlen(text);
    rs_column_print(id, id == RS_COLUMN_AVAILABLE ? -cost : cost, number);
    snprintf(text + used, size - used, " (best: %s)", number);
}

/* What it is best in, and where others of the front are better. */
static void describe(const rs_front *front, const rs_table_row *row, char *text, size_t size) {
    char lacks[256] = "", has[256] = "";
    for (size_t i = 0; i < CRITERIA; i++) {
        double cost = cost_of(row, criteria[i]), best = best_of(front, criteria[i]);
        if (isnan(cost)) continue;
        if (worst_of(front, criteria[i]) <= best && front->count > 1) continue;
        char *to = cost <= best ? has : lacks;
        append(to, sizeof has, *to ? ", " : "", criteria[i], cost);
        if (cost > best) append_best(lacks, sizeof lacks, criteria[i], best);
    }
    snprintf(text, size, "%s%s%s", has,
             *has && *lacks ? "; but "
             : *lacks       ? "between: "
                            : "",
             lacks);
}

static void paint_settings(const rs_front *front, const rs_table_row *row) {
    for (uint32_t i = 0; i < front->table->key_count; i++)
        rs_paint_print(front->paint, RS_PAINT_BOLD, "%s%s %s", i ? ", " : "",
                       rs_table_key(front->table, i), row->settings[i]);
}

static bool is_named_before(const rs_front *front, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (is_alike(front->rows[i], front->rows[index])) return true;
    return false;
}

static uint32_t count_alike(const rs_front *front, uint32_t index) {
    uint32_t count = 0;
    for (uint32_t i = index + 1; i < front->count; i++)
        count += is_alike(front->rows[i], front->rows[index]);
    return count;
}

static void paint_member(const rs_front *front, uint32_t index) {
    char text[600];
    rs_paint *paint = front->paint;
    uint32_t alike = count_alike(front, index);
    describe(front, front->rows[index], text, sizeof text);
    rs_paint_to(paint, 2);
    paint_settings(front, front->rows[index]);
    if (alike) rs_paint_print(paint, RS_PAINT_DIM, " (and %u more alike)", alike);
    rs_paint_end(paint);
    if (!*text) return;
    rs_paint_to(paint, 4);
    rs_paint_wrap(paint, RS_PAINT_PLAIN, text);
}

static uint32_t count_kinds(const rs_front *front) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < front->count; i++) count += !is_named_before(front, i);
    return count;
}

static void paint_front(const rs_front *front) {
    uint32_t kinds = count_kinds(front), named = 0;
    rs_paint_end(front->paint);
    rs_paint_text(front->paint, RS_PAINT_BOLD, "BEST");
    rs_paint_text(front->paint, RS_PAINT_DIM,
                  kinds == 1 ? "  in everything"
                             : "  none of these is beaten by another; choose "
                               "what to pay with");
    rs_paint_end(front->paint);
    for (uint32_t i = 0; i < front->count && named < NAMED_MAX; i++) {
        if (is_named_before(front, i)) continue;
        paint_member(front, i);
        named++;
    }
    if (kinds <= named) return;
    rs_paint_to(front->paint, 2);
    rs_paint_print(front->paint, RS_PAINT_DIM, "and %u more kinds", kinds - named);
    rs_paint_end(front->paint);
}

void rs_best_paint(const rs_table *table, rs_paint *paint) {
    static const char *const clocks[] = {"real", "virtual"};
    if (table->row_count < 2 || rs_table_is_calm(table)) return;
    const rs_table_row **rows = rs_rows_alloc(sizeof *rows * table->row_count);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        rs_front front = {table, rows, find_front(table, clocks[i], rows), paint};
        if (front.count) paint_front(&front);
    }
    free(rows);
}
