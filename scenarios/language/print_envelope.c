/* print_envelope.c: the envelope of a search as a person reads it. What it says is true of every
 * life: it counts blows, not the faults that give them, and of those that wait for a start, a stop
 * or a message nobody knows beforehand when they strike.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/print_envelope.h"

#include "runtime/base/units.h"

static bool lies_in_wait(const rs_fault_kind *kind) {
    return kind->aim == RS_AIM_ROLE || kind->aim == RS_AIM_MAIL;
}

static void print_kinds(const rs_plan_envelope *envelope, FILE *out) {
    for (uint32_t i = 0; i < envelope->kind_count; i++)
        fprintf(out, "%s %s", i ? "," : "", envelope->kinds[i]->name);
}

static void print_rate(const rs_plan_envelope *envelope, FILE *out) {
    char rate[RS_UNITS_TEXT_BYTES];
    bool any = false;
    rs_units_format_rate((double)envelope->max_rate_per_ks / 1000, rate, sizeof rate);
    fprintf(out, ", at most %s", rate);
    for (uint32_t i = 0; i < envelope->kind_count; i++) {
        if (!lies_in_wait(envelope->kinds[i])) continue;
        fprintf(out, "%s%s",
                any ? ", " : " (laid, and waiting from then on: ", envelope->kinds[i]->name);
        any = true;
    }
    if (any) fputc(')', out);
}

static void print_phase(const rs_plan *plan, FILE *out) {
    int during = plan->envelope.during;
    if (during >= 0) fprintf(out, " during %s", plan->phases[during].name);
}

static void print_protected(const rs_plan *plan, FILE *out) {
    const rs_plan_envelope *envelope = &plan->envelope;
    for (uint32_t i = 0; i < envelope->protect_count; i++) {
        const char *pattern = envelope->protect[i];
        fprintf(out, "%s%s", i ? ", " : "; never hit: ", *pattern ? pattern : plan->root->id);
    }
}

void rs_print_envelope(const rs_plan *plan, FILE *out) {
    const rs_plan_envelope *envelope = &plan->envelope;
    if (envelope->own) fputs("the scenario's own faults, as often as they strike", out);
    if (!envelope->kind_count) return;
    fprintf(out, "%s1 to %u blows of", envelope->own ? ", and beside them " : "",
            envelope->max_faults);
    print_kinds(envelope, out);
    print_rate(envelope, out);
    print_phase(plan, out);
    print_protected(plan, out);
}
