/* steal_relacy.cc: rings, thieves, the slot and the shared queue.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/test/queue_model.h"

typedef one_feeds_all<stealing, 2, RS_READY_YIELD> one_feeds_a_thief;
typedef one_feeds_all<stealing, 2, RS_READY_SIGNAL> one_wakes_all;
typedef one_feeds_all<stealing, 3, RS_READY_SIGNAL> one_feeds_two_thieves;
typedef all_feed_all<stealing, 2, RS_READY_YIELD> two_feed_two;
typedef all_feed_all<stealing, 2, RS_READY_OVERRUN> two_overrun;
typedef all_feed_all<stealing, 3, RS_READY_OVERRUN> three_overrun;
typedef one_leaves<stealing> one_core_leaves;

static const char *const files[] = {"sched/steal.c", "sched/run_queue.h", NULL};

static const rs_checked models[] = {
    RS_MODEL(one_feeds_a_thief, 4000, 0), RS_MODEL(one_feeds_two_thieves, 4000, 0),
    RS_MODEL(two_feed_two, 4000, 0),      RS_MODEL(one_wakes_all, 10000, 0),
    RS_MODEL(two_overrun, 4000, 0),       RS_MODEL(three_overrun, 4000, 0),
    RS_MODEL(one_core_leaves, 4000, 0),   {}};

static const rs_uncaught uncaught[] = {{}};

int main() {
    return rs_relacy_main(files, models, uncaught);
}
