/* exit.c: what the program's exit status says.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/exit.h"

static int rank(int status) {
    static const int order[] = {RS_EXIT_PASSED,         RS_EXIT_INCONCLUSIVE, RS_EXIT_REGRESSION,
                                RS_EXIT_UNTRUSTED,      RS_EXIT_FAILED,       RS_EXIT_ABORTED,
                                RS_EXIT_NONDETERMINISM, RS_EXIT_USAGE,        RS_EXIT_INTERNAL};
    int count = (int)(sizeof order / sizeof *order);
    for (int i = 0; i < count; i++)
        if (order[i] == status) return i;
    return count;
}

int rs_exit_worse(int a, int b) {
    return rank(a) >= rank(b) ? a : b;
}
