/* harvest.c: writes the file of each kind of failure.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/harvest.h"

#include "reports/file.h"
#include "scenarios/cli/reproduce.h"
#include "scenarios/cli/streams.h"
#include "scenarios/explore/failure.h"
#include "scenarios/language/language.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* "expect: calls.lost == 0" becomes "expect_calls_lost_0". */
static void add_slug(char *path, size_t bytes, const char *text) {
    size_t used = strlen(path);
    bool gap = false;
    for (; *text && used + 2 < bytes; text++) {
        bool fits = (*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9');
        if (fits && gap) path[used++] = '_';
        if (fits) path[used++] = *text;
        gap = !fits && used && path[used - 1] != '/';
    }
    path[used] = 0;
}

static char *path_of(const char *directory, const rs_plan *plan, const rs_search_kind *kind) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.2048s/%.64s-", directory, plan->name);
    add_slug(path, sizeof path - 128, kind->failure.check);
    if (*kind->failure.path) strcat(path, "-");
    add_slug(path, sizeof path - 16, kind->failure.path);
    strcat(path, ".yaml");
    return strdup(path);
}

/* In a child of its own: true when the file is there. */
static bool write_one(const rs_failure_order *order, const char *path, bool force) {
    static rs_file file;
    char why[256];
    if (rs_file_open(&file, path, RS_FAILURE_MARK, force) != RS_OK)
        return rs_streams_refuse("%s", file.message);
    if (!rs_failure_write(order, file.stream, why, sizeof why)) {
        rs_file_discard(&file);
        return rs_streams_refuse("%s: %s", path, why);
    }
    return rs_file_commit(&file) == RS_OK || rs_streams_refuse("%s", file.message);
}

static pid_t start(const rs_failure_order *order, const char *path, bool force) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(write_one(order, path, force) ? 0 : 1);
    return child;
}

static void finish_one(rs_search *search, pid_t *children, const rs_plan *plan,
                       const char *directory) {
    int status = 0;
    pid_t child = wait(&status);
    for (size_t i = 0; i < search->kinds.count; i++) {
        if (children[i] != child) continue;
        children[i] = 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            search->kinds.at[i].file = path_of(directory, plan, &search->kinds.at[i]);
    }
}

static void write_all(const rs_failure_order *common, rs_search *search, const char *directory,
                      const rs_options *options, uint32_t jobs) {
    pid_t *children = rs_rows_alloc(sizeof *children * (search->kinds.count + 1));
    uint32_t busy = 0;
    for (size_t i = 0; i < search->kinds.count; i++) {
        rs_failure_order order = *common;
        char *path = path_of(directory, common->plan, &search->kinds.at[i]);
        order.seed = search->kinds.at[i].seed;
        order.failure = &search->kinds.at[i].failure;
        order.found_by = rs_reproduce_search(options, order.seed);
        children[i] = start(&order, path, options->force);
        busy += children[i] > 0;
        free(path);
        free((void *)(uintptr_t)order.found_by);
        if (busy == jobs) finish_one(search, children, common->plan, directory), busy--;
    }
    for (; busy; busy--) finish_one(search, children, common->plan, directory);
    free(children);
}

static char *text_of(const rs_options *options) {
    rs_diagnostics *problems = rs_diagnostics_create();
    char *text = rs_scenario_text(options->arguments[0], (const char *const *)options->sets,
                                  options->set_count, problems);
    rs_diagnostics_destroy(problems);
    return text;
}

void rs_harvest(const rs_options *options, const rs_plan *plan, const rs_crew_options *crew,
                rs_search *search) {
    const char *directory = options->output ? options->output : "failures";
    if (!search->kinds.count) return;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        rs_streams_refuse("%s: %s", directory, strerror(errno));
        return;
    }
    char *text = text_of(options);
    rs_failure_order order = {.text = text,
                              .plan = plan,
                              .timeout_ns = crew->timeout_ns,
                              .shrink_ns = options->shrink_ns};
    if (text) write_all(&order, search, directory, options, crew->jobs);
    free(text);
}
