/* gen_server_test.c: calls, casts, starts and ends of servers, under both clocks.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"

#include "runtime/process/test/run.h"

typedef struct number {
    int64_t value;
} number;
static const rs_type add_type = {.name = "add", .bytes = sizeof(number)};
static const rs_type get_type = {.name = "get"};
static const rs_type later_type = {.name = "later"};
static const rs_type stop_type = {.name = "stop"};
static const rs_type crash_type = {.name = "crash"};
static const rs_type sum_type = {.name = "sum", .bytes = sizeof(number)};

typedef struct counter {
    int64_t sum;
    rs_from waiting;
} counter;

static volatile int terminated, errors;
static char last_reason[64];

static rs_next counter_init(void *state, const void *args, uint32_t bytes) {
    counter *self = state;
    if (bytes == 0) return RS_INIT_OK;
    const number *start = args;
    if (start->value == -1) return rs_stop(RS_ATOM(init_failed));
    if (start->value == -2) return rs_ignore();
    if (start->value == -3) rs_crash(RS_ATOM(sigsegv));
    if (start->value == -4) rs_trap_exit(true);
    self->sum = start->value;
    return RS_INIT_OK;
}

static rs_next counter_call(void *state, rs_from from, const rs_message *request) {
    counter *self = state;
    if (request->type == &later_type) {
        self->waiting = from;
        return RS_NOREPLY;
    }
    if (request->type == &stop_type) {
        number last = {self->sum};
        return rs_stop_reply(RS_ATOM(normal), &sum_type, &last, sizeof last);
    }
    if (request->type == &crash_type) {
        volatile int *nowhere = (volatile int *)(uintptr_t)(request->bytes * 0u + 8u);
        if (rs_clock_is_virtual()) rs_crash(RS_ATOM(sigsegv));
        __asm__ volatile("" : "+r"(nowhere));
        *nowhere = 1;
    }
    if (request->type == &add_type)
        self->sum += ((const number *)(const void *)request->payload)->value;
    number answer = {self->sum};
    return rs_reply(&sum_type, &answer, sizeof answer);
}

static rs_next counter_cast(void *state, const rs_message *request) {
    counter *self = state;
    if (request->type == &add_type)
        self->sum += ((const number *)(const void *)request->payload)->value;
    if (request->type == &later_type) {
        number answer = {self->sum};
        rs_reply_to(self->waiting, &sum_type, &answer, sizeof answer);
        rs_reply_to(self->waiting, &sum_type, &answer, sizeof answer); /* dropped: C3 */
    }
    return RS_NOREPLY;
}

static void counter_terminate(void *state, rs_term reason) {
    (void)state;
    terminated++;
    rs_term_print(reason, last_reason, sizeof last_reason);
}

static void counter_error(void *state, rs_term reason) {
    (void)reason;
    errors += state != NULL;
}

static const rs_gen_server counter_server = {
    .name = "counter",
    .state_bytes = sizeof(counter),
    .init = counter_init,
    .handle_call = counter_call,
    .handle_cast = counter_cast,
    .terminate = counter_terminate,
    .error = counter_error,
};

static rs_pid start(int64_t value, bool link) {
    const number args = {value};
    const rs_start_options options = {.link = link};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(&counter_server, &args, sizeof args, &options, &pid, &reason),
              RS_START_OK);
    return pid;
}

static int64_t sum_of(const rs_message *reply) {
    CHECK(reply != NULL && reply->type == &sum_type);
    return ((const number *)(const void *)reply->payload)->value;
}

static int64_t add(rs_pid server, int64_t value) {
    const number n = {value};
    return sum_of(rs_gen_server_call(server, &add_type, &n, sizeof n, RS_CALL_TIMEOUT_NS));
}

static void calls_and_casts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(10, false);
    for (int i = 1; i <= 1000; i++) CHECK_INT(add(server, 1), 10 + i);
    const number n = {5};
    rs_gen_server_cast(server, &add_type, &n, sizeof n);
    CHECK_INT(sum_of(rs_gen_server_call(server, &get_type, NULL, 0, RS_FOREVER)), 1015);
}
TEST(calls_and_casts_are_handled_in_order) {
    everywhere(calls_and_casts);
}

static void fails(rs_pid server, const rs_type *type, uint64_t timeout_ns, const char *expected) {
    rs_term reason = 0;
    CHECK(rs_gen_server_try_call(server, type, NULL, 0, timeout_ns, &reason) == NULL);
    char text[64];
    rs_term_print(reason, text, sizeof text);
    CHECK_STR(text, expected);
    rs_term_release(reason);
}

static void failing_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(0, false);
    fails(rs_self(), &get_type, RS_FOREVER, "calling_self");
    fails(server, &later_type, 1000000, "timeout");
    CHECK(rs_is_alive(server)); /* C2 */
    CHECK_INT(add(server, 1), 1);
    fails(server, &crash_type, RS_FOREVER, "sigsegv");
    CHECK(!rs_is_alive(server));
    fails(server, &get_type, RS_FOREVER, "noproc");
    CHECK(errors > 0);
}
TEST(failing_calls_tell_why) {
    everywhere(failing_calls);
}

static void late_reply(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(7, false);
    fails(server, &later_type, 1000000, "timeout");
    rs_gen_server_cast(server, &later_type, NULL, 0); /* the late reply is discarded: C2 */
    CHECK_INT(add(server, 1), 8);
    CHECK_INT(add(server, 1), 9);
}
TEST(late_replies_are_discarded) {
    everywhere(late_reply);
}

static void start_results(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = 0;
    rs_term reason = 0;
    number n = {-1};
    CHECK_INT(rs_gen_server_start(&counter_server, &n, sizeof n, NULL, &pid, &reason),
              RS_START_ERROR);
    CHECK_STR(rs_atom_text(reason), "init_failed");
    n.value = -2;
    CHECK_INT(rs_gen_server_start(&counter_server, &n, sizeof n, NULL, &pid, &reason),
              RS_START_IGNORE);
    n.value = -3;
    CHECK_INT(rs_gen_server_start(&counter_server, &n, sizeof n, NULL, &pid, &reason),
              RS_START_ERROR);
    CHECK_STR(rs_atom_text(reason), "sigsegv");
    const rs_start_options named = {.name = rs_atom_find("the_counter")};
    n.value = 0;
    CHECK_INT(rs_gen_server_start(&counter_server, &n, sizeof n, &named, &pid, &reason),
              RS_START_OK);
    CHECK(rs_whereis(named.name) == pid);
    rs_pid second = 0;
    CHECK_INT(rs_gen_server_start(&counter_server, &n, sizeof n, &named, &second, &reason),
              RS_START_ERROR);
    CHECK(rs_term_is_pair(reason, RS_ATOM(already_started)));
    CHECK(rs_term_element(reason, 1) == pid);
    rs_term_release(reason);
}
TEST(init_decides_the_result_of_start) {
    everywhere(start_results);
}

static void trapping_starter(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    const number n = {-1};
    const rs_start_options linked = {.link = true};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(&counter_server, &n, sizeof n, &linked, &pid, &reason),
              RS_START_ERROR);
    CHECK(rs_receive(NULL, NULL, 1000000) == NULL); /* G4, later behaviour */
    pid = start(1, true);
    rs_exit_signal(pid, RS_ATOM(kill));
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    CHECK_INT(message->kind, RS_MESSAGE_EXIT);
    CHECK(message->from == pid);
    CHECK(rs_message_reason(message) == RS_ATOM(killed));
}
TEST(links_of_starts) {
    everywhere(trapping_starter);
}

static void important(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit(rs_atom_find("important"));
}

static void full_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_pid child = rs_spawn_link(important, NULL, 0), pid = 0;
    while (rs_is_alive(child)) rs_yield();
    while (rs_spawn(waits, NULL, 0)) {
    }
    const rs_start_options linked = {.link = true};
    rs_term reason = 0;
    /* Slots of the dead come back a little later; those who get them stay. */
    rs_start_result result = RS_START_OK;
    for (int i = 0; i < 200 && result == RS_START_OK; i++)
        result = rs_gen_server_start(&counter_server, NULL, 0, &linked, &pid, &reason);
    CHECK_INT(result, RS_START_ERROR);
    rs_term_release(reason);
    rs_memory_use before, after;
    rs_memory_read(&before);
    bool full = true;
    for (int i = 0; i < 100; i++)
        full &=
            rs_gen_server_start(&counter_server, NULL, 0, &linked, &pid, &reason) == RS_START_ERROR;
    rs_memory_read(&after);
    if (full) CHECK_INT(after.message, before.message);
    const rs_message *message = rs_receive(NULL, NULL, 1000 * MS);
    CHECK(message != NULL);
    CHECK_INT(message->kind, RS_MESSAGE_EXIT);
    CHECK(message->from == child);
    CHECK(rs_receive(NULL, NULL, MS) == NULL);
}
TEST(a_start_without_room_takes_nobodys_exit) {
    const rs_runtime_options kinds[] = {
        {.threads = 1, .processes_max = 100},
        {.threads = 2, .processes_max = 100},
        {.clock = RS_CLOCK_VIRTUAL, .processes_max = 100},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) run_on(&kinds[i], full_table);
}

static void stops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    terminated = 0;
    rs_pid server = start(3, false);
    CHECK_INT(sum_of(rs_gen_server_call(server, &stop_type, NULL, 0, RS_FOREVER)), 3);
    CHECK_INT(terminated, 1); /* C6: before the reply */
    server = start(3, false);
    rs_term reason;
    CHECK_INT(rs_term_parse("{shutdown,done}", &reason), RS_OK);
    CHECK_INT(rs_gen_server_stop(server, reason, RS_FOREVER), RS_OK);
    CHECK_STR(last_reason, "{shutdown,done}");
    CHECK_INT(rs_gen_server_stop(server, reason, RS_FOREVER), RS_ENOPROC);
    rs_term_release(reason);
}
TEST(stopping_runs_terminate_first) {
    everywhere(stops);
}

typedef struct family {
    rs_pid servers[2], watcher;
} family;

static const rs_type family_type = {.name = "family", .bytes = sizeof(family)};

static void parent(const void *args, uint32_t bytes) {
    (void)bytes;
    family own = {{start(-4, true), start(0, true)},
                  *(const rs_pid *)args}; /* the first one traps */
    rs_send(own.watcher, &family_type, &own, sizeof own);
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_exit(RS_ATOM(shutdown));
}

static void parent_exit(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    terminated = 0;
    rs_pid self = rs_self(), pid = rs_spawn(parent, &self, sizeof self);
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    const family own = *(const family *)(const void *)message->payload;
    for (int i = 0; i < 2; i++) rs_monitor(own.servers[i]);
    rs_send(pid, &family_type, &own, sizeof own);
    for (int i = 0; i < 2; i++)
        CHECK_INT(rs_receive(NULL, NULL, RS_FOREVER)->kind, RS_MESSAGE_DOWN);
    CHECK_INT(terminated, 1); /* G8, G9: only the one that traps */
    CHECK_STR(last_reason, "shutdown");
}
TEST(a_parents_exit_ends_its_servers) {
    everywhere(parent_exit);
}

static void calls_the_dead(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_gen_server_call(*(const rs_pid *)args, &get_type, NULL, 0, RS_FOREVER);
}

/* C1: {Reason,{gen_server,call,Server}} */
static void expect_failed_call(const rs_message *down, rs_pid server) {
    CHECK(down != NULL && down->kind == RS_MESSAGE_DOWN);
    rs_term reason = rs_message_reason(down);
    CHECK(rs_term_is_pair(reason, RS_ATOM(noproc)));
    rs_term site = rs_term_element(reason, 1);
    CHECK(rs_term_element(site, 0) == rs_atom_find("gen_server"));
    CHECK(rs_term_element(site, 1) == rs_atom_find("call"));
    CHECK(rs_term_element(site, 2) == server);
    rs_term_release(site);
}

static void failing_callers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_pid server = start(0, false);
    CHECK_INT(rs_gen_server_stop(server, RS_ATOM(normal), RS_FOREVER), RS_OK);
    fails(rs_self(), &get_type, 0, "calling_self"); /* lets go of the last reply */
    read_settled(&before);
    for (int i = 0; i < 50; i++) {
        rs_ref ref = 0;
        CHECK(rs_spawn_monitor(calls_the_dead, &server, sizeof server, &ref) != 0);
        expect_failed_call(rs_receive(NULL, NULL, RS_FOREVER), server);
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(C1_a_failed_call_ends_its_caller) {
    everywhere(failing_callers);
}

static void memory_is_back(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (int round = 0; round < 3; round++) {
        rs_pid servers[100];
        for (int i = 0; i < 100; i++) servers[i] = start(i, false);
        for (int i = 0; i < 100; i++) {
            add(servers[i], 1);
            if (i % 3 == 0)
                fails(servers[i], &crash_type, RS_FOREVER, "sigsegv");
            else
                rs_exit_signal(servers[i], RS_ATOM(kill));
        }
        for (int i = 0; i < 100; i++)
            while (rs_is_alive(servers[i])) rs_receive(NULL, NULL, 1000);
    }
    fails(rs_self(), &get_type, 0, "calling_self"); /* lets go of the last reply */
    memory_is(&before);
}
TEST(every_byte_comes_back) {
    everywhere(memory_is_back);
}

TEST_MAIN()
