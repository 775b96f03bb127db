/* application_state.c: see application_state.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_state.h"

#include "runtime/otp/shape.h"

#include <string.h>

/* How deep applications may include one another: OTP's own do not at all, and whoever gets here has
 * a circle. */
#define INCLUDED_DEPTH_MAX 8u

static rs_term error(rs_term reason) {
    return rs_shape_pair(RS_ATOM(error), reason);
}

/* ---------------------------------------------------------------- who there is */

static rs_app **find_place(rs_controller *self, rs_atom name) {
    rs_app **at = &self->apps;
    while (*at && (*at)->name != name) at = &(*at)->next;
    return at;
}

rs_app *rs_application_state_find(const rs_controller *self, rs_atom name) {
    rs_app *app = self->apps;
    while (app && app->name != name) app = app->next;
    return app;
}

rs_app *rs_application_state_led_by(const rs_controller *self, rs_pid master) {
    rs_app *app = self->apps;
    while (app && app->master != master) app = app->next;
    return master ? app : NULL;
}

void rs_application_state_runs(rs_controller *self, rs_app *app) {
    *find_place(self, app->name) = app->next;
    app->next = self->apps;
    self->apps = app;
    app->stage = RS_APP_RUNNING;
    app->started = true;
}

void rs_application_state_wait(rs_app *app, rs_from from, rs_application_word word,
                               rs_restart type) {
    rs_app_waiter **at = &app->waiters;
    while (*at) at = &(*at)->next;
    *at = rs_alloc(sizeof **at);
    **at = (rs_app_waiter){.from = from, .word = word, .type = type};
}

/* ---------------------------------------------------------------- what it needs */

static bool is_listed(const char *const *names, const char *name) {
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

rs_atom rs_application_state_missing(const rs_controller *self, const rs_app *app, bool running) {
    const rs_application *its = app->application;
    for (const char *const *one = its->applications; one && *one; one++) {
        rs_atom name = rs_shape_word(*one);
        if (is_listed(its->optional_applications, *one)) continue;
        const rs_app *needed = rs_application_state_find(self, name);
        if (!needed || !needed->started) return name;
        if (running && needed->stage != RS_APP_RUNNING) return name;
    }
    return 0;
}

/* ---------------------------------------------------------------- loading */

rs_term rs_application_state_bad_value(const char *text) {
    rs_term value = rs_term_text(text, (uint32_t)strlen(text));
    return rs_shape_pair(rs_shape_word("bad_environment_value"), value);
}

/* Why it cannot be loaded, the caller's; 0: it can. */
static rs_term check(const rs_application *application, uint32_t depth) {
    rs_atom name = rs_atom_find(application->name);
    if (!name) return RS_ATOM(system_limit);
    if (depth == INCLUDED_DEPTH_MAX)
        return rs_shape_pair(rs_shape_word("circular_dependencies"), rs_term_list(1, &name));
    rs_application_env trial = {0};
    const char *wrong = NULL;
    rs_application_env_read(&trial, name, application->env, &wrong);
    rs_application_env_clear(&trial);
    rs_term why = wrong ? rs_application_state_bad_value(wrong) : 0;
    const rs_application *const *included = application->included_applications;
    for (; !why && included && *included; included++) why = check(*included, depth + 1);
    return why;
}

/* A7: what comes later wins. The texts are known to be right. */
static void fill_env(rs_controller *self, const rs_application *application, rs_atom name) {
    const char *wrong;
    rs_application_env_read(&self->env, name, application->env, &wrong);
    rs_application_env_merge(&self->env, &self->config, name);
    rs_application_env_merge(&self->env, &self->command_line, name);
}

static void load(rs_controller *self, const rs_application *application) {
    rs_atom name = rs_atom_find(application->name);
    rs_app **at = find_place(self, name);
    if (*at) return;
    *at = rs_alloc(sizeof **at);
    **at = (rs_app){.name = name, .application = application};
    fill_env(self, application, name);
    const rs_application *const *included = application->included_applications;
    for (; included && *included; included++) load(self, *included);
}

rs_term rs_application_state_load(rs_controller *self, const rs_application *application) {
    rs_atom name = rs_shape_word(application->name);
    if (rs_application_state_find(self, name))
        return error(rs_shape_pair(rs_shape_word("already_loaded"), name));
    rs_term why = check(application, 0);
    if (why) return error(why);
    load(self, application);
    return RS_ATOM(ok);
}

/* ---------------------------------------------------------------- unloading */

/* Included ones that were started on their own stay, unlike OTP's, which run on unknown. */
static void unload(rs_controller *self, rs_atom name) {
    rs_app **at = find_place(self, name), *gone = *at;
    if (!gone || gone->stage != RS_APP_LOADED) return;
    const rs_application *const *included = gone->application->included_applications;
    *at = gone->next;
    rs_free(gone, sizeof *gone);
    rs_application_env_forget(&self->env, name);
    for (; included && *included; included++) unload(self, rs_shape_word((*included)->name));
}

rs_term rs_application_state_unload(rs_controller *self, rs_atom name) {
    const rs_app *app = rs_application_state_find(self, name);
    if (!app) return error(rs_shape_pair(rs_shape_word("not_loaded"), name));
    if (app->stage != RS_APP_LOADED) return error(rs_shape_pair(RS_ATOM(running), name));
    unload(self, name);
    return RS_ATOM(ok);
}

rs_term rs_application_state_change(rs_controller *self, const rs_config *config) {
    rs_application_env fresh = {0};
    const char *wrong;
    if (!rs_application_env_read_config(&fresh, config, &wrong)) {
        rs_application_env_clear(&fresh);
        return error(rs_application_state_bad_value(wrong));
    }
    rs_application_env_clear(&self->config);
    self->config = fresh;
    for (const rs_app *app = self->apps; app; app = app->next) {
        rs_application_env_forget(&self->env, app->name);
        fill_env(self, app->application, app->name);
    }
    return RS_ATOM(ok);
}
