/* frames.c: walking frame pointers.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/frames.h"

#include <stdint.h>

/* What a frame pointer points to, here and on AArch64. */
typedef struct link {
    uintptr_t outer; /* the caller's frame pointer */
    uintptr_t back;  /* where the caller goes on */
} link;

void rs_frames_add(rs_crash_frames *frames, uintptr_t pc) {
    if (pc && frames->count < RS_CRASH_FRAMES_MAX) frames->at[frames->count++] = pc;
}

/* Sanitizers would have something to say of reading another's frame. */
__attribute__((no_sanitize("address", "undefined", "thread"))) void
rs_frames_walk(rs_crash_frames *frames, uintptr_t frame, const void *low, const void *top) {
    uintptr_t lowest = (uintptr_t)low, highest = (uintptr_t)top - sizeof(link);
    while (frame >= lowest && frame <= highest && frame % sizeof frame == 0 &&
           frames->count < RS_CRASH_FRAMES_MAX) {
        const link *here = (const link *)frame;
        rs_frames_add(frames, here->back);
        lowest = frame + sizeof(link);
        frame = here->outer;
    }
}
