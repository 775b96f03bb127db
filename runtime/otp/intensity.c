/* intensity.c: see intensity.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/intensity.h"

#include "runtime/base/assert.h"

#define NS_PER_S UINT64_C(1000000000)

/* Room for a first handful of distinct seconds: 128 bytes. */
#define FIRST_CAPACITY 8u

static rs_intensity_second *entry(const rs_intensity *window, uint32_t position) {
    return &window->ring[(window->head + position) & (window->capacity - 1)];
}

void rs_intensity_init(rs_intensity *window, uint64_t limit, uint64_t period_s) {
    *window = (rs_intensity){.limit = limit, .period_s = period_s};
}

uint32_t rs_intensity_room(const rs_intensity *window) {
    if (window->used < window->capacity) return window->capacity;
    return window->capacity ? window->capacity * 2 : FIRST_CAPACITY;
}

rs_intensity_second *rs_intensity_move(rs_intensity *window, rs_intensity_second *ring,
                                       uint32_t capacity) {
    RS_ASSERT(capacity >= window->used && (capacity & (capacity - 1)) == 0);
    rs_intensity_second *old = window->ring;
    for (uint32_t i = 0; i < window->used; i++) ring[i] = *entry(window, i);
    window->ring = ring;
    window->capacity = capacity;
    window->head = 0;
    return old;
}

/* S12: a time is out when t < now - period; t = now - period still counts. */
static void drop_older(rs_intensity *window, uint64_t now_s) {
    while (window->used && entry(window, 0)->second + window->period_s < now_s) {
        window->total -= entry(window, 0)->count;
        window->head = (window->head + 1) & (window->capacity - 1);
        window->used--;
    }
}

static void push(rs_intensity *window, uint64_t now_s) {
    if (!window->used || entry(window, window->used - 1)->second != now_s) {
        RS_ASSERT(window->used < window->capacity);
        *entry(window, window->used++) = (rs_intensity_second){.second = now_s};
    }
    entry(window, window->used - 1)->count++;
    window->total++;
}

bool rs_intensity_allows(rs_intensity *window, uint64_t now_ns) {
    uint64_t now_s = now_ns / NS_PER_S;
    drop_older(window, now_s);
    push(window, now_s);
    return window->total <= window->limit;
}
