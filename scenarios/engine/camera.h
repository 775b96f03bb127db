/* camera.h: puts what the observer hears on film, for a trace: from t = 0 on, in times since then.
 * Thread: the core that tells, inside the runtime.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CAMERA_H
#define RS_CAMERA_H

#include "scenarios/engine/shared.h"

/* rs_camera_take_turn keeps a turn that the observer is told of; of one that began before t = 0
 * the rest. */
void rs_camera_take_turn(rs_shared *shared, const rs_turn *turn);

/* rs_camera_take_event keeps an event, with its reason as printed. `dead`: the process whose
 * restart it has brought a stage further; 0: nobody's. */
void rs_camera_take_event(rs_shared *shared, const rs_event *event, uint32_t incarnation,
                          uint64_t dead, const char *reason);

#endif
