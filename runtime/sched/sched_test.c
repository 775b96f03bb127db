/* sched_test.c: every design of the catalogue keeps the contract: first all cores played by one
 * thread, then each by a thread of its own.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/test/contract.h"

#include "runtime/base/sanitize.h"

#include <pthread.h>
#include <sched.h>

static const rs_sched_kind *find(const char *text) {
    uint64_t parameters[RS_SCHED_PARAMETERS_MAX];
    return rs_sched_find(text, parameters);
}

TEST(the_catalogue_is_searched_by_name) {
    size_t count = 0;
    for (; rs_scheds[count]; count++) {
        CHECK(find(rs_scheds[count]->name) == rs_scheds[count]);
        CHECK(rs_sched_name(rs_scheds[count]->name) == rs_scheds[count]);
        CHECK(strlen(rs_scheds[count]->about) > 0);
    }
    CHECK(count >= 2);
    CHECK(find("steal") != NULL && !find("steal")->chooses);
    CHECK(find("fifo") != NULL && find("fifo")->chooses);
    CHECK(find("no_such_design") == NULL);
    CHECK(find("stea") == NULL && find("steals") == NULL && find("") == NULL);
}

TEST(a_design_without_parameters_takes_none) {
    CHECK(find("steal(1)") == NULL);
    CHECK(find("steal()") == NULL);
    CHECK(find("steal(") == NULL);
    CHECK(rs_sched_name("steal(1)") == find("steal"));
}

/* ------------------------------------------------------------------ the contract */

static void keep(const char *name) {
    static const uint32_t all[] = {1, 2, 3, 8, RS_CORES_MAX};
    static const uint32_t few[] = {2}; /* one thread plays: TSan has nothing to see */
    const uint32_t *cores = RS_TSAN ? few : all, count = RS_TSAN ? 1 : 5;
    for (size_t i = 0; i < CONTRACT_CASES; i++)
        for (size_t j = 0; rs_scheds[j] && strcmp(contract_cases[i].name, name) == 0; j++)
            for (size_t k = 0; k < count; k++) {
                violation v = contract_cases[i].play(rs_scheds[j], cores[k]);
                if (v)
                    rs_test_fail(__FILE__, __LINE__, "%s, %u cores: %s", rs_scheds[j]->name,
                                 cores[k], v);
            }
}

TEST(no_task_is_lost_and_none_comes_twice) {
    keep("tasks_come_once");
}
TEST(a_detached_cores_tasks_go_to_the_others) {
    keep("detached_tasks_move");
}
TEST(nothing_waits_while_a_core_that_could_run_it_sleeps) {
    keep("sleepers_are_woken");
}
TEST(nobody_waits_longer_than_the_design_states) {
    keep("waits_are_as_stated");
}
TEST(equal_calls_lead_to_equal_choices) {
    keep("choices_are_a_function");
}

/* What a design promises is part of what it is. */
TEST(every_design_but_the_random_ones_states_how_long_one_waits) {
    for (size_t i = 0; rs_scheds[i]; i++) {
        const rs_sched_kind *kind = rs_scheds[i];
        bool random =
            strcmp(kind->name, "random") == 0 || strcmp(kind->name, "pct") == 0 || kind->replays;
        CHECK_INT(kind->wait_rounds != NULL, !random);
    }
}

/* ------------------------------------------------------------------ real threads */

#define CROWD 200
#define TURNS 500 /* of each task */

/* A task's turns are plain on purpose: the scheduler's hand-over must order them. */
typedef struct crowd_task {
    rs_task task;
    uint32_t turns;
    rs_atomic_u32 runners; /* threads that run it now: never two */
} crowd_task;

typedef struct bed {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    rs_atomic_u32 parked;
    uint64_t now_ns; /* its thread's */
} bed;

typedef struct party {
    const rs_sched_kind *kind;
    rs_sched_config config;
    void *sched;
    crowd_task tasks[CROWD];
    rs_atomic_ptr stash; /* a task that waits for another thread to wake it */
    rs_atomic_u32 done;
    uint64_t seed;
    bed beds[8];
} party;

typedef struct player {
    party *party;
    uint32_t core;
} player;

/* The protocol of runtime/threads/park.h. */
static bool wake_parked(bed *one) {
    uint32_t parked = 1;
    if (rs_add(&one->parked, 0, rs_seq_cst) == 0) return false;
    if (!rs_cas_strong(&one->parked, &parked, 0, rs_relaxed)) return false;
    pthread_mutex_lock(&one->lock);
    pthread_cond_signal(&one->woken);
    pthread_mutex_unlock(&one->lock);
    return true;
}

static void wake_all(party *all) {
    for (uint32_t i = 0; i < all->config.cores; i++) wake_parked(&all->beds[i]);
}

static void put(const player *this, rs_task *task, rs_ready_why why) {
    party *all = this->party;
    if (!task) return;
    uint32_t whom = all->kind->ready(all->sched, task, this->core, why), cores = all->config.cores;
    if (whom == RS_WAKE_NONE) return;
    if (whom != RS_WAKE_ANY)
        wake_parked(&all->beds[whom]);
    else
        for (uint32_t i = 1; i < cores && !wake_parked(&all->beds[(this->core + i) % cores]); i++)
            ;
}

/* turn runs `task` once and gives it back: by yielding, or to the stash, waking who lay there. */
static void turn(const player *this, rs_task *task, rs_prng *random) {
    party *all = this->party;
    crowd_task *one = (crowd_task *)task;
    CHECK_INT(rs_add(&one->runners, 1, rs_relaxed), 0);
    bool is_done = ++one->turns == TURNS;
    CHECK_INT(rs_sub(&one->runners, 1, rs_relaxed), 1);
    if (all->kind->ran) all->kind->ran(all->sched, task, this->core, rs_prng_below(random, 100000));
    if (is_done) {
        if (all->kind->forget) all->kind->forget(all->sched, task);
        if (rs_add(&all->done, 1, rs_seq_cst) == CROWD - 1) wake_all(all);
        return;
    }
    if (rs_prng_below(random, 3)) {
        put(this, task, RS_READY_YIELD);
        return;
    }
    /* Both ways: the sleeper's turns go to its waker. */
    put(this, rs_swap(&all->stash, (void *)task, rs_acq_rel), RS_READY_SIGNAL);
}

/* By a clock of its own, in which only looks take time. */
static rs_task *look(const player *this, bool *again) {
    party *all = this->party;
    uint64_t now_ns = all->beds[this->core].now_ns += 500;
    return rs_sched_look(all->kind, all->sched, this->core, now_ns, again);
}

/* A thread sleeps until it is woken, for ever if a wake-up is lost; but first it empties the stash,
 * which nobody else would. */
static rs_task *lie_down(const player *this) {
    party *all = this->party;
    bool again;
    bed *mine = &all->beds[this->core];
    put(this, rs_swap(&all->stash, NULL, rs_acq_rel), RS_READY_SIGNAL);
    rs_swap(&mine->parked, 1, rs_seq_cst);
    rs_task *task = look(this, &again);
    if (task || again || rs_load(&all->done, rs_seq_cst) == CROWD) {
        rs_store(&mine->parked, 0, rs_relaxed);
        return task;
    }
    pthread_mutex_lock(&mine->lock);
    while (rs_load(&mine->parked, rs_relaxed)) pthread_cond_wait(&mine->woken, &mine->lock);
    pthread_mutex_unlock(&mine->lock);
    return NULL;
}

static void *play(void *argument) {
    const player *this = argument;
    party *all = this->party;
    rs_prng random;
    rs_prng_init_indexed(&random, all->seed, "sched/play", this->core);
    while (rs_load(&all->done, rs_seq_cst) < CROWD) {
        bool again;
        rs_task *task = look(this, &again);
        if (!task && !again) task = lie_down(this);
        if (task) turn(this, task, &random);
    }
    return NULL;
}

static void play_all(const rs_sched_kind *kind, uint32_t cores, uint64_t seed) {
    world *w = new_world(kind, cores, seed); /* for its memory */
    party *all = calloc(1, sizeof *all);
    pthread_t threads[8];
    player players[8];
    CHECK(all != NULL && cores <= 8);
    all->kind = kind;
    all->config = w->config;
    all->sched = w->sched;
    all->seed = seed;
    for (int i = 0; i < CROWD; i++) kind->ready(all->sched, &all->tasks[i].task, 0, RS_READY_NEW);
    for (uint32_t i = 0; i < cores; i++) {
        players[i] = (player){all, i};
        pthread_mutex_init(&all->beds[i].lock, NULL);
        pthread_cond_init(&all->beds[i].woken, NULL);
    }
    for (uint32_t i = 0; i < cores; i++)
        CHECK(pthread_create(&threads[i], NULL, play, &players[i]) == 0);
    for (uint32_t i = 0; i < cores; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < CROWD; i++) CHECK_INT(all->tasks[i].turns, TURNS);
    for (uint32_t i = 0; i < cores; i++) CHECK(kind->next(all->sched, i) == NULL);
    end_world(w);
    free(all);
}
TEST(threads_lose_no_task_and_run_none_twice) {
    for (size_t i = 0; rs_scheds[i]; i++)
        for (uint64_t seed = 1; seed <= 4 && !rs_scheds[i]->chooses; seed++)
            for (uint32_t cores = 2; cores <= 4; cores++) play_all(rs_scheds[i], cores, seed);
}

TEST_MAIN()
