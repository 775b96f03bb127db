/* repetition.h: one number per statistic and repetition, for comparisons.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_REPETITION_H
#define RS_CLI_REPETITION_H

#include "reports/result.h"

/* rs_repetition_add appends to `result` the repetition `number`, whose own result is `from` (which
 * may be `result`). */
void rs_repetition_add(rs_result *result, uint64_t number, const rs_result *from);

#endif
