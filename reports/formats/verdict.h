/* verdict.h: ways to tell a verdict.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FORMAT_VERDICT_H
#define RS_FORMAT_VERDICT_H

#include "reports/formats/paint.h"
#include "reports/verdict/verdict.h"
#include "runtime/base/error.h"

/* rs_verdict_paint tells it on a terminal. */
void rs_verdict_paint(const rs_verdict *verdict, rs_paint *paint);

/* rs_verdict_markdown writes a section with a table, for a CI's summary.
 * Errors: RS_EIO when the stream takes no more. */
rs_err rs_verdict_markdown(const rs_verdict *verdict, FILE *stream);

/* rs_verdict_json writes respawn.verdict/1: all of it, with every pair.
 * Errors: RS_EIO when the stream takes no more. */
rs_err rs_verdict_json(const rs_verdict *verdict, FILE *stream);

/* rs_verdict_html writes the page of what rs_verdict_json writes.
 * Errors: RS_EIO when the stream takes no more. */
rs_err rs_verdict_html(const rs_verdict *verdict, FILE *stream);

/* rs_verdict_value writes `value`, one of `metric`, as a person reads it: "4.2 ms", "99.996 %",
 * "never", "–". */
void rs_verdict_value(const rs_verdict_metric *metric, double value, char *text, size_t bytes);

/* rs_verdict_change writes how much slower B is: "+5.1 %", "×1000"; of an interval that is not
 * known "". */
void rs_verdict_change(double logarithm, char *text, size_t bytes);

#endif
