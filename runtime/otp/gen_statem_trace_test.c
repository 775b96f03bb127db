/* gen_statem_trace_test.c: the scripts of test/gen_statem leave the traces that the real gen_statem
 * left of them. STATEM_CASES=PATH: compares PATH.script and PATH.trace instead.
 * Source: rules F1-F7.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_statem.h"
#include "runtime/otp/sys.h"
#include "runtime/otp/test/statem_script.h"

#include "runtime/process/test/puppet.h"

#include <stdarg.h>

#define TICK_NS   (20 * MS)
#define TRACE_MAX 65536
#define CALLS_MAX COMMANDS_MAX

/* Of the script that runs: under the virtual clock all processes share a thread. */
static script now;
static uint64_t began_ns;
static char trace[TRACE_MAX];
static size_t traced;
static rs_gen_statem module;

static void __attribute__((format(printf, 1, 2))) note(const char *format, ...) {
    va_list args;
    va_start(args, format);
    traced += (size_t)vsnprintf(trace + traced, sizeof trace - traced, format, args);
    va_end(args);
    CHECK(traced < sizeof trace);
}

static uint64_t tick(void) {
    return (rs_now_ns() - began_ns) / TICK_NS;
}

static const char *text(rs_term term) {
    static char out[512];
    CHECK(rs_term_print(term, out, sizeof out) < sizeof out);
    return out;
}

/* ------------------------------------------------------------------ the content of events */

static rs_term word_to_term(const void *value, uint32_t bytes) {
    CHECK(((const char *)value)[bytes - 1] == '\0');
    return rs_atom_find(value);
}

static const rs_type word_type = {.name = "word", .to_term = word_to_term};

static uint32_t bytes_of(const char *word) {
    return (uint32_t)strlen(word) + 1;
}

/* ------------------------------------------------------------------ the machine */

/* Its data is how often it was called back. */
static rs_from saved;
static int left[RULES_MAX]; /* times that a rule holds */

static const char *const kinds[] = {
    [RS_STATEM_INTERNAL] = "internal", [RS_STATEM_CALL] = "call",
    [RS_STATEM_CAST] = "cast",         [RS_STATEM_INFO] = "info",
    [RS_STATEM_TIMEOUT] = "timeout",   [RS_STATEM_STATE_TIMEOUT] = "state_timeout",
    [RS_STATEM_NAMED_TIMEOUT] = "t",   [RS_STATEM_ENTER] = "enter",
};

static const char *kind_of(const rs_statem_event *event) {
    if (event->type != RS_STATEM_NAMED_TIMEOUT) return kinds[event->type];
    return event->name == 1 ? "t1" : "t2";
}

static rs_statem_event event_of(const char *kind) {
    rs_statem_event event = {.type = RS_STATEM_NAMED_TIMEOUT, .name = (uint32_t)kind[1] - '0'};
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_word(kind, kinds[i])) event.type = (rs_statem_type)i;
    return event;
}

static uint32_t which_of(const char *kind) {
    rs_statem_event event = event_of(kind);
    if (event.type == RS_STATEM_TIMEOUT) return RS_EVENT_TIMEOUT;
    return event.type == RS_STATEM_STATE_TIMEOUT ? RS_STATE_TIMEOUT : event.name;
}

static void insert(const phrase *action, rs_from from) {
    rs_statem_event as = event_of(action->parts[1]);
    as.from = from.pid ? from : saved;
    if (as.type == RS_STATEM_CALL && !as.from.pid) as = rs_internal;
    rs_next_event(&as, &word_type, action->parts[2], bytes_of(action->parts[2]));
}

static void reply_to(rs_from from, const char *word) {
    if (from.pid) rs_reply_to(from, &word_type, word, bytes_of(word));
}

static void act(const phrase *action, rs_from from) {
    const char *word = action->parts[0], *last = action->parts[action->count - 1];
    if (is_word(word, "postpone")) rs_postpone();
    if (is_word(word, "hibernate")) rs_hibernate();
    if (is_word(word, "reply")) reply_to(from, last);
    if (is_word(word, "reply_saved")) reply_to(saved, last);
    if (is_word(word, "insert")) insert(action, from);
    if (is_word(word, "cancel")) rs_cancel_timeout(which_of(last));
    if (is_word(word, "update"))
        rs_update_timeout(which_of(action->parts[1]), &word_type, last, bytes_of(last));
    if (is_word(word, "set"))
        rs_set_timeout(which_of(action->parts[1]), (uint64_t)atoi(action->parts[2]) * TICK_NS,
                       &word_type, last, bytes_of(last));
}

static void act_all(const rule *it, rs_from from) {
    for (int i = 0; i < it->action_count; i++)
        if (is_word(it->actions[i].parts[0], "save") && from.pid) saved = from;
    for (int i = 0; i < it->action_count; i++) act(&it->actions[i], from);
}

static rs_next follow(const rule *it, rs_from from) {
    const char *word = it->result.parts[0], *of = it->result.parts[1];
    if (is_word(word, "stop")) return rs_stop(rs_atom_find(of));
    act_all(it, from);
    if (is_word(word, "stop_and_reply")) return rs_stop(rs_atom_find(of));
    if (is_word(word, "repeat")) return rs_repeat_state();
    return is_word(word, "next") ? rs_next_state((uint32_t)*of - 'a') : rs_keep_state();
}

static bool fits(const rule *it, char state, const char *kind, const char *content) {
    const char *wanted_content = it->event.parts[1];
    return (it->state == '*' || it->state == state) && is_word(it->event.parts[0], kind) &&
           (is_word(wanted_content, "*") || is_word(wanted_content, content));
}

static const rule *choose(char state, const char *kind, const char *content) {
    static const rule none = {.result = {{"keep"}, 1}};
    for (int i = 0; i < now.rule_count; i++) {
        if (left[i] == 0 || !fits(&now.rules[i], state, kind, content)) continue;
        if (left[i] > 0) left[i]--;
        return &now.rules[i];
    }
    return &none;
}

static rs_next handle_event(void *data, uint32_t state_number, const rs_statem_event *event) {
    char state = (char)('a' + state_number), old_state[] = {(char)('a' + event->old_state), '\0'};
    const char *content = event->message ? (const char *)event->message->payload : old_state;
    note("%" PRIu64 " %c %s %s\n", tick(), state, kind_of(event), content);
    ++*(int64_t *)data;
    rs_from from = event->type == RS_STATEM_CALL ? event->from : (rs_from){0};
    return follow(choose(state, kind_of(event), content), from);
}

static rs_next a(void *data, const rs_statem_event *event) {
    return handle_event(data, 0, event);
}
static rs_next b(void *data, const rs_statem_event *event) {
    return handle_event(data, 1, event);
}
static rs_next c(void *data, const rs_statem_event *event) {
    return handle_event(data, 2, event);
}

static rs_next init(void *data, const void *args, uint32_t bytes) {
    (void)data, UNUSED_ARGS;
    saved = (rs_from){0};
    for (int i = 0; i < now.rule_count; i++) left[i] = now.rules[i].times;
    rs_trap_exit(now.trap_exit);
    const char *word = now.init.result.parts[0];
    if (is_word(word, "ignore")) return rs_ignore();
    if (is_word(word, "stop")) return rs_stop(rs_atom_find(now.init.result.parts[1]));
    act_all(&now.init, (rs_from){0});
    return rs_next_state((uint32_t)*word - 'a');
}

static void terminate(void *data, uint32_t state, rs_term reason) {
    (void)data;
    note("%" PRIu64 " terminate %c %s\n", tick(), (int)('a' + state), text(reason));
}

static rs_term data_to_term(const void *value, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(int64_t));
    return rs_term_integer(*(const int64_t *)value);
}

static rs_err data_from_term(rs_term term, void *value, uint32_t *bytes) {
    CHECK_INT(*bytes, sizeof(int64_t));
    *(int64_t *)value = rs_term_to_integer(term);
    return RS_OK;
}

static const rs_type data_type = {
    .name = "count", .to_term = data_to_term, .from_term = data_from_term};

static const rs_statem_state states[] = {{"a", a}, {"b", b}, {"c", c}};

static void make_module(void) {
    module = (rs_gen_statem){.name = "script",
                             .data_bytes = sizeof(int64_t),
                             .states = states,
                             .state_count = 3,
                             .state_enter = now.state_enter,
                             .init = init,
                             .handle_event = now.handle_event ? handle_event : NULL,
                             .terminate = terminate,
                             .data_type = &data_type};
}

/* ------------------------------------------------------------------ its callers */

typedef struct call {
    rs_pid server;
    const char *word;
    uint32_t number;
    rs_ref ref;
    rs_pid pid;
    char reply[64];
} call;

static call calls[CALLS_MAX];
static uint32_t call_count;

static void calls_once(const void *args, uint32_t bytes) {
    (void)bytes;
    call *this = *(call *const *)args;
    const rs_message *reply =
        rs_gen_statem_call(this->server, &word_type, this->word, bytes_of(this->word), RS_FOREVER);
    snprintf(this->reply, sizeof this->reply, "%" PRIu64 " reply %s", tick(),
             (const char *)reply->payload);
}

/* What was sent before has been handled, and it has called by then: see fuzz/otp/statem.escript. */
static void begin_call(rs_pid server, const char *word) {
    rs_term state = 0;
    if (rs_sys_get_state(server, LONG_NS, &state) == RS_OK) rs_term_release(state);
    call *this = &calls[call_count++];
    *this = (call){.server = server, .word = word, .number = call_count};
    this->pid = rs_spawn_monitor(calls_once, &this, sizeof this, &this->ref);
    wait_ns(MS / 10);
}

/* {Why,{gen_statem,call,Server}} */
static void note_failure(rs_term reason) {
    rs_term why = rs_term_element(reason, 0), site = rs_term_element(reason, 1);
    note("exit %s", text(why));
    note(" {%s,%s}\n", rs_atom_text(rs_term_element(site, 0)),
         rs_atom_text(rs_term_element(site, 1)));
    rs_term_release(why);
    rs_term_release(site);
}

static void note_outcome(const call *this) {
    wanted down = {this->pid, this->ref, RS_MESSAGE_DOWN};
    const rs_message *message = rs_receive(is_wanted, &down, LONG_NS);
    CHECK(message != NULL);
    note("call %u ", this->number);
    if (*this->reply)
        note("%s\n", this->reply);
    else
        note_failure(rs_message_reason(message));
}

/* ------------------------------------------------------------------ what is done to it */

static void note_state(rs_pid server) {
    rs_term state = 0;
    CHECK_INT(rs_sys_get_state(server, LONG_NS, &state), RS_OK);
    note("%s\n", text(state));
    rs_term_release(state);
}

static void get_state(rs_pid server) {
    note("%" PRIu64 " get_state ", tick());
    note_state(server);
}

static void replace_state(rs_pid server, const char *state) {
    const rs_term elements[] = {rs_atom_find(state), rs_term_integer(0)};
    rs_term both = rs_term_tuple(2, elements);
    CHECK_INT(rs_sys_replace_state(server, both, LONG_NS), RS_OK);
    note("%" PRIu64 " replace_state %s\n", tick(), text(both));
    rs_term_release(both);
}

static void stop(rs_pid server, const char *why) {
    rs_err err = rs_gen_server_stop(server, rs_atom_find(why), RS_FOREVER);
    note("%" PRIu64 " stop %s\n", tick(), err == RS_OK ? "ok" : "failed");
}

static void obey_command(rs_pid server, const phrase *command) {
    const char *word = command->parts[0], *of = command->parts[1];
    if (is_word(word, "cast")) rs_gen_server_cast(server, &word_type, of, bytes_of(of));
    if (is_word(word, "info")) rs_send(server, &word_type, of, bytes_of(of));
    if (is_word(word, "call")) begin_call(server, of);
    if (is_word(word, "sleep")) wait_ns((uint64_t)atoi(of) * TICK_NS);
    if (is_word(word, "exit")) rs_exit_signal(server, rs_atom_find(of));
    if (is_word(word, "suspend")) CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    if (is_word(word, "resume")) CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    if (is_word(word, "get_state")) get_state(server);
    if (is_word(word, "replace_state")) replace_state(server, of);
    if (is_word(word, "stop")) stop(server, of);
}

static void note_end(rs_pid server) {
    wanted end = {server, 0, RS_MESSAGE_EXIT};
    const rs_message *message = rs_receive(is_wanted, &end, 0);
    if (message) {
        note("end down %s\n", text(rs_message_reason(message)));
        return;
    }
    note("end alive ");
    note_state(server);
}

static void follow_script(rs_pid server) {
    for (int i = 0; i < now.command_count; i++) obey_command(server, &now.commands[i]);
    note_end(server);
    rs_exit_signal(server, RS_ATOM(kill));
    for (uint32_t i = 0; i < call_count; i++) note_outcome(&calls[i]);
}

static void run_script(const void *args, uint32_t bytes) {
    const rs_start_options options = {.link = true};
    rs_pid server = 0;
    rs_term reason = 0;
    UNUSED_ARGS;
    rs_trap_exit(true);
    began_ns = rs_now_ns();
    traced = call_count = 0;
    note("script %s\n", now.name);
    make_module();
    switch (rs_gen_statem_start(&module, NULL, 0, &options, &server, &reason)) {
    case RS_START_OK: follow_script(server); break;
    case RS_START_IGNORE: note("end ignore\n"); break;
    case RS_START_ERROR: note("end error %s\n", text(reason)); break;
    }
}

/* ------------------------------------------------------------------ all of them */

static void compare(const char *expected) {
    if (traced) trace[traced - 1] = '\0'; /* a block's last line has no end */
    if (strcmp(trace, expected) == 0) return;
    printf("--- OTP\n%s\n--- respawn\n%s\n", expected, trace);
    rs_test_fail(__FILE__, __LINE__, "the traces of %s differ", now.name);
}

/* What main is given. */
static char *scripts, *expected;
static int script_count;

static void run_all(const void *args, uint32_t bytes) {
    char *rest = scripts, *rest_expected = expected;
    rs_memory_use before;
    UNUSED_ARGS;
    read_settled(&before);
    for (char *block; (block = next_block(&rest));) {
        if (!parse_script(&now, block)) continue;
        rs_ref ref;
        rs_pid driver = rs_spawn_monitor(run_script, NULL, 0, &ref);
        expect_down(driver, ref, "normal");
        char *wanted_trace = next_block(&rest_expected);
        CHECK(wanted_trace != NULL);
        compare(wanted_trace);
        script_count++;
    }
    CHECK(next_block(&rest_expected) == NULL);
    memory_is(&before);
}

static void run_file(const rs_runtime_options *options, const char *path) {
    char name[512];
    script_count = 0;
    snprintf(name, sizeof name, "%s.script", path);
    scripts = text_of(name);
    snprintf(name, sizeof name, "%s.trace", path);
    expected = text_of(name);
    run_on(options, run_all);
    free(scripts);
    free(expected);
}

static void agree(const char *path, int at_least) {
    const char *other = getenv("STATEM_CASES");
    const rs_runtime_options *const cores[] = {&one_core, &three_cores};
    for (int i = 0; i < 2; i++) {
        run_file(cores[i], other ? other : path);
        CHECK(other || script_count >= at_least);
    }
}

TEST(what_the_rules_say_is_what_OTP_does) {
    agree("runtime/otp/test/gen_statem/hand", 25);
}
TEST(scripts_made_by_chance_leave_OTPs_traces) {
    agree("runtime/otp/test/gen_statem/random", 300);
}

TEST_MAIN()
