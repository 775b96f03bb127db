/* count_test.c: what counts say, with numbers whose truth is known.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/count.h"

#include "runtime/base/test/test.h"

#include <math.h>

#define THRESHOLD 0.05

static rs_contest judge(const double *a, const double *b, uint32_t count) {
    rs_contest contest = {.name = "instructions", .better = RS_METRIC_LOWER};
    rs_count_judge(&contest, a, b, count, THRESHOLD);
    return contest;
}

TEST(the_same_is_no_regression) {
    const double same[] = {4051247, 4051247, 4051247};
    rs_contest contest = judge(same, same, 3);
    CHECK_INT(contest.word, RS_WORD_NO_REGRESSION);
    CHECK(contest.interval.low == 0 && contest.interval.high == 0);
    CHECK_INT(contest.interval.method, RS_INTERVAL_RANGE);
    CHECK_INT(contest.looked_at, 3);
}

/* One instruction is a change where repetitions are the same; the threshold itself is caught. */
TEST(the_ratio_is_exact) {
    const double a[] = {1000000, 1000000, 1000000}, more[] = {1000001, 1000001, 1000001};
    const double below[] = {1049999, 1049999, 1049999}, at[] = {1050000, 1050000, 1050000};
    CHECK_INT(judge(a, more, 3).word, RS_WORD_BELOW_THRESHOLD);
    CHECK_INT(judge(a, below, 3).word, RS_WORD_BELOW_THRESHOLD);
    CHECK_INT(judge(a, at, 3).word, RS_WORD_REGRESSION);
    CHECK(fabs(judge(a, at, 3).interval.middle - log(1.05)) < 1e-12);
    CHECK_INT(judge(at, a, 3).word, RS_WORD_NO_REGRESSION);
}

/* A change that repetitions of one side show as well is none. */
TEST(within_the_resolution_nothing_is_seen) {
    const double a[] = {1000000, 1001000, 1000000}, b[] = {1001000, 1002000, 1002000};
    const double beyond[] = {1001001, 1002000, 1002000};
    CHECK(fabs(rs_count_apart(a, 3) - 0.001) < 1e-12);
    CHECK_INT(judge(a, b, 3).word, RS_WORD_NO_REGRESSION);
    CHECK_INT(judge(a, beyond, 3).word, RS_WORD_BELOW_THRESHOLD);
}

TEST(what_does_not_repeat_decides_nothing) {
    const double same[] = {1000000, 1000000, 1000000}, loose[] = {1000000, 1005100, 1000000};
    const double tight[] = {1000000, 1004900, 1000000}, twice[] = {2000000, 2020000, 2000000};
    CHECK_INT(judge(loose, same, 3).word, RS_WORD_WAITS);
    CHECK_INT(judge(same, loose, 3).word, RS_WORD_WAITS);
    CHECK_INT(judge(same, twice, 3).word, RS_WORD_WAITS);
    CHECK_INT(judge(same, tight, 3).word, RS_WORD_NO_REGRESSION);
}

TEST(what_was_not_counted_is_missing) {
    const double a[] = {1000000, (double)NAN}, b[] = {1000000, 1000000}, none[] = {0, 1};
    rs_contest contest = judge(a, b, 2);
    CHECK_INT(contest.word, RS_WORD_MISSING);
    CHECK_INT(contest.missing, 1);
    CHECK_INT(contest.looked_at, 0);
    CHECK_INT(judge(b, none, 2).word, RS_WORD_MISSING);
    CHECK(isinf(rs_count_apart(none, 2)));
}

TEST_MAIN()
