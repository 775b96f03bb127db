/* application_state.h: what the controller remembers, and the few steps that change it without
 * starting or stopping anything. All of it lies in the controller's memory.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APPLICATION_STATE_H
#define RS_APPLICATION_STATE_H

#include "runtime/otp/application_ask.h"
#include "runtime/otp/application_env.h"

typedef enum rs_app_stage {
    RS_APP_LOADED,
    RS_APP_STARTING,
    RS_APP_RUNNING,
    RS_APP_STOPPING
} rs_app_stage;

/* Who waits until the application has started or stopped, with what it asked for. */
typedef struct rs_app_waiter {
    struct rs_app_waiter *next;
    rs_from from;
    rs_application_word word;
    rs_restart type;
} rs_app_waiter;

typedef struct rs_app {
    struct rs_app *next;
    rs_atom name;
    const rs_application *application;
    rs_app_stage stage;
    rs_restart type;
    /* It has been started and not been stopped, which is what others need that depend on it: one
     * that ended by itself still is. */
    bool started;
    bool alone;             /* its master has told that nobody else is left of the group */
    rs_pid master;          /* 0: there is none, also of a library that runs */
    rs_pid top;             /* 0: not up */
    rs_atom module;         /* whose callback runs, while it starts */
    rs_atom phase;          /* 0: `start` */
    rs_from stopper;        /* STOPPING: who asked first */
    rs_app_waiter *waiters; /* the first is the first */
} rs_app;

typedef struct rs_controller {
    rs_app *apps; /* those that were started last are first */
    rs_application_env env, config, command_line;
} rs_controller;

/* rs_application_state_find returns the application called `name`, rs_application_state_led_by the
 * one led by `master`; NULL: none. */
rs_app *rs_application_state_find(const rs_controller *self, rs_atom name);
rs_app *rs_application_state_led_by(const rs_controller *self, rs_pid master);

/* rs_application_state_runs notes that it runs, the newest of all. */
void rs_application_state_runs(rs_controller *self, rs_app *app);

/* rs_application_state_wait adds a waiter behind the others. */
void rs_application_state_wait(rs_app *app, rs_from from, rs_application_word word,
                               rs_restart type);

/* rs_application_state_missing returns the first application that `app` needs and that has not been
 * started, 0: none; with `running`, that does not run. Optional ones are not needed. */
rs_atom rs_application_state_missing(const rs_controller *self, const rs_app *app, bool running);

/* These return ok or {error,Reason}, the caller's. */
rs_term rs_application_state_load(rs_controller *self, const rs_application *application);
rs_term rs_application_state_unload(rs_controller *self, rs_atom name);
rs_term rs_application_state_change(rs_controller *self, const rs_config *config);

/* rs_application_state_bad_value returns {bad_environment_value,Text}, the caller's. */
rs_term rs_application_state_bad_value(const char *text);

#endif
