/* host.c: the OS process that is the runtime.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/host.h"

#include "scenarios/engine/checking.h"
#include "scenarios/engine/inquest.h"
#include "scenarios/engine/mail.h"
#include "scenarios/engine/recorder.h"
#include "scenarios/engine/runner.h"
#include "scenarios/engine/tracing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A terminal's Ctrl-C goes to the parent alone, which then says what to do; hence a process group
 * of the child's own. */
static void detach(pid_t parent) {
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1); /* it died before prctl */
    signal(SIGTTOU, SIG_IGN);          /* a panic may still speak on the terminal */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The whole-second windows of restart intensity shall meet their edges, so a virtual run begins
 * somewhere within a second. */
static uint64_t clock_offset_ns(uint64_t seed) {
    rs_prng prng;
    rs_prng_init(&prng, seed, "clock");
    return rs_prng_below(&prng, 1000000000);
}

static uint64_t scheduler_seed(uint64_t seed) {
    rs_prng prng;
    rs_prng_init(&prng, seed, "scheduler");
    return rs_prng_next(&prng);
}

/* A failure's are part of its scenario. */
static const rs_choices *choices_of(const rs_shared *shared) {
    if (shared->replay) return shared->replay;
    return shared->plan->failure ? shared->plan->failure->choices : NULL;
}

static rs_runtime_options make_options(const rs_shared *shared, const rs_observer *observer) {
    const rs_plan_runtime *plan = &shared->plan->runtime;
    return (rs_runtime_options){
        .clock = plan->clock == RS_PLAN_VIRTUAL ? RS_CLOCK_VIRTUAL : RS_CLOCK_REAL,
        .scheduler = plan->scheduler,
        .seed = scheduler_seed(shared->seed),
        .replay = choices_of(shared),
        .record = shared->record,
        .threads = plan->threads,
        .costs = {plan->costs.callback_ns, plan->costs.message_ns, plan->costs.start_ns,
                  plan->costs.fault_ns, plan->costs.work_ns},
        .clock_offset_ns = clock_offset_ns(shared->seed),
        .observer = observer,
        .larder = shared->larder,
    };
}

static void report(rs_shared *shared, rs_err err, rs_term reason) {
    const rs_plan_runtime *plan = &shared->plan->runtime;
    if (err == RS_EINVAL && rs_sched_name(plan->scheduler)->replays && !choices_of(shared))
        rs_shared_fail(shared, 2, NULL,
                       "scheduler '%s' follows the 'choices' of a 'failure', and there are none; "
                       "'random' with a seed repeats itself",
                       plan->scheduler);
    else if (err == RS_EINVAL)
        rs_shared_fail(shared, 2, NULL, "the runtime refuses scheduler '%s' with %u threads",
                       plan->scheduler, plan->threads);
    else if (err != RS_OK)
        rs_shared_fail(shared, 6, NULL, "the runtime did not start: %s", rs_error_text(err));
    else if (reason && reason != RS_ATOM(normal))
        rs_shared_fail(shared, 70, NULL, "the runner died%s",
                       reason == RS_ATOM(sigsegv) ? " of sigsegv" : "");
}

/* Only the virtual clock has one order of all things. */
static void open_history(rs_shared *shared) {
    uint32_t needs = 0;
    for (uint32_t i = 0; i < shared->check_count; i++) needs |= shared->checks[i].check->needs;
    bool asked = shared->check_count || shared->plan->sometimes_count;
    bool wanted = asked && shared->plan->runtime.clock == RS_PLAN_VIRTUAL;
    if (wanted) shared->history = rs_history_create(needs, shared->larder);
    if (wanted && !shared->history) rs_shared_fail(shared, 6, NULL, "no memory for a history");
}

/* What a run that was cut short would have come to is not known. */
static void close_history(rs_shared *shared) {
    bool whole = !rs_load(&shared->failure.set, rs_relaxed) && !rs_shared_cancelled(shared) &&
                 rs_shared_stage(shared) == RS_STAGE_DONE;
    if (whole) rs_checking_all(shared);
    rs_history_destroy(shared->history, shared->larder);
    shared->history = NULL;
}

void rs_host_run(rs_shared *shared) {
    rs_runner *runner = rs_runner_create(shared);
    if (!runner) {
        rs_shared_fail(shared, 6, NULL, "not enough memory");
        return;
    }
    open_history(shared);
    rs_observer observer = rs_recorder_observer(shared);
    rs_runtime_options options = make_options(shared, &observer);
    rs_seam seam = {.context = &runner->scene};
    rs_ambushes_seam(&runner->scene.ambushes, &seam);
    seam.mail = rs_mails_ask(runner->scene.mails);
    options.seam = &seam;
    rs_term reason = 0;
    rs_err err = rs_run(&options, rs_runner_main, &runner, sizeof runner, &reason);
    if (shared->plugins.count) {
        rs_inquest_name(shared);
        rs_tracing_name(shared);
    }
    report(shared, err, reason);
    close_history(shared);
    rs_runner_destroy(runner);
}

pid_t rs_host_start(rs_shared *shared) {
    pid_t parent = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child != 0) return child;
    detach(parent);
    if (shared->errors_fd) dup2(shared->errors_fd, STDERR_FILENO);
    rs_host_run(shared);
    _exit(0);
}
