/* heat.h: what the runs of a sweep over two or more settings say, as maps: one for each number, in
 * which the darker is the worse.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_HEAT_H
#define RS_CLI_HEAT_H

#include "scenarios/cli/table.h"

/* rs_heat_paint writes a map for each outcome that is not the same everywhere: the values of the
 * key that was varied last from left to right, all combinations of the others from top to bottom.
 * Less than two varied keys, or rows of both clocks: nothing. */
void rs_heat_paint(const rs_table *table, rs_paint *paint);

#endif
