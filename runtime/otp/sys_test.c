/* sys_test.c: servers that are looked into, changed, and held, under both clocks. What has to wait
 * must wait in order, and what must not, must not.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/sys.h"

#include "runtime/otp/supervisor.h"
#include "runtime/process/test/puppet.h"

#include <string.h>

/* ------------------------------------------------------------------ a server that keeps a diary */

#define DIARY_BYTES 32

typedef struct diary {
    char text[DIARY_BYTES]; /* a letter for each thing that came */
} diary;

static rs_term diary_to_term(const void *value, uint32_t bytes) {
    const diary *self = value;
    CHECK_INT(bytes, sizeof *self);
    return rs_term_text(self->text, (uint32_t)strlen(self->text));
}

/* Texts only, and writes before it knows. */
static rs_err diary_from_term(rs_term term, void *value, uint32_t *bytes) {
    diary *self = value;
    char quoted[DIARY_BYTES + 2] = {0};
    CHECK_INT(*bytes, sizeof *self);
    memset(self, 'x', sizeof *self);
    size_t length = rs_term_print(term, quoted, sizeof quoted);
    if (rs_term_kind(term) != RS_TAG_TEXT) return RS_EINVAL;
    if (length >= sizeof quoted) return RS_ERANGE;
    memset(self, 0, sizeof *self);
    memcpy(self->text, quoted + 1, length - 2);
    return RS_OK;
}

static const rs_type diary_type = {"diary", sizeof(diary), diary_to_term, diary_from_term};
static const rs_type blind_type = {.name = "blind", .bytes = sizeof(diary)};

static rs_atomic_u32 terminated;

static void note(void *state, char letter) {
    diary *self = state;
    size_t length = strlen(self->text);
    CHECK(length + 1 < sizeof self->text);
    self->text[length] = letter;
}

static rs_next diary_init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    rs_trap_exit(true);
    return RS_INIT_OK;
}

static rs_next diary_call(void *state, rs_from from, const rs_message *request) {
    (void)from, (void)request;
    note(state, '?');
    return rs_reply(&any_type, NULL, 0);
}

static rs_next diary_cast(void *state, const rs_message *request) {
    note(state, *(const char *)request->payload);
    return RS_NOREPLY;
}

static rs_next diary_info(void *state, const rs_message *info) {
    note(state, info->kind == RS_MESSAGE_EXIT ? 'X' : 'i');
    return RS_NOREPLY;
}

static void diary_terminate(void *state, rs_term reason) {
    (void)state, (void)reason;
    rs_add(&terminated, 1, rs_release);
}

#define DIARY(STATE_TYPE)                                                                          \
    {                                                                                              \
        .name = "diary", .state_bytes = sizeof(diary), .init = diary_init,                         \
        .handle_call = diary_call, .handle_cast = diary_cast, .handle_info = diary_info,           \
        .terminate = diary_terminate, .state_type = STATE_TYPE                                     \
    }
static const rs_gen_server diary_server = DIARY(&diary_type);
static const rs_gen_server blind_server = DIARY(&blind_type);
static const rs_gen_server untold_server = DIARY(NULL);

static rs_pid start(const rs_gen_server *module, bool link) {
    const rs_start_options options = {.link = link};
    rs_pid pid = 0;
    CHECK_INT(rs_gen_server_start(module, NULL, 0, &options, &pid, NULL), RS_START_OK);
    return pid;
}

static void cast(rs_pid server, char letter) {
    rs_gen_server_cast(server, &any_type, &letter, 1);
}

static void call(rs_pid server) {
    rs_gen_server_call(server, &any_type, NULL, 0, LONG_NS);
}

static void state_is(rs_pid server, const char *expected) {
    rs_term state = 0;
    char text[PUPPET_TEXT_MAX];
    CHECK_INT(rs_sys_get_state(server, LONG_NS, &state), RS_OK);
    rs_term_print(state, text, sizeof text);
    rs_term_release(state);
    CHECK_STR(text, expected);
}

static rs_err replace(rs_pid server, const char *text) {
    rs_term state = term_of(text);
    rs_err err = rs_sys_replace_state(server, state, LONG_NS);
    rs_term_release(state);
    return err;
}

/* ------------------------------------------------------------------ looking and changing */

static void looks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid told = start(&diary_server, false), blind = start(&blind_server, false);
    rs_pid untold = start(&untold_server, false);
    cast(told, 'a');
    cast(told, 'b');
    state_is(told, "\"ab\"");
    state_is(blind, "{opaque,blind,32}");
    state_is(untold, "{opaque,diary,32}");
    call(told);
    state_is(told, "\"ab?\""); /* being looked at left no trace */
    const rs_pid all[] = {told, blind, untold};
    for (int i = 0; i < 3; i++) kill_and_wait(all[i]);
}
TEST(the_state_is_told_by_its_type) {
    everywhere(looks);
}

static void changes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid told = start(&diary_server, false), blind = start(&blind_server, false);
    cast(told, 'a');
    CHECK_INT(replace(told, "\"new\""), RS_OK);
    cast(told, 'b');
    state_is(told, "\"newb\"");
    CHECK_INT(replace(told, "{not,a,text}"), RS_EINVAL);
    CHECK_INT(replace(told, "\"a text that is too long to be one's diary\""), RS_ERANGE);
    state_is(told, "\"newb\"");
    CHECK_INT(replace(told, "{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17}"), RS_ERANGE);
    state_is(told, "\"newb\"");
    CHECK_INT(replace(blind, "\"new\""), RS_EUNSUPPORTED);
    kill_and_wait(told);
    kill_and_wait(blind);
}
TEST(the_state_is_replaced_whole_or_not_at_all) {
    everywhere(changes);
}

/* ------------------------------------------------------------------ holding */

/* Not its parent's: a message like others. */
static void signals(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit_signal(*(const rs_pid *)args, RS_ATOM(shutdown));
}

static void holds(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&diary_server, false);
    cast(server, 'a');
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    cast(server, 'b');
    send_number(server, 1);
    rs_ref ref;
    rs_pid stranger = rs_spawn_monitor(signals, &server, sizeof server, &ref);
    expect_down(stranger, ref, "normal");
    cast(server, 'c');
    rs_term reason = 0;
    CHECK(!rs_gen_server_try_call(server, &any_type, NULL, 0, 2 * MS, &reason));
    CHECK(reason == RS_ATOM(timeout));
    state_is(server, "\"a\"");
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    CHECK_INT(replace(server, "\"A\""), RS_OK);
    state_is(server, "\"A\"");
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    call(server);
    state_is(server, "\"AbiXc??\""); /* who no longer waits is served too: C2 */
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    call(server);
    kill_and_wait(server);
}
TEST(who_is_suspended_takes_nothing_else_and_keeps_the_order) {
    everywhere(holds);
}

static void parent_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(&diary_server, true);
    rs_send(*(const rs_pid *)args, &any_type, &server, sizeof server);
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    take_number();
    rs_exit(RS_ATOM(shutdown));
}

static void ends_with_parent(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    uint32_t before = rs_load(&terminated, rs_acquire);
    rs_pid parent = rs_spawn(parent_ends, &self, sizeof self);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL);
    rs_pid server = *(const rs_pid *)(const void *)message->payload;
    rs_ref ref = rs_monitor(server);
    send_number(parent, 1);
    expect_down(server, ref, "shutdown");
    CHECK_INT(rs_load(&terminated, rs_acquire), before + 1);
}
TEST(its_parents_exit_ends_who_is_suspended) {
    everywhere(ends_with_parent);
}

static void ends_otherwise(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint32_t before = rs_load(&terminated, rs_acquire);
    rs_pid stopped = start(&diary_server, false), killed = start(&diary_server, false);
    CHECK_INT(rs_sys_suspend(stopped, LONG_NS), RS_OK);
    CHECK_INT(rs_sys_suspend(killed, LONG_NS), RS_OK);
    CHECK_INT(rs_gen_server_stop(stopped, RS_ATOM(shutdown), LONG_NS), RS_OK);
    CHECK_INT(rs_load(&terminated, rs_acquire), before + 1);
    kill_and_wait(killed);
    CHECK_INT(rs_load(&terminated, rs_acquire), before + 1);
    CHECK_INT(rs_sys_resume(killed, LONG_NS), RS_ENOPROC);
}
TEST(stop_and_kill_end_who_is_suspended) {
    everywhere(ends_otherwise);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {looks, changes, holds, ends_otherwise};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(system_messages_give_their_memory_back) {
    everywhere(returns_memory);
}

static void asks_a_plain_process(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term state;
    rs_pid plain = rs_spawn(hears_nothing, NULL, 0);
    CHECK_INT(rs_sys_get_state(plain, 2 * MS, &state), RS_ELIMIT);
    kill_and_wait(plain);
}
TEST(a_plain_process_does_not_answer) {
    everywhere(asks_a_plain_process);
}

/* ------------------------------------------------------------------ supervisors */

static rs_start_result start_diary(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&diary_server, NULL, 0, &start->options, pid, reason);
}

static rs_pid only_child(rs_pid supervisor) {
    rs_child_info info;
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, &info, 1), 1);
    return info.child;
}

static void holds_a_supervisor(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_child_spec child = {.id = "a", .start = start_diary, .shutdown_ns = LONG_NS};
    const rs_supervisor_spec spec = {
        .intensity = 1, .period_s = 5, .children = &child, .child_count = 1};
    const rs_start_options link = {.link = true};
    rs_pid supervisor = 0;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(&spec, &link, &supervisor, NULL), RS_START_OK);
    rs_pid first = only_child(supervisor);
    CHECK_INT(rs_sys_suspend(supervisor, LONG_NS), RS_OK);
    kill_and_wait(first);
    settle();
    CHECK(!rs_is_alive(first));
    CHECK_INT(rs_sys_resume(supervisor, LONG_NS), RS_OK);
    rs_pid second = only_child(supervisor);
    CHECK(second != first && rs_is_alive(second));
    CHECK_INT(rs_sys_suspend(supervisor, LONG_NS), RS_OK);
    rs_exit_signal(supervisor, RS_ATOM(shutdown)); /* its parent's */
    expect_exit(supervisor, "shutdown");
    CHECK(!rs_is_alive(second));
}
TEST(a_suspended_supervisor_restarts_nobody_until_it_is_resumed) {
    everywhere(holds_a_supervisor);
}

TEST_MAIN()
