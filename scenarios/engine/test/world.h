/* world.h: what the processes of a run share, without a run: one server `left` below `top`, two
 * phases, one load and one fault.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_WORLD_H
#define RS_TEST_WORLD_H

#include "scenarios/engine/shared.h"
#include "scenarios/language/test/parse.h"

static rs_plan *plan;
static rs_shared *shared;

static inline void begin_world(void) {
    plan = parse("scenario: test\n"
                 "tree:\n"
                 "  id: top\n"
                 "  strategy: one_for_one\n"
                 "  children: [{ id: left, worker: echo }]\n"
                 "load: [{ id: all, target: left, clients: 1 }]\n"
                 "phases: { on: 1ms, off: 1ms }\n"
                 "faults: [{ id: k, crash: left, how: kill, at: 0s, during: on }]\n");
    shared = rs_shared_create(plan, 1, false, NULL);
    CHECK(shared != NULL);
}

static inline void end_world(void) {
    rs_shared_destroy(shared);
    rs_plan_destroy(plan);
}

#endif
