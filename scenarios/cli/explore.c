/* explore.c: `respawn explore`: searches seeds in virtual time for lives that fail.
 * SPDX-License-Identifier: MIT
 */
#include "reports/web/page.h"
#include "runtime/base/units.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/files.h"
#include "scenarios/cli/harvest.h"
#include "scenarios/cli/reproduce.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/summary.h"
#include "scenarios/engine/watch.h"
#include "scenarios/explore/crew.h"
#include "scenarios/explore/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEDS_DEFAULT 1000u
#define SHOW_NS       UINT64_C(200000000)
/* Who looks at a life that was ended gives it so many times as long. */
#define LONGER 10u

typedef struct rs_exploration {
    const rs_options *options;
    rs_plan *plan;
    rs_crew_options crew;
    rs_account account;
    uint64_t begin_ns, shown_ns, end_ns; /* of the wall */
    FILE *progress;                      /* NULL: no terminal */
    rs_files files;
    rs_file *file; /* what the search has come to; NULL: not asked for */
    rs_file *page; /* the same as a page, likewise */
} rs_exploration;

/* ------------------------------------------------------------------ progress */

static void print_rates(const rs_exploration *exploration, uint64_t now_ns, FILE *out) {
    double seconds = (double)(now_ns - exploration->begin_ns) / 1e9;
    char lives[RS_UNITS_TEXT_BYTES], simulated[RS_UNITS_TEXT_BYTES];
    if (seconds <= 0) return;
    rs_units_format_rate((double)exploration->account.search.lives / seconds, lives, sizeof lives);
    rs_units_format_count(
        (uint64_t)((double)exploration->account.search.simulated_ns / 1e9 / seconds), simulated,
        sizeof simulated);
    fprintf(out, "%s lives, %s simulated seconds a second", lives, simulated);
}

static void show(rs_exploration *exploration, uint64_t now_ns) {
    const rs_search *search = &exploration->account.search;
    if (!exploration->progress || now_ns - exploration->shown_ns < SHOW_NS) return;
    exploration->shown_ns = now_ns;
    fprintf(exploration->progress, "\r\033[K%" PRIu64 " of %" PRIu64 " lives   ", search->lives,
            rs_crew_count(&exploration->crew));
    print_rates(exploration, now_ns, exploration->progress);
    fprintf(exploration->progress, "   %zu kind%s of failure", search->kinds.count,
            search->kinds.count == 1 ? "" : "s");
    fflush(exploration->progress);
}

/* `--first N`: what lies behind the seeds that show N kinds is of no interest. */
static bool is_enough(const rs_exploration *exploration) {
    uint64_t wanted = exploration->options->first_failures;
    return wanted && exploration->account.search.kinds.count >= wanted;
}

static bool take(void *context, const rs_attempt *attempt) {
    rs_exploration *exploration = context;
    if (attempt) rs_search_add(&exploration->account.search, attempt);
    show(exploration, rs_watch_wall_ns());
    return !is_enough(exploration);
}

/* ------------------------------------------------------------------ the search */

static bool is_possible(const rs_options *options, const rs_plan *plan) {
    if (plan->runtime.clock != RS_PLAN_VIRTUAL)
        return rs_streams_refuse("%s: explore searches in virtual time, which its 'clocks' does "
                                 "not allow",
                                 options->arguments[0]);
    const char *empty = rs_draw_empty(plan);
    if (empty)
        return rs_streams_refuse("%s: explore would draw no fault: %s", options->arguments[0],
                                 empty);
    return true;
}

static rs_plan *load(const rs_options *options) {
    static char clock[] = "runtime.clock=virtual";
    rs_options changed = *options;
    changed.sets = rs_rows_alloc(sizeof *changed.sets * ((size_t)options->set_count + 2));
    changed.sets[0] = clock; /* what is set by hand comes later, and counts */
    for (uint32_t i = 0; i < options->set_count; i++) changed.sets[i + 1] = options->sets[i];
    changed.set_count++;
    rs_plan *plan = rs_scenario_load(&changed);
    free(changed.sets);
    return plan;
}

static void init(rs_exploration *exploration, const rs_options *options, rs_plan *plan) {
    *exploration = (rs_exploration){.options = options, .plan = plan};
    exploration->crew =
        (rs_crew_options){.plan = plan,
                          .plugins = {options->plugins, options->plugin_count},
                          .first_seed = options->seeds ? options->first_seed : 1,
                          .last_seed = options->seeds ? options->last_seed : SEEDS_DEFAULT,
                          .shard = options->shards ? options->shard : 1,
                          .shards = options->shards ? options->shards : 1,
                          .jobs = options->jobs ? (uint32_t)options->jobs : rs_crew_jobs(),
                          .timeout_ns = options->life_timeout_ns};
    rs_account_init(&exploration->account, plan, &exploration->crew);
    if (!options->quiet && isatty(STDERR_FILENO)) exploration->progress = stderr;
    exploration->begin_ns = exploration->shown_ns = rs_watch_wall_ns();
}

static void print(const rs_exploration *exploration) {
    char *speed = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&speed, &bytes);
    if (out) print_rates(exploration, exploration->end_ns, out);
    if (out) fclose(out);
    rs_summary_print(&exploration->account, speed,
                     rs_files_take_stdout(&exploration->files) ? stderr : stdout);
    free(speed);
}

/* Before anything runs. */
static bool open_files(rs_exploration *exploration) {
    const rs_options *options = exploration->options;
    rs_files *files = &exploration->files;
    return rs_harvest_is_possible(options) &&
           rs_files_open(files, options->json, RS_ACCOUNT_MARK, options->force,
                         &exploration->file) &&
           rs_files_open(files, options->html, RS_PAGE_MARK, options->force, &exploration->page);
}

static rs_err tell_account(const void *account, FILE *json) {
    rs_account_tell(account, json);
    return RS_OK;
}

static bool write_files(rs_exploration *exploration) {
    if (exploration->file) rs_account_write(&exploration->account, exploration->file->stream);
    bool written = rs_files_commit(exploration->file);
    if (!exploration->page) return written;
    rs_err told = rs_page_write(tell_account, &exploration->account, exploration->page->stream);
    return rs_files_commit_told(exploration->page, told) && written;
}

/* A search that is cut short tells what it has found. Signals are held over both parts, or one that
 * comes in between would end the program before it has told anything. True: both are whole. */
static bool search(rs_exploration *exploration) {
    sigset_t before;
    rs_watch_hold(&before);
    bool whole = rs_crew_run(&exploration->crew, take, exploration);
    exploration->end_ns = rs_watch_wall_ns();
    if (exploration->progress) fputs("\r\033[K", exploration->progress);
    rs_search_sort(&exploration->account.search);
    bool small = rs_harvest(exploration->options, exploration->plan, &exploration->crew,
                            &exploration->account.search, !whole);
    rs_watch_release(&before);
    if (!whole)
        rs_streams_refuse("the search was cut short");
    else if (!small)
        rs_streams_refuse("the search is whole, but its failures may be larger than need be");
    return whole && small;
}

/* The last words of a search with late lives are how to look at the first of them. */
static void tell_late(const rs_exploration *exploration) {
    const rs_search_late *late = &exploration->account.search.late;
    uint64_t timeout_ns = exploration->crew.timeout_ns;
    char limit[RS_UNITS_TEXT_BYTES], longer[32];
    if (!late->count) return;
    rs_units_format_duration(timeout_ns, limit, sizeof limit);
    snprintf(longer, sizeof longer, "%" PRIu64 "ms", timeout_ns / 1000000 * LONGER + LONGER);
    char *command = rs_reproduce_search(exploration->options, late->seed, longer);
    rs_streams_refuse("%" PRIu64 " %s not ended after %s of real time, first that of seed %" PRIu64
                      "; to give it longer:",
                      late->count, late->count == 1 ? "life had" : "lives had", limit, late->seed);
    fprintf(stderr, "  %s\n", command ? command : "");
    free(command);
}

static int explore(rs_exploration *exploration) {
    bool whole = search(exploration);
    bool kept = rs_harvest_is_kept(&exploration->account.search);
    if (!exploration->options->quiet) print(exploration);
    bool written = write_files(exploration);
    int status = rs_summary_status(&exploration->account);
    tell_late(exploration);
    return whole && kept && written ? status : rs_exit_worse(status, RS_EXIT_ABORTED);
}

int rs_command_explore(const rs_options *options) {
    rs_plan *plan = load(options);
    int status = RS_EXIT_USAGE;
    if (plan && is_possible(options, plan)) {
        rs_exploration exploration;
        init(&exploration, options, plan);
        if (open_files(&exploration)) status = explore(&exploration);
        rs_account_fini(&exploration.account);
    }
    rs_plan_destroy(plan);
    return status;
}
