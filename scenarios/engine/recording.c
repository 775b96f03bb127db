/* recording.c: a chooser's choices.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/recording.h"

#include "scenarios/engine/map.h"

/* The choices lie behind their head, so that one map is enough. */
#define RECORDING_BYTES (sizeof(rs_choices) + sizeof(uint32_t) * RS_CHOICES_MAX)

rs_choices *rs_recording_create(void) {
    rs_choices *recording = rs_map_create(NULL, RECORDING_BYTES);
    if (!recording) return NULL;
    recording->at = (uint32_t *)(void *)(recording + 1);
    recording->room = RS_CHOICES_MAX;
    return recording;
}

void rs_recording_destroy(rs_choices *recording) {
    rs_map_destroy(NULL, recording, RECORDING_BYTES, RS_MAP_UNKNOWN);
}
