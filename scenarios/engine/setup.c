/* setup.c: state is prepared before time zero.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/setup.h"

#include "scenarios/engine/prepare.h"

#include <stdarg.h>
#include <stdio.h>

struct rs_setup {
    rs_shared *shared;
    const rs_plan_setup *plan;
    bool failed;
};

rs_pid rs_setup_target(rs_setup *setup) {
    return rs_whereis(rs_atom_find(setup->plan->target->path));
}

void rs_setup_fail(rs_setup *setup, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    setup->failed = true;
    rs_shared_fail(setup->shared, 6, &setup->plan->place, "%s", text);
}

void rs_setup_progress(rs_setup *setup, uint64_t done, uint64_t of) {
    rs_store(&setup->shared->goal, of, rs_relaxed);
    rs_store(&setup->shared->progress, done, rs_relaxed);
}

static bool run_action(rs_shared *shared, const rs_plan_setup *plan) {
    rs_setup setup = {.shared = shared, .plan = plan};
    bool done = plan->action->run(&setup, plan->config);
    if (!done && !setup.failed) rs_setup_fail(&setup, "%s failed", plan->action->name);
    return done && !setup.failed;
}

bool rs_prepare(rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    for (uint32_t i = 0; i < plan->setup_count; i++)
        if (rs_shared_cancelled(shared) || !run_action(shared, &plan->setups[i])) return false;
    return true;
}
