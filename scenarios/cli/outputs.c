/* outputs.c: the files that a run shall write.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/outputs.h"

#include "reports/formats/events.h"

#include <stdlib.h>
#include <string.h>

static bool open_one(rs_file *file, const char *path, const char *mark, bool force) {
    if (rs_file_open(file, path, mark, force) == RS_OK) return true;
    fprintf(stderr, "respawn: %s\n", file->message);
    return false;
}

bool rs_outputs_open(rs_outputs *outputs, const rs_options *options) {
    memset(outputs, 0, sizeof *outputs);
    outputs->options = options;
    bool open = !options->events ||
                open_one(&outputs->events, options->events, RS_EVENTS_MARK, options->force);
    for (uint32_t i = 0; open && i < options->export_count; i++) {
        const rs_export *export = &options->exports[i];
        open = open_one(&outputs->exports[i], export->path, export->format->mark, options->force);
        outputs->count += open;
    }
    if (!open) rs_outputs_discard(outputs);
    return open;
}

int rs_outputs_events_fd(const rs_outputs *outputs) {
    return outputs->events.stream ? fileno(outputs->events.stream) : -1;
}

static bool commit(rs_file *file) {
    if (rs_file_commit(file) == RS_OK) return true;
    fprintf(stderr, "respawn: %s\n", file->message);
    return false;
}

/* Events bypass the stream; a write of theirs that failed leaves half a story, which is none. */
static bool finish_events(rs_outputs *outputs, int events_error) {
    if (!outputs->events.stream) return true;
    if (events_error == 0) return commit(&outputs->events);
    fprintf(stderr, "respawn: %s: %s\n", outputs->events.path, strerror(events_error));
    rs_file_discard(&outputs->events);
    return false;
}

bool rs_outputs_write(rs_outputs *outputs, const rs_result *result, int events_error) {
    bool written = finish_events(outputs, events_error);
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
    for (uint32_t i = 0; i < outputs->count; i++) rs_file_discard(&outputs->exports[i]);
    outputs->count = 0;
}
