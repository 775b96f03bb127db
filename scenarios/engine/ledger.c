/* ledger.c: what clients asked for and got.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/ledger.h"

#include "reports/rows.h"
#include "scenarios/engine/map.h"

#include <stdlib.h>
#include <string.h>

#define FATES_BYTES (sizeof(rs_ledger_fate) * RS_LEDGER_FATES_MAX)

static uint32_t count_clients(const rs_plan *plan) {
    uint32_t clients = 0;
    for (uint32_t i = 0; i < plan->load_count; i++) clients += plan->loads[i].clients;
    return clients;
}

static size_t stripe_count(const rs_ledgers *ledgers) {
    return (size_t)ledgers->loads * ledgers->phases * RS_LEDGER_STRIPES;
}

static size_t failed_bytes(const rs_ledgers *ledgers) {
    return sizeof(rs_atomic_u64) * ledgers->loads * ledgers->phases * (RS_REASONS_MAX + 1);
}

bool rs_ledgers_init(rs_ledgers *ledgers, const rs_plan *plan, rs_larder *larder) {
    ledgers->clients = count_clients(plan);
    ledgers->loads = plan->load_count;
    ledgers->phases = plan->phase_count + 1;
    size_t bytes = sizeof(rs_ledger_page) + sizeof(rs_ledger_counts) * ledgers->phases;
    ledgers->page_bytes = (bytes + 63) / 64 * 64;
    ledgers->pages = rs_map_create(larder, ledgers->page_bytes * ledgers->clients);
    ledgers->stripes = rs_map_create(larder, sizeof *ledgers->stripes * stripe_count(ledgers));
    ledgers->used = rs_map_create(larder, sizeof *ledgers->used * stripe_count(ledgers));
    ledgers->failed = rs_map_create(larder, failed_bytes(ledgers));
    ledgers->windows = rs_map_create(larder, sizeof *ledgers->windows * RS_LEDGER_WINDOWS_MAX);
    ledgers->fates = rs_map_create(larder, FATES_BYTES);
    return ledgers->pages && ledgers->stripes && ledgers->used && ledgers->failed &&
           ledgers->windows && ledgers->fates && rs_spans_init(&ledgers->spans, plan, larder);
}

/* Few of them are used. */
static void wipe_stripes(const rs_ledgers *ledgers) {
    for (size_t i = 0; ledgers->used && ledgers->stripes && i < stripe_count(ledgers); i++)
        if (rs_load(&ledgers->used[i], rs_relaxed))
            memset(&ledgers->stripes[i], 0, sizeof ledgers->stripes[i]);
}

void rs_ledgers_fini(rs_ledgers *ledgers, rs_larder *larder) {
    size_t pages = ledgers->page_bytes * ledgers->clients;
    size_t windows = sizeof *ledgers->windows * RS_LEDGER_WINDOWS_MAX;
    size_t windows_used = rs_load(&ledgers->windows_used, rs_relaxed) + 1;
    size_t fates = sizeof *ledgers->fates * rs_load(&ledgers->fate_count, rs_relaxed);
    size_t stripes = stripe_count(ledgers);
    rs_spans_fini(&ledgers->spans, larder);
    if (larder) wipe_stripes(ledgers);
    rs_map_destroy(larder, ledgers->pages, pages, pages);
    rs_map_destroy(larder, ledgers->stripes, sizeof *ledgers->stripes * stripes, 0);
    rs_map_destroy(larder, ledgers->used, sizeof *ledgers->used * stripes, RS_MAP_UNKNOWN);
    rs_map_destroy(larder, ledgers->failed, failed_bytes(ledgers), RS_MAP_UNKNOWN);
    rs_map_destroy(larder, ledgers->windows, windows, sizeof *ledgers->windows * windows_used);
    rs_map_destroy(larder, ledgers->fates, FATES_BYTES, fates);
}

rs_ledger_page *rs_ledgers_page(const rs_ledgers *ledgers, uint32_t client) {
    return (rs_ledger_page *)(void *)(ledgers->pages + ledgers->page_bytes * client);
}

rs_ledger_counts rs_ledgers_sum(const rs_ledgers *ledgers) {
    rs_ledger_counts sum = {0};
    for (uint32_t i = 0; i < ledgers->clients; i++)
        for (uint32_t phase = 0; phase < ledgers->phases; phase++) {
            const rs_ledger_counts *one = &rs_ledgers_page(ledgers, i)->phases[phase];
            sum.issued += one->issued;
            sum.answered += one->answered;
            sum.failed += one->failed;
            sum.done += one->done;
            sum.retries += one->retries;
            sum.expired += one->expired;
        }
    return sum;
}

static size_t stripe_index(const rs_ledgers *ledgers, uint32_t load, uint32_t phase,
                           uint32_t stripe) {
    return ((size_t)load * ledgers->phases + phase) * RS_LEDGER_STRIPES + stripe;
}

/* Relaxed: read when the run is over. */
const rs_ledger_stripe *rs_ledgers_stripe(const rs_ledgers *ledgers, uint32_t load, uint32_t phase,
                                          uint32_t stripe) {
    size_t index = stripe_index(ledgers, load, phase, stripe);
    return rs_load(&ledgers->used[index], rs_relaxed) ? &ledgers->stripes[index] : NULL;
}

rs_atomic_u64 *rs_ledgers_failed(const rs_ledgers *ledgers, uint32_t load, uint32_t phase,
                                 uint32_t reason) {
    size_t index = (size_t)load * ledgers->phases + phase;
    return &ledgers->failed[index * (RS_REASONS_MAX + 1) + reason];
}

uint32_t rs_ledger_phase(const rs_plan *plan, uint64_t time_ns) {
    uint32_t phase = 0;
    while (phase < plan->phase_count &&
           time_ns >= plan->phases[phase].start_ns + plan->phases[phase].duration_ns)
        phase++;
    return phase;
}

static uint64_t phase_end(const rs_plan *plan, uint32_t phase) {
    if (phase == plan->phase_count) return UINT64_MAX;
    return plan->phases[phase].start_ns + plan->phases[phase].duration_ns;
}

void rs_ledger_init(rs_ledger *ledger, rs_ledgers *all, const rs_plan *plan, uint32_t load,
                    uint32_t client) {
    ledger->all = all;
    ledger->page = rs_ledgers_page(all, client);
    ledger->plan = plan;
    ledger->load = load;
    ledger->stripe = client % RS_LEDGER_STRIPES;
    ledger->open_loop = plan->loads[load].kind->open;
    ledger->start_phase = ledger->done_phase = ledger->sample_phase = 0;
    ledger->start_phase_end_ns = ledger->done_phase_end_ns = phase_end(plan, 0);
    ledger->started = ledger->done = (rs_ledger_tally){.until_ns = RS_LEDGER_WINDOW_NS};
    ledger->samples = ledger->lates = 0;
}

static void flush_tally(rs_ledger_tally *tally, rs_atomic_u32 *answered, rs_atomic_u32 *failed) {
    /* Relaxed: sums, read when the run is over. */
    if (tally->answered) rs_add(answered, tally->answered, rs_relaxed);
    if (tally->failed) rs_add(failed, tally->failed, rs_relaxed);
    tally->answered = tally->failed = 0;
}

static void flush_started(rs_ledger *ledger) {
    rs_ledger_window *window = &ledger->all->windows[ledger->started.window];
    flush_tally(&ledger->started, &window->answered, &window->failed);
}

static void flush_done(rs_ledger *ledger) {
    rs_ledger_window *window = &ledger->all->windows[ledger->done.window];
    flush_tally(&ledger->done, &window->done_answered, &window->done_failed);
}

static void raise_used(rs_ledgers *ledgers, uint32_t used) {
    uint32_t before = rs_load(&ledgers->windows_used, rs_relaxed);
    while (before < used && !rs_cas(&ledgers->windows_used, &before, used, rs_relaxed)) continue;
}

static void move_tally(rs_ledgers *ledgers, rs_ledger_tally *tally, uint64_t time_ns) {
    uint64_t window = time_ns / RS_LEDGER_WINDOW_NS;
    tally->until_ns = (window + 1) * RS_LEDGER_WINDOW_NS;
    tally->window = (uint32_t)(window < RS_LEDGER_WINDOWS_MAX ? window : RS_LEDGER_WINDOWS_MAX - 1);
    raise_used(ledgers, tally->window + 1);
}

void rs_ledger_issue(rs_ledger *ledger, uint64_t intended_ns) {
    if (intended_ns >= ledger->start_phase_end_ns) {
        ledger->start_phase = rs_ledger_phase(ledger->plan, intended_ns);
        ledger->start_phase_end_ns = phase_end(ledger->plan, ledger->start_phase);
    }
    if (intended_ns >= ledger->started.until_ns) {
        flush_started(ledger);
        move_tally(ledger->all, &ledger->started, intended_ns);
    }
    ledger->page->phases[ledger->start_phase].issued++;
    ledger->intended_ns = intended_ns;
    if (ledger->all->spans.count) rs_spans_issue(&ledger->all->spans, intended_ns);
}

static void end_at(rs_ledger *ledger, uint64_t end_ns) {
    if (end_ns >= ledger->done_phase_end_ns) {
        ledger->done_phase = rs_ledger_phase(ledger->plan, end_ns);
        ledger->done_phase_end_ns = phase_end(ledger->plan, ledger->done_phase);
    }
    if (end_ns < ledger->done.until_ns) return;
    flush_done(ledger);
    move_tally(ledger->all, &ledger->done, end_ns);
}

static bool flush_samples(rs_ledger *ledger) {
    if (ledger->all->counts_only) ledger->samples = ledger->lates = 0;
    if (!ledger->samples && !ledger->lates) return true;
    size_t index = stripe_index(ledger->all, ledger->load, ledger->sample_phase, ledger->stripe);
    rs_ledger_stripe *stripe = &ledger->all->stripes[index];
    if (!rs_spin_try(&stripe->lock)) return false;
    rs_store(&ledger->all->used[index], 1, rs_relaxed);
    for (uint32_t i = 0; i < ledger->samples; i++) {
        rs_histogram_record(&stripe->raw, ledger->batch[i].raw_ns);
        if (ledger->open_loop) rs_histogram_record(&stripe->latency, ledger->batch[i].latency_ns);
    }
    for (uint32_t i = 0; i < ledger->lates; i++)
        rs_histogram_record(&stripe->late, ledger->late_batch[i]);
    rs_spin_unlock(&stripe->lock);
    ledger->samples = ledger->lates = 0;
    return true;
}

/* Samples of one phase share the buffer; a new phase begins with an empty one. */
static bool make_room(rs_ledger *ledger) {
    bool old = ledger->sample_phase != ledger->start_phase;
    if (old || ledger->samples >= RS_LEDGER_BATCH) {
        bool flushed = flush_samples(ledger);
        if (!flushed && (old || ledger->samples == 2 * RS_LEDGER_BATCH)) return false;
    }
    if (ledger->samples == 0) ledger->sample_phase = ledger->start_phase;
    return true;
}

bool rs_ledger_answer(rs_ledger *ledger, uint64_t intended_ns, uint64_t start_ns, uint64_t end_ns) {
    if (!make_room(ledger)) return false;
    end_at(ledger, end_ns);
    ledger->batch[ledger->samples++] =
        (rs_ledger_sample){.latency_ns = end_ns - intended_ns, .raw_ns = end_ns - start_ns};
    ledger->page->phases[ledger->done_phase].done++;
    ledger->page->phases[ledger->start_phase].answered++;
    ledger->started.answered++;
    ledger->done.answered++;
    if (ledger->all->spans.count)
        rs_spans_answer(&ledger->all->spans, intended_ns, start_ns, end_ns);
    return true;
}

void rs_ledger_fail(rs_ledger *ledger, uint64_t end_ns, rs_term reason) {
    end_at(ledger, end_ns);
    uint32_t index = rs_reasons_index(&ledger->all->reasons, reason);
    rs_add(rs_ledgers_failed(ledger->all, ledger->load, ledger->start_phase, index), 1, rs_relaxed);
    ledger->page->phases[ledger->start_phase].failed++;
    ledger->started.failed++;
    if (ledger->all->spans.count) rs_spans_fail(&ledger->all->spans, ledger->intended_ns);
    ledger->done.failed++;
}

void rs_ledger_retry(rs_ledger *ledger) {
    ledger->page->phases[ledger->start_phase].retries++;
}

void rs_ledger_expire(rs_ledger *ledger) {
    ledger->page->phases[ledger->start_phase].expired++;
}

/* ------------------------------------------------------------------ fates */

/* An entry belongs to who drew its number; it is read when all of them are gone. */
static void add_fate(rs_ledgers *ledgers, rs_ledger_fate fate) {
    uint32_t index = rs_load(&ledgers->fate_count, rs_relaxed);
    if (index < RS_LEDGER_FATES_MAX) index = rs_add(&ledgers->fate_count, 1, rs_relaxed);
    if (index < RS_LEDGER_FATES_MAX) ledgers->fates[index] = fate;
}

void rs_ledger_give_up(rs_ledger *ledger, uint64_t ref) {
    add_fate(ledger->all, (rs_ledger_fate){ref, ledger->load, ledger->start_phase});
}

void rs_ledgers_tell(rs_ledgers *ledgers, uint64_t ref) {
    add_fate(ledgers, (rs_ledger_fate){.ref = ref, .load = RS_LEDGER_TOLD});
}

/* By call; what a client says of it before what became of it. */
static int compare_fates(const void *left, const void *right) {
    const rs_ledger_fate *a = left, *b = right;
    if (a->ref != b->ref) return a->ref < b->ref ? -1 : 1;
    return (a->load > b->load) - (a->load < b->load);
}

bool rs_ledgers_count_lost(const rs_ledgers *ledgers, uint64_t *lost) {
    uint32_t count = rs_load(&ledgers->fate_count, rs_relaxed);
    if (count >= RS_LEDGER_FATES_MAX) return false;
    rs_ledger_fate *fates = rs_rows_alloc(sizeof *fates * ((size_t)count + 1));
    if (count) memcpy(fates, ledgers->fates, sizeof *fates * count);
    qsort(fates, count, sizeof *fates, compare_fates);
    for (uint32_t i = 0; i < count; i++) {
        bool told = i + 1 < count && fates[i + 1].ref == fates[i].ref;
        if (fates[i].load != RS_LEDGER_TOLD && !told)
            lost[(size_t)fates[i].load * ledgers->phases + fates[i].phase]++;
    }
    free(fates);
    return true;
}

/* ------------------------------------------------------------------ what is left */

void rs_ledger_late(rs_ledger *ledger, uint64_t late_ns) {
    if (ledger->lates == RS_LEDGER_BATCH && !flush_samples(ledger)) return;
    ledger->late_batch[ledger->lates++] = late_ns;
}

bool rs_ledger_flush(rs_ledger *ledger) {
    flush_started(ledger);
    flush_done(ledger);
    return flush_samples(ledger);
}
