/* shape_schema.h: JSON Schemas (draft 2020-12) of respawn.result/1 and respawn.events/1, made of
 * the tables by which they are written and read (shape.h, events.h).
 *
 * They insist on what readers insist on, and allow keys that are not known: a newer minor version
 * has some.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SHAPE_SCHEMA_H
#define RS_SHAPE_SCHEMA_H

#include <jansson.h>

/* rs_shape_schema_result returns that of a result. Owner: the caller. */
json_t *rs_shape_schema_result(void);

/* rs_shape_schema_events returns that of one line of a file of events. Owner: the caller. */
json_t *rs_shape_schema_events(void);

#endif
