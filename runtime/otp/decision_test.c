/* decision_test.c: the tables of the rulebook, cell by cell.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/decision.h"

#include "runtime/base/test/test.h"

/* S8: permanent, transient, temporary. */
static const struct {
    const char *reason;
    rs_verdict verdict[3];
} table[] = {
    {"normal", {RS_VERDICT_RESTART, RS_VERDICT_DOWN, RS_VERDICT_REMOVE}},
    {"shutdown", {RS_VERDICT_RESTART, RS_VERDICT_DOWN, RS_VERDICT_REMOVE}},
    {"{shutdown,done}", {RS_VERDICT_RESTART, RS_VERDICT_DOWN, RS_VERDICT_REMOVE}},
    {"{shutdown,{a,1}}", {RS_VERDICT_RESTART, RS_VERDICT_DOWN, RS_VERDICT_REMOVE}},
    {"killed", {RS_VERDICT_RESTART, RS_VERDICT_RESTART, RS_VERDICT_REMOVE}},
    {"kill", {RS_VERDICT_RESTART, RS_VERDICT_RESTART, RS_VERDICT_REMOVE}},
    {"noproc", {RS_VERDICT_RESTART, RS_VERDICT_RESTART, RS_VERDICT_REMOVE}},
    {"sigsegv", {RS_VERDICT_RESTART, RS_VERDICT_RESTART, RS_VERDICT_REMOVE}},
    {"{normal,x}", {RS_VERDICT_RESTART, RS_VERDICT_RESTART, RS_VERDICT_REMOVE}},
    {"{shutdown,a,b}", {RS_VERDICT_RESTART, RS_VERDICT_RESTART, RS_VERDICT_REMOVE}},
};

TEST(exit_table) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rs_term reason;
        CHECK_INT(rs_term_parse(table[i].reason, &reason), RS_OK);
        for (int restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++)
            for (int strategy = RS_ONE_FOR_ONE; strategy <= RS_REST_FOR_ONE; strategy++)
                CHECK_INT(rs_decision_exit((rs_strategy)strategy, (rs_restart)restart, reason),
                          table[i].verdict[restart]);
        rs_term_release(reason);
    }
}

TEST(simple_one_for_one_forgets_who_stays_down) {
    CHECK_INT(rs_decision_exit(RS_SIMPLE_ONE_FOR_ONE, RS_TRANSIENT, RS_ATOM(normal)),
              RS_VERDICT_REMOVE);
    CHECK_INT(rs_decision_exit(RS_SIMPLE_ONE_FOR_ONE, RS_TRANSIENT, RS_ATOM(killed)),
              RS_VERDICT_RESTART);
    CHECK_INT(rs_decision_exit(RS_SIMPLE_ONE_FOR_ONE, RS_PERMANENT, RS_ATOM(normal)),
              RS_VERDICT_RESTART);
}

TEST(scopes) {
    CHECK_INT(rs_decision_scope(RS_ONE_FOR_ONE), RS_SCOPE_CHILD);
    CHECK_INT(rs_decision_scope(RS_SIMPLE_ONE_FOR_ONE), RS_SCOPE_CHILD);
    CHECK_INT(rs_decision_scope(RS_REST_FOR_ONE), RS_SCOPE_REST);
    CHECK_INT(rs_decision_scope(RS_ONE_FOR_ALL), RS_SCOPE_ALL);
}

TEST(only_temporary_members_are_deleted_by_a_group_restart) {
    CHECK(rs_decision_survives(RS_PERMANENT));
    CHECK(rs_decision_survives(RS_TRANSIENT));
    CHECK(!rs_decision_survives(RS_TEMPORARY));
}

/* S20: which ends of a child that was told to stop are not
 * worth a report; for permanent and other children, told in words, or killed at once. */
static const struct {
    const char *reason;
    bool permanent, other, permanent_killed, other_killed;
} obedience[] = {
    {"shutdown", true, true, false, true}, {"{shutdown,x}", false, true, false, true},
    {"normal", false, true, false, true},  {"killed", false, false, true, true},
    {"crash", false, false, false, false}, {"noproc", false, false, false, false},
};

TEST(who_ends_as_told_is_not_reported) {
    for (size_t i = 0; i < sizeof obedience / sizeof *obedience; i++) {
        rs_term reason;
        CHECK_INT(rs_term_parse(obedience[i].reason, &reason), RS_OK);
        for (rs_restart restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++) {
            bool permanent = restart == RS_PERMANENT;
            CHECK_INT(rs_decision_obeys(restart, false, reason),
                      permanent ? obedience[i].permanent : obedience[i].other);
            CHECK_INT(rs_decision_obeys(restart, true, reason),
                      permanent ? obedience[i].permanent_killed : obedience[i].other_killed);
        }
        rs_term_release(reason);
    }
}

TEST(an_end_that_should_not_have_been_is_reported) {
    CHECK(rs_decision_reports(RS_PERMANENT, RS_ATOM(normal)));
    CHECK(rs_decision_reports(RS_TRANSIENT, RS_ATOM(killed)));
    CHECK(rs_decision_reports(RS_TEMPORARY, RS_ATOM(killed)));
    CHECK(!rs_decision_reports(RS_TRANSIENT, RS_ATOM(shutdown)));
    CHECK(!rs_decision_reports(RS_TEMPORARY, RS_ATOM(normal)));
}

static const struct {
    rs_auto_shutdown rule;
    bool significant;
    uint64_t active;
    bool shuts_down;
} auto_table[] = {
    {RS_AUTO_SHUTDOWN_NEVER, true, 0, false}, {RS_AUTO_SHUTDOWN_NEVER, false, 0, false},
    {RS_ANY_SIGNIFICANT, true, 7, true},      {RS_ANY_SIGNIFICANT, true, 0, true},
    {RS_ANY_SIGNIFICANT, false, 0, false},    {RS_ALL_SIGNIFICANT, true, 1, false},
    {RS_ALL_SIGNIFICANT, true, 0, true},      {RS_ALL_SIGNIFICANT, false, 0, false},
};

TEST(auto_shutdown_table) {
    for (size_t i = 0; i < sizeof auto_table / sizeof auto_table[0]; i++)
        CHECK_INT(rs_decision_shuts_down(auto_table[i].rule, auto_table[i].significant,
                                         auto_table[i].active),
                  auto_table[i].shuts_down);
}

TEST_MAIN()
