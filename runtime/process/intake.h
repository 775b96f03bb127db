/* intake.h: what threads that play no core hand in to those that do: processes that come back from
 * jail, and work that is done. Whoever hands in must then make a core look: rs_park_call.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INTAKE_H
#define RS_INTAKE_H

#include "runtime/process/process.h"

/* rs_intake_process hands in a process for rs_jail_admit. Any thread. */
void rs_intake_process(rs_runtime *runtime, rs_process *process);

/* rs_intake_message hands in a signal for the process that its `from` names. Any thread. */
void rs_intake_message(rs_runtime *runtime, rs_message *message);

/* rs_intake_is_empty is seq_cst with handing in: a core that is about to sleep looks after it has
 * said so. */
bool rs_intake_is_empty(rs_runtime *runtime);

/* rs_intake_take takes in all there is. In a section. */
void rs_intake_take(rs_core *core);

#endif
