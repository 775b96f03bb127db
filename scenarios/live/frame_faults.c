/* frame_faults.c: faults as they strike.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/live/frame_parts.h"

#include <inttypes.h>

#define TIME_COLUMNS    10u
#define ID_COLUMNS      14u
#define OUTCOME_COLUMNS 17u
/* From here on there is room for a fault's id beside what it does to whom. */
#define WIDTH_IDS 72u

typedef struct rs_outcome_words {
    rs_paint_style style;
    char text[64];
} rs_outcome_words;

unsigned rs_frame_faults_wants(const rs_glimpse *seen) {
    if (seen->plan->fault_count == 0) return 0;
    return 1 + (seen->blow_count ? seen->blow_count : 1);
}

static rs_outcome_words words_of_hit(const rs_glimpse_blow *blow) {
    char number[RS_UNITS_TEXT_BYTES];
    rs_outcome_words words = {RS_PAINT_GOOD, ""};
    if (blow->restart_ns == RS_STRIKE_NEVER) return (rs_outcome_words){RS_PAINT_BAD, "down"};
    if (blow->restart_ns == RS_STRIKE_NOT_DUE) return (rs_outcome_words){RS_PAINT_PLAIN, "hit"};
    snprintf(words.text, sizeof words.text, "back in %s",
             rs_units_format_duration(blow->restart_ns, number, sizeof number));
    return words;
}

static rs_outcome_words words_of(const rs_glimpse_blow *blow) {
    if (blow->under_way) return (rs_outcome_words){RS_PAINT_DIM, "under way"};
    switch (blow->outcome) {
    case RS_STRIKE_HIT: return words_of_hit(blow);
    case RS_STRIKE_NO_VICTIM: return (rs_outcome_words){RS_PAINT_DOUBT, "no victim"};
    case RS_STRIKE_ALREADY_DEAD: return (rs_outcome_words){RS_PAINT_DOUBT, "already dead"};
    default: return (rs_outcome_words){RS_PAINT_PLAIN, "survived"};
    }
}

/* Who was hit, or who should have been. */
static void print_victim(const rs_glimpse *seen, const rs_glimpse_blow *blow, char *text,
                         size_t bytes) {
    const rs_plan_fault *fault = &seen->plan->faults[blow->fault];
    const char *role = blow->role && !*blow->role ? seen->plan->root->id : blow->role;
    if (role)
        snprintf(text, bytes, "%s#%" PRIu32, role, blow->incarnation);
    else
        snprintf(text, bytes, "%s", fault->crash ? fault->crash : "the runtime");
}

static void put_victim(rs_paint *paint, const rs_glimpse *seen, const rs_glimpse_blow *blow,
                       unsigned columns) {
    const rs_plan_fault *fault = &seen->plan->faults[blow->fault];
    char victim[1024], text[1200];
    print_victim(seen, blow, victim, sizeof victim);
    if (paint->width >= RS_FRAME_WIDE)
        snprintf(text, sizeof text, "%.100s → %s", fault->how->name, victim);
    else
        snprintf(text, sizeof text, "%s", victim);
    rs_paint_left(paint, RS_PAINT_PLAIN, columns, text);
}

static void draw_blow(rs_paint *paint, const rs_glimpse *seen, const rs_glimpse_blow *blow) {
    rs_outcome_words words = words_of(blow);
    char time[64];
    snprintf(time, sizeof time, "%.3f s", (double)blow->time_ns / 1e9);
    rs_paint_right(paint, RS_PAINT_DIM, TIME_COLUMNS, time);
    rs_paint_to(paint, TIME_COLUMNS + 1);
    if (paint->width >= WIDTH_IDS) {
        rs_paint_left(paint, RS_PAINT_PLAIN, ID_COLUMNS, seen->plan->faults[blow->fault].id);
        rs_paint_to(paint, TIME_COLUMNS + ID_COLUMNS + 2);
    }
    unsigned room = paint->width - OUTCOME_COLUMNS - paint->column;
    put_victim(paint, seen, blow, room);
    rs_paint_right(paint, words.style, OUTCOME_COLUMNS, words.text);
    rs_paint_end(paint);
}

void rs_frame_faults(rs_paint *paint, const rs_glimpse *seen, unsigned lines) {
    rs_frame_put(paint, RS_PAINT_BOLD, "FAULTS");
    rs_paint_end(paint);
    for (uint32_t i = 0; i < seen->blow_count && i + 1 < lines; i++)
        draw_blow(paint, seen, &seen->blows[i]);
    if (seen->blow_count) return;
    rs_frame_put(paint, RS_PAINT_DIM, "none has struck yet");
    rs_paint_end(paint);
}
