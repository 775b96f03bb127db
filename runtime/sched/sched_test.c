/* sched_test.c: the contract that every scheduler design keeps: no task is lost, none comes twice,
 * and whoever yields gets its turn. First all cores played by one thread, against a plain set; then
 * each core by a thread of its own.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/sched.h"

#include "runtime/base/atomic.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define TASKS_MAX 600

typedef struct state {
    const rs_sched_kind *kind;
    void *sched;
    uint32_t cores;
} state;

static state new_state(const rs_sched_kind *kind, uint32_t cores) {
    state this = {kind, NULL, cores};
    size_t bytes = (kind->bytes(cores) + 4095) / 4096 * 4096; /* as regions are */
    this.sched = aligned_alloc(4096, bytes);
    CHECK(this.sched != NULL);
    memset(this.sched, 0, bytes);
    kind->init(this.sched, cores);
    return this;
}

static void for_each(void (*test)(const rs_sched_kind *kind, uint32_t cores)) {
    static const uint32_t cores[] = {1, 2, 3, 8, RS_CORES_MAX};
    for (size_t i = 0; rs_scheds[i]; i++)
        for (size_t j = 0; j < sizeof cores / sizeof cores[0]; j++) test(rs_scheds[i], cores[j]);
}

TEST(the_catalogue_is_searched_by_name) {
    size_t count = 0;
    for (; rs_scheds[count]; count++) {
        CHECK(rs_sched_find(rs_scheds[count]->name) == rs_scheds[count]);
        CHECK(strlen(rs_scheds[count]->about) > 0);
        CHECK(rs_scheds[count]->bytes(1) > 0);
    }
    CHECK(count >= 2);
    CHECK(rs_sched_find("steal") != NULL && !rs_sched_find("steal")->one_thread_real);
    CHECK(rs_sched_find("fifo") != NULL);
    CHECK(rs_sched_find("no_such_design") == NULL);
    CHECK(rs_sched_find("") == NULL);
}

/* ------------------------------------------------------------------ one thread, a plain set */

typedef struct model {
    rs_task tasks[TASKS_MAX];
    bool is_ready[TASKS_MAX]; /* the scheduler's, else ours */
    uint32_t ready;
    bool is_detached[RS_CORES_MAX];
    rs_prng random;
} model;

static void make_ready(state *this, model *m, uint32_t core) {
    uint32_t i = (uint32_t)rs_prng_below(&m->random, TASKS_MAX);
    if (m->is_ready[i]) return;
    m->is_ready[i] = true;
    m->ready++;
    m->tasks[i].ready_ns = 0;
    rs_ready_why why = (rs_ready_why)rs_prng_below(&m->random, RS_READY_YIELD + 1);
    this->kind->ready(this->sched, &m->tasks[i], core, why);
}

/* take plays one turn of `core`; a task that comes must be a ready one. */
static bool take(state *this, model *m, uint32_t core) {
    rs_task *task = this->kind->next(this->sched, core);
    if (!task) return false;
    CHECK(task >= m->tasks && task < m->tasks + TASKS_MAX);
    uint32_t i = (uint32_t)(task - m->tasks);
    CHECK(m->is_ready[i]); /* not twice, and none that was never given */
    m->is_ready[i] = false;
    m->ready--;
    if (this->kind->forget && rs_prng_below(&m->random, 4) == 0)
        this->kind->forget(this->sched, task); /* it died */
    return true;
}

/* drain plays the attached cores until all have nothing: what was ready must have come. */
static void drain(state *this, model *m) {
    for (uint32_t idle = 0; idle < 2;) {
        bool any = false;
        for (uint32_t core = 0; core < this->cores; core++)
            any |= !m->is_detached[core] && take(this, m, core);
        idle = any ? 0 : idle + 1;
    }
    CHECK_INT(m->ready, 0);
}

static void switch_core(state *this, model *m, uint32_t core) {
    if (m->is_detached[core])
        this->kind->attach(this->sched, core);
    else if (core > 0)
        this->kind->detach(this->sched, core);
    else
        return; /* core 0 plays on: somebody must take the tasks */
    m->is_detached[core] = !m->is_detached[core];
}

static void random_operations(const rs_sched_kind *kind, uint32_t cores) {
    static model m;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        memset(&m, 0, sizeof m);
        rs_prng_init_indexed(&m.random, seed, "sched/model", cores);
        state this = new_state(kind, cores);
        for (int step = 0; step < 8000; step++) {
            uint32_t core = (uint32_t)rs_prng_below(&m.random, cores);
            uint64_t choice = rs_prng_below(&m.random, 100);
            bool growing = step / 1000 % 2 == 0;
            if (choice < 2)
                switch_core(&this, &m, core);
            else if (m.is_detached[core])
                continue;
            else if (choice < (growing ? 65u : 35u))
                make_ready(&this, &m, core);
            else
                take(&this, &m, core);
            if (step % 2000 == 1999) drain(&this, &m);
        }
        drain(&this, &m);
        free(this.sched);
    }
}
TEST(no_task_is_lost_and_none_comes_twice) {
    for_each(random_operations);
}

/* ------------------------------------------------------------------ detached cores */

static void detach_hands_over(const rs_sched_kind *kind, uint32_t cores) {
    if (cores < 2) return;
    static model m;
    memset(&m, 0, sizeof m);
    rs_prng_init_indexed(&m.random, 7, "sched/detach", cores);
    state this = new_state(kind, cores);
    uint32_t last = cores - 1;
    while (m.ready < 300) make_ready(&this, &m, last);
    kind->detach(this.sched, last);
    m.is_detached[last] = true;
    drain(&this, &m); /* by the others alone */
    kind->attach(this.sched, last);
    m.is_detached[last] = false;
    while (m.ready < 10) make_ready(&this, &m, last);
    drain(&this, &m);
    free(this.sched);
}
TEST(a_detached_cores_tasks_go_to_the_others) {
    for_each(detach_hands_over);
}

/* ------------------------------------------------------------------ fairness */

/* Many tasks that do nothing but yield: each gets its turn before long. */
static void yields_in_turn(const rs_sched_kind *kind, uint32_t cores) {
    enum { COUNT = 64, TURNS = 200 };
    rs_task tasks[COUNT] = {0};
    uint64_t turns[COUNT] = {0}, last[COUNT] = {0}, now = 0;
    state this = new_state(kind, cores);
    for (int i = 0; i < COUNT; i++) kind->ready(this.sched, &tasks[i], 0, RS_READY_NEW);
    while (now < COUNT * TURNS) {
        for (uint32_t core = 0; core < cores; core++) {
            rs_task *task = kind->next(this.sched, core);
            if (!task) continue;
            turns[task - tasks]++;
            last[task - tasks] = ++now;
            kind->ready(this.sched, task, core, RS_READY_YIELD);
        }
    }
    for (int i = 0; i < COUNT; i++) {
        CHECK(turns[i] > 0);
        CHECK(now - last[i] < (uint64_t)COUNT * 60); /* nobody has starved of late either */
    }
    if (cores == 1)
        for (int i = 0; i < COUNT; i++) CHECK(turns[i] >= TURNS / 4);
    free(this.sched);
}
TEST(who_yields_gets_its_turn) {
    for_each(yields_in_turn);
}

/* Two tasks that wake each other for ever must not starve one that yields. */
static void wakers_do_not_starve(const rs_sched_kind *kind, uint32_t cores) {
    rs_task tasks[3] = {0};
    uint64_t turns[3] = {0};
    state this = new_state(kind, cores);
    kind->ready(this.sched, &tasks[2], 0, RS_READY_NEW);
    kind->ready(this.sched, &tasks[0], 0, RS_READY_NEW);
    for (int round = 0; round < 100000 && turns[2] < 10; round++)
        for (uint32_t core = 0; core < 1; core++) {
            rs_task *task = kind->next(this.sched, core);
            CHECK(task != NULL);
            size_t i = (size_t)(task - tasks);
            turns[i]++;
            if (i == 2)
                kind->ready(this.sched, task, core, RS_READY_YIELD);
            else
                kind->ready(this.sched, &tasks[1 - i], core, RS_READY_SIGNAL);
        }
    CHECK(turns[2] >= 10);
    CHECK(turns[0] >= 5);
    free(this.sched);
}
TEST(two_who_wake_each_other_starve_nobody) {
    for_each(wakers_do_not_starve);
}

/* A parent that spawns for ever must not starve an old task. */
static void newcomers_do_not_starve(const rs_sched_kind *kind, uint32_t cores) {
    static rs_task tasks[TASKS_MAX];
    memset(tasks, 0, sizeof tasks);
    state this = new_state(kind, cores);
    uint64_t turns = 0;
    kind->ready(this.sched, &tasks[0], 0, RS_READY_YIELD);
    for (size_t i = 1; i < 10; i++) kind->ready(this.sched, &tasks[i], 0, RS_READY_NEW);
    for (int round = 0; round < 100000 && turns < 10; round++) {
        rs_task *task = kind->next(this.sched, 0);
        CHECK(task != NULL);
        turns += task == &tasks[0];
        kind->ready(this.sched, task, 0, task == &tasks[0] ? RS_READY_YIELD : RS_READY_NEW);
    }
    CHECK(turns >= 10);
    free(this.sched);
}
TEST(newcomers_starve_nobody) {
    for_each(newcomers_do_not_starve);
}

/* ready says true when another core could help: it is what wakes one, so it must not be missing. */
static void tells_of_spare_work(const rs_sched_kind *kind, uint32_t cores) {
    rs_task tasks[10] = {0};
    state this = new_state(kind, cores);
    bool spare = false;
    for (int i = 0; i < 10; i++) spare |= kind->ready(this.sched, &tasks[i], 0, RS_READY_NEW);
    CHECK(spare);
    free(this.sched);
}
TEST(ready_tells_of_spare_work) {
    for_each(tells_of_spare_work);
}

static void steals_are_counted(const rs_sched_kind *kind, uint32_t cores) {
    if (cores < 2) return;
    rs_task tasks[100] = {0};
    state this = new_state(kind, cores);
    for (int i = 0; i < 100; i++) kind->ready(this.sched, &tasks[i], 0, RS_READY_NEW);
    CHECK_INT(kind->steals(this.sched, 1), 0);
    int taken = 0;
    while (kind->next(this.sched, 1)) taken++;
    bool is_steal = strcmp(kind->name, "steal") == 0;
    if (is_steal) CHECK(kind->steals(this.sched, 1) > 0);
    if (is_steal) CHECK(taken > 50); /* a core alone among idle ones finds the work */
    CHECK(kind->steals(this.sched, 1) <= (uint64_t)taken);
    free(this.sched);
}
TEST(steals_are_counted) {
    for_each(steals_are_counted);
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

typedef struct crowd {
    state sched;
    crowd_task tasks[CROWD];
    rs_atomic_ptr stash; /* a task that waits for another thread to wake it */
    rs_atomic_u32 done;
    uint64_t seed;
} crowd;

typedef struct player {
    crowd *crowd;
    uint32_t core;
} player;

static void put(const player *this, rs_task *task, rs_ready_why why) {
    if (task) this->crowd->sched.kind->ready(this->crowd->sched.sched, task, this->core, why);
}

/* turn runs `task` once and gives it back: by yielding, or to the stash, waking who lay there. */
static void turn(const player *this, rs_task *task, rs_prng *random) {
    crowd_task *one = (crowd_task *)task;
    CHECK_INT(rs_add(&one->runners, 1, rs_relaxed), 0);
    bool is_done = ++one->turns == TURNS;
    CHECK_INT(rs_sub(&one->runners, 1, rs_relaxed), 1);
    if (is_done) {
        if (this->crowd->sched.kind->forget)
            this->crowd->sched.kind->forget(this->crowd->sched.sched, task);
        rs_add(&this->crowd->done, 1, rs_relaxed);
        return;
    }
    if (rs_prng_below(random, 3)) {
        put(this, task, RS_READY_YIELD);
        return;
    }
    /* Both ways: the sleeper's turns go to its waker. */
    put(this, rs_swap(&this->crowd->stash, (void *)task, rs_acq_rel), RS_READY_SIGNAL);
}

static void *play(void *argument) {
    const player *this = argument;
    const state *sched = &this->crowd->sched;
    rs_prng random;
    rs_prng_init_indexed(&random, this->crowd->seed, "sched/play", this->core);
    while (rs_load(&this->crowd->done, rs_relaxed) < CROWD) {
        rs_task *task = sched->kind->next(sched->sched, this->core);
        if (task) {
            turn(this, task, &random);
            continue;
        }
        put(this, rs_swap(&this->crowd->stash, NULL, rs_acq_rel), RS_READY_SIGNAL);
        sched_yield();
    }
    return NULL;
}

static void play_all(const rs_sched_kind *kind, uint32_t cores, uint64_t seed) {
    crowd *all = calloc(1, sizeof *all);
    pthread_t threads[8];
    player players[8];
    CHECK(all != NULL && cores <= 8);
    all->sched = new_state(kind, cores);
    all->seed = seed;
    for (int i = 0; i < CROWD; i++)
        kind->ready(all->sched.sched, &all->tasks[i].task, 0, RS_READY_NEW);
    for (uint32_t i = 0; i < cores; i++) {
        players[i] = (player){all, i};
        CHECK(pthread_create(&threads[i], NULL, play, &players[i]) == 0);
    }
    for (uint32_t i = 0; i < cores; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < CROWD; i++) CHECK_INT(all->tasks[i].turns, TURNS);
    for (uint32_t i = 0; i < cores; i++) CHECK(kind->next(all->sched.sched, i) == NULL);
    free(all->sched.sched);
    free(all);
}
TEST(threads_lose_no_task_and_run_none_twice) {
    for (size_t i = 0; rs_scheds[i]; i++)
        for (uint64_t seed = 1; seed <= 4 && !rs_scheds[i]->one_thread_real; seed++)
            for (uint32_t cores = 2; cores <= 4; cores++) play_all(rs_scheds[i], cores, seed);
}

TEST_MAIN()
