/* ring.c: the classic ring: each member passes a token on to the next. A request sends one round,
 * and is answered when it has come back as often as `laps` says.
 *
 * A token that lies with a member when it crashes is gone. Who sent it sends it again after a
 * while, so a round survives the crash of any member but the one that it began at. Tokens carry the
 * lap that they are of: one that was only slow, and comes when another was sent for it, is the same
 * lap. SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/ring.h"

#include "runtime/base/assert.h"
#include "scenarios/language/plan.h"
#include "scenarios/workers/service.h"

#include <string.h>

/* A round that began here. */
typedef struct round_here {
    rs_from from;
    uint64_t number, laps_left, resends_left;
    rs_ref timer;
} round_here;

typedef struct rs_ring {
    const rs_ring_config *config;
    rs_atom next;
    rs_prng prng;
    uint64_t begun; /* rounds so far */
    round_here *rounds;
    uint32_t count, room;
} rs_ring;

typedef struct token {
    rs_pid origin;
    uint64_t round, laps_left;
} token;

static const rs_type token_type = {"token", sizeof(token), NULL, NULL};
static const rs_type resend_type = {"resend", sizeof(uint64_t), NULL, NULL};

/* ------------------------------------------------------------------ passing on */

/* When nobody is there it is dropped, as with one who crashes holding it. */
static void pass(rs_ring *ring, const token *this) {
    rs_serving_wait(rs_distribution_draw(&ring->config->hop_time, &ring->prng));
    rs_pid next = rs_whereis(ring->next);
    if (next) rs_gen_server_cast(next, &token_type, this, sizeof *this);
}

static void send_lap(rs_ring *ring, round_here *round) {
    const token this = {rs_self(), round->number, round->laps_left};
    round->timer = rs_send_after(ring->config->resend_ns, rs_self(), &resend_type, &round->number,
                                 sizeof round->number);
    if (!round->timer) rs_exit(RS_ATOM(system_limit));
    pass(ring, &this);
}

/* ------------------------------------------------------------------ rounds */

static round_here *find_round(const rs_ring *ring, uint64_t number) {
    for (uint32_t i = 0; i < ring->count; i++)
        if (ring->rounds[i].number == number) return &ring->rounds[i];
    return NULL;
}

static round_here *add_round(rs_ring *ring) {
    if (ring->count == ring->room) {
        uint32_t room = ring->room ? 2 * ring->room : 16;
        round_here *more = rs_alloc(room * sizeof *more);
        if (ring->room) {
            memcpy(more, ring->rounds, ring->count * sizeof *more);
            rs_free(ring->rounds, ring->room * sizeof *more);
        }
        ring->rounds = more;
        ring->room = room;
    }
    return &ring->rounds[ring->count++];
}

static void end_round(rs_ring *ring, round_here *round, rs_served served) {
    rs_service_down down = {.path = {0}};
    strncpy(down.path, ring->config->next, sizeof down.path - 1);
    rs_service_reply_to(round->from, served, &down);
    *round = ring->rounds[--ring->count];
}

static void come_back(rs_ring *ring, const token *this) {
    round_here *round = find_round(ring, this->round);
    if (!round || round->laps_left != this->laps_left) return;
    rs_cancel_timer(round->timer, NULL);
    if (--round->laps_left)
        send_lap(ring, round);
    else
        end_round(ring, round, RS_SERVED);
}

/* ------------------------------------------------------------------ the server */

static rs_next ring_handle_call(void *state, rs_from from, const rs_message *request) {
    rs_ring *ring = state;
    if (request->type != &rs_service_request_type) return rs_stop(RS_ATOM(bad_request));
    round_here *round = add_round(ring);
    *round = (round_here){.from = from,
                          .number = ++ring->begun,
                          .laps_left = (uint64_t)ring->config->laps,
                          .resends_left = (uint64_t)ring->config->resends};
    send_lap(ring, round);
    return RS_NOREPLY;
}

static rs_next ring_handle_cast(void *state, const rs_message *message) {
    rs_ring *ring = state;
    token this;
    if (message->type != &token_type) return rs_stop(RS_ATOM(bad_request));
    memcpy(&this, rs_message_payload(message), sizeof this);
    if (this.origin == rs_self())
        come_back(ring, &this);
    else
        pass(ring, &this);
    return RS_NOREPLY;
}

/* A timer that was cancelled too late is of a lap that is over. */
static rs_next ring_handle_info(void *state, const rs_message *info) {
    rs_ring *ring = state;
    if (info->type != &resend_type) return RS_NOREPLY;
    round_here *round = find_round(ring, *(const uint64_t *)rs_message_payload(info));
    if (!round || round->timer != info->ref) return RS_NOREPLY;
    if (round->resends_left-- > 0)
        send_lap(ring, round);
    else
        end_round(ring, round, RS_SERVED_DOWN);
    return RS_NOREPLY;
}

static rs_next ring_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_ring *ring = state;
    ring->config = ((const rs_worker_args *)args)->config;
    ring->next = rs_atom_find(ring->config->next);
    rs_worker_stream(args, "ring", &ring->prng);
    rs_work(1);
    return RS_INIT_OK;
}

static const rs_gen_server ring_server = {
    .name = "ring",
    .state_bytes = sizeof(rs_ring),
    .init = ring_init,
    .handle_call = ring_handle_call,
    .handle_cast = ring_handle_cast,
    .handle_info = ring_handle_info,
};

static bool is_member(const rs_plan_node *node) {
    return node->worker && node->worker->server == &ring_server;
}

static const rs_operation ring_operations[] = {
    {"round", "sends a token round the ring and waits until it is back", rs_service_perform, 100},
};

static const rs_option ring_options[] = {
    {.key = "next",
     .type = RS_OPTION_PATH,
     .offset = offsetof(rs_ring_config, next),
     .help = "path of the member that it passes tokens to",
     .accepts = is_member,
     .accepted = "another member, a worker 'ring'"},
    {.key = "hop_time",
     .type = RS_OPTION_DISTRIBUTION,
     .offset = offsetof(rs_ring_config, hop_time),
     .fallback = "0s",
     .help = "how long it holds a token; " RS_DISTRIBUTION_FORMS},
    {.key = "laps",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_ring_config, laps),
     .fallback = "1",
     .min = 1,
     .max = INT32_MAX,
     .help = "how often a token goes round before the request is answered"},
    {.key = "resend",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_ring_config, resend_ns),
     .fallback = "100ms",
     .min = 1000,
     .max = INT64_MAX,
     .help = "after how long a token that is not back is taken for lost, and sent again"},
    {.key = "resends",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_ring_config, resends),
     .fallback = "10",
     .max = INT32_MAX,
     .help = "how often it is sent again before the request fails with dependency_down"},
};

static const char *const messages[] = {"request",  "done",           "degraded", "down",
                                       "overload", "member_crashed", "token",    NULL};

const rs_worker rs_worker_ring = {
    .name = "ring",
    .about = "a member of a ring that passes tokens on; lost ones are sent again",
    .options = ring_options,
    .option_count = sizeof ring_options / sizeof *ring_options,
    .config_bytes = sizeof(rs_ring_config),
    .server = &ring_server,
    .operations = ring_operations,
    .operation_count = sizeof ring_operations / sizeof *ring_operations,
    .messages = messages,
    .portable = true,
};
