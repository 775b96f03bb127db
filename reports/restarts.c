/* restarts.c: from a story to the latencies of its restarts.
 * SPDX-License-Identifier: MIT
 */
#include "reports/restarts.h"

#include "reports/names.h"
#include "reports/outage_rows.h"
#include "reports/reorder.h"
#include "runtime/base/assert.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* A role, and the latest restart there. Time counts in nanoseconds that begin long before t = 0. */
typedef struct rs_life {
    rs_outage outage;
    uint64_t incarnation; /* of the latest start; 0: not known */
    uint64_t ended;       /* of the latest that ended with nobody in its place */
    uint64_t found_ns;    /* a replacement that has not started yet could be reached from then on */
    bool started, died;   /* so it was told */
    bool dead, found;
    uint8_t stop; /* 1 + rs_stop_cause of the stop in progress; 0: none */
} rs_life;

/* A strike of a fault. */
typedef struct rs_cause {
    uint64_t since_ns;
    uint64_t incarnation;
    uint32_t role;
} rs_cause;

struct rs_restarts {
    rs_restarts_refuse *refuse;
    void *context;
    rs_names roles, faults;
    rs_reorder reorder;
    RS_ROWS(rs_life) lives; /* by the role's number */
    RS_ROWS(rs_cause) causes;
    rs_lookup cause_index; /* by cause_key */
    rs_outages outages;    /* one core, one phase, one node */
    uint64_t escalations;
    uint64_t untold; /* deaths whose strike was not told before */
};

/* ------------------------------------------------------------------ making */

/* It is touched where something is counted. */
static void *reserve(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) rs_panic(__FILE__, __LINE__, "out of memory for the report");
    return memory;
}

rs_restarts *rs_restarts_create(rs_restarts_refuse *note, void *context) {
    rs_restarts *restarts = rs_rows_alloc(sizeof *restarts);
    rs_outages *outages = &restarts->outages;
    restarts->refuse = note;
    restarts->context = context;
    *outages =
        (rs_outages){.slots = 1, .faults = 1 + RS_RESTARTS_FAULTS_MAX, .phases = 1, .nodes = 1};
    outages->cells = reserve(sizeof *outages->cells * rs_outages_cell_count(outages));
    outages->used = reserve(sizeof *outages->used * rs_outages_cell_count(outages));
    outages->node_cells =
        reserve(sizeof *outages->node_cells * rs_outages_node_cell_count(outages));
    outages->node_used = reserve(sizeof *outages->node_used * rs_outages_node_cell_count(outages));
    outages->locks = reserve(sizeof *outages->locks);
    return restarts;
}

void rs_restarts_destroy(rs_restarts *restarts) {
    if (!restarts) return;
    rs_outages *outages = &restarts->outages;
    munmap(outages->cells, sizeof *outages->cells * rs_outages_cell_count(outages));
    munmap(outages->used, sizeof *outages->used * rs_outages_cell_count(outages));
    munmap(outages->node_cells, sizeof *outages->node_cells * rs_outages_node_cell_count(outages));
    munmap(outages->node_used, sizeof *outages->node_used * rs_outages_node_cell_count(outages));
    munmap(outages->locks, sizeof *outages->locks);
    rs_names_fini(&restarts->roles);
    rs_names_fini(&restarts->faults);
    rs_reorder_fini(&restarts->reorder);
    free(restarts->lives.at);
    free(restarts->causes.at);
    rs_lookup_fini(&restarts->cause_index);
    free(restarts);
}

/* ------------------------------------------------------------------ refusing */

__attribute__((format(printf, 3, 4))) static void
refuse(const rs_restarts *restarts, const rs_reorder_event *event, const char *format, ...) {
    char why[1200], who[512], text[512];
    const char *role = restarts->roles.rows.at[event->role];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (event->incarnation)
        snprintf(who, sizeof who, "%.400s#%" PRIu64, role, event->incarnation);
    else
        snprintf(who, sizeof who, "%.400s", role);
    snprintf(why, sizeof why, "%s of %s: %s", rs_event_word((rs_event_kind)event->kind), who, text);
    restarts->refuse(restarts->context, event->line, why);
}

/* ------------------------------------------------------------------ causes */

static uint64_t cause_key(const rs_reorder_event *event) {
    return (uint64_t)event->fault << 32 | event->cause;
}

static rs_cause *find_cause(const rs_restarts *restarts, const rs_reorder_event *event) {
    uint32_t row;
    size_t at = 0;
    if (!event->cause || !rs_lookup_next(&restarts->cause_index, cause_key(event), &at, &row))
        return NULL;
    return &restarts->causes.at[row];
}

/* A strike may be told again, when it takes effect: restarts count from then. */
static void take_fault(rs_restarts *restarts, const rs_reorder_event *event, uint64_t now_ns) {
    rs_cause *cause = find_cause(restarts, event);
    if (!cause && restarts->causes.count == RS_RESTARTS_CAUSES_MAX) {
        refuse(restarts, event, "more than %u strikes are too many", RS_RESTARTS_CAUSES_MAX);
        return;
    }
    if (!cause) {
        rs_lookup_add(&restarts->cause_index, cause_key(event), (uint32_t)restarts->causes.count);
        cause = RS_ROWS_ADD(&restarts->causes);
    }
    *cause = (rs_cause){now_ns, event->incarnation, event->role};
}

/* ------------------------------------------------------------------ lives */

static bool is_of_predecessor(const rs_life *life, const rs_reorder_event *event) {
    return event->incarnation && event->incarnation < life->incarnation;
}

static bool is_of_successor(const rs_life *life, const rs_reorder_event *event) {
    return life->incarnation && event->incarnation > life->incarnation;
}

static void open_outage(rs_restarts *restarts, rs_life *life, const rs_reorder_event *event,
                        uint64_t now_ns) {
    const rs_cause *cause = find_cause(restarts, event);
    bool own = cause && cause->role == event->role && cause->incarnation == event->incarnation;
    restarts->untold += event->cause && !cause;
    rs_outage opened = {
        .since_ns = cause ? cause->since_ns : now_ns,
        .dead = life->incarnation,
        .cause = event->cause,
        .fault = event->cause ? event->fault : 0,
        .kind = (uint8_t)rs_outage_kind_of(own, life->stop),
    };
    rs_outage_open(&restarts->outages, 0, &life->outage, &opened, now_ns);
}

/* Of two that live in one role the elder is none whose place stands empty when it dies. */
static void take_exit(rs_restarts *restarts, rs_life *life, const rs_reorder_event *event,
                      uint64_t now_ns) {
    life->died = true;
    if (is_of_predecessor(life, event)) return;
    if (is_of_successor(life, event))
        refuse(restarts, event, "it has not started");
    else if (life->dead)
        refuse(restarts, event, "it has ended before");
    if (event->incarnation) life->incarnation = event->incarnation;
    if (rs_outage_opens(life->stop)) open_outage(restarts, life, event, now_ns);
    life->ended = life->incarnation;
    life->dead = true;
    life->found = false;
    life->stop = 0;
}

static void take_started(rs_restarts *restarts, rs_life *life, const rs_reorder_event *event,
                         uint64_t now_ns) {
    rs_outages *outages = &restarts->outages;
    if (event->incarnation && event->incarnation <= life->incarnation) {
        refuse(restarts, event, "#%" PRIu64 " has started before", life->incarnation);
        return;
    }
    life->incarnation = event->incarnation ? event->incarnation : life->incarnation + 1;
    life->started = true;
    life->dead = false;
    rs_outage_start(outages, 0, &life->outage, now_ns);
    if (life->found)
        rs_outage_reach(outages, 0, &life->outage, RS_OUTAGE_REACHABLE, life->found_ns);
    life->found = false;
}

static void take_init_failed(rs_restarts *restarts, rs_life *life) {
    rs_outage_retry(&restarts->outages, 0, &life->outage);
    life->found = false;
}

/* OTP registers a name before init, so a replacement may be found before it has started. */
static void take_reachable(rs_restarts *restarts, rs_life *life, const rs_reorder_event *event,
                           uint64_t now_ns) {
    bool is_to_come = is_of_successor(life, event) || (life->dead && !event->incarnation);
    if (is_of_predecessor(life, event)) return;
    if (!is_to_come) {
        rs_outage_reach(&restarts->outages, 0, &life->outage, RS_OUTAGE_REACHABLE, now_ns);
    } else if (life->dead && !life->found) {
        life->found = true;
        life->found_ns = now_ns;
    }
}

static void take_served(rs_restarts *restarts, rs_life *life, const rs_reorder_event *event,
                        uint64_t now_ns) {
    if (is_of_successor(life, event))
        refuse(restarts, event, "it has not started");
    else if (!is_of_predecessor(life, event) && !life->dead)
        rs_outage_reach(&restarts->outages, 0, &life->outage, RS_OUTAGE_SERVED, now_ns);
}

/* What a supervisor tells of one that has ended may have its successor's number: the latest when it
 * was told. Of one that was shut down there is nothing to tell. */
static bool is_of_the_dead(const rs_life *life, const rs_reorder_event *event) {
    return life->ended == life->outage.dead &&
           (!event->incarnation || event->incarnation >= life->outage.dead);
}

static void take_noticed(rs_restarts *restarts, rs_life *life, const rs_reorder_event *event,
                         uint64_t now_ns) {
    if (life->started && !life->died)
        refuse(restarts, event, "it has not ended");
    else if (is_of_the_dead(life, event))
        rs_outage_reach(&restarts->outages, 0, &life->outage, RS_OUTAGE_NOTICED, now_ns);
}

static void take_not_due(rs_life *life, const rs_reorder_event *event) {
    if (is_of_the_dead(life, event)) rs_outage_waive(&life->outage);
}

static void take(rs_restarts *restarts, const rs_reorder_event *event) {
    rs_life *life = &restarts->lives.at[event->role];
    uint64_t now_ns = (uint64_t)event->time_ns + (UINT64_C(1) << 63);
    switch ((rs_event_kind)event->kind) {
    case RS_EVENT_FAULT: take_fault(restarts, event, now_ns); break;
    case RS_EVENT_EXIT: take_exit(restarts, life, event, now_ns); break;
    case RS_EVENT_NOTICED: take_noticed(restarts, life, event, now_ns); break;
    case RS_EVENT_STOPPING:
        if (!is_of_predecessor(life, event)) life->stop = event->stop;
        break;
    case RS_EVENT_STARTED: take_started(restarts, life, event, now_ns); break;
    case RS_EVENT_INIT_FAILED: take_init_failed(restarts, life); break;
    case RS_EVENT_REACHABLE: take_reachable(restarts, life, event, now_ns); break;
    case RS_EVENT_SERVED: take_served(restarts, life, event, now_ns); break;
    case RS_EVENT_ESCALATED:
        life->stop = 1 + RS_STOP_ESCALATION;
        restarts->escalations++;
        break;
    case RS_EVENT_NOT_DUE: take_not_due(life, event); break;
    case RS_EVENT_COUNT: break;
    }
}

/* ------------------------------------------------------------------ the story */

static bool has_room(rs_restarts *restarts, const rs_restarts_event *event) {
    char why[128];
    if (restarts->roles.rows.count > RS_RESTARTS_ROLES_MAX)
        snprintf(why, sizeof why, "more than %u roles are too many", RS_RESTARTS_ROLES_MAX);
    else if (restarts->faults.rows.count > RS_RESTARTS_FAULTS_MAX)
        snprintf(why, sizeof why, "more than %u faults are too many", RS_RESTARTS_FAULTS_MAX);
    else if (rs_reorder_is_late(&restarts->reorder, event->time_ns))
        snprintf(why, sizeof why,
                 "time goes backwards: t_ns %" PRId64 " lies before what stands %u events above",
                 event->time_ns, RS_REORDER_EVENTS);
    else
        return true;
    restarts->refuse(restarts->context, event->line, why);
    return false;
}

void rs_restarts_add(rs_restarts *restarts, const rs_restarts_event *event) {
    rs_reorder_event next = {
        .time_ns = event->time_ns,
        .line = event->line,
        .incarnation = event->incarnation,
        .role = rs_names_number(&restarts->roles, event->role),
        .cause = event->cause,
        .fault =
            event->fault ? (uint16_t)(1 + rs_names_number(&restarts->faults, event->fault)) : 0,
        .kind = (uint8_t)event->kind,
        .stop = (uint8_t)event->stop,
    };
    if (!has_room(restarts, event)) return;
    while (restarts->lives.count < restarts->roles.rows.count) RS_ROWS_ADD(&restarts->lives);
    rs_reorder_put(&restarts->reorder, &next);
    rs_reorder_event oldest;
    if (rs_reorder_is_full(&restarts->reorder) && rs_reorder_take(&restarts->reorder, &oldest))
        take(restarts, &oldest);
}

void rs_restarts_end(rs_restarts *restarts) {
    for (rs_reorder_event oldest; rs_reorder_take(&restarts->reorder, &oldest);)
        take(restarts, &oldest);
    for (size_t i = 0; i < restarts->lives.count; i++)
        rs_outage_settle(&restarts->outages, &restarts->lives.at[i].outage);
}

static void put_faults(const rs_restarts *restarts, rs_result *result) {
    for (uint32_t i = 0; i < restarts->faults.rows.count && i < RS_RESTARTS_FAULTS_MAX; i++) {
        rs_result_labels labels = {.fault = restarts->faults.rows.at[i]};
        rs_outage_rows_put(result, &restarts->outages,
                           (rs_outage_slice){1 + i, RS_OUTAGE_ANY, RS_OUTAGE_ANY, false}, &labels);
    }
}

/* A message that a fault has touched may be a client's, who has no role to be told of. */
static void put_untold(const rs_restarts *restarts, rs_result *result) {
    bool is_one = restarts->untold == 1;
    if (restarts->untold == 0) return;
    rs_result_add_warning(
        result, rs_result_print(result,
                                "%" PRIu64 " death%s of a strike that was not told before "
                                "count%s from the death itself",
                                restarts->untold, is_one ? "" : "s", is_one ? "s" : ""));
}

void rs_restarts_put(const rs_restarts *restarts, rs_result *result) {
    const rs_outages *outages = &restarts->outages;
    rs_outage_slice slice = {RS_OUTAGE_ANY, RS_OUTAGE_ANY, RS_OUTAGE_ANY, false};
    rs_outage_rows_put(result, outages, slice, NULL);
    for (slice.kind = 0; slice.kind < RS_OUTAGE_KIND_COUNT; slice.kind++) {
        rs_result_labels labels = {.cause = rs_outage_kind_word((rs_outage_kind)slice.kind)};
        rs_outage_rows_put(result, outages, slice, &labels);
    }
    put_faults(restarts, result);
    put_untold(restarts, result);
    rs_result_add_number(result, "escalations", NULL, (double)restarts->escalations);
}
