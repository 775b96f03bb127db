/* init_fail.c: the next starts of a role fail, as when its init returns {stop,Reason}.
 * Source: rules G2, S7, S18.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/ambush.h"

/* What comes of a restart that fails belongs to the fault that made it necessary. */
static void fail_here(const rs_fault_blow *blow) {
    rs_fault_spring(blow);
    if (!rs_self_cause()) rs_self_blame(blow->cause);
    rs_exit(rs_term_tuple(2, (const rs_term[]){RS_ATOM(error), rs_atom_find("init_fail")}));
}

const rs_fault_kind rs_fault_init_fail = {
    .name = "init_fail",
    .about = "makes the next starts of a role fail, each with that probability",
    .aim = RS_AIM_ROLE,
    .moment = RS_MOMENT_INIT,
    .parameters = {{"times", RS_OPTION_INTEGER, "1", 1, RS_FAULT_TIMES_MAX},
                   {"share", RS_OPTION_SHARE, "100%", 1, RS_UNITS_SHARE_WHOLE}},
    .spares = true,
    .portable = true,
    .reason = "{error,init_fail}",
    .strike = fail_here,
};
