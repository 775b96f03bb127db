/* probe.h: a shared object is looked into by a process that may die of it. One with another version
 * of a worker the program itself never loads, so that no constructor or destructor of it is run
 * there; one with words it then must load, since the language needs them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_PROBE_H
#define RS_CLI_PROBE_H

#include "runtime/otp/code_object.h"

/* How long constructors may take; an object that respawn can use needs some milliseconds. */
#define RS_PROBE_SECONDS 5u

typedef struct rs_probe {
    rs_err err;
    char why[RS_CODE_WHY_BYTES];    /* as rs_code_object has it */
    char module[RS_CODE_WHY_BYTES]; /* whose version it has; "": it has an RS_VOCABULARY */
} rs_probe;

/* rs_probe_file lets a child load the file at `path`; its signal, exit or silence becomes a
 * refusal. Returns probe->err. Errors: as rs_code_object_open's; RS_EINVAL. */
rs_err rs_probe_file(const char *path, rs_probe *probe);

#endif
