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

static bool obeys(const rs_supervisor *supervisor, const rs_child *child, rs_term reason) {
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    bool brutally = spec->shutdown_ns == RS_BRUTAL_KILL;
    return supervisor->is_dynamic ? rs_decision_obeys_dynamic(spec->restart, brutally, reason)
                                  : rs_decision_obeys(spec->restart, brutally, reason);
}

/* A child with a fence is down when nothing of it lingers; whoever stops it waits, also while it is
 * restarting. */
static void wait_at_fence(rs_supervisor *supervisor, const rs_child *child) {
    while (rs_supervisor_is_fenced(supervisor, child)) rs_sleep(RS_SUPERVISOR_LOOK_NS);
}

void rs_supervisor_stop_child(rs_supervisor *supervisor, rs_child *child, rs_stop_cause cause) {
    if (child->state == RS_CHILD_RESTARTING) wait_at_fence(supervisor, child);
    if (child->state != RS_CHILD_RUNNING) return;
    tell_stopping(child, cause);
    const rs_child_spec *spec = rs_supervisor_spec_of(supervisor, child);
    rs_death end = rs_supervisor_stop_process(child->pid, spec->shutdown_ns);
    rs_emit(RS_EVENT_NOTICED, child->pid, child->role, end.cause);
    if (!obeys(supervisor, child, end.reason))
        rs_supervisor_report(supervisor, RS_REPORT_SHUTDOWN_ERROR, child, end.reason);
    rs_term_release(end.reason);
    rs_supervisor_raise_fence(supervisor, child);
    wait_at_fence(supervisor, child);
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

/* "It is late": kills who has not ended by then. Whose shutdown is the same are chained from the
 * record `first`, so that there is one timer for each distinct value. */
typedef struct late {
    uint32_t first;
} late;

static const rs_type late_type = {.name = "supervisor_late", .bytes = sizeof(late)};

typedef struct chains {
    const rs_supervisor *supervisor;
    rs_child_index index; /* of their first records, by shutdown */
} chains;

typedef struct sought {
    const rs_supervisor *supervisor;
    uint64_t shutdown_ns;
} sought;

static uint64_t shutdown_of(const rs_supervisor *supervisor, uint32_t number) {
    const rs_child *child = rs_child_at(&supervisor->children, number);
    return rs_supervisor_spec_of(supervisor, child)->shutdown_ns;
}

static bool has_shutdown(uint32_t number, const void *context) {
    const sought *want = context;
    return shutdown_of(want->supervisor, number) == want->shutdown_ns;
}

static void chain(chains *all, rs_child *child, uint64_t shutdown_ns) {
    if (shutdown_ns >= RS_SHUTDOWN_INFINITY) return;
    const sought want = {all->supervisor, shutdown_ns};
    uint32_t hash = rs_child_index_hash_number(shutdown_ns);
    uint32_t first = rs_child_index_find(&all->index, hash, has_shutdown, &want);
    if (!first) {
        child->next = 0;
        rs_child_index_add(&all->index, hash, child->number);
        return;
    }
    rs_child *before = rs_child_at(&all->supervisor->children, first);
    child->next = before->next;
    before->next = child->number;
}

static void part_with(rs_child *child, uint64_t shutdown_ns, rs_stop_cause cause) {
    tell_stopping(child, cause);
    rs_monitor(child->pid);
    child->noticed = 0;
    child->state = RS_CHILD_STOPPING;
    rs_exit_signal(child->pid, first_signal(shutdown_ns));
}

/* Returns how many there are to wait for; those being restarted are skipped. */
static uint64_t part_with_all(rs_supervisor *supervisor, chains *all, rs_stop_cause cause) {
    uint64_t count = 0;
    for (rs_child *child = rs_child_next(&supervisor->children, 0); child;
         child = rs_child_next(&supervisor->children, child->number)) {
        if (child->state != RS_CHILD_RUNNING) continue;
        uint64_t shutdown_ns = rs_supervisor_spec_of(supervisor, child)->shutdown_ns;
        part_with(child, shutdown_ns, cause);
        chain(all, child, shutdown_ns);
        count++;
    }
    return count;
}

/* Without memory for a timer it is late at once. */
static void start_timers(const chains *all) {
    for (uint32_t i = 0; i < all->index.capacity; i++) {
        const late it = {all->index.slots[i].number};
        if (!it.first) continue;
        uint64_t shutdown_ns = shutdown_of(all->supervisor, it.first);
        if (!rs_send_after(shutdown_ns, rs_self(), &late_type, &it, sizeof it))
            rs_send(rs_self(), &late_type, &it, sizeof it);
    }
}

static void kill_the_late(const rs_children *children, const rs_message *message) {
    const late *it = (const void *)message->payload;
    for (uint32_t number = it->first; number;) {
        const rs_child *child = rs_child_at(children, number);
        number = child->next;
        if (child->state == RS_CHILD_STOPPING) rs_exit_signal(child->pid, RS_ATOM(kill));
    }
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
    return message->kind == RS_MESSAGE_EXIT || message->kind == RS_MESSAGE_DOWN ||
           (message->type == &late_type && message->from == rs_self());
}

static rs_child *child_of(rs_supervisor *supervisor, const rs_message *end) {
    return end->kind == RS_MESSAGE_EXIT ? rs_child_at(&supervisor->children, end->ref)
                                        : rs_supervisor_find_pid(supervisor, end->from);
}

/* Of the children of a template as many may end the same way as there are, and are summed up. */
static void tell_end(const rs_supervisor *supervisor, const rs_child *child, const rs_message *end,
                     disobedience *noted) {
    rs_term reason = rs_message_reason(end);
    rs_emit(RS_EVENT_NOTICED, child->pid, child->role, end->cause);
    if (obeys(supervisor, child, reason)) return;
    if (supervisor->is_dynamic)
        rs_supervisor_report(supervisor, RS_REPORT_SHUTDOWN_ERROR, child, reason);
    else
        note_end(noted, reason);
}

/* A child ends with its DOWN; its EXIT (whose tag is its number) may come before or not at all.
 * Returns whether there is one less to wait for. */
static bool take_end(rs_supervisor *supervisor, const rs_message *end, disobedience *noted) {
    rs_child *child = child_of(supervisor, end);
    if (!child || child->pid != end->from || child->state != RS_CHILD_STOPPING) return false;
    if (!child->noticed) tell_end(supervisor, child, end, noted);
    child->noticed = 1;
    if (end->kind == RS_MESSAGE_EXIT) return false;
    child->state = RS_CHILD_DOWN;
    return true;
}

/* All fences are raised at once. */
static void wait_at_fences(rs_supervisor *supervisor) {
    rs_children *children = &supervisor->children;
    if (!supervisor->is_dynamic && !supervisor->child_spec.fence_ns) return;
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number))
        rs_supervisor_raise_fence(supervisor, child);
    for (rs_child *child = rs_child_next(children, 0); child;
         child = rs_child_next(children, child->number))
        wait_at_fence(supervisor, child);
}

/* S24, E2: all are told before the first is waited for. */
static void stop_together(rs_supervisor *supervisor, rs_stop_cause cause) {
    chains all = {.supervisor = supervisor};
    disobedience noted = {0};
    uint64_t left = part_with_all(supervisor, &all, cause);
    start_timers(&all);
    while (left > 0) {
        const rs_message *message = rs_receive(is_end, NULL, RS_FOREVER);
        if (message->type == &late_type)
            kill_the_late(&supervisor->children, message);
        else
            left -= take_end(supervisor, message, &noted);
    }
    wait_at_fences(supervisor);
    report_noted(&noted);
}

void rs_supervisor_stop_all(rs_supervisor *supervisor, rs_stop_cause cause) {
    if (rs_supervisor_is_simple(supervisor))
        stop_together(supervisor, cause);
    else
        stop_in_order(supervisor, cause);
}
