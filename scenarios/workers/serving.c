/* serving.c: see serving.h.
 *
 * A request calls each dependency in turn, computes, itself or in tasks of its own, and then waits
 * for service_time: other requests wait in its mailbox all the while.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/serving.h"

#include "runtime/base/units.h"
#include "runtime/otp/gen_server.h"
#include "scenarios/language/plan.h"
#include "scenarios/workers/service.h"

#include <stdio.h>
#include <string.h>

/* Waking a sleeping thread costs about 20 us: below twice that, waiting would take far longer than
 * asked, and occupying the processor is what short work does anyway. */
#define SPIN_BELOW_NS UINT64_C(50000)

const char *const rs_serving_whens[] = {"fail", "retry", "wait", "degrade", "crash", NULL};

enum { BY_SEGV, BY_EXIT };
const char *const rs_serving_poisons[] = {"segv", "exit", NULL};

bool rs_serving_serves(const struct rs_plan_node *node) {
    return node->worker && node->worker->serves;
}

/* ------------------------------------------------------------------ time */

static bool refuse(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static void sleep_for(uint64_t ns) {
    if (ns) rs_receive(refuse, NULL, ns);
}

void rs_serving_wait(uint64_t ns) {
    if (rs_clock_is_virtual() || ns >= SPIN_BELOW_NS) {
        sleep_for(ns);
        return;
    }
    for (uint64_t end_ns = rs_now_ns() + ns; rs_now_ns() < end_ns;) rs_relax();
}

/* ------------------------------------------------------------------ starting */

/* Memory that was never written would cost nothing. */
static void *take_memory(uint64_t bytes) {
    return bytes ? memset(rs_alloc(bytes), 0x5a, bytes) : NULL;
}

void rs_serving_init(rs_serving *serving, const rs_serving_config *config,
                     const rs_worker_args *args, const char *use) {
    uint32_t count = config->depends_on.count;
    serving->config = config;
    serving->args = *args;
    serving->memory = take_memory(config->state_bytes);
    rs_worker_stream(args, use, &serving->prng);
    if (count) serving->depends_on = rs_alloc(count * sizeof *serving->depends_on);
    for (uint32_t i = 0; i < count; i++)
        serving->depends_on[i] = rs_atom_find(config->depends_on.items[i]);
    sleep_for(rs_distribution_draw(&config->start_time, &serving->prng));
}

/* ------------------------------------------------------------------ dependencies */

/* Asks one dependency; false, and its path in *down, when it or one of its own is down. */
static bool ask(const rs_serving *serving, uint32_t index, uint64_t key, bool *degraded,
                rs_service_down *down) {
    const rs_service_request request = {key};
    rs_term reason = 0;
    rs_pid pid = rs_whereis(serving->depends_on[index]);
    const rs_message *answer =
        pid ? rs_gen_server_try_call(pid, &rs_service_request_type, &request, sizeof request,
                                     serving->config->timeout_ns, &reason)
            : NULL;
    *degraded |= answer && answer->type == &rs_service_degraded_type;
    if (answer && !rs_service_has_failed(answer)) return true;
    *down = (rs_service_down){.path = {0}};
    if (answer && answer->type == &rs_service_down_type)
        memcpy(down, answer->payload, sizeof *down);
    else
        strncpy(down->path, serving->config->depends_on.items[index], sizeof down->path - 1);
    rs_term_release(reason);
    return false;
}

/* False: it is down, after all that is done about that. */
static bool ask_again(const rs_serving *serving, uint32_t index, uint64_t key, bool *degraded,
                      rs_service_down *down) {
    const rs_serving_config *config = serving->config;
    bool waits = config->when_down == RS_DOWN_WAIT;
    int64_t left = config->when_down == RS_DOWN_RETRY ? config->retries : 0;
    while (!ask(serving, index, key, degraded, down)) {
        if (!waits && left-- <= 0) return false;
        sleep_for(config->retry_after_ns);
    }
    return true;
}

static _Noreturn void crash(const rs_service_down *down) {
    rs_exit(rs_service_down_reason(down));
}

static rs_served use_dependencies(const rs_serving *serving, uint64_t key, rs_service_down *down) {
    bool degraded = false;
    for (uint32_t i = 0; i < serving->config->depends_on.count; i++) {
        if (ask_again(serving, i, key, &degraded, down)) continue;
        if (serving->config->when_down == RS_DOWN_CRASH) crash(down);
        if (serving->config->when_down != RS_DOWN_DEGRADE) return RS_SERVED_DOWN;
        degraded = true;
    }
    return degraded ? RS_SERVED_DEGRADED : RS_SERVED;
}

/* ------------------------------------------------------------------ computing */

static void task(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_compute(*(const uint64_t *)args);
}

static bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

/* As Task.async and await: linked, so that none outlives the request, nor the request one. Nobody
 * else is monitored while a request is handled. */
static void compute_in_tasks(int64_t tasks, uint64_t ns) {
    const rs_spawn_options options = {
        .entry = task, .args = &ns, .bytes = sizeof ns, .link = true, .monitor = true};
    rs_pid pid;
    for (int64_t i = 0; i < tasks; i++)
        if (rs_spawn_opt(&options, &pid) != RS_OK) rs_exit(RS_ATOM(system_limit));
    for (int64_t i = 0; i < tasks; i++) rs_receive(is_down, NULL, RS_FOREVER);
}

/* ------------------------------------------------------------------ poison */

/* It is the key that is poisonous, for this role, whoever lives there and however often it is
 * asked. */
static bool is_poison(const rs_serving *serving, uint64_t key) {
    uint64_t ppm = serving->config->poison_ppm;
    char stream[256];
    rs_prng prng;
    if (!ppm) return false;
    snprintf(stream, sizeof stream, "poison/%s", serving->args.path ? serving->args.path : "");
    rs_prng_init_indexed(&prng, serving->args.seed, stream, key);
    return rs_prng_below(&prng, RS_UNITS_SHARE_WHOLE) < ppm;
}

/* Under the virtual clock no signals are sent; sanitizers must not get here first. */
__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) static void
die_of_poison(int by) {
    static int *volatile bad_pointer = NULL;
    if (by == BY_EXIT) rs_exit(rs_atom_find("poison"));
    if (rs_clock_is_virtual()) rs_crash(RS_ATOM(sigsegv));
    *bad_pointer = 1;
}

/* ------------------------------------------------------------------ a request */

rs_served rs_serving_serve(rs_serving *serving, uint64_t key, struct rs_service_down *down) {
    const rs_serving_config *config = serving->config;
    if (is_poison(serving, key)) die_of_poison(config->poison_by);
    rs_served served = use_dependencies(serving, key, down);
    if (served == RS_SERVED_DOWN) return served;
    uint64_t compute_ns = rs_distribution_draw(&config->compute_time, &serving->prng);
    if (config->tasks)
        compute_in_tasks(config->tasks, compute_ns);
    else
        rs_compute(compute_ns);
    take_memory(config->leak_bytes);
    rs_serving_wait(rs_distribution_draw(&config->service_time, &serving->prng));
    return served;
}
