/* gen_event_test.c: plays scripts about event managers and must leave, line by line, what the real
 * OTP left (test/gen_event.cases, recorded by fuzz/otp/gen_event.erl); then what only C can do.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_event.h"

#include "runtime/otp/sys.h"
#include "runtime/process/test/run.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_BYTES 256

/* ------------------------------------------------------------------ the handler of the scripts */

typedef struct line {
    char text[LINE_BYTES];
} line;

static const rs_type said_type = {.name = "said", .bytes = sizeof(line)};

/* What a script orders a handler to do, and what init is given. */
typedef struct order {
    rs_atom id;
    char what[24];
} order;

static rs_term order_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return ((const order *)value)->id;
}
static const rs_type order_type = {
    .name = "order", .bytes = sizeof(order), .to_term = order_to_term};

static void say(const order *self, const char *how, rs_term term) {
    line it = {{0}};
    char text[LINE_BYTES] = "";
    if (term) rs_term_print(term, text, sizeof text);
    snprintf(it.text, sizeof it.text, "  %s %.60s%s%.150s", rs_atom_text(self->id), how,
             term ? " " : "", text);
    rs_send(rs_whereis(rs_atom_find("tracer")), &said_type, &it, sizeof it);
}

static bool is(const order *self, const char *what) {
    return strcmp(self->what, what) == 0;
}

static rs_term script_init(void *state, const void *args, uint32_t bytes, rs_term handed) {
    (void)bytes;
    order *self = state;
    *self = *(const order *)args;
    const char *how = handed ? "takes over" : "begins";
    if (is(self, "fail")) say(self, "fails", 0);
    if (is(self, "exit")) say(self, "exits", 0);
    if (is(self, "fail")) return rs_atom_find("nope");
    if (is(self, "exit")) rs_exit(rs_atom_find("boom"));
    say(self, how, handed);
    return RS_ATOM(ok);
}

static const rs_gen_event_handler script;

static rs_next swap_for(const char *init) {
    order new = {.id = rs_atom_find("new")};
    snprintf(new.what, sizeof new.what, "%s", init);
    return rs_swap_handler(rs_atom_find("swapped"), &script, new.id, &new, sizeof new);
}

static rs_next obey(const order *it) {
    if (is(it, "exit")) rs_exit(rs_atom_find("boom"));
    if (is(it, "remove")) return rs_remove_handler();
    if (is(it, "swap")) return swap_for("ok");
    if (is(it, "swapfail")) return swap_for("fail");
    return is(it, "junk") ? RS_NEXT_IGNORE : RS_NOREPLY;
}

static rs_next take(const order *self, const order *it, const char *how) {
    bool meant = it->id == self->id;
    say(self, how, meant ? rs_atom_find(it->what) : 0);
    return meant ? obey(it) : RS_NOREPLY;
}

static rs_next script_event(void *state, const rs_message *event) {
    return take(state, (const void *)event->payload, "event");
}

static rs_next script_call(void *state, const rs_message *request) {
    const order *it = (const void *)request->payload;
    const order *self = state;
    say(self, "call", rs_atom_find(it->what));
    if (!is(it, "junk") && !is(it, "exit")) rs_reply(&order_type, self, sizeof *self);
    return obey(it);
}

static rs_next script_info(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_EXIT)
        say(state, "info EXIT", rs_message_reason(info));
    else
        return take(state, (const void *)info->payload, "info");
    return RS_NOREPLY;
}

static rs_term script_terminate(void *state, rs_term why) {
    order *self = state;
    say(self, "terminate", why);
    if (is(self, "tcrash")) rs_exit(rs_atom_find("tboom"));
    return rs_term_tuple(2, (const rs_term[]){rs_atom_find("left"), self->id});
}

static const rs_gen_event_handler script = {.name = "h",
                                            .state_bytes = sizeof(order),
                                            .init = script_init,
                                            .handle_event = script_event,
                                            .handle_call = script_call,
                                            .handle_info = script_info,
                                            .terminate = script_terminate,
                                            .state_type = &order_type};

/* ------------------------------------------------------------------ owners */

typedef struct wish {
    rs_pid manager;
    order it;
} wish;

static const rs_type term_type = {.name = "term", .bytes = sizeof(rs_term)};

/* Adds what it is told to, and dies when it is told to. Results are printed where they come about:
 * a term that is no word cannot be sent. */
static void owner(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->type == &term_type) rs_exit(*(const rs_term *)(const void *)message->payload);
        if (message->type != &order_type) continue;
        wish made;
        memcpy(&made, message->payload, sizeof made);
        rs_pid asker = message->from;
        rs_term result = rs_gen_event_add_sup_handler(made.manager, &script, made.it.id, &made.it,
                                                      sizeof made.it);
        line text = {{0}};
        rs_term_print(result, text.text, sizeof text.text);
        rs_term_release(result);
        rs_send(asker, &said_type, &text, sizeof text);
    }
}

static void stranger(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_term *given = args;
    rs_link(given[0]);
    rs_exit(given[1]);
}

/* ------------------------------------------------------------------ scripts */

typedef struct player {
    rs_pid manager;
    rs_pid owners[2]; /* p, q */
    char *out;
    size_t used, room;
} player;

static void put(player *self, const char *text) {
    size_t length = strlen(text);
    CHECK(self->used + length + 2 < self->room);
    memcpy(self->out + self->used, text, length);
    self->used += length;
    self->out[self->used++] = '\n';
    self->out[self->used] = '\0';
}

static void told(player *self, const rs_message *message) {
    const rs_gen_event_exit *exit = (const void *)message->payload;
    rs_term reason = rs_gen_event_exit_reason(message);
    if (rs_term_is_pair(reason, 0) || rs_term_size(reason) == 3) { /* {swapped,Handler,Owner} */
        rs_term first = rs_term_element(reason, 0), second = rs_term_element(reason, 1);
        rs_term pair = rs_term_tuple(2, (const rs_term[]){first, second});
        rs_term_release(second);
        rs_term_release(reason);
        reason = pair;
    }
    char text[LINE_BYTES], of[LINE_BYTES];
    rs_term_print(reason, of, sizeof of);
    rs_term_release(reason);
    snprintf(text, sizeof text, "  told %s %.200s", rs_atom_text(exit->id), of);
    put(self, text);
}

static void gone(player *self, rs_term reason) {
    char text[LINE_BYTES] = "  manager EXIT ";
    rs_term_print(reason, text + strlen(text), sizeof text - strlen(text));
    put(self, text);
}

static void flush(player *self) {
    const rs_message *message;
    while ((message = rs_receive(NULL, NULL, MS))) {
        if (message->type == &said_type) put(self, ((const line *)(void *)message->payload)->text);
        if (message->type == &rs_gen_event_exit_type) told(self, message);
        if (message->kind == RS_MESSAGE_EXIT) gone(self, rs_message_reason(message));
    }
}

static bool is_text(const rs_message *message, void *context) {
    const rs_pid *owner_pid = context;
    return message->type == &said_type && message->from == *owner_pid;
}

static rs_pid *owner_of(player *self, const char *name) {
    return &self->owners[name[0] == 'q'];
}

/* own NAME ID INIT; `words` from ID on. */
static rs_term own(player *self, const char *name, const order *it) {
    rs_pid *pid = owner_of(self, name);
    if (!*pid) *pid = rs_spawn(owner, NULL, 0);
    const wish made = {self->manager, *it};
    rs_send(*pid, &order_type, &made, sizeof made);
    const rs_message *answer = rs_receive(is_text, pid, LONG_NS);
    rs_term term = 0;
    CHECK_INT(rs_term_parse(((const line *)(void *)answer->payload)->text, &term), RS_OK);
    return term;
}

static rs_term end(player *self, const char *name, const char *reason) {
    rs_pid *pid = owner_of(self, name);
    rs_term why = rs_atom_find(reason);
    rs_send(*pid, &term_type, &why, sizeof why);
    *pid = 0;
    return RS_ATOM(ok);
}

static rs_term call(player *self, const order *it) {
    rs_term error = 0;
    const rs_message *reply = rs_gen_event_call(self->manager, &script, it->id, &order_type, it,
                                                sizeof *it, RS_FOREVER, &error);
    if (reply) return ((const order *)(void *)reply->payload)->id;
    if (error == rs_atom_find("bad_module") || rs_term_tag(error) == RS_TAG_ATOM ||
        rs_term_is_pair(error, rs_atom_find("EXIT"))) {
        rs_term pair = rs_term_tuple(2, (const rs_term[]){RS_ATOM(error), error});
        rs_term_release(error);
        return pair;
    }
    return error;
}

static rs_term swap(player *self, char words[6][24], bool supervised) {
    order new = {.id = rs_atom_find(words[3])};
    snprintf(new.what, sizeof new.what, "%s", words[4]);
    const rs_gen_event_swap it = {.from = &script,
                                  .from_id = rs_atom_find(words[1]),
                                  .why = rs_atom_find(words[2]),
                                  .to = &script,
                                  .to_id = new.id,
                                  .args = &new,
                                  .bytes = sizeof new};
    return supervised ? rs_gen_event_swap_sup_handler(self->manager, &it)
                      : rs_gen_event_swap_handler(self->manager, &it);
}

static rs_term strange(const player *self, const char *reason) {
    const rs_term args[] = {self->manager, rs_atom_find(reason)};
    rs_spawn(stranger, args, sizeof args);
    return RS_ATOM(ok);
}

static rs_term stop(const player *self, const char *reason) {
    rs_term why = reason[0] ? rs_atom_find(reason) : RS_ATOM(normal);
    if (rs_gen_event_stop(self->manager, why, RS_FOREVER) != RS_OK)
        rs_exit(RS_ATOM(noproc)); /* as OTP */
    return RS_ATOM(ok);
}

static rs_term state_of(const player *self) {
    rs_term state = 0;
    CHECK_INT(rs_sys_get_state(self->manager, RS_FOREVER, &state), RS_OK);
    return state;
}

static rs_term perform(player *self, char words[6][24]) {
    const char *op = words[0];
    order it = {.id = rs_atom_find(words[1][0] ? words[1] : "none")};
    memcpy(it.what, words[2], sizeof it.what);
    rs_pid manager = self->manager;
    if (!strcmp(op, "add"))
        return rs_gen_event_add_handler(manager, &script, it.id, &it, sizeof it);
    if (!strcmp(op, "sup"))
        return rs_gen_event_add_sup_handler(manager, &script, it.id, &it, sizeof it);
    if (!strcmp(op, "delete"))
        return rs_gen_event_delete_handler(manager, &script, it.id, rs_atom_find(it.what));
    if (!strcmp(op, "call")) return call(self, &it);
    if (!strcmp(op, "swap")) return swap(self, words, false);
    if (!strcmp(op, "swapsup")) return swap(self, words, true);
    if (!strcmp(op, "which")) return rs_gen_event_which_handlers(manager);
    if (!strcmp(op, "state")) return state_of(self);
    if (!strcmp(op, "stranger")) return strange(self, words[1]);
    if (!strcmp(op, "stop")) return stop(self, words[1]);
    if (!strcmp(op, "end")) return end(self, words[1], words[2]);
    if (!strcmp(op, "own")) {
        it.id = rs_atom_find(words[2]);
        memcpy(it.what, words[3], sizeof it.what);
        return own(self, words[1], &it);
    }
    if (!strcmp(op, "sync")) rs_gen_event_sync_notify(manager, &order_type, &it, sizeof it);
    if (!strcmp(op, "notify")) rs_gen_event_notify(manager, &order_type, &it, sizeof it);
    if (!strcmp(op, "info")) rs_send(manager, &order_type, &it, sizeof it);
    return RS_ATOM(ok);
}

typedef struct step {
    player *self;
    char words[6][24];
    rs_term result;
} step;

static void take_step(void *argument) {
    step *it = argument;
    it->result = perform(it->self, it->words);
}

/* A call that exits is a result too, as `catch` has it. */
static void play_line(player *self, const char *script_line) {
    step it = {.self = self};
    sscanf(script_line, "> %23s %23s %23s %23s %23s", it.words[0], it.words[1], it.words[2],
           it.words[3], it.words[4]);
    put(self, script_line);
    rs_term reason = 0;
    char text[LINE_BYTES] = "= ";
    if (rs_catch(take_step, &it, &reason) == RS_CAUGHT_NOTHING) {
        rs_term_print(it.result, text + 2, sizeof text - 2);
        rs_term_release(it.result);
    } else {
        rs_term pair = rs_term_tuple(2, (const rs_term[]){rs_atom_find("EXIT"), reason});
        rs_term_print(pair, text + 2, sizeof text - 2);
        rs_term_release(pair);
    }
    put(self, text);
    flush(self);
}

/* ------------------------------------------------------------------ cases */

static const char *cases_text;
static char trace[1u << 16];

static const char *line_after(const char *at) {
    at = strchr(at, '\n');
    return at ? at + 1 : NULL;
}

/* play runs the case that begins at `at`, up to the blank line. */
static void play(const void *args, uint32_t bytes) {
    (void)bytes;
    const char *at = *(const char *const *)args;
    rs_trap_exit(true);
    player self = {.out = trace, .room = sizeof trace};
    CHECK_INT(rs_register(rs_atom_find("tracer"), rs_self()), RS_OK);
    const rs_start_options linked = {.link = true};
    CHECK_INT(rs_gen_event_start(&linked, &self.manager, NULL), RS_START_OK);
    for (; at && *at && *at != '\n'; at = line_after(at)) {
        char copy[LINE_BYTES];
        snprintf(copy, sizeof copy, "%.*s", (int)strcspn(at, "\n"), at);
        if (copy[0] == 'c') put(&self, copy);
        if (copy[0] == '>') play_line(&self, copy);
    }
}

static void read_cases(void) {
    char path[512];
    const char *root = getenv("RESPAWN_SOURCE");
    snprintf(path, sizeof path, "%s/runtime/otp/test/gen_event.cases", root ? root : ".");
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    static char text[1u << 20];
    size_t length = fread(text, 1, sizeof text - 1, file);
    CHECK(length > 0 && length < sizeof text - 1);
    fclose(file);
    cases_text = text;
}

static void compare(const char *expected) {
    size_t length = 0;
    for (const char *at = expected; *at && *at != '\n'; at = line_after(at))
        length = (size_t)(line_after(at) - expected);
    if (strncmp(trace, expected, length) == 0 && strlen(trace) == length) return;
    size_t same = 0;
    while (trace[same] && trace[same] == expected[same]) same++;
    while (same && trace[same - 1] != '\n') same--;
    rs_test_fail(__FILE__, __LINE__, "%.*s: OTP\n%.200s\n--- ours\n%.200s",
                 (int)strcspn(expected, "\n"), expected, expected + same, trace + same);
}

TEST(V_what_otp_left_is_what_we_leave) {
    read_cases();
    int count = 0;
    for (const char *at = cases_text; at && *at;
         at = strstr(at, "\ncase "), at = at ? at + 1 : at) {
        trace[0] = '\0';
        rs_term reason = 0;
        CHECK_INT(rs_run(&one_core, play, &at, sizeof at, &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "normal");
        compare(at);
        count++;
    }
    CHECK(count > 100);
}

/* ------------------------------------------------------------------ native crashes */

FAULTY static void write_null(void) {
    volatile int *nowhere = NULL;
    __asm__ volatile("" : "+r"(nowhere));
    *nowhere = 1;
}

typedef struct hoard {
    char *kept;
} hoard;

static rs_term hoard_init(void *state, const void *args, uint32_t bytes, rs_term handed) {
    (void)args, (void)bytes, (void)handed;
    ((hoard *)state)->kept = rs_alloc(100000);
    return RS_ATOM(ok);
}
static rs_next hoard_event(void *state, const rs_message *event) {
    ((hoard *)state)->kept = rs_alloc(1000);
    if (event->bytes) write_null();
    return RS_NOREPLY;
}
static rs_term hoard_terminate(void *state, rs_term why) {
    (void)state, (void)why;
    rs_test_fail(__FILE__, __LINE__, "terminate ran after a native crash");
}
static const rs_gen_event_handler hoarder = {.name = "hoarder",
                                             .state_bytes = sizeof(hoard),
                                             .init = hoard_init,
                                             .handle_event = hoard_event,
                                             .terminate = hoard_terminate};

static void expect_exit(const char *expected) {
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->type == &rs_gen_event_exit_type);
    rs_term reason = rs_gen_event_exit_reason(message);
    char text[LINE_BYTES];
    rs_term_print(reason, text, sizeof text);
    rs_term_release(reason);
    CHECK_STR(text, expected);
}

static rs_term quiet_init(void *state, const void *args, uint32_t bytes, rs_term handed) {
    (void)state, (void)args, (void)bytes, (void)handed;
    return RS_ATOM(ok);
}
static rs_next count_event(void *state, const rs_message *event) {
    (void)event;
    ++*(uint64_t *)state;
    return RS_NOREPLY;
}
static rs_next tell_count(void *state, const rs_message *request) {
    (void)request;
    return rs_reply(&any_type, state, sizeof(uint64_t));
}
static const rs_gen_event_handler counter = {.name = "counter",
                                             .state_bytes = sizeof(uint64_t),
                                             .init = quiet_init,
                                             .handle_event = count_event,
                                             .handle_call = tell_count};

/* One is older and one newer than the one that crashes: both see every event. */
static void crash_and_live(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid manager;
    rs_memory_use before;
    rs_term error;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    CHECK(rs_gen_event_add_handler(manager, &counter, RS_ATOM(true), NULL, 0) == RS_ATOM(ok));
    for (int round = 0; round < 200; round++) {
        if (round == 1) wait_ns(10 * MS);
        if (round == 1) rs_memory_read(&before);
        CHECK(rs_gen_event_add_sup_handler(manager, &hoarder, 0, NULL, 0) == RS_ATOM(ok));
        CHECK(rs_gen_event_add_handler(manager, &counter, 0, NULL, 0) == RS_ATOM(ok));
        rs_gen_event_sync_notify(manager, &any_type, NULL, 0);
        rs_gen_event_sync_notify(manager, &any_type, "x", 1);
        expect_exit("{'EXIT',sigsegv}");
        const rs_message *count =
            rs_gen_event_call(manager, &counter, 0, &any_type, NULL, 0, RS_FOREVER, &error);
        CHECK_INT(*(const uint64_t *)(const void *)count->payload, 2);
        CHECK(rs_gen_event_delete_handler(manager, &counter, 0, RS_ATOM(ok)) == RS_ATOM(ok));
    }
    memory_is(&before);
    CHECK_INT(counters().crashed, 0);
    const rs_message *count =
        rs_gen_event_call(manager, &counter, RS_ATOM(true), &any_type, NULL, 0, RS_FOREVER, &error);
    CHECK_INT(*(const uint64_t *)(const void *)count->payload, 400);
}
TEST(a_crash_removes_the_handler_and_gives_its_memory_back) {
    everywhere(crash_and_live);
}

/* ------------------------------------------------------------------ out of turn */

/* Gives the caller's request away before its arguments are read, and again at the end. */
static rs_term answers_in_init(void *state, const void *args, uint32_t bytes, rs_term handed) {
    (void)handed;
    char zeros[64] = {0};
    rs_reply(&any_type, zeros, sizeof zeros);
    CHECK_INT(bytes, 8);
    memcpy(state, args, bytes);
    return RS_ATOM(ok);
}
static rs_term answers_in_terminate(void *state, rs_term why) {
    (void)why;
    CHECK_INT(*(uint64_t *)state, 42);
    rs_reply(&any_type, NULL, 0);
    return RS_ATOM(ok);
}
static const rs_gen_event_handler early = {.name = "early",
                                           .state_bytes = 8,
                                           .init = answers_in_init,
                                           .handle_event = count_event,
                                           .terminate = answers_in_terminate};

static void adds_early(const void *args, uint32_t bytes) {
    (void)bytes;
    uint64_t answer = 42;
    rs_gen_event_add_handler(*(const rs_pid *)args, &early, 0, &answer, sizeof answer);
}
static void adds_nothing(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_gen_event_add_handler(*(const rs_pid *)args, NULL, 0, NULL, 0);
}

static void out_of_turn(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid manager;
    rs_ref ref;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    rs_spawn_monitor(adds_early, &manager, sizeof manager, &ref);
    const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down != NULL && rs_message_reason(down) == RS_ATOM(badarg)); /* it was not the answer */
    rs_spawn_monitor(adds_nothing, &manager, sizeof manager, &ref);
    down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down != NULL && rs_message_reason(down) == RS_ATOM(sigsegv));
    CHECK_INT(rs_gen_event_stop(manager, RS_ATOM(normal), RS_FOREVER), RS_OK);
}
TEST(who_answers_out_of_turn_harms_its_caller_alone) {
    everywhere(out_of_turn);
}

/* ------------------------------------------------------------------ killed in the midst */

static rs_atomic_u32 now_waits;

static rs_next wait_long(void *state, const rs_message *event) {
    (void)state, (void)event;
    rs_alloc(5000);
    rs_store(&now_waits, 1, rs_relaxed);
    wait_ns(RS_FOREVER);
    return RS_NOREPLY;
}
static rs_term wait_at_the_end(void *state, rs_term why) {
    (void)state, (void)why;
    rs_store(&now_waits, 1, rs_relaxed);
    wait_ns(RS_FOREVER);
    return RS_ATOM(ok);
}
static const rs_gen_event_handler waiter = {.name = "waiter",
                                            .state_bytes = 100,
                                            .init = quiet_init,
                                            .handle_event = wait_long,
                                            .terminate = wait_at_the_end};

static void asks(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_gen_event_sync_notify(*(const rs_pid *)args, &any_type, NULL, 0);
}
/* A counted term, which whoever is killed would leave behind. */
static rs_term pair;
static void deletes(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_gen_event_delete_handler(*(const rs_pid *)args, &waiter, 0, pair);
}

static void killed_once(rs_entry *client) {
    rs_pid manager;
    rs_ref ref;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    for (int i = 0; i < 5; i++)
        CHECK(rs_gen_event_add_handler(manager, &waiter, 0, NULL, 0) == RS_ATOM(ok));
    rs_store(&now_waits, 0, rs_relaxed);
    rs_pid pid = rs_spawn_monitor(client, &manager, sizeof manager, &ref);
    while (!rs_load(&now_waits, rs_relaxed)) wait_ns(MS / 10);
    rs_exit_signal(manager, RS_ATOM(kill));
    const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down != NULL && down->from == pid && rs_message_reason(down) == RS_ATOM(killed));
}

static void killed(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    killed_once(asks);
    read_settled(&before);
    for (int i = 0; i < 50; i++) killed_once(asks);
    memory_is(&before);
}
TEST(a_manager_killed_in_a_handler_leaves_nothing) {
    everywhere(killed);
}

static void killed_at_the_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    pair = rs_term_tuple(2, (const rs_term[]){RS_ATOM(ok), RS_ATOM(error)});
    killed_once(deletes);
    read_settled(&before);
    for (int i = 0; i < 50; i++) killed_once(deletes);
    memory_is(&before);
    rs_term_release(pair);
}
TEST(a_manager_killed_in_terminate_leaves_nothing) {
    everywhere(killed_at_the_end);
}

/* ------------------------------------------------------------------ handlers that are no handlers
 */

static rs_term crash_telling(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    write_null();
    return RS_ATOM(ok);
}
static rs_term exit_telling(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    rs_exit(rs_term_tuple(2, (const rs_term[]){RS_ATOM(error), RS_ATOM(undefined)}));
}
static const rs_type crash_type = {.name = "crash", .to_term = crash_telling};
static const rs_type exit_type = {.name = "exit", .to_term = exit_telling};
static const rs_gen_event_handler crash_teller = {.name = "crash_teller",
                                                  .state_bytes = 8,
                                                  .init = quiet_init,
                                                  .handle_event = count_event,
                                                  .state_type = &crash_type};
static const rs_gen_event_handler exit_teller = {.name = "exit_teller",
                                                 .state_bytes = 8,
                                                 .init = quiet_init,
                                                 .handle_event = count_event,
                                                 .state_type = &exit_type};

static void state_is(rs_pid manager, const char *expected) {
    rs_term state;
    char text[LINE_BYTES];
    CHECK_INT(rs_sys_get_state(manager, LONG_NS, &state), RS_OK);
    rs_term_print(state, text, sizeof text);
    rs_term_release(state);
    CHECK_STR(text, expected);
}

static void tells_badly(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid manager;
    rs_memory_use before;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    CHECK(rs_gen_event_add_handler(manager, &crash_teller, 0, NULL, 0) == RS_ATOM(ok));
    CHECK(rs_gen_event_add_handler(manager, &exit_teller, 0, NULL, 0) == RS_ATOM(ok));
    for (int i = 0; i < 100; i++) {
        state_is(manager, "[{exit_teller,false,{'EXIT',{error,undefined}}},"
                          "{crash_teller,false,{'EXIT',sigsegv}}]");
        if (i == 10) wait_ns(10 * MS);
        if (i == 10) rs_memory_read(&before);
    }
    memory_is(&before);
}
TEST(a_handler_that_cannot_tell_its_state_says_why) {
    everywhere(tells_badly);
}

/* Takes what rs_swap_handler returns for a constant. */
static rs_next swap_nobody(void *state, const rs_message *event) {
    (void)state, (void)event;
    return RS_NEXT_SWAP;
}
static const rs_gen_event_handler pretender = {
    .name = "pretender", .init = quiet_init, .handle_event = swap_nobody};

static void pretends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid manager;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    CHECK(rs_gen_event_add_sup_handler(manager, &pretender, 0, NULL, 0) == RS_ATOM(ok));
    rs_gen_event_sync_notify(manager, &any_type, NULL, 0);
    expect_exit("bad_return_value");
    CHECK(rs_is_alive(manager));
}
TEST(who_swaps_for_nobody_is_removed) {
    everywhere(pretends);
}

/* Its manager has no more memory than most processes. */
static const rs_gen_event_handler giant = {
    .name = "giant", .state_bytes = UINT32_MAX, .init = quiet_init, .handle_event = count_event};

static void adds_a_giant(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid manager;
    rs_memory_use before;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    for (int i = 0; i < 10; i++) {
        char text[LINE_BYTES];
        rs_term answer = rs_gen_event_add_handler(manager, &giant, 0, NULL, 0);
        rs_term_print(answer, text, sizeof text);
        rs_term_release(answer);
        CHECK_STR(text, "{'EXIT',{system_limit,memory}}");
        if (i == 1) wait_ns(10 * MS);
        if (i == 1) rs_memory_read(&before);
    }
    memory_is(&before);
}
TEST(a_handler_for_which_there_is_no_memory_is_not_added) {
    everywhere(adds_a_giant);
}

/* A term that points to nowhere. */
static rs_term bad_terminate(void *state, rs_term why) {
    (void)state, (void)why;
    return 4096 | RS_TAG_BLOCK;
}
static const rs_gen_event_handler liar = {
    .name = "liar", .init = quiet_init, .handle_event = count_event, .terminate = bad_terminate};

static void deletes_liars(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid manager;
    CHECK_INT(rs_gen_event_start(NULL, &manager, NULL), RS_START_OK);
    for (int i = 0; i < 3; i++) {
        CHECK(rs_gen_event_add_handler(manager, &liar, 0, NULL, 0) == RS_ATOM(ok));
        char text[LINE_BYTES];
        rs_term answer = rs_gen_event_delete_handler(manager, &liar, 0, RS_ATOM(ok));
        rs_term_print(answer, text, sizeof text);
        rs_term_release(answer);
        CHECK_STR(text, "{'EXIT',sigsegv}");
    }
}
TEST(a_handler_that_returns_no_term_has_crashed) {
    everywhere(deletes_liars);
}

TEST_MAIN()
