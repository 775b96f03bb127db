/* intensity_fuzz.c: restarts at any times, beside what rule S12 says word for word. Model: a list
 * of all restarts in whole seconds, of which those count that are not older than the period; a
 * restart is allowed while no more than the limit count. The window holds no more entries than it
 * says it does, and may be moved to another ring at any time.
 *
 * The first two bytes are limit and period. An operation is two bytes: what time it is, from the
 * restart before, and now and then a larger ring.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "runtime/base/assert.h"
#include "runtime/otp/intensity.h"

#include <stdlib.h>

#define RESTARTS_MAX 1024u
#define SECOND       UINT64_C(1000000000)

static uint64_t times_s[RESTARTS_MAX];
static uint32_t restarts;

/* ------------------------------------------------------------------ the model */

static uint64_t count_in_window(uint64_t period_s, uint64_t now_s) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < restarts; i++) count += now_s - times_s[i] <= period_s;
    return count;
}

static uint64_t count_distinct(uint64_t period_s, uint64_t now_s) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < restarts; i++)
        if (now_s - times_s[i] <= period_s) count += i == 0 || times_s[i] != times_s[i - 1];
    return count;
}

/* ------------------------------------------------------------------ the subject */

static void move(rs_intensity *window, uint32_t capacity) {
    rs_intensity_second *ring = calloc(capacity, sizeof *ring);
    RS_ASSERT(ring);
    free(rs_intensity_move(window, ring, capacity));
}

static void restart(rs_intensity *window, uint64_t now_ns) {
    uint32_t room = rs_intensity_room(window);
    if (room > window->capacity) move(window, room);
    times_s[restarts++] = now_ns / SECOND;
    uint64_t expected = count_in_window(window->period_s, now_ns / SECOND);
    RS_ASSERT(rs_intensity_allows(window, now_ns) == (expected <= window->limit));
    RS_ASSERT(window->total == expected);
    RS_ASSERT(window->used == count_distinct(window->period_s, now_ns / SECOND));
    RS_ASSERT(window->used <= window->capacity);
}

/* How long after the one before: nothing, parts of seconds, whole ones, about a period, days. */
static uint64_t pause_ns(uint8_t kind, uint8_t count, uint64_t period_s) {
    switch (kind % 6) {
    case 0: return count % 4;
    case 1: return count * (SECOND / 64);
    case 2: return count * SECOND;
    case 3: return period_s * SECOND + count * (SECOND / 64);
    case 4: return period_s * SECOND > count ? period_s * SECOND - count : 0;
    default: return count % 64 * 86400 * SECOND;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_program program = rs_program_of(data, size);
    rs_intensity window;
    uint64_t limit = rs_program_byte(&program), now_ns = 0;
    rs_intensity_init(&window, limit, 1 + rs_program_byte(&program));
    restarts = 0;
    while (restarts < RESTARTS_MAX && rs_program_has(&program, 2)) {
        uint8_t kind = rs_program_byte(&program), count = rs_program_byte(&program);
        if (kind & 128 && window.capacity && window.capacity < RESTARTS_MAX)
            move(&window, window.capacity * 2);
        now_ns += pause_ns(kind, count, window.period_s);
        restart(&window, now_ns);
    }
    free(window.ring);
    return 0;
}
