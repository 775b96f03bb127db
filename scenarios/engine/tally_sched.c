/* tally_sched.c: what the schedulers did, over the run and by phase.
 *
 * Under the virtual clock cores do not sleep and nobody wakes them: those numbers are not available
 * there, which is not 0.
 * SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>

/* From one mark to another; `phase` is the one between them, the number of phases: all. */
typedef struct rs_stretch {
    const rs_mark *from, *to;
    uint32_t phase;
    const rs_result_labels *labels;
} rs_stretch;

static void put_count(rs_result *result, const rs_stretch *stretch, const char *name, bool known,
                      uint64_t from, uint64_t to) {
    rs_result_metric *metric = rs_result_add_metric(result, name, stretch->labels);
    if (known) metric->value = rs_known((double)(to - from));
}

static void put_counts(rs_result *result, const rs_shared *shared, const rs_stretch *stretch) {
    const rs_counters *from = &stretch->from->counters, *to = &stretch->to->counters;
    bool is_real = shared->plan->runtime.clock == RS_PLAN_REAL;
    put_count(result, stretch, "sched.steals", true, from->steals, to->steals);
    put_count(result, stretch, "sched.parks", is_real, from->parks, to->parks);
    put_count(result, stretch, "sched.wakes", is_real, from->wakes, to->wakes);
    put_count(result, stretch, "sched.preemptions", true, from->preemptions, to->preemptions);
}

/* The cores' clocks are read one after the other, so a sum may be a little more than there was. */
static void put_idle(rs_result *result, const rs_shared *shared, const rs_stretch *stretch) {
    double idle_ns = (double)(stretch->to->counters.idle_ns - stretch->from->counters.idle_ns);
    double ns = (double)(stretch->to->time_ns - stretch->from->time_ns);
    double share = idle_ns / (ns * shared->plan->runtime.threads);
    rs_result_add_number(result, "sched.idle", stretch->labels, share < 1 ? share : 1);
}

static void put_messages(rs_result *result, const rs_stretch *stretch) {
    const rs_mark *from = stretch->from, *to = stretch->to;
    double signals = (double)(to->counters.signals - from->counters.signals);
    rs_result_add_number(result, "messages.throughput", stretch->labels,
                         signals * 1e9 / (double)(to->time_ns - from->time_ns));
}

static void put_waits(rs_result *result, const rs_shared *shared, const rs_stretch *stretch) {
    rs_histogram *sampled = rs_rows_alloc(sizeof *sampled);
    uint64_t longest_ns = rs_waits_sum(&shared->waits, stretch->phase, sampled);
    rs_result_add_histogram(result, "sched.wait", stretch->labels, sampled, 0);
    rs_result_metric *longest = rs_result_add_metric(result, "sched.longest_wait", stretch->labels);
    if (sampled->count || longest_ns) longest->value = rs_known((double)longest_ns);
    free(sampled);
}

static void put(rs_result *result, const rs_shared *shared, const rs_stretch *stretch) {
    if (!stretch->to->taken || stretch->to->time_ns <= stretch->from->time_ns) return;
    put_messages(result, stretch);
    put_waits(result, shared, stretch);
    put_counts(result, shared, stretch);
    put_idle(result, shared, stretch);
}

void rs_tally_sched(rs_result *result, const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    const rs_mark *marks = shared->marks;
    uint32_t last = 0;
    while (last < plan->phase_count && marks[last + 1].taken) last++;
    put(result, shared, &(rs_stretch){&marks[0], &marks[last], plan->phase_count, NULL});
    for (uint32_t i = 0; i < last; i++)
        put(result, shared,
            &(rs_stretch){&marks[i], &marks[i + 1], i,
                          &(rs_result_labels){.phase = plan->phases[i].name}});
}
