/* exit.h: what the program's exit status says. When several apply, the first in the order of
 * rs_exit_worse counts.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_EXIT_H
#define RS_CLI_EXIT_H

/* name, status, meaning */
#define RS_EXITS(X)                                                                                \
    X(PASSED, 0, "passed")                                                                         \
    X(FAILED, 1, "an expectation failed")                                                          \
    X(USAGE, 2, "usage or bad scenario")                                                           \
    X(REGRESSION, 3, "regression")                                                                 \
    X(INCONCLUSIVE, 4, "inconclusive")                                                             \
    X(NONDETERMINISM, 5, "determinism or replay violated")                                         \
    X(ABORTED, 6, "aborted, timed out, or a report could not be written")                          \
    X(UNTRUSTED, 7, "measurement not trustworthy")                                                 \
    X(INTERNAL, 70, "internal error")

typedef enum rs_exit_status {
#define X(NAME, STATUS, MEANING) RS_EXIT_##NAME = STATUS,
    RS_EXITS(X)
#undef X
} rs_exit_status;

/* rs_exit_worse returns the status that counts when `a` and `b` both apply: 70, 2, 5, 6, 1, 7, 3,
 * 4, 0. */
int rs_exit_worse(int a, int b);

#endif
