/* world.c: a runtime around some work, and tables to put into it.
 * SPDX-License-Identifier: MIT
 */
#include "bench/world.h"

#include "scenarios/workers/high_scores_table.h"

#include <stdio.h>
#include <unistd.h>

typedef struct errand {
    void (*entry)(void *context);
    void *context;
} errand;

static void run_errand(const void *args, uint32_t bytes) {
    (void)bytes;
    errand todo = *(const errand *)args;
    todo.entry(todo.context);
}

const char *rs_world_run(const rs_runtime_options *options, void (*entry)(void *context),
                         void *context) {
    errand todo = {entry, context};
    rs_term reason = 0;
    rs_err err = rs_run(options, run_errand, &todo, sizeof todo, &reason);
    if (err != RS_OK) return rs_error_text(err);
    return reason == RS_ATOM(normal) ? NULL : "the first process died";
}

static rs_start_result start_table(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(rs_worker_find("high_scores_table")->server, start->args,
                               start->bytes, &start->options, pid, reason);
}

rs_child_spec rs_world_table(const char *id, rs_restart restart) {
    static const rs_high_scores_table_config config = {.max_players = 10};
    static const rs_worker_args args = {.config = &config, .path = "tables"};
    return (rs_child_spec){.id = id,
                           .start = start_table,
                           .args = &args,
                           .bytes = sizeof args,
                           .restart = restart,
                           .shutdown_ns = RS_BRUTAL_KILL};
}

rs_pid rs_world_supervisor(rs_strategy strategy, const rs_child_spec *children, uint32_t count) {
    rs_supervisor_spec spec = {.strategy = strategy,
                               .intensity = 1000000000,
                               .period_s = 1,
                               .children = children,
                               .child_count = count};
    rs_start_options options = {.link = true, .role = 1};
    rs_pid pid = 0;
    rs_term reason = 0;
    return rs_supervisor_start(&spec, &options, &pid, &reason) == RS_START_OK ? pid : 0;
}

rs_pid rs_world_tables(rs_restart restart) {
    rs_child_spec table = rs_world_table("table", restart);
    return rs_world_supervisor(RS_SIMPLE_ONE_FOR_ONE, &table, 1);
}

rs_pid rs_world_add_table(rs_pid tables) {
    rs_pid pid = 0;
    rs_term reason = 0;
    return rs_supervisor_start_child(tables, NULL, NULL, 0, NULL, &pid, &reason) == RS_START_OK
               ? pid
               : 0;
}

uint64_t rs_world_resident(void) {
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) return 0;
    if (fscanf(file, "%lu %lu", &total, &resident) != 2) resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
