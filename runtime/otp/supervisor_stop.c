/* supervisor_stop.c: see supervisor_stop.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor_stop.h"

#include "runtime/otp/decision.h"
#include "runtime/otp/packed_term.h"

/* ---------------------------------------------------------------- one process */

typedef struct awaited {
    rs_pid pid;
    rs_ref monitor;
} awaited;

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == ((awaited *)context)->monitor;
}

static bool is_exit(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_EXIT && message->from == ((awaited *)context)->pid;
}

static rs_term first_signal(uint64_t shutdown_ns) {
    return shutdown_ns == RS_BRUTAL_KILL ? RS_ATOM(kill) : RS_ATOM(shutdown);
}

static uint64_t patience(uint64_t shutdown_ns) {
    return shutdown_ns >= RS_SHUTDOWN_INFINITY ? RS_FOREVER : shutdown_ns;
}

/* Mostly the EXIT came before the DOWN, and the link went with it: that spares a walk over all of
 * the supervisor's links (L3, L4). */
static const rs_message *flush_exit(awaited *it) {
    const rs_message *message = rs_receive(is_exit, it, 0);
    if (message) return message;
    rs_unlink(it->pid);
    return rs_receive(is_exit, it, 0);
}

static rs_death end_of(const rs_message *message) {
    rs_death end = {rs_message_reason(message), message->cause};
    rs_term_retain(end.reason, 1);
    return end;
}

/* S20: the link stays during the wait and only the monitor ends it, so that a child that unlinked
 * itself cannot hang us; what the EXIT says is preferred. */
rs_death rs_supervisor_stop_process(rs_pid pid, uint64_t shutdown_ns) {
    awaited it = {.pid = pid, .monitor = rs_monitor(pid)};
    rs_exit_signal(pid, first_signal(shutdown_ns));
    const rs_message *down = rs_receive(is_down, &it, patience(shutdown_ns));
    if (!down) {
        rs_exit_signal(pid, RS_ATOM(kill));
        down = rs_receive(is_down, &it, RS_FOREVER);
    }
    rs_death end = end_of(down);
    const rs_message *exit = flush_exit(&it);
    if (!exit) return end;
    rs_term_release(end.reason);
    return end_of(exit);
}

/* Who is dead already is not stopped: its death has a cause of its own. */
static void tell_stopping(const rs_child *child, rs_stop_cause cause) {
    if (rs_is_alive(child->pid))
        rs_emit_detail(RS_EVENT_STOPPING, child->pid, child->role, rs_self_cause(), cause, 0);
}

void rs_supervisor_stop_child(rs_supervisor *supervisor, rs_child *child, rs_stop_cause cause) {
    if (child->state != RS_CHILD_RUNNING) return;
    tell_stopping(child, cause);
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    rs_death end = rs_supervisor_stop_process(child->pid, spec->shutdown_ns);
    rs_emit(RS_EVENT_NOTICED, child->pid, child->role, end.cause);
    if (!rs_decision_obeys(spec->restart, spec->shutdown_ns == RS_BRUTAL_KILL, end.reason))
        rs_supervisor_report(supervisor, RS_REPORT_SHUTDOWN_ERROR, child, end.reason);
    rs_term_release(end.reason);
}

/* ---------------------------------------------------------------- all, one by one */

static void stop_in_order(rs_supervisor *supervisor, rs_stop_cause cause) {
    rs_children *children = &supervisor->children;
    for (uint32_t number = children->last; number;) {
        rs_child *child = rs_child_at(children, number);
        number = child->previous;
        rs_supervisor_stop_child(supervisor, child, cause);
        rs_supervisor_set(supervisor, child, RS_CHILD_DOWN, 0);
    }
}

/* ---------------------------------------------------------------- all at once */

/* What was kept for restarts makes room for the monitor. */
static void part_with(rs_child *child, rs_term signal, rs_stop_cause cause) {
    tell_stopping(child, cause);
    if (child->extra) rs_free(child->extra, child->extra_bytes);
    child->monitor = rs_monitor(child->pid);
    child->noticed = 0;
    child->state = RS_CHILD_STOPPING;
    rs_exit_signal(child->pid, signal);
}

/* Returns how many there are to wait for; those being restarted are skipped. */
static uint64_t part_with_all(rs_children *children, rs_term signal, rs_stop_cause cause) {
    uint64_t count = 0;
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number)) {
        if (child->state != RS_CHILD_RUNNING) continue;
        part_with(child, signal, cause);
        count++;
    }
    return count;
}

static void kill_the_late(const rs_children *children) {
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number))
        if (child->state == RS_CHILD_STOPPING) rs_exit_signal(child->pid, RS_ATOM(kill));
}

/* Reasons of those that did not end as they may, in Erlang's order, reported when all are down: the
 * first KINDS_MAX of them; who comes with another one after that is reported at once. Packed, in
 * the supervisor's own memory: it may be killed while it waits. */
#define KINDS_MAX 16

typedef struct kind {
    uint64_t count;
    uint32_t used;
    uint64_t words[RS_PACKED_TERM_WORDS];
} kind;

typedef struct disobedience {
    kind *kinds[KINDS_MAX];
    uint32_t count;
} disobedience;

static void report_count(rs_term reason, uint64_t count) {
    rs_report report = {.context = RS_REPORT_SHUTDOWN_ERROR, .count = count, .reason = reason};
    rs_emit_report(&report);
}

static int compare_kind(const kind *known, rs_term reason) {
    rs_term term = rs_packed_term_read(known->words, known->used);
    int order = rs_term_compare(term, reason);
    rs_term_release(term);
    return order;
}

static void insert_kind(disobedience *noted, uint32_t at, rs_term reason) {
    for (uint32_t i = noted->count++; i > at; i--) noted->kinds[i] = noted->kinds[i - 1];
    kind *made = noted->kinds[at] = rs_alloc(sizeof *made);
    made->count = 1;
    made->used = rs_packed_term_write(reason, made->words);
}

static void note_end(disobedience *noted, rs_term reason) {
    uint32_t at = 0;
    int order = -1;
    while (at < noted->count && (order = compare_kind(noted->kinds[at], reason)) < 0) at++;
    if (at < noted->count && order == 0)
        noted->kinds[at]->count++;
    else if (noted->count == KINDS_MAX)
        report_count(reason, 1);
    else
        insert_kind(noted, at, reason);
}

static void report_noted(const disobedience *noted) {
    for (uint32_t i = 0; i < noted->count; i++) {
        kind *one = noted->kinds[i];
        rs_term reason = rs_packed_term_read(one->words, one->used);
        report_count(reason, one->count);
        rs_term_release(reason);
        rs_free(one, sizeof *one);
    }
}

/* All of them, lest the mailbox grow with what nobody takes. */
static bool is_end(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_EXIT || message->kind == RS_MESSAGE_DOWN;
}

/* A child ends with its DOWN; its EXIT (whose tag is its number) may come before or not at all.
 * Returns whether there is one less to wait for. */
static bool take_end(rs_supervisor *supervisor, const rs_message *end, disobedience *noted) {
    rs_child *child = end->kind == RS_MESSAGE_EXIT ? rs_child_at(&supervisor->children, end->ref)
                                                   : rs_supervisor_find_pid(supervisor, end->from);
    if (!child || child->pid != end->from || child->state != RS_CHILD_STOPPING) return false;
    const rs_child_spec *spec = &supervisor->child_spec;
    rs_term reason = rs_message_reason(end);
    if (!child->noticed) {
        rs_emit(RS_EVENT_NOTICED, child->pid, child->role, end->cause);
        bool brutally = spec->shutdown_ns == RS_BRUTAL_KILL;
        if (!rs_decision_obeys(spec->restart, brutally, reason)) note_end(noted, reason);
    }
    child->noticed = 1;
    if (end->kind == RS_MESSAGE_EXIT || end->ref != child->monitor) return false;
    child->state = RS_CHILD_DOWN;
    return true;
}

static uint64_t left_until(uint64_t deadline_ns) {
    if (deadline_ns == RS_FOREVER) return RS_FOREVER;
    uint64_t now_ns = rs_now_ns();
    return deadline_ns > now_ns ? deadline_ns - now_ns : 0;
}

/* S24: one common timer. */
static void stop_together(rs_supervisor *supervisor, rs_stop_cause cause) {
    uint64_t shutdown_ns = supervisor->child_spec.shutdown_ns, wait_ns = patience(shutdown_ns);
    uint64_t left = part_with_all(&supervisor->children, first_signal(shutdown_ns), cause);
    uint64_t deadline_ns = wait_ns == RS_FOREVER ? RS_FOREVER : rs_now_ns() + wait_ns;
    disobedience noted = {0};
    while (left > 0) {
        const rs_message *end = rs_receive(is_end, NULL, left_until(deadline_ns));
        if (end) {
            left -= take_end(supervisor, end, &noted);
            continue;
        }
        kill_the_late(&supervisor->children);
        deadline_ns = RS_FOREVER;
    }
    report_noted(&noted);
}

void rs_supervisor_stop_all(rs_supervisor *supervisor, rs_stop_cause cause) {
    if (rs_supervisor_is_simple(supervisor))
        stop_together(supervisor, cause);
    else
        stop_in_order(supervisor, cause);
}
