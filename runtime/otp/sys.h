/* sys.h: what every behaviour built on gen_server answers between two callbacks: to look into it,
 * to change it, and to hold it while something else happens. Nothing is paid for it unless it is
 * used.
 *
 * All calls wait up to `timeout_ns` (RS_FOREVER: without limit). Errors: RS_ENOPROC when `server`
 * is gone, or goes meanwhile; RS_ELIMIT after the timeout, also when it is no behaviour: plain
 * processes do not answer.
 * Source: rule G14.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SYS_H
#define RS_SYS_H

#include "runtime/otp/gen_server.h"

/* rs_sys_suspend lets the server handle nothing but what this header has, and its parent's EXIT,
 * until rs_sys_resume; all else waits in order. It keeps a stack meanwhile. Doing either twice
 * changes nothing. */
rs_err rs_sys_suspend(rs_pid server, uint64_t timeout_ns);
rs_err rs_sys_resume(rs_pid server, uint64_t timeout_ns);

/* rs_sys_get_state returns the state as its state_type tells it, {opaque,Name,Bytes} where there is
 * none. Errors: RS_ERANGE when it is too large for a message. Owner: the caller. */
rs_err rs_sys_get_state(rs_pid server, uint64_t timeout_ns, rs_term *state);

/* rs_sys_replace_state gives the server another state, as its state_type reads `state` (borrowed);
 * on any error the old one stays.
 * Errors: RS_EUNSUPPORTED when the type cannot be read, RS_ERANGE when `state` is too large for a
 * message, and whatever its from_term returns. */
rs_err rs_sys_replace_state(rs_pid server, rs_term state, uint64_t timeout_ns);

#endif
