/* ask.h: for tests of workers that serve: starts one under its path, in a runtime, and asks it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_ASK_H
#define RS_TEST_ASK_H

#include "runtime/base/test/test.h"
#include "scenarios/workers/service.h"

#define MS UINT64_C(1000000)
#define CONSTANT(NS)                                                                               \
    { .low_ns = (NS) }

static inline rs_pid start_with(const char *worker, const char *path, const void *config,
                                uint64_t seed, uint32_t incarnation) {
    rs_worker_args args = {
        .config = config, .path = path, .seed = seed, .incarnation = incarnation};
    rs_start_options options = {.name = rs_atom_find(path)};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(rs_worker_find(worker)->server, &args, sizeof args, &options,
                                  &pid, &reason),
              RS_START_OK);
    return pid;
}

static inline rs_pid start_worker(const char *worker, const char *path, const void *config) {
    return start_with(worker, path, config, 1, 1);
}

static inline void run_with(rs_clock_kind clock, rs_entry *entry) {
    rs_runtime_options options = {.clock = clock, .threads = 1};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, entry, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

/* NULL, and why, when there is no answer. */
static inline const rs_message *try_ask(rs_pid worker, uint64_t key, rs_term *reason) {
    const rs_service_request request = {key};
    return rs_gen_server_try_call(worker, &rs_service_request_type, &request, sizeof request,
                                  RS_FOREVER, reason);
}

static inline const rs_message *ask(rs_pid worker, uint64_t key) {
    rs_term reason = 0;
    const rs_message *answer = try_ask(worker, key, &reason);
    CHECK(answer != NULL);
    return answer;
}

/* An asker of its own, which ends when it has its answer, and tells the type. */
typedef struct asker {
    rs_pid worker, teller;
    uint64_t key;
} asker;

typedef struct told {
    const rs_type *type; /* NULL: there was no answer */
    uint64_t key, time_ns;
} told;

static const rs_type told_type = {"told", sizeof(told), NULL, NULL};

static inline void ask_and_tell(const void *args, uint32_t bytes) {
    const asker *this = args;
    rs_term reason = 0;
    (void)bytes;
    const rs_message *answer = try_ask(this->worker, this->key, &reason);
    const told what = {answer ? answer->type : NULL, this->key, rs_now_ns()};
    rs_term_release(reason);
    rs_send(this->teller, &told_type, &what, sizeof what);
}

static inline void ask_aside(rs_pid worker, uint64_t key) {
    const asker args = {worker, rs_self(), key};
    rs_spawn(ask_and_tell, &args, sizeof args);
}

static inline bool is_told(const rs_message *message, void *context) {
    (void)context;
    return message->type == &told_type;
}

/* The next who was asked aside and has been answered. */
static inline told hear(void) {
    told what;
    const rs_message *message = rs_receive(is_told, NULL, RS_FOREVER);
    memcpy(&what, rs_message_payload(message), sizeof what);
    return what;
}

static inline bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

static inline void kill_and_wait(rs_pid pid) {
    rs_ref ref = rs_monitor(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    CHECK(rs_receive(is_down, NULL, RS_FOREVER)->ref == ref);
}

static inline uint64_t processes(void) {
    rs_memory_use use;
    rs_memory_read(&use);
    return use.processes;
}

#endif
