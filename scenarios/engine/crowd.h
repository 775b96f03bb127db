/* crowd.h: the clients of a scenario's loads.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CROWD_H
#define RS_CROWD_H

#include "scenarios/engine/scene.h"

/* rs_crowd_spawn spawns client `number` of load `load`; it waits for rs_scene_go, performs its
 * operations until scene->load_end_ns, holds, and ends with rs_scene_stop. `client` counts over all
 * loads. Errors: 0 without memory. */
rs_pid rs_crowd_spawn(rs_scene *scene, uint32_t load, uint32_t number, uint32_t client);

/* rs_crowd_patience_ns returns how long an operation of one call may take, with all its retries. */
uint64_t rs_crowd_patience_ns(const rs_plan_load *load);

#endif
