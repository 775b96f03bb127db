/* terminal_parts.h: the sections of the summary. Each begins with an empty line and a heading, and
 * writes nothing at all when the result has nothing to say about it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TERMINAL_PARTS_H
#define RS_TERMINAL_PARTS_H

#include "reports/formats/paint.h"
#include "reports/result.h"

/* rs_terminal_heading begins a section. */
void rs_terminal_heading(rs_paint *paint, const char *text);

/* rs_terminal_count writes a number right-aligned in `columns`; a dash when it is not known. */
void rs_terminal_count(rs_paint *paint, unsigned columns, rs_optional count);

/* rs_terminal_item writes `text`, joined by a middle dot to what stands before it on the line, or
 * on a new line when it no longer fits. Lines begin at column `indent`; what is longer than one
 * ends in an ellipsis. NULL and "" are nothing. */
void rs_terminal_item(rs_paint *paint, rs_paint_style style, unsigned indent, const char *text);

/* rs_terminal_item_print is rs_terminal_item of a printf. */
void rs_terminal_item_print(rs_paint *paint, rs_paint_style style, unsigned indent,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));

/* rs_terminal_more writes a line that says how many rows a section has left out; of 0 nothing. */
void rs_terminal_more(rs_paint *paint, uint64_t count);

/* rs_terminal_head writes what ran, how it ended, and on what. */
void rs_terminal_head(rs_paint *paint, const rs_result *result);
/* rs_terminal_tree draws the supervision tree with its restarts. */
void rs_terminal_tree(rs_paint *paint, const rs_result *result);
/* rs_terminal_phases writes one line per phase. */
void rs_terminal_phases(rs_paint *paint, const rs_result *result);
/* rs_terminal_timeline draws calls, failures and faults over time. */
void rs_terminal_timeline(rs_paint *paint, const rs_result *result);
/* rs_terminal_restarts writes restart latency, stage by stage. */
void rs_terminal_restarts(rs_paint *paint, const rs_result *result);
/* rs_terminal_calls writes what became of the calls, and their latency. */
void rs_terminal_calls(rs_paint *paint, const rs_result *result);
/* rs_terminal_scheduling writes how long processes waited for a core, and what schedulers did. */
void rs_terminal_scheduling(rs_paint *paint, const rs_result *result);
/* rs_terminal_faults writes one line per fault. */
void rs_terminal_faults(rs_paint *paint, const rs_result *result);
/* rs_terminal_upgrades writes how many processes were changed to other code, and for how long each
 * was suspended. */
void rs_terminal_upgrades(rs_paint *paint, const rs_result *result);
/* rs_terminal_crashes writes how many crashed for what reason, and one line for each of the first.
 */
void rs_terminal_crashes(rs_paint *paint, const rs_result *result);
/* rs_terminal_state writes what was left at the end: orphans, stale entries, lost scores. */
void rs_terminal_state(rs_paint *paint, const rs_result *result);
/* rs_terminal_memory writes memory by category, before and after. */
void rs_terminal_memory(rs_paint *paint, const rs_result *result);
/* rs_terminal_checks writes which checks have looked at the history, and what they found. */
void rs_terminal_checks(rs_paint *paint, const rs_result *result);
/* rs_terminal_sometimes writes what has to happen in some run, and whether it did in this one. */
void rs_terminal_sometimes(rs_paint *paint, const rs_result *result);
/* rs_terminal_expectations writes what was expected and what was observed. */
void rs_terminal_expectations(rs_paint *paint, const rs_result *result);
/* rs_terminal_trust writes what may have spoiled the numbers. */
void rs_terminal_trust(rs_paint *paint, const rs_result *result);
/* rs_terminal_notes writes warnings and notes. */
void rs_terminal_notes(rs_paint *paint, const rs_result *result);

#endif
