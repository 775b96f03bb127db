/* planted_drop.c: a defect to be caught: linked into a program that is otherwise respawn, it loses
 * one event of the story before the recorder hears of it. The environment says which:
 * RESPAWN_DROP=N the N-th event from t = 0 on, counted from 1, in run RESPAWN_DROP_RUN (default 1);
 * RESPAWN_DROP_CALL=N the N-th call of clients. The linker's --wrap gives the functions below their
 * places.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/host.h"
#include "scenarios/engine/recorder.h"

#include <stdlib.h>

pid_t __real_rs_host_start(rs_shared *shared);
pid_t __wrap_rs_host_start(rs_shared *shared);
rs_observer __real_rs_recorder_observer(rs_shared *shared);
rs_observer __wrap_rs_recorder_observer(rs_shared *shared);
void __real_rs_recorder_call(rs_shared *shared, uint64_t time_ns, const rs_plan_load *load,
                             uint32_t client, const char *reason);
void __wrap_rs_recorder_call(rs_shared *shared, uint64_t time_ns, const rs_plan_load *load,
                             uint32_t client, const char *reason);

static uint64_t runs; /* counted in the parent, inherited by each child */
static uint64_t dropped, seen, dropped_call, calls;
static rs_observer recorder;

static uint64_t number(const char *name, uint64_t fallback) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : fallback;
}

static void observe(void *context, const rs_event *event) {
    rs_stage stage = rs_shared_stage(context);
    bool told = event->role && (stage == RS_STAGE_RUN || stage == RS_STAGE_DRAIN);
    if (told && ++seen == dropped) return;
    recorder.event(context, event);
}

pid_t __wrap_rs_host_start(rs_shared *shared) {
    runs++;
    return __real_rs_host_start(shared);
}

rs_observer __wrap_rs_recorder_observer(rs_shared *shared) {
    recorder = __real_rs_recorder_observer(shared);
    if (runs == number("RESPAWN_DROP_RUN", 1)) {
        dropped = number("RESPAWN_DROP", 0);
        dropped_call = number("RESPAWN_DROP_CALL", 0);
    }
    rs_observer deaf = recorder;
    deaf.event = observe;
    return deaf;
}

void __wrap_rs_recorder_call(rs_shared *shared, uint64_t time_ns, const rs_plan_load *load,
                             uint32_t client, const char *reason) {
    if (++calls != dropped_call) __real_rs_recorder_call(shared, time_ns, load, client, reason);
}
