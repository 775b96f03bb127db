/* lookout.c: looks into the memory that a run shares with its parent.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/lookout.h"

#include "reports/rows.h"
#include "scenarios/engine/strikes.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>
#include <string.h>

/* New roles are counted so many at a time: some 2 ms of a tree with a million of them. */
#define ROLES_AT_A_TIME 50000u
/* Rates are told over so long: shorter ones flicker, longer ones tell of what is over. */
#define RATES_NS UINT64_C(1000000000)

/* ------------------------------------------------------------------ the tree */

static void add_node(rs_lookout *lookout, const rs_plan_node *plan, uint32_t depth, uint32_t number,
                     bool is_template) {
    rs_glimpse *seen = &lookout->seen;
    seen->nodes[seen->node_count++] = (rs_glimpse_node){
        .id = is_template ? "*" : plan->id,
        .kind = rs_tally_node_kind(plan),
        .number = number,
        .depth = depth,
        .supervisor = plan->worker == NULL,
        .is_template = is_template,
        .roles = !is_template,
    };
    lookout->places[number] = seen->node_count;
}

/* Named nodes have their numbers in preorder, see shared.c. Returns the next one. */
static uint32_t add_nodes(rs_lookout *lookout, const rs_plan_node *plan, uint32_t depth,
                          uint32_t number) {
    uint32_t next = number + 1;
    add_node(lookout, plan, depth, number, false);
    for (uint32_t i = 0; i < plan->child_count; i++)
        next = add_nodes(lookout, plan->children[i], depth + 1, next);
    if (plan->child)
        add_node(lookout, plan->child, depth + 1, lookout->shared->planned + number, true);
    return next;
}

/* Roles are only ever added, so each is looked at once. */
static void count_roles(rs_lookout *lookout) {
    const rs_shared *shared = lookout->shared;
    uint32_t count = rs_roles_count(&shared->roles);
    for (uint32_t n = 0; n < ROLES_AT_A_TIME && lookout->roles_seen < count; n++) {
        uint32_t node = rs_shared_node(shared, ++lookout->roles_seen);
        if (node > shared->planned && lookout->places[node])
            lookout->seen.nodes[lookout->places[node] - 1].roles++;
    }
}

static bool is_down(const rs_role *role) {
    return rs_load(&role->incarnation, rs_relaxed) && !rs_load(&role->pid, rs_relaxed);
}

/* Each death opened an outage, and each that ended in a start is a sample of that stage: both are
 * counted by node, so that ten thousand roles need not be asked. */
static void take_node(const rs_glimpse *seen, const rs_shared *shared, rs_glimpse_node *node) {
    uint64_t deaths = 0, restarts = 0;
    for (uint32_t slot = 0; slot < shared->outages.slots; slot++)
        for (int own = 0; own < 2; own++) {
            const rs_outage_cell *cell =
                rs_outages_node_cell(&shared->outages, slot, node->number, own);
            deaths += cell ? cell->deaths : 0;
            restarts += cell ? cell->stages[RS_OUTAGE_STARTED].count : 0;
        }
    node->restarts = restarts;
    if (seen->stage > RS_STAGE_DRAIN) return; /* who ends with the tree is not down */
    if (node->is_template)
        node->down = deaths > restarts ? deaths - restarts : 0;
    else
        node->down = is_down(&shared->roles.at[node->number]);
}

static void take_nodes(rs_lookout *lookout) {
    rs_glimpse *seen = &lookout->seen;
    count_roles(lookout);
    for (uint32_t i = 0; i < seen->node_count; i++)
        take_node(seen, lookout->shared, &seen->nodes[i]);
}

/* ------------------------------------------------------------------ latencies */

/* A histogram that is being written may have counted what its maximum does not know yet. */
static void fill_row(rs_glimpse_row *row, const rs_histogram *sum) {
    static const uint32_t asked[] = {
#define X(NAME, WORD, MILLIONTHS) MILLIONTHS,
        RS_GLIMPSE_QUANTILES(X)
#undef X
    };
    row->count = sum->count;
    for (uint32_t i = 0; i < RS_GLIMPSE_QUANTILE_COUNT; i++) {
        uint64_t ns = rs_histogram_percentile(sum, asked[i]);
        row->ns[i] = ns < sum->max ? ns : sum->max;
    }
}

/* Most bins are empty, and most histograms: those cost a look at their count. */
static void add(rs_histogram *sum, const rs_histogram *histogram) {
    if (histogram->count) rs_histogram_merge(sum, histogram);
}

/* As in the summary, of deaths by faults. */
static void take_stage(rs_lookout *lookout, rs_outage_stage stage) {
    const rs_outages *outages = &lookout->shared->outages;
    rs_histogram_init(lookout->sum);
    for (uint32_t slot = 0; slot < outages->slots; slot++)
        for (uint32_t fault = 0; fault < outages->faults; fault++)
            for (uint32_t phase = 0; phase < outages->phases; phase++) {
                const rs_outage_cell *cell =
                    rs_outages_cell(outages, slot, fault, RS_OUTAGE_FAULT, phase);
                if (cell) add(lookout->sum, &cell->stages[stage]);
            }
    fill_row(&lookout->seen.rows[stage], lookout->sum);
}

static void add_calls(rs_lookout *lookout, bool corrected) {
    const rs_ledgers *ledgers = &lookout->shared->ledgers;
    rs_histogram_init(lookout->sum);
    for (uint32_t load = 0; load < ledgers->loads; load++)
        for (uint32_t phase = 0; phase < ledgers->phases; phase++)
            for (uint32_t i = 0; i < RS_LEDGER_STRIPES; i++) {
                const rs_ledger_stripe *stripe = rs_ledgers_stripe(ledgers, load, phase, i);
                if (stripe) add(lookout->sum, corrected ? &stripe->latency : &stripe->raw);
            }
}

/* From the intended start, where there is one. */
static void take_calls(rs_lookout *lookout) {
    rs_glimpse_row *row = &lookout->seen.rows[RS_GLIMPSE_CALLS];
    add_calls(lookout, true);
    row->name = "calls";
    if (lookout->sum->count == 0) {
        add_calls(lookout, false);
        row->name = "calls (uncorrected)";
    }
    fill_row(row, lookout->sum);
}

/* ------------------------------------------------------------------ faults */

/* The latest come first. */
static void keep_blow(rs_glimpse *seen, const rs_glimpse_blow *blow) {
    uint32_t place = seen->blow_count;
    while (place && seen->blows[place - 1].time_ns < blow->time_ns) place--;
    if (place == RS_GLIMPSE_BLOWS) return;
    if (seen->blow_count < RS_GLIMPSE_BLOWS) seen->blow_count++;
    for (uint32_t i = seen->blow_count - 1; i > place; i--) seen->blows[i] = seen->blows[i - 1];
    seen->blows[place] = *blow;
}

/* One without a time is just being written down. */
static void take_blow(rs_lookout *lookout, uint32_t fault, const rs_blow *blow) {
    const rs_shared *shared = lookout->shared;
    uint64_t time_ns = rs_load(&blow->time_ns, rs_relaxed);
    int64_t since_ns = rs_shared_since(shared, time_ns);
    if (!time_ns || !rs_strikes_is_blow(shared, fault, blow)) return;
    uint32_t role = blow->role <= rs_roles_count(&shared->roles) ? blow->role : 0;
    rs_glimpse_blow one = {
        .time_ns = since_ns > 0 ? (uint64_t)since_ns : 0,
        .restart_ns = rs_tally_restart_ns(shared, blow),
        .role = role ? rs_roles_path(&shared->roles, role) : NULL,
        .incarnation = blow->incarnation,
        .fault = fault,
        .outcome = (uint32_t)rs_tally_outcome(shared, blow),
    };
    one.under_way = one.outcome == RS_STRIKE_SURVIVED && !rs_load(&blow->landed, rs_relaxed);
    keep_blow(&lookout->seen, &one);
}

/* They are written down about in the order of their times. */
static void take_blows(rs_lookout *lookout) {
    const rs_blows *blows = &lookout->shared->blows;
    lookout->seen.blow_count = 0;
    for (uint32_t fault = 0; fault < blows->faults; fault++) {
        uint32_t count = rs_blows_count(&blows->lists[fault]);
        for (uint32_t n = 1; n <= count && n <= RS_GLIMPSE_BLOWS; n++)
            take_blow(lookout, fault, &blows->lists[fault].at[count - n]);
    }
}

/* ------------------------------------------------------------------ rates */

/* A virtual run tells its time once a simulated second; its clients have come to a window of 10 ms.
 */
static uint64_t now_of(const rs_shared *shared) {
    const rs_plan_phase *last = &shared->plan->phases[shared->plan->phase_count - 1];
    uint64_t told_ns = rs_load(&shared->now_ns, rs_relaxed);
    uint64_t windows = rs_load(&shared->ledgers.windows_used, rs_relaxed);
    uint64_t seen_ns = windows ? (windows - 1) * RS_LEDGER_WINDOW_NS : 0;
    uint64_t end_ns = last->start_ns + last->duration_ns;
    if (shared->plan->runtime.clock == RS_PLAN_REAL || seen_ns > end_ns) return told_ns;
    return seen_ns > told_ns ? seen_ns : told_ns;
}

static rs_optional rate_of(uint64_t from, uint64_t to, uint64_t ns) {
    return ns && to >= from ? rs_known((double)(to - from) * 1e9 / (double)ns) : (rs_optional){0};
}

static void tell_rates(rs_lookout *lookout, const rs_lookout_sample *to) {
    const rs_lookout_sample *from = &lookout->samples[0];
    rs_glimpse *seen = &lookout->seen;
    bool is_virtual = lookout->shared->plan->runtime.clock == RS_PLAN_VIRTUAL;
    uint64_t wall_ns = to->wall_ns - from->wall_ns, run_ns = to->now_ns - from->now_ns;
    uint64_t ns = is_virtual ? run_ns : wall_ns;
    seen->calls_per_s = rate_of(from->answered, to->answered, ns);
    seen->restarts_per_s = rate_of(from->restarts, to->restarts, ns);
    if (to->told_ns > from->told_ns && to->signals)
        seen->messages_per_s = rate_of(from->signals, to->signals, to->told_ns - from->told_ns);
    else if (!run_ns) /* simulated time that goes on has only not been told yet */
        seen->messages_per_s = (rs_optional){0};
    if (is_virtual && wall_ns) seen->speed = rs_known((double)run_ns / (double)wall_ns);
}

/* When nothing has begun, or all is over, there are none. */
static void forget_rates(rs_lookout *lookout) {
    rs_glimpse *seen = &lookout->seen;
    lookout->sample_count = 0;
    seen->calls_per_s = seen->messages_per_s = seen->restarts_per_s = seen->speed =
        (rs_optional){0};
}

/* By how much `sample` is off from the moment that rates are told from. */
static uint64_t distance_of(const rs_lookout_sample *sample, uint64_t wall_ns) {
    uint64_t age_ns = wall_ns - sample->wall_ns;
    return age_ns > RATES_NS ? age_ns - RATES_NS : RATES_NS - age_ns;
}

/* Pictures may be far apart, so it goes by time, not by number: the nearest becomes the oldest. */
static void drop_old(rs_lookout *lookout, uint64_t wall_ns) {
    rs_lookout_sample *samples = lookout->samples;
    uint32_t from = 0;
    while (from + 1 < lookout->sample_count &&
           distance_of(&samples[from + 1], wall_ns) <= distance_of(&samples[from], wall_ns))
        from++;
    if (lookout->sample_count - from == RS_LOOKOUT_SAMPLES) from++;
    lookout->sample_count -= from;
    memmove(samples, samples + from, lookout->sample_count * sizeof *samples);
}

static void take_rates(rs_lookout *lookout, uint64_t wall_ns, uint64_t answered) {
    const rs_shared *shared = lookout->shared;
    rs_lookout_sample sample = {
        .wall_ns = wall_ns,
        .now_ns = lookout->seen.now_ns,
        .told_ns = rs_load(&shared->now_ns, rs_relaxed),
        .signals = rs_load(&shared->signals, rs_relaxed),
        .answered = answered,
        .restarts = rs_load(&shared->started, rs_relaxed),
    };
    if (lookout->seen.stage != RS_STAGE_RUN) {
        forget_rates(lookout);
        return;
    }
    drop_old(lookout, wall_ns);
    if (lookout->sample_count) tell_rates(lookout, &sample);
    lookout->samples[lookout->sample_count++] = sample;
}

/* ------------------------------------------------------------------ all together */

rs_glimpse *rs_lookout_take(rs_lookout *lookout, uint64_t wall_ns) {
    const rs_shared *shared = lookout->shared;
    rs_glimpse *seen = &lookout->seen;
    rs_ledger_counts calls = rs_ledgers_sum(&shared->ledgers);
    seen->stage = rs_shared_stage(shared);
    seen->now_ns = now_of(shared);
    seen->progress = rs_load(&shared->progress, rs_relaxed);
    seen->goal = rs_load(&shared->goal, rs_relaxed);
    seen->failed = calls.failed;
    seen->escalations = rs_load(&shared->escalations, rs_relaxed);
    take_rates(lookout, wall_ns, calls.answered);
    take_nodes(lookout);
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) take_stage(lookout, (rs_outage_stage)i);
    take_calls(lookout);
    take_blows(lookout);
    return seen;
}

void rs_lookout_init(rs_lookout *lookout, const rs_shared *shared) {
    uint32_t nodes = 2 * shared->planned + 1;
    *lookout = (rs_lookout){.shared = shared, .seen = {.plan = shared->plan, .run = 1, .runs = 1}};
    lookout->seen.nodes = rs_rows_alloc(sizeof *lookout->seen.nodes * nodes);
    lookout->places = rs_rows_alloc(sizeof *lookout->places * nodes);
    lookout->sum = rs_rows_alloc(sizeof *lookout->sum);
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++)
        lookout->seen.rows[i].name = rs_outage_stage_word((rs_outage_stage)i);
    add_nodes(lookout, shared->plan->root, 0, RS_ROLE_ROOT);
}

void rs_lookout_fini(rs_lookout *lookout) {
    free(lookout->seen.nodes);
    free(lookout->places);
    free(lookout->sum);
    *lookout = (rs_lookout){0};
}
