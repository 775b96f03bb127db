/* supervisor_model.c: see supervisor_model.h. Written from the rulebook's section S alone, before
 * and without a look at supervisor.c. Everything is a list that is walked, and one thing happens
 * after another: who waits is a function that has not returned.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/supervisor_model.h"

#include "runtime/base/assert.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LIVES_MAX    1024u
#define LETTERS_MAX  24u
#define RESTARTS_MAX 64u
#define TICK_NS      1000u /* between an operation's quiet and the next */

typedef struct life life;

typedef enum state { RUNNING, UNDEFINED, RESTARTING } state;

typedef struct child {
    const rs_model_node *node;
    char id[4];
    state state;
    life *life;      /* the latest; NULL: none */
    uint32_t number; /* of the record, unique */
} child;

typedef enum letter_kind { LETTER_EXIT, LETTER_RETRY, LETTER_CALL } letter_kind;

typedef struct letter {
    letter_kind kind;
    life *from; /* EXIT */
    char reason[RS_MODEL_TEXT];
    child whom;     /* RETRY: what it was */
    rs_model_op op; /* CALL */
    uint32_t number;
    life *victim; /* CALL terminate_child: the pid; NULL: a stranger's */
} letter;

struct life {
    rs_model_place *place;
    uint32_t number;
    const rs_model_node *node;
    life *parent; /* NULL: the root */
    bool is_born, is_dead, is_orphan;
    /* supervisors */
    bool is_suspended;
    child children[RS_MODEL_CHILDREN_MAX];
    uint32_t child_count;
    uint64_t restarts[RESTARTS_MAX]; /* seconds */
    uint32_t restart_count;
    letter letters[LETTERS_MAX];
    uint32_t letter_count;
};

static rs_model_story *story;
static const rs_model_node *root_node;
static rs_model_place places[RS_MODEL_PLACES_MAX];
static life lives[LIVES_MAX];
static uint32_t place_count, life_count, record_count, op_count;
static uint64_t now_ns, busy_until_ns;
static uint64_t aside_after_ns; /* what is later is no business of whoever told it to end */
static bool is_full;

/* ------------------------------------------------------------------ telling */

static rs_model_line *say(bool is_aside, const char *group, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static rs_model_line *say(bool is_aside, const char *group, const char *format, ...) {
    static rs_model_line nowhere;
    is_full |= story->count == RS_MODEL_LINES_MAX;
    rs_model_line *line = is_full ? &nowhere : &story->lines[story->count++];
    *line = (rs_model_line){
        .at_ns = now_ns, .op = op_count, .is_aside = is_aside || now_ns > aside_after_ns};
    snprintf(line->group, sizeof line->group, "%s", group);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
    return line;
}

/* Children of simple_one_for_one stop in no order (S24). */
static const char *group_of(const life *it) {
    bool is_simple = it->parent && it->parent->node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    return is_simple ? it->parent->place->path : "";
}

static void say_of(const life *it, const char *word, const char *reason) {
    say(it->is_orphan, group_of(it), "%s %s#%u %s", word, it->place->path, it->number, reason);
}

static void report(const life *supervisor, rs_report_context context, const child *whom,
                   const char *reason) {
    say(supervisor->is_orphan, "", "report %s %s %s %s", supervisor->place->path,
        rs_report_word(context), whom->id, reason);
}

/* ------------------------------------------------------------------ places and lives */

static rs_model_place *place_at(const char *path) {
    for (uint32_t i = 0; i < place_count; i++)
        if (strcmp(places[i].path, path) == 0) return &places[i];
    RS_ASSERT(place_count < RS_MODEL_PLACES_MAX);
    rs_model_place *place = &places[place_count++];
    *place = (rs_model_place){0};
    snprintf(place->path, sizeof place->path, "%s", path);
    return place;
}

static rs_model_place *place_below(const rs_model_place *parent, const char *id) {
    char path[RS_MODEL_PATH + 8];
    snprintf(path, sizeof path, "%s/%s", parent->path, id);
    return place_at(path);
}

static life *latest_at(const char *path) {
    for (uint32_t i = life_count; i-- > 0;)
        if (lives[i].is_born && strcmp(lives[i].place->path, path) == 0) return &lives[i];
    return NULL;
}

static life *new_life(rs_model_place *place, const rs_model_node *node, life *parent) {
    is_full |= life_count == LIVES_MAX;
    life *it = &lives[is_full ? LIVES_MAX - 1 : life_count++];
    memset(it, 0, sizeof *it);
    it->place = place;
    it->node = node;
    it->parent = parent;
    return it;
}

static void be_born(life *it) {
    it->is_born = true;
    it->number = ++it->place->starts;
    say(false, "", "start %s#%u", it->place->path, it->number);
}

/* ------------------------------------------------------------------ reasons */

static bool is(const char *reason, const char *what) {
    return strcmp(reason, what) == 0;
}

static bool is_shutdown_pair(const char *reason) {
    return strncmp(reason, "{shutdown,", 10) == 0;
}

static bool is_abnormal(const char *reason) {
    return !is(reason, "normal") && !is(reason, "shutdown") && !is_shutdown_pair(reason);
}

/* ------------------------------------------------------------------ mailboxes */

static letter *post(life *to, letter_kind kind) {
    is_full |= to->letter_count == LETTERS_MAX;
    letter *it = &to->letters[is_full ? LETTERS_MAX - 1 : to->letter_count++];
    *it = (letter){.kind = kind};
    return it;
}

static letter take_letter(life *from, uint32_t at) {
    letter it = from->letters[at];
    from->letter_count--;
    memmove(&from->letters[at], &from->letters[at + 1],
            (from->letter_count - at) * sizeof from->letters[0]);
    return it;
}

/* The queued EXIT of `whom`, or noproc (S20). */
static void take_exit(life *self, const life *whom, char *reason) {
    strcpy(reason, "noproc");
    for (uint32_t i = 0; i < self->letter_count; i++) {
        if (self->letters[i].kind != LETTER_EXIT || self->letters[i].from != whom) continue;
        strcpy(reason, take_letter(self, i).reason);
        return;
    }
}

static void answer(uint32_t op, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void answer(uint32_t op, const char *format, ...) {
    char text[RS_MODEL_TEXT - 32];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(true, "", "answer %u %s", op, text);
}

/* Calls that it has not answered, and never will. */
static void drop_calls(life *it, const char *reason) {
    for (uint32_t i = 0; i < it->letter_count; i++) {
        const letter *call = &it->letters[i];
        if (call->kind != LETTER_CALL) continue;
        if (call->op.deed == RS_MODEL_WHICH)
            answer(call->number, "which");
        else if (call->op.deed == RS_MODEL_COUNT)
            answer(call->number, "gone");
        else
            answer(call->number, "{error,%s}", reason);
    }
}

/* ------------------------------------------------------------------ ends */

static bool bring_all_down(life *self, uint64_t dies_at_ns);

/* It ends, and its parent will hear of it. */
static void die(life *it, const char *reason) {
    say_of(it, "exit", reason);
    it->is_dead = true;
    if (it->node->is_supervisor) drop_calls(it, reason);
    if (!it->parent || it->parent->is_dead) return;
    letter *exit = post(it->parent, LETTER_EXIT);
    exit->from = it;
    snprintf(exit->reason, sizeof exit->reason, "%s", reason);
}

/* Its supervisor was killed: it hears `killed`, while everything else goes on (S23, S5). */
static void be_orphaned(life *it) {
    uint64_t began_ns = now_ns;
    it->is_orphan = true;
    for (uint32_t i = 0; i < life_count; i++)
        for (life *up = lives[i].parent; up; up = up->parent) lives[i].is_orphan |= up == it;
    if (it->node->is_supervisor) bring_all_down(it, RS_MODEL_FOREVER);
    die(it, "killed");
    if (now_ns > busy_until_ns) busy_until_ns = now_ns;
    now_ns = began_ns;
}

static void be_killed(life *it) {
    die(it, "killed");
    for (uint32_t i = 0; i < it->child_count; i++) {
        life *below = it->children[i].life;
        if (below && it->children[i].state == RUNNING && !below->is_dead) be_orphaned(below);
    }
}

/* A worker that is told to shut down; it is killed at `deadline_ns`, and orphaned when its
 * supervisor dies. */
static void worker_shuts_down(life *it, uint64_t deadline_ns, uint64_t dies_at_ns) {
    const rs_model_node *node = it->node;
    uint64_t end_ns = !node->traps                         ? now_ns
                      : node->delay_ns == RS_MODEL_FOREVER ? RS_MODEL_FOREVER
                                                           : now_ns + node->delay_ns;
    if (node->traps) say_of(it, "told", "shutdown");
    if (end_ns <= deadline_ns && end_ns < dies_at_ns) {
        now_ns = end_ns;
        die(it, node->traps ? node->farewell : "shutdown");
    } else if (deadline_ns < dies_at_ns) {
        now_ns = deadline_ns;
        die(it, "killed");
    } else {
        now_ns = dies_at_ns;
        it->is_orphan = true;
        die(it, "killed");
    }
}

/* A supervisor that is told to shut down. Its own does not wait any longer than it lives. */
static void supervisor_shuts_down(life *it, uint64_t deadline_ns, uint64_t dies_at_ns) {
    uint64_t aside_ns = aside_after_ns;
    if (dies_at_ns < aside_after_ns) aside_after_ns = dies_at_ns;
    if (bring_all_down(it, deadline_ns))
        die(it, "shutdown");
    else
        be_killed(it);
    aside_after_ns = aside_ns;
    if (now_ns <= dies_at_ns) return;
    if (now_ns > busy_until_ns) busy_until_ns = now_ns;
    now_ns = dies_at_ns;
}

/* What S20 does not report. */
static bool ended_as_told(const child *it, const char *reason) {
    bool is_brutal = it->node->shutdown_ns == RS_BRUTAL_KILL;
    if (is(reason, is_brutal ? "killed" : "shutdown")) return true;
    return it->node->restart != RS_PERMANENT && !is_abnormal(reason);
}

/* S20, but for the report; when the supervisor is to be killed at `dies_at_ns` it gets no further
 * than that. */
static void bring_process_down(life *self, const child *it, uint64_t dies_at_ns) {
    life *process = it->life;
    uint64_t limit_ns = it->node->shutdown_ns;
    uint64_t deadline_ns = limit_ns == RS_SHUTDOWN_INFINITY ? RS_MODEL_FOREVER : now_ns + limit_ns;
    if (deadline_ns >= dies_at_ns) deadline_ns = RS_MODEL_FOREVER;
    (void)self;
    if (process->is_dead) return;
    if (limit_ns == RS_BRUTAL_KILL)
        be_killed(process);
    else if (process->node->is_supervisor)
        supervisor_shuts_down(process, deadline_ns, dies_at_ns);
    else
        worker_shuts_down(process, deadline_ns, dies_at_ns);
}

/* S20. False: the supervisor has died meanwhile. */
static bool bring_down(life *self, child *it, uint64_t dies_at_ns) {
    state was = it->state;
    if (was != RUNNING) {
        it->state = UNDEFINED;
        return true;
    }
    bring_process_down(self, it, dies_at_ns);
    if (now_ns >= dies_at_ns) return false;
    char reason[RS_MODEL_TEXT];
    take_exit(self, it->life, reason);
    it->state = UNDEFINED;
    if (!ended_as_told(it, reason)) report(self, RS_REPORT_SHUTDOWN_ERROR, it, reason);
    return true;
}

/* S21: the reverse of start order. */
static bool bring_down_in_turn(life *self, uint64_t dies_at_ns) {
    for (uint32_t i = self->child_count; i-- > 0;)
        if (!bring_down(self, &self->children[i], dies_at_ns)) return false;
    return true;
}

/* S24: one report for each reason. */
static void report_in_parallel(life *self, char reasons[][RS_MODEL_TEXT], const bool *is_told) {
    for (uint32_t i = 0; i < self->child_count; i++) {
        uint32_t alike = 0;
        bool is_first = true;
        for (uint32_t k = 0; k < self->child_count; k++) {
            if (!is_told[k] || !is_told[i] || !is(reasons[i], reasons[k])) continue;
            is_first &= k >= i;
            alike++;
        }
        if (is_first && alike)
            say(self->is_orphan, self->place->path, "report %s %s nb=%u %s", self->place->path,
                rs_report_word(RS_REPORT_SHUTDOWN_ERROR), alike, reasons[i]);
    }
}

/* S24: all at once, with one timer; restarting ones are skipped. */
static bool bring_down_in_parallel(life *self, uint64_t dies_at_ns) {
    static char reasons[RS_MODEL_CHILDREN_MAX][RS_MODEL_TEXT];
    bool is_told[RS_MODEL_CHILDREN_MAX] = {false};
    uint64_t began_ns = now_ns, end_ns = now_ns;
    for (uint32_t i = 0; i < self->child_count; i++) {
        child *it = &self->children[i];
        if (it->state != RUNNING) continue;
        now_ns = began_ns;
        bring_process_down(self, it, dies_at_ns);
        if (now_ns > end_ns) end_ns = now_ns;
    }
    now_ns = end_ns;
    if (now_ns >= dies_at_ns) return false;
    for (uint32_t i = 0; i < self->child_count; i++) {
        child *it = &self->children[i];
        if (it->state != RUNNING) continue;
        take_exit(self, it->life, reasons[i]);
        it->state = UNDEFINED;
        is_told[i] = !ended_as_told(it, reasons[i]);
    }
    report_in_parallel(self, reasons, is_told);
    return true;
}

/* False: it was killed in the midst of it, at `dies_at_ns`. */
static bool bring_all_down(life *self, uint64_t dies_at_ns) {
    return self->node->strategy == RS_SIMPLE_ONE_FOR_ONE ? bring_down_in_parallel(self, dies_at_ns)
                                                         : bring_down_in_turn(self, dies_at_ns);
}

/* S25: whatever the reason, its children are told to shut down. */
static void stop(life *self, const char *reason) {
    bring_all_down(self, RS_MODEL_FOREVER);
    die(self, reason);
}

/* ------------------------------------------------------------------ starts */

static rs_model_outcome start(life *parent, rs_model_place *place, const rs_model_node *node,
                              life **born, char *reason);

static void add_child(life *self, const rs_model_node *node, const char *id, life *process) {
    is_full |= self->child_count == RS_MODEL_CHILDREN_MAX;
    child *it = &self->children[is_full ? RS_MODEL_CHILDREN_MAX - 1 : self->child_count++];
    *it = (child){.node = node,
                  .state = process ? RUNNING : UNDEFINED,
                  .life = process,
                  .number = ++record_count};
    snprintf(it->id, sizeof it->id, "%s", id);
}

static void remove_child(life *self, child *it) {
    uint32_t at = (uint32_t)(it - self->children);
    self->child_count--;
    memmove(it, it + 1, (self->child_count - at) * sizeof *it);
}

/* S6, S7. */
static bool boot(life *self, char *reason) {
    const rs_model_node *node = self->node;
    char why[RS_MODEL_TEXT - 64] = "";
    for (uint32_t i = 0; i < node->child_count && node->strategy != RS_SIMPLE_ONE_FOR_ONE; i++) {
        const rs_model_node *below = node->children[i];
        life *process = NULL;
        rs_model_outcome outcome =
            start(self, place_below(self->place, below->id), below, &process, why);
        if (outcome == RS_MODEL_FAILS) {
            child failed = {.node = below};
            strcpy(failed.id, below->id);
            report(self, RS_REPORT_START_ERROR, &failed, why);
            bring_down_in_turn(self, RS_MODEL_FOREVER);
            snprintf(reason, RS_MODEL_TEXT - 64, "{shutdown,{failed_to_start_child,%s,%.150s}}",
                     below->id, why);
            return false;
        }
        if (outcome == RS_MODEL_STARTS || below->restart != RS_TEMPORARY)
            add_child(self, below, below->id, process);
    }
    return true;
}

static rs_model_outcome outcome_of(rs_model_place *place) {
    if (place->outcomes == 0) return RS_MODEL_STARTS;
    place->outcomes--;
    return place->outcome;
}

/* A start function: starts, fails with *reason, or ignores. */
static rs_model_outcome start(life *parent, rs_model_place *place, const rs_model_node *node,
                              life **born, char *reason) {
    rs_model_outcome outcome = outcome_of(place);
    strcpy(reason, outcome == RS_MODEL_RAISES ? "{EXIT,boom}" : "init_failed");
    if (outcome == RS_MODEL_FAILS_LINKED || outcome == RS_MODEL_RAISES) outcome = RS_MODEL_FAILS;
    *born = NULL;
    if (outcome == RS_MODEL_STARTS) {
        life *it = new_life(place, node, parent);
        if (node->is_supervisor && !boot(it, reason))
            outcome = RS_MODEL_FAILS;
        else
            be_born(*born = it);
    }
    if (outcome == RS_MODEL_FAILS) say(false, "", "init_failed %s %s", place->path, reason);
    if (outcome == RS_MODEL_IGNORES) say(false, "", "init_ignored %s", place->path);
    return outcome;
}

/* ------------------------------------------------------------------ restarts */

/* S12. The window is inclusive. */
static bool may_restart(life *self) {
    uint64_t now_s = now_ns / (1000 * RS_MODEL_MS), kept = 0;
    for (uint32_t i = 0; i < self->restart_count; i++)
        if (self->restarts[i] + (uint64_t)self->node->period_s >= now_s)
            self->restarts[kept++] = self->restarts[i];
    is_full |= kept == RESTARTS_MAX - 1;
    self->restarts[kept++] = now_s;
    self->restart_count = (uint32_t)kept;
    return kept <= (uint64_t)self->node->intensity;
}

/* S18. */
static void will_retry(life *self, child *it, const char *reason) {
    report(self, RS_REPORT_START_ERROR, it, reason);
    it->state = RESTARTING;
    post(self, LETTER_RETRY)->whom = *it;
}

/* The start of a child that has been there before; false: it failed. */
static bool start_again(life *self, child *it) {
    char reason[RS_MODEL_TEXT];
    life *born;
    rs_model_place *place = place_below(self->place, it->id);
    rs_model_outcome outcome = start(self, place, it->node, &born, reason);
    if (outcome == RS_MODEL_FAILS) {
        will_retry(self, it, reason);
        return false;
    }
    it->state = born ? RUNNING : UNDEFINED;
    if (born) it->life = born;
    return true;
}

/* S16, S36: a dynamic child that is not started goes. */
static void restart_one(life *self, child *it) {
    bool is_simple = self->node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    if (start_again(self, it) && it->state == UNDEFINED && is_simple) remove_child(self, it);
}

/* S17: the temporary go. */
static void restart_from(life *self, uint32_t first) {
    for (uint32_t i = self->child_count; i-- > first;) {
        bring_down(self, &self->children[i], RS_MODEL_FOREVER);
        if (self->children[i].node->restart == RS_TEMPORARY) remove_child(self, &self->children[i]);
    }
    for (uint32_t i = first; i < self->child_count; i++)
        if (!start_again(self, &self->children[i])) return;
}

/* S15. */
static void give_up(life *self, child *it) {
    report(self, RS_REPORT_SHUTDOWN, it, "reached_max_restart_intensity");
    it->state = UNDEFINED;
    stop(self, "shutdown");
}

/* S8. */
static void restart(life *self, child *it) {
    if (!may_restart(self)) {
        give_up(self, it);
        return;
    }
    it->state = UNDEFINED;
    switch (self->node->strategy) {
    case RS_ONE_FOR_ONE:
    case RS_SIMPLE_ONE_FOR_ONE: restart_one(self, it); break;
    case RS_ONE_FOR_ALL: restart_from(self, 0); break;
    case RS_REST_FOR_ONE: restart_from(self, (uint32_t)(it - self->children)); break;
    }
}

/* ------------------------------------------------------------------ exits */

/* The table above S8. */
static bool is_due(const child *it, const char *reason) {
    if (it->node->restart == RS_TRANSIENT) return is_abnormal(reason);
    return it->node->restart == RS_PERMANENT;
}

/* S9. */
static bool is_told(const child *it, const char *reason) {
    return it->node->restart == RS_PERMANENT || is_abnormal(reason);
}

static bool has_active_significant(const life *self) {
    for (uint32_t i = 0; i < self->child_count; i++)
        if (self->children[i].node->significant && self->children[i].state != UNDEFINED)
            return true;
    return false;
}

/* S26, after S27. */
static void check_auto_shutdown(life *self, bool is_significant) {
    if (!is_significant || self->node->auto_shutdown == RS_AUTO_SHUTDOWN_NEVER) return;
    if (self->node->auto_shutdown == RS_ALL_SIGNIFICANT && has_active_significant(self)) return;
    stop(self, "shutdown");
}

/* S8: stay down, or go (S35). */
static void leave_down(life *self, child *it) {
    bool is_significant = it->node->significant;
    it->state = UNDEFINED;
    if (it->node->restart == RS_TEMPORARY || self->node->strategy == RS_SIMPLE_ONE_FOR_ONE)
        remove_child(self, it);
    check_auto_shutdown(self, is_significant);
}

/* S10: whoever is in no record is nobody. */
static void handle_exit(life *self, const letter *exit) {
    child *it = self->children;
    while (it < self->children + self->child_count &&
           (it->state != RUNNING || it->life != exit->from))
        it++;
    if (it == self->children + self->child_count) return;
    if (is_told(it, exit->reason)) report(self, RS_REPORT_CHILD_TERMINATED, it, exit->reason);
    if (is_due(it, exit->reason))
        restart(self, it);
    else
        leave_down(self, it);
}

/* S18: by id; dynamic children have none. */
static void handle_retry(life *self, const letter *retry) {
    bool is_simple = self->node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    for (uint32_t i = 0; i < self->child_count; i++) {
        child *it = &self->children[i];
        bool is_it = is_simple ? it->number == retry->whom.number : is(it->id, retry->whom.id);
        if (!is_it || it->state != RESTARTING) continue;
        restart(self, it);
        return;
    }
}

/* ------------------------------------------------------------------ calls */

static child *find(life *self, const char *id) {
    for (uint32_t i = 0; i < self->child_count; i++)
        if (is(self->children[i].id, id)) return &self->children[i];
    return NULL;
}

/* S2, S3: the same words. NULL: nothing is wrong. */
static const char *wrong_with(const life *self, const rs_model_node *node) {
    if (node->significant && self->node->auto_shutdown == RS_AUTO_SHUTDOWN_NEVER)
        return "{bad_combination,[{auto_shutdown,never},{significant,true}]}";
    if (node->significant && node->restart == RS_PERMANENT)
        return "{bad_combination,[{restart,permanent},{significant,true}]}";
    return NULL;
}

/* The column of an id that is there. */
static void refuse_start(const letter *call, const child *it) {
    if (it->state == RUNNING)
        answer(call->number, "{error,{already_started,%s#%u}}", it->life->place->path,
               it->life->number);
    else
        answer(call->number, "{error,already_present}");
}

/* S28, S29, S33. */
static void handle_start(life *self, const letter *call) {
    bool is_simple = self->node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    const rs_model_node *node =
        is_simple ? rs_model_template(self->node, call->op.id) : call->op.node;
    const char *wrong = is_simple ? NULL : wrong_with(self, node);
    const child *present = is_simple || wrong ? NULL : find(self, node->id);
    if (wrong) answer(call->number, "{error,%s}", wrong);
    if (present) refuse_start(call, present);
    if (wrong || present) return;
    const char *id = is_simple ? call->op.id : node->id;
    char reason[RS_MODEL_TEXT];
    life *born;
    rs_model_outcome outcome = start(self, place_below(self->place, id), node, &born, reason);
    if (outcome == RS_MODEL_STARTS)
        answer(call->number, "{ok,%s#%u}", born->place->path, born->number);
    else if (outcome == RS_MODEL_IGNORES)
        answer(call->number, "{ok,undefined}");
    else
        answer(call->number, is_simple ? "{error,%.250s}" : "{error,{%.250s,child}}", reason);
    bool is_kept = outcome == RS_MODEL_IGNORES && !is_simple && node->restart != RS_TEMPORARY;
    if (born || is_kept) add_child(self, node, id, born);
}

/* S34; OTP knows a child that is being restarted by the pid it had. */
static void handle_terminate_pid(life *self, const letter *call) {
    for (uint32_t i = 0; i < self->child_count; i++) {
        child *it = &self->children[i];
        if (it->state == UNDEFINED || it->life != call->victim) continue;
        bring_down(self, it, RS_MODEL_FOREVER);
        remove_child(self, it);
        break;
    }
    bool is_stranger = !call->victim;
    answer(call->number, is_stranger ? "{error,not_found}" : "ok");
}

static void handle_terminate(life *self, const letter *call, child *it) {
    bring_down(self, it, RS_MODEL_FOREVER);
    if (it->node->restart == RS_TEMPORARY) remove_child(self, it);
    answer(call->number, "ok");
}

/* S28. */
static void handle_restart(life *self, const letter *call, child *it) {
    char reason[RS_MODEL_TEXT];
    life *born;
    rs_model_outcome outcome =
        start(self, place_below(self->place, it->id), it->node, &born, reason);
    if (born) it->life = born;
    if (born) it->state = RUNNING;
    if (outcome == RS_MODEL_STARTS)
        answer(call->number, "{ok,%s#%u}", born->place->path, born->number);
    else if (outcome == RS_MODEL_IGNORES)
        answer(call->number, "{ok,undefined}");
    else
        answer(call->number, "{error,%.250s}", reason);
}

/* restart_child and delete_child want a child that is down. */
static void handle_of_down(life *self, const letter *call, child *it) {
    if (it->state != UNDEFINED) {
        answer(call->number, it->state == RUNNING ? "{error,running}" : "{error,restarting}");
    } else if (call->op.deed == RS_MODEL_RESTART) {
        handle_restart(self, call, it);
    } else {
        remove_child(self, it);
        answer(call->number, "ok");
    }
}

/* The table above S28. */
static void handle_by_id(life *self, const letter *call) {
    child *it = find(self, call->op.id);
    if (self->node->strategy == RS_SIMPLE_ONE_FOR_ONE)
        answer(call->number, "{error,simple_one_for_one}");
    else if (!it)
        answer(call->number, "{error,not_found}");
    else if (call->op.deed == RS_MODEL_TERMINATE_ID)
        handle_terminate(self, call, it);
    else
        handle_of_down(self, call, it);
}

static void write_state(const child *it, char *text, size_t bytes) {
    if (it->state == RUNNING)
        snprintf(text, bytes, " %s=#%u", it->id, it->life->number);
    else
        snprintf(text, bytes, " %s=%s", it->id,
                 it->state == RESTARTING ? "restarting" : "undefined");
}

/* S31: the reverse of start order; S35: no order. */
static void write_children(const life *self, char *text) {
    char each[RS_MODEL_CHILDREN_MAX][32];
    uint32_t count = self->child_count;
    for (uint32_t i = 0; i < count; i++)
        write_state(&self->children[count - 1 - i], each[i], sizeof each[i]);
    for (uint32_t i = 0; i < count && self->node->strategy == RS_SIMPLE_ONE_FOR_ONE; i++)
        for (uint32_t k = i + 1; k < count; k++) {
            char swap[32];
            if (strcmp(each[i], each[k]) <= 0) continue;
            strcpy(swap, each[i]), strcpy(each[i], each[k]), strcpy(each[k], swap);
        }
    *text = 0;
    for (uint32_t i = 0; i < count; i++) strcat(text, each[i]);
}

/* S31: active is who is alive (S11); the specs of simple_one_for_one are one (S35). */
static rs_child_counts count_children(const life *self) {
    rs_child_counts counts = {.specs = self->child_count};
    if (self->node->strategy == RS_SIMPLE_ONE_FOR_ONE) counts.specs = 1;
    for (uint32_t i = 0; i < self->child_count; i++) {
        const child *it = &self->children[i];
        counts.active += it->state == RUNNING && !it->life->is_dead;
        counts.supervisors += it->node->is_supervisor;
        counts.workers += !it->node->is_supervisor;
    }
    return counts;
}

static void write_counts(const life *self, char *text, size_t bytes) {
    rs_child_counts counts = count_children(self);
    snprintf(text, bytes, "%u %u %u %u", (unsigned)counts.specs, (unsigned)counts.active,
             (unsigned)counts.supervisors, (unsigned)counts.workers);
}

static void handle_call(life *self, const letter *call) {
    char text[RS_MODEL_TEXT - 64];
    switch (call->op.deed) {
    case RS_MODEL_START: handle_start(self, call); break;
    case RS_MODEL_TERMINATE: handle_terminate_pid(self, call); break;
    case RS_MODEL_WHICH:
        write_children(self, text);
        answer(call->number, "which%s", text);
        break;
    case RS_MODEL_COUNT:
        write_counts(self, text, sizeof text);
        answer(call->number, "%s", text);
        break;
    default: handle_by_id(self, call); break;
    }
}

static void handle(life *self, const letter *it) {
    switch (it->kind) {
    case LETTER_EXIT: handle_exit(self, it); break;
    case LETTER_RETRY: handle_retry(self, it); break;
    case LETTER_CALL: handle_call(self, it); break;
    }
}

/* ------------------------------------------------------------------ operations */

static bool is_up(const life *it) {
    return it->is_born && !it->is_dead;
}

/* Until nobody has anything to do. */
static void settle(void) {
    for (uint32_t i = 0; i < life_count && !is_full; i++) {
        life *it = &lives[i];
        if (!is_up(it) || it->is_suspended || it->letter_count == 0) continue;
        letter first = take_letter(it, 0);
        handle(it, &first);
        i = UINT32_MAX;
    }
}

static void start_root(void) {
    char reason[RS_MODEL_TEXT];
    life *root;
    rs_model_outcome outcome = start(NULL, place_at("r"), root_node, &root, reason);
    if (outcome == RS_MODEL_STARTS) answer(op_count, "{ok,r#%u}", root->number);
    if (outcome == RS_MODEL_FAILS) answer(op_count, "{error,%.250s}", reason);
    if (outcome == RS_MODEL_IGNORES) answer(op_count, "ignore");
}

static void end(life *it, const char *reason) {
    if (is(reason, "kill"))
        be_killed(it);
    else if (it->node->is_supervisor)
        stop(it, reason);
    else
        die(it, reason);
}

/* S11: nobody hears of it. */
static void slip_away(life *it, const char *reason) {
    say_of(it, "exit", reason);
    it->is_dead = true;
}

static void call(life *self, const rs_model_op *op) {
    char path[RS_MODEL_PATH + 8];
    snprintf(path, sizeof path, "%s/%s", op->path, op->id);
    letter *it = post(self, LETTER_CALL);
    it->op = *op;
    it->number = op_count;
    if (op->deed == RS_MODEL_TERMINATE && *op->id) it->victim = latest_at(path);
}

static void act(const rs_model_op *op) {
    life *it = op->deed == RS_MODEL_PLAN ? NULL : latest_at(op->path);
    switch (op->deed) {
    case RS_MODEL_BOOT: start_root(); break;
    case RS_MODEL_PLAN:
        place_at(op->path)->outcome = op->outcome;
        place_at(op->path)->outcomes = (uint32_t)op->number;
        break;
    case RS_MODEL_EXIT: end(it, op->reason); break;
    case RS_MODEL_SLIP: slip_away(it, op->reason); break;
    case RS_MODEL_SUSPEND: it->is_suspended = true; break;
    case RS_MODEL_RESUME: it->is_suspended = false; break;
    case RS_MODEL_NOISE: break; /* S5 */
    case RS_MODEL_STOP: stop(it, op->reason); break;
    case RS_MODEL_SLEEP: now_ns += op->number; break;
    default: call(it, op); break;
    }
}

/* Who can answer, is asked. */
static void say_snapshot(void) {
    char children[RS_MODEL_TEXT - 64], counts[64];
    for (uint32_t i = 0; i < life_count; i++) {
        const life *it = &lives[i];
        if (!is_up(it) || !it->node->is_supervisor || it->is_suspended) continue;
        write_children(it, children);
        write_counts(it, counts, sizeof counts);
        say(true, "", "snap %s#%u%s; %s", it->place->path, it->number, children, counts);
    }
}

void rs_model_do(rs_model_op *op) {
    op->at_ns = now_ns;
    busy_until_ns = now_ns;
    act(op);
    settle();
    if (busy_until_ns > now_ns) now_ns = busy_until_ns;
    now_ns += TICK_NS;
    op->done_ns = now_ns;
    say_snapshot();
    now_ns += TICK_NS;
    op_count++;
}

static void add_places(const rs_model_place *parent, const rs_model_node *node) {
    for (uint32_t i = 0; i < node->child_count && node->strategy != RS_SIMPLE_ONE_FOR_ONE; i++)
        add_places(place_below(parent, node->children[i]->id), node->children[i]);
}

void rs_model_begin(rs_model_story *into, const rs_model_node *node, uint64_t start_ns) {
    story = into;
    story->count = place_count = life_count = record_count = op_count = 0;
    is_full = false;
    root_node = node;
    now_ns = start_ns;
    aside_after_ns = RS_MODEL_FOREVER;
    add_places(place_at("r"), node);
}

/* ------------------------------------------------------------------ choosing */

bool rs_model_is_full(void) {
    return is_full;
}

bool rs_model_living(bool is_supervisor, uint32_t n, char *path) {
    const life *found[LIVES_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < life_count; i++) {
        const life *it = &lives[i];
        bool is_found = is_up(it) && it->node->is_supervisor == is_supervisor;
        if (is_found && latest_at(it->place->path) == it) found[count++] = it;
    }
    if (count) strcpy(path, found[n % count]->place->path);
    return count > 0;
}

bool rs_model_lives(const char *path) {
    const life *it = latest_at(path);
    return it && !it->is_dead;
}

bool rs_model_is_suspended(const char *path) {
    const life *it = latest_at(path);
    return it && it->is_suspended;
}

const rs_model_node *rs_model_supervisor(const char *path) {
    return latest_at(path)->node;
}

const char *rs_model_place_path(uint32_t n) {
    return places[n % place_count].path;
}
