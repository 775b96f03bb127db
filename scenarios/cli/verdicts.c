/* verdicts.c: prints a verdict and writes it to files.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/verdicts.h"

#include "reports/formats/terminal.h"
#include "reports/formats/verdict.h"
#include "reports/web/page.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"

#include <string.h>

static bool open_file(rs_file *file, const char *path, const char *mark, bool force) {
    file->stream = NULL;
    if (!path || rs_file_open(file, path, mark, force) == RS_OK) return true;
    rs_streams_refuse("%s", file->message);
    file->stream = NULL;
    return false;
}

bool rs_verdict_files_open(rs_verdict_files *files, const rs_options *options) {
    bool force = options->force;
    files->markdown.stream = NULL;
    if (open_file(&files->json, options->json, RS_VERDICT_MARK, force) &&
        open_file(&files->markdown, options->markdown, RS_VERDICT_MARK, force) &&
        open_file(&files->html, options->html, RS_PAGE_MARK, force))
        return true;
    rs_file_discard(&files->json);
    rs_file_discard(&files->markdown);
    return false;
}

static bool is_stdout(const char *path) {
    return path && strcmp(path, "-") == 0;
}

static bool has_stdout(const rs_options *options) {
    return !is_stdout(options->json) && !is_stdout(options->markdown) && !is_stdout(options->html);
}

static int end(rs_file *file, rs_err written) {
    if (!file->stream) return RS_EXIT_PASSED;
    if (rs_file_commit(file) == RS_OK && written == RS_OK) return RS_EXIT_PASSED;
    rs_streams_refuse("%s", file->message);
    return RS_EXIT_ABORTED;
}

int rs_verdict_files_tell(rs_verdict_files *files, const rs_options *options,
                          const rs_verdict *verdict) {
    FILE *out = has_stdout(options) ? stdout : stderr;
    rs_terminal_look look = rs_terminal_look_of(out, options->no_color);
    rs_paint paint = {.out = out, .width = look.width, .color = look.color};
    int status = verdict->status;
    if (!options->quiet) rs_verdict_paint(verdict, &paint);
    if (!rs_streams_flush()) status = rs_exit_worse(status, RS_EXIT_ABORTED);
    rs_err written = files->json.stream ? rs_verdict_json(verdict, files->json.stream) : RS_OK;
    status = rs_exit_worse(status, end(&files->json, written));
    written = files->markdown.stream ? rs_verdict_markdown(verdict, files->markdown.stream) : RS_OK;
    status = rs_exit_worse(status, end(&files->markdown, written));
    written = files->html.stream ? rs_verdict_html(verdict, files->html.stream) : RS_OK;
    return rs_exit_worse(status, end(&files->html, written));
}
