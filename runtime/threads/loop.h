/* loop.h: what plays the cores: one thread each under the real clock, one for all under the
 * virtual.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOOP_H
#define RS_LOOP_H

#include "runtime/process/process.h"

/* rs_loop_real plays `core` on the calling thread until the runtime stops; false: the core has been
 * taken, and the process that ran is left for rs_jail_settle. */
bool rs_loop_real(rs_core *core);

/* rs_loop_virtual_init makes room for who is ready at a time to which not all cores have come;
 * before anybody is ready. Errors: RS_ENOMEM. Owner: rs_loop_virtual_fini, also after an error. */
rs_err rs_loop_virtual_init(rs_runtime *runtime);
void rs_loop_virtual_fini(rs_runtime *runtime);

/* rs_loop_virtual plays all cores on the calling thread, each with its own time, until the runtime
 * stops. Errors: RS_ENOPROC when everything waits for something that cannot come. */
rs_err rs_loop_virtual(rs_runtime *runtime);

/* rs_loop_woken is the runtime's `woken` hook: `whom` (see RS_WAKE_ANY) could run what `core` has
 * made ready. */
void rs_loop_woken(rs_runtime *runtime, rs_core *core, uint32_t whom);

#endif
