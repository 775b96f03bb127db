/* recording.h: a chooser's choices, in memory that the child writes and the parent reads.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RECORDING_H
#define RS_RECORDING_H

#include "scenarios/language/choices.h"

/* rs_recording_create returns an empty recording of RS_CHOICES_MAX, which cost what is
 * touched, for rs_engine_options.choices_record; NULL
 * without memory. Owner: rs_recording_destroy. */
rs_choices *rs_recording_create(void);
void rs_recording_destroy(rs_choices *recording);

/* rs_recording_is_whole says whether all choices found room: only then it repeats the run. */
static inline bool rs_recording_is_whole(const rs_choices *recording) {
    return recording->count <= recording->room;
}

#endif
