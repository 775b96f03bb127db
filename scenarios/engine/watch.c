/* watch.c: the parent's side of a run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/watch.h"

#include "runtime/base/units.h"
#include "scenarios/engine/host.h"
#include "scenarios/engine/runner.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a child that was asked to wind down may take. */
#define PATIENCE_NS UINT64_C(3000000000)
/* Between two looks; with a story to write the rings must not fill. */
#define LOOK_NS       100000000
#define LOOK_STORY_NS 2000000

typedef struct rs_guard {
    const rs_watch *watch;
    rs_shared *shared;
    rs_ending *ending;
    pid_t child;
    bool gone; /* the child */
    uint64_t begin_ns;
    uint64_t kill_ns;       /* when patience ends; 0: nothing was asked */
    unsigned interrupts;    /* SIGINT, SIGTERM and SIGHUP so far */
    bool timed_out, killed; /* or would be, if it were not gone */
    rs_progress progress;
    rs_steps steps; /* of the wall clock */
} rs_guard;

static uint64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t rs_watch_wall_ns(void) {
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t rs_watch_busy_ns(void) {
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t rs_watch_timeout_ns(const rs_plan *plan) {
    const rs_plan_phase *last = &plan->phases[plan->phase_count - 1];
    uint64_t planned_ns = last->start_ns + last->duration_ns + 2 * rs_runner_drain_limit_ns(plan);
    uint64_t factor = plan->runtime.clock == RS_PLAN_VIRTUAL ? 30 : 2;
    return planned_ns > UINT64_MAX / 64 ? UINT64_MAX / 2
                                        : factor * planned_ns + UINT64_C(60000000000);
}

/* ------------------------------------------------------------------ how it ended */

__attribute__((format(printf, 4, 5))) static void end(rs_ending *ending, rs_result_status status,
                                                      int exit_code, const char *format, ...) {
    ending->status = status;
    ending->exit_code = exit_code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ending->reason, sizeof ending->reason, format, arguments);
    va_end(arguments);
}

/* A signal by which the runtime reports its own bugs, or that it should have contained. */
static bool is_internal(int signal) {
    return signal == SIGABRT || signal == SIGSEGV || signal == SIGBUS || signal == SIGILL ||
           signal == SIGFPE || signal == SIGTRAP;
}

static void end_by_signal(rs_ending *ending, int signal) {
    end(ending, RS_RESULT_ABORTED, is_internal(signal) ? 70 : 6,
        "the runtime's process was ended by signal %d (%s)", signal, strsignal(signal));
}

static void judge_end(const rs_guard *guard, int status) {
    rs_ending *ending = guard->ending;
    const rs_failure *failure = &guard->shared->failure;
    bool done = rs_shared_stage(guard->shared) == RS_STAGE_DONE;
    char limit[RS_UNITS_TEXT_BYTES];
    ending->began = rs_load(&guard->shared->began, rs_relaxed) != 0;
    ending->interrupted = guard->interrupts != 0;
    if (guard->interrupts)
        end(ending, RS_RESULT_ABORTED, 6, "interrupted");
    else if (guard->timed_out)
        end(ending, RS_RESULT_TIMED_OUT, 6, "the run did not end within %s",
            rs_units_format_duration(guard->watch->timeout_ns, limit, sizeof limit));
    else if (rs_load(&failure->set, rs_acquire))
        end(ending, RS_RESULT_ABORTED, failure->exit_code, "%s", failure->text);
    else if (WIFSIGNALED(status))
        end_by_signal(ending, WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0 || !done)
        end(ending, RS_RESULT_ABORTED, 6, "the runtime's process exited with status %d %s",
            WEXITSTATUS(status), done ? "after the run" : "before the run was over");
    else
        end(ending, RS_RESULT_COMPLETE, 0, "%s", "");
    if (rs_load(&failure->set, rs_acquire)) ending->place = failure->place;
}

/* ------------------------------------------------------------------ looking after it */

static void kill_child(rs_guard *guard) {
    if (!guard->gone) kill(guard->child, SIGKILL);
    guard->killed = true;
}

static void wind_down(rs_guard *guard) {
    rs_store(&guard->shared->cancel, 1, rs_relaxed);
    if (!guard->kill_ns) guard->kill_ns = rs_watch_wall_ns() + PATIENCE_NS;
}

static void take_interrupt(rs_guard *guard) {
    guard->interrupts++;
    if (guard->interrupts == 1) {
        wind_down(guard);
        return;
    }
    guard->ending->at_once = true;
    kill_child(guard);
}

/* A virtual run whose code never returns is stopped by the same clock on the wall. */
static void check_time(rs_guard *guard) {
    uint64_t now_ns = rs_watch_wall_ns();
    if (!guard->timed_out && now_ns - guard->begin_ns > guard->watch->timeout_ns) {
        guard->timed_out = guard->interrupts == 0;
        wind_down(guard);
    }
    if (guard->kill_ns && now_ns > guard->kill_ns && !guard->killed) kill_child(guard);
}

static void look_at_clocks(rs_guard *guard) {
    rs_clocks now;
    rs_clocks_read(&now);
    rs_steps_take(&guard->steps, &now);
}

static void show(rs_guard *guard) {
    const rs_spectator *spectator = guard->watch->spectator;
    uint64_t now_ns = rs_watch_wall_ns();
    if (!spectator || !spectator->show(spectator->context, guard->shared, now_ns))
        rs_progress_show(&guard->progress, guard->shared, now_ns);
}

static void take_signal(rs_guard *guard, const sigset_t *signals, long wait_ns) {
    int signal = sigtimedwait(signals, NULL, &(struct timespec){.tv_nsec = wait_ns});
    if (signal > 0 && signal != SIGCHLD) take_interrupt(guard);
}

static void look(rs_guard *guard, const sigset_t *signals) {
    take_signal(guard, signals, guard->watch->story ? LOOK_STORY_NS : LOOK_NS);
    if (guard->watch->story) rs_story_drain(guard->watch->story, guard->shared);
    check_time(guard);
    look_at_clocks(guard);
    show(guard);
}

static int await_child(rs_guard *guard, const sigset_t *signals) {
    int status = 0;
    for (;;) {
        pid_t got = waitpid(guard->child, &status, WNOHANG);
        if (got == guard->child) return status;
        if (got < 0 && errno != EINTR) return 0;
        look(guard, signals);
    }
}

static void guard_child(rs_guard *guard, const sigset_t *signals) {
    guard->begin_ns = rs_watch_wall_ns();
    look_at_clocks(guard);
    guard->child = rs_host_start(guard->shared);
    if (guard->child < 0) {
        end(guard->ending, RS_RESULT_ABORTED, 6, "no process for the runtime: %s", strerror(errno));
        return;
    }
    judge_end(guard, await_child(guard, signals));
    guard->ending->elapsed_ns = rs_watch_wall_ns() - guard->begin_ns;
    look_at_clocks(guard);
    guard->ending->clock_step_ns = guard->steps.largest_ns;
}

/* Who reads the story may be slower than the run, or not read at all: it is waited for as the child
 * was, until the time is over or somebody says so; then what it has taken must do. */
static void finish_story(rs_guard *guard, const sigset_t *signals) {
    guard->gone = true;
    guard->killed = false;
    if (guard->kill_ns) guard->kill_ns = rs_watch_wall_ns() + PATIENCE_NS;
    while (!rs_story_finish(guard->watch->story, guard->shared)) {
        take_signal(guard, signals, 0);
        check_time(guard);
        if (guard->killed || guard->ending->at_once) break;
    }
    guard->ending->interrupted = guard->interrupts != 0;
}

/* What was ignored from the start (nohup, a shell's background) stays so. */
static void listen_for(sigset_t *signals, int signal) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
        sigaddset(signals, signal);
}

static void find_signals(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGCHLD);
    listen_for(signals, SIGINT);
    listen_for(signals, SIGTERM);
    listen_for(signals, SIGHUP);
}

void rs_watch_hold(sigset_t *before) {
    sigset_t signals;
    find_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, before);
}

/* Signals that came too late to stop anything must not hit the report that is about to be written.
 */
void rs_watch_release(const sigset_t *before) {
    sigset_t signals;
    find_signals(&signals);
    bool outermost = !sigismember(before, SIGCHLD);
    while (outermost && sigtimedwait(&signals, NULL, &(struct timespec){0}) > 0) continue;
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* A panic's last words would be painted over, and are wanted most. Without memory they are. */
static void keep_errors(rs_shared *shared) {
    int fd = memfd_create("errors", MFD_CLOEXEC);
    shared->watched = true;
    shared->errors_fd = fd > 0 ? fd : 0;
}

/* A trace that had no room for all will be told of. */
static bool is_silent(const rs_shared *shared, const rs_ending *ending) {
    struct stat info = {0};
    if (shared->errors_fd) fstat(shared->errors_fd, &info);
    return ending->status == RS_RESULT_COMPLETE && info.st_size == 0 && !shared->film.slots;
}

static void tell_errors(rs_shared *shared) {
    char text[4096];
    ssize_t length;
    for (off_t at = 0; (length = pread(shared->errors_fd, text, sizeof text, at)) > 0; at += length)
        fwrite(text, 1, (size_t)length, stderr);
    close(shared->errors_fd);
    shared->errors_fd = 0;
}

void rs_watch_run(const rs_watch *watch, rs_shared *shared, rs_ending *ending) {
    rs_guard guard = {.watch = watch, .shared = shared, .ending = ending};
    sigset_t signals, before;
    *ending = (rs_ending){.status = RS_RESULT_ABORTED};
    find_signals(&signals);
    rs_watch_hold(&before);
    rs_progress_init(&guard.progress, stderr, watch->progress);
    if (watch->spectator) keep_errors(shared);
    guard_child(&guard, &signals);
    if (watch->story) finish_story(&guard, &signals);
    if (watch->spectator)
        watch->spectator->hide(watch->spectator->context, is_silent(shared, ending));
    rs_progress_clear(&guard.progress);
    if (shared->errors_fd) tell_errors(shared);
    rs_watch_release(&before);
}
