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
    rs_ledger_stripe *stripe = rs_ledgers_stripe(&shared->ledgers, 0, 0, 0);
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

TEST_MAIN()
