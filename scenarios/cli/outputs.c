/* outputs.c: the files that a run shall write.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/outputs.h"

#include "reports/formats/crashes.h"
#include "reports/formats/events.h"
#include "reports/formats/trace.h"
#include "scenarios/cli/streams.h"

#include <string.h>

bool rs_outputs_open(rs_outputs *outputs, const rs_options *options) {
    rs_files *files = &outputs->files;
    bool force = options->force;
    memset(outputs, 0, sizeof *outputs);
    outputs->options = options;
    bool open = rs_files_open(files, options->events, RS_EVENTS_MARK, force, &outputs->events) &&
                rs_files_open(files, options->crashes, RS_CRASHES_MARK, force, &outputs->crashes) &&
                rs_files_open(files, options->trace, RS_TRACE_MARK, force, &outputs->trace);
    for (uint32_t i = 0; open && i < options->export_count; i++) {
        const rs_export *export = &options->exports[i];
        open =
            rs_files_open(files, export->path, export->format->mark, force, &outputs->exports[i]);
    }
    return open;
}

bool rs_outputs_take_stdout(const rs_outputs *outputs) {
    return rs_files_take_stdout(&outputs->files);
}

rs_once_story rs_outputs_story(const rs_outputs *outputs) {
    return (rs_once_story){
        .events_fd = outputs->events ? fileno(outputs->events->stream) : -1,
        .crashes = outputs->crashes ? outputs->crashes->stream : NULL,
        .trace = outputs->trace ? outputs->trace->stream : NULL,
    };
}

/* Events bypass the stream; a write of theirs that failed leaves half a story, which is none. */
static bool finish_events(rs_outputs *outputs, int events_error) {
    if (!outputs->events || events_error == 0) return rs_files_commit_told(outputs->events, RS_OK);
    rs_streams_refuse("%s: %s", outputs->events->path, strerror(events_error));
    rs_file_discard(outputs->events);
    return false;
}

bool rs_outputs_write(rs_outputs *outputs, const rs_result *result, int events_error) {
    const rs_options *options = outputs->options;
    bool written = finish_events(outputs, events_error);
    written &= rs_files_commit_told(outputs->crashes, RS_OK);
    written &= rs_files_commit_told(outputs->trace, RS_OK);
    for (uint32_t i = 0; i < options->export_count; i++) {
        rs_file *file = outputs->exports[i];
        written &=
            rs_files_commit_told(file, options->exports[i].format->write(result, file->stream));
    }
    return written;
}

void rs_outputs_discard(rs_outputs *outputs) {
    rs_files_discard(&outputs->files);
}
