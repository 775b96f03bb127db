/* events_load.h: reads respawn.events/1, whoever wrote it, into a result of the restarts that it
 * tells. It is read line by line, however long it is: what stays in memory is what restarts.h
 * keeps. The file may come from a stranger: lines are bounded, texts are only texts, and what
 * cannot have happened is refused. Kinds of events and keys that this version does not know are
 * passed over. SPDX-License-Identifier: MIT
 */
#ifndef RS_EVENTS_LOAD_H
#define RS_EVENTS_LOAD_H

#include "reports/formats/events.h"
#include "reports/result.h"

#include <stdio.h>

/* As long as a writer's buffer. */
#define RS_EVENTS_LOAD_LINE_MAX RS_EVENTS_BUFFER_BYTES
/* So many problems are told; then reading ends. */
#define RS_EVENTS_LOAD_PROBLEMS_MAX 20u

/* rs_events_load_is says whether a file that begins with `line` tells events. */
bool rs_events_load_is(const char *line);

/* rs_events_load reads `stream`, of which the first line has been taken already, into `*result`:
 * status complete, or aborted when the last line is cut off; nothing is expected of it. `name` is
 * the file's for messages, `file:line: problem`, which go to `problems`.
 * Errors: RS_ESYNTAX, RS_EIO; all problems have been told.
 * Owner:  rs_result_destroy. */
rs_err rs_events_load(FILE *stream, const char *first, const char *name, FILE *problems,
                      rs_result **result);

#endif
