/* live.c: a run that is looked at while it goes on.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/live.h"

#include "reports/formats/terminal.h"
#include "reports/rows.h"
#include "scenarios/live/frame.h"

#include <stdio.h>
#include <stdlib.h>

/* The parent looks ten times a second; each time there is a picture, but for what it takes. */
#define EVERY_NS UINT64_C(90000000)
/* The machine is the run's: after a picture that was much work, of a large tree on many cores,
 * there is a longer rest, so that no more than a fiftieth of one processor goes into pictures. */
#define REST_FOR_EACH 50u

static void draw(rs_live *live, uint64_t wall_ns) {
    char *text = NULL;
    size_t length = 0;
    rs_glimpse *seen = rs_lookout_take(&live->lookout, wall_ns);
    seen->run = live->run;
    seen->runs = live->runs;
    FILE *out = open_memstream(&text, &length);
    if (!out) return;
    rs_frame_write(seen, out,
                   (rs_frame_look){live->screen.width, live->screen.height, live->color});
    if (fclose(out) == 0) rs_screen_show(&live->screen, text);
    free(text);
}

/* Rates begin to count with the first look, and what is over at once needs no picture. */
static void begin(rs_live *live, const rs_shared *shared, uint64_t wall_ns) {
    rs_lookout_init(&live->lookout, shared);
    rs_lookout_take(&live->lookout, wall_ns);
    live->next_ns = wall_ns + EVERY_NS;
}

static void draw_and_rest(rs_live *live, uint64_t wall_ns) {
    uint64_t busy_ns = rs_watch_busy_ns();
    draw(live, wall_ns);
    uint64_t rest_ns = REST_FOR_EACH * (rs_watch_busy_ns() - busy_ns);
    live->next_ns = wall_ns + (rest_ns > EVERY_NS ? rest_ns : EVERY_NS);
}

/* The terminal is asked each time: Ctrl-Z does not wait for the next picture. */
static bool show(void *context, const rs_shared *shared, uint64_t wall_ns) {
    rs_live *live = context;
    bool fits = rs_screen_fits(&live->screen, RS_FRAME_WIDTH_MIN, RS_FRAME_HEIGHT_MIN);
    if (!live->lookout.shared)
        begin(live, shared, wall_ns);
    else if (fits && wall_ns >= live->next_ns)
        draw_and_rest(live, wall_ns);
    return fits;
}

/* Between two runs the picture stays, and the signals with it. */
static void hide(void *context, bool silent) {
    rs_live *live = context;
    rs_lookout_fini(&live->lookout);
    if (live->run++ >= live->runs || !silent) rs_screen_close(&live->screen);
}

const rs_spectator *rs_live_init(rs_live *live, uint64_t runs, bool no_color) {
    *live = (rs_live){
        .spectator = {live, show, hide},
        .color = rs_terminal_look_of(stderr, no_color).color,
        .run = 1,
        .runs = runs,
    };
    return rs_screen_is_there() ? &live->spectator : NULL;
}

void rs_live_fini(rs_live *live) {
    rs_lookout_fini(&live->lookout);
    rs_screen_close(&live->screen);
}
