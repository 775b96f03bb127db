/* supervisor_change.h: a supervisor goes on with another spec.
 * Source: rule H3.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_CHANGE_H
#define RS_SUPERVISOR_CHANGE_H

#include "runtime/otp/gen_server.h"

/* rs_supervisor_change is the supervisor's code_change: `extra` is the address of a spec that its
 * children follow, see rs_system_change_code. */
rs_term rs_supervisor_change(const rs_old_state *old, void *state, rs_term extra);

#endif
