/* outputs.h: the files that a run shall write.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_OUTPUTS_H
#define RS_CLI_OUTPUTS_H

#include "scenarios/cli/files.h"
#include "scenarios/cli/once.h"
#include "scenarios/cli/options.h"

typedef struct rs_outputs {
    rs_files files;
    rs_file *events, *crashes, *trace; /* NULL: not asked for */
    rs_file *exports[RS_OPTIONS_EXPORTS_MAX];
    const rs_options *options;
} rs_outputs;

/* rs_outputs_open opens all files; false, after a message on stderr, when one cannot be written, or
 * is named twice. */
bool rs_outputs_open(rs_outputs *outputs, const rs_options *options);

/* rs_outputs_story returns where a run's stories go. */
rs_once_story rs_outputs_story(const rs_outputs *outputs);

/* rs_outputs_take_stdout tells whether one of them goes to standard output. */
bool rs_outputs_take_stdout(const rs_outputs *outputs);

/* rs_outputs_write writes `result` in every format asked for and commits all files. `events_error`
 * is the errno of writing events. False, after a message for each on stderr, when one failed; the
 * others are there. */
bool rs_outputs_write(rs_outputs *outputs, const rs_result *result, int events_error);

/* rs_outputs_discard leaves no file behind; harmless after rs_outputs_write. */
void rs_outputs_discard(rs_outputs *outputs);

#endif
