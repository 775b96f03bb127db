/* tree.c: see tree.h. All of it runs in the runtime's only thread and writes into the world.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/tree.h"

#include "runtime/otp/gen_server.h"

#include <string.h>

static const rs_type stop_type = {.name = "stop"};
static const rs_type ping_type = {.name = "ping"};
static const rs_type pong_type = {.name = "pong"};

/* ---------------------------------------------------------------- what starting leads to */

/* The line that the start of `place` leaves. */
static rs_start_result tell_start(rs_place *place, bool is_supervisor, rs_start_result result,
                                  rs_pid pid, rs_term reason) {
    rs_world *world = place->world;
    switch (result) {
    case RS_START_OK: rs_world_born(place, pid, is_supervisor); break;
    case RS_START_IGNORE: rs_world_say(world, "init_ignore %s", place->path); break;
    case RS_START_ERROR:
        rs_world_say(world, "init_fail %s %s", place->path, rs_world_term(world, reason));
        break;
    }
    return result;
}

static bool fails(const rs_case_node *node, uint64_t attempt) {
    for (uint32_t i = 0; i < node->attempt_count; i++)
        if (node->attempts[i] == attempt) return true;
    return false;
}

/* ---------------------------------------------------------------- workers */

typedef struct worker_state {
    rs_place *place;
    uint64_t delay_ns;
} worker_state;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_tree_start *start = args;
    const rs_case_node *node = start->node;
    rs_place *place = start->place;
    *(worker_state *)state = (worker_state){place, node->terminate_delay_ns};
    rs_trap_exit(node->traps_exit);
    switch (node->init) {
    case RS_CASE_STARTS: break;
    case RS_CASE_IGNORES: return rs_ignore();
    case RS_CASE_FAILS_FIRST:
        if (place->attempts <= node->number) return rs_stop(RS_ATOM(init_failed));
        break;
    case RS_CASE_FAILS_ATTEMPTS:
        if (fails(node, place->attempts)) return rs_stop(RS_ATOM(init_failed));
        break;
    case RS_CASE_FAILS_AFTER_STARTS:
        if (place->starts >= node->number) return rs_stop(RS_ATOM(init_failed));
        break;
    case RS_CASE_IGNORES_AFTER_STARTS:
        if (place->starts >= node->number) return rs_ignore();
        break;
    }
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from, (void)request;
    return rs_reply(&pong_type, NULL, 0);
}

static rs_next handle_cast(void *state, const rs_message *request) {
    (void)state;
    rs_term reason = 0;
    if (rs_term_parse((const char *)request->payload, &reason) != RS_OK) reason = RS_ATOM(badarg);
    return rs_stop(reason);
}

static rs_next handle_info(void *state, const rs_message *info) {
    rs_world *world = ((worker_state *)state)->place->world;
    const rs_life *life = rs_world_life(world, rs_self());
    if (info->kind == RS_MESSAGE_EXIT && life)
        rs_world_say(world, "trapped %s #%llu %s", life->place->path,
                     (unsigned long long)life->incarnation,
                     rs_world_term(world, rs_message_reason(info)));
    return RS_NOREPLY;
}

void rs_tree_sleep(uint64_t ns) {
    rs_sleep(ns);
}

static void terminate(void *state, rs_term reason) {
    const worker_state *self = state;
    rs_life *life = rs_world_life(self->place->world, rs_self());
    if (life) rs_world_say_of(life, "terminate", 0, reason);
    if (self->delay_ns) rs_tree_sleep(self->delay_ns);
}

static const rs_gen_server worker = {
    .name = "worker",
    .state_bytes = sizeof(worker_state),
    .init = init,
    .handle_call = handle_call,
    .handle_cast = handle_cast,
    .handle_info = handle_info,
    .terminate = terminate,
};

static rs_start_result start_worker_at(rs_place *place, const rs_case_node *node,
                                       const rs_start_options *options, rs_pid *pid,
                                       rs_term *reason) {
    const rs_tree_start start = {place, node};
    place->attempts++;
    rs_start_result result =
        rs_gen_server_start(&worker, &start, sizeof start, options, pid, reason);
    return tell_start(place, false, result, *pid, *reason);
}

static rs_start_result start_worker(const rs_child_start *child, rs_pid *pid, rs_term *reason) {
    const rs_tree_start *start = child->args;
    return start_worker_at(start->place, start->node, &child->options, pid, reason);
}

/* What start_child gave is the child's id. */
static rs_start_result start_dynamic(const rs_child_start *child, rs_pid *pid, rs_term *reason) {
    const rs_tree_start *start = child->args;
    rs_world *world = start->place->world;
    rs_place *place = rs_world_place(world, start->place, child->extra ? child->extra : "");
    *reason = RS_ATOM(system_limit);
    if (!place) return RS_START_ERROR;
    place->is_dynamic = true;
    return start_worker_at(place, start->node, &child->options, pid, reason);
}

void rs_tree_tell_stop(rs_pid pid, const char *reason) {
    rs_gen_server_cast(pid, &stop_type, reason, (uint32_t)strlen(reason) + 1);
}

bool rs_tree_ping(rs_pid pid) {
    rs_term why = 0;
    if (rs_gen_server_try_call(pid, &ping_type, NULL, 0, RS_FOREVER, &why)) return true;
    rs_term_release(why);
    return false;
}

/* ---------------------------------------------------------------- supervisors */

static rs_start_result start_supervisor(const rs_child_start *child, rs_pid *pid, rs_term *reason) {
    return rs_tree_start_supervisor(child->args, &child->options, pid, reason);
}

static bool write_spec(rs_place *place, const rs_case_node *node, rs_start_function *function,
                       rs_child_spec *spec) {
    rs_tree_start *start = place ? rs_pool_take(place->world->pool, sizeof *start) : NULL;
    if (!start) return false;
    *start = (rs_tree_start){place, node};
    *spec = (rs_child_spec){.id = node->id,
                            .start = function,
                            .args = start,
                            .bytes = sizeof *start,
                            .restart = node->restart,
                            .shutdown_ns = node->shutdown_ns,
                            .significant = node->significant,
                            .is_supervisor = node->is_supervisor};
    return true;
}

bool rs_tree_spec(rs_place *parent, const rs_case_node *node, rs_child_spec *spec) {
    rs_place *place = rs_world_place(parent->world, parent, node->id);
    return write_spec(place, node, node->is_supervisor ? start_supervisor : start_worker, spec);
}

static bool write_specs(rs_place *place, const rs_case_node *node, rs_child_spec *specs) {
    if (place->is_simple) return write_spec(place, node->children, start_dynamic, specs);
    for (uint32_t i = 0; i < node->child_count; i++)
        if (!rs_tree_spec(place, &node->children[i], &specs[i])) return false;
    return true;
}

rs_start_result rs_tree_start_supervisor(const rs_tree_start *start,
                                         const rs_start_options *options, rs_pid *pid,
                                         rs_term *reason) {
    rs_place *place = start->place;
    const rs_case_node *node = start->node;
    place->attempts++;
    if (node->init == RS_CASE_IGNORES) return tell_start(place, true, RS_START_IGNORE, 0, 0);
    place->is_simple = node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    *reason = RS_ATOM(system_limit);
    rs_child_spec *specs = rs_pool_take(place->world->pool, node->child_count * sizeof *specs);
    if (!specs || !write_specs(place, node, specs)) return RS_START_ERROR;
    const rs_supervisor_spec spec = {.strategy = node->strategy,
                                     .intensity = node->intensity,
                                     .period_s = node->period_s,
                                     .auto_shutdown = node->auto_shutdown,
                                     .children = specs,
                                     .child_count = node->child_count};
    rs_start_result result = rs_supervisor_start(&spec, options, pid, reason);
    return tell_start(place, true, result, *pid, *reason);
}
