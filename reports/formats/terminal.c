/* terminal.c: the order of the summary, its head and its end.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal.h"

#include "reports/formats/format.h"
#include "reports/formats/number.h"
#include "reports/formats/terminal_parts.h"
#include "runtime/base/units.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void rs_terminal_heading(rs_paint *paint, const char *text) {
    rs_paint_end(paint);
    rs_paint_text(paint, RS_PAINT_BOLD, text);
}

void rs_terminal_count(rs_paint *paint, unsigned columns, rs_optional count) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (count.known && count.value >= 0)
        rs_units_format_count(rs_number_whole(count.value), text, sizeof text);
    rs_paint_right(paint, count.known ? RS_PAINT_PLAIN : RS_PAINT_DIM, columns, text);
}

void rs_terminal_item(rs_paint *paint, rs_paint_style style, unsigned indent, const char *text) {
    if (!text || !*text) return;
    bool first = paint->column <= indent;
    if (!first && paint->column + 3 + rs_paint_columns(text) > paint->width) {
        rs_paint_end(paint);
        first = true;
    }
    if (!first) rs_paint_text(paint, RS_PAINT_DIM, " · ");
    if (paint->column < indent) rs_paint_to(paint, indent);
    rs_paint_most(paint, style, paint->width - paint->column, text);
}

void rs_terminal_item_print(rs_paint *paint, rs_paint_style style, unsigned indent,
                            const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = rs_paint_format(format, arguments);
    va_end(arguments);
    rs_terminal_item(paint, style, indent, text);
    free(text);
}

void rs_terminal_more(rs_paint *paint, uint64_t count) {
    if (count == 0) return;
    rs_paint_to(paint, 2);
    rs_paint_print(paint, RS_PAINT_DIM, "and %" PRIu64 " more", count);
    rs_paint_end(paint);
}

static void paint_item(rs_paint *paint, const char *text) {
    rs_terminal_item(paint, RS_PAINT_DIM, 2, text);
}

static void paint_verdict(rs_paint *paint, const rs_result *result) {
    static const rs_paint_style styles[] = {RS_PAINT_DOUBT, RS_PAINT_GOOD, RS_PAINT_BAD,
                                            RS_PAINT_DIM};
    static const char *const marks[] = {"?", "✓", "✗", "–"};
    rs_paint_style style = styles[result->verdict];
    rs_paint_print(paint, style, "%s %s", marks[result->verdict],
                   rs_result_verdict_word(result->verdict));
    if (result->status != RS_RESULT_COMPLETE)
        rs_paint_print(paint, RS_PAINT_BAD, ", %s", rs_result_status_word(result->status));
}

static void paint_run(rs_paint *paint, const rs_result *result) {
    char number[RS_UNITS_TEXT_BYTES];
    if (result->clock) rs_terminal_item_print(paint, RS_PAINT_DIM, 2, "%s clock", result->clock);
    paint_item(paint, result->scheduler);
    if (result->threads)
        rs_terminal_item_print(paint, RS_PAINT_DIM, 2, "%" PRIu64 " thread%s", result->threads,
                               result->threads == 1 ? "" : "s");
    if (result->stream_scheme) /* without it a seed says nothing */
        rs_terminal_item_print(paint, RS_PAINT_DIM, 2, "seed 0x%" PRIx64, result->seed);
    if (result->elapsed_ns)
        paint_item(paint, rs_units_format_duration(result->elapsed_ns, number, sizeof number));
    if (result->trace_hash)
        rs_terminal_item_print(paint, RS_PAINT_DIM, 2, "trace %s", result->trace_hash);
    rs_paint_end(paint);
}

static void paint_machine(rs_paint *paint, const rs_result *result) {
    char number[RS_UNITS_TEXT_BYTES];
    const rs_build *build = &result->build;
    paint_item(paint, result->machine.cpu);
    if (result->machine.cores)
        rs_terminal_item_print(paint, RS_PAINT_DIM, 2, "%u core%s", result->machine.cores,
                               result->machine.cores == 1 ? "" : "s");
    if (result->machine.memory_bytes)
        paint_item(paint,
                   rs_units_format_bytes(result->machine.memory_bytes, number, sizeof number));
    paint_item(paint, result->machine.kernel);
    if (build->version[0])
        rs_terminal_item_print(paint, RS_PAINT_DIM, 2, "respawn %s, %s, %s%s%s", build->version,
                               build->compiler, build->type,
                               build->sanitizer[0] ? ", sanitizer " : "", build->sanitizer);
    if (paint->column) rs_paint_end(paint);
}

void rs_terminal_head(rs_paint *paint, const rs_result *result) {
    rs_paint_text(paint, RS_PAINT_BOLD, result->scenario ? result->scenario : "(no scenario)");
    rs_paint_to(paint, paint->column + 2);
    paint_verdict(paint, result);
    if (result->reason) {
        rs_paint_to(paint, paint->column + 2);
        rs_paint_wrap(paint, RS_PAINT_PLAIN, result->reason);
    } else {
        rs_paint_end(paint);
    }
    if (result->about && *result->about) {
        rs_paint_to(paint, 2);
        rs_paint_wrap(paint, RS_PAINT_PLAIN, result->about);
    }
    paint_run(paint, result);
    paint_machine(paint, result);
}

void rs_terminal_notes(rs_paint *paint, const rs_result *result) {
    if (result->notes.count == 0) return;
    rs_terminal_heading(paint, "NOTES");
    rs_paint_end(paint);
    for (int pass = 0; pass < 2; pass++) /* warnings first */
        for (size_t i = 0; i < result->notes.count; i++) {
            const rs_result_note *note = &result->notes.at[i];
            if (note->warning == (pass == 1)) continue;
            rs_paint_to(paint, 2);
            rs_paint_left(paint, note->warning ? RS_PAINT_DOUBT : RS_PAINT_DIM, 2,
                          note->warning ? "!" : "·");
            rs_paint_wrap(paint, RS_PAINT_PLAIN, note->text ? note->text : "");
        }
}

rs_terminal_look rs_terminal_look_of(FILE *stream, bool no_color) {
    const char *unwanted = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool dumb = terminal && strcmp(terminal, "dumb") == 0;
    struct winsize size = {0};
    int fd = fileno(stream);
    rs_terminal_look look = {.width = RS_TERMINAL_WIDTH_MAX};
    if (fd < 0 || !isatty(fd)) return look;
    look.color = !no_color && !dumb && !(unwanted && *unwanted);
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) look.width = size.ws_col;
    return look;
}

static unsigned clamp_width(unsigned width) {
    if (width < RS_TERMINAL_WIDTH_MIN) return RS_TERMINAL_WIDTH_MIN;
    return width > RS_TERMINAL_WIDTH_MAX ? RS_TERMINAL_WIDTH_MAX : width;
}

/* The command must survive being copied: it is the one line that is never broken. */
static void paint_repeat(rs_paint *paint, const rs_result *result) {
    if (!result->reproduce) return;
    rs_paint_end(paint);
    rs_paint_text(paint, RS_PAINT_DIM, "repeat: ");
    rs_paint_text(paint, RS_PAINT_PLAIN, result->reproduce);
    rs_paint_end(paint);
}

rs_err rs_terminal_write(const rs_result *result, FILE *stream, rs_terminal_look look) {
    rs_paint paint = {.out = stream, .width = clamp_width(look.width), .color = look.color};
    rs_terminal_head(&paint, result);
    rs_terminal_tree(&paint, result);
    rs_terminal_phases(&paint, result);
    rs_terminal_timeline(&paint, result);
    rs_terminal_restarts(&paint, result);
    rs_terminal_calls(&paint, result);
    rs_terminal_scheduling(&paint, result);
    rs_terminal_faults(&paint, result);
    rs_terminal_crashes(&paint, result);
    rs_terminal_upgrades(&paint, result);
    rs_terminal_state(&paint, result);
    rs_terminal_memory(&paint, result);
    rs_terminal_checks(&paint, result);
    rs_terminal_expectations(&paint, result);
    rs_terminal_sometimes(&paint, result);
    rs_terminal_trust(&paint, result);
    rs_terminal_notes(&paint, result);
    paint_repeat(&paint, result);
    return ferror(stream) ? RS_EIO : RS_OK;
}

static rs_err write_plain(const rs_result *result, FILE *stream) {
    return rs_terminal_write(result, stream, (rs_terminal_look){.width = RS_TERMINAL_WIDTH_MAX});
}

extern const rs_format rs_format_terminal;
const rs_format rs_format_terminal = {
    .name = "terminal",
    .about = "the summary that a run prints, as plain text",
    .extension = "txt",
    .write = write_plain,
};
