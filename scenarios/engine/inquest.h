/* inquest.h: tells of the wrecks of a run, in the result and in the file of --export-crashes, with
 * names in place of roles and program counters.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INQUEST_H
#define RS_INQUEST_H

#include "scenarios/engine/shared.h"

#include <stdio.h>

/* rs_inquest_name gives names to the program counters of all that have none yet: in the child when
 * its run is over, since only there is the code that it has loaded; in the parent, which has the
 * program where the child had it, for a child that did not come so far. */
void rs_inquest_name(rs_shared *shared);

/* rs_inquest_fill adds the first crashes to `result`, and how many there were for each reason. */
void rs_inquest_fill(rs_result *result, const rs_shared *shared);

/* rs_inquest_write writes all that is known as respawn.crashes/1. Errors: RS_EIO. */
rs_err rs_inquest_write(FILE *stream, const rs_shared *shared);

#endif
