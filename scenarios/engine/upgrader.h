/* upgrader.h: the process that carries out one upgrade of the plan, and what is kept of it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_UPGRADER_H
#define RS_UPGRADER_H

#include "scenarios/engine/scene.h"

/* rs_upgrader_spawn spawns the upgrader of upgrade `index`. It waits for rs_scene_go, loads and
 * changes at its time, leaves scene->busy, and ends with rs_scene_stop. */
rs_pid rs_upgrader_spawn(rs_scene *scene, uint32_t index);

#endif
