/* run.c: `respawn run`: runs a scenario, once or several times, and reports.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal.h"
#include "runtime/base/error.h"
#include "scenarios/cli/baselines.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/determinism.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/once.h"
#include "scenarios/cli/outputs.h"
#include "scenarios/cli/repetition.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/engine.h"
#include "scenarios/live/live.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A run of the program: a plan, carried out one or more times. */
typedef struct rs_session {
    const rs_options *options;
    const rs_plan *plan;
    rs_outputs outputs;
    rs_live live;
    const rs_spectator *spectator; /* NULL: nobody looks on */
    rs_result *result;             /* of the first repetition, with all repetitions' values */
    int status;                    /* exit status so far */
    int events_error;
    bool at_once; /* stopped by a second Ctrl-C */
    bool began;   /* t = 0 was reached in some repetition */
} rs_session;

static void worsen(rs_session *session, int status) {
    session->status = rs_exit_worse(session->status, status);
}

/* ------------------------------------------------------------------ one run */

/* Owner: the result is the caller's. */
static rs_result *run_once(rs_session *session, uint64_t seed, rs_once_story story) {
    story.spectator = session->spectator;
    rs_once once = rs_once_run(session->options, session->plan, seed, story);
    if (once.events_error) session->events_error = once.events_error;
    session->at_once |= once.at_once;
    session->began |= once.began;
    worsen(session, once.status);
    return once.result;
}

/* ------------------------------------------------------------------ repetitions */

static bool is_stopped(const rs_session *session) {
    return session->at_once || rs_once_stops(session->status);
}

/* Of the first repetition only: one file tells one story. */
static void repeat(rs_session *session) {
    uint64_t seed = session->plan->runtime.seed;
    for (uint64_t n = 0; n < session->options->repeat; n++) {
        rs_once_story story = {.events_fd = -1};
        if (n == 0) story = rs_outputs_story(&session->outputs);
        rs_result *result = run_once(session, rs_engine_seed(seed, n), story);
        if (n == 0) session->result = result;
        if (!session->at_once) rs_repetition_add(session->result, session->plan, n, result);
        if (n > 0) rs_once_take_verdict(session->result, result, n);
        if (n > 0) rs_result_destroy(result);
        if (is_stopped(session)) return;
    }
}

/* ------------------------------------------------------------------ determinism */

/* No multiple of a huge page, and larger than the holes that the first run left. */
#define SHIFT_BYTES ((UINT64_C(6) << 30) + 4096u * 77u)

static void compare(rs_session *session, int first_fd, int second_fd) {
    uint64_t seed = session->plan->runtime.seed;
    rs_once_story story = rs_outputs_story(&session->outputs);
    story.events_fd = first_fd;
    story.calls = true;
    session->result = run_once(session, seed, story);
    if (is_stopped(session)) return;
    rs_repetition_add(session->result, session->plan, 0, session->result);
    /* The second run's memory lies elsewhere, so that what hangs on addresses shows. */
    void *shift = mmap(NULL, SHIFT_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    rs_result *second =
        run_once(session, seed, (rs_once_story){.events_fd = second_fd, .calls = true});
    if (shift != MAP_FAILED) munmap(shift, SHIFT_BYTES);
    if (!is_stopped(session) &&
        !rs_determinism_compare(session->result, second, first_fd, second_fd, stderr))
        worsen(session, RS_EXIT_NONDETERMINISM);
    else if (!is_stopped(session))
        rs_result_add_note(session->result, "run twice: every event and every call was the same");
    rs_result_destroy(second);
}

/* What was told up to an interruption is kept as well. */
static void keep_events(rs_session *session, int first_fd) {
    int events_fd = rs_outputs_story(&session->outputs).events_fd;
    if (events_fd >= 0 && !session->events_error)
        session->events_error = rs_determinism_copy(first_fd, events_fd);
}

static void verify(rs_session *session) {
    int first = memfd_create("first", MFD_CLOEXEC), second = memfd_create("second", MFD_CLOEXEC);
    if (first >= 0 && second >= 0) {
        compare(session, first, second);
        keep_events(session, first);
    } else {
        rs_streams_refuse("no room for two stories: %s", strerror(errno));
        worsen(session, RS_EXIT_ABORTED);
    }
    if (first >= 0) close(first);
    if (second >= 0) close(second);
}

/* ------------------------------------------------------------------ reporting */

/* When an export goes to standard output, it has it for itself. */
static bool print_summary(const rs_session *session) {
    FILE *out = rs_outputs_take_stdout(&session->outputs) ? stderr : stdout;
    rs_terminal_look look = rs_terminal_look_of(out, session->options->no_color);
    rs_terminal_write(session->result, out, look);
    return rs_streams_flush();
}

static void report(rs_session *session) {
    if (session->began && !session->options->quiet && !print_summary(session))
        worsen(session, RS_EXIT_ABORTED);
    if (!rs_outputs_write(&session->outputs, session->result, session->events_error))
        worsen(session, RS_EXIT_ABORTED);
    session->status = rs_baselines_save(session->options, session->result, session->status);
    bool passed = session->status == RS_EXIT_PASSED;
    if (!passed && session->options->quiet && session->result->reason)
        rs_streams_refuse("%s", session->result->reason);
    if (!passed && session->result->reproduce)
        fprintf(stderr, "respawn: to repeat it: %s\n", session->result->reproduce);
}

static bool is_possible(const rs_options *options, const rs_plan *plan) {
    if (!options->verify_determinism) return true;
    if (plan->runtime.clock != RS_PLAN_VIRTUAL)
        return rs_streams_refuse("--verify-determinism needs the virtual clock: add --set "
                                 "runtime.clock=virtual");
    return options->repeat == 1 ||
           rs_streams_refuse("--verify-determinism runs one seed twice: leave out --repeat");
}

static void look_on(rs_session *session) {
    const rs_options *options = session->options;
    uint64_t runs = options->verify_determinism ? 2 : options->repeat;
    if (options->live) session->spectator = rs_live_init(&session->live, runs, options->no_color);
}

static int run(rs_session *session) {
    sigset_t before;
    rs_watch_hold(&before);
    look_on(session);
    if (session->options->verify_determinism)
        verify(session);
    else
        repeat(session);
    rs_live_fini(&session->live);
    rs_watch_release(&before);
    if (session->result && !session->at_once) report(session);
    rs_outputs_discard(&session->outputs);
    rs_result_destroy(session->result);
    return session->status;
}

int rs_command_run(const rs_options *options) {
    rs_plan *plan = rs_scenario_load(options);
    rs_session session = {.options = options, .plan = plan};
    int status = RS_EXIT_USAGE;
    if (plan && is_possible(options, plan) && rs_baselines_begin(options, plan) &&
        rs_outputs_open(&session.outputs, options))
        status = run(&session);
    rs_plan_destroy(plan);
    return status;
}
