/* catalogue.c: the ways in which requests arrive, in the order that `respawn list` shows.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

#include <stddef.h>
#include <string.h>

extern const rs_load_kind rs_load_closed;
extern const rs_load_kind rs_load_constant;
extern const rs_load_kind rs_load_poisson;
extern const rs_load_kind rs_load_burst;
extern const rs_load_kind rs_load_ramp;
extern const rs_load_kind rs_load_poisson_ramp;
extern const rs_load_kind rs_load_arrivals;

const rs_load_kind *const rs_loads[] = {
    &rs_load_closed, &rs_load_constant,     &rs_load_poisson,  &rs_load_burst,
    &rs_load_ramp,   &rs_load_poisson_ramp, &rs_load_arrivals, NULL,
};

const rs_load_word rs_load_words[] = {
    {"think: DURATION", "rate: max alone: how long a client pauses after each request"},
    {"keys: uniform", "each key as often as any other"},
    {"keys: sequential", "one key after the other"},
    {"keys: zipf(EXPONENT)", "few keys often and many hardly ever; key 0 most often"},
    {"timeout: DURATION", "how long one call may take"},
    {"deadline: DURATION", "how long a request may take with all its calls and retries"},
    {"retry: { times: COUNT }", "tries again what failed; backoff, factor, max, jitter, on"},
    {NULL, NULL},
};

const rs_load_kind *rs_load_find(const char *name) {
    for (const rs_load_kind *const *load = rs_loads; *load; load++)
        if (strcmp((*load)->name, name) == 0) return *load;
    return NULL;
}

uint64_t rs_load_next_ns(const rs_load_kind *kind, rs_load_course *course, rs_prng *prng) {
    uint64_t due_ns = kind->next_ns(course, prng);
    if (course->ordinal && due_ns <= course->due_ns) due_ns = course->due_ns + 1;
    course->ordinal++;
    course->due_ns = due_ns;
    return due_ns;
}

uint64_t rs_load_mean_ns(uint64_t per_ks, uint32_t clients) {
    if (!per_ks) return 0;
    return (uint64_t)((unsigned __int128)clients * 1000000000000u / per_ks);
}
