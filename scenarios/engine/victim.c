/* victim.c: whom a fault hits.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/victim.h"

#include "runtime/base/units.h"
#include "scenarios/engine/map.h"
#include "scenarios/language/path.h"

#include <string.h>

#define SCRATCH_BYTES (sizeof(uint32_t) * RS_ROLES_MAX)

/* Draws at random before the living are counted: with half of the roles alive, 20 fail once in a
 * million. */
#define DRAWS_MAX 20u

bool rs_victims_init(rs_victims *victims, const rs_roles *roles, const char *pattern,
                     bool with_empty, rs_larder *larder) {
    *victims = (rs_victims){.roles = roles, .pattern = pattern, .with_empty = with_empty};
    victims->at = rs_map_create(larder, SCRATCH_BYTES);
    victims->live = rs_map_create(larder, SCRATCH_BYTES);
    return victims->at && victims->live;
}

void rs_victims_fini(rs_victims *victims, rs_larder *larder) {
    size_t written = sizeof *victims->at * (victims->count + 1u);
    rs_map_destroy(larder, victims->at, SCRATCH_BYTES, written);
    rs_map_destroy(larder, victims->live, SCRATCH_BYTES, written);
}

/* ------------------------------------------------------------------ path order */

static bool comes_before(const rs_roles *roles, uint32_t a, uint32_t b) {
    return strcmp(rs_roles_path(roles, a), rs_roles_path(roles, b)) < 0;
}

static void sift_down(const rs_victims *victims, uint32_t from, uint32_t count) {
    uint32_t *at = victims->at;
    for (uint32_t child; (child = 2 * from + 1) < count; from = child) {
        if (child + 1 < count && comes_before(victims->roles, at[child], at[child + 1])) child++;
        if (!comes_before(victims->roles, at[from], at[child])) return;
        uint32_t swap = at[from];
        at[from] = at[child];
        at[child] = swap;
    }
}

/* Heapsort: in place, no worst case, and the same everywhere. */
static void sort_by_path(const rs_victims *victims) {
    for (uint32_t i = victims->count / 2; i-- > 0;) sift_down(victims, i, victims->count);
    for (uint32_t end = victims->count; end-- > 1;) {
        uint32_t swap = victims->at[0];
        victims->at[0] = victims->at[end];
        victims->at[end] = swap;
        sift_down(victims, 0, end);
    }
}

static void look_at_new_roles(rs_victims *victims) {
    uint32_t count = rs_roles_count(victims->roles), before = victims->count;
    while (victims->seen < count) {
        uint32_t number = ++victims->seen;
        if (victims->pattern &&
            rs_path_matches(victims->pattern, rs_roles_path(victims->roles, number)))
            victims->at[victims->count++] = number;
    }
    if (victims->count != before) sort_by_path(victims);
}

/* ------------------------------------------------------------------ choosing */

/* Relaxed: whoever looks alive may be dead a moment later anyhow. */
static bool is_live(const rs_victims *victims, uint32_t number) {
    return victims->with_empty || rs_load(&victims->roles->at[number].pid, rs_relaxed) != 0;
}

static uint32_t collect_live(rs_victims *victims) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < victims->count; i++)
        if (is_live(victims, victims->at[i])) victims->live[count++] = victims->at[i];
    return count;
}

/* Moves `count` of `of` to the front, every set equally likely. */
static void choose(rs_victims *victims, uint32_t count, uint32_t of, rs_prng *prng) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = i + (uint32_t)rs_prng_below(prng, of - i);
        uint32_t swap = victims->live[i];
        victims->live[i] = victims->live[other];
        victims->live[other] = swap;
    }
}

/* Drawing again when a dead one was drawn makes every live one equally likely, without counting
 * ten thousand to hit one. */
static bool draw_one(rs_victims *victims, rs_prng *prng) {
    for (uint32_t i = 0; victims->count && i < DRAWS_MAX; i++) {
        uint32_t number = victims->at[rs_prng_below(prng, victims->count)];
        if (!is_live(victims, number)) continue;
        victims->live[0] = number;
        return true;
    }
    return false;
}

static uint64_t wanted(rs_plan_pick pick, uint64_t value, uint64_t live) {
    switch (pick) {
    case RS_PLAN_PICK_ONE: return 1;
    case RS_PLAN_PICK_ALL: return live;
    case RS_PLAN_PICK_COUNT: return value;
    case RS_PLAN_PICK_SHARE:
        return (live * value + RS_UNITS_SHARE_WHOLE - 1) / RS_UNITS_SHARE_WHOLE;
    }
    return 0;
}

uint32_t rs_victims_pick(rs_victims *victims, rs_plan_pick pick, uint64_t pick_value,
                         rs_prng *prng) {
    look_at_new_roles(victims);
    if (pick == RS_PLAN_PICK_ONE && draw_one(victims, prng)) return 1;
    uint32_t live = collect_live(victims);
    uint64_t count = wanted(pick, pick_value, live);
    if (count >= live) return live;
    choose(victims, (uint32_t)count, live, prng);
    return (uint32_t)count;
}
