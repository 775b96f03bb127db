/* determinism.h: two stories of the same virtual run must be one.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_DETERMINISM_H
#define RS_CLI_DETERMINISM_H

#include "reports/result.h"

#include <stdio.h>

/* rs_determinism_compare compares two runs by their hashes and the events and calls in two readable
 * files.
 * True when they are the same; else it says on `out` where they part. */
bool rs_determinism_compare(const rs_result *first, const rs_result *second, int first_fd,
                            int second_fd, FILE *out);

/* rs_determinism_copy writes the events of `from`, without the calls, to `to`; returns errno, 0
 * when all is well. */
int rs_determinism_copy(int from, int to);

#endif
