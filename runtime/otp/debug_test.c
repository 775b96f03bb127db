/* debug_test.c: servers that are traced and counted tell what OTP's tell (checked with its sys of
 * OTP 25), and nothing is told, kept or run for those that are not.
 * Source: rule G14.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/debug.h"

#include "runtime/otp/supervisor.h"
#include "runtime/process/test/puppet.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ who listens */

#define STORY_BYTES 2048

static char story[STORY_BYTES];
static uint32_t events, longest;
static rs_atomic_u32 told; /* values */

/* As sys prints it. */
static void note(void *context, const rs_system_event *event) {
    static const char *const came[] = {"got ", "got cast ", "got call ", "got ", "got "};
    size_t used = strlen(story);
    (void)context;
    CHECK(event->pid != 0);
    events++;
    if (strlen(event->term) > longest) longest = (uint32_t)strlen(event->term);
    if (event->kind == RS_SYSTEM_EVENT_IN)
        snprintf(story + used, sizeof story - used, "%s%s\n", came[event->message], event->term);
    else if (event->kind == RS_SYSTEM_EVENT_OUT)
        snprintf(story + used, sizeof story - used, "sent %s, new state %s\n", event->term,
                 event->state);
    else
        snprintf(story + used, sizeof story - used, "new state %s\n", event->state);
}

static const rs_observer listener = {.trace = note}, nobody = {.trace = NULL};

static void heard_by(const rs_observer *observer, rs_entry *entry) {
    const rs_runtime_options *const kinds[] = {&one_core, &three_cores, &one_thread, &two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        rs_runtime_options options = *kinds[i];
        options.observer = observer;
        story[0] = 0;
        events = longest = 0;
        rs_store(&told, 0, rs_relaxed);
        run_on(&options, entry);
    }
}

/* ------------------------------------------------------------------ the server that OTP was given
 */

typedef enum wish { REPLY, LATER, WAIT, CONTINUE, STOP, NOTHING } wish;

static rs_term wish_to_term(const void *value, uint32_t bytes) {
    static const char *const words[] = {"a", "later", "tmo", "cont", "stop", "b"};
    CHECK_INT(bytes, sizeof(wish));
    rs_add(&told, 1, rs_relaxed);
    return rs_atom_find(words[*(const wish *)value]);
}

static rs_term state_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    rs_add(&told, 1, rs_relaxed);
    return rs_atom_find("st");
}

static const rs_type wish_type = {"wish", sizeof(wish), wish_to_term, NULL};
static const rs_type state_type = {"state", sizeof(uint64_t), state_to_term, NULL};

static rs_next srv_init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    return RS_INIT_OK;
}

static rs_next srv_call(void *state, rs_from from, const rs_message *request) {
    const wish *what = (const void *)request->payload;
    (void)state;
    switch (*what) {
    case LATER: rs_reply_to(from, &wish_type, what, sizeof *what); return RS_NOREPLY;
    case STOP: return rs_stop_reply(RS_ATOM(normal), &wish_type, what, sizeof *what);
    case CONTINUE: rs_reply(&wish_type, what, sizeof *what); return rs_continue(&any_type, NULL, 0);
    default: return rs_reply(&wish_type, what, sizeof *what);
    }
}

static rs_next srv_cast(void *state, const rs_message *request) {
    const wish *what = (const void *)request->payload;
    (void)state;
    return *what == WAIT ? rs_timeout(MS) : RS_NOREPLY;
}

static rs_next srv_info(void *state, const rs_message *info) {
    (void)state, (void)info;
    return RS_NOREPLY;
}

/* A second reply goes nowhere: rule C3. */
static rs_next srv_continue(void *state, const rs_message *what) {
    (void)state, (void)what;
    rs_reply(&any_type, NULL, 0);
    return RS_NOREPLY;
}

static const rs_gen_server srv = {.name = "srv",
                                  .state_bytes = sizeof(uint64_t),
                                  .init = srv_init,
                                  .handle_call = srv_call,
                                  .handle_cast = srv_cast,
                                  .handle_info = srv_info,
                                  .handle_continue = srv_continue,
                                  .state_type = &state_type};

static rs_pid start(const rs_gen_server *module) {
    rs_pid pid = 0;
    CHECK_INT(rs_gen_server_start(module, NULL, 0, NULL, &pid, NULL), RS_START_OK);
    return pid;
}

static void call(rs_pid server, wish what) {
    rs_gen_server_call(server, &wish_type, &what, sizeof what, LONG_NS);
}

static void cast(rs_pid server, wish what) {
    rs_gen_server_cast(server, &wish_type, &what, sizeof what);
}

/* The messages that OTP's server got. */
static void use(rs_pid server) {
    const wish nothing = NOTHING;
    call(server, REPLY);
    cast(server, NOTHING);
    rs_send(server, &wish_type, &nothing, sizeof nothing);
    call(server, LATER);
    cast(server, WAIT);
    wait_ns(50 * MS);
    call(server, CONTINUE);
}

static void trace(rs_pid server, bool on) {
    CHECK_INT(rs_sys_trace(server, on, LONG_NS), RS_OK);
}

/* ------------------------------------------------------------------ tracing */

#define STORY                                                                                      \
    "got call a\nsent a, new state st\n"                                                           \
    "got cast b\nnew state st\n"                                                                   \
    "got b\nnew state st\n"                                                                        \
    "got call later\nnew state st\n"                                                               \
    "got cast tmo\nnew state st\n"                                                                 \
    "got timeout\nnew state st\n"                                                                  \
    "got call cont\nsent cont, new state st\n"

static void traces(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&srv);
    call(server, REPLY);
    CHECK_INT(events, 0);
    trace(server, true);
    trace(server, true);
    use(server);
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    trace(server, false);
    call(server, REPLY);
    CHECK_STR(story, STORY);
    story[0] = 0;
    trace(server, true);
    call(server, STOP);
    CHECK_STR(story, "got call stop\nsent stop, new state st\n");
}
TEST(G14_a_traced_server_tells_what_comes_and_what_comes_of_it) {
    heard_by(&listener, traces);
}

static rs_term srv_change(const rs_old_state *old, void *fresh, rs_term extra) {
    (void)old, (void)fresh, (void)extra;
    return RS_ATOM(ok);
}

/* Another version is another behaviour below the one that looks. */
static void traces_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static rs_gen_server next;
    next = srv;
    next.code_change = srv_change;
    rs_pid server = start(&srv);
    trace(server, true);
    call(server, REPLY);
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    CHECK_INT(rs_sys_change_code(server, &next, RS_ATOM(ok), LONG_NS, &(rs_term){0}), RS_OK);
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    call(server, REPLY);
    CHECK_INT(events, 4);
    trace(server, false);
    call(server, REPLY);
    CHECK_INT(events, 4);
    kill_and_wait(server);
}
TEST(a_change_of_code_does_not_end_the_trace) {
    heard_by(&listener, traces_on);
}

static void traces_for_nobody(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&srv);
    uint32_t before = rs_load(&told, rs_relaxed);
    trace(server, true);
    use(server);
    kill_and_wait(server);
    CHECK_INT(rs_load(&told, rs_relaxed), before);
}
TEST(without_a_listener_no_value_is_told) {
    heard_by(&nobody, traces_for_nobody);
}

static void traces_a_supervisor(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_supervisor_spec spec = {.intensity = 1, .period_s = 5};
    const rs_start_options link = {.link = true};
    rs_pid supervisor = 0;
    CHECK_INT(rs_supervisor_start(&spec, &link, &supervisor, NULL), RS_START_OK);
    trace(supervisor, true);
    rs_child_counts found;
    CHECK(rs_supervisor_count_children(supervisor, &found));
    CHECK_INT(events, 2);
    rs_unlink(supervisor);
    kill_and_wait(supervisor);
}
TEST(any_behaviour_can_be_traced) {
    heard_by(&listener, traces_a_supervisor);
}

/* ------------------------------------------------------------------ what comes may be anything */

static rs_term long_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    static char text[4000];
    memset(text, 'x', sizeof text);
    return rs_term_text(text, sizeof text);
}

FAULTY static rs_term broken_to_term(const void *value, uint32_t bytes) {
    static const void *volatile nowhere = NULL;
    (void)value, (void)bytes;
    return *(const rs_term *)nowhere;
}

static const rs_type long_type = {"long", 0, long_to_term, NULL};
static const rs_type broken_type = {"broken", 0, broken_to_term, NULL};

static void takes_anything(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&srv);
    trace(server, true);
    rs_send(server, &long_type, "", 1);
    rs_send(server, NULL, "", 1);
    trace(server, true); /* it has taken them */
    CHECK_INT(events, 4);
    CHECK_INT(longest, RS_SYSTEM_EVENT_TEXT_BYTES - 1);
    CHECK(strstr(story, "got {opaque,message,1}\n"));
    rs_ref ref = rs_monitor(server);
    rs_send(server, &broken_type, "", 1);
    expect_down(server, ref, "sigsegv");
}
TEST(long_values_are_cut_and_a_broken_type_ends_the_server_alone) {
    heard_by(&listener, takes_anything);
}

/* ------------------------------------------------------------------ statistics */

static rs_sys_statistics statistics_of(rs_pid server) {
    rs_sys_statistics now;
    CHECK_INT(rs_sys_statistics_get(server, LONG_NS, &now), RS_OK);
    return now;
}

static void counts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&srv);
    call(server, REPLY);
    CHECK(!statistics_of(server).on);
    uint64_t before_ns = rs_now_ns();
    CHECK_INT(rs_sys_statistics_on(server, true, LONG_NS), RS_OK);
    use(server);
    CHECK_INT(rs_sys_statistics_on(server, true, LONG_NS), RS_OK);
    rs_sys_statistics now = statistics_of(server);
    CHECK(now.on);
    CHECK_INT(now.messages_in, 7);
    CHECK_INT(now.messages_out, 2);
    CHECK(now.start_time_ns >= before_ns && now.current_time_ns >= now.start_time_ns + 50 * MS);
    CHECK_INT(rs_sys_statistics_on(server, false, LONG_NS), RS_OK);
    now = statistics_of(server);
    CHECK(!now.on);
    CHECK_INT(now.messages_in, 0);
    kill_and_wait(server);
    CHECK_INT(rs_sys_statistics_get(server, LONG_NS, &now), RS_ENOPROC);
    CHECK_INT(events, 0);
}
TEST(G14_statistics_count_what_comes_and_what_is_replied) {
    heard_by(&listener, counts);
}

/* ------------------------------------------------------------------ status */

#define TEXT_MAX 256

static void status_is(rs_pid server, const char *rest) {
    rs_term status = 0;
    char text[TEXT_MAX], pid[64], parent[64], expected[TEXT_MAX];
    CHECK_INT(rs_sys_get_status(server, LONG_NS, &status), RS_OK);
    rs_term_print(status, text, sizeof text);
    rs_term_print(server, pid, sizeof pid);
    rs_term_release(status);
    rs_term_print(rs_self(), parent, sizeof parent);
    snprintf(expected, sizeof expected, rest, pid, parent);
    CHECK_STR(text, expected);
}

static void has_a_status(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&srv);
    status_is(server, "{status,%s,{module,srv},[running,%s,[],st]}");
    CHECK_INT(rs_sys_statistics_on(server, true, LONG_NS), RS_OK);
    trace(server, true);
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    status_is(server, "{status,%s,{module,srv},[suspended,%s,[trace,statistics],st]}");
    trace(server, false);
    status_is(server, "{status,%s,{module,srv},[suspended,%s,[statistics],st]}");
    kill_and_wait(server);
}
TEST(G14_the_status_tells_what_is_on) {
    heard_by(&listener, has_a_status);
}

/* ------------------------------------------------------------------ memory */

static void gives_back(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&srv);
    rs_memory_use before;
    for (int i = 0; i < 3; i++) {
        if (i == 1) rs_memory_read(&before);
        trace(server, true);
        CHECK_INT(rs_sys_statistics_on(server, true, LONG_NS), RS_OK);
        use(server);
        trace(server, false);
        CHECK(statistics_of(server).on);
        CHECK_INT(rs_sys_statistics_on(server, false, LONG_NS), RS_OK);
    }
    memory_is(&before);
    kill_and_wait(server);
}
TEST(who_is_no_longer_looked_at_keeps_nothing) {
    heard_by(&listener, gives_back);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {counts, has_a_status, traces_for_nobody};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(looking_gives_its_memory_back) {
    heard_by(&nobody, returns_memory);
}

TEST_MAIN()
