/* application.h: a tree started and stopped as a unit, in order, leaving nothing behind.
 * Source: rules A2, A4, A5.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APPLICATION_H
#define RS_APPLICATION_H

#include "runtime/otp/gen_server.h"

typedef struct rs_application {
    const char *name;
    /* start starts the top supervisor, linked to the caller's process; like rs_start_function. */
    rs_start_result (*start)(const void *args, rs_pid *top, rs_term *reason);
    void (*prep_stop)(const void *args); /* before the tree stops; may be NULL */
    void (*stop)(const void *args);      /* after it has stopped; may be NULL */
} rs_application;

/* rs_application_start starts `application` (which must stay valid) under a master process: every
 * process that its tree spawns belongs to the application's group. `args` are passed by pointer.
 * *master identifies the running application. Errors: RS_START_ERROR with *reason owned by the
 * caller. */
rs_start_result rs_application_start(const rs_application *application, const void *args,
                                     rs_pid *master, rs_term *reason);

/* rs_application_stop: prep_stop, then the top supervisor is told `shutdown` and waited for without
 * limit, then stop, then every process still in the group is killed. Returns when none is left.
 * Errors: RS_ENOPROC when it is not running. */
rs_err rs_application_stop(rs_pid master);

/* rs_application_top returns the top supervisor's pid, or 0. Any process. */
rs_pid rs_application_top(rs_pid master);

/* How many processes the group holds (the master included); for checks at quiescence. */
uint64_t rs_application_count(rs_pid master);

#endif
