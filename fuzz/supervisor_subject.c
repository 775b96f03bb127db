/* supervisor_subject.c: see supervisor_subject.h. Everything runs in the runtime's only thread.
 * What may wait is done by a helper, so that the timetable is kept whatever becomes of the tree.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/supervisor_subject.h"

#include "runtime/base/assert.h"
#include "runtime/otp/sys.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LIVES_MAX 2048u

/* One process that has started. */
typedef struct life {
    rs_pid pid, parent;
    uint32_t place, number;
    bool is_supervisor, is_suspended;
    bool is_dead, is_killed;
} life;

static rs_model_story *story;
static const rs_model_node *root_node;
static const rs_model_op *ops;
static uint32_t op_total, op_now, place_count, life_count;
static rs_model_place places[RS_MODEL_PLACES_MAX + 1]; /* by role, from 1 */
static uint32_t parents[RS_MODEL_PLACES_MAX + 1];
static bool is_simple[RS_MODEL_PLACES_MAX + 1];
static life lives[LIVES_MAX];

static const rs_type end_type = {.name = "end"};
static const rs_type slip_type = {.name = "slip"};
static const rs_type ready_type = {.name = "ready"};

/* ------------------------------------------------------------------ places and lives */

static uint32_t place_at(const char *path) {
    for (uint32_t i = 1; i <= place_count; i++)
        if (strcmp(places[i].path, path) == 0) return i;
    RS_ASSERT(place_count < RS_MODEL_PLACES_MAX);
    places[++place_count] = (rs_model_place){0};
    snprintf(places[place_count].path, RS_MODEL_PATH, "%s", path);
    parents[place_count] = 0;
    is_simple[place_count] = false;
    return place_count;
}

static uint32_t role(void *context, uint32_t parent, const char *key) {
    (void)context;
    char path[RS_MODEL_PATH + 64];
    snprintf(path, sizeof path, "%s/%.40s", places[parent].path, key);
    uint32_t place = place_at(path);
    parents[place] = parent;
    return place;
}

static const char *id_of(uint32_t place) {
    const char *last = strrchr(places[place].path, '/');
    return last ? last + 1 : places[place].path;
}

static life *life_of(rs_pid pid) {
    for (uint32_t i = life_count; i-- > 0;)
        if (lives[i].pid == pid) return &lives[i];
    return NULL;
}

static life *latest_at(const char *path) {
    for (uint32_t i = life_count; i-- > 0;)
        if (strcmp(places[lives[i].place].path, path) == 0) return &lives[i];
    return NULL;
}

static bool is_orphan(const life *it) {
    const life *parent = it ? life_of(it->parent) : NULL;
    return parent && (parent->is_killed || is_orphan(parent));
}

/* ------------------------------------------------------------------ telling */

static void say(bool is_aside, const char *group, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(bool is_aside, const char *group, const char *format, ...) {
    story->is_full |= story->count == RS_MODEL_LINES_MAX;
    if (story->is_full) return;
    rs_model_line *line = &story->lines[story->count++];
    *line = (rs_model_line){.at_ns = rs_now_ns(), .op = op_now, .is_aside = is_aside};
    snprintf(line->group, sizeof line->group, "%s", group);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
}

/* A text that grows; what does not fit is cut. */
typedef struct writer {
    char text[RS_MODEL_TEXT];
    size_t length;
} writer;

static void put(writer *out, const char *text) {
    int used = snprintf(out->text + out->length, sizeof out->text - out->length, "%s", text);
    out->length += (size_t)used;
    if (out->length >= sizeof out->text) out->length = sizeof out->text - 1;
}

static void put_term(writer *out, rs_term term);

static void put_row(writer *out, rs_term row, const char *open, const char *close) {
    put(out, open);
    for (uint32_t i = 0; i < rs_term_size(row); i++) {
        rs_term element = rs_term_element(row, i);
        if (i) put(out, ",");
        put_term(out, element);
        rs_term_release(element);
    }
    put(out, close);
}

static void put_pid(writer *out, rs_pid pid) {
    char text[RS_MODEL_PATH + 16] = "<pid>";
    const life *it = life_of(pid);
    if (it) snprintf(text, sizeof text, "%s#%u", places[it->place].path, it->number);
    put(out, text);
}

static void put_term(writer *out, rs_term term) {
    switch (rs_term_kind(term)) {
    case RS_TAG_ATOM: put(out, rs_atom_text(term)); break;
    case RS_TAG_PID: put_pid(out, term); break;
    case RS_TAG_TUPLE: put_row(out, term, "{", "}"); break;
    case RS_TAG_LIST: put_row(out, term, "[", "]"); break;
    default: put(out, "?"); break;
    }
}

static const char *group_of(const life *it) {
    uint32_t parent = parents[it->place];
    return is_simple[parent] ? places[parent].path : "";
}

static void say_of(const life *it, const char *word, rs_term reason) {
    writer out = {.length = 0};
    put_term(&out, reason);
    say(is_orphan(it), group_of(it), "%s %s#%u %s", word, places[it->place].path, it->number,
        out.text);
}

static void on_event(void *context, const rs_event *event) {
    (void)context;
    life *it = event->kind == RS_EVENT_EXIT ? life_of(event->pid) : NULL;
    if (!it) return;
    say_of(it, "exit", event->reason);
    it->is_dead = true;
    it->is_killed = it->is_supervisor && event->reason == RS_ATOM(killed);
}

static void on_report(void *context, const rs_report *report) {
    (void)context;
    writer out = {.length = 0};
    put_term(&out, report->reason);
    const char *path = places[report->supervisor_role].path;
    bool is_aside = is_orphan(life_of(report->supervisor));
    const char *word = rs_report_word(report->context);
    if (report->count)
        say(is_aside, path, "report %s %s nb=%u %s", path, word, (unsigned)report->count, out.text);
    else
        say(is_aside, "", "report %s %s %s %s", path, word,
            report->id ? report->id : id_of(report->child_role), out.text);
}

/* ------------------------------------------------------------------ workers */

typedef struct worker {
    const rs_model_node *node;
    rs_pid parent;
} worker;

static rs_term parse(const char *text) {
    rs_term term = 0;
    RS_ASSERT(rs_term_parse(text, &term) == RS_OK);
    return term;
}

_Noreturn static void exit_as(const rs_message *message) {
    rs_term reason = rs_message_reason(message);
    rs_term_retain(reason, 1);
    rs_exit(reason);
}

/* It hears `killed` when its supervisor has been. */
_Noreturn static void shut_down(const worker *self) {
    say_of(life_of(rs_self()), "told", RS_ATOM(shutdown));
    uint64_t delay_ns = self->node->delay_ns;
    const rs_message *message =
        rs_receive(NULL, NULL, delay_ns == RS_MODEL_FOREVER ? RS_FOREVER : delay_ns);
    if (message) exit_as(message);
    rs_exit(parse(self->node->farewell));
}

static void work(const void *args, uint32_t bytes) {
    (void)bytes;
    const worker self = *(const worker *)args;
    rs_trap_exit(self.node->traps);
    rs_send(self.parent, &ready_type, NULL, 0);
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->kind == RS_MESSAGE_EXIT) {
            if (rs_message_reason(message) == RS_ATOM(shutdown)) shut_down(&self);
            exit_as(message);
        }
        rs_term reason = parse((const char *)message->payload);
        if (message->type == &slip_type) rs_unlink(self.parent);
        rs_exit(reason);
    }
}

/* ------------------------------------------------------------------ starts */

static void fail(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_exit(RS_ATOM(init_failed));
}

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(const rs_ref *)context;
}

/* A process that is linked and gone by now (S10). */
static void fail_linked(uint64_t link_tag) {
    rs_ref ref;
    rs_pid pid;
    const rs_spawn_options options = {
        .entry = fail, .link = true, .monitor = true, .link_tag = link_tag, .ref = &ref};
    if (rs_spawn_opt(&options, &pid) == RS_OK) rs_receive(is_down, &ref, RS_FOREVER);
}

static bool is_ready(const rs_message *message, void *context) {
    return message->type == &ready_type && message->from == *(const rs_pid *)context;
}

static rs_start_result start_worker(const rs_model_node *node, const rs_start_options *options,
                                    rs_pid *pid) {
    const worker self = {node, rs_self()};
    const rs_spawn_options spawn = {.entry = work,
                                    .args = &self,
                                    .bytes = sizeof self,
                                    .link = options->link,
                                    .link_tag = options->link_tag,
                                    .role = options->role};
    if (rs_spawn_opt(&spawn, pid) != RS_OK) return RS_START_ERROR;
    rs_receive(is_ready, pid, RS_FOREVER);
    return RS_START_OK;
}

static rs_start_result start_child(const rs_child_start *child, rs_pid *pid, rs_term *reason);

static rs_child_spec spec_of(const rs_model_node *const *node) {
    return (rs_child_spec){.id = (*node)->id,
                           .start = start_child,
                           .args = node,
                           .bytes = sizeof *node,
                           .restart = (*node)->restart,
                           .shutdown_ns = (*node)->shutdown_ns,
                           .significant = (*node)->significant,
                           .is_supervisor = (*node)->is_supervisor};
}

static rs_start_result start_supervisor(const rs_model_node *node, const rs_start_options *options,
                                        rs_pid *pid, rs_term *reason) {
    rs_child_spec specs[RS_MODEL_CHILDREN_MAX];
    for (uint32_t i = 0; i < node->child_count; i++) specs[i] = spec_of(&node->children[i]);
    const rs_supervisor_spec spec = {.strategy = node->strategy,
                                     .intensity = node->intensity,
                                     .period_s = node->period_s,
                                     .auto_shutdown = node->auto_shutdown,
                                     .children = specs,
                                     .child_count = node->child_count};
    return rs_supervisor_start(&spec, options, pid, reason);
}

static rs_model_outcome outcome_of(rs_model_place *place) {
    if (place->outcomes == 0) return RS_MODEL_STARTS;
    place->outcomes--;
    return place->outcome;
}

static void be_born(rs_pid pid, uint32_t place, bool is_supervisor) {
    RS_ASSERT(life_count < LIVES_MAX);
    life *it = &lives[life_count++];
    *it = (life){.pid = pid,
                 .parent = rs_self(),
                 .place = place,
                 .number = ++places[place].starts,
                 .is_supervisor = is_supervisor};
    say(false, "", "start %s#%u", places[place].path, it->number);
}

_Noreturn static void raise_boom(const rs_model_place *place) {
    say(false, "", "init_failed %s {EXIT,boom}", place->path);
    rs_exit(parse("boom"));
}

static rs_start_result start_somehow(rs_model_place *place, const rs_model_node *node,
                                     const rs_start_options *options, rs_pid *pid,
                                     rs_term *reason) {
    *reason = RS_ATOM(init_failed);
    switch (outcome_of(place)) {
    case RS_MODEL_FAILS_LINKED: fail_linked(options->link_tag); return RS_START_ERROR;
    case RS_MODEL_FAILS: return RS_START_ERROR;
    case RS_MODEL_IGNORES: return RS_START_IGNORE;
    case RS_MODEL_RAISES: raise_boom(place);
    case RS_MODEL_STARTS: break;
    }
    return node->is_supervisor ? start_supervisor(node, options, pid, reason)
                               : start_worker(node, options, pid);
}

static rs_start_result start(const rs_model_node *node, const rs_start_options *options,
                             rs_pid *pid, rs_term *reason) {
    rs_model_place *place = &places[options->role];
    is_simple[options->role] = node->is_supervisor && node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    rs_start_result result = start_somehow(place, node, options, pid, reason);
    writer out = {.length = 0};
    if (result == RS_START_OK) be_born(*pid, options->role, node->is_supervisor);
    if (result == RS_START_ERROR) put_term(&out, *reason);
    if (result == RS_START_ERROR) say(false, "", "init_failed %s %s", place->path, out.text);
    if (result == RS_START_IGNORE) say(false, "", "init_ignored %s", place->path);
    return result;
}

static rs_start_result start_child(const rs_child_start *child, rs_pid *pid, rs_term *reason) {
    const rs_model_node *const *node = child->args;
    uint32_t place = child->options.role;
    if (is_simple[parents[place]]) node += id_of(place)[0] % 2;
    return start(*node, &child->options, pid, reason);
}

/* ------------------------------------------------------------------ calls, by helpers */

static void answer_start(uint32_t number, rs_start_result result, rs_pid pid, rs_term reason) {
    writer out = {.length = 0};
    put_term(&out, result == RS_START_OK ? pid : reason);
    if (result == RS_START_OK)
        say(true, "", "answer %u {ok,%s}", number, out.text);
    else if (result == RS_START_IGNORE)
        say(true, "", "answer %u {ok,undefined}", number);
    else
        say(true, "", "answer %u {error,%s}", number, out.text);
    if (result == RS_START_ERROR) rs_term_release(reason);
}

static void ask_to_start(uint32_t number, rs_pid supervisor) {
    const rs_model_op *op = &ops[number];
    rs_pid pid = 0;
    rs_term reason = 0;
    rs_start_result result;
    if (op->node) {
        const rs_child_spec spec = spec_of(&op->node);
        result = rs_supervisor_start_child(supervisor, &spec, NULL, 0, NULL, &pid, &reason);
    } else {
        result = rs_supervisor_start_child(supervisor, NULL, NULL, 0, op->id, &pid, &reason);
    }
    answer_start(number, result, pid, reason);
}

static void answer_term(uint32_t number, rs_term term) {
    writer out = {.length = 0};
    put_term(&out, term);
    rs_term_release(term);
    say(true, "", "answer %u %s", number, out.text);
}

/* A stranger is the helper itself; so is who was never there. */
static rs_term terminate_at(rs_pid supervisor, const rs_model_op *op) {
    char path[RS_MODEL_PATH + 8];
    snprintf(path, sizeof path, "%s/%s", op->path, op->id);
    const life *it = *op->id ? latest_at(path) : NULL;
    return rs_supervisor_terminate_child(supervisor, NULL, it ? it->pid : rs_self());
}

static void put_state(writer *out, const rs_child_info *info) {
    char text[RS_MODEL_PATH + 32];
    const char *id = *info->id ? info->id : id_of(info->role);
    const life *it = rs_term_tag(info->child) == RS_TAG_PID ? life_of(info->child) : NULL;
    if (it)
        snprintf(text, sizeof text, " %.30s=#%u", id, it->number);
    else
        snprintf(text, sizeof text, " %.30s=%s", id, rs_atom_text(info->child));
    put(out, text);
}

static int compare_infos(const rs_child_info *a, const rs_child_info *b) {
    writer x = {.length = 0}, y = {.length = 0};
    put_state(&x, a);
    put_state(&y, b);
    return strcmp(x.text, y.text);
}

static void write_children(rs_pid supervisor, writer *out) {
    rs_child_info infos[RS_MODEL_CHILDREN_MAX];
    uint32_t count = rs_supervisor_which_children(supervisor, 0, infos, RS_MODEL_CHILDREN_MAX);
    for (uint32_t i = 0; i < count && count && !*infos[0].id; i++)
        for (uint32_t k = i + 1; k < count; k++) {
            rs_child_info swap = infos[i];
            if (compare_infos(&infos[i], &infos[k]) <= 0) continue;
            infos[i] = infos[k];
            infos[k] = swap;
        }
    for (uint32_t i = 0; i < count; i++) put_state(out, &infos[i]);
}

static bool write_counts(rs_pid supervisor, writer *out) {
    rs_child_counts counts;
    char text[64];
    if (!rs_supervisor_count_children(supervisor, &counts)) return false;
    snprintf(text, sizeof text, "%u %u %u %u", (unsigned)counts.specs, (unsigned)counts.active,
             (unsigned)counts.supervisors, (unsigned)counts.workers);
    put(out, text);
    return true;
}

/* Who is gone has no children to tell of. */
static void ask_which(uint32_t number, rs_pid supervisor) {
    writer out = {.length = 0};
    write_children(supervisor, &out);
    say(true, "", "answer %u which%s", number, out.text);
}

static void ask_count(uint32_t number, rs_pid supervisor) {
    writer out = {.length = 0};
    bool is_there = write_counts(supervisor, &out);
    say(true, "", "answer %u %s", number, is_there ? out.text : "gone");
}

typedef struct order {
    uint32_t number;
    rs_pid to;
} order;

static void help(const void *args, uint32_t bytes) {
    (void)bytes;
    const order it = *(const order *)args;
    const rs_model_op *op = &ops[it.number];
    switch (op->deed) {
    case RS_MODEL_START: ask_to_start(it.number, it.to); break;
    case RS_MODEL_TERMINATE: answer_term(it.number, terminate_at(it.to, op)); break;
    case RS_MODEL_TERMINATE_ID:
        answer_term(it.number, rs_supervisor_terminate_child(it.to, op->id, 0));
        break;
    case RS_MODEL_RESTART:
        answer_term(it.number, rs_supervisor_restart_child(it.to, op->id));
        break;
    case RS_MODEL_DELETE: answer_term(it.number, rs_supervisor_delete_child(it.to, op->id)); break;
    case RS_MODEL_WHICH: ask_which(it.number, it.to); break;
    case RS_MODEL_COUNT: ask_count(it.number, it.to); break;
    case RS_MODEL_SUSPEND: rs_sys_suspend(it.to, RS_FOREVER); break;
    case RS_MODEL_RESUME: rs_sys_resume(it.to, RS_FOREVER); break;
    case RS_MODEL_NOISE:
        rs_exit_signal(it.to, RS_ATOM(shutdown));
        rs_send(it.to, &end_type, "x", 2);
        break;
    default: { /* RS_MODEL_EXIT of a supervisor */
        rs_term reason = parse(op->reason);
        rs_gen_server_stop(it.to, reason, RS_FOREVER);
        rs_term_release(reason);
    }
    }
}

static void look(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (uint32_t i = 0; i < life_count; i++) {
        const life *it = &lives[i];
        if (!it->is_supervisor || it->is_dead || it->is_suspended) continue;
        writer out = {.length = 0};
        write_children(it->pid, &out);
        put(&out, "; ");
        write_counts(it->pid, &out);
        say(true, "", "snap %s#%u%s", places[it->place].path, it->number, out.text);
    }
}

/* ------------------------------------------------------------------ operations */

static void boot(void) {
    const rs_start_options options = {.link = true, .role = place_at("r")};
    rs_pid pid = 0;
    rs_term reason = 0;
    rs_start_result result = start(root_node, &options, &pid, &reason);
    if (result == RS_START_IGNORE)
        say(true, "", "answer %u ignore", op_now);
    else
        answer_start(op_now, result, pid, reason);
}

static void send_signal(rs_pid to, const char *text) {
    rs_term reason = parse(text);
    rs_exit_signal(to, reason);
    rs_term_release(reason);
}

static void end(const life *it, const rs_model_op *op) {
    const order asked = {op_now, it->pid};
    if (strcmp(op->reason, "kill") == 0)
        rs_exit_signal(it->pid, RS_ATOM(kill));
    else if (it->is_supervisor)
        rs_spawn(help, &asked, sizeof asked);
    else
        rs_send(it->pid, &end_type, op->reason, (uint32_t)strlen(op->reason) + 1);
}

static void plan(const rs_model_op *op) {
    rs_model_place *place = &places[place_at(op->path)];
    place->outcome = op->outcome;
    place->outcomes = (uint32_t)op->number;
}

static void act_on(life *it, const rs_model_op *op) {
    const order asked = {op_now, it->pid};
    switch (op->deed) {
    case RS_MODEL_EXIT: end(it, op); break;
    case RS_MODEL_SLIP:
        rs_send(it->pid, &slip_type, op->reason, (uint32_t)strlen(op->reason) + 1);
        break;
    case RS_MODEL_STOP: send_signal(it->pid, op->reason); break;
    default:
        if (op->deed == RS_MODEL_SUSPEND) it->is_suspended = true;
        if (op->deed == RS_MODEL_RESUME) it->is_suspended = false;
        rs_spawn(help, &asked, sizeof asked);
    }
}

static void act(const rs_model_op *op) {
    life *it = op->deed == RS_MODEL_PLAN ? NULL : latest_at(op->path);
    switch (op->deed) {
    case RS_MODEL_BOOT: boot(); break;
    case RS_MODEL_PLAN: plan(op); break;
    case RS_MODEL_SLEEP: break;
    default:
        if (it) act_on(it, op);
    }
}

/* What comes meanwhile, ends of roots, is of no interest. */
static void wait_until(uint64_t at_ns) {
    while (rs_now_ns() < at_ns) rs_receive(NULL, NULL, at_ns - rs_now_ns());
}

static void play(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_trap_exit(true);
    for (op_now = 0; op_now < op_total && !story->is_full; op_now++) {
        wait_until(ops[op_now].at_ns);
        act(&ops[op_now]);
        wait_until(ops[op_now].done_ns);
        rs_spawn(look, NULL, 0);
        wait_until(ops[op_now].done_ns + 1);
    }
}

void rs_subject_run(rs_model_story *into, const rs_model_node *node, const rs_model_op *of,
                    uint32_t count) {
    static const rs_observer observer = {.event = on_event, .role = role, .report = on_report};
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL,
                                        .scheduler = "fifo",
                                        .threads = 1,
                                        .processes_max = 512,
                                        .clock_offset_ns = count ? of->at_ns : 0,
                                        .observer = &observer};
    story = into;
    story->count = place_count = life_count = 0;
    story->is_full = false;
    root_node = node;
    ops = of;
    op_total = count;
    RS_ASSERT(rs_run(&options, play, NULL, 0, NULL) == RS_OK);
}
