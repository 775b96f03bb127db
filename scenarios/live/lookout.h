/* lookout.h: looks into the memory that a run shares with its parent, while the run goes on. It
 * takes no lock and writes nothing there: a sum may be a moment old, and a count one off from its
 * neighbour, but the run does not know that somebody looks.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOOKOUT_H
#define RS_LOOKOUT_H

#include "scenarios/live/glimpse.h"

/* What a second has room for, when glimpses are 90 ms apart, and its edge. */
#define RS_LOOKOUT_SAMPLES 13u

typedef struct rs_lookout_sample {
    uint64_t wall_ns, now_ns;    /* of the glimpse */
    uint64_t told_ns, signals;   /* as the child told them, together */
    uint64_t answered, restarts; /* so far */
} rs_lookout_sample;

typedef struct rs_lookout {
    const rs_shared *shared;
    rs_glimpse seen;
    uint32_t *places;    /* by a node's number: 1 + its place in seen.nodes; 0: it has none */
    uint32_t roles_seen; /* roles up to this number are counted */
    rs_lookout_sample samples[RS_LOOKOUT_SAMPLES]; /* of the last second; the oldest first */
    uint32_t sample_count;
    rs_histogram *sum; /* 58 KiB of scrap paper */
} rs_lookout;

/* rs_lookout_init begins to look at the run in `shared`. Owner: rs_lookout_fini; harmless on zeroed
 * memory. */
void rs_lookout_init(rs_lookout *lookout, const rs_shared *shared);
void rs_lookout_fini(rs_lookout *lookout);

/* rs_lookout_take looks once more, at `wall_ns` of the wall's clock, and returns what there is to
 * be seen, valid until the next time. `run` and `runs` are the caller's. */
rs_glimpse *rs_lookout_take(rs_lookout *lookout, uint64_t wall_ns);

#endif
