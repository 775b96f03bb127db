/* once_test.c: what repetitions come to together.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/once.h"

static rs_result_status together(rs_result_status first, rs_result_status next) {
    rs_result *result = rs_result_create(), *from = rs_result_create();
    result->status = first;
    from->status = next;
    rs_once_take_verdict(result, from, 1);
    rs_result_status status = result->status;
    rs_result_destroy(result);
    rs_result_destroy(from);
    return status;
}

/* One that is whole, trusted or not, makes none whole that is not. */
TEST(what_is_not_whole_stays_so) {
    CHECK_INT(together(RS_RESULT_TIMED_OUT, RS_RESULT_UNTRUSTED), RS_RESULT_TIMED_OUT);
    CHECK_INT(together(RS_RESULT_TIMED_OUT, RS_RESULT_COMPLETE), RS_RESULT_TIMED_OUT);
    CHECK_INT(together(RS_RESULT_UNTRUSTED, RS_RESULT_COMPLETE), RS_RESULT_UNTRUSTED);
    CHECK_INT(together(RS_RESULT_COMPLETE, RS_RESULT_UNTRUSTED), RS_RESULT_UNTRUSTED);
    CHECK_INT(together(RS_RESULT_UNTRUSTED, RS_RESULT_TIMED_OUT), RS_RESULT_TIMED_OUT);
}

TEST_MAIN()
