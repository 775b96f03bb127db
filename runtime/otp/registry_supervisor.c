/* registry_supervisor.c: see registry_supervisor.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/registry_supervisor.h"

/* Elixir's defaults. */
#define INTENSITY   3
#define PERIOD_S    5
#define SHUTDOWN_NS UINT64_C(5000000000)

static rs_start_result start_partition(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const rs_registry_child *child = start->args;
    const rs_spawn_options options = {.link = true,
                                      .link_tag = start->options.link_tag,
                                      .role = start->options.role,
                                      .arena_bytes = start->options.arena_bytes};
    rs_err err = rs_registry_start_partition(child->registry, child->number, &options, pid, reason);
    return err == RS_OK ? RS_START_OK : RS_START_ERROR;
}

/* number_text writes the digits of `number`, which there is room for. */
static void number_text(uint32_t number, char *out) {
    uint32_t digits = 1;
    for (uint32_t rest = number; rest >= 10; rest /= 10) digits++;
    out[digits] = 0;
    for (; digits > 0; number /= 10) out[--digits] = (char)('0' + number % 10);
}

static rs_child_spec describe(const rs_registry *registry, rs_registry_child *child,
                              uint32_t number) {
    *child = (rs_registry_child){.registry = registry, .number = number};
    number_text(number, child->id);
    return (rs_child_spec){.id = child->id,
                           .start = start_partition,
                           .args = child,
                           .bytes = sizeof *child,
                           .restart = RS_PERMANENT,
                           .shutdown_ns = SHUTDOWN_NS};
}

rs_start_result rs_registry_supervisor_start(const rs_registry *registry,
                                             rs_registry_child *children,
                                             const rs_start_options *options, rs_pid *pid,
                                             rs_term *reason) {
    uint32_t count = registry->partitions ? registry->partitions : 1;
    rs_start_options named = options ? *options : (rs_start_options){0};
    rs_child_spec *specs = rs_alloc(count * sizeof *specs);
    bool is_unique = registry->keys == RS_REGISTRY_UNIQUE;
    named.name = registry->name;
    for (uint32_t i = 0; i < count; i++) specs[i] = describe(registry, &children[i], i);
    const rs_supervisor_spec spec = {.strategy = is_unique ? RS_ONE_FOR_ALL : RS_ONE_FOR_ONE,
                                     .intensity = INTENSITY,
                                     .period_s = PERIOD_S,
                                     .children = specs,
                                     .child_count = count};
    rs_start_result started = rs_supervisor_start(&spec, &named, pid, reason);
    rs_free(specs, count * sizeof *specs);
    return started;
}
