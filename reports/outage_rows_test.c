/* outage_rows_test.c: which outages a slice adds up.
 * SPDX-License-Identifier: MIT
 */
#include "reports/outage_rows.h"

#include "reports/rows.h"
#include "runtime/base/test/test.h"

#include <stdlib.h>

#define ANY RS_OUTAGE_ANY

static rs_outage_slot locks[2];
static rs_outages outages;

/* Two of everything that a slice tells apart. */
static void begin(void) {
    outages = (rs_outages){.slots = 2, .faults = 2, .phases = 2, .nodes = 1, .locks = locks};
    outages.cells = rs_rows_alloc(sizeof *outages.cells * rs_outages_cell_count(&outages));
    outages.used = rs_rows_alloc(sizeof *outages.used * rs_outages_cell_count(&outages));
    outages.node_cells =
        rs_rows_alloc(sizeof *outages.node_cells * rs_outages_node_cell_count(&outages));
    outages.node_used =
        rs_rows_alloc(sizeof *outages.node_used * rs_outages_node_cell_count(&outages));
}

static void end(void) {
    free(outages.cells);
    free(outages.used);
    free(outages.node_cells);
    free(outages.node_used);
}

/* A death at 100 with so many starts that fail, and one at 150 that does not unless it is `never`.
 */
static void die(uint32_t core, uint16_t fault, rs_outage_kind kind, uint16_t phase, int failing,
                bool never) {
    rs_outage outage = {.state = RS_OUTAGE_NONE};
    rs_outage_open(
        &outages, core, &outage,
        &(rs_outage){.since_ns = 100, .fault = fault, .phase = phase, .kind = (uint8_t)kind}, 110);
    for (int i = 0; i < failing; i++) rs_outage_retry(&outages, core, &outage);
    if (!never) rs_outage_start(&outages, core, &outage, 150);
    rs_outage_settle(&outages, &outage);
}

static void check(uint32_t fault, uint32_t kind, uint32_t phase, bool counts_only, uint64_t deaths,
                  uint64_t started) {
    const rs_outage_slice slice = {fault, kind, phase, counts_only};
    rs_outage_sum *sum = rs_outage_rows_add_up(&outages, &slice);
    CHECK_INT(sum->deaths, deaths);
    CHECK_INT(sum->unserved, deaths);
    CHECK_INT(sum->stages[RS_OUTAGE_STARTED].count, started);
    CHECK_INT(sum->stages[RS_OUTAGE_DETECTED].count, started);
    CHECK_INT(sum->never[RS_OUTAGE_REACHABLE], started);
    CHECK_INT(sum->never[RS_OUTAGE_STARTED], 0);
    free(sum);
}

TEST(a_slice_takes_its_cells_and_no_others) {
    begin();
    die(0, 0, RS_OUTAGE_FAULT, 0, 0, false);
    die(1, 1, RS_OUTAGE_FAULT, 1, 0, false);
    die(1, 1, RS_OUTAGE_SIBLING, 0, 0, false);
    die(0, 1, RS_OUTAGE_ESCALATION, 1, 0, false);
    check(ANY, ANY, ANY, false, 4, 2);
    check(ANY, ANY, ANY, true, 4, 0);
    check(1, ANY, ANY, false, 3, 1);
    check(0, ANY, ANY, false, 1, 1);
    check(ANY, ANY, 1, false, 2, 1);
    check(ANY, RS_OUTAGE_SIBLING, ANY, false, 1, 1);
    check(ANY, RS_OUTAGE_SIBLING, ANY, true, 1, 0);
    check(0, RS_OUTAGE_SIBLING, ANY, false, 0, 0);
    check(1, RS_OUTAGE_ESCALATION, 1, false, 1, 1);
    end();
}

static rs_outage_sum *add_up(uint32_t kind) {
    return rs_outage_rows_add_up(&outages, &(rs_outage_slice){ANY, kind, ANY, false});
}

TEST(what_was_tried_again_counts_as_that_as_well_but_once_in_all) {
    begin();
    die(0, 0, RS_OUTAGE_FAULT, 0, 2, false);
    die(1, 1, RS_OUTAGE_SIBLING, 1, 3, true);
    die(0, 0, RS_OUTAGE_FAULT, 0, 0, true);
    rs_outage_sum *all = add_up(ANY), *again = add_up(RS_OUTAGE_INIT_RETRY);
    CHECK_INT(all->deaths, 3);
    CHECK_INT(all->unfinished, 2);
    CHECK_INT(all->stages[RS_OUTAGE_STARTED].count, 1);
    CHECK_INT(all->never[RS_OUTAGE_STARTED], 1); /* of those whose latencies these are */
    CHECK_INT(again->deaths, 2);
    CHECK_INT(again->unfinished, 1);
    CHECK_INT(again->unserved, 1);
    CHECK_INT(again->stages[RS_OUTAGE_STARTED].count, 1);
    CHECK_INT(again->never[RS_OUTAGE_STARTED], 1);
    CHECK_INT(again->never[RS_OUTAGE_REACHABLE], 2);
    CHECK_INT(again->stages[RS_OUTAGE_DETECTED].count, 0);
    free(all);
    free(again);
    end();
}

TEST_MAIN()
