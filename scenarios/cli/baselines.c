/* baselines.c: where sessions are kept.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/baselines.h"

#include "reports/formats/baseline_json.h"
#include "reports/verdict/likeness.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/files.h"
#include "scenarios/cli/result_file.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FOLDER     ".respawn"
#define OWN_FOLDER "reports/baselines"
#define WHY_BYTES  1024u
#define PATH_BYTES (sizeof OWN_FOLDER + RS_BASELINES_NAME_MAX + 8)
/* Where a file says what it is. */
#define HEAD_BYTES 256u

bool rs_baselines_is_name(const char *text) {
    size_t length = strlen(text);
    return length > 0 && length <= RS_BASELINES_NAME_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

/* ------------------------------------------------------------------ reading */

static bool is_baseline(FILE *file) {
    char head[HEAD_BYTES];
    size_t length = fread(head, 1, sizeof head, file);
    rewind(file);
    return memmem(head, length, RS_BASELINE_MARK, strlen(RS_BASELINE_MARK)) != NULL;
}

rs_result *rs_baselines_result(const char *path) {
    FILE *file = rs_result_file_open(path);
    rs_result *result = NULL;
    if (!file) return NULL;
    if (is_baseline(file))
        rs_streams_refuse("%s is a baseline: what is compared with it is the result of a run "
                          "(run --export-json)",
                          path);
    else
        result = rs_result_file_load(file, path);
    fclose(file);
    return result;
}

bool rs_baselines_take(rs_baseline *baseline, const rs_result *result, const char *source) {
    char why[WHY_BYTES];
    return rs_baseline_add(baseline, result, source, why, sizeof why) ||
           rs_streams_refuse("%s: %s", source, why);
}

/* What ended early or went wrong is no measure for others. */
static bool take_result(rs_baseline *baseline, const rs_result *result, const char *path) {
    if (result->status != RS_RESULT_COMPLETE || result->verdict == RS_VERDICT_FAILED)
        return rs_streams_refuse("%s: is nothing to compare with: its status is %s, its verdict %s",
                                 path, rs_result_status_word(result->status),
                                 rs_result_verdict_word(result->verdict));
    return rs_baselines_take(baseline, result, path);
}

static bool read_sessions(rs_baseline *baseline, FILE *file, const char *path) {
    char message[WHY_BYTES];
    return rs_baseline_json_load(file, path, baseline, message, sizeof message) == RS_OK ||
           rs_streams_refuse("%s", message);
}

static bool read_file(rs_baseline *baseline, const char *path) {
    FILE *file = rs_result_file_open(path);
    if (!file) return false;
    bool read;
    if (is_baseline(file)) {
        read = read_sessions(baseline, file, path);
    } else {
        rs_result *result = rs_result_file_load(file, path);
        read = result && take_result(baseline, result, path);
        rs_result_destroy(result);
    }
    fclose(file);
    return read;
}

static bool find(const char *folder, const char *name, char path[PATH_BYTES]) {
    snprintf(path, PATH_BYTES, "%s/%s.json", folder, name);
    return access(path, F_OK) == 0;
}

bool rs_baselines_read(rs_baseline *baseline, const char *argument) {
    char path[PATH_BYTES];
    if (!rs_baselines_is_name(argument)) return read_file(baseline, argument);
    if (find(FOLDER, argument, path) || find(OWN_FOLDER, argument, path))
        return read_file(baseline, path);
    if (access(argument, F_OK) == 0) return read_file(baseline, argument);
    return rs_streams_refuse("no baseline '%s': there is neither " FOLDER "/%s.json nor " OWN_FOLDER
                             "/%s.json (run --save-baseline %s begins one)",
                             argument, argument, argument, argument);
}

/* ------------------------------------------------------------------ writing */

/* A new session is of the same kind as the others. */
static bool fits(const rs_baseline *baseline, const char *path) {
    const rs_baseline_session *last = &baseline->sessions.at[baseline->sessions.count - 1];
    char why[WHY_BYTES];
    for (size_t i = 0; i + 1 < baseline->sessions.count; i++) {
        const rs_baseline_session *one = &baseline->sessions.at[i];
        if (rs_likeness_ask_alike(one, last, why, sizeof why) &&
            (rs_baseline_is_virtual(one) || rs_likeness_lie_alike(one, last, why, sizeof why)))
            continue;
        return rs_streams_refuse("%s: its sessions are of another kind than this run: %s", path,
                                 why);
    }
    return true;
}

/* No file yet is no session yet; a result is no baseline, and is not overwritten by one. */
static bool read_own(rs_baseline *baseline, const char *path) {
    if (access(path, F_OK) != 0) return true;
    FILE *file = rs_result_file_open(path);
    if (!file) return false;
    bool read = is_baseline(file) ? read_sessions(baseline, file, path)
                                  : rs_streams_refuse("%s: is no baseline", path);
    fclose(file);
    return read;
}

static bool read_with(rs_baseline *baseline, const char *path, const rs_result *result) {
    return read_own(baseline, path) && rs_baselines_take(baseline, result, path) &&
           fits(baseline, path);
}

/* The result that a run would leave, but for its numbers. */
static rs_result *foresee(const rs_options *options, const rs_plan *plan) {
    rs_result *result = rs_result_create();
    rs_tally_scenario(result, plan);
    result->clock = plan->runtime.clock == RS_PLAN_VIRTUAL ? "virtual" : "real";
    result->seed = plan->runtime.seed;
    for (uint64_t i = 0; i < options->repeat; i++) rs_result_add_repetition(result);
    return result;
}

bool rs_baselines_begin(const rs_options *options, const rs_plan *plan) {
    char path[PATH_BYTES];
    rs_baseline baseline = {.texts = {NULL}};
    if (!options->baseline) return true;
    find(FOLDER, options->baseline, path);
    rs_result *result = foresee(options, plan);
    bool fine = rs_files_folder(FOLDER) && read_with(&baseline, path, result);
    rs_result_destroy(result);
    rs_baseline_fini(&baseline);
    return fine;
}

static bool write_file(const rs_baseline *baseline, const char *path) {
    rs_file file;
    if (rs_file_open(&file, path, RS_BASELINE_MARK, false) != RS_OK)
        return rs_streams_refuse("%s", file.message);
    rs_baseline_json_write(baseline, file.stream);
    return rs_files_commit(&file);
}

/* A number that is missing would be missing in every comparison to come. */
static const char *find_gap(const rs_baseline_session *session) {
    for (uint32_t i = 0; i < session->gate_count; i++)
        if (isnan(rs_baseline_number(session, i))) return session->gates[i].name;
    return NULL;
}

static int store(rs_baseline *baseline, const char *path, const rs_result *result) {
    if (!read_with(baseline, path, result)) return RS_EXIT_ABORTED;
    const char *gap = find_gap(&baseline->sessions.at[baseline->sessions.count - 1]);
    if (!gap) return write_file(baseline, path) ? RS_EXIT_PASSED : RS_EXIT_ABORTED;
    rs_streams_refuse("%s: this run is not added, since %s has no number in some repetition", path,
                      gap);
    return RS_EXIT_INCONCLUSIVE;
}

/* Two runs that end at once are two sessions: who reads and writes holds the folder. */
static int append(const rs_options *options, const rs_result *result) {
    char path[PATH_BYTES];
    rs_baseline baseline = {.texts = {NULL}};
    int folder = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status = RS_EXIT_ABORTED;
    find(FOLDER, options->baseline, path);
    if (folder >= 0 && flock(folder, LOCK_EX) == 0)
        status = store(&baseline, path, result);
    else
        rs_streams_refuse(FOLDER ": %s", strerror(errno));
    if (folder >= 0) close(folder);
    if (status == RS_EXIT_PASSED && !options->quiet)
        fprintf(stderr, "respawn: baseline %s: session %zu\n", options->baseline,
                baseline.sessions.count);
    rs_baseline_fini(&baseline);
    return status;
}

/* Too few samples for what is expected say nothing against what is gated. */
int rs_baselines_save(const rs_options *options, const rs_result *result, int status) {
    if (!options->baseline) return status;
    if (status == RS_EXIT_PASSED || status == RS_EXIT_INCONCLUSIVE)
        return rs_exit_worse(status, append(options, result));
    rs_streams_refuse("baseline %s: this run is not added, since it ended with status %d",
                      options->baseline, status);
    return status;
}
