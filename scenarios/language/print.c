/* print.c: a plan as a person reads it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/print.h"

#include "runtime/base/units.h"
#include "scenarios/language/print_envelope.h"
#include "scenarios/language/print_fault.h"

#include <inttypes.h>
#include <string.h>

typedef char text[RS_UNITS_TEXT_BYTES];

static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                         "simple_one_for_one"};
static const char *const restarts[] = {"permanent", "transient", "temporary"};
static const char *const vias[] = {"pid", "name", "registry"};
static const char *const auto_shutdowns[] = {"never", "any_significant", "all_significant"};

/* A line is a line, whatever its text says. */
static void print_text(const char *lead, const char *words, FILE *out) {
    fputs(lead, out);
    for (; *words; words++) fputc(*words == '\n' ? ' ' : *words, out);
    fputc('\n', out);
}

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

static void print_backoff(const rs_plan_backoff *backoff, FILE *out) {
    text first, max, reset;
    if (!backoff->first_ns) return;
    fprintf(out, ", backoff %s", rs_units_format_duration(backoff->first_ns, first, sizeof first));
    if (backoff->factor == 1 && !backoff->jitter_ppm) return;
    fprintf(out, " × %u up to %s, jitter %u.%u %%, reset %s", backoff->factor,
            rs_units_format_duration(backoff->max_ns, max, sizeof max), backoff->jitter_ppm / 10000,
            backoff->jitter_ppm / 1000 % 10,
            rs_units_format_duration(backoff->reset_ns, reset, sizeof reset));
}

static void print_as_child(const rs_plan_node *node, FILE *out) {
    if (!node->parent) return;
    fprintf(out, ", %s", restarts[node->restart]);
    print_shutdown(node->shutdown_ns, out);
    if (node->significant) fprintf(out, ", significant");
    print_backoff(&node->backoff, out);
    if (node->budget_period_s)
        fprintf(out, ", budget %u in %u s", node->budget_restarts, node->budget_period_s);
    char fence[RS_UNITS_TEXT_BYTES];
    if (node->fence_ns)
        fprintf(out, ", fence %s", rs_units_format_duration(node->fence_ns, fence, sizeof fence));
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

static void print_rate(const rs_plan_load *load, FILE *out) {
    text from, to;
    const rs_load_rate *rate = &load->rate;
    fprintf(out, ", %s", load->kind->name);
    switch (load->kind->form) {
    case RS_LOAD_NOTHING: break;
    case RS_LOAD_RATE:
        fprintf(out, " at %s",
                rs_units_format_rate((double)rate->per_ks / 1000, from, sizeof from));
        break;
    case RS_LOAD_RATES:
        fprintf(out, " from %s to %s",
                rs_units_format_rate((double)rate->per_ks / 1000, from, sizeof from),
                rs_units_format_rate((double)rate->to_per_ks / 1000, to, sizeof to));
        break;
    case RS_LOAD_BURST:
        fprintf(out, " of %s every %s", rs_units_format_count(rate->count, from, sizeof from),
                rs_units_format_duration(rate->every_ns, to, sizeof to));
        break;
    case RS_LOAD_LIST: fprintf(out, ", %u of them", load->arrival_count); break;
    }
    if (load->think_ns)
        fprintf(out, " with %s to think",
                rs_units_format_duration(load->think_ns, from, sizeof from));
}

static void print_keys(const rs_plan_load *load, FILE *out) {
    static const char *const words[] = {"uniform", "sequential", "zipf"};
    fprintf(out, ", %" PRIu64 " %s", load->key_count, words[load->keys]);
    if (load->keys == RS_PLAN_KEYS_ZIPF)
        fprintf(out, "(%u.%03u)", load->zipf_exponent / 1000, load->zipf_exponent % 1000);
    fprintf(out, " key%s", load->key_count == 1 ? "" : "s");
}

static void print_retry(const rs_plan_retry *retry, FILE *out) {
    text first, max;
    if (!retry->times) return;
    fprintf(out, ", up to %u retr%s after %s × %u up to %s", retry->times,
            retry->times == 1 ? "y" : "ies",
            rs_units_format_duration(retry->backoff_ns, first, sizeof first), retry->factor,
            rs_units_format_duration(retry->max_ns, max, sizeof max));
    if (retry->jitter_ppm)
        fprintf(out, ", jitter %u.%u %%", retry->jitter_ppm / 10000, retry->jitter_ppm / 1000 % 10);
    for (uint32_t i = 0; i < retry->on_count; i++)
        fprintf(out, "%s%s", i ? ", " : " on ", retry->on[i]);
}

static void print_patience(const rs_plan_load *load, FILE *out) {
    text duration;
    fprintf(out, ", timeout %s",
            rs_units_format_duration(load->timeout_ns, duration, sizeof duration));
    print_retry(&load->retry, out);
    if (load->deadline_ns)
        fprintf(out, ", deadline %s",
                rs_units_format_duration(load->deadline_ns, duration, sizeof duration));
}

static void print_load(const rs_plan *plan, const rs_plan_load *load, FILE *out) {
    fprintf(out, "load     %s: %u client%s on %s via %s", load->id, load->clients,
            load->clients == 1 ? "" : "s", load->target->path, vias[load->via]);
    print_rate(load, out);
    print_keys(load, out);
    print_patience(load, out);
    fprintf(out, ", ");
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

static void print_upgrade(const rs_plan *plan, const rs_plan_upgrade *upgrade, FILE *out) {
    text at;
    fprintf(out, "upgrade  %s: every %s to another version, once at %s", upgrade->id,
            upgrade->worker->name, rs_units_format_duration(upgrade->at_ns, at, sizeof at));
    if (upgrade->during >= 0) fprintf(out, " of %s", plan->phases[upgrade->during].name);
    fprintf(out, "; a run needs it: --plugin FILE\n");
}

static void print_setup(const rs_plan_setup *setup, FILE *out) {
    fprintf(out, "setup    %s on %s", setup->action->name, setup->target->path);
    if (setup->action->keys) fprintf(out, ", %" PRIu64 " keys", setup->action->keys(setup->config));
    fprintf(out, "\n");
}

static void print_checks(const rs_plan *plan, FILE *out) {
    if (!plan->checks_given) return;
    fprintf(out, "checks   %s", plan->check_count ? "" : "none");
    for (uint32_t i = 0; i < plan->check_count; i++) {
        const rs_plan_check *check = &plan->checks[i];
        text time;
        fprintf(out, "%s%s", i ? ", " : "", check->check->name);
        if (check->time_ns)
            fprintf(out, "(%s)", rs_units_format_duration(check->time_ns, time, sizeof time));
    }
    fprintf(out, "\n");
}

static void print_expectations(const rs_plan *plan, FILE *out) {
    for (uint32_t i = 0; i < plan->expectation_count; i++)
        print_text("expect   ", plan->expectations[i].text, out);
    for (uint32_t i = 0; i < plan->sometimes_count; i++)
        print_text("sometimes ", plan->sometimes[i].text, out);
    for (uint32_t i = 0; i < plan->gate_count; i++)
        fprintf(out, "%s%s%s", i ? ", " : "gate     ", plan->gate[i].text,
                i + 1 == plan->gate_count ? "\n" : "");
}

static void print_explore(const rs_plan *plan, FILE *out) {
    if (!plan->allows_virtual || plan->failure) return;
    fprintf(out, "explore  ");
    rs_print_envelope(plan, out);
    fprintf(out, "\n");
}

void rs_plan_print(const rs_plan *plan, FILE *out) {
    fprintf(out, "scenario %s\n", plan->name);
    if (*plan->about) print_text("         ", plan->about, out);
    for (uint32_t i = 0; i < plan->override_count; i++)
        print_text("set      ", plan->overrides[i], out);
    print_runtime(plan, out);
    fprintf(out, "tree\n");
    print_node(plan->root, 0, plan->root->id, out);
    for (uint32_t i = 0; i < plan->setup_count; i++) print_setup(&plan->setups[i], out);
    for (uint32_t i = 0; i < plan->load_count; i++) print_load(plan, &plan->loads[i], out);
    print_phases(plan, out);
    for (uint32_t i = 0; i < plan->fault_count; i++) rs_print_fault(plan, &plan->faults[i], out);
    for (uint32_t i = 0; i < plan->upgrade_count; i++) print_upgrade(plan, &plan->upgrades[i], out);
    print_explore(plan, out);
    print_checks(plan, out);
    print_expectations(plan, out);
}
