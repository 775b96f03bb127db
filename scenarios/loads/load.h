/* load.h: what a file of this folder exports: one rs_load_kind, a way in which requests arrive.
 * Adding one is one new file here and one line in catalogue.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOADS_LOAD_H
#define RS_LOADS_LOAD_H

#include "runtime/base/prng.h"

#include <stdbool.h>
#include <stdint.h>

/* What `rate:` says. Rates are arrivals of all clients together in 1000 s. */
typedef struct rs_load_rate {
    uint64_t per_ks;    /* a ramp's: at its start */
    uint64_t to_per_ks; /* ramps: at the end */
    uint64_t count;     /* bursts: so many at once … */
    uint64_t every_ns;  /* … so often */
} rs_load_rate;

/* How one client of a load comes along. */
typedef struct rs_load_course {
    rs_load_rate rate;
    uint64_t begin_ns, end_ns; /* of the load */
    uint32_t clients, number;  /* of the load; this one */
    uint64_t mean_ns;          /* between two of its arrivals; 0: a closed loop, or arrivals */
    uint64_t ordinal;          /* of the client's next arrival, from 0 */
    uint64_t due_ns;           /* of the one before; at first begin_ns */
    uint64_t passed;           /* the kind's own; at first 0 */
} rs_load_course;

/* What stands behind `rate:`, or in the brackets there. */
typedef enum rs_load_form {
    RS_LOAD_NOTHING, /* the word alone */
    RS_LOAD_RATE,    /* 200k/s */
    RS_LOAD_RATES,   /* 1k/s to 200k/s */
    RS_LOAD_BURST,   /* 100 every 50ms */
    RS_LOAD_LIST,    /* nothing: the arrivals themselves stand in a list of the load */
} rs_load_form;

typedef struct rs_load_kind {
    const char *name;   /* closed, constant, poisson */
    const char *about;  /* one sentence */
    const char *syntax; /* as a scenario has it: "rate: max", "rate: RATE", "rate: poisson(RATE)" */
    rs_load_form form;
    bool open; /* requests have intended start times */
    /* next_ns returns when the client's next arrival is due, no earlier than the one before; at or
     * beyond end_ns there is none. NULL: nothing is drawn. Arrivals of one client are told apart by
     * their times: one at the same time as the one before is moved by a nanosecond. */
    uint64_t (*next_ns)(rs_load_course *course, rs_prng *prng);
} rs_load_kind;

/* rs_loads is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_load_kind *const rs_loads[];

/* The other keys of a load that say how it behaves, as a scenario has them. */
typedef struct rs_load_word {
    const char *syntax, *about;
} rs_load_word;

/* rs_load_words is their list; the syntax of its end is NULL. */
extern const rs_load_word rs_load_words[];

/* rs_load_find returns the load called `name`, or NULL. */
const rs_load_kind *rs_load_find(const char *name);

/* rs_load_next_ns moves `course` on to the client's next arrival, and returns when it is due. */
uint64_t rs_load_next_ns(const rs_load_kind *kind, rs_load_course *course, rs_prng *prng);

/* rs_load_mean_ns returns the mean distance of two arrivals of one of `clients` clients, who have
 * `per_ks` together; 0 when they have none. */
uint64_t rs_load_mean_ns(uint64_t per_ks, uint32_t clients);

#endif
