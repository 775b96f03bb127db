/* story.h: takes events from the rings to the file of --export-events.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STORY_H
#define RS_STORY_H

#include "reports/formats/events.h"
#include "scenarios/engine/shared.h"

typedef struct rs_story rs_story;

/* rs_story_create writes to `fd`, which stays the caller's. Owner: rs_story_destroy. */
rs_story *rs_story_create(int fd);
void rs_story_destroy(rs_story *story);

/* rs_story_drain writes what the rings of `shared` hold; it returns how many events that were. */
uint64_t rs_story_drain(rs_story *story, rs_shared *shared);

/* rs_story_finish writes what is left. Errors: RS_EIO when any write failed; *error is its errno.
 */
rs_err rs_story_finish(rs_story *story, rs_shared *shared, int *error);

#endif
