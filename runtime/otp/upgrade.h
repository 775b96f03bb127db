/* upgrade.h: all processes that run the old version of a module are changed to the current one,
 * each suspended for as long as its own change takes, while the others go on.
 * Source: rules H1, G14.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_UPGRADE_H
#define RS_UPGRADE_H

#include "runtime/base/atomic.h"
#include "runtime/otp/gen_server.h"

/* One attempt. */
typedef struct rs_upgraded {
    rs_pid pid;
    rs_err err;            /* of rs_sys_suspend or rs_sys_change_code */
    rs_term reason;        /* of the latter's; borrowed, 0: none */
    uint64_t suspended_ns; /* from when it was until it went on; 0: it was not */
} rs_upgraded;

typedef struct rs_upgrade_options {
    rs_term extra;       /* for code_change; borrowed; too large for a message: system_limit */
    uint32_t at_once;    /* how many are changed at a time; 0: RS_UPGRADE_AT_ONCE */
    uint64_t timeout_ns; /* of each step of each change; 0: RS_CALL_TIMEOUT_NS */
    /* told (may be NULL) hears of each attempt; it runs in processes of the upgrade's own,
     * which live on when the caller dies. */
    void (*told)(void *context, const rs_upgraded *upgraded);
    /* again (may be NULL) is called before another pass, in which all that failed so far are asked
     * again: nobody is being told meanwhile. */
    void (*again)(void *context);
    void *context;
    rs_atomic_u64 *suspended; /* how many are just now; NULL: nobody wants to know */
} rs_upgrade_options;

/* More would only wait for one another's turns; fewer would leave cores without work. */
#define RS_UPGRADE_AT_ONCE 8u

typedef struct rs_upgrade_counts {
    uint64_t upgraded; /* run the current version now */
    uint64_t failed;   /* run the old one still */
    bool taken_back;   /* the version crashed in its trial meanwhile */
} rs_upgrade_counts;

/* rs_upgrade_all changes all processes of the old version of the name that `server` has, and waits
 * for it. It passes over the process table until a pass has changed nobody, for those that were
 * being born; so who refuses may be asked more than once. */
rs_upgrade_counts rs_upgrade_all(const rs_gen_server *server, const rs_upgrade_options *options);

/* What the loader of a version is sent when it was taken back: a process of it has crashed within
 * its first RS_CODE_TRIAL_CALLS calls, the old version has become current, and all that ran the
 * new one have been changed back, or killed. */
typedef struct rs_upgrade_back {
    const rs_gen_server *server; /* the version taken back */
    uint64_t restored, killed;
    rs_term reason; /* of the crash, e.g. sigsegv */
} rs_upgrade_back;
extern const rs_type rs_upgrade_back_type;

/* rs_upgrade_take_back is called in a server of the version `server` that has crashed with the
 * immediate `reason`; it takes the version back if it is on trial. */
void rs_upgrade_take_back(const rs_gen_server *server, rs_term reason);

#endif
