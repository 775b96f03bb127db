/* ledger_test.c: what clients count, and when they wait.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/ledger.h"

#include "scenarios/engine/test/world.h"

TEST(outcomes_belong_to_the_phase_of_the_intended_start) {
    begin_world();
    static rs_ledger ledger;
    rs_ledger_init(&ledger, &shared->ledgers, shared->plan, 0, 0);
    rs_ledger_issue(&ledger, 900000);
    CHECK(rs_ledger_answer(&ledger, 900000, 900000, 1100000));
    rs_ledger_issue(&ledger, 1200000);
    rs_ledger_fail(&ledger, 1300000, RS_ATOM(noproc));
    CHECK(rs_ledger_flush(&ledger));
    const rs_ledger_page *page = rs_ledgers_page(&shared->ledgers, 0);
    CHECK_INT(page->phases[0].issued, 1);
    CHECK_INT(page->phases[0].answered, 1);
    CHECK_INT(page->phases[0].done, 0);
    CHECK_INT(page->phases[1].done, 1);
    CHECK_INT(page->phases[1].failed, 1);
    CHECK_INT(rs_ledgers_stripe(&shared->ledgers, 0, 0, 0)->raw.max, 200000);
    end_world();
}

TEST(a_taken_stripe_holds_nobody_up_until_the_buffer_is_full) {
    begin_world();
    static rs_ledger ledger;
    rs_ledger_init(&ledger, &shared->ledgers, shared->plan, 0, 0);
    rs_ledger_stripe *stripe = &shared->ledgers.stripes[0];
    rs_spin_lock(&stripe->lock);
    for (uint64_t i = 0; i < 2 * RS_LEDGER_BATCH; i++) {
        rs_ledger_issue(&ledger, i);
        CHECK(rs_ledger_answer(&ledger, i, i, i));
    }
    rs_ledger_issue(&ledger, 1000);
    CHECK(!rs_ledger_answer(&ledger, 1000, 1000, 1001));
    rs_spin_unlock(&stripe->lock);
    CHECK(rs_ledger_answer(&ledger, 1000, 1000, 1001));
    CHECK(rs_ledger_flush(&ledger));
    CHECK_INT(stripe->raw.count, 2 * RS_LEDGER_BATCH + 1);
    end_world();
}

/* ------------------------------------------------------------------ fates */

static uint64_t lost[2][3]; /* [load][phase]; the world has one load and two phases */

static uint64_t count_lost(uint32_t phase) {
    memset(lost, 0, sizeof lost);
    CHECK(rs_ledgers_count_lost(&shared->ledgers, lost[0]));
    return lost[0][phase];
}

TEST(a_call_is_lost_until_its_fate_is_told) {
    begin_world();
    static rs_ledger ledger;
    rs_ledger_init(&ledger, &shared->ledgers, shared->plan, 0, 0);
    rs_ledger_issue(&ledger, 100000);
    rs_ledger_give_up(&ledger, 70);
    rs_ledger_give_up(&ledger, 50);
    rs_ledger_issue(&ledger, 1100000);
    rs_ledger_give_up(&ledger, 60);
    CHECK_INT(count_lost(0), 2);
    CHECK_INT(count_lost(1), 1);
    rs_ledgers_tell(&shared->ledgers, 50);
    CHECK_INT(count_lost(0), 1);
    CHECK_INT(count_lost(1), 1);
    rs_ledgers_tell(&shared->ledgers, 60);
    CHECK_INT(count_lost(0), 1);
    CHECK_INT(count_lost(1), 0);
    end_world();
}

/* Word of a call may come before its client has noted that it gave up. */
TEST(the_fate_may_be_told_first) {
    begin_world();
    static rs_ledger ledger;
    rs_ledger_init(&ledger, &shared->ledgers, shared->plan, 0, 0);
    rs_ledgers_tell(&shared->ledgers, 70);
    rs_ledger_issue(&ledger, 100000);
    rs_ledger_give_up(&ledger, 70);
    CHECK_INT(count_lost(0), 0);
    end_world();
}

/* Services give calls to one another up as well. */
TEST(the_fates_of_other_calls_do_not_hide_a_lost_one) {
    begin_world();
    static rs_ledger ledger;
    rs_ledger_init(&ledger, &shared->ledgers, shared->plan, 0, 0);
    rs_ledger_issue(&ledger, 100000);
    rs_ledger_give_up(&ledger, 70);
    for (uint64_t ref = 1; ref < 60; ref++) rs_ledgers_tell(&shared->ledgers, ref);
    CHECK_INT(count_lost(0), 1);
    end_world();
}

TEST(too_many_fates_are_not_known) {
    begin_world();
    rs_store(&shared->ledgers.fate_count, RS_LEDGER_FATES_MAX - 1, rs_relaxed);
    CHECK_INT(rs_load(&shared->ledgers.fate_count, rs_relaxed), RS_LEDGER_FATES_MAX - 1);
    for (uint64_t ref = 1; ref < 60; ref++) rs_ledgers_tell(&shared->ledgers, ref);
    CHECK(!rs_ledgers_count_lost(&shared->ledgers, lost[0]));
    end_world();
}

TEST_MAIN()
