/* camera.c: puts what the observer hears on film.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/camera.h"

#include <string.h>

static uint64_t since_zero(const rs_shared *shared, uint64_t time_ns) {
    int64_t since_ns = rs_shared_since(shared, time_ns);
    return since_ns > 0 ? (uint64_t)since_ns : 0;
}

void rs_camera_take_turn(rs_shared *shared, const rs_turn *turn) {
    if (rs_shared_since(shared, turn->to_ns) < 0) return;
    rs_film_turn kept = {
        .from_ns = since_zero(shared, turn->from_ns),
        .to_ns = since_zero(shared, turn->to_ns),
        .role = turn->role,
        .core = (uint16_t)turn->core,
        .end = (uint8_t)turn->end,
    };
    if (!turn->role)
        kept.code = rs_film_code_of(&shared->film, turn->core, turn->entry, turn->module);
    rs_film_add_turn(&shared->film, &kept);
}

void rs_camera_take_event(rs_shared *shared, const rs_event *event, uint32_t incarnation,
                          uint64_t dead, const char *reason) {
    rs_film_event kept = {
        .time_ns = since_zero(shared, event->time_ns),
        .other_ns = since_zero(shared, event->other_ns),
        .dead = dead,
        .role = event->role,
        .incarnation = incarnation,
        .cause = event->cause,
        .detail = event->detail,
        .kind = event->kind,
        .core = event->core,
    };
    memcpy(kept.reason, reason, strnlen(reason, sizeof kept.reason - 1));
    rs_film_add_event(&shared->film, &kept);
}
