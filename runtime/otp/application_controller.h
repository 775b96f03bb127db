/* application_controller.h: the process that knows the applications of a runtime and their
 * environment, registered as `application_controller`. Nobody needs to start it who has no
 * configuration to give it: the first call of application.h does.
 *
 * When an application ends whose end is the node's (A5), the controller stops all others, the
 * newest first, and ends with {application_terminated,App,Reason} or
 * {application_start_failure,App,Reason}. What `the node terminates` means beyond that is up to
 * whoever started the controller, linked to it or with a monitor.
 * Source: rules A1, A5-A7.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APPLICATION_CONTROLLER_H
#define RS_APPLICATION_CONTROLLER_H

#include "runtime/otp/application.h"

/* Where values of the environment come from beside the applications themselves; the runtime reads
 * no files. Lists end with a NULL name, and are read when they are given. What stands in
 * `command_line` goes before what stands in `config`. */
typedef struct rs_controller_options {
    const rs_config *config, *command_line;
} rs_controller_options;

/* rs_application_controller_start starts the controller with `options` (NULL: none); `start` is as
 * for rs_gen_server_start (NULL: plain), but for the name. Errors: {already_started,Pid},
 * {bad_environment_value,Text}. */
rs_start_result rs_application_controller_start(const rs_controller_options *options,
                                                const rs_start_options *start, rs_pid *pid,
                                                rs_term *reason);

#endif
