/* flow.c: restarts as chains of events.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/flow.h"

#include "runtime/base/event.h"

#include <stdlib.h>

/* Numbers by keys that are not 0: open addressing in a table that is never more than half full. */
typedef struct index_of {
    struct {
        uint64_t key;
        size_t value;
    } * at;
    size_t mask;
} index_of;

static index_of make_index(size_t most) {
    size_t room = 4;
    while (room < 2 * most) room *= 2;
    index_of made = {.mask = room - 1};
    made.at = rs_rows_alloc(sizeof *made.at * room);
    return made;
}

static size_t place_of(const index_of *index, uint64_t key) {
    size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & index->mask;
    while (index->at[at].key && index->at[at].key != key) at = (at + 1) & index->mask;
    return at;
}

static size_t find(const index_of *index, uint64_t key) {
    size_t at = place_of(index, key);
    return index->at[at].key ? index->at[at].value : RS_FLOW_NONE;
}

static void put(const index_of *index, uint64_t key, size_t value) {
    size_t at = place_of(index, key);
    index->at[at].key = key;
    index->at[at].value = value;
}

static size_t begin_flow(rs_flows *flows, size_t event, size_t fault) {
    rs_flow *flow = RS_ROWS_ADD(&flows->rows);
    size_t number = flows->rows.count - 1;
    *flow = (rs_flow){fault, event, event, RS_FLOW_NONE};
    if (fault == RS_FLOW_NONE) return number;
    flow->next = flows->from[fault];
    flows->from[fault] = number;
    return number;
}

/* A stage whose exit was dropped belongs to no chain. */
static void take_stage(rs_flows *flows, const index_of *dead, const index_of *faults,
                       const rs_film_event *event, size_t number) {
    size_t flow = find(dead, event->dead);
    if (flow == RS_FLOW_NONE) {
        if (event->kind != RS_EVENT_EXIT) return;
        size_t fault = event->cause ? find(faults, event->cause) : RS_FLOW_NONE;
        flow = begin_flow(flows, number, fault);
        put(dead, event->dead, flow);
    }
    flows->of[number] = flow;
    flows->rows.at[flow].last = number;
}

static size_t *make_numbers(size_t count) {
    size_t *numbers = rs_rows_alloc(sizeof *numbers * (count + 1));
    for (size_t i = 0; i < count; i++) numbers[i] = RS_FLOW_NONE;
    return numbers;
}

rs_flows rs_flows_find(const rs_film_events *events) {
    rs_flows flows = {.of = make_numbers(events->count), .from = make_numbers(events->count)};
    index_of dead = make_index(events->count), faults = make_index(events->count);
    for (size_t i = 0; i < events->count; i++) {
        const rs_film_event *event = events->at[i];
        if (event->kind == RS_EVENT_FAULT && event->cause) put(&faults, event->cause, i);
        if (event->dead) take_stage(&flows, &dead, &faults, event, i);
    }
    free(dead.at);
    free(faults.at);
    return flows;
}

void rs_flows_fini(rs_flows *flows) {
    free(flows->rows.at);
    free(flows->of);
    free(flows->from);
}
