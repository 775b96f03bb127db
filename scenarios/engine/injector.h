/* injector.h: the process that carries out one fault of the plan, on its own random stream.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INJECTOR_H
#define RS_INJECTOR_H

#include "scenarios/engine/scene.h"
#include "scenarios/engine/victim.h"

/* rs_injector_needed is false for a fault that never fires (rate 0, pick 0, …): it shall change
 * nothing, so not even its process exists. */
bool rs_injector_needed(const rs_plan_fault *fault);

/* rs_injector_spawn spawns the injector of fault `index`; `victims` is its to use. It waits for
 * rs_scene_go, gives its blows, leaves scene->busy, and ends with rs_scene_stop. */
rs_pid rs_injector_spawn(rs_scene *scene, uint32_t index, rs_victims *victims);

#endif
