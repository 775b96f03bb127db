/* plan_json.c: the resolved plan for the result file.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/plan_json.h"

#include "runtime/base/units.h"
#include "scenarios/language/fault_strikes.h"
#include "scenarios/language/fault_when.h"

#include <inttypes.h>
#include <stdio.h>

#define STRIKES_TOLD 1000u

static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                         "simple_one_for_one"};
static const char *const restarts[] = {"permanent", "transient", "temporary"};
static const char *const auto_shutdowns[] = {"never", "any_significant", "all_significant"};
static const char *const vias[] = {"pid", "name", "registry"};
static const char *const keys[] = {"uniform", "sequential", "zipf"};
static const char *const picks[] = {"one", "all", "count", "share"};

static void put(json_t *object, const char *key, const char *text) {
    if (text) json_object_set_new(object, key, json_string(text));
}

static void put_integer(json_t *object, const char *key, uint64_t value) {
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void put_phase(json_t *object, const rs_plan *plan, int phase) {
    if (phase >= 0) put(object, "during", plan->phases[phase].name);
}

static json_t *runtime_to_json(const rs_plan_runtime *runtime) {
    json_t *object = json_object(), *costs = json_object();
    char seed[19];
    snprintf(seed, sizeof seed, "0x%" PRIx64, runtime->seed);
    put(object, "clock", runtime->clock == RS_PLAN_REAL ? "real" : "virtual");
    put(object, "scheduler", runtime->scheduler);
    put_integer(object, "threads", runtime->threads);
    put(object, "seed", seed);
    put_integer(costs, "callback_ns", runtime->costs.callback_ns);
    put_integer(costs, "message_ns", runtime->costs.message_ns);
    put_integer(costs, "start_ns", runtime->costs.start_ns);
    put_integer(costs, "fault_ns", runtime->costs.fault_ns);
    put_integer(costs, "work_ns", runtime->costs.work_ns);
    json_object_set_new(object, "costs", costs);
    return object;
}

/* ---- options ---- */

static json_t *paths_to_json(const rs_paths *paths) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < paths->count; i++)
        json_array_append_new(array, json_string(paths->items[i]));
    return array;
}

/* A constant is a duration like any other. */
static json_t *distribution_to_json(const rs_distribution *distribution) {
    char text[RS_DISTRIBUTION_TEXT_BYTES];
    if (distribution->kind == RS_CONSTANT) return json_integer((json_int_t)distribution->low_ns);
    return json_string(rs_distribution_print(distribution, text));
}

static json_t *option_to_json(const rs_option *option, const void *field) {
    const char *text;
    switch (option->type) {
    case RS_OPTION_INTEGER: return json_integer(*(const int64_t *)field);
    case RS_OPTION_DURATION:
    case RS_OPTION_BYTES:
    case RS_OPTION_SHARE: return json_integer((json_int_t)(*(const uint64_t *)field));
    case RS_OPTION_BOOLEAN: return json_boolean(*(const bool *)field);
    case RS_OPTION_WORD: return json_string(option->words[*(const int *)field]);
    case RS_OPTION_PATHS: return paths_to_json(field);
    case RS_OPTION_DISTRIBUTION: return distribution_to_json(field);
    case RS_OPTION_ID:
    case RS_OPTION_TEXT:
    case RS_OPTION_PATH: break;
    }
    text = *(const char *const *)field;
    return text ? json_string(text) : NULL;
}

static void put_options(json_t *object, const rs_option *options, uint32_t count,
                        const void *config) {
    for (uint32_t i = 0; i < count; i++) {
        json_t *value = option_to_json(&options[i], (const char *)config + options[i].offset);
        if (value) json_object_set_new(object, options[i].key, value);
    }
}

/* ---- tree ---- */

static void put_shutdown(json_t *object, uint64_t shutdown_ns) {
    if (shutdown_ns == RS_PLAN_BRUTAL_KILL)
        put(object, "shutdown", "brutal_kill");
    else if (shutdown_ns == RS_PLAN_INFINITY)
        put(object, "shutdown", "infinity");
    else
        put_integer(object, "shutdown_ns", shutdown_ns);
}

static void put_backoff(json_t *object, const rs_plan_backoff *backoff) {
    if (!backoff->first_ns) return;
    json_t *waits = json_object();
    put_integer(waits, "first_ns", backoff->first_ns);
    put_integer(waits, "max_ns", backoff->max_ns);
    put_integer(waits, "reset_ns", backoff->reset_ns);
    put_integer(waits, "factor", backoff->factor);
    put_integer(waits, "jitter_ppm", backoff->jitter_ppm);
    json_object_set_new(object, "backoff", waits);
}

static void put_as_child(json_t *object, const rs_plan_node *node) {
    if (!node->parent) return;
    put(object, "restart", restarts[node->restart]);
    put_shutdown(object, node->shutdown_ns);
    if (node->significant) json_object_set_new(object, "significant", json_true());
    put_backoff(object, &node->backoff);
    if (node->fence_ns) put_integer(object, "fence_ns", node->fence_ns);
    if (!node->budget_period_s) return;
    json_t *budget = json_object();
    put_integer(budget, "restarts", node->budget_restarts);
    put_integer(budget, "period_s", node->budget_period_s);
    json_object_set_new(object, "budget", budget);
}

static json_t *node_to_json(const rs_plan_node *node) {
    json_t *object = json_object();
    put(object, "id", node->id);
    put_as_child(object, node);
    if (node->worker) {
        put(object, "worker", node->worker->name);
        put_options(object, node->worker->options, node->worker->option_count, node->config);
        return object;
    }
    put(object, "strategy", strategies[node->strategy]);
    put_integer(object, "intensity", node->intensity);
    put_integer(object, "period_s", node->period_s);
    put(object, "auto_shutdown", auto_shutdowns[node->auto_shutdown]);
    if (node->child) {
        json_object_set_new(object, "child", node_to_json(node->child));
        return object;
    }
    json_t *children = json_array();
    for (uint32_t i = 0; i < node->child_count; i++)
        json_array_append_new(children, node_to_json(node->children[i]));
    json_object_set_new(object, "children", children);
    return object;
}

/* ---- lists ---- */

static json_t *setup_to_json(const rs_plan_setup *setup) {
    json_t *object = json_object();
    put(object, setup->action->name, setup->target->path);
    put_options(object, setup->action->options, setup->action->option_count, setup->config);
    return object;
}

static void put_rate(json_t *object, const rs_plan_load *load) {
    put(object, "kind", load->kind->name);
    put_integer(object, "rate_per_ks", load->rate_per_ks);
    switch (load->kind->form) {
    case RS_LOAD_NOTHING:
    case RS_LOAD_RATE: break;
    case RS_LOAD_RATES:
        put_integer(object, "from_per_ks", load->rate.per_ks);
        put_integer(object, "to_per_ks", load->rate.to_per_ks);
        break;
    case RS_LOAD_BURST:
        put_integer(object, "burst_count", load->rate.count);
        put_integer(object, "burst_every_ns", load->rate.every_ns);
        break;
    case RS_LOAD_LIST: put_integer(object, "arrival_count", load->arrival_count); break;
    }
}

static void put_keys(json_t *object, const rs_plan_load *load) {
    put(object, "keys", keys[load->keys]);
    put_integer(object, "key_count", load->key_count);
    if (load->keys == RS_PLAN_KEYS_ZIPF)
        put_integer(object, "zipf_exponent_thousandths", load->zipf_exponent);
}

static void put_retry(json_t *object, const rs_plan_retry *retry) {
    if (!retry->times) return;
    json_t *json = json_object(), *on = json_array();
    put_integer(json, "times", retry->times);
    put_integer(json, "backoff_ns", retry->backoff_ns);
    put_integer(json, "factor", retry->factor);
    put_integer(json, "max_ns", retry->max_ns);
    put_integer(json, "jitter_ppm", retry->jitter_ppm);
    for (uint32_t i = 0; i < retry->on_count; i++)
        json_array_append_new(on, json_string(retry->on[i]));
    if (!retry->on_count) json_array_append_new(on, json_string("all"));
    json_object_set_new(json, "on", on);
    json_object_set_new(object, "retry", json);
}

static json_t *load_to_json(const rs_plan *plan, const rs_plan_load *load) {
    json_t *object = json_object(), *mix = json_object();
    put(object, "id", load->id);
    put(object, "target", load->target->path);
    put(object, "via", vias[load->via]);
    put_integer(object, "clients", load->clients);
    put_rate(object, load);
    for (uint32_t i = 0; i < load->mix_count; i++)
        put_integer(mix, load->mix[i].operation->name, load->mix[i].share_ppm);
    json_object_set_new(object, "mix_ppm", mix);
    put_keys(object, load);
    put_integer(object, "timeout_ns", load->timeout_ns);
    if (load->deadline_ns) put_integer(object, "deadline_ns", load->deadline_ns);
    if (load->think_ns) put_integer(object, "think_ns", load->think_ns);
    put_retry(object, &load->retry);
    put_phase(object, plan, load->during);
    return object;
}

static json_t *phase_to_json(const rs_plan_phase *phase) {
    json_t *object = json_object();
    put(object, "name", phase->name);
    put_integer(object, "start_ns", phase->start_ns);
    put_integer(object, "duration_ns", phase->duration_ns);
    return object;
}

/* A result is no failure file: the first of them will do. */
static void put_strikes(json_t *object, const rs_plan *plan, const rs_plan_fault *fault) {
    json_t *strikes = json_array();
    char text[RS_FAULT_STRIKES_BYTES];
    for (uint32_t i = 0; i < fault->strike_count && i < STRIKES_TOLD; i++) {
        rs_fault_strikes_print(&fault->strikes[i], plan->root->id, text, sizeof text);
        json_array_append_new(strikes, json_string(text));
    }
    json_object_set_new(object, "strikes", strikes);
    put_integer(object, "strike_count", fault->strike_count);
}

static void put_trigger(json_t *object, const rs_plan *plan, const rs_plan_fault *fault) {
    switch (fault->trigger) {
    case RS_PLAN_AT: put_integer(object, "at_ns", fault->at_ns); break;
    case RS_PLAN_EVERY: put_integer(object, "every_ns", fault->every_ns); break;
    case RS_PLAN_RATE_CONSTANT: put_integer(object, "rate_per_ks", fault->rate_per_ks); break;
    case RS_PLAN_RATE_POISSON: put_integer(object, "poisson_per_ks", fault->rate_per_ks); break;
    case RS_PLAN_AFTER: put_integer(object, "after_messages", fault->after_count); break;
    case RS_PLAN_ON:
        put(object, "on", rs_fault_when_word(fault->on));
        put(object, "on_path", fault->on_path);
        put_integer(object, "delay_ns", fault->delay_ns);
        break;
    case RS_PLAN_PROBABILITY: put_integer(object, "probability_ppm", fault->probability_ppm); break;
    case RS_PLAN_STRIKES: put_strikes(object, plan, fault); break;
    }
}

static void put_arguments(json_t *object, const rs_plan_fault *fault) {
    const rs_fault_parameter *parameters = fault->how->parameters;
    if (!parameters[0].name) return;
    json_t *arguments = json_object();
    for (uint32_t i = 0; i < RS_FAULT_PARAMETERS_MAX && parameters[i].name; i++)
        json_object_set_new(arguments, parameters[i].name,
                            json_integer((json_int_t)fault->arguments[i]));
    json_object_set_new(object, "arguments", arguments);
}

/* Only what narrows the trigger. */
static void put_modifiers(json_t *object, const rs_plan_fault *fault) {
    if (fault->min_gap_ns) put_integer(object, "min_gap_ns", fault->min_gap_ns);
    if (fault->duty_period_ns) {
        put_integer(object, "duty_on_ns", fault->duty_on_ns);
        put_integer(object, "duty_period_ns", fault->duty_period_ns);
    }
    if (fault->chance_ppm != RS_UNITS_SHARE_WHOLE)
        put_integer(object, "chance_ppm", fault->chance_ppm);
    if (fault->limit != UINT64_MAX) put_integer(object, "limit", fault->limit);
}

static json_t *fault_to_json(const rs_plan *plan, const rs_plan_fault *fault) {
    json_t *object = json_object();
    put(object, "id", fault->id);
    bool is_mail = fault->how->aim == RS_AIM_MAIL;
    put(object, is_mail ? "mail" : "crash", fault->crash);
    if (is_mail) put(object, "from", fault->mail.from);
    if (is_mail) put(object, "message", fault->mail.message);
    if (fault->crash && !is_mail && fault->trigger != RS_PLAN_STRIKES)
        put(object, "pick", picks[fault->pick]);
    if (fault->pick == RS_PLAN_PICK_COUNT || fault->pick == RS_PLAN_PICK_SHARE)
        put_integer(object, "pick_value", fault->pick_value);
    put(object, "how", fault->how->name);
    put(object, "reason", fault->reason);
    put_arguments(object, fault);
    put_trigger(object, plan, fault);
    put_modifiers(object, fault);
    put_phase(object, plan, fault->during);
    json_object_set_new(object, "may_miss", json_boolean(fault->may_miss));
    return object;
}

static json_t *upgrade_to_json(const rs_plan *plan, const rs_plan_upgrade *upgrade) {
    json_t *object = json_object();
    put(object, "id", upgrade->id);
    put(object, "worker", upgrade->worker->name);
    put_integer(object, "at_ns", upgrade->at_ns);
    put_phase(object, plan, upgrade->during);
    return object;
}

static void put_upgrades(json_t *object, const rs_plan *plan) {
    if (!plan->upgrade_count) return;
    json_t *upgrades = json_array();
    for (uint32_t i = 0; i < plan->upgrade_count; i++)
        json_array_append_new(upgrades, upgrade_to_json(plan, &plan->upgrades[i]));
    json_object_set_new(object, "upgrades", upgrades);
}

static void put_checks(json_t *object, const rs_plan *plan) {
    if (!plan->checks_given) return;
    json_t *checks = json_array();
    for (uint32_t i = 0; i < plan->check_count; i++) {
        json_t *row = json_object();
        put(row, "check", plan->checks[i].check->name);
        if (plan->checks[i].time_ns) put_integer(row, "time_ns", plan->checks[i].time_ns);
        json_array_append_new(checks, row);
    }
    json_object_set_new(object, "checks", checks);
}

static void put_sometimes(json_t *object, const rs_plan *plan) {
    if (!plan->sometimes_count) return;
    json_t *texts = json_array();
    for (uint32_t i = 0; i < plan->sometimes_count; i++)
        json_array_append_new(texts, json_string(plan->sometimes[i].text));
    json_object_set_new(object, "sometimes", texts);
}

static void put_lists(json_t *object, const rs_plan *plan) {
    json_t *setups = json_array(), *loads = json_array(), *phases = json_array();
    json_t *faults = json_array(), *expectations = json_array(), *gate = json_array();
    json_t *overrides = json_array();
    for (uint32_t i = 0; i < plan->setup_count; i++)
        json_array_append_new(setups, setup_to_json(&plan->setups[i]));
    for (uint32_t i = 0; i < plan->load_count; i++)
        json_array_append_new(loads, load_to_json(plan, &plan->loads[i]));
    for (uint32_t i = 0; i < plan->phase_count; i++)
        json_array_append_new(phases, phase_to_json(&plan->phases[i]));
    for (uint32_t i = 0; i < plan->fault_count; i++)
        json_array_append_new(faults, fault_to_json(plan, &plan->faults[i]));
    for (uint32_t i = 0; i < plan->expectation_count; i++)
        json_array_append_new(expectations, json_string(plan->expectations[i].text));
    for (uint32_t i = 0; i < plan->gate_count; i++)
        json_array_append_new(gate, json_string(plan->gate[i].text));
    for (uint32_t i = 0; i < plan->override_count; i++)
        json_array_append_new(overrides, json_string(plan->overrides[i]));
    json_object_set_new(object, "setup", setups);
    json_object_set_new(object, "load", loads);
    json_object_set_new(object, "phases", phases);
    json_object_set_new(object, "faults", faults);
    json_object_set_new(object, "expect", expectations);
    json_object_set_new(object, "gate", gate);
    json_object_set_new(object, "set", overrides);
}

/* What a search would draw. */
static void put_explore(json_t *object, const rs_plan *plan) {
    const rs_plan_envelope *envelope = &plan->envelope;
    if (!plan->allows_virtual || plan->failure) return;
    json_t *explore = json_object(), *kinds = json_array(), *protect = json_array();
    for (uint32_t i = 0; i < envelope->kind_count; i++)
        json_array_append_new(kinds, json_string(envelope->kinds[i]->name));
    for (uint32_t i = 0; i < envelope->protect_count; i++) {
        const char *pattern = envelope->protect[i];
        json_array_append_new(protect, json_string(*pattern ? pattern : "root"));
    }
    json_object_set_new(explore, "own", json_boolean(envelope->own));
    json_object_set_new(explore, "faults", kinds);
    put_integer(explore, "max_faults", envelope->max_faults);
    put_integer(explore, "max_rate_per_ks", envelope->max_rate_per_ks);
    put_phase(explore, plan, envelope->during);
    json_object_set_new(explore, "protect", protect);
    json_object_set_new(object, "explore", explore);
}

json_t *rs_plan_to_json(const rs_plan *plan) {
    json_t *object = json_object();
    put(object, "scenario", plan->name);
    put(object, "about", plan->about);
    put(object, "file", plan->file);
    put(object, "hash", plan->source_hash);
    json_object_set_new(object, "runtime", runtime_to_json(&plan->runtime));
    json_object_set_new(object, "tree", node_to_json(plan->root));
    put_lists(object, plan);
    put_upgrades(object, plan);
    put_checks(object, plan);
    put_sometimes(object, plan);
    put_explore(object, plan);
    return object;
}
