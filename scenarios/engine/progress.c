/* progress.c: one line on a terminal that tells how far a run is.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/progress.h"

#include "runtime/base/units.h"

#include <inttypes.h>
#include <unistd.h>

#define EVERY_NS UINT64_C(100000000)

void rs_progress_init(rs_progress *progress, FILE *stream, bool wanted) {
    *progress = (rs_progress){.stream = wanted && isatty(fileno(stream)) ? stream : NULL};
}

/* Without wrapping: a line that is longer than the terminal is wide is cut, not piled up. */
#define LINE_BEGIN "\r\033[?7l\033[K"
#define LINE_END   "\033[?7h"

static void show_setup(FILE *stream, const rs_shared *shared) {
    uint64_t goal = rs_load(&shared->goal, rs_relaxed);
    fprintf(stream, LINE_BEGIN "%s", rs_shared_stage_word(rs_shared_stage(shared)));
    if (goal)
        fprintf(stream, ": %" PRIu64 " of %" PRIu64, rs_load(&shared->progress, rs_relaxed), goal);
    fputs(LINE_END, stream);
}

static void show_run(FILE *stream, const rs_shared *shared, double per_s) {
    char rate[RS_UNITS_TEXT_BYTES], restarts[RS_UNITS_TEXT_BYTES];
    uint64_t now_ns = rs_load(&shared->now_ns, rs_relaxed);
    uint32_t phase = rs_ledger_phase(shared->plan, now_ns);
    const rs_plan_phase *last = &shared->plan->phases[shared->plan->phase_count - 1];
    const char *name =
        phase < shared->plan->phase_count ? shared->plan->phases[phase].name : "drain";
    fprintf(
        stream, LINE_BEGIN "%-10s %4.1f of %.1f s   %s calls   %s restarts" LINE_END, name,
        (double)now_ns / 1e9, (double)(last->start_ns + last->duration_ns) / 1e9,
        rs_units_format_rate(per_s, rate, sizeof rate),
        rs_units_format_count(rs_load(&shared->started, rs_relaxed), restarts, sizeof restarts));
}

void rs_progress_show(rs_progress *progress, const rs_shared *shared, uint64_t wall_ns) {
    if (!progress->last_ns) progress->last_ns = wall_ns;
    if (!progress->stream || wall_ns - progress->last_ns < EVERY_NS) return;
    uint64_t answered = rs_ledgers_sum(&shared->ledgers).answered;
    double seconds = (double)(wall_ns - progress->last_ns) / 1e9;
    if (rs_shared_stage(shared) < RS_STAGE_RUN)
        show_setup(progress->stream, shared);
    else
        show_run(progress->stream, shared, (double)(answered - progress->last_answered) / seconds);
    fflush(progress->stream);
    progress->shown = true;
    progress->last_ns = wall_ns;
    progress->last_answered = answered;
}

void rs_progress_clear(rs_progress *progress) {
    if (!progress->shown) return;
    fputs("\r\033[K", progress->stream);
    fflush(progress->stream);
    progress->shown = false;
}
