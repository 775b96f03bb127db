/* version.h: the two versions of each name, current and old, and the trial of a new one. Of the
 * room itself; programs use code.h.
 * Source: rule H2.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_VERSION_H
#define RS_VERSION_H

#include "runtime/otp/code_object.h"
#include "runtime/process/process.h"

typedef struct rs_version {
    const rs_gen_server *server;
    uintptr_t from, to;  /* of its object; 0: the program's own */
    rs_pid loader;       /* whom to tell that it was taken back */
    rs_atomic_u32 trial; /* rs_trial */
    rs_atomic_u32 calls; /* done in its trial */
} rs_version;

typedef enum rs_trial { RS_TRIAL_OVER, RS_TRIAL_ON, RS_TRIAL_FAILED } rs_trial;

/* rs_version_add makes `server` the first version of its name. Errors: RS_ETAKEN when the name has
 * another, RS_ELIMIT, RS_ENOMEM. */
rs_err rs_version_add(const rs_gen_server *server);

/* rs_version_load makes the object's server the current version of its name, and the former one, if
 * there is one, old; then the new one is on trial. Errors: RS_ETAKEN when there is an old one
 * already, RS_ELIMIT, RS_ENOMEM. */
rs_err rs_version_load(const rs_code_object *object);

/* rs_version_current returns the current version of the name that `server` has; NULL: nobody has
 * added or loaded one. */
rs_version *rs_version_current(const rs_gen_server *server);
/* rs_version_old returns the one before. */
rs_version *rs_version_old(const rs_gen_server *server);

/* rs_version_forget makes the name of `server` one without an old version, if that is `old`. */
void rs_version_forget(const rs_gen_server *server, const rs_version *old);

/* rs_version_is_on_trial says whether the calls of `server` are to be counted. */
bool rs_version_is_on_trial(const rs_gen_server *server);

/* rs_version_count_call counts a call in the trial of `server`; false: the trial is over. */
bool rs_version_count_call(const rs_gen_server *server);

/* rs_version_fail takes `server` back if it is on trial: the old version becomes current, and
 * `server` the old one. It returns whether that was done, once for each version. */
bool rs_version_fail(const rs_gen_server *server);

/* rs_version_next looks at each `step`-th slot of the process table from *slot on and returns the
 * next process that runs `version`, as a server, or with `all` as whatever; 0: there is none. */
rs_pid rs_version_next(const rs_version *version, bool all, uint32_t *slot, uint32_t step);

#endif
