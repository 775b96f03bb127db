/* designs_relacy.cc: the designs whose queues lie under locks. Nothing here can be weaker than it
 * is: their counts are hints, and the locks have their own, runtime/base/atomic_relacy.cc.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/test/queue_model.h"

typedef one_feeds_all<one_queue, 3, RS_READY_SIGNAL> global_feeds;
typedef all_feed_all<one_queue, 2, RS_READY_OVERRUN> global_feeds_all;
typedef one_feeds_all<pinning, 3, RS_READY_NEW> pinned_feeds;
typedef all_feed_all<pinning, 2, RS_READY_OVERRUN> pinned_feeds_all;
typedef one_leaves<pinning> pinned_core_leaves;
typedef one_feeds_all<by_deadline, 3, RS_READY_SIGNAL> deadline_feeds;
typedef all_feed_all<by_deadline, 2, RS_READY_YIELD> deadline_feeds_all;
typedef one_feeds_all<migrating, 3, RS_READY_NEW> migrate_feeds;
typedef all_feed_all<migrating, 2, RS_READY_OVERRUN> migrate_feeds_all;
typedef one_leaves<migrating> migrate_core_leaves;

static const char *const files[] = {"sched/global.c", "sched/pinned.c", "sched/deadline.c",
                                    "sched/migrate.c", NULL};

static const rs_checked models[] = {RS_MODEL(global_feeds, 4000, 0),
                                    RS_MODEL(global_feeds_all, 4000, 0),
                                    RS_MODEL(pinned_feeds, 4000, 0),
                                    RS_MODEL(pinned_feeds_all, 4000, 0),
                                    RS_MODEL(pinned_core_leaves, 4000, 0),
                                    RS_MODEL(deadline_feeds, 4000, 0),
                                    RS_MODEL(deadline_feeds_all, 4000, 0),
                                    RS_MODEL(migrate_feeds, 4000, 0),
                                    RS_MODEL(migrate_feeds_all, 4000, 0),
                                    RS_MODEL(migrate_core_leaves, 4000, 0),
                                    {}};

static const rs_uncaught uncaught[] = {{}};

int main() {
    return rs_relacy_main(files, models, uncaught);
}
