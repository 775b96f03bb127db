/* supervisor_test.c: whole trees under the virtual clock, a table of cases: a tree, what is done to
 * it, and everything that must happen, in order.
 * SPDX-License-Identifier: MIT
 *
 * A tree is `ONE 3/60 { a b:transient s ONE 1/5 { x } }`: strategy (ONE, ALL, REST, SIMPLE; ?WORD
 * is a wrong one), intensity/period, ANY or EVERY for auto_shutdown, children in start order. A
 * child is an id with :marks, see read_mark; one with a tree behind it is a supervisor. For SIMPLE
 * the one child is the template.
 *
 * What happens is told in words; `| ` begins each action:
 *     +a1 started, first incarnation   -a1:crash dead         ~a1:crash in terminate
 *     !a:init_failed start failed      0a start ignored       ?a1:crash trapped an exit signal
 *     ^root1 the supervisor gave up    =ok the call's result  [root1: a1 b_ c*] which_children,
 *                                                             _ down, * restarting
 */
#include "runtime/otp/supervisor.h"

#include "runtime/base/assert.h"
#include "runtime/process/test/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define NODES     128
#define POSITIONS 256
#define PROCESSES 1024
/* ---------------------------------------------------------------- the tree */

typedef struct node {
    char id[32];
    bool is_supervisor;
    rs_supervisor_spec flags;
    rs_child_spec specs[16];
    rs_child_spec spec; /* as a child */
    bool traps, ignores;
    uint64_t delay_ms, fail_first, fail_after, ignore_after; /* 0: never */
    char fail[32];                                           /* ".2.3.": these attempts */
} node;

/* A place in the tree; its number is the role. */
typedef struct position {
    char path[96];
    const node *is;
    uint32_t attempts, starts;
    rs_pid pid;
} position;

static node nodes[NODES];
static uint32_t node_count;
static position positions[POSITIONS];
static uint32_t position_count;
static struct {
    rs_pid pid;
    uint32_t position, incarnation;
} processes[PROCESSES]; /* everybody who ever started */
static uint32_t process_count;
static char story[1 << 16];
static size_t told;

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...) {
    va_list list;
    va_start(list, format);
    if (told && story[told - 1] != ' ') story[told++] = ' ';
    told += (size_t)vsnprintf(story + told, sizeof story - told, format, list);
    va_end(list);
    RS_ASSERT(told < sizeof story - 1);
}

static const char *shown(const position *at) {
    return strncmp(at->path, "root/", 5) == 0 ? at->path + 5 : at->path;
}

static position *find_position(const char *path) {
    for (uint32_t i = 0; i < position_count; i++)
        if (strcmp(positions[i].path, path) == 0) return &positions[i];
    return NULL;
}

static position *position_of_role(uint32_t role) {
    return role ? &positions[role - 1] : NULL;
}

/* ---------------------------------------------------------------- the observer */

static uint32_t name_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    char path[sizeof positions[0].path];
    const position *above = position_of_role(parent);
    snprintf(path, sizeof path, "%.60s%s%.30s", above ? above->path : "", above ? "/" : "", key);
    position *at = find_position(path);
    if (!at) {
        RS_ASSERT(position_count < POSITIONS);
        at = &positions[position_count++];
        memcpy(at->path, path, sizeof path);
    }
    return (uint32_t)(at - positions) + 1;
}

/* A term as text, pids as path#N. */
static void print_term(rs_term term, char *out, size_t bytes) {
    char text[512];
    rs_term_print(term, text, sizeof text);
    *out = '\0';
    for (const char *at = text; *at;) {
        size_t used = strlen(out);
        uint32_t i = process_count;
        char pid[32] = "";
        while (*at == '<' && i > 0) {
            rs_term_print(processes[--i].pid, pid, sizeof pid);
            if (strncmp(at, pid, strlen(pid)) == 0) break;
            pid[0] = '\0';
        }
        if (pid[0])
            snprintf(out + used, bytes - used, "%s#%u", positions[processes[i].position].path,
                     processes[i].incarnation);
        else
            snprintf(out + used, bytes - used, "%c", *at);
        at += pid[0] ? strlen(pid) : 1;
    }
}

static void hear(void *context, const rs_event *event) {
    (void)context;
    position *at = position_of_role(event->role);
    char reason[256];
    if (at->pid != event->pid) return; /* its start failed, or it is still starting */
    if (event->kind == RS_EVENT_EXIT) {
        print_term(event->reason, reason, sizeof reason);
        tell("-%s%u:%s", shown(at), at->starts, reason);
    }
    if (event->kind == RS_EVENT_ESCALATED) tell("^%s%u", shown(at), at->starts);
}

static const rs_observer observer = {.event = hear, .role = name_role};

/* ---------------------------------------------------------------- the workers */

typedef struct worker {
    position *at;
    uint32_t incarnation;
} worker;

static const rs_type text_type = {.name = "text"};
static const rs_type resume_type = {.name = "resume"};

static bool fails(const node *is, const position *at) {
    char attempt[16];
    snprintf(attempt, sizeof attempt, ".%u.", at->attempts);
    return at->attempts <= is->fail_first || strstr(is->fail, attempt) ||
           (is->fail_after && at->starts >= is->fail_after);
}

static rs_next worker_init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    worker *self = state;
    memcpy(&self->at, args, sizeof self->at);
    const node *is = self->at->is;
    self->incarnation = self->at->starts + 1;
    self->at->attempts++;
    rs_trap_exit(is->traps);
    if (is->ignores || (is->ignore_after && self->at->starts >= is->ignore_after))
        return rs_ignore();
    return fails(is, self->at) ? rs_stop(RS_ATOM(init_failed)) : RS_INIT_OK;
}

static rs_next worker_cast(void *state, const rs_message *request) {
    (void)state;
    rs_term reason;
    RS_ASSERT(rs_term_parse((const char *)request->payload, &reason) == RS_OK);
    return rs_stop(reason);
}

static rs_next worker_info(void *state, const rs_message *info) {
    const worker *self = state;
    char reason[256];
    if (info->kind != RS_MESSAGE_EXIT) return RS_NOREPLY;
    print_term(rs_message_reason(info), reason, sizeof reason);
    tell("?%s%u:%s", shown(self->at), self->incarnation, reason);
    return RS_NOREPLY;
}

static void worker_terminate(void *state, rs_term why) {
    const worker *self = state;
    char reason[256];
    print_term(why, reason, sizeof reason);
    tell("~%s%u:%s", shown(self->at), self->incarnation, reason);
    if (self->at->is->delay_ms) wait_ns(self->at->is->delay_ms * MS);
}

static const rs_gen_server worker_module = {
    .name = "worker",
    .state_bytes = sizeof(worker),
    .init = worker_init,
    .handle_cast = worker_cast,
    .handle_info = worker_info,
    .terminate = worker_terminate,
};

/* ---------------------------------------------------------------- start functions */

static void tell_start(position *at, rs_start_result result, rs_pid pid, rs_term reason) {
    char text[256];
    if (result == RS_START_IGNORE) tell("0%s", shown(at));
    if (result == RS_START_ERROR) {
        print_term(reason, text, sizeof text);
        tell("!%s:%s", shown(at), text);
    }
    if (result != RS_START_OK) return;
    at->pid = pid;
    tell("+%s%u", shown(at), ++at->starts);
    RS_ASSERT(process_count < PROCESSES);
    processes[process_count].pid = pid;
    processes[process_count].position = (uint32_t)(at - positions);
    processes[process_count++].incarnation = at->starts;
}

static bool is_resume(const rs_message *message, void *context) {
    (void)context;
    return message->type == &resume_type;
}

/* Holds the supervisor until somebody says so, and leaves no child behind. */
static rs_start_result hold(void) {
    rs_receive(is_resume, NULL, RS_FOREVER);
    return RS_START_IGNORE;
}

static rs_start_result start_node(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    position *at = position_of_role(start->options.role);
    if (start->extra && strcmp(start->extra, "hold") == 0) return hold();
    at->is = start->args;
    rs_start_result result;
    if (at->is->is_supervisor && at->is->ignores)
        result = RS_START_IGNORE;
    else if (at->is->is_supervisor)
        result = rs_supervisor_start(&at->is->flags, &start->options, pid, reason);
    else
        result = rs_gen_server_start(&worker_module, &at, sizeof at, &start->options, pid, reason);
    tell_start(at, result, *pid, *reason);
    return result;
}

static rs_start_result start_hold(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    (void)start, (void)pid, (void)reason;
    return hold();
}

/* ---------------------------------------------------------------- reading trees */

static const char *cursor;

static const char *word(void) {
    static char text[96];
    cursor += strspn(cursor, " ");
    size_t length = strcspn(cursor, " ;");
    RS_ASSERT(length < sizeof text);
    memcpy(text, cursor, length);
    text[length] = '\0';
    cursor += length;
    return text;
}

static bool next_is(const char *text) {
    cursor += strspn(cursor, " ");
    size_t length = strlen(text);
    if (strncmp(cursor, text, length) != 0 || !strchr(" ;", cursor[length])) return false;
    cursor += length;
    return true;
}

static bool read_strategy(rs_supervisor_spec *flags) {
    static const char *const words[] = {"ONE", "ALL", "REST", "SIMPLE"};
    for (int i = 0; i < 4; i++) {
        flags->strategy = (rs_strategy)i;
        if (next_is(words[i])) return true;
    }
    cursor += strspn(cursor, " ");
    if (*cursor != '?') return false;
    flags->strategy = (rs_strategy)rs_atom_find(word() + 1);
    return true;
}

/* The value of `mark` when it is `name=value`. */
static const char *value_of(const char *mark, const char *name) {
    size_t length = strlen(name);
    return strncmp(mark, name, length) == 0 && mark[length] == '=' ? mark + length + 1 : NULL;
}

static bool read_number(const char *mark, const char *name, uint64_t *number) {
    const char *value = value_of(mark, name);
    if (value) *number = strtoull(value, NULL, 10);
    return value != NULL;
}

static void read_shutdown(node *is, const char *value) {
    int64_t ms = strtoll(value, NULL, 10);
    is->spec.shutdown_ns = ms < 0 ? rs_term_integer(ms) : (uint64_t)ms * MS;
}

/* All marks of a child. */
static void read_mark(node *is, const char *mark) {
    const char *value;
    if (strcmp(mark, "transient") == 0)
        is->spec.restart = RS_TRANSIENT;
    else if (strcmp(mark, "temporary") == 0)
        is->spec.restart = RS_TEMPORARY;
    else if ((value = value_of(mark, "restart")))
        is->spec.restart = (rs_restart)rs_atom_find(value);
    else if (strcmp(mark, "significant") == 0)
        is->spec.significant = true;
    else if (strcmp(mark, "brutal") == 0)
        is->spec.shutdown_ns = RS_BRUTAL_KILL;
    else if (strcmp(mark, "infinity") == 0)
        is->spec.shutdown_ns = RS_SHUTDOWN_INFINITY;
    else if ((value = value_of(mark, "shutdown")))
        read_shutdown(is, value);
    else if (strcmp(mark, "traps") == 0)
        is->traps = true;
    else if (strcmp(mark, "ignores") == 0)
        is->ignores = true;
    else if ((value = value_of(mark, "fail")))
        snprintf(is->fail, sizeof is->fail, ".%.20s.", value);
    else
        RS_ASSERT(read_number(mark, "delay", &is->delay_ms) ||
                  read_number(mark, "fail_first", &is->fail_first) ||
                  read_number(mark, "fail_after", &is->fail_after) ||
                  read_number(mark, "ignore_after", &is->ignore_after));
}

static node *read_child(void);

static void read_children(node *is) {
    RS_ASSERT(next_is("{"));
    while (!next_is("}")) {
        RS_ASSERT(is->flags.child_count < 16);
        is->specs[is->flags.child_count++] = read_child()->spec;
    }
    is->flags.children = is->specs;
}

static void read_flags(node *is) {
    char *end;
    is->flags.intensity = strtoll(word(), &end, 10);
    is->flags.period_s = strtoll(end + 1, NULL, 10);
    if (next_is("ANY")) is->flags.auto_shutdown = RS_ANY_SIGNIFICANT;
    if (next_is("EVERY")) is->flags.auto_shutdown = RS_ALL_SIGNIFICANT;
    read_children(is);
}

static node *read_child(void) {
    RS_ASSERT(node_count < NODES);
    node *is = &nodes[node_count++];
    char text[96];
    snprintf(text, sizeof text, "%s", word());
    char *rest = text;
    snprintf(is->id, sizeof is->id, "%.30s", strsep(&rest, ":"));
    is->is_supervisor = read_strategy(&is->flags);
    if (is->is_supervisor) read_flags(is);
    is->spec = (rs_child_spec){.id = is->id,
                               .start = start_node,
                               .args = is,
                               .is_supervisor = is->is_supervisor,
                               .shutdown_ns = is->is_supervisor ? RS_SHUTDOWN_INFINITY : 5000 * MS};
    while (rest) read_mark(is, strsep(&rest, ":"));
    return is;
}

/* ---------------------------------------------------------------- what is done to it */

static void tell_result(rs_term result) {
    char text[512];
    print_term(result, text, sizeof text);
    if (strcmp(text, "ok") != 0) tell("=%s", text);
    rs_term_release(result);
}

static void tell_start_result(rs_start_result result, rs_pid pid, rs_term reason) {
    rs_term pair[2] = {result == RS_START_ERROR ? RS_ATOM(error) : RS_ATOM(ok), reason};
    if (result == RS_START_OK) pair[1] = pid;
    if (result == RS_START_IGNORE) pair[1] = RS_ATOM(undefined);
    rs_term term = rs_term_tuple(2, pair);
    if (result == RS_START_ERROR) rs_term_release(reason);
    tell_result(term);
}

static position *read_live(void) {
    position *at = find_position(word());
    return at && rs_is_alive(at->pid) ? at : NULL;
}

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(rs_ref *)context;
}

static void await_end(rs_ref monitor) {
    rs_receive(is_down, &monitor, RS_FOREVER);
}

static void end_process(const position *at, const char *reason) {
    rs_ref monitor = rs_monitor(at->pid);
    rs_term term;
    RS_ASSERT(rs_term_parse(reason, &term) == RS_OK);
    if (term == RS_ATOM(kill))
        rs_exit_signal(at->pid, term);
    else if (at->is->is_supervisor)
        rs_gen_server_stop(at->pid, term, RS_FOREVER);
    else
        rs_gen_server_cast(at->pid, &text_type, reason, (uint32_t)strlen(reason) + 1);
    rs_term_release(term);
    await_end(monitor);
}

static void do_exit(void) {
    const position *at = read_live();
    const char *reason = word();
    if (at)
        end_process(at, reason);
    else
        tell("={error,noproc}");
}

typedef struct shot {
    rs_pid to;
    char reason[64];
} shot;

static void shoot(const void *args, uint32_t bytes) {
    (void)bytes;
    const shot *it = args;
    rs_term reason;
    RS_ASSERT(rs_term_parse(it->reason, &reason) == RS_OK);
    rs_exit_signal(it->to, reason);
    rs_term_release(reason);
}

static void do_signal(void) {
    const position *at = read_live();
    shot it = {0};
    snprintf(it.reason, sizeof it.reason, "%s", word());
    if (!at) {
        tell("={error,noproc}");
        return;
    }
    it.to = at->pid;
    rs_ref monitor;
    rs_spawn_monitor(shoot, &it, sizeof it, &monitor);
    await_end(monitor);
}

static const rs_child_spec hold_spec = {.id = "hold", .start = start_hold, .restart = RS_TEMPORARY};

/* Asks `args` to start the child that holds it. */
static void ask_to_hold(const void *args, uint32_t bytes) {
    (void)bytes;
    const position *at = *(position *const *)args;
    bool simple = at->is->flags.strategy == RS_SIMPLE_ONE_FOR_ONE;
    rs_pid pid;
    rs_term reason = 0;
    rs_supervisor_start_child(at->pid, simple ? NULL : &hold_spec, "hold", 5, "hold", &pid,
                              &reason);
}

static void end_child_of(const position *supervisor) {
    char text[96], path[224];
    snprintf(text, sizeof text, "%s", word());
    char *reason = strchr(text, '=');
    *reason++ = '\0';
    snprintf(path, sizeof path, "%s/%s", supervisor->path, text);
    const position *at = find_position(path);
    if (at && rs_is_alive(at->pid)) end_process(at, reason);
}

/* The named children die while their supervisor is busy, which then finds their EXITs in order. */
static void do_burst(void) {
    position *supervisor = read_live();
    if (!supervisor) {
        tell("={error,noproc}");
        cursor += strcspn(cursor, ";");
        return;
    }
    rs_spawn(ask_to_hold, &supervisor, sizeof supervisor);
    wait_ns(MS);
    for (cursor += strspn(cursor, " "); *cursor && *cursor != ';'; cursor += strspn(cursor, " "))
        end_child_of(supervisor);
    rs_send(supervisor->pid, &resume_type, NULL, 0);
}

static void do_start_child(void) {
    const position *at = read_live();
    const node *child = read_child();
    bool simple = at && at->is->flags.strategy == RS_SIMPLE_ONE_FOR_ONE;
    rs_pid pid = 0;
    rs_term reason = RS_ATOM(noproc);
    rs_start_result result = RS_START_ERROR;
    if (at)
        result =
            rs_supervisor_start_child(at->pid, simple ? NULL : &child->spec, child->id,
                                      (uint32_t)strlen(child->id) + 1, child->id, &pid, &reason);
    tell_start_result(result, pid, reason);
}

/* By the last pid for simple_one_for_one; by id when there never was one. */
static void do_terminate_child(void) {
    const position *at = read_live();
    char path[224];
    const char *id = word();
    if (!at) {
        tell("={error,noproc}");
        return;
    }
    snprintf(path, sizeof path, "%s/%s", at->path, id);
    const position *child = find_position(path);
    bool by_pid = at->is->flags.strategy == RS_SIMPLE_ONE_FOR_ONE && child && child->pid;
    tell_result(
        rs_supervisor_terminate_child(at->pid, by_pid ? NULL : id, by_pid ? child->pid : 0));
}

static void do_named(rs_term (*call)(rs_pid supervisor, const char *id)) {
    const position *at = read_live();
    tell_result(call(at ? at->pid : 0, word()));
}

static void do_count(void) {
    const position *at = read_live();
    rs_child_counts counts;
    if (at && rs_supervisor_count_children(at->pid, &counts))
        tell("=%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, counts.specs, counts.active,
             counts.supervisors, counts.workers);
    else
        tell("={error,noproc}");
}

static void do_stop(void) {
    const position *root = find_position("root");
    if (!rs_is_alive(root->pid)) {
        tell("={error,noproc}");
        return;
    }
    rs_ref monitor = rs_monitor(root->pid);
    rs_exit_signal(root->pid, RS_ATOM(shutdown));
    await_end(monitor);
}

static void snap_child(const rs_child_info *info) {
    const position *at = position_of_role(info->role);
    const char *id = strrchr(at->path, '/') + 1;
    if (info->child == RS_ATOM(undefined))
        tell("%s_", id);
    else if (info->child == RS_ATOM(restarting))
        tell("%s*", id);
    else
        tell("%s%u", id, at->starts);
}

/* which_children, in start order, depth first. */
static void snap(const position *at) {
    rs_child_info infos[64];
    if (!rs_is_alive(at->pid)) return;
    uint32_t count = rs_supervisor_which_children(at->pid, 0, infos, 64);
    tell("[%s%u:", shown(at), at->starts);
    for (uint32_t i = count; i-- > 0;) snap_child(&infos[i]);
    story[told++] = ']';
    for (uint32_t i = count; i-- > 0;)
        if (infos[i].is_supervisor && rs_term_tag(infos[i].child) == RS_TAG_PID)
            snap(position_of_role(infos[i].role));
}

static void act(void) {
    if (next_is("exit"))
        do_exit();
    else if (next_is("signal"))
        do_signal();
    else if (next_is("burst"))
        do_burst();
    else if (next_is("start"))
        do_start_child();
    else if (next_is("terminate"))
        do_terminate_child();
    else if (next_is("restart"))
        do_named(rs_supervisor_restart_child);
    else if (next_is("delete"))
        do_named(rs_supervisor_delete_child);
    else if (next_is("count"))
        do_count();
    else if (next_is("sleep"))
        wait_ns(strtoull(word(), NULL, 10) * MS);
    else if (next_is("stop"))
        do_stop();
    else
        RS_UNREACHABLE();
}

/* ---------------------------------------------------------------- cases */

typedef struct test_case {
    const char *tree, *actions, *story;
} test_case;

static void boot(const char *tree) {
    cursor = tree;
    node *root = &nodes[node_count++];
    *root = (node){.id = "root", .is_supervisor = true};
    RS_ASSERT(read_strategy(&root->flags));
    read_flags(root);
    const rs_child_start start = {.args = root,
                                  .options = {.link = true, .role = rs_role_number(0, "root")}};
    rs_pid pid = 0;
    rs_term reason = 0;
    rs_start_result result = start_node(&start, &pid, &reason);
    if (result == RS_START_ERROR) tell_start_result(result, pid, reason);
}

/* Long enough for everybody to come to rest, short enough for 60 s windows. */
#define REST_NS (400 * MS)

static void play(const void *args, uint32_t bytes) {
    (void)bytes;
    const test_case *it = *(const test_case *const *)args;
    rs_trap_exit(true);
    boot(it->tree);
    for (cursor = it->actions; *cursor; cursor += strspn(cursor, "; ")) {
        tell("|");
        if (next_is("snap")) {
            snap(find_position("root"));
            continue;
        }
        act();
        wait_ns(REST_NS);
    }
}

static const char *run_case(const test_case *it) {
    memset(nodes, 0, sizeof nodes);
    memset(positions, 0, sizeof positions);
    node_count = position_count = process_count = 0;
    told = 0;
    const rs_runtime_options options = {
        .clock = RS_CLOCK_VIRTUAL, .observer = &observer, .processes_max = 4096};
    CHECK_INT(rs_run(&options, play, &it, sizeof it, NULL), RS_OK);
    story[told] = '\0';
    return story;
}

#define CASE(NAME, TREE, ACTIONS, STORY)                                                           \
    TEST(NAME) {                                                                                   \
        static const test_case it = {TREE, ACTIONS, STORY};                                        \
        CHECK_STR(run_case(&it), it.story);                                                        \
    }

#include "runtime/otp/supervisor_cases.h"

TEST_MAIN()
