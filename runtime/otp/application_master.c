/* application_master.c: a process that leads a group, the top supervisor linked to it. Whatever the
 * tree spawns belongs to the group, so that nothing is left when the application has stopped.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_master.h"

#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_stop.h"

#include <string.h>

typedef struct master {
    const rs_application *application;
    rs_pid controller;
    rs_pid top; /* 0: not up yet, or it died by itself */
    bool up;
} master;

static const rs_type stop_type = {.name = "application_stop"};
const rs_type rs_master_news_type = {.name = "application_news", .bytes = sizeof(rs_master_news)};

static void tell(const master *self, const rs_master_news *news) {
    rs_gen_server_cast(self->controller, &rs_master_news_type, news, sizeof *news);
}

/* ---------------------------------------------------------------- leaving nothing behind */

/* The killed die at once where they run; one that must be jailed first takes milliseconds. */
#define YIELDS   64u
#define PAUSE_NS UINT64_C(1000000)

/* Again and again: somebody may have spawned just before it died. */
void rs_application_master_kill_group(rs_pid group) {
    uint64_t own = group == rs_self();
    for (uint32_t round = 0; rs_group_count(group) > own; round++) {
        rs_group_kill(group);
        if (round < YIELDS)
            rs_yield();
        else
            rs_sleep(PAUSE_NS);
    }
}

static void stop_top(const master *self) {
    if (self->top)
        rs_term_release(rs_supervisor_stop_process(self->top, RS_SHUTDOWN_INFINITY).reason);
}

static void call_prep_stop(void *argument) {
    const rs_application *application = argument;
    application->prep_stop(application->args);
}

static void call_stop(void *argument) {
    const rs_application *application = argument;
    application->stop(application->args);
}

/* A4. The callbacks of an application whose start failed are not called. */
static void shut_down(const master *self) {
    void *application = (void *)(uintptr_t)self->application;
    if (self->up && self->application->prep_stop) rs_catch(call_prep_stop, application, NULL);
    stop_top(self);
    if (self->up && self->application->stop) rs_catch(call_stop, application, NULL);
    rs_application_master_kill_group(rs_self());
    const rs_master_news news = {.word = RS_MASTER_ALONE};
    tell(self, &news);
}

/* ---------------------------------------------------------------- why a start failed */

/* {Module,start,[normal,[]]}, of a phase {Module,start_phase,[Phase,normal,[]]}. */
static rs_term call_site(rs_atom module, rs_atom phase) {
    rs_term normal = RS_ATOM(normal), nothing = rs_term_list(0, NULL);
    if (!phase) {
        rs_term args = rs_shape_list_of_two(normal, nothing);
        return rs_shape_triple(module, rs_shape_word("start"), args);
    }
    const rs_term elements[] = {phase, normal, nothing};
    rs_term args = rs_term_list(3, elements);
    rs_term_release(nothing);
    return rs_shape_triple(module, rs_shape_word("start_phase"), args);
}

/* {bad_return,{Site,Value}} and its like; takes all references. */
static rs_term bad_value(rs_atom word, rs_term site, rs_term value) {
    return rs_shape_pair(word, rs_shape_pair(site, value));
}

/* ---------------------------------------------------------------- start phases */

static const rs_start_phase *find_phase(const rs_application *application, const char *phase) {
    const rs_start_phase *one = application->start_phases;
    while (one && one->phase && strcmp(one->phase, phase) != 0) one++;
    return one && one->phase ? one : NULL;
}

typedef struct phase_call {
    const rs_application *of;
    const rs_start_phase *phase;
    rs_term answer;
} phase_call;

static void call_phase(void *argument) {
    phase_call *it = argument;
    it->answer = it->of->start_phase(it->phase->phase, it->of->args, it->phase->args);
}

/* What the callback answers, or what it ends with. */
static rs_term ask_phase(phase_call *it) {
    if (!it->of->start_phase) return rs_shape_exit(rs_shape_word("undef"));
    rs_term reason = 0;
    return rs_catch(call_phase, it, &reason) == RS_CAUGHT_NOTHING ? it->answer
                                                                  : rs_shape_exit(reason);
}

/* Returns why it failed, the caller's; 0: it did not. */
static rs_term run_phase(const rs_application *of, const rs_start_phase *phase) {
    phase_call it = {.of = of, .phase = phase};
    rs_term answer = ask_phase(&it);
    if (answer == RS_ATOM(ok)) return 0;
    rs_term site = call_site(rs_shape_word(of->name), rs_shape_word(phase->phase));
    if (!rs_term_is_pair(answer, RS_ATOM(error)))
        return bad_value(RS_ATOM(bad_return_value), site, answer);
    rs_term reason = rs_term_element(answer, 1);
    rs_term_release(answer);
    return rs_shape_pair(reason, site);
}

/* The application, then those it includes. How deep they nest was bounded when it was loaded. */
static rs_term run_everywhere(const rs_application *of, const char *phase) {
    const rs_start_phase *own = find_phase(of, phase);
    rs_term why = own ? run_phase(of, own) : 0;
    const rs_application *const *included = of->included_applications;
    for (; !why && included && *included; included++) why = run_everywhere(*included, phase);
    return why;
}

/* A8 */
static rs_term run_phases(const rs_application *application) {
    const rs_start_phase *one = application->start_phases;
    rs_term why = 0;
    for (; !why && one && one->phase; one++) why = run_everywhere(application, one->phase);
    return why;
}

/* ---------------------------------------------------------------- the process */

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    *(master *)state = *(const master *)args;
    rs_group_lead();
    rs_trap_exit(true);
    return rs_continue(&stop_type, NULL, 0);
}

typedef struct start_call {
    const rs_application *application;
    rs_start_result result;
    rs_pid top;
    rs_term reason;
} start_call;

static void call_start(void *argument) {
    start_call *it = argument;
    it->result = it->application->start(it->application->args, &it->top, &it->reason);
}

/* A2: returns why it failed, the caller's; 0: it did not. */
static rs_term start_top(master *self) {
    start_call it = {.application = self->application, .reason = RS_ATOM(undefined)};
    rs_term thrown = 0;
    bool returned = rs_catch(call_start, &it, &thrown) == RS_CAUGHT_NOTHING;
    rs_term exit = returned ? 0 : rs_shape_exit(thrown);
    if (!returned) rs_term_release(it.reason);
    if (!returned || it.result == RS_START_OK) self->top = it.top;
    rs_term site = call_site(rs_shape_word(self->application->name), 0);
    if (!returned && thrown == RS_ATOM(normal)) return rs_shape_pair(exit, site);
    if (!returned) return bad_value(RS_ATOM(bad_return), site, exit);
    if (it.result == RS_START_ERROR) return rs_shape_pair(it.reason, site);
    if (it.result == RS_START_IGNORE || !it.top)
        return bad_value(RS_ATOM(bad_return), site, RS_ATOM(ignore));
    rs_term_release(site);
    return 0;
}

static rs_next start(master *self) {
    rs_term why = start_top(self);
    if (!why) why = run_phases(self->application);
    if (why) return rs_stop(why);
    self->up = true;
    const rs_master_news news = {.word = RS_MASTER_UP, .top = self->top};
    tell(self, &news);
    return RS_NOREPLY;
}

static rs_next handle_continue(void *state, const rs_message *what) {
    (void)what;
    return start(state);
}

static rs_next handle_cast(void *state, const rs_message *request) {
    (void)state;
    return request->type == &stop_type ? rs_stop(RS_ATOM(normal)) : RS_NOREPLY;
}

static rs_next handle_info(void *state, const rs_message *info) {
    master *self = state;
    if (info->kind != RS_MESSAGE_EXIT || info->from != self->top) return RS_NOREPLY;
    self->top = 0;
    rs_term reason = rs_message_reason(info);
    rs_term_retain(reason, 1);
    return rs_stop(reason);
}

static void terminate(void *state, rs_term reason) {
    (void)reason;
    shut_down(state);
}

static const rs_gen_server module = {
    .name = "application_master",
    .state_bytes = sizeof(master),
    .init = init,
    .handle_cast = handle_cast,
    .handle_info = handle_info,
    .handle_continue = handle_continue,
    .terminate = terminate,
};

/* ---------------------------------------------------------------- the controller's side */

rs_pid rs_application_master_start(const rs_application *application) {
    const master given = {.application = application, .controller = rs_self()};
    const rs_start_options options = {.link = true};
    rs_pid pid = 0;
    rs_start_result result =
        rs_gen_server_start(&module, &given, sizeof given, &options, &pid, NULL);
    return result == RS_START_OK ? pid : 0;
}

void rs_application_master_stop(rs_pid master_pid) {
    rs_gen_server_cast(master_pid, &stop_type, NULL, 0);
}
