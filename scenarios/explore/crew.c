/* crew.c: forked workers that make attempts.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/crew.h"

#include "reports/rows.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/watch.h"
#include "scenarios/explore/apart.h"
#include "scenarios/explore/draw.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A worker is replaced after so many: whatever piles up in a process does not pile up for long. */
#define ATTEMPTS_MAX 1000u
/* Code that an upgrade has loaded stays there, with a file for each copy. */
#define ATTEMPTS_WITH_UPGRADES_MAX 1u
/* Between two looks at the clock and at signals. */
#define LOOK_MS 50

/* What a worker is at, for the parent to see when it is gone. */
typedef struct rs_crew_post {
    rs_atomic_u64 seed_index; /* 1 + index of the seed; 0: between two */
    rs_atomic_u64 since_ns;   /* by the wall; UINT64_MAX: it has come to an end, and tells it */
    rs_attempt attempt;       /* what it is making */
} rs_crew_post;

typedef struct rs_crew_board {
    rs_atomic_u64 next; /* index of the next seed to take */
    rs_crew_post posts[];
} rs_crew_board;

typedef struct rs_crew_worker {
    pid_t pid; /* 0: none */
    int fd;    /* its attempts */
    bool late; /* killed for it */
    bool spoke;
    uint64_t last_seed; /* that it spoke of */
} rs_crew_worker;

typedef struct rs_crew {
    const rs_crew_options *options;
    uint64_t count;
    rs_crew_board *board;
    size_t board_bytes;
    rs_crew_worker *workers;
    struct pollfd *polls;
    rs_crew_take *take;
    void *context;
    uint64_t told; /* lives */
    bool ended, interrupted;
} rs_crew;

uint64_t rs_crew_count(const rs_crew_options *options) {
    uint64_t all = options->last_seed - options->first_seed + 1;
    uint64_t before = options->shard - 1;
    return all > before ? (all - before - 1) / options->shards + 1 : 0;
}

static uint64_t seed_of(const rs_crew_options *options, uint64_t index) {
    return options->first_seed + options->shard - 1 + index * options->shards;
}

uint32_t rs_crew_jobs(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (uint32_t)CPU_COUNT(&set) : 1;
}

/* ------------------------------------------------------------------ a worker */

/* A worker's pipe is its own, so nobody writes into the middle of what it tells. */
static bool tell_attempt(const rs_attempt *attempt, int fd) {
    const char *bytes = (const char *)attempt;
    for (size_t left = rs_attempt_bytes(attempt); left;) {
        ssize_t wrote = write(fd, bytes, left);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        bytes += wrote;
        left -= (size_t)wrote;
    }
    return true;
}

static bool make_attempt(const rs_crew *crew, rs_crew_post *post, rs_draw *draw, rs_larder *larder,
                         int fd) {
    uint64_t index = rs_add(&crew->board->next, 1, rs_relaxed);
    if (index >= crew->count) return false;
    uint64_t seed = seed_of(crew->options, index);
    rs_store(&post->since_ns, rs_watch_wall_ns(), rs_relaxed);
    rs_store(&post->seed_index, index + 1, rs_release);
    const rs_attempt_order order = {rs_draw_for(draw, seed), seed, crew->options->plugins};
    rs_attempt_run(&order, larder, &post->attempt, NULL, NULL);
    rs_store(&post->since_ns, UINT64_MAX, rs_relaxed); /* who listens may take long */
    bool told = tell_attempt(&post->attempt, fd);
    rs_store(&post->seed_index, 0, rs_release);
    return told;
}

static void work(const rs_crew *crew, rs_crew_post *post, int fd) {
    rs_draw draw;
    rs_larder *larder = rs_larder_create();
    rs_draw_init(&draw, crew->options->plan);
    bool upgrades = crew->options->plan->upgrade_count > 0;
    for (uint32_t i = 0; i < (upgrades ? ATTEMPTS_WITH_UPGRADES_MAX : ATTEMPTS_MAX); i++)
        if (!make_attempt(crew, post, &draw, larder, fd)) break;
    rs_draw_fini(&draw);
    rs_larder_destroy(larder);
}

static bool hire(rs_crew *crew, uint32_t index) {
    int fds[2];
    rs_crew_worker *worker = &crew->workers[index];
    pid_t parent = getpid();
    if (pipe2(fds, O_CLOEXEC) != 0) return false;
    fflush(NULL);
    worker->pid = fork();
    if (worker->pid == 0) {
        rs_apart_detach(parent);
        work(crew, &crew->board->posts[index], fds[1]);
        _exit(0);
    }
    close(fds[1]);
    worker->fd = fds[0];
    worker->late = worker->spoke = false;
    if (worker->pid > 0) return true;
    worker->pid = 0;
    close(fds[0]);
    return false;
}

/* ------------------------------------------------------------------ the parent */

static void tell(rs_crew *crew, const rs_attempt *attempt) {
    crew->told += attempt != NULL;
    if (!crew->ended && !crew->take(crew->context, attempt)) crew->ended = true;
}

/* The seed that a worker was at when it went is what took it along, unless it has told of it. */
static void tell_loss(rs_crew *crew, uint32_t index, int status) {
    const rs_crew_worker *worker = &crew->workers[index];
    rs_crew_post *post = &crew->board->posts[index];
    uint64_t seed_index = rs_load(&post->seed_index, rs_acquire);
    rs_attempt attempt = {.seed = seed_of(crew->options, seed_index - 1), .late = worker->late};
    char text[160];
    rs_store(&post->seed_index, 0, rs_relaxed);
    if (!seed_index || crew->ended) return;
    if (worker->spoke && worker->last_seed == attempt.seed) return;
    rs_apart_tell(status, text, sizeof text);
    if (!worker->late) rs_attempt_fail(&attempt, "aborted", "", 0, text);
    attempt.simulated_ns = rs_load(&post->attempt.simulated_ns, rs_relaxed);
    tell(crew, &attempt);
}

static bool is_done(const rs_crew *crew) {
    return crew->ended || rs_load(&crew->board->next, rs_relaxed) >= crew->count;
}

static bool replace(rs_crew *crew, uint32_t index) {
    rs_crew_worker *worker = &crew->workers[index];
    int status = 0;
    close(worker->fd);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) continue;
    tell_loss(crew, index, status);
    worker->pid = 0;
    return is_done(crew) || hire(crew, index);
}

static bool read_bytes(int fd, void *bytes, size_t left) {
    for (char *to = bytes; left;) {
        ssize_t got = read(fd, to, left);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        left -= (size_t)got;
    }
    return true;
}

/* False when the worker is gone: what it has begun to tell then counts for nothing. */
static bool hear_attempt(int fd, rs_attempt *attempt) {
    size_t head = offsetof(rs_attempt, failures);
    return read_bytes(fd, attempt, head) && attempt->failure_count <= RS_ATTEMPT_FAILURES_MAX &&
           read_bytes(fd, attempt->failures, rs_attempt_bytes(attempt) - head);
}

static bool listen_to(rs_crew *crew, uint32_t index) {
    rs_attempt attempt;
    rs_crew_worker *worker = &crew->workers[index];
    if (!hear_attempt(worker->fd, &attempt)) return replace(crew, index);
    worker->spoke = true;
    worker->last_seed = attempt.seed;
    tell(crew, &attempt);
    return true;
}

static void check_times(rs_crew *crew) {
    uint64_t now_ns = rs_watch_wall_ns();
    for (uint32_t i = 0; i < crew->options->jobs; i++) {
        const rs_crew_post *post = &crew->board->posts[i];
        rs_crew_worker *worker = &crew->workers[i];
        if (!worker->pid || worker->late || !rs_load(&post->seed_index, rs_acquire)) continue;
        uint64_t since_ns = rs_load(&post->since_ns, rs_relaxed);
        worker->late = now_ns > since_ns && now_ns - since_ns > crew->options->timeout_ns;
        if (worker->late) kill(worker->pid, SIGKILL);
    }
}

static void check_signals(rs_crew *crew) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    if (sigtimedwait(&signals, NULL, &(struct timespec){0}) <= 0) return;
    crew->interrupted = crew->ended = true;
}

static bool look(rs_crew *crew) {
    bool fine = true;
    for (uint32_t i = 0; i < crew->options->jobs; i++)
        crew->polls[i] =
            (struct pollfd){crew->workers[i].pid ? crew->workers[i].fd : -1, POLLIN, 0};
    poll(crew->polls, crew->options->jobs, LOOK_MS);
    for (uint32_t i = 0; i < crew->options->jobs; i++)
        if (crew->workers[i].pid && crew->polls[i].revents) fine &= listen_to(crew, i);
    check_times(crew);
    check_signals(crew);
    tell(crew, NULL);
    return fine;
}

static bool has_workers(const rs_crew *crew) {
    for (uint32_t i = 0; i < crew->options->jobs; i++)
        if (crew->workers[i].pid) return true;
    return false;
}

static void dismiss(rs_crew *crew) {
    for (uint32_t i = 0; i < crew->options->jobs; i++) {
        rs_crew_worker *worker = &crew->workers[i];
        if (!worker->pid) continue;
        kill(worker->pid, SIGKILL);
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR) continue;
        close(worker->fd);
        worker->pid = 0;
    }
}

static bool run(rs_crew *crew) {
    bool fine = true;
    for (uint32_t i = 0; fine && i < crew->options->jobs; i++) fine = hire(crew, i);
    while (fine && !crew->ended && has_workers(crew)) fine = look(crew);
    dismiss(crew);
    /* A worker that somebody killed between two seeds may have taken one along. */
    return fine && !crew->interrupted && (crew->ended || crew->told == crew->count);
}

bool rs_crew_run(const rs_crew_options *options, rs_crew_take *take, void *context) {
    size_t jobs = options->jobs;
    rs_crew crew = {.options = options,
                    .count = rs_crew_count(options),
                    .take = take,
                    .context = context,
                    .board_bytes = sizeof(rs_crew_board) + sizeof(rs_crew_post) * jobs,
                    .workers = rs_rows_alloc(sizeof *crew.workers * jobs),
                    .polls = rs_rows_alloc(sizeof *crew.polls * jobs)};
    sigset_t before;
    crew.board = rs_map_create(NULL, crew.board_bytes);
    rs_watch_hold(&before);
    bool fine = crew.board && run(&crew);
    rs_watch_release(&before);
    rs_map_destroy(NULL, crew.board, crew.board_bytes, RS_MAP_UNKNOWN);
    free(crew.workers);
    free(crew.polls);
    return fine;
}
