/* service_test.c: a chain of three services under the virtual clock, where times are exact.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/test/ask.h"

#include <string.h>

static const rs_service_config db = {
    {.start_time = CONSTANT(100 * MS), .service_time = CONSTANT(2 * MS), .timeout_ns = 50 * MS}};
static const rs_service_config cache = {
    {.service_time = CONSTANT(MS),
     .timeout_ns = 50 * MS,
     .depends_on = {.items = (const char *const[]){"db"}, .count = 1}}};
static const rs_service_config web = {
    {.service_time = CONSTANT(20000), /* too short to sleep under the real clock */
     .timeout_ns = 50 * MS,
     .state_bytes = 1 << 20,
     .depends_on = {.items = (const char *const[]){"cache", "db"}, .count = 2}}};

static rs_pid start(const char *path, const rs_service_config *config) {
    return start_worker("service", path, config);
}

static const rs_message *request(rs_pid service) {
    return ask(service, 0);
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
    static const rs_service_config slow = {{.service_time = CONSTANT(60 * MS)}};
    start("db", &slow);
    rs_pid front = start("cache", &cache);
    uint64_t before_ns = rs_now_ns();
    check_down(front, "db");
    CHECK_INT(rs_now_ns() - before_ns, 50 * MS);
}

TEST(a_slow_dependency_is_down) {
    run_with(RS_CLOCK_VIRTUAL, time_out);
}

static void queue_up(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid store = start("db", &db);
    uint64_t before_ns = rs_now_ns();
    for (int i = 0; i < 5; i++) ask_aside(store, 0);
    for (int i = 0; i < 5; i++) CHECK(hear().type == &rs_service_done_type);
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
    kill_and_wait(front);
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

static const rs_service_config busy = {
    {.compute_time = CONSTANT(3 * MS), .service_time = CONSTANT(MS)}};
static const rs_service_config shared_out = {{.compute_time = CONSTANT(3 * MS), .tasks = 8}};

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

static const rs_service_config odd = {{.compute_time = CONSTANT(MS), .tasks = 5}};

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

/* ------------------------------------------------------------------ when a dependency is down */

#define ON_DB                                                                                      \
    .depends_on = {.items = (const char *const[]){"db"}, .count = 1}, .timeout_ns = 50 * MS

static void start_db_later(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_sleep(100 * MS);
    start("db", &(rs_service_config){{.timeout_ns = MS}});
    rs_sleep(RS_FOREVER);
}

static void retry(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    const rs_service_config thrice = {
        {ON_DB, .when_down = RS_DOWN_RETRY, .retries = 3, .retry_after_ns = 20 * MS}};
    rs_pid web_pid = start("web", &thrice);
    uint64_t before_ns = rs_now_ns();
    check_down(web_pid, "db");
    CHECK_INT(rs_now_ns() - before_ns, 3 * 20 * MS);
    rs_spawn(start_db_later, NULL, 0);
    rs_sleep(50 * MS);
    before_ns = rs_now_ns();
    CHECK(request(web_pid)->type == &rs_service_done_type);
    CHECK_INT(rs_now_ns() - before_ns, 60 * MS); /* at 50, 70, 90 it was not there */
}

TEST(retry_asks_again_as_often_as_it_says) {
    run_with(RS_CLOCK_VIRTUAL, retry);
}

static void wait_until_up(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    const rs_service_config patient = {
        {ON_DB, .when_down = RS_DOWN_WAIT, .retry_after_ns = 30 * MS}};
    rs_pid web_pid = start("web", &patient);
    rs_spawn(start_db_later, NULL, 0);
    uint64_t before_ns = rs_now_ns();
    ask_aside(web_pid, 0);
    ask_aside(web_pid, 1);
    CHECK(hear().type == &rs_service_done_type && hear().type == &rs_service_done_type);
    CHECK_INT(rs_now_ns() - before_ns, 120 * MS);
}

TEST(wait_keeps_requests_in_line_until_it_is_up) {
    run_with(RS_CLOCK_VIRTUAL, wait_until_up);
}

static void degrade(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    const rs_service_config easy = {{ON_DB, .when_down = RS_DOWN_DEGRADE}};
    const rs_service_config above = {
        {.depends_on = {.items = (const char *const[]){"web"}, .count = 1}, .timeout_ns = MS}};
    rs_pid web_pid = start("web", &easy), top = start("top", &above);
    CHECK(request(web_pid)->type == &rs_service_degraded_type);
    CHECK(request(top)->type == &rs_service_degraded_type); /* passed on up the chain */
    start("db", &(rs_service_config){{.timeout_ns = MS}});
    CHECK(request(top)->type == &rs_service_done_type);
}

TEST(degrade_goes_on_without_it_and_says_so) {
    run_with(RS_CLOCK_VIRTUAL, degrade);
}

static void crash(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    const rs_service_config strict = {{ON_DB, .when_down = RS_DOWN_CRASH}};
    char text[64];
    rs_term reason = 0;
    CHECK(!try_ask(start("web", &strict), 0, &reason));
    rs_term_print(reason, text, sizeof text);
    CHECK_STR(text, "{dependency_down,\"db\"}");
    rs_term_release(reason);
}

TEST(crash_ends_the_service_of_it) {
    run_with(RS_CLOCK_VIRTUAL, crash);
}

/* ------------------------------------------------------------------ poison, leaks, chance */

static rs_service_config poisoned = {{.poison_ppm = 50000}};

/* Which of 200 keys kill a fresh service, as bits. */
static void find_poison(uint64_t seed, const char *reason_word, uint8_t deadly[200]) {
    for (uint64_t key = 0; key < 200; key++) {
        rs_term reason = 0;
        rs_pid pid = start_with("service", "db", &poisoned, seed, (uint32_t)key + 1);
        deadly[key] = !try_ask(pid, key, &reason);
        if (deadly[key]) CHECK(reason == rs_atom_find(reason_word));
        if (!deadly[key]) kill_and_wait(pid);
    }
}

static void poison(const void *args, uint32_t bytes) {
    uint8_t first[200], again[200], other[200], exits[200];
    int count = 0;
    (void)args;
    (void)bytes;
    poisoned.serving.poison_by = 0;
    find_poison(1, "sigsegv", first);
    find_poison(1, "sigsegv", again);
    find_poison(2, "sigsegv", other);
    poisoned.serving.poison_by = 1;
    find_poison(1, "poison", exits);
    for (int i = 0; i < 200; i++) count += first[i];
    CHECK(count >= 3 && count <= 20);
    CHECK(memcmp(first, again, sizeof first) == 0);
    CHECK(memcmp(first, exits, sizeof first) == 0);
    CHECK(memcmp(first, other, sizeof first) != 0);
}

TEST(the_same_keys_are_poison_whoever_is_asked) {
    run_with(RS_CLOCK_VIRTUAL, poison);
}

TEST(poison_crashes_in_earnest_under_the_real_clock) {
    run_with(RS_CLOCK_REAL, poison);
}

static void leak(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    static const rs_service_config leaky = {{.leak_bytes = 32 << 20}};
    char text[64];
    rs_term reason = 0;
    rs_pid pid = start("leaky", &leaky);
    int served = 0;
    while (try_ask(pid, 0, &reason)) served++;
    CHECK_INT(served, RS_ARENA_BYTES_MAX / (32 << 20) - 1);
    rs_term_print(reason, text, sizeof text);
    CHECK_STR(text, "{system_limit,memory}");
    rs_term_release(reason);
}

TEST(a_leak_ends_it_when_its_memory_is_used_up) {
    run_with(RS_CLOCK_VIRTUAL, leak);
}

static uint64_t time_of_first(uint64_t seed, uint32_t incarnation) {
    static const rs_service_config random = {
        {.service_time = {.kind = RS_EXPONENTIAL, .low_ns = 5 * MS}}};
    rs_pid pid = start_with("service", "db", &random, seed, incarnation);
    uint64_t before_ns = rs_now_ns();
    ask(pid, 0);
    uint64_t first_ns = rs_now_ns() - before_ns;
    ask(pid, 0);
    CHECK(rs_now_ns() - before_ns != 2 * first_ns);
    kill_and_wait(pid);
    return first_ns;
}

static void draw_times(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    uint64_t first_ns = time_of_first(1, 1);
    CHECK_INT(time_of_first(1, 1), first_ns);
    CHECK(time_of_first(1, 2) != first_ns);
    CHECK(time_of_first(2, 1) != first_ns);
}

TEST(times_follow_from_seed_role_and_incarnation) {
    run_with(RS_CLOCK_VIRTUAL, draw_times);
}

TEST_MAIN()
