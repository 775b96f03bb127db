/* print_fault.c: a fault as a person reads it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/print_fault.h"

#include "runtime/base/units.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_strikes.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/path.h"
#include "scenarios/language/print.h"

#include <inttypes.h>
#include <string.h>

/* A line of victims, and all that anyone reads. */
#define VICTIMS_SHOWN     4u
#define VICTIMS_SHOWN_MAX 64u

typedef char text[RS_UNITS_TEXT_BYTES];

/* ---- when ---- */

static void print_duration(const char *lead, uint64_t ns, FILE *out) {
    text value;
    fprintf(out, "%s%s", lead, rs_units_format_duration(ns, value, sizeof value));
}

static void print_share(const char *lead, uint64_t ppm, FILE *out) {
    text value;
    fprintf(out, "%s%s", lead,
            rs_units_format_share((double)ppm / RS_UNITS_SHARE_WHOLE, value, sizeof value));
}

static void print_rate(const char *lead, uint64_t per_ks, FILE *out) {
    text value;
    fprintf(out, "%s%s", lead, rs_units_format_rate((double)per_ks / 1000, value, sizeof value));
}

static void print_trigger(const rs_plan_fault *fault, FILE *out) {
    switch (fault->trigger) {
    case RS_PLAN_AT: print_duration("at ", fault->at_ns, out); break;
    case RS_PLAN_EVERY: print_duration("every ", fault->every_ns, out); break;
    case RS_PLAN_RATE_CONSTANT: print_rate("at a rate of ", fault->rate_per_ks, out); break;
    case RS_PLAN_RATE_POISSON: print_rate("at a poisson rate of ", fault->rate_per_ks, out); break;
    case RS_PLAN_AFTER: fprintf(out, "after %" PRIu64 " messages", fault->after_count); break;
    case RS_PLAN_ON:
        if (fault->delay_ns) print_duration("", fault->delay_ns, out);
        fprintf(out, "%s%s of %s", fault->delay_ns ? " after each " : "at each ",
                rs_fault_when_word(fault->on), fault->on_path);
        break;
    case RS_PLAN_PROBABILITY: print_share("with probability ", fault->probability_ppm, out); break;
    case RS_PLAN_STRIKES: fprintf(out, "%u strikes as written", fault->strike_count); break;
    }
}

static void print_modifiers(const rs_plan_fault *fault, FILE *out) {
    if (fault->min_gap_ns) print_duration(", at least apart by ", fault->min_gap_ns, out);
    if (fault->duty_period_ns) {
        print_duration(", in the first ", fault->duty_on_ns, out);
        print_duration(" of each ", fault->duty_period_ns, out);
    }
    if (fault->chance_ppm != RS_UNITS_SHARE_WHOLE)
        print_share(", each with a chance of ", fault->chance_ppm, out);
    if (fault->limit != UINT64_MAX) fprintf(out, ", at most %" PRIu64 " times", fault->limit);
}

/* ---- whom ---- */

static void print_pick(const rs_plan_fault *fault, FILE *out) {
    switch (fault->pick) {
    case RS_PLAN_PICK_ONE: fprintf(out, "one of "); break;
    case RS_PLAN_PICK_ALL: fprintf(out, "all of "); break;
    case RS_PLAN_PICK_COUNT: fprintf(out, "%" PRIu64 " of ", fault->pick_value); break;
    case RS_PLAN_PICK_SHARE:
        print_share("", fault->pick_value, out);
        fprintf(out, " of ");
        break;
    }
}

static bool is_template(const rs_plan_node *node) {
    return node->parent && node->parent->child == node;
}

static void print_node(const rs_plan_node *node, FILE *out) {
    if (is_template(node))
        fprintf(out, "%s%s*", node->path, *node->path ? "/" : "");
    else
        fprintf(out, "%s", node->parent ? node->path : node->id);
}

static void print_victims(const rs_plan *plan, const rs_plan_fault *fault, uint32_t shown,
                          FILE *out) {
    const rs_plan_node *nodes[VICTIMS_SHOWN_MAX];
    if (!fault->pattern) return; /* aimed at nobody */
    uint32_t count = rs_path_select(plan->root, fault->pattern, nodes, shown);
    bool is_one = count == 1 && !is_template(nodes[0]);
    if (!is_one && fault->trigger != RS_PLAN_STRIKES) print_pick(fault, out);
    fprintf(out, "%s", fault->crash);
    if (count == 1 && is_template(nodes[0]))
        fprintf(out, " (%s, started during the run)", nodes[0]->worker->name);
    if (count == 1) return; /* all, one or half of it are the same */
    for (uint32_t i = 0; i < count && i < shown; i++) {
        fprintf(out, i ? ", " : " (");
        print_node(nodes[i], out);
    }
    if (count > shown) fprintf(out, " and %u more", count - shown);
    fprintf(out, ")");
}

void rs_print_fault(const rs_plan *plan, const rs_plan_fault *fault, FILE *out) {
    char how[RS_FAULT_SYNTAX_BYTES];
    fprintf(out, "fault    %s: %s ", fault->id, rs_fault_how_print(fault, how, sizeof how));
    print_victims(plan, fault, VICTIMS_SHOWN, out);
    fprintf(out, ", ");
    print_trigger(fault, out);
    print_modifiers(fault, out);
    if (fault->during >= 0) fprintf(out, " during %s", plan->phases[fault->during].name);
    fprintf(out, "%s\n", fault->may_miss ? ", may miss" : "");
}

/* ---- a dry run ---- */

static void print_strikes_between(const rs_plan_fault *fault, uint64_t begin_ns, uint64_t end_ns,
                                  FILE *out) {
    text begin, end, number;
    bool is_random = fault->trigger == RS_PLAN_RATE_POISSON;
    uint64_t every_ns = fault->trigger == RS_PLAN_EVERY ? fault->every_ns
                        : fault->rate_per_ks ? UINT64_C(1000000000000) / fault->rate_per_ks
                                             : UINT64_MAX;
    uint64_t count = (end_ns - begin_ns - 1) / (every_ns ? every_ns : 1);
    if (count == 0 && !is_random) {
        fprintf(out, ", never: the first strike would come too late\n");
        return;
    }
    fprintf(out, ", %s%s time%s from %s to %s\n", is_random ? "about " : "",
            rs_units_format_count(count, number, sizeof number), count == 1 ? "" : "s",
            rs_units_format_duration(begin_ns, begin, sizeof begin),
            rs_units_format_duration(end_ns, end, sizeof end));
}

/* The times are those of the engine's injector. */
static void print_strikes(const rs_plan *plan, const rs_plan_fault *fault, FILE *out) {
    text at;
    const rs_plan_phase *during = fault->during < 0 ? NULL : &plan->phases[fault->during];
    uint64_t begin_ns = during ? during->start_ns : 0;
    uint64_t end_ns = during ? during->start_ns + during->duration_ns
                             : plan->phases[plan->phase_count - 1].start_ns;
    fprintf(out, "  %s: ", fault->id);
    print_victims(plan, fault, VICTIMS_SHOWN_MAX, out);
    if (fault->trigger == RS_PLAN_STRIKES)
        fprintf(out, ", %u strikes as written\n", fault->strike_count);
    else if (fault->trigger == RS_PLAN_AT)
        fprintf(out, ", once at %s\n",
                rs_units_format_duration(begin_ns + fault->at_ns, at, sizeof at));
    else
        print_strikes_between(fault, begin_ns, end_ns, out);
}

void rs_plan_print_strikes(const rs_plan *plan, FILE *out) {
    fprintf(out, plan->fault_count ? "whom the faults would hit:\n"
                                   : "no faults: nobody would be hit\n");
    for (uint32_t i = 0; i < plan->fault_count; i++) print_strikes(plan, &plan->faults[i], out);
}
