/* harvest.c: writes the file of each kind of failure.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/harvest.h"

#include "scenarios/cli/files.h"
#include "scenarios/cli/reproduce.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/watch.h"
#include "scenarios/explore/apart.h"
#include "scenarios/explore/failure.h"
#include "scenarios/language/language.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Of a file's name, with room for a number and for what a temporary file has behind. */
#define NAME_BYTES 200u
/* Between two looks at children. */
#define LOOK_NS 10000000
/* Who has pressed Ctrl-C waits for no more than that; finding again what was found takes a second
 * where lives are long. */
#define PATIENCE_NS UINT64_C(10000000000)

typedef struct rs_harvesting {
    const rs_failure_order *common; /* to all kinds */
    rs_search *search;
    const char *directory;
    const rs_options *options;
    pid_t *children;      /* by kind; 0: none, or ended */
    uint32_t busy;        /* of them, not yet ended */
    rs_atomic_u32 *hurry; /* in shared memory */
    uint64_t end_ns;      /* of the wall, when it is to hurry */
    bool stopped;         /* nobody waits any more */
} rs_harvesting;

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

static void put_stem(char path[PATH_MAX], const rs_harvesting *all, size_t index) {
    const rs_search_kind *kind = &all->search->kinds.at[index];
    snprintf(path, PATH_MAX, "%.2048s/%.64s-", all->directory, all->common->plan->name);
    add_slug(path, PATH_MAX - 128, kind->failure.check);
    if (*kind->failure.path) strcat(path, "-");
    add_slug(path, PATH_MAX - 32, kind->failure.path);
    char *name = strrchr(path, '/') + 1;
    if (strlen(name) > NAME_BYTES) name[NAME_BYTES] = 0;
}

/* "a < 5" and "a > 5" have one stem, and so have "tables" and "tables" with a star: each is to have
 * a file of its own. */
static char *path_of(const rs_harvesting *all, size_t index) {
    char path[PATH_MAX], other[PATH_MAX];
    uint32_t number = 1;
    put_stem(path, all, index);
    for (size_t i = 0; i < index; i++) {
        put_stem(other, all, i);
        number += strcmp(other, path) == 0;
    }
    size_t used = strlen(path);
    if (number > 1) used += (size_t)snprintf(path + used, 16, "-%u", number);
    strcpy(path + used, ".yaml");
    return strdup(path);
}

static bool put(const char *text, const char *path, bool force) {
    static rs_file file;
    if (rs_file_open(&file, path, RS_FAILURE_MARK, force) != RS_OK)
        return rs_streams_refuse("%s", file.message);
    fputs(text, file.stream);
    return rs_files_commit(&file);
}

/* In a child of its own: true when the file is there. It is opened when all is known, so that who
 * is killed before leaves nothing behind. */
static bool write_one(const rs_failure_order *order, const char *path, bool force) {
    char why[256], *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) return rs_streams_refuse("%s: not enough memory", path);
    bool made = rs_failure_write(order, out, why, sizeof why);
    fclose(out);
    bool written = made ? put(text, path, force) : rs_streams_refuse("%s: %s", path, why);
    free(text);
    return written;
}

static pid_t start(const rs_failure_order *order, const char *path, bool force) {
    pid_t parent = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child != 0) return child;
    rs_apart_detach(parent);
    _exit(write_one(order, path, force) ? 0 : 1);
}

/* ------------------------------------------------------------------ all of them */

static void hurry_up(rs_harvesting *all) {
    rs_store(all->hurry, 1, rs_relaxed);
    all->end_ns = rs_watch_wall_ns() + PATIENCE_NS;
    if (all->options->quiet) return;
    fputs("respawn: cut short: writing what was found, as large as it is; Ctrl-C ends that at "
          "once\n",
          stderr);
}

/* True when somebody wants it to end. */
static bool is_interrupted(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return sigtimedwait(&signals, NULL, &(struct timespec){.tv_nsec = LOOK_NS}) > 0;
}

static bool is_hurried(const rs_harvesting *all) {
    return rs_load(all->hurry, rs_relaxed) != 0;
}

static void look(rs_harvesting *all) {
    bool interrupted = is_interrupted();
    if (is_hurried(all))
        all->stopped = interrupted || rs_watch_wall_ns() > all->end_ns;
    else if (interrupted)
        hurry_up(all);
}

/* The next child that has ended, or 0 when nobody waits any more. */
static pid_t await(rs_harvesting *all, int *status) {
    while (!all->stopped) {
        pid_t child = waitpid(-1, status, WNOHANG);
        if (child > 0 || (child < 0 && errno != EINTR)) return child;
        look(all);
    }
    return 0;
}

static bool finish_one(rs_harvesting *all) {
    int status = 0;
    pid_t child = await(all, &status);
    for (size_t i = 0; i < rs_search_shown(all->search); i++) {
        if (all->children[i] != child || child <= 0) continue;
        all->children[i] = 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            all->search->kinds.at[i].file = path_of(all, i);
    }
    all->busy--;
    return child > 0;
}

static void start_one(rs_harvesting *all, size_t index) {
    rs_failure_order order = *all->common;
    char *path = path_of(all, index);
    order.seed = all->search->kinds.at[index].seed;
    order.failure = &all->search->kinds.at[index].failure;
    order.found_by = rs_reproduce_search(all->options, order.seed, all->options->life_timeout);
    all->children[index] = start(&order, path, all->options->force);
    all->busy += all->children[index] > 0;
    free(path);
    free((void *)(uintptr_t)order.found_by);
}

static void dismiss(const rs_harvesting *all) {
    for (size_t i = 0; i < rs_search_shown(all->search); i++) {
        if (all->children[i] <= 0) continue;
        kill(all->children[i], SIGKILL);
        while (waitpid(all->children[i], NULL, 0) < 0 && errno == EINTR) continue;
    }
}

static void write_all(rs_harvesting *all, uint32_t jobs) {
    bool fine = true;
    sigset_t before;
    rs_watch_hold(&before);
    all->children = rs_rows_alloc(sizeof *all->children * (rs_search_shown(all->search) + 1));
    for (size_t i = 0; fine && i < rs_search_shown(all->search); i++) {
        start_one(all, i);
        if (all->busy == jobs) fine = finish_one(all);
    }
    while (fine && all->busy) fine = finish_one(all);
    dismiss(all);
    free(all->children);
    rs_watch_release(&before);
}

bool rs_harvest_is_kept(const rs_search *search) {
    size_t shown = rs_search_shown(search), missing = 0;
    for (size_t i = 0; i < shown; i++) missing += !search->kinds.at[i].file;
    return !missing || rs_streams_refuse("of %zu failures %zu were not written", shown, missing);
}

static char *text_of(const rs_options *options) {
    rs_diagnostics *problems = rs_diagnostics_create();
    char *text = rs_scenario_text(options->arguments[0], (const char *const *)options->sets,
                                  options->set_count, problems);
    rs_diagnostics_destroy(problems);
    return text;
}

static bool harvest(rs_harvesting *all, rs_failure_order *order, const rs_crew_options *crew) {
    char *text = text_of(all->options);
    order->text = text;
    if (text) write_all(all, crew->jobs);
    free(text);
    return !is_hurried(all);
}

static const char *folder_of(const rs_options *options) {
    return options->output ? options->output : "failures";
}

/* One that is not there yet is made when there is something to put into it. */
bool rs_harvest_is_possible(const rs_options *options) {
    const char *folder = folder_of(options);
    char copy[PATH_MAX];
    if (access(folder, F_OK) == 0) return rs_files_folder(folder);
    snprintf(copy, sizeof copy, "%s", folder);
    return access(dirname(copy), W_OK | X_OK) == 0 ||
           rs_streams_refuse("%s: %s", folder, strerror(errno));
}

bool rs_harvest(const rs_options *options, const rs_plan *plan, const rs_crew_options *crew,
                rs_search *search, bool hurry) {
    const char *directory = folder_of(options);
    if (!search->kinds.count || !rs_files_folder(directory)) return true;
    rs_harvesting all = {.search = search,
                         .directory = directory,
                         .options = options,
                         .hurry = rs_map_create(NULL, sizeof *all.hurry)};
    rs_failure_order order = {.plan = plan,
                              .plugins = crew->plugins,
                              .timeout_ns = crew->timeout_ns,
                              .shrink_ns = options->shrink_ns,
                              .hurry = all.hurry};
    all.common = &order;
    if (!all.hurry) return rs_streams_refuse("not enough memory to write failures");
    if (hurry) hurry_up(&all);
    bool fine = harvest(&all, &order, crew);
    rs_map_destroy(NULL, all.hurry, sizeof *all.hurry, RS_MAP_UNKNOWN);
    return fine;
}
