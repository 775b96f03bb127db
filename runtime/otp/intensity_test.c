/* intensity_test.c: the window's edges, and a naive model beside it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/intensity.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000000)

static bool allows(rs_intensity *window, uint64_t now_ns) {
    uint32_t room = rs_intensity_room(window);
    if (room > window->capacity)
        free(rs_intensity_move(window, calloc(room, sizeof(rs_intensity_second)), room));
    return rs_intensity_allows(window, now_ns);
}

/* Each row: restarts at `at_ms`, and whether the last of them is allowed (all before it are). */
static const struct row {
    uint64_t intensity, period_s;
    uint64_t at_ms[5];
    uint32_t count;
    bool allowed;
} rows[] = {
    {0, 5, {0}, 1, false},
    {1, 5, {0}, 1, true},
    {1, 5, {0, 0}, 2, false},
    {3, 5, {0, 1, 2}, 3, true},
    {3, 5, {0, 1, 2, 3}, 4, false},
    {1, 5, {1000, 6000}, 2, false},    /* now - period still counts */
    {1, 5, {1000, 6999}, 2, false},    /* so does 5.999 s later within the same second */
    {1, 5, {1000, 7000}, 2, true},     /* the first second beyond it does not */
    {1, 5, {1999, 6000}, 2, false},    /* 4.001 s apart */
    {1, 5, {1999, 7000}, 2, true},     /* 5.001 s apart: out, by the phase alone */
    {1, 1, {900, 2000}, 2, true},      /* 1.1 s apart */
    {1, 1, {100, 1200}, 2, false},     /* 1.1 s apart */
    {2, 1, {0, 1000, 2000}, 3, true},  /* the first has left */
    {2, 2, {0, 1000, 2000}, 3, false}, /* the first is on the edge */
    {1, 60, {0, 59000}, 2, false},
    {2, 1000000, {0, 1, 999999999}, 3, false}, /* a period as long as the run */
};

TEST(edges) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        rs_intensity window;
        rs_intensity_init(&window, row->intensity, row->period_s);
        bool allowed = false;
        for (uint32_t k = 0; k < row->count; k++) {
            allowed = allows(&window, row->at_ms[k] * 1000000);
            if (k + 1 < row->count) CHECK(allowed);
        }
        if (allowed != row->allowed) rs_test_fail(__FILE__, __LINE__, "row %zu", i);
        free(window.ring);
    }
}

TEST(a_million_restarts_in_one_second_need_one_entry) {
    rs_intensity window;
    rs_intensity_init(&window, 1000000, 5);
    for (uint32_t i = 0; i < 1000000; i++) CHECK(allows(&window, 3 * SECOND + i));
    CHECK(!allows(&window, 3 * SECOND + 999999999));
    CHECK_INT(window.used, 1);
    CHECK_INT(window.capacity, 8);
    free(window.ring);
}

/* What S12 says, word for word. */
typedef struct model {
    uint64_t times[4096];
    uint32_t count;
} model;

static bool model_allows(model *m, uint64_t limit, uint64_t period_s, uint64_t now_s) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->count; i++)
        if ((int64_t)m->times[i] >= (int64_t)now_s - (int64_t)period_s)
            m->times[kept++] = m->times[i];
    m->times[kept++] = now_s;
    m->count = kept;
    return m->count <= limit;
}

static void compare_with_model(uint64_t seed) {
    rs_prng prng;
    rs_prng_init_indexed(&prng, seed, "intensity", seed);
    uint64_t limit = rs_prng_below(&prng, 40), period_s = 1 + rs_prng_below(&prng, 30);
    uint64_t step_ns = 1 + rs_prng_below(&prng, 4 * SECOND),
             now_ns = rs_prng_below(&prng, 9 * SECOND);
    static model m;
    m.count = 0;
    rs_intensity window;
    rs_intensity_init(&window, limit, period_s);
    for (int i = 0; i < 400; i++) {
        bool expected = model_allows(&m, limit, period_s, now_ns / SECOND);
        CHECK(allows(&window, now_ns) == expected);
        CHECK_INT(window.total, m.count);
        CHECK(window.used <= period_s + 1);
        now_ns += rs_prng_below(&prng, step_ns);
    }
    free(window.ring);
}

TEST(agrees_with_the_rule_read_naively) {
    for (uint64_t seed = 0; seed < 2000; seed++) compare_with_model(seed);
}

TEST_MAIN()
