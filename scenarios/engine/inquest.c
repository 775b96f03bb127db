/* inquest.c: tells of the wrecks of a run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/inquest.h"

#include "reports/rows.h"
#include "reports/symbols.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ order */

static int earlier(const void *a, const void *b) {
    const rs_wreck *x = *(const rs_wreck *const *)a, *y = *(const rs_wreck *const *)b;
    if (x->report.time_ns != y->report.time_ns)
        return x->report.time_ns < y->report.time_ns ? -1 : 1;
    return (x > y) - (x < y);
}

/* One that has no pid was asked for, but the program ended before it was written. */
static const rs_wreck **sort_wrecks(const rs_wrecks *wrecks, uint32_t *count) {
    uint32_t used = rs_load(&wrecks->used, rs_relaxed);
    const rs_wreck **sorted = rs_rows_alloc(sizeof *sorted * (RS_WRECKS_MAX + 1));
    *count = 0;
    for (uint32_t i = 0; i < used && i < RS_WRECKS_MAX; i++)
        if (wrecks->at[i].report.pid) sorted[(*count)++] = &wrecks->at[i];
    qsort(sorted, *count, sizeof *sorted, earlier);
    return sorted;
}

typedef struct tallied {
    const char *reason;
    uint64_t count, told;
} tallied;

static int more_often(const void *a, const void *b) {
    const tallied *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return strcmp(x->reason, y->reason);
}

static uint32_t sort_reasons(const rs_wrecks *wrecks, tallied *sorted) {
    uint32_t count = 0;
    for (uint32_t i = 0; i <= RS_REASONS_MAX; i++) {
        uint64_t crashes = rs_load(&wrecks->counts[i], rs_relaxed);
        uint64_t told = rs_load(&wrecks->told[i], rs_relaxed);
        if (told > crashes) told = crashes;
        if (crashes)
            sorted[count++] = (tallied){rs_reasons_text(&wrecks->reasons, i), crashes, told};
    }
    qsort(sorted, count, sizeof *sorted, more_often);
    return count;
}

/* ------------------------------------------------------------------ program counters */

/* With a signal the first is where it was, all others where calls return to. */
static void name_frames(rs_symbols *symbols, rs_wreck *wreck) {
    const rs_crash_frames *frames = &wreck->report.frames;
    uint32_t count = frames->count < RS_CRASH_FRAMES_MAX ? frames->count : RS_CRASH_FRAMES_MAX;
    for (uint32_t i = count; i-- > 0;) {
        bool returns = i > 0 || !frames->signal;
        if (rs_symbols_print(symbols, frames->at[i], returns, wreck->frames[i],
                             sizeof wreck->frames[i]))
            wreck->own = i;
    }
}

/* Without the offset, which is 0. */
static void name_entry(rs_symbols *symbols, rs_wreck *wreck) {
    if (!wreck->report.entry) return;
    rs_symbols_print(symbols, wreck->report.entry, false, wreck->entry, sizeof wreck->entry);
    wreck->entry[strcspn(wreck->entry, "+")] = 0;
}

void rs_inquest_name(rs_shared *shared) {
    uint32_t used = rs_load(&shared->wrecks.used, rs_relaxed);
    rs_symbols *symbols = rs_symbols_create();
    for (uint32_t i = 0; i < used && i < RS_WRECKS_MAX; i++) {
        rs_wreck *wreck = &shared->wrecks.at[i];
        if (wreck->named) continue;
        name_frames(symbols, wreck);
        name_entry(symbols, wreck);
        wreck->named = true;
    }
    rs_symbols_destroy(symbols);
}

/* ------------------------------------------------------------------ other names */

static uint32_t name_ends(rs_crashes_end *ends, const rs_shared *shared, const rs_past *past) {
    uint32_t count =
        past->count < RS_CRASHES_ENDS_MAX ? (uint32_t)past->count : RS_CRASHES_ENDS_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const rs_past_end *end = &past->at[(past->count - count + i) % RS_CRASHES_ENDS_MAX];
        ends[i] = (rs_crashes_end){rs_shared_since(shared, end->time_ns), end->incarnation,
                                   rs_reasons_text(&shared->wrecks.reasons, end->reason)};
    }
    return count;
}

/* Points into `wreck` and `ends`, which has room for RS_CRASHES_ENDS_MAX. */
static rs_crashes_line line_of(const rs_shared *shared, const rs_wreck *wreck,
                               rs_crashes_end *ends) {
    const rs_crash_report *report = &wreck->report;
    rs_crashes_line line = {.report = report,
                            .time_ns = rs_shared_since(shared, report->time_ns),
                            .role = rs_shared_role_name(shared, report->role),
                            .incarnation = wreck->incarnation,
                            .cause = report->cause ? 1 + (report->cause & (RS_BLOWS_MAX - 1)) : 0,
                            .fault = rs_shared_fault_name(shared, report->cause),
                            .entry = wreck->entry[0] ? wreck->entry : NULL,
                            .ends = ends,
                            .end_count = name_ends(ends, shared, &wreck->past),
                            .ended = wreck->past.count};
    for (uint32_t i = 0; i < RS_CRASH_FRAMES_MAX; i++) line.frames[i] = wreck->frames[i];
    for (uint32_t i = 0; i < report->link_count && i < RS_CRASH_LINKS_MAX; i++)
        line.links[i] = rs_shared_role_name(shared, report->links[i].role);
    return line;
}

/* ------------------------------------------------------------------ the result */

static const char *print_message(rs_result *result, const rs_crash_message *message) {
    const char *space = message->type[0] && message->term[0] ? " " : "";
    return rs_result_print(result, "%s %s%s%s", rs_crashes_kind(message->kind), message->type,
                           space, message->term);
}

static void add_crash(rs_result *result, const rs_shared *shared, const rs_wreck *wreck) {
    const rs_crash_report *report = &wreck->report;
    rs_crashes_end ends[RS_CRASHES_ENDS_MAX];
    rs_crashes_line line = line_of(shared, wreck, ends);
    rs_result_crash *crash = rs_result_add_crash(result, report->reason);
    crash->time_ns = line.time_ns > 0 ? (uint64_t)line.time_ns : 0;
    crash->role = rs_result_text(result, line.role);
    crash->incarnation = line.incarnation;
    crash->module = rs_result_text(result, report->module[0] ? report->module : line.entry);
    if (report->native) crash->place = rs_result_text(result, wreck->frames[wreck->own]);
    if (report->has_message) crash->message = print_message(result, &report->message);
}

void rs_inquest_fill(rs_result *result, const rs_shared *shared) {
    uint32_t count;
    const rs_wreck **sorted = sort_wrecks(&shared->wrecks, &count);
    uint32_t told[RS_REASONS_MAX + 1] = {0};
    for (uint32_t i = 0; i < count && result->crashes.count < RS_RESULT_CRASHES; i++)
        if (told[sorted[i]->reason]++ < RS_RESULT_CRASHES / RS_WRECKS_SHARE)
            add_crash(result, shared, sorted[i]);
    tallied reasons[RS_REASONS_MAX + 1];
    uint32_t reason_count = sort_reasons(&shared->wrecks, reasons);
    for (uint32_t i = 0; i < reason_count; i++)
        rs_result_add_crash_reason(result, reasons[i].reason, reasons[i].count);
    free(sorted);
}

/* ------------------------------------------------------------------ the file */

static rs_err write_counts(FILE *stream, const rs_wrecks *wrecks) {
    tallied reasons[RS_REASONS_MAX + 1];
    uint32_t count = sort_reasons(wrecks, reasons);
    rs_err err = RS_OK;
    for (uint32_t i = 0; i < count && !err; i++)
        err = rs_crashes_count(stream, reasons[i].reason, reasons[i].count, reasons[i].told);
    return err;
}

static rs_err write_wrecks(FILE *stream, const rs_shared *shared) {
    uint32_t count;
    const rs_wreck **sorted = sort_wrecks(&shared->wrecks, &count);
    rs_err err = RS_OK;
    for (uint32_t i = 0; i < count && !err; i++) {
        rs_crashes_end ends[RS_CRASHES_ENDS_MAX];
        rs_crashes_line line = line_of(shared, sorted[i], ends);
        err = rs_crashes_add(stream, &line);
    }
    free(sorted);
    return err;
}

rs_err rs_inquest_write(FILE *stream, const rs_shared *shared) {
    bool is_virtual = shared->plan->runtime.clock == RS_PLAN_VIRTUAL;
    rs_crashes_header header = {shared->plan->name, is_virtual ? "virtual" : "real", shared->seed};
    rs_err err = rs_crashes_begin(stream, &header);
    if (!err) err = write_wrecks(stream, shared);
    if (!err) err = write_counts(stream, &shared->wrecks);
    return err;
}
