/* outputs.c: the files that a run shall write.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/outputs.h"

#include "reports/formats/crashes.h"
#include "reports/formats/events.h"
#include "reports/formats/trace.h"
#include "scenarios/cli/streams.h"

#include <stdlib.h>
#include <string.h>

/* Of two exports to one file the second would replace the first. Devices take any number. */
static bool is_same_file(const rs_file *a, const rs_file *b) {
    bool whole = a->temporary[0] || a->stream == stdout;
    return whole && strcmp(a->path, b->path) == 0;
}

static bool is_taken(const rs_outputs *outputs, const rs_file *file) {
    if (outputs->events.stream && is_same_file(file, &outputs->events)) return true;
    if (outputs->crashes.stream && is_same_file(file, &outputs->crashes)) return true;
    if (outputs->trace.stream && is_same_file(file, &outputs->trace)) return true;
    for (uint32_t i = 0; i < outputs->count; i++)
        if (is_same_file(file, &outputs->exports[i])) return true;
    return false;
}

static bool open_one(rs_outputs *outputs, rs_file *file, const char *path, const char *mark) {
    rs_file opened;
    if (rs_file_open(&opened, path, mark, outputs->options->force) != RS_OK)
        return rs_streams_refuse("%s", opened.message);
    if (is_taken(outputs, &opened)) {
        rs_streams_refuse("%s: two exports to one file", opened.path);
        rs_file_discard(&opened);
        return false;
    }
    *file = opened;
    return true;
}

bool rs_outputs_open(rs_outputs *outputs, const rs_options *options) {
    memset(outputs, 0, sizeof *outputs);
    outputs->options = options;
    bool open =
        !options->events || open_one(outputs, &outputs->events, options->events, RS_EVENTS_MARK);
    if (open && options->crashes)
        open = open_one(outputs, &outputs->crashes, options->crashes, RS_CRASHES_MARK);
    if (open && options->trace)
        open = open_one(outputs, &outputs->trace, options->trace, RS_TRACE_MARK);
    for (uint32_t i = 0; open && i < options->export_count; i++) {
        const rs_export *export = &options->exports[i];
        open = open_one(outputs, &outputs->exports[i], export->path, export->format->mark);
        outputs->count += open;
    }
    if (!open) rs_outputs_discard(outputs);
    return open;
}

bool rs_outputs_take_stdout(const rs_outputs *outputs) {
    bool taken = outputs->events.stream == stdout || outputs->crashes.stream == stdout ||
                 outputs->trace.stream == stdout;
    for (uint32_t i = 0; i < outputs->count; i++) taken |= outputs->exports[i].stream == stdout;
    return taken;
}

rs_once_story rs_outputs_story(const rs_outputs *outputs) {
    return (rs_once_story){
        .events_fd = outputs->events.stream ? fileno(outputs->events.stream) : -1,
        .crashes = outputs->crashes.stream,
        .trace = outputs->trace.stream,
    };
}

static bool commit(rs_file *file) {
    return rs_file_commit(file) == RS_OK || rs_streams_refuse("%s", file->message);
}

/* Events bypass the stream; a write of theirs that failed leaves half a story, which is none. */
static bool finish_events(rs_outputs *outputs, int events_error) {
    if (!outputs->events.stream) return true;
    if (events_error == 0) return commit(&outputs->events);
    rs_streams_refuse("%s: %s", outputs->events.path, strerror(events_error));
    rs_file_discard(&outputs->events);
    return false;
}

bool rs_outputs_write(rs_outputs *outputs, const rs_result *result, int events_error) {
    bool written = finish_events(outputs, events_error);
    if (outputs->crashes.stream) written &= commit(&outputs->crashes);
    if (outputs->trace.stream) written &= commit(&outputs->trace);
    for (uint32_t i = 0; i < outputs->count; i++) {
        rs_file *file = &outputs->exports[i];
        outputs->options->exports[i].format->write(result, file->stream);
        written &= commit(file);
    }
    outputs->count = 0;
    return written;
}

void rs_outputs_discard(rs_outputs *outputs) {
    rs_file_discard(&outputs->events);
    rs_file_discard(&outputs->crashes);
    rs_file_discard(&outputs->trace);
    for (uint32_t i = 0; i < outputs->count; i++) rs_file_discard(&outputs->exports[i]);
    outputs->count = 0;
}
