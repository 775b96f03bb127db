/* messages.c: processes that only live and send: spawn_exit, pingpong, ring, fan_in. Each of the
 * last three is done by plain processes that wait in rs_receive, or, with kind=server, by
 * gen_servers, whose callbacks need no stack of their own between two messages.
 * SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"

static const rs_type ball_type = {"ball", sizeof(uint64_t), NULL, NULL};
static const rs_type start_type = {"start", sizeof(rs_pid), NULL, NULL};

static const char *const kinds[] = {"process", "server", NULL};

static uint64_t ball_of(const rs_message *message) {
    return *(const uint64_t *)(const void *)message->payload;
}

static void send_ball(rs_pid to, uint64_t ball) {
    rs_send(to, &ball_type, &ball, sizeof ball);
}

static rs_pid start_server(const rs_gen_server *module, const void *args, uint32_t bytes) {
    rs_pid pid = 0;
    rs_term reason = 0;
    if (rs_gen_server_start(module, args, bytes, NULL, &pid, &reason) != RS_START_OK)
        rs_exit(RS_ATOM(error));
    return pid;
}

static rs_next refuse_call(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    (void)request;
    return rs_stop(RS_ATOM(bad_request));
}

static rs_next refuse_cast(void *state, const rs_message *request) {
    (void)state;
    (void)request;
    return rs_stop(RS_ATOM(bad_request));
}

/* ------------------------------------------------------------------ spawn_exit */

typedef struct spawning {
    uint64_t n, batch, took_ns;
} spawning;

static void end_at_once(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
}

static void spawn_batches(void *context) {
    spawning *task = context;
    rs_ref ref;
    uint64_t start_ns = rs_now_ns();
    for (uint64_t done = 0; done < task->n; done += task->batch) {
        for (uint64_t i = 0; i < task->batch; i++)
            if (!rs_spawn_monitor(end_at_once, NULL, 0, &ref)) rs_exit(RS_ATOM(system_limit));
        for (uint64_t i = 0; i < task->batch; i++) rs_receive(NULL, NULL, RS_FOREVER);
    }
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_spawn_exit(rs_peer *peer) {
    spawning task = {.n = rs_peer_number(peer, "n", 1000000),
                     .batch = rs_peer_number(peer, "batch", 1000)};
    if (task.batch > task.n) task.batch = task.n;
    task.n -= task.n % task.batch;
    rs_peer_run(peer, spawn_batches, &task);
    rs_peer_tell(peer, task.n, task.took_ns);
}

/* ------------------------------------------------------------------ pingpong, ring */

/* A ring of two is ping-pong: the ball holds how many hops are left; who gets the last one tells
 * the driver. */
typedef struct ring {
    uint64_t n, hops, took_ns;
    bool by_servers;
} ring;

typedef struct member {
    rs_pid next, driver;
} member;

/* The first start message tells a member of its next one. */
static void pass_on(const void *args, uint32_t bytes) {
    (void)bytes;
    member self = {.driver = *(const rs_pid *)args};
    self.next = ball_of(rs_receive(NULL, NULL, RS_FOREVER));
    for (;;) {
        uint64_t left = ball_of(rs_receive(NULL, NULL, RS_FOREVER));
        send_ball(left ? self.next : self.driver, left - (left != 0));
    }
}

static rs_next init_member(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    ((member *)state)->driver = *(const rs_pid *)args;
    return RS_INIT_OK;
}

static rs_next pass_on_info(void *state, const rs_message *info) {
    member *self = state;
    uint64_t word = ball_of(info);
    if (info->type == &start_type)
        self->next = word;
    else
        send_ball(word ? self->next : self->driver, word - (word != 0));
    return RS_NOREPLY;
}

static const rs_gen_server member_server = {.name = "ring_member",
                                            .state_bytes = sizeof(member),
                                            .init = init_member,
                                            .handle_call = refuse_call,
                                            .handle_cast = refuse_cast,
                                            .handle_info = pass_on_info};

static rs_pid start_member(const ring *task, rs_pid driver) {
    if (task->by_servers) return start_server(&member_server, &driver, sizeof driver);
    return rs_spawn(pass_on, &driver, sizeof driver);
}

static void run_ring_once(void *context) {
    ring *task = context;
    rs_pid self = rs_self(), first = start_member(task, self), last = first;
    for (uint64_t i = 1; i < task->n; i++) {
        rs_pid next = start_member(task, self);
        rs_send(last, &start_type, &next, sizeof next);
        last = next;
    }
    rs_send(last, &start_type, &first, sizeof first);
    uint64_t start_ns = rs_now_ns();
    send_ball(first, task->hops - 1);
    rs_receive(NULL, NULL, RS_FOREVER);
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_pingpong(rs_peer *peer) {
    uint64_t round_trips = rs_peer_number(peer, "m", 2000000);
    ring task = {.n = 2, .hops = 2 * round_trips};
    task.by_servers = rs_peer_choice(peer, "kind", kinds) == 1;
    rs_peer_run(peer, run_ring_once, &task);
    rs_peer_tell(peer, round_trips, task.took_ns);
}

static void run_ring(rs_peer *peer) {
    ring task = {.n = rs_peer_number(peer, "n", 1000),
                 .hops = rs_peer_number(peer, "hops", 5000000)};
    task.by_servers = rs_peer_choice(peer, "kind", kinds) == 1;
    rs_peer_run(peer, run_ring_once, &task);
    rs_peer_tell(peer, task.hops, task.took_ns);
}

/* ------------------------------------------------------------------ fan_in */

typedef struct crowd {
    uint64_t senders, m, took_ns;
    bool by_server;
} crowd;

typedef struct sender {
    rs_pid to;
    uint64_t count;
} sender;

/* A receiver tells `driver` once it has had `count` messages. */
typedef struct receiver {
    rs_pid driver;
    uint64_t count;
} receiver;

static void send_many(const void *args, uint32_t bytes) {
    (void)bytes;
    sender self = *(const sender *)args;
    for (uint64_t i = 0; i < self.count; i++) send_ball(self.to, i);
}

static void receive_many(const void *args, uint32_t bytes) {
    (void)bytes;
    receiver self = *(const receiver *)args;
    while (self.count--) rs_receive(NULL, NULL, RS_FOREVER);
    send_ball(self.driver, 0);
}

static rs_next init_receiver(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    *(receiver *)state = *(const receiver *)args;
    return RS_INIT_OK;
}

static rs_next receive_info(void *state, const rs_message *info) {
    (void)info;
    receiver *self = state;
    if (!--self->count) send_ball(self->driver, 0);
    return RS_NOREPLY;
}

static const rs_gen_server receiver_server = {.name = "receiver",
                                              .state_bytes = sizeof(receiver),
                                              .init = init_receiver,
                                              .handle_call = refuse_call,
                                              .handle_cast = refuse_cast,
                                              .handle_info = receive_info};

static void send_from_all(void *context) {
    crowd *task = context;
    receiver to = {.driver = rs_self(), .count = task->m};
    sender from = {.count = task->m / task->senders};
    from.to = task->by_server ? start_server(&receiver_server, &to, sizeof to)
                              : rs_spawn(receive_many, &to, sizeof to);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->senders; i++)
        if (!rs_spawn(send_many, &from, sizeof from)) rs_exit(RS_ATOM(system_limit));
    rs_receive(NULL, NULL, RS_FOREVER);
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_fan_in(rs_peer *peer) {
    crowd task = {.senders = rs_peer_number(peer, "senders", 8),
                  .m = rs_peer_number(peer, "m", 5000000)};
    task.by_server = rs_peer_choice(peer, "kind", kinds) == 1;
    if (task.senders > task.m) task.senders = task.m;
    task.m -= task.m % task.senders;
    rs_peer_run(peer, send_from_all, &task);
    rs_peer_tell(peer, task.m, task.took_ns);
}

const rs_peer_workload rs_peer_messages[] = {{"spawn_exit", run_spawn_exit},
                                             {"pingpong", run_pingpong},
                                             {"ring", run_ring},
                                             {"fan_in", run_fan_in},
                                             {NULL, NULL}};
