/* frame.c: the head of the picture, and who gets which lines of the rest.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/frame.h"

#include "runtime/base/units.h"
#include "scenarios/live/frame_parts.h"

#include <inttypes.h>
#include <string.h>

/* From here on there is room for empty lines, and for the phases' names. */
#define HEIGHT_SPACED 20u
/* Beyond it the eye loses the line; only the bar gains from more. */
#define WIDTH_TABLES 100u
/* Of a name; less of it says nothing. */
#define NAME_COLUMNS_MIN 4u
/* Between the scenario's name and where it is. */
#define GAP 2u
/* From here on the rates stand in one line, and with them all that went wrong. */
#define WIDTH_RATES 76u
#define WIDTH_WRONG 96u
/* Below it they must. */
#define HEIGHT_RATES 12u

static unsigned within(unsigned value, unsigned least, unsigned most) {
    if (value < least) return least;
    return value < most ? value : most;
}

void rs_frame_put(rs_paint *paint, rs_paint_style style, const char *text) {
    unsigned room = paint->width > paint->column ? paint->width - paint->column : 0;
    unsigned columns = rs_paint_columns(text);
    rs_paint_left(paint, style, columns < room ? columns : room, text);
}

void rs_frame_number(rs_paint *paint, rs_paint_style style, unsigned columns, uint64_t number) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_units_format_count(number, text, sizeof text);
    rs_paint_right(paint, number ? style : RS_PAINT_DIM, columns, text);
}

/* ------------------------------------------------------------------ where we are */

static uint64_t end_of(const rs_plan *plan) {
    const rs_plan_phase *last = &plan->phases[plan->phase_count - 1];
    return last->start_ns + last->duration_ns;
}

/* The phase's name, or, outside of all, what goes on, which `text` has room for. */
static const char *where_of(const rs_glimpse *seen, char *text, size_t bytes) {
    const rs_plan *plan = seen->plan;
    const char *word = rs_shared_stage_word(seen->stage);
    uint32_t phase = rs_ledger_phase(plan, seen->now_ns);
    if (seen->stage == RS_STAGE_RUN)
        return phase < plan->phase_count ? plan->phases[phase].name : "the end";
    if (seen->stage > RS_STAGE_RUN || !seen->goal) return word;
    snprintf(text, bytes, "%s: %" PRIu64 " of %" PRIu64, word, seen->progress, seen->goal);
    return text;
}

static void print_time(const rs_glimpse *seen, char *text, size_t bytes) {
    const rs_plan *plan = seen->plan;
    if (seen->stage == RS_STAGE_RUN)
        snprintf(text, bytes, "  %s%.1f of %.1f s",
                 plan->runtime.clock == RS_PLAN_VIRTUAL ? "simulated " : "",
                 (double)seen->now_ns / 1e9, (double)end_of(plan) / 1e9);
}

/* Half a word says nothing. */
static void put_whole(rs_paint *paint, rs_paint_style style, const char *text) {
    if (paint->column + rs_paint_columns(text) <= paint->width) rs_frame_put(paint, style, text);
}

static void put_repetition(rs_paint *paint, const rs_glimpse *seen) {
    char text[64];
    if (seen->runs <= 1) return;
    snprintf(text, sizeof text, "  run %" PRIu64 " of %" PRIu64, seen->run, seen->runs);
    put_whole(paint, RS_PAINT_PLAIN, text);
}

static void put_speed(rs_paint *paint, const rs_glimpse *seen) {
    char text[64];
    if (!seen->speed.known) return;
    snprintf(text, sizeof text, "  %.3g simulated s a second", seen->speed.value);
    put_whole(paint, RS_PAINT_DIM, text);
}

/* As many as `name` has, but no more than `most`, nor than `taken` ones leave of the line. */
static unsigned name_columns(const rs_paint *paint, const char *name, unsigned taken,
                             unsigned most) {
    unsigned columns = rs_paint_columns(name);
    unsigned left = paint->width > taken ? paint->width - taken : 0;
    unsigned room = within(left, NAME_COLUMNS_MIN, most);
    return columns < room ? columns : room;
}

/* Names may be long, and do not change: they leave room for the time, which does. */
static void draw_head(rs_paint *paint, const rs_glimpse *seen) {
    const char *name = seen->plan->name;
    char text[128], time[128] = "";
    const char *where = where_of(seen, text, sizeof text);
    print_time(seen, time, sizeof time);
    unsigned third = paint->width / 3, taken = rs_paint_columns(time) + GAP;
    unsigned most = seen->stage == RS_STAGE_RUN ? third : paint->width;
    unsigned columns = name_columns(paint, where, taken + NAME_COLUMNS_MIN, most);
    rs_paint_left(paint, RS_PAINT_BOLD, name_columns(paint, name, taken + columns, third), name);
    rs_paint_to(paint, paint->column + GAP);
    rs_paint_left(paint, RS_PAINT_DOUBT, columns, where);
    rs_frame_put(paint, RS_PAINT_PLAIN, time);
    put_repetition(paint, seen);
    put_speed(paint, seen);
    rs_paint_end(paint);
}

/* ------------------------------------------------------------------ phases */

static unsigned column_of(const rs_paint *paint, const rs_plan *plan, uint64_t ns) {
    uint64_t end_ns = end_of(plan);
    if (ns >= end_ns) return paint->width;
    return (unsigned)((double)ns / (double)end_ns * paint->width);
}

static void put_cells(rs_paint *paint, rs_paint_style style, const char *cell, unsigned count) {
    char text[RS_FRAME_WIDTH_MAX * 4] = "";
    size_t length = strlen(cell);
    for (unsigned i = 0; i < count && (i + 1) * length < sizeof text; i++)
        memcpy(text + i * length, cell, length + 1);
    rs_frame_put(paint, style, text);
}

/* A phase too short for a column of its own has none. */
static void draw_bar(rs_paint *paint, const rs_glimpse *seen) {
    const rs_plan *plan = seen->plan;
    unsigned here = seen->stage < RS_STAGE_RUN ? 0 : column_of(paint, plan, seen->now_ns);
    if (seen->stage > RS_STAGE_RUN) here = paint->width;
    for (uint32_t i = 0; i < plan->phase_count; i++) {
        const rs_plan_phase *phase = &plan->phases[i];
        unsigned from = column_of(paint, plan, phase->start_ns);
        unsigned to = column_of(paint, plan, phase->start_ns + phase->duration_ns);
        if (i > 0 && from < to) put_cells(paint, RS_PAINT_PLAIN, "│", 1), from++;
        unsigned middle = here < from ? from : here < to ? here : to;
        put_cells(paint, RS_PAINT_GOOD, "█", middle - from);
        put_cells(paint, RS_PAINT_DIM, "░", to - middle);
    }
    rs_paint_end(paint);
}

/* Each has the columns of its phase. */
static void draw_names(rs_paint *paint, const rs_plan *plan) {
    for (uint32_t i = 0; i < plan->phase_count; i++) {
        const rs_plan_phase *phase = &plan->phases[i];
        char text[256];
        unsigned from = column_of(paint, plan, phase->start_ns);
        unsigned room = column_of(paint, plan, phase->start_ns + phase->duration_ns) - from;
        if (room < NAME_COLUMNS_MIN) continue;
        if (from > paint->column) rs_paint_to(paint, from);
        snprintf(text, sizeof text, "╵%s", phase->name);
        unsigned columns = rs_paint_columns(text);
        rs_paint_left(paint, RS_PAINT_DIM, columns < room ? columns : room, text);
    }
    rs_paint_end(paint);
}

/* ------------------------------------------------------------------ rates */

/* One that has no room is left out. */
static void put_item(rs_paint *paint, const char *name, rs_paint_style style, const char *value) {
    unsigned gap = paint->column ? 3 : 0;
    unsigned columns = gap + rs_paint_columns(name) + 1 + rs_paint_columns(value);
    if (paint->column + columns > paint->width) return;
    if (gap) rs_paint_to(paint, paint->column + gap);
    rs_frame_put(paint, RS_PAINT_DIM, name);
    rs_paint_to(paint, paint->column + 1);
    rs_frame_put(paint, style, value);
}

static void put_rate(rs_paint *paint, const char *name, rs_optional rate) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (rate.known) rs_units_format_rate(rate.value, text, sizeof text);
    put_item(paint, name, rate.known ? RS_PAINT_BOLD : RS_PAINT_DIM, text);
}

static void put_some(rs_paint *paint, const char *name, uint64_t count) {
    char text[RS_UNITS_TEXT_BYTES];
    if (count) put_item(paint, name, RS_PAINT_BAD, rs_units_format_count(count, text, sizeof text));
}

static unsigned rate_lines(const rs_glimpse *seen, unsigned width, unsigned height) {
    unsigned wanted = seen->escalations && seen->failed ? WIDTH_WRONG : WIDTH_RATES;
    return width < wanted && height >= HEIGHT_RATES ? 2 : 1;
}

static void draw_rates(rs_paint *paint, const rs_glimpse *seen, unsigned lines) {
    if (seen->plan->load_count) put_rate(paint, "calls", seen->calls_per_s);
    put_rate(paint, "messages", seen->messages_per_s);
    if (lines > 1) rs_paint_end(paint);
    put_rate(paint, "restarts", seen->restarts_per_s);
    put_some(paint, "escalations", seen->escalations);
    put_some(paint, "failed calls", seen->failed);
    rs_paint_end(paint);
}

/* ------------------------------------------------------------------ who gets which lines */

typedef struct rs_frame_section {
    void (*draw)(rs_paint *paint, const rs_glimpse *seen, unsigned lines);
    unsigned counts, wants, lines;
} rs_frame_section;

#define SECTIONS 3u

/* Lines to each in turn, as many as it counts for, until none is left or wanted. */
static void deal(rs_frame_section *sections, unsigned lines) {
    bool dealt = true;
    for (unsigned i = 0; i < SECTIONS; i++) sections[i].lines = 0;
    while (dealt) {
        dealt = false;
        for (unsigned i = 0; i < SECTIONS; i++) {
            unsigned more = sections[i].wants - sections[i].lines;
            if (more > sections[i].counts) more = sections[i].counts;
            if (more > lines) more = lines;
            sections[i].lines += more;
            lines -= more;
            dealt |= more > 0;
        }
    }
}

/* A heading with nothing below it is of no use. The one that would be left alone goes. */
static bool drop_lone(rs_frame_section *sections) {
    for (unsigned i = SECTIONS; i > 0; i--)
        if (sections[i - 1].lines == 1) {
            sections[i - 1].wants = 0;
            return true;
        }
    return false;
}

static void share_out(rs_frame_section *sections, unsigned lines, bool spaced) {
    do {
        unsigned gaps = 0;
        for (unsigned i = 0; i < SECTIONS; i++) gaps += spaced && sections[i].wants;
        deal(sections, lines > gaps ? lines - gaps : 0);
    } while (drop_lone(sections));
}

static void draw_sections(rs_paint *paint, const rs_glimpse *seen, unsigned lines, bool spaced) {
    rs_frame_section sections[SECTIONS] = {
        {rs_frame_tree, 2, rs_frame_tree_wants(seen), 0},
        {rs_frame_latency, 1, rs_frame_latency_wants(seen), 0},
        {rs_frame_faults, 1, rs_frame_faults_wants(seen), 0},
    };
    share_out(sections, lines, spaced);
    sections[0].wants = rs_frame_tree_fills(seen, sections[0].lines);
    share_out(sections, lines, spaced);
    for (unsigned i = 0; i < SECTIONS; i++) {
        if (!sections[i].lines) continue;
        if (spaced) rs_paint_end(paint);
        sections[i].draw(paint, seen, sections[i].lines);
    }
}

void rs_frame_write(const rs_glimpse *seen, FILE *out, rs_frame_look look) {
    unsigned width = within(look.width, RS_FRAME_WIDTH_MIN, RS_FRAME_WIDTH_MAX);
    unsigned height = within(look.height, RS_FRAME_HEIGHT_MIN, RS_FRAME_HEIGHT_MAX);
    rs_paint paint = {.out = out, .width = width, .color = look.color};
    bool spaced = height >= HEIGHT_SPACED;
    unsigned rates = rate_lines(seen, width, height);
    draw_head(&paint, seen);
    draw_bar(&paint, seen);
    if (spaced) draw_names(&paint, seen->plan);
    if (width > WIDTH_TABLES) paint.width = WIDTH_TABLES;
    draw_rates(&paint, seen, rates);
    draw_sections(&paint, seen, height - 2 - spaced - rates, spaced);
}
