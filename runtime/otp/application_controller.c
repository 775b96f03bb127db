/* application_controller.c: never waits for an application that starts or stops: callbacks may ask
 * it for anything meanwhile.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_controller.h"

#include "runtime/base/assert.h"
#include "runtime/otp/application_master.h"
#include "runtime/otp/application_state.h"
#include "runtime/otp/packed_term.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_stop.h"

#include <string.h>

const rs_type rs_application_request_type = {.name = "application_request"};
static const rs_type answer_type = {.name = "application_answer"};

/* ---------------------------------------------------------------- answering */

/* Takes the reference to `answer`. */
static void answer_to(rs_from from, rs_term answer) {
    uint64_t words[RS_PACKED_TERM_WORDS];
    uint32_t count = rs_packed_term_write(answer, words);
    rs_term_release(answer);
    rs_reply_to(from, &answer_type, words, count * (uint32_t)sizeof *words);
}

static rs_next answer(rs_term term) {
    uint64_t words[RS_PACKED_TERM_WORDS];
    uint32_t count = rs_packed_term_write(term, words);
    rs_term_release(term);
    return rs_reply(&answer_type, words, count * (uint32_t)sizeof *words);
}

static rs_term error(rs_atom word, rs_atom name) {
    return rs_shape_pair(RS_ATOM(error), rs_shape_pair(word, name));
}

static rs_app_waiter *next_waiter(rs_app *app, rs_app_waiter *copy) {
    rs_app_waiter *first = app->waiters;
    if (!first) return NULL;
    *copy = *first;
    app->waiters = first->next;
    rs_free(first, sizeof *first);
    return copy;
}

/* Borrows `term`. */
static void answer_all(rs_app *app, rs_term term) {
    rs_app_waiter one;
    while (next_waiter(app, &one)) {
        rs_term_retain(term, 1);
        answer_to(one.from, term);
    }
}

/* ---------------------------------------------------------------- the end of an application */

static void report(const rs_app *app, rs_term reason) {
    rs_report it = {.context = RS_REPORT_EXITED,
                    .id = app->application->name,
                    .child = app->master,
                    .reason = reason};
    rs_emit_report(&it);
}

/* A5: the end of the node is this process's; `word` says of what. */
static rs_next end_node(rs_atom name, const char *word, rs_term reason) {
    rs_term_retain(reason, 1);
    return rs_stop(rs_shape_triple(rs_shape_word(word), name, reason));
}

/* {{'EXIT',normal},_}: the callback has ended its process as one does who has nothing to do. */
static bool is_harmless(rs_term reason) {
    rs_term first = rs_term_size(reason) == 2 ? rs_term_element(reason, 0) : 0;
    rs_term second = rs_term_size(first) == 2 ? rs_term_element(first, 1) : 0;
    bool harmless = rs_term_is_pair(first, rs_shape_word("EXIT")) && second == RS_ATOM(normal);
    rs_term_release(first);
    rs_term_release(second);
    return harmless;
}

/* Borrows `reason`. */
static rs_next start_failed(rs_app *app, rs_term reason) {
    app->stage = RS_APP_LOADED;
    rs_term_retain(reason, 1);
    rs_term told = rs_shape_pair(RS_ATOM(error), reason);
    answer_all(app, told);
    rs_term_release(told);
    if (app->type == RS_TEMPORARY) return RS_NOREPLY;
    if (app->type == RS_TRANSIENT && is_harmless(reason)) return RS_NOREPLY;
    return end_node(app->name, "application_start_failure", reason);
}

static rs_next take(rs_controller *self, const rs_app_waiter *one, rs_atom name);

/* Those who came meanwhile get their turn. */
static rs_next stopped(rs_controller *self, rs_app *app) {
    rs_atom name = app->name;
    rs_app_waiter *waiting = app->waiters;
    app->waiters = NULL;
    app->stage = RS_APP_LOADED;
    answer_to(app->stopper, RS_ATOM(ok));
    rs_next next = RS_NOREPLY;
    while (waiting) {
        rs_app_waiter one = *waiting;
        rs_free(waiting, sizeof *waiting);
        waiting = one.next;
        if (next == RS_NOREPLY) next = take(self, &one, name);
    }
    return next;
}

/* A5, A6 */
static rs_next ended(rs_app *app, rs_term reason) {
    app->stage = RS_APP_LOADED;
    if (app->type == RS_TEMPORARY) return RS_NOREPLY;
    if (app->type == RS_TRANSIENT && reason == RS_ATOM(normal)) return RS_NOREPLY;
    return end_node(app->name, "application_terminated", reason);
}

/* A master that was killed has left its group behind. */
static rs_next on_end(rs_controller *self, rs_app *app, rs_term reason) {
    if (!app->alone) rs_application_master_kill_group(app->master);
    report(app, app->stage == RS_APP_STOPPING ? rs_shape_word("stopped") : reason);
    app->master = app->top = 0;
    switch (app->stage) {
    case RS_APP_STARTING: return start_failed(app, reason);
    case RS_APP_STOPPING: return stopped(self, app);
    default: return ended(app, reason);
    }
}

/* ---------------------------------------------------------------- starting and stopping */

static rs_next started(rs_controller *self, rs_app *app) {
    rs_application_state_runs(self, app);
    answer_all(app, RS_ATOM(ok));
    return RS_NOREPLY;
}

static rs_next start(rs_controller *self, rs_app *app, rs_restart type) {
    app->type = type;
    app->stage = RS_APP_STARTING;
    if (!app->application->start) return started(self, app);
    rs_atom missing = rs_application_state_missing(self, app, true);
    if (missing) {
        rs_term why = rs_shape_pair(rs_shape_word("not_running"), missing);
        rs_next next = start_failed(app, why);
        rs_term_release(why);
        return next;
    }
    app->alone = false;
    app->master = rs_application_master_start(app->application);
    return app->master ? RS_NOREPLY : start_failed(app, RS_ATOM(system_limit));
}

/* A1. Who comes while it starts has the same answer as the first. */
static rs_next take_start(rs_controller *self, const rs_app_waiter *one, rs_app *app) {
    rs_atom missing = 0;
    if (app->stage == RS_APP_RUNNING)
        answer_to(one->from, error(RS_ATOM(already_started), app->name));
    else if (app->stage != RS_APP_STARTING &&
             (missing = rs_application_state_missing(self, app, false)))
        answer_to(one->from, error(RS_ATOM(not_started), missing));
    else
        rs_application_state_wait(app, one->from, one->word, one->type);
    return app->stage == RS_APP_LOADED && !missing ? start(self, app, one->type) : RS_NOREPLY;
}

/* A4. One that ended by itself needs no more than not to count as started. */
static rs_next take_stop(const rs_app_waiter *one, rs_app *app) {
    bool runs = app->stage == RS_APP_RUNNING;
    if (!app->started) {
        answer_to(one->from, error(RS_ATOM(not_started), app->name));
        return RS_NOREPLY;
    }
    app->started = false;
    if (runs && app->master) {
        app->stage = RS_APP_STOPPING;
        app->stopper = one->from;
        rs_application_master_stop(app->master);
        return RS_NOREPLY;
    }
    if (runs) report(app, rs_shape_word("stopped"));
    if (runs) app->stage = RS_APP_LOADED;
    answer_to(one->from, RS_ATOM(ok));
    return RS_NOREPLY;
}

/* START, STOP or UNLOAD, which wait while it stops. */
static rs_next take(rs_controller *self, const rs_app_waiter *one, rs_atom name) {
    rs_app *app = rs_application_state_find(self, name);
    if (app && app->stage == RS_APP_STOPPING) {
        rs_application_state_wait(app, one->from, one->word, one->type);
        return RS_NOREPLY;
    }
    if (one->word == RS_APPLICATION_UNLOAD)
        answer_to(one->from, rs_application_state_unload(self, name));
    else if (app)
        return one->word == RS_APPLICATION_STOP ? take_stop(one, app) : take_start(self, one, app);
    else
        answer_to(one->from, one->word == RS_APPLICATION_STOP
                                 ? error(RS_ATOM(not_started), name)
                                 : error(rs_shape_word("not_loaded"), name));
    return RS_NOREPLY;
}

/* ---------------------------------------------------------------- telling */

static rs_application_entry entry_of(const rs_app *app) {
    return (rs_application_entry){app->name, app->application, app->master, app->top,
                                  app->stage == RS_APP_RUNNING};
}

static rs_next tell_one(const rs_app *app) {
    if (!app) return rs_reply(&answer_type, NULL, 0);
    const rs_application_entry entry = entry_of(app);
    return rs_reply(&answer_type, &entry, sizeof entry);
}

static rs_next tell_all(const rs_controller *self, bool loaded) {
    uint32_t count = 0, used = 0;
    for (const rs_app *app = self->apps; app; app = app->next) count++;
    size_t bytes = (count + 1) * sizeof(rs_application_entry);
    rs_application_entry *entries = rs_alloc(bytes);
    for (const rs_app *app = self->apps; app; app = app->next)
        if (loaded || app->stage == RS_APP_RUNNING) entries[used++] = entry_of(app);
    rs_next next = rs_reply(&answer_type, entries, used * (uint32_t)sizeof *entries);
    rs_free(entries, bytes);
    return next;
}

static rs_next tell_env(const rs_env_value *value) {
    if (!value) return rs_reply(&answer_type, NULL, 0);
    return rs_reply(&answer_type, value->words, value->count * (uint32_t)sizeof value->words[0]);
}

static rs_next tell_all_env(const rs_env_value *values) {
    uint32_t count = 1, used = 0;
    for (const rs_env_value *one = values; one; one = one->next) count += 2 + one->count;
    uint64_t *words = rs_alloc(count * sizeof *words);
    for (const rs_env_value *one = values; one; one = one->next) {
        words[used++] = one->key;
        words[used++] = one->count;
        memcpy(&words[used], one->words, one->count * sizeof *words);
        used += one->count;
    }
    rs_next next = rs_reply(&answer_type, words, used * (uint32_t)sizeof *words);
    rs_free(words, count * sizeof *words);
    return next;
}

/* ---------------------------------------------------------------- the environment */

static rs_term set_env(rs_controller *self, const rs_application_request *it) {
    rs_application_env_put(&self->env, it->name, it->key, it->words, it->count);
    if (it->persistent)
        rs_application_env_put(&self->config, it->name, it->key, it->words, it->count);
    return RS_ATOM(ok);
}

static rs_term unset_env(rs_controller *self, const rs_application_request *it) {
    rs_application_env_unset(&self->env, it->name, it->key);
    if (it->persistent) rs_application_env_unset(&self->config, it->name, it->key);
    return RS_ATOM(ok);
}

/* ---------------------------------------------------------------- the process */

static rs_next handle_call(void *state, rs_from from, const rs_message *message) {
    if (message->type != &rs_application_request_type) return rs_stop(RS_ATOM(bad_request));
    rs_controller *self = state;
    const rs_application_request *it = (const void *)message->payload;
    const rs_app_waiter one = {.from = from, .word = it->word, .type = (rs_restart)it->type};
    switch ((rs_application_word)it->word) {
    case RS_APPLICATION_LOAD: return answer(rs_application_state_load(self, it->application));
    case RS_APPLICATION_UNLOAD:
    case RS_APPLICATION_START:
    case RS_APPLICATION_STOP: return take(self, &one, it->name);
    case RS_APPLICATION_WHICH: return tell_all(self, false);
    case RS_APPLICATION_LOADED: return tell_all(self, true);
    case RS_APPLICATION_ONE: return tell_one(rs_application_state_find(self, it->name));
    case RS_APPLICATION_OF: return tell_one(rs_application_state_led_by(self, it->pid));
    case RS_APPLICATION_GET_ENV:
        return tell_env(rs_application_env_find(&self->env, it->name, it->key));
    case RS_APPLICATION_GET_ALL_ENV:
        return tell_all_env(rs_application_env_values(&self->env, it->name));
    case RS_APPLICATION_SET_ENV: return answer(set_env(self, it));
    case RS_APPLICATION_UNSET_ENV: return answer(unset_env(self, it));
    case RS_APPLICATION_CHANGE: return answer(rs_application_state_change(self, it->config));
    }
    RS_UNREACHABLE();
}

/* A master's news. */
static rs_next handle_cast(void *state, const rs_message *message) {
    rs_controller *self = state;
    rs_app *app = rs_application_state_led_by(self, message->from);
    if (message->type != &rs_master_news_type || !app) return RS_NOREPLY;
    const rs_master_news *news = (const void *)message->payload;
    switch ((rs_master_word)news->word) {
    case RS_MASTER_UP: app->top = news->top; return started(self, app);
    case RS_MASTER_ALONE: app->alone = true; return RS_NOREPLY;
    }
    RS_UNREACHABLE();
}

static rs_next handle_info(void *state, const rs_message *info) {
    rs_controller *self = state;
    rs_app *app = rs_application_state_led_by(self, info->from);
    if (info->kind != RS_MESSAGE_EXIT || !app) return RS_NOREPLY;
    return on_end(self, app, rs_message_reason(info));
}

/* A start is not waited for; whoever does not obey is not asked again. */
static void stop_app(const rs_app *app) {
    uint64_t patience = app->stage == RS_APP_STARTING ? RS_BRUTAL_KILL : RS_SHUTDOWN_INFINITY;
    rs_term_release(rs_supervisor_stop_process(app->master, patience).reason);
    rs_application_master_kill_group(app->master);
}

/* A5: those that start or stop, then in the reverse order of their starts. */
static void terminate(void *state, rs_term reason) {
    (void)reason;
    const rs_controller *self = state;
    for (const rs_app *app = self->apps; app; app = app->next)
        if (app->master && app->stage != RS_APP_RUNNING) stop_app(app);
    for (const rs_app *app = self->apps; app; app = app->next)
        if (app->master && app->stage == RS_APP_RUNNING) stop_app(app);
}

/* Its own group, since it is started on behalf of whoever comes first. */
static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    rs_controller *self = state;
    const rs_controller_options *options = args;
    const char *wrong;
    rs_group_lead();
    rs_trap_exit(true);
    if (!rs_application_env_read_config(&self->config, options->config, &wrong) ||
        !rs_application_env_read_config(&self->command_line, options->command_line, &wrong))
        return rs_stop(rs_application_state_bad_value(wrong));
    return RS_INIT_OK;
}

static const rs_gen_server module = {
    .name = "application_controller",
    .state_bytes = sizeof(rs_controller),
    .init = init,
    .handle_call = handle_call,
    .handle_cast = handle_cast,
    .handle_info = handle_info,
    .terminate = terminate,
};

rs_start_result rs_application_controller_start(const rs_controller_options *options,
                                                const rs_start_options *start_options, rs_pid *pid,
                                                rs_term *reason) {
    static const rs_controller_options nothing;
    rs_start_options named = {0};
    if (start_options) named = *start_options;
    if (!options) options = &nothing;
    named.name = rs_atom_find("application_controller");
    return rs_gen_server_start(&module, options, sizeof *options, &named, pid, reason);
}
