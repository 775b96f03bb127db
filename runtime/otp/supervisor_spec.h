/* supervisor_spec.h: what is wrong with a supervisor's flags or a child's spec, in OTP's words.
 * Source: rules S2, S3, E2.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_SPEC_H
#define RS_SUPERVISOR_SPEC_H

#include "runtime/otp/supervisor.h"

/* rs_supervisor_spec_flags returns what is wrong with the flags of `spec`, e.g. {invalid_period,0};
 * 0 when nothing is. Owner: the caller. */
rs_term rs_supervisor_spec_flags(const rs_supervisor_spec *spec);

/* rs_supervisor_spec_child returns what is wrong with `child` under a supervisor with the rule
 * `auto_shutdown`, e.g. missing_id; 0 when nothing is. Owner: the caller. */
rs_term rs_supervisor_spec_child(const rs_child_spec *child, rs_auto_shutdown auto_shutdown);

/* rs_supervisor_spec_dynamic is the same for a child of a DynamicSupervisor, where ids are not
 * looked at and nobody is significant. */
rs_term rs_supervisor_spec_dynamic(const rs_child_spec *child);

#endif
