/* sys.h: what every behaviour built on gen_server answers between two callbacks: to look into it,
 * to change it, and to hold it while something else happens. Nothing is paid for it unless it is
 * used.
 *
 * All calls wait up to `timeout_ns` (RS_FOREVER: without limit). Errors: RS_ENOPROC when `server`
 * is gone, or goes meanwhile; RS_ELIMIT after the timeout, also when it is no behaviour: plain
 * processes do not answer.
 * Source: rules G14, H1.
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

/* rs_sys_change_code lets a suspended server go on as `module`, which must stay where it is for
 * good: module->code_change makes the new state from the one that the server has, which is then
 * freed. It stays suspended. On any error module and state are what they were. `extra` is borrowed.
 * Errors: RS_EINVAL when it was not done; then *reason, the caller's, is as in OTP {error,Reason}
 * when code_change gave that, {'EXIT',Reason} when it exited or crashed (what it had allocated
 * stays the server's), {'EXIT',undef} when there is none, {unknown_system_msg,change_code} when the
 * server is not suspended. RS_ERANGE when `extra` is too large for a message. */
rs_err rs_sys_change_code(rs_pid server, const rs_gen_server *module, rs_term extra,
                          uint64_t timeout_ns, rs_term *reason);

/* rs_sys_get_status returns {status,Server,{module,Name},[SysState,Parent,Debug,State]}: SysState
 * is running or suspended, Debug a list of what is on of trace and statistics, State as for
 * rs_sys_get_state, whose errors it has. Owner: the caller. */
rs_err rs_sys_get_status(rs_pid server, uint64_t timeout_ns, rs_term *status);

/* rs_sys_trace lets the observer's `trace` hear of each message that the server takes and of what
 * comes of it: a reply that its callback returns, or none, and the state then. Messages of this
 * header are not among them, nor are its parent's EXIT and replies of rs_reply_to. Values are told
 * by their types, in the server: a type that crashes there crashes the server. */
rs_err rs_sys_trace(rs_pid server, bool on, uint64_t timeout_ns);

typedef struct rs_sys_statistics {
    bool on;                                 /* false: OTP's no_statistics, and the rest is 0 */
    uint64_t start_time_ns, current_time_ns; /* of rs_now_ns */
    uint64_t messages_in, messages_out;      /* as traced: taken, and replied to */
} rs_sys_statistics;

/* rs_sys_statistics_on turns statistics of the server on and off; rs_sys_statistics_get reads them.
 * There are no reductions: nobody counts what a process uses of its budgets. */
rs_err rs_sys_statistics_on(rs_pid server, bool on, uint64_t timeout_ns);
rs_err rs_sys_statistics_get(rs_pid server, uint64_t timeout_ns, rs_sys_statistics *statistics);

#endif
