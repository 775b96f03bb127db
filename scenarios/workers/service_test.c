/* service_test.c: a chain of three services under the virtual clock, where times are exact.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/service.h"

#include "runtime/base/test/test.h"
#include "runtime/otp/gen_server.h"
#include "scenarios/workers/worker.h"

#define MS UINT64_C(1000000)

static const rs_service_config db = {
    .start_time_ns = 100 * MS, .service_time_ns = 2 * MS, .timeout_ns = 50 * MS};
static const rs_service_config cache = {
    .service_time_ns = MS,
    .timeout_ns = 50 * MS,
    .depends_on = {.items = (const char *const[]){"db"}, .count = 1}};
static const rs_service_config web = {
    .service_time_ns = 20000, /* too short to sleep under the real clock */
    .timeout_ns = 50 * MS,
    .state_bytes = 1 << 20,
    .depends_on = {.items = (const char *const[]){"cache", "db"}, .count = 2}};

static rs_pid start(const char *path, const rs_service_config *config) {
    rs_worker_args args = {.config = config, .path = path};
    rs_start_options options = {.name = rs_atom_find(path)};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(rs_worker_find("service")->server, &args, sizeof args, &options,
                                  &pid, &reason),
              RS_START_OK);
    return pid;
}

static void run_with(rs_clock_kind clock, rs_entry *entry) {
    rs_runtime_options options = {.clock = clock, .threads = 1};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, entry, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

static const rs_message *request(rs_pid service) {
    return rs_gen_server_call(service, &rs_service_request_type, NULL, 0, RS_FOREVER);
}

static void check_down(rs_pid service, const char *path) {
    const rs_message *answer = request(service);
    CHECK(answer->type == &rs_service_down_type);
    CHECK_STR(((const rs_service_down *)(const void *)answer->payload)->path, path);
}

static void take_time(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    uint64_t before_ns = rs_now_ns();
    start("db", &db);
    CHECK_INT(rs_now_ns() - before_ns, 100 * MS);
    start("cache", &cache);
    rs_pid front = start("web", &web);
    before_ns = rs_now_ns();
    CHECK(request(front)->type == &rs_service_done_type);
    CHECK_INT(rs_now_ns() - before_ns, (2 + 1 + 2) * MS + 20000);
}

TEST(times_add_up_along_the_chain) {
    run_with(RS_CLOCK_VIRTUAL, take_time);
}

static void lose_dependencies(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid front = start("web", &web);
    check_down(front, "cache");
    start("cache", &cache);
    check_down(front, "db");
    rs_pid store = start("db", &db);
    CHECK(request(front)->type == &rs_service_done_type);
    rs_exit_signal(store, RS_ATOM(kill));
    check_down(front, "db");
}

TEST(a_missing_dependency_is_named_up_the_chain) {
    run_with(RS_CLOCK_VIRTUAL, lose_dependencies);
}

static void time_out(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    static const rs_service_config slow = {.service_time_ns = 60 * MS};
    start("db", &slow);
    rs_pid front = start("cache", &cache);
    uint64_t before_ns = rs_now_ns();
    check_down(front, "db");
    CHECK_INT(rs_now_ns() - before_ns, 50 * MS);
}

TEST(a_slow_dependency_is_down) {
    run_with(RS_CLOCK_VIRTUAL, time_out);
}

static void request_once(const void *args, uint32_t bytes) {
    (void)bytes;
    CHECK(request(*(const rs_pid *)args)->type == &rs_service_done_type);
}

static bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

static void queue_up(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_ref ref;
    rs_pid store = start("db", &db);
    uint64_t before_ns = rs_now_ns();
    for (int i = 0; i < 5; i++) rs_spawn_monitor(request_once, &store, sizeof store, &ref);
    for (int i = 0; i < 5; i++)
        CHECK(rs_message_reason(rs_receive(is_down, NULL, RS_FOREVER)) == RS_ATOM(normal));
    CHECK_INT(rs_now_ns() - before_ns, 10 * MS);
}

TEST(one_request_at_a_time) {
    run_with(RS_CLOCK_VIRTUAL, queue_up);
}

static void hold_memory(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_pid front = start("web", &web);
    rs_memory_read(&after);
    CHECK(after.arena - before.arena >= 1 << 20);
    rs_ref ref = rs_monitor(front);
    rs_exit_signal(front, RS_ATOM(kill));
    CHECK(rs_receive(is_down, NULL, RS_FOREVER)->ref == ref);
    rs_memory_read(&after);
    CHECK_INT(after.arena, before.arena);
}

TEST(state_is_memory_held_for_life) {
    run_with(RS_CLOCK_VIRTUAL, hold_memory);
}

static void take_real_time(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    start("db", &db);
    start("cache", &cache);
    rs_pid front = start("web", &web);
    uint64_t before_ns = rs_now_ns();
    CHECK(request(front)->type == &rs_service_done_type);
    CHECK(rs_now_ns() - before_ns >= (2 + 1 + 2) * MS + 20000);
}

TEST(real_time_is_never_shorter) {
    run_with(RS_CLOCK_REAL, take_real_time);
}

/* ------------------------------------------------------------------ computing */

static const rs_service_config busy = {.compute_time_ns = 3 * MS, .service_time_ns = MS};
static const rs_service_config shared_out = {.compute_time_ns = 3 * MS, .tasks = 8};

static uint64_t ask_ns(const char *path, const rs_service_config *config) {
    rs_pid pid = start(path, config);
    uint64_t from_ns = rs_now_ns();
    CHECK(request(pid)->type == &rs_service_done_type);
    return rs_now_ns() - from_ns;
}

static void compute(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_memory_use use;
    CHECK_INT(ask_ns("busy", &busy), 4 * MS);
    CHECK_INT(ask_ns("shared_out", &shared_out), 8 * 3 * MS);
    rs_memory_read(&use);
    CHECK_INT(use.processes, 3); /* the tasks are gone */
}
TEST(computing_occupies_the_core) {
    run_with(RS_CLOCK_VIRTUAL, compute);
}

static const rs_service_config odd = {.compute_time_ns = MS, .tasks = 5};

static void share_out(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    CHECK_INT(ask_ns("odd", &odd), 2 * MS);
    CHECK_INT(ask_ns("shared_out", &shared_out), 2 * 3 * MS);
}
TEST(tasks_use_all_cores) {
    rs_term reason = 0;
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .threads = 4, .scheduler = "global"};
    CHECK_INT(rs_run(&options, share_out, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

static void compute_really(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    CHECK(ask_ns("busy", &busy) >= 4 * MS);
    CHECK(ask_ns("shared_out", &shared_out) >= 8 * 3 * MS);
}
TEST(computing_takes_its_time_under_the_real_clock) {
    run_with(RS_CLOCK_REAL, compute_really);
}

TEST_MAIN()
