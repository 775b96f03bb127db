/* print_fault.c: a fault as a person reads it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/print_fault.h"

#include "runtime/base/units.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_strikes.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/path.h"
#include "scenarios/language/phase.h"
#include "scenarios/language/print.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
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

static void print_mail(const rs_plan_fault *fault, FILE *out) {
    fprintf(out, "%s to %s", fault->mail.message ? fault->mail.message : "mail", fault->crash);
    if (fault->mail.from) fprintf(out, " from %s", fault->mail.from);
}

static void print_victims(const rs_plan *plan, const rs_plan_fault *fault, uint32_t shown,
                          FILE *out) {
    const rs_plan_node *nodes[VICTIMS_SHOWN_MAX];
    if (fault->how->aim == RS_AIM_RUNTIME) fprintf(out, "the runtime");
    if (fault->how->aim == RS_AIM_MAIL) print_mail(fault, out);
    if (fault->how->aim == RS_AIM_MAIL || !fault->pattern) return; /* aimed at nobody */
    uint32_t count = rs_path_select(plan->root, fault->pattern, nodes, shown);
    bool is_one = count == 1 && (!is_template(nodes[0]) || !strchr(fault->pattern, '*'));
    bool chooses = fault->trigger != RS_PLAN_STRIKES && fault->trigger != RS_PLAN_PROBABILITY;
    if (!is_one && chooses) print_pick(fault, out);
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
    fprintf(out, fault->crash ? ", " : "");
    print_trigger(fault, out);
    print_modifiers(fault, out);
    if (fault->during >= 0) fprintf(out, " during %s", plan->phases[fault->during].name);
    fprintf(out, "%s\n", fault->may_miss ? ", may miss" : "");
}

/* ---- a dry run: whom ---- */

/* Whether the set-up fills a registry, which starts children of the template. */
static bool starts(const rs_plan_setup *setup, const rs_plan_node *template) {
    const char *path = rs_path_entries(setup->target);
    return setup->action->role_key && setup->action->keys && path &&
           strcmp(path, template->path) == 0;
}

/* Keys of roles are the action's word and a number. */
static bool is_key(const char *step, const char *word, uint64_t count) {
    size_t length = strlen(word);
    if (strncmp(step, word, length) != 0) return false;
    size_t digits = strspn(step + length, "0123456789");
    return digits && digits < 19 && !step[length + digits] &&
           strtoull(step + length, NULL, 10) < count;
}

/* Which children of a template are there at t = 0, of those that `fault` means. */
static void print_set_up(const rs_plan *plan, const rs_plan_fault *fault,
                         const rs_plan_node *template, FILE *out) {
    const char *slash = strrchr(fault->pattern, '/');
    const char *step = slash ? slash + 1 : fault->pattern;
    for (uint32_t i = 0; i < plan->setup_count; i++) {
        const rs_plan_setup *setup = &plan->setups[i];
        if (!starts(setup, template)) continue;
        const char *word = setup->action->role_key, *path = template->path;
        uint64_t count = setup->action->keys(setup->config);
        if (strchr(step, '*'))
            fprintf(out, "    %s: %" PRIu64 " set up, %s/%s0 to %s/%s%" PRIu64 "\n",
                    setup->action->name, count, path, word, path, word, count - 1);
        else if (is_key(step, word, count))
            fprintf(out, "    %s: set up\n", setup->action->name);
    }
}

static void print_all_set_up(const rs_plan *plan, const rs_plan_fault *fault, FILE *out) {
    const rs_plan_node *nodes[VICTIMS_SHOWN_MAX];
    if (!fault->pattern) return;
    uint32_t count = rs_path_select(plan->root, fault->pattern, nodes, VICTIMS_SHOWN_MAX);
    for (uint32_t i = 0; i < count && i < VICTIMS_SHOWN_MAX; i++)
        if (is_template(nodes[i])) print_set_up(plan, fault, nodes[i], out);
}

/* ---- a dry run: when ---- */

static double interval_of(const rs_plan_fault *fault) {
    double mean_ns = fault->trigger == RS_PLAN_EVERY ? (double)fault->every_ns
                                                     : 1e12 / (double)fault->rate_per_ks;
    double gap_ns = (double)fault->min_gap_ns;
    if (fault->trigger == RS_PLAN_RATE_POISSON) return gap_ns + mean_ns * exp(-gap_ns / mean_ns);
    return mean_ns < 1 ? 1 : mean_ns > gap_ns ? mean_ns : gap_ns;
}

/* How often a fault fires that fires again and again: exactly when `*is_known`. The first time is
 * an interval after the beginning. */
static double times_of(const rs_plan_fault *fault, uint64_t during_ns, bool *is_known) {
    double times = ((double)during_ns - 1) / interval_of(fault);
    *is_known = fault->trigger != RS_PLAN_RATE_POISSON && !fault->duty_period_ns &&
                fault->chance_ppm == RS_UNITS_SHARE_WHOLE;
    if (fault->trigger != RS_PLAN_RATE_POISSON) times = floor(times);
    if (fault->duty_period_ns) times *= (double)fault->duty_on_ns / (double)fault->duty_period_ns;
    times *= (double)fault->chance_ppm / RS_UNITS_SHARE_WHOLE;
    if (times < (double)fault->limit) return times;
    if (fault->trigger != RS_PLAN_RATE_POISSON && !fault->duty_period_ns) *is_known = true;
    return (double)fault->limit;
}

static void print_times(const rs_plan_fault *fault, uint64_t begin_ns, uint64_t end_ns, FILE *out) {
    text number;
    bool is_known;
    print_duration("from ", begin_ns, out);
    print_duration(" to ", end_ns, out);
    uint64_t times = (uint64_t)(times_of(fault, end_ns - begin_ns, &is_known) + 0.5);
    if (times == 0 && is_known) {
        fprintf(out, ", never: the first strike would come too late");
        return;
    }
    fprintf(out, ", %s%s time%s", is_known ? "" : "about ",
            rs_units_format_count(times, number, sizeof number), times == 1 ? "" : "s");
}

/* How often it fires that waits for something, only the run can tell. */
static void print_when(const rs_plan_fault *fault, uint64_t begin_ns, uint64_t end_ns, FILE *out) {
    switch (fault->trigger) {
    case RS_PLAN_AT: print_duration("once at ", begin_ns + fault->at_ns, out); break;
    case RS_PLAN_EVERY:
    case RS_PLAN_RATE_CONSTANT:
    case RS_PLAN_RATE_POISSON: print_times(fault, begin_ns, end_ns, out); break;
    case RS_PLAN_STRIKES: print_trigger(fault, out); break;
    case RS_PLAN_AFTER:
    case RS_PLAN_ON:
    case RS_PLAN_PROBABILITY:
        print_trigger(fault, out);
        print_duration(" from ", begin_ns, out);
        print_duration(" to ", end_ns, out);
        break;
    }
    print_modifiers(fault, out);
}

static void print_written(const rs_plan *plan, const rs_plan_fault *fault, FILE *out) {
    text at;
    for (uint32_t i = 0; i < fault->strike_count && i < VICTIMS_SHOWN_MAX; i++) {
        const rs_plan_strike *strike = &fault->strikes[i];
        fprintf(out, "    %s: ", rs_units_format_duration(strike->at_ns, at, sizeof at));
        if (!strike->role)
            fprintf(out, fault->pattern ? "nobody" : "strikes");
        else
            fprintf(out, "%s", *strike->role ? strike->role : plan->root->id);
        if (strike->incarnation) fprintf(out, "#%u", strike->incarnation);
        fputc('\n', out);
    }
    if (fault->strike_count > VICTIMS_SHOWN_MAX)
        fprintf(out, "    and %u more\n", fault->strike_count - VICTIMS_SHOWN_MAX);
}

/* The times are those of the engine's injector. */
static void print_strikes(const rs_plan *plan, const rs_plan_fault *fault, FILE *out) {
    uint64_t begin_ns, end_ns;
    rs_phase_window(plan, fault->during, &begin_ns, &end_ns);
    fprintf(out, "  %s: ", fault->id);
    print_victims(plan, fault, VICTIMS_SHOWN_MAX, out);
    fprintf(out, fault->crash ? ", " : "");
    if (rs_fault_when_fires(fault))
        print_when(fault, begin_ns, end_ns, out);
    else
        fprintf(out, "never: one of its numbers is 0");
    fputc('\n', out);
    print_all_set_up(plan, fault, out);
    if (fault->trigger == RS_PLAN_STRIKES) print_written(plan, fault, out);
}

void rs_plan_print_strikes(const rs_plan *plan, FILE *out) {
    fprintf(out, plan->fault_count ? "whom the faults would hit:\n"
                                   : "no faults: nobody would be hit\n");
    for (uint32_t i = 0; i < plan->fault_count; i++) print_strikes(plan, &plan->faults[i], out);
}
