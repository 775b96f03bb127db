/* application.c: a master process that leads a group, the top supervisor linked to it. Whatever the
 * tree spawns belongs to the group, so that nothing is left when the application has stopped.
 * Source: rules A2, A4, A5 (temporary: the end of the top is nobody else's).
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application.h"

#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_stop.h"

typedef struct start_args {
    const rs_application *application;
    const void *args;
} start_args;

typedef struct master {
    const rs_application *application;
    const void *args;
    rs_pid top; /* 0: it died by itself */
} master;

static const rs_type top_type = {.name = "application_top", .bytes = sizeof(rs_pid)};

/* ---------------------------------------------------------------- leaving nothing behind */

/* The killed die at once where they run; one that must be jailed first takes milliseconds. */
#define YIELDS   64u
#define PAUSE_NS UINT64_C(1000000)

static bool never(const rs_message *message, void *context) {
    (void)message, (void)context;
    return false;
}

/* Again and again: somebody may have spawned just before it died. */
static void kill_group(void) {
    rs_pid group = rs_self();
    for (uint32_t round = 0; rs_group_count(group) > 1; round++) {
        rs_group_kill(group);
        if (round < YIELDS)
            rs_yield();
        else
            rs_receive(never, NULL, PAUSE_NS);
    }
}

/* ---------------------------------------------------------------- the master */

/* A2, without the {Mod,start,Args} that OTP adds to the reason: the caller knows it. */
static rs_next fail(rs_term reason) {
    kill_group();
    return rs_stop(reason);
}

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    const start_args *given = args;
    master *self = state;
    *self = (master){.application = given->application, .args = given->args};
    rs_group_lead();
    rs_trap_exit(true);
    rs_term reason = RS_ATOM(undefined);
    switch (self->application->start(self->args, &self->top, &reason)) {
    case RS_START_OK: return RS_INIT_OK;
    case RS_START_IGNORE: return fail(rs_shape_pair(RS_ATOM(bad_return), RS_ATOM(ignore)));
    default: return fail(reason);
    }
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from, (void)request;
    const master *self = state;
    return rs_reply(&top_type, &self->top, sizeof self->top);
}

/* A5 */
static rs_next handle_info(void *state, const rs_message *info) {
    master *self = state;
    if (info->kind != RS_MESSAGE_EXIT || info->from != self->top) return RS_NOREPLY;
    self->top = 0;
    rs_term reason = rs_message_reason(info);
    rs_term_retain(reason, 1);
    return rs_stop(reason);
}

/* A4; prep_stop only when there is something to prepare. */
static void terminate(void *state, rs_term reason) {
    (void)reason;
    master *self = state;
    const rs_application *application = self->application;
    if (self->top) {
        if (application->prep_stop) application->prep_stop(self->args);
        rs_term_release(rs_supervisor_stop_process(self->top, RS_SHUTDOWN_INFINITY).reason);
    }
    if (application->stop) application->stop(self->args);
    kill_group();
}

static const rs_gen_server module = {
    .name = "application_master",
    .state_bytes = sizeof(master),
    .init = init,
    .handle_call = handle_call,
    .handle_info = handle_info,
    .terminate = terminate,
};

/* ---------------------------------------------------------------- callers */

rs_start_result rs_application_start(const rs_application *application, const void *args,
                                     rs_pid *master_pid, rs_term *reason) {
    const start_args given = {.application = application, .args = args};
    const rs_start_options options = {0};
    return rs_gen_server_start(&module, &given, sizeof given, &options, master_pid, reason);
}

rs_err rs_application_stop(rs_pid master_pid) {
    return rs_gen_server_stop(master_pid, RS_ATOM(normal), RS_FOREVER);
}

rs_pid rs_application_top(rs_pid master_pid) {
    rs_term reason;
    const rs_message *reply =
        rs_gen_server_try_call(master_pid, &top_type, NULL, 0, RS_FOREVER, &reason);
    if (reply) return *(const rs_pid *)(const void *)reply->payload;
    rs_term_release(reason);
    return 0;
}

uint64_t rs_application_count(rs_pid master_pid) { return rs_group_count(master_pid); }
