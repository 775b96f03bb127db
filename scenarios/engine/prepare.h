/* prepare.h: runs the setup actions of a scenario.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PREPARE_H
#define RS_PREPARE_H

#include "scenarios/engine/shared.h"

/* rs_prepare runs the plan's setup actions in order, in the caller's process; false, with the
 * reason in `shared`, when one failed. */
bool rs_prepare(rs_shared *shared);

#endif
