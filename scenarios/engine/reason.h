/* reason.h: why calls failed, as a small bounded table of texts. Pids and references in a reason
 * are blotted out: they differ from run to run and say nothing to a reader.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_REASON_H
#define RS_REASON_H

#include "runtime/base/atomic.h"
#include "runtime/process/term.h"

/* Different reasons told apart; a healthy scenario has five. The rest counts as "other". */
#define RS_REASONS_MAX 32u
/* Longer ones are cut. */
#define RS_REASON_BYTES 112u

typedef struct rs_reasons {
    rs_atomic_u32 lock, count;
    rs_atomic_u64 terms[RS_REASONS_MAX]; /* of immediate reasons, to be found without printing */
    char texts[RS_REASONS_MAX][RS_REASON_BYTES];
} rs_reasons;

/* rs_reason_print writes `reason` without pids and references; cut to `bytes`, always terminated.
 */
void rs_reason_print(rs_term reason, char *text, size_t bytes);

/* rs_reasons_index returns the number of `reason`; RS_REASONS_MAX when the table is full. */
uint32_t rs_reasons_index(rs_reasons *reasons, rs_term reason);

/* rs_reasons_text returns the text of `index`, "other" for RS_REASONS_MAX. */
const char *rs_reasons_text(const rs_reasons *reasons, uint32_t index);

#endif
