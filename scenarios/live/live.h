/* live.h: a run that is looked at while it goes on (`run --live`): the spectator that makes a
 * glimpse into a picture and puts it on the screen, some ten times a second.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LIVE_H
#define RS_LIVE_H

#include "scenarios/engine/watch.h"
#include "scenarios/live/lookout.h"
#include "scenarios/live/screen.h"

typedef struct rs_live {
    rs_spectator spectator;
    rs_screen screen;
    rs_lookout lookout; /* of the run that goes on; zeroed between two */
    bool color;
    uint64_t run, runs; /* from 1 */
    uint64_t next_ns;   /* by the wall's clock: when the next picture is due */
} rs_live;

/* rs_live_init prepares to look on `runs` runs, one after the other, and returns who does; NULL
 * when standard error is no terminal, and nobody can. Nothing is shown of the first two tenths of a
 * second. Owner: rs_live_fini; `live` stays where it is until then. */
const rs_spectator *rs_live_init(rs_live *live, uint64_t runs, bool no_color);

/* rs_live_fini leaves the terminal as it was. Called before anything else is written there;
 * harmless when it was called before. */
void rs_live_fini(rs_live *live);

#endif
