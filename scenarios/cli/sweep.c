/* sweep.c: `respawn sweep`: a scenario under all combinations of some settings, as one table. Each
 * combination is a run like any other, with the same seed; repetitions go round and round, so that
 * what changes on the machine meanwhile meets all combinations alike.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/terminal.h"
#include "reports/web/page.h"
#include "scenarios/cli/best.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/files.h"
#include "scenarios/cli/heat.h"
#include "scenarios/cli/limit.h"
#include "scenarios/cli/once.h"
#include "scenarios/cli/repetition.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/sweep_json.h"
#include "scenarios/cli/table.h"
#include "scenarios/cli/vary.h"
#include "scenarios/engine/engine.h"

#include <stdlib.h>
#include <string.h>

/* One combination. */
typedef struct rs_trial {
    rs_options options; /* the command's, and what this combination sets */
    rs_plan *plan;
    rs_result *result; /* of the first repetition, with all repetitions' values */
    rs_table_row *row;
} rs_trial;

typedef struct rs_sweep {
    const rs_options *options;
    rs_vary *varies;
    uint32_t vary_count;
    rs_trial *trials;
    uint32_t trial_count;
    rs_table table;
    rs_files files;
    rs_file *page; /* NULL: not asked for */
    int status;    /* exit status so far */
    bool at_once;  /* stopped by a second Ctrl-C */
} rs_sweep;

/* ------------------------------------------------------------------ what is varied */

static bool is_varied_before(const rs_sweep *sweep, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(sweep->varies[i].key, sweep->varies[index].key) == 0) return true;
    return false;
}

static bool read_varies(rs_sweep *sweep) {
    const rs_options *options = sweep->options;
    uint64_t combinations = 1;
    if (options->vary_count == 0 && !options->find_limit)
        return rs_streams_refuse(
            "sweep needs a setting to vary: --vary runtime.scheduler=steal,global");
    for (uint32_t i = 0; i < options->vary_count; i++) {
        const char *why;
        sweep->vary_count++;
        if (!rs_vary_read(&sweep->varies[i], options->varies[i], &why))
            return rs_streams_refuse("--vary %s: %s", options->varies[i], why);
        if (is_varied_before(sweep, i))
            return rs_streams_refuse("--vary %s: varied twice", sweep->varies[i].key);
        if (options->find_limit && strcmp(options->find_limit, sweep->varies[i].key) == 0)
            return rs_streams_refuse("--find-limit %s: it is varied, too; leave one out",
                                     options->find_limit);
        combinations *= sweep->varies[i].count;
        if (combinations > RS_VARY_MAX)
            return rs_streams_refuse("--vary: more than %u combinations", RS_VARY_MAX);
    }
    sweep->trial_count = (uint32_t)combinations;
    return true;
}

/* The last key given changes fastest. */
static void set_combination(rs_sweep *sweep, uint32_t number) {
    rs_trial *trial = &sweep->trials[number];
    rs_options *options = &trial->options;
    const char **values = rs_rows_alloc(sizeof *values * sweep->vary_count);
    *options = *sweep->options;
    options->sets =
        rs_rows_alloc(sizeof *options->sets * ((size_t)options->set_count + sweep->vary_count + 1));
    memcpy(options->sets, sweep->options->sets, sizeof *options->sets * options->set_count);
    options->set_count += sweep->vary_count;
    for (uint32_t left = number, i = sweep->vary_count; i-- > 0;) {
        const rs_vary *vary = &sweep->varies[i];
        values[i] = rs_vary_value(vary, left % vary->count);
        options->sets[sweep->options->set_count + i] = vary->sets[left % vary->count];
        left /= vary->count;
    }
    trial->row = &sweep->table.rows[number];
    trial->row->settings = values;
}

static void init_samples(rs_table_row *row, uint64_t repeat) {
    for (uint32_t i = 0; i < RS_COLUMNS; i++)
        row->samples[i] = rs_rows_alloc(sizeof *row->samples[i] * repeat);
}

/* What is wrong may have its place in the file: it is right with other values. */
static bool tell_combination(const rs_sweep *sweep, uint32_t number) {
    const rs_options *options = &sweep->trials[number].options;
    fputs("respawn: that is with", stderr);
    for (uint32_t i = sweep->options->set_count; i < options->set_count; i++) {
        fputs(" --vary ", stderr);
        rs_escape_put(rs_escape_terminal, options->sets[i], stderr);
    }
    fputc('\n', stderr);
    return false;
}

/* Nothing runs before every combination has been checked. */
static bool load_trials(rs_sweep *sweep) {
    const char **keys = rs_rows_alloc(sizeof *keys * sweep->vary_count);
    for (uint32_t i = 0; i < sweep->vary_count; i++) keys[i] = sweep->varies[i].key;
    sweep->trials = rs_rows_alloc(sizeof *sweep->trials * sweep->trial_count);
    sweep->table = (rs_table){.keys = keys,
                              .key_count = sweep->vary_count,
                              .rows = rs_rows_alloc(sizeof(rs_table_row) * sweep->trial_count),
                              .row_count = sweep->trial_count};
    for (uint32_t i = 0; i < sweep->trial_count; i++) {
        set_combination(sweep, i);
        init_samples(sweep->trials[i].row, sweep->options->repeat);
        sweep->trials[i].plan = rs_scenario_load(&sweep->trials[i].options);
        if (!sweep->trials[i].plan) return sweep->vary_count && tell_combination(sweep, i);
    }
    return true;
}

/* ------------------------------------------------------------------ files */

static unsigned digits(uint32_t number) {
    return number < 10 ? 1 : 1 + digits(number / 10);
}

/* Named by the row: a value may hold what no file's name may. */
static bool open_file(const rs_sweep *sweep, uint32_t number, rs_file *file) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%0*u.json", sweep->options->directory,
             (int)digits(sweep->trial_count), number + 1);
    if (rs_file_open(file, path, RS_RESULT_MARK, sweep->options->force) == RS_OK) return true;
    return rs_streams_refuse("%s", file->message);
}

/* Rows are written one by one, and there may be a thousand: none stays open, but each is tried. */
static bool try_files(const rs_sweep *sweep) {
    static rs_file file;
    if (!rs_files_folder(sweep->options->directory)) return false;
    for (uint32_t i = 0; i < sweep->trial_count; i++) {
        if (!open_file(sweep, i, &file)) return false;
        rs_file_discard(&file);
    }
    return true;
}

/* Before anything runs. */
static bool prepare_files(rs_sweep *sweep) {
    const rs_options *options = sweep->options;
    if (options->find_limit && options->html)
        return rs_streams_refuse("--export-html shows a table, and --find-limit makes none");
    if (options->find_limit && options->directory)
        return rs_streams_refuse("--export-json keeps the rows of a table, and --find-limit makes "
                                 "none");
    return (!options->directory || try_files(sweep)) &&
           rs_files_open(&sweep->files, options->html, RS_PAGE_MARK, options->force, &sweep->page);
}

static rs_err tell_table(const void *told, FILE *json) {
    return rs_sweep_json(told, json);
}

static void write_page(rs_sweep *sweep) {
    const rs_plan *plan = sweep->trials[0].plan;
    const rs_sweep_told told = {plan->name, plan->about, sweep->options->repeat, &sweep->table};
    if (!sweep->page) return;
    rs_err err = rs_page_write(tell_table, &told, sweep->page->stream);
    if (!rs_files_commit_told(sweep->page, err))
        sweep->status = rs_exit_worse(sweep->status, RS_EXIT_ABORTED);
}

static void write_file(rs_sweep *sweep, uint32_t number) {
    static rs_file file;
    if (!sweep->options->directory) return;
    bool written = open_file(sweep, number, &file);
    if (written) rs_format_find("json")->write(sweep->trials[number].result, file.stream);
    if (!written || !rs_files_commit(&file))
        sweep->status = rs_exit_worse(sweep->status, RS_EXIT_ABORTED);
}

/* ------------------------------------------------------------------ running */

static void take(rs_sweep *sweep, rs_trial *trial, uint64_t number, rs_once *once) {
    sweep->status = rs_exit_worse(sweep->status, once->status);
    sweep->at_once |= once->at_once;
    if (number == 0) trial->result = once->result;
    if (!once->at_once) {
        rs_repetition_add(trial->result, trial->plan, number, once->result);
        if (number > 0) rs_once_take_verdict(trial->result, once->result, number);
        rs_table_add(trial->row, once->result);
        rs_table_judge(trial->row, trial->result);
    }
    if (number > 0) rs_result_destroy(once->result);
}

/* Results are large; of a combination that is over only its row is kept. */
static void finish(rs_sweep *sweep, uint32_t number) {
    rs_trial *trial = &sweep->trials[number];
    bool passed = trial->result && trial->result->verdict == RS_VERDICT_PASSED;
    if (trial->result && !sweep->at_once) write_file(sweep, number);
    if (trial->result && !passed && trial->result->reproduce)
        fprintf(stderr, "respawn: to repeat it: %s\n", trial->result->reproduce);
    rs_result_destroy(trial->result);
    trial->result = NULL;
}

/* A run that could not be carried out is a row; only Ctrl-C ends the sweep. */
static bool run_trial(rs_sweep *sweep, uint32_t index, uint64_t number) {
    rs_trial *trial = &sweep->trials[index];
    uint64_t seed = rs_engine_seed(trial->plan->runtime.seed, number);
    rs_once once =
        rs_once_run(&trial->options, trial->plan, seed, (rs_once_story){.events_fd = -1});
    take(sweep, trial, number, &once);
    if (number + 1 == sweep->options->repeat) finish(sweep, index);
    return !once.interrupted;
}

static void run_all(rs_sweep *sweep) {
    sigset_t before;
    rs_watch_hold(&before);
    bool goes_on = true;
    for (uint64_t number = 0; goes_on && number < sweep->options->repeat; number++)
        for (uint32_t i = 0; goes_on && i < sweep->trial_count; i++)
            goes_on = run_trial(sweep, i, number);
    for (uint32_t i = 0; i < sweep->trial_count; i++) finish(sweep, i);
    rs_watch_release(&before);
}

/* ------------------------------------------------------------------ the table */

static void paint_title(const rs_sweep *sweep, rs_paint *paint) {
    const rs_plan *plan = sweep->trials[0].plan;
    rs_paint_text(paint, RS_PAINT_BOLD, plan->name);
    rs_paint_print(paint, RS_PAINT_DIM, "  %u combination%s", sweep->trial_count,
                   sweep->trial_count == 1 ? "" : "s");
    if (sweep->options->repeat > 1)
        rs_paint_print(paint, RS_PAINT_DIM, ", each run %llu times: medians",
                       (unsigned long long)sweep->options->repeat);
    rs_paint_end(paint);
    if (!plan->about || !*plan->about) return;
    rs_paint_to(paint, 2);
    rs_paint_wrap(paint, RS_PAINT_PLAIN, plan->about);
}

static void print_table(rs_sweep *sweep) {
    FILE *out = rs_files_take_stdout(&sweep->files) ? stderr : stdout;
    rs_terminal_look look = rs_terminal_look_of(out, sweep->options->no_color);
    rs_paint paint = {.out = out, .width = look.width, .color = look.color};
    paint_title(sweep, &paint);
    rs_table_paint(&sweep->table, &paint);
    rs_heat_paint(&sweep->table, &paint);
    rs_best_paint(&sweep->table, &paint);
    if (!rs_streams_flush()) sweep->status = rs_exit_worse(sweep->status, RS_EXIT_ABORTED);
}

/* ------------------------------------------------------------------ limits */

static void paint_combination(const rs_sweep *sweep, const rs_table_row *row, rs_paint *paint) {
    rs_paint_end(paint);
    for (uint32_t i = 0; i < sweep->vary_count; i++)
        rs_paint_print(paint, RS_PAINT_BOLD, "%s%s %s", i ? ", " : "",
                       rs_table_key(&sweep->table, i), row->settings[i]);
    if (sweep->vary_count) rs_paint_end(paint);
}

static void paint_limit(const rs_limit *limit, const char *key, rs_paint *paint) {
    bool has_both = *limit->survives && *limit->fails;
    rs_paint_to(paint, 2);
    rs_paint_print(paint, RS_PAINT_BOLD, "%s ", key);
    if (*limit->survives)
        rs_paint_print(paint, RS_PAINT_GOOD, "survives %s%s", limit->survives,
                       has_both ? "; " : "");
    if (*limit->fails)
        rs_paint_print(paint, RS_PAINT_BAD, "fails at %s: %s", limit->fails, limit->why);
    else
        rs_paint_text(paint, RS_PAINT_DIM, "; no limit was met");
    if (!*limit->survives) rs_paint_text(paint, RS_PAINT_DIM, "; nothing was found that passes");
    rs_paint_end(paint);
}

/* False: the last one. */
static bool find_limit(rs_sweep *sweep, uint32_t number, rs_paint *paint) {
    const rs_trial *trial = &sweep->trials[number];
    bool quiet = sweep->options->quiet;
    rs_limit_way way = {&trial->options, sweep->options->find_limit, quiet ? NULL : paint};
    rs_limit limit;
    if (!quiet) paint_combination(sweep, trial->row, paint);
    bool found = rs_limit_find(&way, &limit);
    sweep->status = rs_exit_worse(sweep->status, limit.status);
    if (found && !quiet && !limit.interrupted) paint_limit(&limit, way.key, paint);
    if (limit.reproduce) fprintf(stderr, "respawn: to repeat what fails: %s\n", limit.reproduce);
    free(limit.reproduce);
    return found && !limit.interrupted;
}

static void find_limits(rs_sweep *sweep) {
    rs_terminal_look look = rs_terminal_look_of(stdout, sweep->options->no_color);
    rs_paint paint = {.out = stdout, .width = look.width, .color = look.color};
    sigset_t before;
    if (!sweep->options->quiet) paint_title(sweep, &paint);
    rs_watch_hold(&before);
    for (uint32_t i = 0; i < sweep->trial_count && find_limit(sweep, i, &paint); i++) continue;
    rs_watch_release(&before);
    if (!rs_streams_flush()) sweep->status = rs_exit_worse(sweep->status, RS_EXIT_ABORTED);
}

/* ------------------------------------------------------------------ life */

static void fini_trial(rs_trial *trial) {
    rs_plan_destroy(trial->plan);
    free(trial->options.sets);
}

static void fini_row(rs_table_row *row) {
    for (uint32_t i = 0; i < RS_COLUMNS; i++) free(row->samples[i]);
    free((void *)(uintptr_t)row->settings);
}

static void fini(rs_sweep *sweep) {
    for (uint32_t i = 0; sweep->trials && i < sweep->trial_count; i++) {
        fini_trial(&sweep->trials[i]);
        fini_row(&sweep->table.rows[i]);
    }
    for (uint32_t i = 0; i < sweep->vary_count; i++) rs_vary_fini(&sweep->varies[i]);
    free(sweep->table.rows);
    free((void *)(uintptr_t)sweep->table.keys);
    free(sweep->trials);
    free(sweep->varies);
}

int rs_command_sweep(const rs_options *options) {
    rs_sweep sweep = {.options = options, .status = RS_EXIT_USAGE};
    sweep.varies = rs_rows_alloc(sizeof *sweep.varies * (options->vary_count + 1));
    if (read_varies(&sweep) && load_trials(&sweep) && prepare_files(&sweep)) {
        sweep.status = RS_EXIT_PASSED;
        if (options->find_limit)
            find_limits(&sweep);
        else
            run_all(&sweep);
        if (!options->find_limit && !options->quiet && !sweep.at_once) print_table(&sweep);
        if (!sweep.at_once) write_page(&sweep);
    }
    rs_files_discard(&sweep.files);
    fini(&sweep);
    return sweep.status;
}
