/* film.h: what a trace is made of, kept while a run goes on: what ran when on which core, and the
 * events. Bounded: where more happens than there is room for, the newest is kept, and of what ran
 * first of all that in which something happened. What is lost is counted.
 * Lies in memory that parent and child share, and holds at every instant: whatever becomes of the
 * child, the parent can read it.
 * Thread: each core writes its own part; the parent reads when the child is gone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FILM_H
#define RS_FILM_H

#include "runtime/base/atomic.h"
#include "runtime/respawn.h"
#include "scenarios/engine/reason.h"

/* Turns that are kept at most, over all cores, and beside them a quarter as many events: 18 MiB, a
 * file of some 40 MB, or 70 with as many faults and lives, which Perfetto opens in seconds. */
#define RS_FILM_TURNS        (1u << 18)
#define RS_FILM_EVENTS_SHARE 4u
/* What is given up at a time is a part of this size of what a core has kept. */
#define RS_FILM_REELS 32u
/* Code that has no role, told apart by name; a run has five kinds of it. */
#define RS_FILM_CODES_MAX  64u
#define RS_FILM_NAME_BYTES 48u

/* A turn. Times are since t = 0. */
typedef struct rs_film_turn {
    uint64_t from_ns, to_ns;
    uint32_t role; /* 0: none, then `code` says what ran */
    uint16_t core, code;
    uint8_t end; /* rs_turn_end */
} rs_film_turn;

/* An event of a role. */
typedef struct rs_film_event {
    uint64_t time_ns, other_ns; /* as in rs_event; 0 also for what was before t = 0 */
    uint64_t dead;              /* the process whose restart this is a stage of; 0: of none */
    uint32_t role, incarnation, cause, detail;
    uint16_t kind, core;          /* rs_event_kind */
    char reason[RS_REASON_BYTES]; /* "" without */
} rs_film_event;

_Static_assert(sizeof(rs_film_turn) * RS_FILM_TURNS +
                       sizeof(rs_film_event) * (RS_FILM_TURNS / RS_FILM_EVENTS_SHARE) ==
                   18u << 20,
               "as said above and in the README, where it is 72 bytes a turn");

/* Turns that followed one another. */
typedef struct rs_film_reel {
    uint64_t number;     /* in the order in which they were begun, from 1; 0: unused */
    rs_atomic_u32 count; /* turns that can be read */
    bool telling;        /* something happened meanwhile */
} rs_film_reel;

/* What ran in processes without a role. */
typedef struct rs_film_code {
    const void *key; /* the function it began with, or its module's name */
    bool is_entry;
    char name[RS_FILM_NAME_BYTES]; /* "" of a function that nobody has named yet */
} rs_film_code;

/* One core's. */
typedef struct rs_film_part {
    rs_film_turn *turns; /* of RS_FILM_REELS reels */
    rs_film_reel reels[RS_FILM_REELS];
    uint32_t reel;                         /* the one that is being filled */
    uint64_t happened;                     /* film->happened when it was begun */
    rs_atomic_u64 lost;                    /* turns that were given up */
    rs_film_code codes[RS_FILM_CODES_MAX]; /* the first is of what found no place */
    uint32_t code_count;
    rs_spinlock lock; /* of the events */
    rs_film_event *events;
    rs_atomic_u64 event_count; /* ever; the newest are kept */
} rs_film_part;

typedef struct rs_film {
    uint32_t slots;              /* parts; 0: no trace is wanted */
    uint32_t reel_turns, events; /* turns of a reel, events of a part */
    rs_film_part *parts;
    rs_atomic_u64 happened; /* events so far */
} rs_film;

/* rs_film_init makes room for `turns` turns in `slots` parts, for RS_FILM_REELS in each at least;
 * false without memory. Owner: rs_film_fini, which is harmless for a zeroed one. */
bool rs_film_init(rs_film *film, uint32_t slots, uint64_t turns, rs_larder *larder);
void rs_film_fini(rs_film *film, rs_larder *larder);

/* rs_film_add_turn keeps `turn` in the part of its core. */
void rs_film_add_turn(rs_film *film, const rs_film_turn *turn);

/* rs_film_code_of returns the number by which turns on `core` name what runs: a function that a
 * process began with, or a module by its name. Both NULL: 0. */
uint16_t rs_film_code_of(rs_film *film, uint32_t core, rs_entry *entry, const char *module);

/* rs_film_add_event keeps `event` in the part of its core. */
void rs_film_add_event(rs_film *film, const rs_film_event *event);

/* What was kept, in order of time; equal times in the order in which they were told on a core. */
typedef struct rs_film_turns {
    const rs_film_turn **at;
    size_t count;
    uint64_t lost;
} rs_film_turns;

typedef struct rs_film_events {
    const rs_film_event **at;
    size_t count;
    uint64_t lost;
} rs_film_events;

/* rs_film_sort_turns and rs_film_sort_events return it. Owner: free `at`; what it points to is the
 * film's. */
rs_film_turns rs_film_sort_turns(const rs_film *film);
rs_film_events rs_film_sort_events(const rs_film *film);

/* rs_film_name returns what `turn`, of a process without a role, is called; "" when nobody knows.
 */
const char *rs_film_name(const rs_film *film, const rs_film_turn *turn);

#endif
