/* setup.h: what a setup action sees of the run that is being set up.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SETUP_H
#define RS_SETUP_H

#include "runtime/otp/gen_server.h"

typedef struct rs_setup rs_setup;

/* rs_setup_target returns the worker that the action's key names; 0 when it is not alive. */
rs_pid rs_setup_target(rs_setup *setup);

/* rs_setup_fail ends the set-up with a text for the reader (copied). */
void rs_setup_fail(rs_setup *setup, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* rs_setup_progress tells how much is done, for the progress line. */
void rs_setup_progress(rs_setup *setup, uint64_t done, uint64_t of);

#endif
