/* verdicts.c: prints a verdict and writes it to files.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/verdicts.h"

#include "reports/formats/terminal.h"
#include "reports/formats/verdict.h"
#include "reports/web/page.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"

int rs_verdict_status(rs_experiment_word word) {
    switch (word) {
    case RS_WORD_REGRESSION: return RS_EXIT_REGRESSION;
    case RS_WORD_WAITS:
    case RS_WORD_MISSING:
    case RS_WORD_SHOWN:
    case RS_WORD_SUSPECT: return RS_EXIT_INCONCLUSIVE;
    default: return RS_EXIT_PASSED;
    }
}

bool rs_verdict_files_open(rs_verdict_files *files, const rs_options *options) {
    bool force = options->force;
    files->all.count = 0;
    return rs_files_open(&files->all, options->json, RS_VERDICT_MARK, force, &files->json) &&
           rs_files_open(&files->all, options->markdown, RS_VERDICT_MARK, force,
                         &files->markdown) &&
           rs_files_open(&files->all, options->html, RS_PAGE_MARK, force, &files->html);
}

static int write_file(rs_file *file, const rs_verdict *verdict,
                      rs_err (*write)(const rs_verdict *, FILE *)) {
    rs_err told = file ? write(verdict, file->stream) : RS_OK;
    return rs_files_commit_told(file, told) ? RS_EXIT_PASSED : RS_EXIT_ABORTED;
}

int rs_verdict_files_tell(rs_verdict_files *files, const rs_options *options,
                          const rs_verdict *verdict) {
    FILE *out = rs_files_take_stdout(&files->all) ? stderr : stdout;
    rs_terminal_look look = rs_terminal_look_of(out, options->no_color);
    rs_paint paint = {.out = out, .width = look.width, .color = look.color};
    int status = verdict->status;
    if (!options->quiet) rs_verdict_paint(verdict, &paint);
    if (!rs_streams_flush()) status = rs_exit_worse(status, RS_EXIT_ABORTED);
    status = rs_exit_worse(status, write_file(files->json, verdict, rs_verdict_json));
    status = rs_exit_worse(status, write_file(files->markdown, verdict, rs_verdict_markdown));
    return rs_exit_worse(status, write_file(files->html, verdict, rs_verdict_html));
}
