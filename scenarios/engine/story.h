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

/* How long a drain waits for who reads. */
#define RS_STORY_WAIT_NS UINT64_C(20000000)

/* rs_story_drain writes what the rings of `shared` hold; it returns how many events that were. It
 * comes back soon, also when the child is faster, or who reads the file does not: no more than
 * RS_RING_ENTRIES at once, and no more than RS_STORY_WAIT_NS of waiting. */
uint64_t rs_story_drain(rs_story *story, rs_shared *shared);

/* rs_story_finish writes what is left when the child is gone; false: not all of it yet, call it
 * again. */
bool rs_story_finish(rs_story *story, rs_shared *shared);

/* rs_story_error returns why the file is not whole, an errno: that of the first write that failed,
 * ECANCELED when it was not finished. 0: it is. */
int rs_story_error(const rs_story *story);

#endif
