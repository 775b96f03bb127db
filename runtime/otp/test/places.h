/* places.h: children of supervisors, for tests: each has a place, where one sees who lives there,
 * how often it was started and with what, and says how the next starts are to go.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_PLACES_H
#define RS_TEST_PLACES_H

#include "runtime/otp/supervisor.h"
#include "runtime/process/test/puppet.h"

#define PLACES 1024u

typedef struct site {
    rs_atomic_u64 pid;
    rs_atomic_u32 starts;             /* so far, failures included */
    rs_atomic_u32 failures, ignores;  /* how many are to come, before one succeeds */
    rs_atomic_u32 bytes, extra_bytes; /* of what it was started with */
    rs_atomic_u64 first, extra_first; /* words of it */
} site;

static site places[PLACES];

/* A child's args begin with it. */
typedef struct plan {
    uint32_t place;
    bool traps;   /* and does not end when told */
    char end[19]; /* or ends for this reason, when it is told and traps */
} plan;

static const rs_type end_type = {.name = "end"};
static const rs_type unlink_type = {.name = "unlink", .bytes = sizeof(rs_pid)};

/* ------------------------------------------------------------------ the child */

static inline rs_next place_init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    plan *self = state;
    *self = *(const plan *)args;
    if (self->traps) rs_trap_exit(true);
    rs_store(&places[self->place].pid, rs_self(), rs_release);
    return RS_INIT_OK;
}

/* It ends for the reason that it is sent, or unlinks itself. */
static inline rs_next place_cast(void *state, const rs_message *request) {
    (void)state;
    if (request->type == &unlink_type) {
        rs_unlink(*(const rs_pid *)(const void *)request->payload);
        return RS_NOREPLY;
    }
    return rs_stop(term_of((const char *)request->payload));
}

static inline void place_terminate(void *state, rs_term reason) {
    const plan *self = state;
    (void)reason;
    if (self->end[0]) rs_exit(term_of(self->end));
    if (self->traps) wait_ns(RS_FOREVER);
}

static const rs_gen_server place_server = {
    .name = "place",
    .state_bytes = sizeof(plan),
    .init = place_init,
    .handle_cast = place_cast,
    .terminate = place_terminate,
};

static inline bool takes_one(rs_atomic_u32 *count) {
    if (!rs_load(count, rs_relaxed)) return false;
    rs_sub(count, 1, rs_relaxed);
    return true;
}

static inline uint64_t first_word(const void *bytes, uint32_t count) {
    uint64_t word = 0;
    if (count) memcpy(&word, bytes, count < sizeof word ? count : sizeof word);
    return word;
}

static inline rs_start_result start_place(const rs_child_start *given, rs_pid *pid,
                                          rs_term *reason) {
    site *at = &places[((const plan *)given->args)->place];
    rs_add(&at->starts, 1, rs_relaxed);
    rs_store(&at->bytes, given->bytes, rs_relaxed);
    rs_store(&at->first, first_word(given->args, given->bytes), rs_relaxed);
    rs_store(&at->extra_bytes, given->extra_bytes, rs_relaxed);
    rs_store(&at->extra_first, first_word(given->extra, given->extra_bytes), rs_relaxed);
    if (takes_one(&at->ignores)) return RS_START_IGNORE;
    if (takes_one(&at->failures)) {
        *reason = term_of("{no,\"place\"}");
        return RS_START_ERROR;
    }
    return rs_gen_server_start(&place_server, given->args, given->bytes, &given->options, pid,
                               reason);
}

/* A start that lasts until its supervisor is sent `go`, and then comes to nothing. */
static const rs_type go_type = {.name = "go"};

static inline bool is_go(const rs_message *message, void *context) {
    (void)context;
    return message->type == &go_type;
}

static inline rs_start_result start_held(const rs_child_start *given, rs_pid *pid,
                                         rs_term *reason) {
    (void)given, (void)pid, (void)reason;
    rs_receive(is_go, NULL, RS_FOREVER);
    return RS_START_IGNORE;
}

/* ------------------------------------------------------------------ looking */

static inline rs_pid pid_at(uint32_t which) {
    return rs_load(&places[which].pid, rs_acquire);
}

static inline uint32_t starts_at(uint32_t which) {
    return rs_load(&places[which].starts, rs_relaxed);
}

/* await_successor waits until somebody else than `last` lives there. */
static inline rs_pid await_successor(uint32_t which, rs_pid last) {
    for (int i = 0; i < 10000 && pid_at(which) == last; i++) wait_ns(MS);
    CHECK(pid_at(which) != last);
    return pid_at(which);
}

static inline void empty_places(void) {
    memset(places, 0, sizeof places);
}

/* ------------------------------------------------------------------ doing */

/* end_place ends who lives there for `reason`, and waits for it. */
static inline void end_place(uint32_t which, const char *reason) {
    rs_pid pid = pid_at(which);
    rs_ref ref = rs_monitor(pid);
    if (strcmp(reason, "killed") == 0)
        rs_exit_signal(pid, RS_ATOM(kill));
    else
        rs_gen_server_cast(pid, &end_type, reason, (uint32_t)strlen(reason) + 1);
    expect_down(pid, ref, reason);
}

static inline void stop_normally(rs_pid supervisor) {
    CHECK_INT(rs_gen_server_stop(supervisor, RS_ATOM(normal), RS_FOREVER), RS_OK);
}

#endif
