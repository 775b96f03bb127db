/* likeness.h: which sessions may stand beside each other.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LIKENESS_H
#define RS_LIKENESS_H

#include "reports/verdict/baseline.h"

/* rs_likeness_ask_alike says whether two sessions ask the same question: scenario, clock, seed,
 * settings, gate, number of repetitions. False: `why` says what differs, and how. */
bool rs_likeness_ask_alike(const rs_baseline_session *a, const rs_baseline_session *b, char *why,
                           size_t bytes);

/* rs_likeness_lie_alike says whether two sessions come from the same kind of machine and build, as
 * far as real time hangs on it: processor, number of processors, kernel, type of build, sanitizer.
 * False: `why` says what differs, and how. */
bool rs_likeness_lie_alike(const rs_baseline_session *a, const rs_baseline_session *b, char *why,
                           size_t bytes);

/* rs_likeness_are_one says whether two sessions are one and the same: begun in one second, as
 * long to the nanosecond, with the same numbers. */
bool rs_likeness_are_one(const rs_baseline_session *a, const rs_baseline_session *b);

#endif
