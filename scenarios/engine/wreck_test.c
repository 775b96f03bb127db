/* wreck_test.c: of any number of crashes all are counted and the first of each kind are kept.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/wreck.h"

#include "runtime/base/test/test.h"
#include "runtime/process/name.h"

#include <stdio.h>
#include <string.h>

static rs_wrecks wrecks;

static void begin(bool exported) {
    wrecks = (rs_wrecks){.exported = exported};
    CHECK(rs_wrecks_init(&wrecks, NULL));
}

/* crash takes `count` crashes of one reason and returns how many were to be reported. */
static uint32_t crash(rs_term reason, uint32_t count) {
    uint32_t reported = 0;
    for (uint32_t i = 0; i < count; i++) {
        rs_wreck *wreck = rs_wrecks_take(&wrecks, reason);
        if (!wreck) continue;
        CHECK_INT(wreck->report.pid, 0); /* nobody else's */
        wreck->report.pid = 1;
        reported++;
    }
    return reported;
}

static uint64_t count_of(rs_term reason) {
    return rs_load(&wrecks.counts[rs_reasons_index(&wrecks.reasons, reason)], rs_relaxed);
}

TEST(a_million_of_one_kind_leave_room_for_others) {
    begin(false);
    CHECK_INT(crash(RS_ATOM(sigsegv), 1000000), RS_WRECKS_TOLD / RS_WRECKS_SHARE);
    CHECK_INT(crash(RS_ATOM(sigabrt), 3), 3);
    CHECK_INT(count_of(RS_ATOM(sigsegv)), 1000000);
    CHECK_INT(count_of(RS_ATOM(sigabrt)), 3);
    CHECK_INT(crash(RS_ATOM(sigsegv), 1), 0);
    rs_wrecks_fini(&wrecks, 1, NULL);
}

TEST(an_export_keeps_more_and_no_end_of_them) {
    begin(true);
    uint32_t reported = 0;
    for (int i = 0; i < 100; i++) {
        char text[16];
        snprintf(text, sizeof text, "reason_%d", i);
        reported += crash(rs_atom_find(text), 5000);
    }
    CHECK_INT(reported, RS_WRECKS_MAX);
    CHECK_INT(rs_load(&wrecks.counts[RS_REASONS_MAX], rs_relaxed), 68 * 5000); /* "other" */
    rs_wrecks_fini(&wrecks, 1, NULL);
}

TEST(the_last_ends_of_a_role_are_remembered) {
    begin(true);
    for (uint32_t i = 1; i <= 10; i++)
        rs_wrecks_end(&wrecks, 7, 100 * i, i, i % 2 ? RS_ATOM(killed) : RS_ATOM(shutdown));
    const rs_past *past = &wrecks.pasts[7];
    CHECK_INT(past->count, 10);
    for (uint64_t i = 10 - RS_CRASHES_ENDS_MAX; i < 10; i++) {
        const rs_past_end *end = &past->at[i % RS_CRASHES_ENDS_MAX];
        CHECK_INT(end->incarnation, i + 1);
        CHECK_INT(end->time_ns, 100 * (i + 1));
        CHECK_STR(rs_reasons_text(&wrecks.reasons, end->reason), i % 2 ? "shutdown" : "killed");
    }
    CHECK_INT(wrecks.pasts[6].count, 0);
    rs_wrecks_fini(&wrecks, 1, NULL);
}

TEST_MAIN()
