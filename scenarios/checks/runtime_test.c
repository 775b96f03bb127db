/* runtime_test.c: checks find what a runtime does wrong: the linker's --wrap puts a defect into a
 * real one, which each test turns on.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/test/verdicts.h"

#include "runtime/otp/decision.h"
#include "runtime/otp/supervisor_stop.h"
#include "runtime/process/name.h"
#include "runtime/process/signal.h"

static enum defect {
    NONE,
    ALONE,     /* whatever the strategy, a child is restarted alone */
    BACKWARDS, /* the one before is stopped first */
    LOSES,     /* one request in fifty is lost on its way */
    FORGETS,   /* the dead keep their names */
    SWAPS,     /* two messages of one sender change places */
} planted;

rs_scope __real_rs_decision_scope(rs_strategy strategy);
rs_scope __wrap_rs_decision_scope(rs_strategy strategy);
rs_scope __wrap_rs_decision_scope(rs_strategy strategy) {
    return planted == ALONE ? RS_SCOPE_CHILD : __real_rs_decision_scope(strategy);
}

void __real_rs_supervisor_stop_child(rs_supervisor *supervisor, rs_child *child,
                                     rs_stop_cause cause);
void __wrap_rs_supervisor_stop_child(rs_supervisor *supervisor, rs_child *child,
                                     rs_stop_cause cause);
void __wrap_rs_supervisor_stop_child(rs_supervisor *supervisor, rs_child *child,
                                     rs_stop_cause cause) {
    rs_child *before = child->previous ? rs_child_at(&supervisor->children, child->previous) : NULL;
    if (planted == BACKWARDS && before) __real_rs_supervisor_stop_child(supervisor, before, cause);
    __real_rs_supervisor_stop_child(supervisor, child, cause);
}

bool __real_rs_signal_try_push(rs_core *core, rs_pid to, rs_message *signal);
bool __wrap_rs_signal_try_push(rs_core *core, rs_pid to, rs_message *signal);
bool __wrap_rs_signal_try_push(rs_core *core, rs_pid to, rs_message *signal) {
    static uint32_t requests;
    bool is_lost = planted == LOSES && signal->kind == RS_MESSAGE_CALL && ++requests % 50 == 0;
    if (!is_lost) return __real_rs_signal_try_push(core, to, signal);
    rs_signal_release(core, signal);
    return true;
}

void __real_rs_name_release(rs_process *process);
void __wrap_rs_name_release(rs_process *process);
void __wrap_rs_name_release(rs_process *process) {
    if (planted != FORGETS || !process->role) __real_rs_name_release(process);
}

rs_core *__real_rs_signal_fetch(rs_core *core, bool *fetched);
rs_core *__wrap_rs_signal_fetch(rs_core *core, bool *fetched);
rs_core *__wrap_rs_signal_fetch(rs_core *core, bool *fetched) {
    core = __real_rs_signal_fetch(core, fetched);
    rs_process *self = core->current;
    rs_message *first = self->mailbox, *second = first ? first->link : NULL;
    if (planted != SWAPS || !second || !second->link || first->from != second->from) return core;
    first->link = second->link;
    second->link = first;
    self->mailbox = second;
    return core;
}

static trial run_planted(enum defect defect, rs_plan *plan) {
    planted = defect;
    trial made = run_plan(plan);
    planted = NONE;
    return made;
}

/* ---------------------------------------------------------------- starts and stops */

#define KILL_MIDDLE                                                                                \
    "faults: [{ id: f, crash: middle, how: kill, every: 100ms, during: storm }]\n"                 \
    "checks: [start_order, stop_order]\n"

TEST(a_supervisor_that_keeps_to_the_rules_is_left_alone) {
    trial made = run_planted(NONE, parse(ROW("one_for_all") KILL_MIDDLE));
    check_clean(&made);
    finish_trial(&made);
    made = run_planted(NONE, parse(ROW("rest_for_one") KILL_MIDDLE));
    check_clean(&made);
    finish_trial(&made);
    made = run_planted(ALONE, parse(ROW("one_for_one") KILL_MIDDLE));
    check_clean(&made);
    finish_trial(&made);
}

TEST(a_group_that_is_not_restarted_as_one_is_found) {
    trial made = run_planted(ALONE, parse(ROW("one_for_all") KILL_MIDDLE));
    check_found(&made, "start_order", "middle", "while right#1 is alive, which comes after it");
    finish_trial(&made);
    made = run_planted(ALONE, parse(ROW("rest_for_one") KILL_MIDDLE));
    check_found(&made, "start_order", "middle", "while right#1 is alive, which comes after it");
    finish_trial(&made);
}

TEST(who_should_have_been_stopped_with_it_is_found) {
    trial made = run_planted(
        ALONE, parse(ROW("one_for_all") "faults: [{ id: f, crash: right, how: kill, at: 100ms }]\n"
                                        "checks: [start_order, stop_order]\n"));
    check_found(&made, "start_order", "right", "left#1 should have been stopped with it");
    finish_trial(&made);
}

TEST(children_that_are_stopped_in_the_wrong_order_are_found) {
    const char *text = ROW("one_for_all") "faults: [{ id: f, crash: left, how: kill, at: 100ms }]\n"
                                          "checks: [stop_order]\n";
    trial made = run_planted(BACKWARDS, parse(text));
    check_found(&made, "stop_order", "middle", "middle#1 is told to stop while right#1");
    finish_trial(&made);
    made = run_planted(NONE, parse(text));
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- names */

TEST(a_name_that_the_dead_keep_is_found) {
    const char *text = CLOCK "tree: { id: top, strategy: one_for_one, children: [\n"
                             "  { id: left, worker: echo, restart: temporary }] }\n"
                             "phases: { storm: 500ms, heal: 200ms }\n"
                             "faults: [{ id: f, crash: left, how: kill, at: 100ms }]\n"
                             "checks: [names]\n";
    trial made = run_planted(FORGETS, parse(text));
    check_found(&made, "names", "left", "its name leads to left#1, which is dead");
    finish_trial(&made);
    made = run_planted(NONE, parse(text));
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- messages */

TEST(a_request_that_is_lost_on_its_way_is_found) {
    trial made = run_planted(LOSES, parse(ROW("one_for_one") "checks: [calls_lost]\n"));
    check_found(&made, "calls_lost", "left", "a call is lost: client");
    finish_trial(&made);
    made = run_planted(NONE, parse(ROW("one_for_one") "checks: [calls_lost]\n"));
    check_clean(&made);
    finish_trial(&made);
}

static const rs_type word_type = {.name = "word"};

/* Tells `right` three words for each request. */
static rs_next tell_three(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from;
    rs_pid right = rs_whereis(rs_atom_find("right"));
    for (int i = 0; i < 3; i++) rs_gen_server_cast(right, &word_type, NULL, 0);
    return rs_reply(request->type, request->payload, request->bytes);
}

static rs_next listen(void *state, const rs_message *request) {
    (void)state, (void)request;
    return RS_NOREPLY;
}

static rs_plan *plan_words(void) {
    static rs_gen_server teller, listener;
    static rs_worker left, right;
    rs_plan *plan = parse(ROW("one_for_one") "checks: [order]\n");
    left = right = *plan->root->children[0]->worker;
    teller = listener = *left.server;
    teller.handle_call = tell_three;
    listener.handle_cast = listen;
    left.server = &teller;
    right.server = &listener;
    put_worker(plan->root->children[0], &left);
    put_worker(plan->root->children[2], &right);
    return plan;
}

TEST(messages_that_change_places_are_found) {
    trial made = run_planted(SWAPS, plan_words());
    check_found(&made, "order", "right", "right handles what was sent to it later before");
    finish_trial(&made);
    made = run_planted(NONE, plan_words());
    check_clean(&made);
    finish_trial(&made);
}

TEST_MAIN()
