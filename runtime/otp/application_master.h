/* application_master.h: the process that leads an application's group and runs its callbacks.
 * Source: rules A2, A4, A8.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APPLICATION_MASTER_H
#define RS_APPLICATION_MASTER_H

#include "runtime/otp/application.h"

/* What a master casts to the controller. It ends when there is nothing left to lead; as long as it
 * has not told that it is UP, with the reason why not. */
typedef enum rs_master_word {
    RS_MASTER_UP,
    RS_MASTER_ALONE, /* nobody is left of the group: all that follows is its end */
} rs_master_word;

typedef struct rs_master_news {
    uint32_t word; /* rs_master_word */
    rs_pid top;    /* UP */
} rs_master_news;
extern const rs_type rs_master_news_type;

/* rs_application_master_start starts a master of the caller, linked, and does not wait for the
 * application. Errors: 0 when there is no room. */
rs_pid rs_application_master_start(const rs_application *application);

/* rs_application_master_stop tells it to stop the application, and does not wait. */
void rs_application_master_stop(rs_pid master);

/* rs_application_master_kill_group kills all of the group but the caller, and returns when they are
 * gone. */
void rs_application_master_kill_group(rs_pid group);

#endif
