/* markdown_parts.h: the sections of a run's page. Each begins with its heading, ends with an empty
 * line, and writes nothing at all when the result has nothing to say about it.
 * No text of a result begins a line, where Markdown looks for lists and headings: it stands in a
 * cell, behind a word, or in an indented block, which shows it as it is.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MARKDOWN_PARTS_H
#define RS_MARKDOWN_PARTS_H

#include "reports/result.h"

#include <stdio.h>

/* A page shows so many rows of a table; CI refuses summaries of more than a megabyte. */
#define RS_MARKDOWN_ROWS 100u

/* rs_markdown_text writes `text` for a line; of NULL nothing. */
void rs_markdown_text(const char *text, FILE *out);

/* rs_markdown_block writes `text` as a line of a block that is shown as it is. */
void rs_markdown_block(const char *text, FILE *out);

/* rs_markdown_cell writes `text` as the next cell of a row; of NULL an empty one. A row ends with
 * "|\n". */
void rs_markdown_cell(const char *text, FILE *out);

/* rs_markdown_count writes a number of things as a cell: a dash when it is not known. */
void rs_markdown_count(rs_optional count, FILE *out);

/* rs_markdown_more says how many of `count` rows a table did not show, behind its last one. */
void rs_markdown_more(size_t count, FILE *out);

/* rs_markdown_fold begins what is shown when somebody opens it. */
void rs_markdown_fold(const char *title, FILE *out);

/* rs_markdown_unfold ends it. */
void rs_markdown_unfold(FILE *out);

/* rs_markdown_restarts writes restart latency, stage by stage. */
void rs_markdown_restarts(const rs_result *result, FILE *out);
/* rs_markdown_calls writes what became of the calls, and their latency. */
void rs_markdown_calls(const rs_result *result, FILE *out);
/* rs_markdown_faults writes a row per fault. */
void rs_markdown_faults(const rs_result *result, FILE *out);
/* rs_markdown_phases writes a row per phase, folded. */
void rs_markdown_phases(const rs_result *result, FILE *out);
/* rs_markdown_tree writes the supervision tree with its restarts, folded. */
void rs_markdown_tree(const rs_result *result, FILE *out);
/* rs_markdown_memory writes memory by category, folded. */
void rs_markdown_memory(const rs_result *result, FILE *out);
/* rs_markdown_crashes writes how many crashed for what reason, folded. */
void rs_markdown_crashes(const rs_result *result, FILE *out);

#endif
