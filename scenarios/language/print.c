/* print.c: a plan as a person reads it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/print.h"

#include "runtime/base/units.h"
#include "scenarios/language/path.h"

#include <inttypes.h>

/* A line of victims. */
#define VICTIMS_SHOWN 4u

typedef char text[RS_UNITS_TEXT_BYTES];

static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                         "simple_one_for_one"};
static const char *const restarts[] = {"permanent", "transient", "temporary"};
static const char *const vias[] = {"pid", "name", "registry"};
static const char *const auto_shutdowns[] = {"never", "any_significant", "all_significant"};

static void print_runtime(const rs_plan *plan, FILE *out) {
    const rs_plan_runtime *runtime = &plan->runtime;
    fprintf(out, "runtime  %s clock, scheduler %s, %u thread%s, seed %" PRIu64 "\n",
            runtime->clock == RS_PLAN_REAL ? "real" : "virtual", runtime->scheduler,
            runtime->threads, runtime->threads == 1 ? "" : "s", runtime->seed);
}

/* ---- tree ---- */

static void print_shutdown(uint64_t shutdown_ns, FILE *out) {
    text duration;
    const char *word = shutdown_ns == RS_PLAN_BRUTAL_KILL ? "brutal_kill"
                       : shutdown_ns == RS_PLAN_INFINITY
                           ? "infinity"
                           : rs_units_format_duration(shutdown_ns, duration, sizeof duration);
    fprintf(out, ", shutdown %s", word);
}

static void print_as_child(const rs_plan_node *node, FILE *out) {
    if (!node->parent) return;
    fprintf(out, ", %s", restarts[node->restart]);
    print_shutdown(node->shutdown_ns, out);
    if (node->significant) fprintf(out, ", significant");
}

static void print_node(const rs_plan_node *node, unsigned depth, const char *name, FILE *out) {
    fprintf(out, "%*s%s: ", (int)(9 + 2 * depth), "", name);
    if (node->worker) {
        fprintf(out, "%s", node->worker->name);
        print_as_child(node, out);
        fprintf(out, "\n");
        return;
    }
    fprintf(out, "%s, %u in %u s", strategies[node->strategy], node->intensity, node->period_s);
    if (node->auto_shutdown != RS_PLAN_NEVER)
        fprintf(out, ", auto_shutdown %s", auto_shutdowns[node->auto_shutdown]);
    print_as_child(node, out);
    fprintf(out, "\n");
    if (node->child) print_node(node->child, depth + 1, "*", out);
    for (uint32_t i = 0; i < node->child_count; i++)
        print_node(node->children[i], depth + 1, node->children[i]->id, out);
}

/* ---- load ---- */

static void print_mix(const rs_plan_load *load, FILE *out) {
    text share;
    for (uint32_t i = 0; i < load->mix_count; i++)
        fprintf(out, "%s%s %s", i ? ", " : "", load->mix[i].operation->name,
                rs_units_format_share((double)load->mix[i].share_ppm / RS_UNITS_SHARE_WHOLE, share,
                                      sizeof share));
}

static void print_load(const rs_plan *plan, const rs_plan_load *load, FILE *out) {
    text rate, timeout;
    fprintf(out, "load     %s: %u client%s on %s via %s, %s", load->id, load->clients,
            load->clients == 1 ? "" : "s", load->target->path, vias[load->via], load->kind->name);
    if (load->rate_per_ks)
        fprintf(out, " at %s",
                rs_units_format_rate((double)load->rate_per_ks / 1000, rate, sizeof rate));
    fprintf(out, ", %" PRIu64 " %s key%s, timeout %s, ", load->key_count,
            load->keys == RS_PLAN_KEYS_UNIFORM ? "uniform" : "sequential",
            load->key_count == 1 ? "" : "s",
            rs_units_format_duration(load->timeout_ns, timeout, sizeof timeout));
    print_mix(load, out);
    if (load->during >= 0) fprintf(out, ", during %s", plan->phases[load->during].name);
    fprintf(out, "\n");
}

static void print_phases(const rs_plan *plan, FILE *out) {
    text duration;
    fprintf(out, "phases  ");
    for (uint32_t i = 0; i < plan->phase_count; i++)
        fprintf(out, "%s %s %s", i ? "," : "", plan->phases[i].name,
                rs_units_format_duration(plan->phases[i].duration_ns, duration, sizeof duration));
    fprintf(out, "\n");
}

/* ---- faults ---- */

static void print_trigger(const rs_plan_fault *fault, FILE *out) {
    text value;
    double rate = (double)fault->rate_per_ks / 1000;
    switch (fault->trigger) {
    case RS_PLAN_AT:
        fprintf(out, "at %s", rs_units_format_duration(fault->at_ns, value, sizeof value));
        break;
    case RS_PLAN_EVERY:
        fprintf(out, "every %s", rs_units_format_duration(fault->every_ns, value, sizeof value));
        break;
    case RS_PLAN_RATE_CONSTANT:
        fprintf(out, "at a rate of %s", rs_units_format_rate(rate, value, sizeof value));
        break;
    case RS_PLAN_RATE_POISSON:
        fprintf(out, "at a poisson rate of %s", rs_units_format_rate(rate, value, sizeof value));
        break;
    }
}

static void print_pick(const rs_plan_fault *fault, FILE *out) {
    text share;
    switch (fault->pick) {
    case RS_PLAN_PICK_ONE: fprintf(out, "one of "); break;
    case RS_PLAN_PICK_ALL: fprintf(out, "all of "); break;
    case RS_PLAN_PICK_COUNT: fprintf(out, "%" PRIu64 " of ", fault->pick_value); break;
    case RS_PLAN_PICK_SHARE:
        fprintf(out, "%s of ",
                rs_units_format_share((double)fault->pick_value / RS_UNITS_SHARE_WHOLE, share,
                                      sizeof share));
        break;
    }
}

static void print_victims(const rs_plan *plan, const char *pattern, FILE *out) {
    const rs_plan_node *nodes[VICTIMS_SHOWN];
    uint32_t count = rs_path_select(plan->root, pattern, nodes, VICTIMS_SHOWN);
    fprintf(out, "%s", pattern);
    if (count == 1 && nodes[0]->parent && nodes[0]->parent->child == nodes[0]) {
        fprintf(out, " (%s, started during the run)", nodes[0]->worker->name);
        return;
    }
    fprintf(out, " (");
    for (uint32_t i = 0; i < count && i < VICTIMS_SHOWN; i++)
        fprintf(out, "%s%s", i ? ", " : "", nodes[i]->path);
    if (count > VICTIMS_SHOWN) fprintf(out, " and %u more", count - VICTIMS_SHOWN);
    fprintf(out, ")");
}

static void print_fault(const rs_plan *plan, const rs_plan_fault *fault, FILE *out) {
    fprintf(out, "fault    %s: %s", fault->id, fault->how->name);
    if (fault->reason) fprintf(out, "(%s)", fault->reason);
    fprintf(out, " ");
    print_pick(fault, out);
    print_victims(plan, fault->crash, out);
    fprintf(out, ", ");
    print_trigger(fault, out);
    if (fault->during >= 0) fprintf(out, " during %s", plan->phases[fault->during].name);
    fprintf(out, "%s\n", fault->may_miss ? ", may miss" : "");
}

static void print_setup(const rs_plan_setup *setup, FILE *out) {
    fprintf(out, "setup    %s on %s", setup->action->name, setup->target->path);
    if (setup->action->keys) fprintf(out, ", %" PRIu64 " keys", setup->action->keys(setup->config));
    fprintf(out, "\n");
}

static void print_expectations(const rs_plan *plan, FILE *out) {
    for (uint32_t i = 0; i < plan->expectation_count; i++)
        fprintf(out, "expect   %s\n", plan->expectations[i].text);
    for (uint32_t i = 0; i < plan->gate_count; i++)
        fprintf(out, "%s%s%s", i ? ", " : "gate     ", plan->gate[i],
                i + 1 == plan->gate_count ? "\n" : "");
}

void rs_plan_print(const rs_plan *plan, FILE *out) {
    fprintf(out, "scenario %s\n", plan->name);
    if (*plan->about) fprintf(out, "         %s\n", plan->about);
    for (uint32_t i = 0; i < plan->override_count; i++)
        fprintf(out, "set      %s\n", plan->overrides[i]);
    print_runtime(plan, out);
    fprintf(out, "tree\n");
    print_node(plan->root, 0, plan->root->id, out);
    for (uint32_t i = 0; i < plan->setup_count; i++) print_setup(&plan->setups[i], out);
    for (uint32_t i = 0; i < plan->load_count; i++) print_load(plan, &plan->loads[i], out);
    print_phases(plan, out);
    for (uint32_t i = 0; i < plan->fault_count; i++) print_fault(plan, &plan->faults[i], out);
    print_expectations(plan, out);
}
