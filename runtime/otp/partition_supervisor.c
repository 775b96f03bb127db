/* partition_supervisor.c: a supervisor (supervisor.h) whose children's start function is ours: it
 * calls theirs and enters the new process in the name's table, so that a restarted partition is
 * found at once.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/partition_supervisor.h"

#include "runtime/otp/partition_table.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_serve.h"
#include "runtime/otp/supervisor_state.h"
#include "runtime/otp/supervisor_stop.h"
#include "runtime/process/process.h"

#include <stdio.h>
#include <string.h>

/* What starts one of them; the args of its child's start. */
typedef struct partition {
    rs_partition_table *table;
    uint32_t number, bytes;
    rs_start_function *start;
    void *args;
    char id[16];
} partition;

typedef struct partition_supervisor {
    rs_supervisor supervisor; /* first: its callbacks take the whole for it */
    rs_partition_table *table;
    partition *partitions;
    uint32_t max;
} partition_supervisor;

/* What init is given; followed by the child's args. */
typedef struct start_request {
    rs_partition_supervisor_spec spec;
    rs_child_spec child;
    rs_atom name;
} start_request;

typedef struct resize_request {
    int64_t partitions;
} resize_request;

static const rs_type resize_type = {.name = "partition_resize", .bytes = sizeof(resize_request)};
static const rs_type result_type = {.name = "partition_result"}; /* a packed term */

static rs_term bad_partitions(int64_t partitions) {
    rs_term pair = rs_shape_pair(rs_shape_word("partitions"), rs_term_integer(partitions));
    return rs_shape_pair(RS_ATOM(badarg), pair);
}

/* ---------------------------------------------------------------- the start */

static rs_start_result start_partition(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    const partition *self = given->args;
    rs_child_start start = *given;
    start.args = self->args;
    start.bytes = self->bytes;
    rs_start_result result = self->start(&start, pid, reason);
    if (result == RS_START_OK && *pid) rs_partition_table_put(self->table, self->number, *pid);
    return result;
}

static void prepare(partition_supervisor *self, uint32_t number, const start_request *request) {
    const rs_child_spec *child = &request->child;
    partition *made = &self->partitions[number];
    *made = (partition){
        .table = self->table, .number = number, .bytes = child->bytes, .start = child->start};
    snprintf(made->id, sizeof made->id, "%u", number);
    if (!made->bytes) return;
    made->args = memcpy(rs_alloc(made->bytes), request + 1, made->bytes);
    if (request->spec.with_arguments) request->spec.with_arguments(made->args, made->bytes, number);
}

static rs_child_spec child_spec_of(const partition *self, const rs_child_spec *child) {
    rs_child_spec spec = *child;
    spec.id = self->id;
    if (spec.start) spec.start = start_partition;
    spec.args = self;
    spec.bytes = sizeof *self;
    return spec;
}

static rs_next start_partitions(partition_supervisor *self, const start_request *request) {
    const size_t bytes = self->max * sizeof(rs_child_spec);
    rs_child_spec *children = rs_alloc(bytes);
    for (uint32_t i = 0; i < self->max; i++) {
        prepare(self, i, request);
        children[i] = child_spec_of(&self->partitions[i], &request->child);
    }
    const rs_supervisor_spec spec = {.strategy = request->spec.strategy,
                                     .intensity = request->spec.intensity,
                                     .period_s = request->spec.period_s,
                                     .children = children,
                                     .child_count = self->max};
    rs_next next = rs_supervisor_init(&self->supervisor, &spec);
    rs_free(children, bytes);
    return next;
}

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    partition_supervisor *self = state;
    const start_request *request = args;
    if (request->spec.strategy == RS_SIMPLE_ONE_FOR_ONE) {
        rs_term wrong = rs_shape_pair(RS_ATOM(invalid_strategy), RS_ATOM(simple_one_for_one));
        return rs_stop(rs_shape_pair(RS_ATOM(supervisor_data), wrong));
    }
    self->max = (uint32_t)request->spec.partitions;
    self->partitions = rs_alloc(self->max * sizeof *self->partitions);
    self->table = rs_partition_table_take(request->name, self->max);
    if (!self->table) return rs_stop(rs_shape_pair(RS_ATOM(system_limit), RS_ATOM(memory)));
    return start_partitions(self, request);
}

/* ---------------------------------------------------------------- resizing */

static rs_child *child_of(partition_supervisor *self, uint32_t number) {
    return rs_supervisor_find_id(&self->supervisor, self->partitions[number].id);
}

/* Nobody is led to who is about to go. */
static void shrink(partition_supervisor *self, uint32_t from, uint32_t to) {
    rs_partition_table_resize(self->table, to);
    for (uint32_t i = to; i < from; i++) {
        rs_child *child = child_of(self, i);
        if (!child) continue;
        rs_supervisor_stop_child(&self->supervisor, child, RS_STOP_SHUTDOWN);
        rs_supervisor_leave_down(&self->supervisor, child);
    }
}

/* One may run already: of a group that was restarted (S17), or of an attempt that failed. 0: it is
 * well. */
static rs_term start_one(partition_supervisor *self, uint32_t number) {
    rs_child *child = child_of(self, number);
    if (!child) return RS_ATOM(not_found);
    if (child->state == RS_CHILD_RUNNING) return 0;
    if (child->state == RS_CHILD_RESTARTING) return RS_ATOM(restarting);
    rs_term reason;
    rs_start_result result = rs_supervisor_launch(&self->supervisor, child, &reason);
    return result == RS_START_ERROR ? reason : 0;
}

/* 0: all of them are there. */
static rs_term grow(partition_supervisor *self, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        rs_term error = start_one(self, i);
        if (error) return rs_shape_pair(rs_term_integer(i), error);
    }
    rs_partition_table_resize(self->table, to);
    return 0;
}

static rs_term resize(partition_supervisor *self, int64_t partitions) {
    if (partitions < 0 || partitions > self->max)
        return rs_shape_pair(RS_ATOM(error), bad_partitions(partitions));
    uint32_t from = rs_load(&self->table->count, rs_relaxed); /* we alone change it */
    uint32_t to = (uint32_t)partitions;
    rs_term error = 0;
    if (to < from)
        shrink(self, from, to);
    else
        error = grow(self, from, to);
    return error ? rs_shape_pair(RS_ATOM(error), error)
                 : rs_shape_pair(RS_ATOM(ok), rs_term_integer(from));
}

static rs_next handle_call(void *state, rs_from from, const rs_message *message) {
    if (message->type != &resize_type) return rs_supervisor_serve(state, from, message);
    const resize_request request = *(const resize_request *)(const void *)message->payload;
    uint64_t words[RS_PACKED_TERM_WORDS];
    rs_term result = resize(state, request.partitions);
    uint32_t count = rs_packed_term_write(result, words);
    rs_term_release(result);
    return rs_reply(&result_type, words, count * (uint32_t)sizeof words[0]);
}

static const rs_gen_server module = {
    .name = "partition_supervisor",
    .state_bytes = sizeof(partition_supervisor),
    .init = init,
    .handle_call = handle_call,
    .handle_info = rs_supervisor_take_info,
    .terminate = rs_supervisor_terminate,
};

/* ---------------------------------------------------------------- the caller's side */

rs_partition_supervisor_spec rs_partition_supervisor_defaults(const rs_child_spec *child_spec) {
    return (rs_partition_supervisor_spec){.child_spec = child_spec,
                                          .partitions = rs_the_runtime->core_count,
                                          .intensity = 3,
                                          .period_s = 5};
}

/* What Elixir calls an ArgumentError; 0: nothing is wrong. */
static rs_term check(const rs_partition_supervisor_spec *spec, const rs_start_options *options) {
    if (!options || !options->name) return rs_shape_pair(RS_ATOM(badarg), rs_shape_word("name"));
    if (!spec->child_spec) return rs_shape_pair(RS_ATOM(badarg), rs_shape_word("child_spec"));
    if (spec->partitions >= 1 && spec->partitions <= RS_PARTITIONS_MAX) return 0;
    return bad_partitions(spec->partitions);
}

static rs_start_result refuse(rs_term error, rs_term *reason) {
    if (reason)
        *reason = error;
    else
        rs_term_release(error);
    return RS_START_ERROR;
}

rs_start_result rs_partition_supervisor_start(const rs_partition_supervisor_spec *spec,
                                              const rs_start_options *options, rs_pid *pid,
                                              rs_term *reason) {
    rs_term error = check(spec, options);
    if (error) return refuse(error, reason);
    const rs_child_spec *child = spec->child_spec;
    if (child->bytes > UINT32_MAX - sizeof(start_request)) rs_exit(RS_ATOM(system_limit));
    const uint32_t bytes = (uint32_t)sizeof(start_request) + child->bytes;
    start_request *request = rs_alloc(bytes);
    *request = (start_request){.spec = *spec, .child = *child, .name = options->name};
    if (child->bytes) memcpy(request + 1, child->args, child->bytes);
    rs_start_result result = rs_gen_server_start(&module, request, bytes, options, pid, reason);
    rs_free(request, bytes);
    return result;
}

static uint32_t route(rs_term key, uint32_t count) {
    if (rs_term_tag(key) != RS_TAG_INTEGER) return (uint32_t)(rs_term_hash(key) % count);
    int64_t value = rs_term_to_integer(key);
    return (uint32_t)((uint64_t)(value < 0 ? -value : value) % count);
}

rs_err rs_partition_supervisor_whereis(rs_atom name, rs_term key, rs_pid *pid) {
    rs_partition_table *table = rs_partition_table_find(name);
    if (!table) return RS_ENOPROC;
    /* acquire: see rs_partition_table_resize, and rs_partition_table_put. */
    uint32_t count = rs_load(&table->count, rs_acquire);
    if (count == 0) return RS_EINVAL;
    *pid = rs_load(&table->pids[route(key, count)], rs_acquire);
    return *pid ? RS_OK : RS_ENOPROC;
}

rs_err rs_partition_supervisor_partitions(rs_atom name, uint32_t *count) {
    rs_partition_table *table = rs_partition_table_find(name);
    if (!table) return RS_ENOPROC;
    *count = rs_load(&table->count, rs_acquire);
    return RS_OK;
}

rs_term rs_partition_supervisor_resize(rs_atom name, int64_t partitions) {
    rs_partition_table *table = rs_partition_table_find(name);
    if (!table) return rs_shape_pair(RS_ATOM(error), RS_ATOM(noproc));
    rs_pid owner = rs_load(&table->owner, rs_relaxed); /* it, or one after it: both can resize */
    const resize_request request = {partitions};
    rs_term reason = 0;
    const rs_message *reply =
        rs_gen_server_try_call(owner, &resize_type, &request, sizeof request, RS_FOREVER, &reason);
    if (!reply) return rs_shape_pair(RS_ATOM(error), reason);
    return rs_packed_term_read((const void *)reply->payload, reply->bytes / sizeof(uint64_t));
}
