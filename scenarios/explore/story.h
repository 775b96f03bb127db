/* story.h: what the file of a failure tells, for reports that stand alone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_EXPLORE_STORY_H
#define RS_EXPLORE_STORY_H

#include <jansson.h>

/* rs_story_add puts into `object` the `story` (event by event) of the failure's file at `path`, and
 * as `case` the file itself. What cannot be read, or is larger than a page should be, is left out.
 */
void rs_story_add(json_t *object, const char *path);

#endif
