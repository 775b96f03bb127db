/* best.h: which settings of a sweep are the best: those that no other beats, and what each costs.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_BEST_H
#define RS_CLI_BEST_H

#include "scenarios/cli/table.h"

/* rs_best_beats says whether row `a` is as good as `b` in availability, calls failed, escalations
 * and scores lost, and better in one of them. What is not available counts for nobody. */
bool rs_best_beats(const rs_table_row *a, const rs_table_row *b);

/* rs_best_is_unbeaten says whether `row` is complete and no complete row of its clock beats it. */
bool rs_best_is_unbeaten(const rs_table *table, const rs_table_row *row);

/* rs_best_paint names, for each clock, the rows that no other beats, with what each has and lacks.
 * Where nothing broke, or there is one row, it writes nothing. */
void rs_best_paint(const rs_table *table, rs_paint *paint);

#endif
