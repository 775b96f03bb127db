/* strikes.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/strikes.h"

#include "reports/rows.h"

#include <stdlib.h>

/* Smaller is better. */
static uint64_t key_of(const rs_strikes *strikes, const rs_strike *strike) {
    return strikes->slowest ? ~strike->restart_ns : strike->time_ns;
}

static bool less(const rs_strikes *strikes, size_t a, size_t b) {
    return key_of(strikes, &strikes->at[a]) < key_of(strikes, &strikes->at[b]);
}

static void exchange(rs_strikes *strikes, size_t a, size_t b) {
    rs_strike other = strikes->at[a];
    strikes->at[a] = strikes->at[b];
    strikes->at[b] = other;
}

static void sift_up(rs_strikes *strikes, size_t at) {
    while (at > 0 && less(strikes, (at - 1) / 2, at)) {
        exchange(strikes, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sift_down(rs_strikes *strikes, size_t at) {
    for (size_t child; (child = 2 * at + 1) < strikes->count; at = child) {
        if (child + 1 < strikes->count && less(strikes, child, child + 1)) child++;
        if (!less(strikes, at, child)) return;
        exchange(strikes, at, child);
    }
}

bool rs_strikes_wants(const rs_strikes *strikes, const rs_strike *strike) {
    return strikes->count < RS_STRIKES_KEPT ||
           key_of(strikes, strike) < key_of(strikes, &strikes->at[0]);
}

void rs_strikes_offer(rs_strikes *strikes, const rs_strike *strike) {
    strikes->seen++;
    if (!rs_strikes_wants(strikes, strike)) return;
    if (strikes->count < RS_STRIKES_KEPT) {
        *(rs_strike *)RS_ROWS_ADD(strikes) = *strike;
        sift_up(strikes, strikes->count - 1);
    } else {
        strikes->at[0] = *strike;
        sift_down(strikes, 0);
    }
}

static int earlier(const void *a, const void *b) {
    const rs_strike *x = *(const rs_strike *const *)a, *y = *(const rs_strike *const *)b;
    if (x->time_ns != y->time_ns) return x->time_ns < y->time_ns ? -1 : 1;
    return (x > y) - (x < y);
}

static int slower(const void *a, const void *b) {
    const rs_strike *x = *(const rs_strike *const *)a, *y = *(const rs_strike *const *)b;
    if (x->restart_ns != y->restart_ns) return x->restart_ns > y->restart_ns ? -1 : 1;
    return earlier(a, b);
}

const rs_strike **rs_strikes_sorted(const rs_strikes *strikes) {
    if (strikes->count == 0) return NULL;
    const rs_strike **sorted = rs_rows_alloc(strikes->count * sizeof *sorted);
    for (size_t i = 0; i < strikes->count; i++) sorted[i] = &strikes->at[i];
    qsort(sorted, strikes->count, sizeof *sorted, strikes->slowest ? slower : earlier);
    return sorted;
}

void rs_strikes_fini(rs_strikes *strikes) {
    free(strikes->at);
    *strikes = (rs_strikes){.slowest = strikes->slowest};
}
