/* test.h: the test runner. Each test runs in a process of its own, so that a test may crash,
 * hang or install signal handlers without touching the others.
 * SPDX-License-Identifier: MIT
 *
 *     TEST(timer_never_fires_early) { CHECK(now >= due); }
 *     TEST_DIES(assert_aborts, SIGABRT) { RS_ASSERT(0); }
 *     TEST_MAIN()
 *
 * CHECK failures print file:line and both values and end the test. A test still running after
 * RESPAWN_TEST_TIMEOUT_S (default 60) fails. `PROGRAM NAME…` runs only the named tests.
 */
#ifndef RS_TEST_H
#define RS_TEST_H

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

typedef struct rs_test {
    const char *name;
    void (*run)(void);
    int dies_of; /* the signal the test must end with; 0: it must exit normally */
    struct rs_test *next;
} rs_test;

/* rs_test_add appends a test; called by TEST before main. */
void rs_test_add(rs_test *test);

/* rs_test_main runs all tests, or those named, and prints a line for each failure. Returns the
 * exit status: 0 when all passed and at least one ran. */
int rs_test_main(int argc, char **argv);

/* rs_test_fail prints a failure at file:line and ends the test. */
_Noreturn void rs_test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define RS_TEST_DEFINE(NAME, SIGNAL)                                                               \
    static void test_##NAME(void);                                                                 \
    static rs_test entry_##NAME = {#NAME, test_##NAME, SIGNAL, 0};                                 \
    __attribute__((constructor)) static void add_##NAME(void) {                                    \
        rs_test_add(&entry_##NAME);                                                                \
    }                                                                                              \
    static void test_##NAME(void)
#define TEST(NAME)              RS_TEST_DEFINE(NAME, 0)
#define TEST_DIES(NAME, SIGNAL) RS_TEST_DEFINE(NAME, SIGNAL)
#define TEST_MAIN()                                                                                \
    int main(int argc, char **argv) {                                                              \
        return rs_test_main(argc, argv);                                                           \
    }

#define CHECK(CONDITION)                                                                           \
    do {                                                                                           \
        if (!(CONDITION)) rs_test_fail(__FILE__, __LINE__, "%s is false", #CONDITION);             \
    } while (0)
#define CHECK_INT(ACTUAL, EXPECTED)                                                                \
    do {                                                                                           \
        int64_t actual_ = (int64_t)(ACTUAL), expected_ = (int64_t)(EXPECTED);                      \
        if (actual_ != expected_)                                                                  \
            rs_test_fail(__FILE__, __LINE__, "%s is %" PRId64 ", not %" PRId64, #ACTUAL, actual_,  \
                         expected_);                                                               \
    } while (0)
#define CHECK_STR(ACTUAL, EXPECTED)                                                                \
    do {                                                                                           \
        const char *actual_ = (ACTUAL), *expected_ = (EXPECTED);                                   \
        if (!actual_ || strcmp(actual_, expected_) != 0)                                           \
            rs_test_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #ACTUAL,                  \
                         actual_ ? actual_ : "(null)", expected_);                                 \
    } while (0)

#endif
