/* intensity.h: the window that decides how many restarts are too many. Times are whole seconds, so
 * a list of (second, count) holds exactly what a list of times would, in far less: at most
 * period + 1 entries, at most intensity + 1, and never more than there were restarts.
 * Source: rules S12-S14.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INTENSITY_H
#define RS_INTENSITY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rs_intensity_second {
    uint64_t second;
    uint64_t count;
} rs_intensity_second;

/* Pure: the owner lends the memory of the ring. Zeroed memory is a window without room. */
typedef struct rs_intensity {
    rs_intensity_second *ring; /* the oldest at `head` */
    uint32_t capacity;         /* a power of two, or 0 */
    uint32_t head, used;
    uint64_t total; /* restarts in the window */
    uint64_t limit; /* OTP's intensity */
    uint64_t period_s;
} rs_intensity;

/* rs_intensity_init makes an empty window without room: `limit` restarts in `period_s` seconds are
 * allowed. */
void rs_intensity_init(rs_intensity *window, uint64_t limit, uint64_t period_s);

/* rs_intensity_change goes on with another limit and period, which count what is in the window. */
static inline void rs_intensity_change(rs_intensity *window, uint64_t limit, uint64_t period_s) {
    window->limit = limit;
    window->period_s = period_s;
}

/* rs_intensity_room returns the capacity that the next rs_intensity_allows may need: more than
 * window->capacity when the owner must call rs_intensity_move first. */
uint32_t rs_intensity_room(const rs_intensity *window);

/* rs_intensity_move copies the window into `ring` of `capacity` entries, a power of two and no less
 * than what is used, and returns the old ring for its owner to free. */
rs_intensity_second *rs_intensity_move(rs_intensity *window, rs_intensity_second *ring,
                                       uint32_t capacity);

/* rs_intensity_allows counts a restart at `now_ns` and says whether it may be done; false: give up
 * (S13). Times must not go back. O(1) amortised. */
bool rs_intensity_allows(rs_intensity *window, uint64_t now_ns);

#endif
