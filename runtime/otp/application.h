/* application.h: trees started and stopped as units, in order, leaving nothing behind.
 * Source: rules A1-A8.
 * SPDX-License-Identifier: MIT
 *
 *     static const rs_application shop = {
 *         .name = "shop",
 *         .start = start_top_supervisor,
 *         .applications = (const char *const[]){"store", NULL},
 *         .env = (const rs_parameter[]){{"port", "8080"}, {0}},
 *     };
 *     rs_application_load(&store);
 *     rs_term answer = rs_application_ensure_all_started(&shop, RS_PERMANENT);
 *
 * An application is known once it is loaded: what OTP finds in a file `shop.app` is a struct here,
 * which must stay valid, with all that it points to, until it is unloaded. After that it goes by
 * its name.
 */
#ifndef RS_APPLICATION_H
#define RS_APPLICATION_H

#include "runtime/otp/supervisor.h"

/* A value of the environment, as Erlang's text: "8080", "{tcp,[a,b]}", "\"a text\"". */
typedef struct rs_parameter {
    const char *key, *value;
} rs_parameter;

/* Parameters of one application in a layer of the configuration. */
typedef struct rs_config {
    const char *application;
    const rs_parameter *parameters;
} rs_config;

typedef struct rs_start_phase {
    const char *phase;
    const void *args;
} rs_start_phase;

/* All lists end with an element that is NULL or has a NULL name; none at all is an empty one. The
 * callbacks run in one process, the application's master; who crashes in one of the three at the
 * end is followed by the next. `args` is given to all of them, as a pointer. */
typedef struct rs_application {
    const char *name;
    /* start starts the top supervisor, linked to the caller's process; like rs_start_function.
     * NULL: a library, which has no processes. */
    rs_start_result (*start)(const void *args, rs_pid *top, rs_term *reason);
    void (*prep_stop)(
        const void *args);          /* before the tree stops, or when it is gone; may be NULL */
    void (*stop)(const void *args); /* after it has stopped; may be NULL */
    const void *args;
    const char *description, *vsn;            /* NULL: "" */
    const char *const *applications;          /* must be started before it */
    const char *const *optional_applications; /* those of them that may be missing */
    const struct rs_application *const *included_applications; /* loaded with it, started by it */
    const rs_parameter *env;
    /* Steps of the start when the tree is up: start_phase is called for each, first of this
     * application, then of those included applications that have the phase as well. It returns the
     * atom ok or {error,Reason}, its caller's. */
    const rs_start_phase *start_phases;
    rs_term (*start_phase)(const char *phase, const void *args, const void *phase_args);
    /* config_change is told what rs_application_config_change has made of the environment of a
     * running application: lists of {Key,Value}, {Key,Value} and Key, borrowed. It returns the atom
     * ok or {error,Reason}, its caller's; it runs in the caller of that. May be NULL. */
    rs_term (*config_change)(const void *args, rs_term changed, rs_term new, rs_term removed);
} rs_application;

/* All calls below wait without limit. What returns a term returns OTP's answer, the caller's: the
 * atom ok or {error,Reason}, unless it says otherwise. Without a controller (see
 * application_controller.h) the first call starts one; one that ends meanwhile gives its reason. */

/* rs_application_load makes the application known, with those it includes. Errors:
 * {already_loaded,App}, {bad_environment_value,Text}. */
rs_term rs_application_load(const rs_application *application);

/* rs_application_unload forgets it, its environment and those it includes. Errors: {running,App},
 * {not_loaded,App}. */
rs_term rs_application_unload(rs_atom name);

/* rs_application_start starts the application, which is loaded if none of its name is. `type` says
 * what becomes of the node when the top ends by itself (A5): RS_TEMPORARY, nothing; RS_TRANSIENT,
 * the controller stops all and ends, unless the reason is normal; RS_PERMANENT, the same always.
 * What has ended may be started again, by hand. Errors (A1, A2): {already_started,App},
 * {not_started,Dep}, {not_running,Dep}, {Reason,{App,start,[normal,[]]}},
 * {bad_return,{{App,start,[normal,[]]},Value}}, and the like of start_phase. */
rs_term rs_application_start(const rs_application *application, rs_restart type);

/* rs_application_ensure_all_started starts it after all that it needs, depth first, and returns
 * {ok,Started}, in order. Errors (A3): {App,Reason}, when those that it started are stopped again:
 * a Reason of rs_application_start, {"no such file or directory","App.app"} for one that is not
 * loaded, or {circular_dependencies,Apps}. */
rs_term rs_application_ensure_all_started(const rs_application *application, rs_restart type);

/* rs_application_stop: prep_stop, then the top supervisor is told `shutdown` and waited for without
 * limit, then stop, then every process still in its group is killed; it returns when none is left.
 * Errors: {not_started,App}. */
rs_term rs_application_stop(rs_atom name);

/* [{App,Description,Vsn}] of those that run, the newest first, and of all that are loaded. */
rs_term rs_application_which_applications(void);
rs_term rs_application_loaded_applications(void);

/* rs_application_get_all_key returns what is loaded under the name; NULL: nothing. */
const rs_application *rs_application_get_all_key(rs_atom name);

/* rs_application_get_application returns whose process the caller is; 0: no application's. */
rs_atom rs_application_get_application(void);

/* rs_application_get_master returns the process that leads the application's group, from the
 * beginning of its start to its end; rs_application_top the top supervisor that it has started. 0:
 * there is none. */
rs_pid rs_application_get_master(rs_atom name);
rs_pid rs_application_top(rs_atom name);

/* ---------------------------------------------------------------- the environment */

/* rs_application_get_env sets *value, the caller's; false: undefined. One call of the controller:
 * who needs it for each message keeps it. */
bool rs_application_get_env(rs_atom name, rs_atom key, rs_term *value);

/* rs_application_get_all_env returns [{Key,Value}], by keys. */
rs_term rs_application_get_all_env(rs_atom name);

/* rs_application_set_env sets a value (borrowed) whether the application is loaded or not. Loading
 * overrides it with what is given there, and unloading forgets it, unless it is `persistent`: then
 * it counts as configured from now on (A7). Errors: system_limit, when the value does not fit into
 * RS_PACKED_TERM_WORDS. */
rs_term rs_application_set_env(rs_atom name, rs_atom key, rs_term value, bool persistent);
rs_term rs_application_unset_env(rs_atom name, rs_atom key, bool persistent);

/* rs_application_config_change puts `config` in the place of the configuration that the controller
 * was given, lets every loaded application's environment be as if it had just been loaded, and
 * tells the running ones whose environment is another now, the newest first. Errors:
 * {bad_environment_value,Text}, with nothing changed; [Reason] of the callbacks. */
rs_term rs_application_config_change(const rs_config *config);

#endif
