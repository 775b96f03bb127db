/* report.c: `respawn report`: tells finished runs again, or what the events of any runtime say of
 * its restarts.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/events_load.h"
#include "reports/formats/terminal.h"
#include "scenarios/cli/beside.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/outputs.h"
#include "scenarios/cli/result_file.h"
#include "scenarios/cli/streams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct rs_report_files {
    rs_beside_row *rows; /* as many as arguments */
    uint32_t count;      /* that were read */
} rs_report_files;

/* ------------------------------------------------------------------ reading */

static rs_result *load_again(FILE *stream, const char *first, const char *name) {
    if (fseek(stream, 0, SEEK_SET) == 0) return rs_result_file_load(stream, name);
    FILE *whole = rs_result_file_copy(stream, first, name);
    if (!whole) return NULL;
    rs_result *result = rs_result_file_load(whole, name);
    fclose(whole);
    return result;
}

static rs_result *load(FILE *stream, const char *name) {
    char first[RS_EVENTS_LOAD_LINE_MAX];
    rs_result *result = NULL;
    errno = 0;
    if (!fgets(first, sizeof first, stream)) {
        rs_streams_refuse("%s: %s", name, ferror(stream) ? strerror(errno) : "is empty");
        return NULL;
    }
    if (!rs_events_load_is(first)) return load_again(stream, first, name);
    rs_events_load(stream, first, name, stderr, &result);
    return result;
}

static rs_result *load_file(const char *path) {
    if (strcmp(path, "-") == 0) return load(stdin, "stdin");
    FILE *stream = fopen(path, "re"); /* events of a pipe are read as they come */
    if (!stream) {
        rs_streams_refuse("%s: %s", path, strerror(errno));
        return NULL;
    }
    rs_result *result = load(stream, path);
    fclose(stream);
    return result;
}

/* All of them, so that what is wrong with each is told in one go. */
static bool load_all(rs_report_files *files, const rs_options *options) {
    files->rows = rs_rows_alloc(sizeof *files->rows * options->argument_count);
    for (uint32_t i = 0; i < options->argument_count; i++) {
        rs_result *result = load_file(options->arguments[i]);
        if (result) files->rows[files->count++] = (rs_beside_row){options->arguments[i], result};
    }
    return files->count == options->argument_count;
}

/* ------------------------------------------------------------------ telling */

static void print_all(const rs_report_files *files, FILE *out, rs_terminal_look look) {
    rs_paint paint = {.out = out, .width = look.width, .color = look.color};
    for (uint32_t i = 0; i < files->count; i++) {
        if (i > 0) rs_paint_end(&paint);
        rs_paint_print(&paint, RS_PAINT_DIM, "── %s", files->rows[i].name);
        rs_paint_end(&paint);
        rs_terminal_write(files->rows[i].result, out, look);
    }
    rs_beside_paint(files->rows, files->count, &paint);
}

static bool print(const rs_report_files *files, const rs_options *options,
                  const rs_outputs *outputs) {
    FILE *out = rs_outputs_take_stdout(outputs) ? stderr : stdout;
    rs_terminal_look look = rs_terminal_look_of(out, options->no_color);
    if (options->quiet) return true;
    if (files->count == 1)
        rs_terminal_write(files->rows[0].result, out, look);
    else
        print_all(files, out, look);
    return rs_streams_flush();
}

/* How the run ended is told, not repeated: what counts is whether it could be told. */
static int run(const rs_options *options) {
    rs_report_files files = {0};
    rs_outputs outputs;
    if (!rs_outputs_open(&outputs, options)) return RS_EXIT_USAGE;
    int status = load_all(&files, options) ? RS_EXIT_PASSED : RS_EXIT_USAGE;
    if (status == RS_EXIT_PASSED) {
        bool printed = print(&files, options, &outputs);
        if (!rs_outputs_write(&outputs, files.rows[0].result, 0) || !printed)
            status = RS_EXIT_ABORTED;
    }
    rs_outputs_discard(&outputs);
    for (uint32_t i = 0; i < files.count; i++) rs_result_destroy(files.rows[i].result);
    free(files.rows);
    return status;
}

int rs_command_report(const rs_options *options) {
    if (options->argument_count == 0)
        rs_streams_refuse("report needs the file of a result (run --export-json) or of events (run "
                          "--export-events); - is standard input");
    else if (options->argument_count > 1 && options->export_count > 0)
        rs_streams_refuse("--export-%s tells one run, and %u files are given: report each alone",
                          options->exports[0].format->name, options->argument_count);
    else
        return run(options);
    return RS_EXIT_USAGE;
}
