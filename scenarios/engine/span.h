/* span.h: calls counted in each window of a phase, where an expectation says `in every 1s of
 * storm`. Thread: any client; counters are atomic, read when the run is over.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SPAN_H
#define RS_SPAN_H

#include "reports/result.h"
#include "runtime/base/atomic.h"
#include "runtime/respawn.h"
#include "scenarios/language/plan.h"

/* One window; answered and failed belong to the intended start, done to the answer. */
typedef struct rs_span_window {
    rs_atomic_u32 issued, answered, failed, done;
} rs_span_window;

typedef struct rs_span {
    const rs_plan_expectation *expectation;
    uint64_t begin_ns, window_ns; /* since t = 0 */
    uint32_t count;
    rs_span_window *windows;
    rs_atomic_u32 *bins; /* [count][RS_HISTOGRAM_BINS] of latencies; NULL: none are asked for */
} rs_span;

typedef struct rs_spans {
    uint32_t count;
    rs_span *at;
} rs_spans;

/* rs_spans_init maps what the expectations of `plan` ask for; false when there is no memory. */
bool rs_spans_init(rs_spans *spans, const rs_plan *plan, rs_larder *larder);
void rs_spans_fini(rs_spans *spans, rs_larder *larder);

/* rs_spans_issue counts a call whose intended start is `intended_ns`; rs_spans_answer and
 * rs_spans_fail its end. */
void rs_spans_issue(const rs_spans *spans, uint64_t intended_ns);
void rs_spans_answer(const rs_spans *spans, uint64_t intended_ns, uint64_t start_ns,
                     uint64_t end_ns);
void rs_spans_fail(const rs_spans *spans, uint64_t intended_ns);

/* rs_spans_fill adds to `result`, for each expectation, the window that speaks most against it. */
void rs_spans_fill(const rs_spans *spans, rs_result *result);

#endif
