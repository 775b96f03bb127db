/* draw.c: which faults a life meets.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/draw.h"

#include "reports/rows.h"
#include "runtime/base/assert.h"
#include "runtime/base/prng.h"
#include "runtime/base/units.h"
#include "scenarios/language/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values of parameters that none is given for: what a tree can live through in a life of seconds.
 */
#define DURATION_NS_MIN UINT64_C(100000)
#define DURATION_NS_MAX UINT64_C(1000000000)
#define BYTES_MAX       (UINT64_C(1) << 20)
#define COUNT_MAX       5u
/* Draws of a time before a fault is left out, because the envelope's rate is used up around it. */
#define TIMES_MAX 16u

/* ------------------------------------------------------------------ what may be hit */

static bool is_protected(const rs_plan *plan, const rs_plan_node *node) {
    bool is_template = node->parent && node->parent->child == node;
    char path[256];
    snprintf(path, sizeof path, "%s%s*", node->path, *node->path ? "/" : "");
    for (uint32_t i = 0; i < plan->envelope.protect_count; i++) {
        const char *pattern = plan->envelope.protect[i];
        if (is_template ? strcmp(pattern, path) == 0 : rs_path_matches(pattern, node->path))
            return true;
    }
    return false;
}

static void collect(rs_draw *draw, const rs_plan_node *node) {
    if (!is_protected(draw->from, node)) draw->nodes[draw->node_count++] = node;
    if (node->child) collect(draw, node->child);
    for (uint32_t i = 0; i < node->child_count; i++) collect(draw, node->children[i]);
}

static uint32_t count_nodes(const rs_plan_node *node) {
    uint32_t count = 1 + (node->child != NULL);
    for (uint32_t i = 0; i < node->child_count; i++) count += count_nodes(node->children[i]);
    return count;
}

void rs_draw_init(rs_draw *draw, const rs_plan *plan) {
    const rs_plan_envelope *envelope = &plan->envelope;
    *draw = (rs_draw){.plan = *plan, .from = plan};
    draw->own = envelope->own ? plan->fault_count : 0;
    draw->faults =
        rs_rows_alloc(sizeof *draw->faults * ((size_t)draw->own + envelope->max_faults + 1));
    draw->nodes = rs_rows_alloc(sizeof(rs_plan_node *) * count_nodes(plan->root));
    if (draw->own) memcpy(draw->faults, plan->faults, sizeof *draw->faults * draw->own);
    draw->plan.faults = draw->faults;
    draw->plan.fault_count = draw->own;
    collect(draw, plan->root);
}

static void forget(rs_draw *draw) {
    for (uint32_t i = draw->own; i < draw->plan.fault_count; i++)
        free((void *)(uintptr_t)draw->faults[i].id);
    draw->plan.fault_count = draw->own;
}

void rs_draw_fini(rs_draw *draw) {
    forget(draw);
    free(draw->faults);
    free(draw->nodes);
}

/* ------------------------------------------------------------------ one fault */

static bool may_hit(const rs_fault_kind *kind, const rs_plan_node *node) {
    return kind->aim == RS_AIM_PROCESS || node->worker;
}

static const rs_plan_node *draw_node(const rs_draw *draw, const rs_fault_kind *kind,
                                     rs_prng *prng) {
    uint32_t count = 0, chosen;
    for (uint32_t i = 0; i < draw->node_count; i++) count += may_hit(kind, draw->nodes[i]);
    if (!count) return NULL;
    chosen = (uint32_t)rs_prng_below(prng, count);
    for (uint32_t i = 0; i < draw->node_count; i++)
        if (may_hit(kind, draw->nodes[i]) && chosen-- == 0) return draw->nodes[i];
    return NULL;
}

/* Small values as often as large ones: 1 and 2 are as different as a second and two. */
static uint64_t draw_between(rs_prng *prng, uint64_t min, uint64_t max) {
    if (max <= min) return min;
    uint64_t low = min ? min : 1, octaves = 0;
    while (low << octaves <= max / 2) octaves++;
    uint64_t from = low << rs_prng_below(prng, octaves + 1);
    uint64_t width = from < max - from ? from : max - from;
    return from + (width ? rs_prng_below(prng, width + 1) : 0);
}

static uint64_t draw_argument(const rs_fault_parameter *parameter, rs_prng *prng) {
    static const uint64_t shares_ppm[] = {1000000, 1000000, 500000, 100000};
    uint64_t min = parameter->min < 0 ? 0 : (uint64_t)parameter->min;
    uint64_t max = (uint64_t)parameter->max, cap = COUNT_MAX;
    if (parameter->type == RS_OPTION_DURATION) {
        if (min < DURATION_NS_MIN) min = DURATION_NS_MIN;
        cap = DURATION_NS_MAX;
    }
    if (parameter->type == RS_OPTION_BYTES) cap = BYTES_MAX;
    if (parameter->type == RS_OPTION_SHARE) return shares_ppm[rs_prng_below(prng, 4)];
    return draw_between(prng, min, max < cap ? max : cap);
}

/* Id and paths lie in one piece, the id first. */
static void name(rs_plan_fault *fault, uint32_t number, const char *path) {
    char id[32];
    int length = snprintf(id, sizeof id, "drawn_%u", number);
    char *made = rs_rows_alloc((size_t)length + 1 + strlen(path) + 1);
    strcpy(made, id);
    strcpy(made + length + 1, path);
    fault->id = made;
    fault->crash = made + length + 1;
}

/* Mostly one process; now and then several at once. */
static void draw_victims(const rs_draw *draw, rs_plan_fault *fault, uint32_t number,
                         rs_prng *prng) {
    char path[256];
    fault->pick = RS_PLAN_PICK_ONE;
    fault->pick_value = 1; /* of the runtime, too: none would be never */
    if (fault->how->aim == RS_AIM_RUNTIME) {
        name(fault, number, "");
        fault->crash = NULL;
        return;
    }
    const rs_plan_node *node = draw_node(draw, fault->how, prng);
    if (!node) return;
    bool is_template = node->parent && node->parent->child == node;
    uint64_t dice = rs_prng_below(prng, 8);
    if (is_template && dice == 0 && fault->how->aim == RS_AIM_PROCESS) {
        fault->pick = RS_PLAN_PICK_COUNT;
        fault->pick_value = 2 + rs_prng_below(prng, 3);
    }
    snprintf(path, sizeof path, "%s%s%s", *node->path || is_template ? node->path : node->id,
             is_template && *node->path ? "/" : "", is_template ? "*" : "");
    name(fault, number, path);
    fault->pattern = rs_path_resolve(draw->from->root, fault->crash);
}

static void draw_fault(const rs_draw *draw, rs_plan_fault *fault, const rs_fault_kind *kind,
                       uint32_t number, rs_prng *prng) {
    *fault = (rs_plan_fault){.place = draw->from->root->place,
                             .how = kind,
                             .trigger = RS_PLAN_AT,
                             .chance_ppm = RS_UNITS_SHARE_WHOLE,
                             .limit = UINT64_MAX,
                             .during = draw->from->envelope.during,
                             .mail = {.to_load = -1, .from_load = -1},
                             .may_miss = true};
    if (kind->takes_reason) fault->reason = "boom";
    for (uint32_t i = 0; i < RS_FAULT_PARAMETERS_MAX && kind->parameters[i].name; i++)
        fault->arguments[i] = draw_argument(&kind->parameters[i], prng);
    draw_victims(draw, fault, number, prng);
}

/* ------------------------------------------------------------------ how often it strikes */

/* The argument of a kind that strikes so many starts; below 0: it strikes once whom it is aimed at.
 */
static int find_times(const rs_plan_fault *fault) {
    for (int i = 0; i < (int)RS_FAULT_PARAMETERS_MAX && fault->how->parameters[i].name; i++)
        if (strcmp(fault->how->parameters[i].name, "times") == 0) return i;
    return -1;
}

uint64_t rs_draw_blows(const rs_plan_fault *fault) {
    int times = find_times(fault);
    return fault->pick_value * (times < 0 ? 1 : fault->arguments[times]);
}

/* Makes it strike no more often than `most`, at least 1. */
static void keep_within(rs_plan_fault *fault, uint64_t most) {
    int times = find_times(fault);
    if (fault->pick_value > most) fault->pick_value = most;
    if (fault->pick_value == 1) fault->pick = RS_PLAN_PICK_ONE;
    most /= fault->pick_value;
    if (times >= 0 && fault->arguments[times] > most) fault->arguments[times] = most;
}

/* ------------------------------------------------------------------ times */

/* How long faults may strike: in every phase but the last, which is there to heal, or in the one
 * that the envelope names. */
static uint64_t length_of_faults(const rs_plan *plan) {
    if (plan->envelope.during >= 0) return plan->phases[plan->envelope.during].duration_ns;
    return plan->phases[plan->phase_count - 1].start_ns;
}

/* Blows within `*window_ns`. */
static uint64_t most_within(const rs_plan_envelope *envelope, uint64_t *window_ns) {
    uint64_t rate = envelope->max_rate_per_ks;
    *window_ns = 1000000000;
    if (rate >= 1000) return rate / 1000;
    *window_ns = rate ? UINT64_C(1000000000000) / rate : UINT64_MAX;
    return rate > 0;
}

static bool is_within_rate(const rs_draw *draw, uint32_t index, uint64_t at_ns) {
    uint64_t window_ns, most = most_within(&draw->from->envelope, &window_ns);
    uint64_t near = rs_draw_blows(&draw->faults[index]);
    for (uint32_t i = draw->own; i < index; i++) {
        uint64_t other_ns = draw->faults[i].at_ns;
        uint64_t distance_ns = other_ns > at_ns ? other_ns - at_ns : at_ns - other_ns;
        if (distance_ns < window_ns) near += rs_draw_blows(&draw->faults[i]);
    }
    return near <= most;
}

/* Anywhere, or shortly after an earlier one: while what that has broken is being mended. */
static bool draw_time(rs_draw *draw, uint32_t index, rs_prng *prng) {
    static const uint64_t scales_ns[] = {1000, 10000, 100000, 10000000, 1000000000};
    uint64_t end_ns = length_of_faults(draw->from), at_ns = 0;
    for (uint32_t i = 0; end_ns && i < TIMES_MAX; i++) {
        at_ns = rs_prng_below(prng, end_ns);
        if (index > draw->own && rs_prng_below(prng, 2)) {
            uint32_t other = draw->own + (uint32_t)rs_prng_below(prng, index - draw->own);
            uint64_t scale_ns = scales_ns[rs_prng_below(prng, 5)];
            at_ns = draw->faults[other].at_ns + rs_prng_exponential(prng, scale_ns);
        }
        if (at_ns >= end_ns || !is_within_rate(draw, index, at_ns)) continue;
        draw->faults[index].at_ns = at_ns;
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ a life */

/* A subset of the kinds, each with even odds; never none. */
static uint32_t draw_kinds(const rs_plan_envelope *envelope, const rs_fault_kind **kinds,
                           rs_prng *prng) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < envelope->kind_count; i++)
        if (rs_prng_below(prng, 2)) kinds[count++] = envelope->kinds[i];
    if (!count) kinds[count++] = envelope->kinds[rs_prng_below(prng, envelope->kind_count)];
    return count;
}

/* Adds a fault of at most `left` blows and returns how many of them it took; 1 for one that there
 * was no place or time for. */
static uint64_t draw_one(rs_draw *draw, const rs_fault_kind *kind, uint32_t number, uint64_t left,
                         rs_prng *prng) {
    rs_plan_fault *fault = &draw->faults[draw->plan.fault_count];
    uint64_t window_ns, most = most_within(&draw->from->envelope, &window_ns);
    draw_fault(draw, fault, kind, number, prng);
    keep_within(fault, most && most < left ? most : left);
    bool timed = draw_time(draw, draw->plan.fault_count, prng);
    if (fault->id && timed) {
        draw->plan.fault_count++;
        RS_ASSERT(rs_draw_blows(fault) <= left);
        return rs_draw_blows(fault);
    }
    free((void *)(uintptr_t)fault->id);
    return 1;
}

const rs_plan *rs_draw_for(rs_draw *draw, uint64_t seed) {
    const rs_plan_envelope *envelope = &draw->from->envelope;
    const rs_fault_kind *kinds[RS_PLAN_FAULTS_MAX];
    rs_prng prng;
    rs_prng_init(&prng, seed, "explore");
    forget(draw);
    if (!envelope->kind_count) return &draw->plan;
    uint32_t kind_count = draw_kinds(envelope, kinds, &prng);
    uint64_t left = 1 + rs_prng_below(&prng, envelope->max_faults);
    for (uint32_t i = 1; left; i++)
        left -= draw_one(draw, kinds[rs_prng_below(&prng, kind_count)], i, left, &prng);
    return &draw->plan;
}

static bool anybody_may_be_hit(const rs_draw *draw) {
    const rs_plan_envelope *envelope = &draw->from->envelope;
    for (uint32_t i = 0; i < envelope->kind_count; i++) {
        if (envelope->kinds[i]->aim == RS_AIM_RUNTIME) return true;
        for (uint32_t k = 0; k < draw->node_count; k++)
            if (may_hit(envelope->kinds[i], draw->nodes[k])) return true;
    }
    return false;
}

const char *rs_draw_empty(const rs_plan *plan) {
    const rs_plan_envelope *envelope = &plan->envelope;
    if (!envelope->kind_count) return NULL;
    if (!length_of_faults(plan))
        return "faults are drawn for the time before the last phase, which is there to heal, and "
               "there is none: add a phase, such as phases: { run: 10s, heal: 5s }";
    if (!envelope->max_rate_per_ks) return "'max_rate' is 0";
    rs_draw draw;
    rs_draw_init(&draw, plan);
    bool anybody = anybody_may_be_hit(&draw);
    rs_draw_fini(&draw);
    return anybody ? NULL : "'protect' leaves nobody that these faults could hit";
}
