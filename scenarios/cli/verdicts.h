/* verdicts.h: what a verdict ends with, and where it goes: the terminal, and files. For `ab` and
 * `compare`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_VERDICTS_H
#define RS_CLI_VERDICTS_H

#include "reports/verdict/verdict.h"
#include "scenarios/cli/files.h"
#include "scenarios/cli/options.h"

typedef struct rs_verdict_files {
    rs_files all;
    rs_file *json, *markdown, *html; /* NULL: not asked for */
} rs_verdict_files;

/* rs_verdict_status returns the exit status that the worst word of all metrics stands for. */
int rs_verdict_status(rs_experiment_word word);

/* rs_verdict_files_open begins the files that are asked for, before anything runs. False, after a
 * message on stderr, when one cannot be written; nothing is open then.
 * Owner: rs_verdict_files_tell. */
bool rs_verdict_files_open(rs_verdict_files *files, const rs_options *options);

/* rs_verdict_files_tell prints `verdict` unless --quiet, writes and ends the files. Returns the
 * exit status: the verdict's, or what is worse. */
int rs_verdict_files_tell(rs_verdict_files *files, const rs_options *options,
                          const rs_verdict *verdict);

#endif
