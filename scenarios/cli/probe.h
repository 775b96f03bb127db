/* probe.h: a shared object is loaded for the first time by a process that may die of it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_PROBE_H
#define RS_CLI_PROBE_H

#include "runtime/otp/code_object.h"

/* How long constructors may take; an object that respawn can use needs some milliseconds. */
#define RS_PROBE_SECONDS 5u

/* rs_probe_open is rs_code_object_open, once a child has shown that the file at `path` can be
 * loaded: its signal, exit or silence becomes a refusal. Errors: as that one's; RS_EINVAL. */
rs_err rs_probe_open(const char *path, rs_code_object *object);

#endif
