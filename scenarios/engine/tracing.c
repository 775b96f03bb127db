/* tracing.c: tells a run as a trace.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tracing.h"

#include "reports/rows.h"
#include "reports/symbols.h"
#include "scenarios/engine/flow.h"
#include "scenarios/engine/lifespan.h"
#include "scenarios/engine/mail.h"
#include "scenarios/engine/strikes.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>
#include <string.h>

/* All that is told, and where. */
typedef struct telling {
    const rs_shared *shared;
    rs_trace trace;
    rs_film_turns turns;
    rs_film_events events;
    rs_flows flows;
    rs_lifespans lives;
    uint64_t end_ns;
} telling;

/* ------------------------------------------------------------------ names */

static void name_codes(rs_symbols *symbols, rs_film_part *part) {
    for (uint32_t i = 1; i < part->code_count; i++) {
        rs_film_code *code = &part->codes[i];
        if (!code->is_entry || code->name[0]) continue;
        rs_symbols_print(symbols, (uintptr_t)code->key, false, code->name, sizeof code->name);
        code->name[strcspn(code->name, "+")] = 0; /* the offset, which is 0 */
    }
}

void rs_tracing_name(rs_shared *shared) {
    if (!shared->film.slots) return;
    rs_symbols *symbols = rs_symbols_create();
    for (uint32_t i = 0; i < shared->film.slots; i++) name_codes(symbols, &shared->film.parts[i]);
    rs_symbols_destroy(symbols);
}

static const char *name_of(const rs_shared *shared, const rs_film_turn *turn) {
    if (turn->role >= RS_MAILS_LOADS) {
        uint32_t load = turn->role - RS_MAILS_LOADS;
        return load < shared->plan->load_count ? shared->plan->loads[load].id : "client";
    }
    const char *name =
        turn->role ? rs_shared_role_name(shared, turn->role) : rs_film_name(&shared->film, turn);
    return name && *name ? name : "process";
}

/* ------------------------------------------------------------------ what ran, what happened */

static void put_turn(telling *it, const rs_film_turn *turn) {
    static const char *const ends[] = {
        [RS_TURN_OVER] = NULL,    [RS_TURN_STOPPED] = "preempted", [RS_TURN_LOST] = "lost its core",
        [RS_TURN_ENDED] = "exit", [RS_TURN_DEATH] = "death",
    };
    const rs_trace_args args = {.end = turn->end < sizeof ends / sizeof *ends ? ends[turn->end]
                                                                              : NULL};
    rs_trace_slice(&it->trace, turn->core, turn->from_ns, turn->to_ns, name_of(it->shared, turn),
                   &args);
}

static rs_trace_step step_of(const rs_flow *flow, size_t number) {
    if (number == flow->last) return RS_TRACE_LAST;
    return number == flow->exit && flow->fault == RS_FLOW_NONE ? RS_TRACE_FIRST : RS_TRACE_NEXT;
}

static void put_flow(telling *it, size_t number, const rs_film_event *event, size_t flow,
                     bool begins) {
    const rs_flow *row = &it->flows.rows.at[flow];
    if (!rs_flow_is_chain(row)) return;
    rs_trace_step step = begins ? RS_TRACE_FIRST : step_of(row, number);
    rs_trace_flow(&it->trace, event->core, event->time_ns, flow + 1, step);
}

/* Several flows may leave a fault, and one leads through a stage. */
static void put_event(telling *it, size_t number) {
    const rs_film_event *event = it->events.at[number];
    const rs_trace_args args = {
        .role = rs_shared_role_name(it->shared, event->role),
        .incarnation = event->incarnation,
        .reason = event->reason,
        .fault = rs_shared_fault_name(it->shared, event->cause),
        .note = event->kind == RS_EVENT_STOPPING ? rs_event_stop_word(event->detail) : NULL,
    };
    rs_trace_mark(&it->trace, event->core, event->time_ns,
                  rs_event_word((rs_event_kind)event->kind), &args);
    for (size_t flow = it->flows.from[number]; flow != RS_FLOW_NONE;
         flow = it->flows.rows.at[flow].next)
        put_flow(it, number, event, flow, true);
    if (it->flows.of[number] != RS_FLOW_NONE)
        put_flow(it, number, event, it->flows.of[number], false);
}

/* By time: readers keep the order of equal times, and what a turn begins with comes behind what
 * happened before it. */
static void put_film(telling *it) {
    size_t turn = 0, event = 0;
    while (turn < it->turns.count || event < it->events.count) {
        bool is_event = turn == it->turns.count ||
                        (event < it->events.count &&
                         it->events.at[event]->time_ns <= it->turns.at[turn]->from_ns);
        if (is_event)
            put_event(it, event++);
        else
            put_turn(it, it->turns.at[turn++]);
    }
}

/* ------------------------------------------------------------------ phases */

static void put_phases(telling *it) {
    const rs_plan *plan = it->shared->plan;
    uint64_t from_ns = 0;
    for (uint32_t i = 0; i < plan->phase_count && from_ns < it->end_ns; i++) {
        uint64_t to_ns = plan->phases[i].start_ns + plan->phases[i].duration_ns;
        if (to_ns > it->end_ns) to_ns = it->end_ns;
        rs_trace_span(&it->trace, RS_TRACE_PHASES, from_ns, to_ns, plan->phases[i].name);
        from_ns = to_ns;
    }
    if (from_ns < it->end_ns)
        rs_trace_span(&it->trace, RS_TRACE_PHASES, from_ns, it->end_ns, "drain");
}

/* ------------------------------------------------------------------ faults */

typedef struct struck {
    uint64_t time_ns;
    const rs_blow *blow;
    uint32_t fault;
} struck;

typedef RS_ROWS(struck) struck_rows;

static int struck_earlier(const void *a, const void *b) {
    const struck *x = a, *y = b;
    if (x->time_ns != y->time_ns) return x->time_ns < y->time_ns ? -1 : 1;
    if (x->fault != y->fault) return x->fault < y->fault ? -1 : 1;
    return (x->blow > y->blow) - (x->blow < y->blow);
}

/* The newest of each fault: no more are told of all. Returns how many there were. */
static uint64_t gather_blows(const rs_shared *shared, uint32_t fault, size_t most,
                             struck_rows *rows) {
    const rs_blow_list *list = &shared->blows.lists[fault];
    uint64_t seen = 0;
    for (uint32_t i = rs_blows_count(list); i-- > 0;) {
        const rs_blow *blow = &list->at[i];
        if (!rs_strikes_is_blow(shared, fault, blow) || ++seen > most) continue;
        int64_t since_ns = rs_shared_since(shared, rs_load(&blow->time_ns, rs_relaxed));
        *(struck *)RS_ROWS_ADD(rows) = (struck){since_ns > 0 ? (uint64_t)since_ns : 0, blow, fault};
    }
    return seen;
}

static void put_blow(telling *it, const struck *one) {
    static const char *const outcomes[] = {
#define X(NAME, WORD, MEANING) WORD,
        RS_STRIKE_OUTCOMES(X)
#undef X
    };
    const rs_plan_fault *fault = &it->shared->plan->faults[one->fault];
    const rs_blow *blow = one->blow;
    const rs_trace_args args = {
        .role = blow->role ? rs_shared_role_name(it->shared, blow->role) : NULL,
        .incarnation = blow->incarnation,
        .how = fault->how->name,
        .outcome = outcomes[rs_tally_outcome(it->shared, blow)],
    };
    rs_trace_instant(&it->trace, RS_TRACE_FAULTS, one->time_ns, fault->id, &args);
}

static struck_rows sort_blows(const rs_shared *shared, rs_trace_share *share, size_t most) {
    struck_rows rows = {0};
    uint64_t seen = 0;
    for (uint32_t i = 0; i < shared->plan->fault_count; i++)
        seen += gather_blows(shared, i, most, &rows);
    if (rows.count) qsort(rows.at, rows.count, sizeof *rows.at, struck_earlier);
    share->told = rows.count < most ? rows.count : most;
    share->dropped = seen - share->told;
    return rows;
}

static void put_blows(telling *it, const struck_rows *rows, uint64_t told) {
    for (size_t i = rows->count - told; i < rows->count; i++) put_blow(it, &rows->at[i]);
}

/* ------------------------------------------------------------------ lives */

static void put_lives(telling *it) {
    for (size_t i = 0; i < it->lives.rows.count; i++) {
        const rs_lifespan *life = &it->lives.rows.at[i];
        const rs_trace_args args = {
            .incarnation = life->incarnation,
            .reason = life->reason,
            .note = !life->has_begin && !life->has_end ? "lives all along"
                    : !life->has_begin                 ? "began before"
                    : !life->has_end                   ? "lives on"
                                                       : NULL,
        };
        rs_trace_life(&it->trace, (uint64_t)life->role << 32 | life->incarnation, life->from_ns,
                      life->to_ns, rs_shared_role_name(it->shared, life->role), &args);
    }
}

/* ------------------------------------------------------------------ the whole */

static uint64_t find_end(const telling *it) {
    uint64_t end_ns = rs_load(&it->shared->now_ns, rs_relaxed);
    for (size_t i = 0; i < it->turns.count; i++)
        if (it->turns.at[i]->to_ns > end_ns) end_ns = it->turns.at[i]->to_ns;
    if (it->events.count && it->events.at[it->events.count - 1]->time_ns > end_ns)
        end_ns = it->events.at[it->events.count - 1]->time_ns;
    return end_ns;
}

static void fill_header(rs_trace_header *header, const telling *it) {
    const rs_plan *plan = it->shared->plan;
    *header = (rs_trace_header){
        .scenario = plan->name,
        .clock = plan->runtime.clock == RS_PLAN_VIRTUAL ? "virtual" : "real",
        .scheduler = plan->runtime.scheduler,
        .seed = it->shared->seed,
        .cores = plan->runtime.threads,
        .end_ns = it->end_ns,
        .slices = {it->turns.count, it->turns.lost},
        .events = {it->events.count, it->events.lost},
        .lives = {it->lives.rows.count, it->lives.dropped},
    };
}

rs_err rs_tracing_write(FILE *stream, const rs_shared *shared, rs_trace_header *header) {
    size_t most = (size_t)shared->film.events * shared->film.slots;
    telling it = {.shared = shared,
                  .turns = rs_film_sort_turns(&shared->film),
                  .events = rs_film_sort_events(&shared->film)};
    it.end_ns = find_end(&it);
    it.flows = rs_flows_find(&it.events);
    it.lives = rs_lifespans_find(shared, &it.events, it.end_ns, most);
    fill_header(header, &it);
    struck_rows blows = sort_blows(shared, &header->faults, most);
    rs_trace_begin(&it.trace, stream, header);
    put_phases(&it);
    put_blows(&it, &blows, header->faults.told);
    put_film(&it);
    put_lives(&it);
    free(blows.at);
    rs_lifespans_fini(&it.lives);
    rs_flows_fini(&it.flows);
    free(it.turns.at);
    free(it.events.at);
    return rs_trace_end(&it.trace);
}
