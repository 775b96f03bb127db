/* backoff_test.c: waits, one after another.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/backoff.h"

#include "runtime/base/test/test.h"

#define MS UINT64_C(1000000)

/* The next wait in ms, of a child that died so many ms after its start. */
static uint64_t next_ms(const rs_backoff *backoff, rs_backoff_state *state, uint64_t lived_ms) {
    return rs_backoff_wait_ns(backoff, state, lived_ms * MS, NULL) / MS;
}

TEST(waits_grow_up_to_the_longest) {
    const rs_backoff backoff = {
        .first_ns = 10 * MS, .max_ns = 100 * MS, .factor = 3, .reset_ns = 1000 * MS};
    static const uint64_t waits[] = {10, 30, 90, 100, 100};
    rs_backoff_state state = {0};
    for (int i = 0; i < 5; i++) CHECK_INT(next_ms(&backoff, &state, 5), waits[i]);
}

TEST(a_factor_of_one_is_always_the_same) {
    const rs_backoff backoff = {
        .first_ns = 7 * MS, .max_ns = 7 * MS, .factor = 1, .reset_ns = 1000 * MS};
    rs_backoff_state state = {0};
    for (int i = 0; i < 5; i++) CHECK_INT(next_ms(&backoff, &state, 1), 7);
}

TEST(who_has_lived_long_enough_begins_anew) {
    const rs_backoff backoff = {
        .first_ns = 10 * MS, .max_ns = 1000 * MS, .factor = 2, .reset_ns = 50 * MS};
    rs_backoff_state state = {0};
    CHECK_INT(next_ms(&backoff, &state, 0), 10);
    CHECK_INT(next_ms(&backoff, &state, 49), 20);
    CHECK_INT(next_ms(&backoff, &state, 50), 10);
    CHECK_INT(next_ms(&backoff, &state, 1), 20);
}

TEST(nothing_overflows) {
    const rs_backoff backoff = {.first_ns = UINT64_MAX / 2,
                                .max_ns = UINT64_MAX,
                                .factor = UINT32_MAX,
                                .jitter_ppm = 1000000,
                                .reset_ns = UINT64_MAX};
    rs_backoff_state state = {0};
    rs_prng chance;
    rs_prng_init(&chance, 1, "backoff");
    for (int i = 0; i < 5; i++) rs_backoff_wait_ns(&backoff, &state, 5, &chance);
    CHECK(state.wait_ns == UINT64_MAX);
}

/* Uniform over what may be left out, and never longer than without. */
TEST(jitter_leaves_out_a_part) {
    const rs_backoff backoff = {.first_ns = 1000,
                                .max_ns = 1000,
                                .factor = 1,
                                .jitter_ppm = 250000,
                                .reset_ns = UINT64_MAX};
    rs_backoff_state state = {0};
    rs_prng chance;
    rs_prng_init(&chance, 1, "backoff");
    uint64_t sum = 0, least = UINT64_MAX, most = 0;
    for (int i = 0; i < 100000; i++) {
        uint64_t wait = rs_backoff_wait_ns(&backoff, &state, 0, &chance);
        sum += wait;
        if (wait < least) least = wait;
        if (wait > most) most = wait;
    }
    CHECK_INT(least, 750);
    CHECK_INT(most, 1000);
    CHECK(sum > 100000 * UINT64_C(874) && sum < 100000 * UINT64_C(876));
}

TEST_MAIN()
