/* watchdog.c: each look is a process of its own that waits for one answer, so that no silence keeps
 * the next question back. It asks what every server and supervisor answers between two messages.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/watchdog.h"

#include "runtime/base/assert.h"
#include "runtime/otp/supervisor.h"
#include "runtime/otp/sys.h"
#include "scenarios/language/plan.h"

/* Children asked for at a time. */
#define INFOS 32u

typedef struct rs_watchdog {
    const rs_watchdog_config *config;
} rs_watchdog;

/* One look. */
typedef struct rs_look {
    rs_pid pid;
    uint64_t patience_ns;
    bool with_children;
} rs_look;

static const rs_type tick_type = {.name = "tick"};

/* ------------------------------------------------------------------ one look */

static void look_main(const void *args, uint32_t bytes);

/* Without room for another process the next tick looks again. */
static void look_at(rs_pid pid, uint64_t patience_ns, bool with_children) {
    const rs_look look = {pid, patience_ns, with_children};
    rs_spawn(look_main, &look, sizeof look);
}

static void look_at_children(const rs_look *look) {
    rs_child_info infos[INFOS];
    uint32_t count = 1;
    for (uint32_t from = 0; from < count; from += INFOS) {
        count = rs_supervisor_which_children(look->pid, from, infos, INFOS);
        for (uint32_t i = 0; i < INFOS && from + i < count; i++)
            if (rs_term_tag(infos[i].child) == RS_TAG_PID)
                look_at(infos[i].child, look->patience_ns, false);
    }
}

static void look_main(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_look *look = args;
    rs_sys_statistics unused;
    rs_err err = rs_sys_statistics_get(look->pid, look->patience_ns, &unused);
    if (err == RS_ELIMIT) rs_exit_signal(look->pid, RS_ATOM(kill));
    if (err == RS_OK && look->with_children) look_at_children(look);
}

/* ------------------------------------------------------------------ the server */

/* Who is not there is somebody else's concern. */
static void look_at_all(const rs_watchdog *dog, const rs_paths *paths, bool with_children) {
    for (uint32_t i = 0; i < paths->count; i++) {
        rs_pid pid = rs_whereis(rs_atom_find(paths->items[i]));
        if (pid) look_at(pid, dog->config->patience_ns, with_children);
    }
}

static void wait(const rs_watchdog *dog) {
    rs_send_after(dog->config->every_ns, rs_self(), &tick_type, NULL, 0);
}

static rs_next watchdog_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_watchdog *dog = state;
    dog->config = ((const rs_worker_args *)args)->config;
    wait(dog);
    return RS_INIT_OK;
}

static rs_next watchdog_handle_info(void *state, const rs_message *info) {
    const rs_watchdog *dog = state;
    if (info->type != &tick_type) return RS_NOREPLY;
    look_at_all(dog, &dog->config->watches, false);
    look_at_all(dog, &dog->config->with_children, true);
    wait(dog);
    return RS_NOREPLY;
}

static const rs_gen_server watchdog_server = {
    .name = "watchdog",
    .state_bytes = sizeof(rs_watchdog),
    .init = watchdog_init,
    .handle_info = watchdog_handle_info,
};

/* ------------------------------------------------------------------ the worker */

/* The top supervisor has no name. */
static bool has_name(const rs_plan_node *node) {
    return *node->path != 0;
}

static bool has_template(const rs_plan_node *node) {
    return node->child != NULL;
}

static const rs_option watchdog_options[] = {
    {.key = "watches",
     .type = RS_OPTION_PATHS,
     .offset = offsetof(rs_watchdog_config, watches),
     .fallback = "",
     .help = "workers and supervisors that must answer",
     .accepts = has_name,
     .accepted = "a worker or a supervisor below the top one"},
    {.key = "with_children",
     .type = RS_OPTION_PATHS,
     .offset = offsetof(rs_watchdog_config, with_children),
     .fallback = "",
     .help = "simple_one_for_one supervisors that must answer, and their children, too",
     .accepts = has_template,
     .accepted = "a simple_one_for_one supervisor"},
    {.key = "every",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_watchdog_config, every_ns),
     .fallback = "500ms",
     .min = 1,
     .max = INT64_MAX,
     .help = "how often it asks"},
    {.key = "patience",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_watchdog_config, patience_ns),
     .fallback = "500ms",
     .min = 1,
     .max = INT64_MAX,
     .help = "how long it waits for an answer before it kills"},
};

extern const rs_worker rs_worker_watchdog;
const rs_worker rs_worker_watchdog = {
    .name = "watchdog",
    .about = "asks others whether they still answer, and kills who does not",
    .options = watchdog_options,
    .option_count = sizeof watchdog_options / sizeof *watchdog_options,
    .config_bytes = sizeof(rs_watchdog_config),
    .server = &watchdog_server,
    .portable = true,
};
