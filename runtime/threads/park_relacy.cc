/* park_relacy.cc: the handshake of those who sleep with those who queue: no task lies in a queue
 * while a core that should run it sleeps. park.c is compiled in a small world: its cores have what
 * it knows of them, and the system's futex is Relacy's.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/test/design_models.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

/* ---------------------------------------------------------------- the small world */

#define RS_PROCESS_H
#define RS_BARRIER_H
#define CORES 3

typedef struct rs_core {
    struct {
        rs_atomic_u64 parks;
    } counters;
    rs_atomic_u32 parked, look;
    struct rs_runtime *runtime;
} rs_core;

typedef struct rs_runtime {
    rs_core *cores;
    uint32_t core_count;
    bool asymmetric;
    rs_atomic_u32 sleepers;
} rs_runtime;

static rs_core cores[CORES + 1]; /* the last one is nobody's */

static void rs_barrier_all(void) {
    rl::atomic_thread_fence(rl::mo_seq_cst, $);
}

static rs_core *rs_core_here(void) {
    return &cores[rl::thread_index()];
}

#undef futex

/* The value is compared and the thread put to sleep in one step, as under the kernel's lock; it
 * comes back without cause, too. Fences that the kernel has beside are not counted on. */
static long futex(rs_atomic_u32 *word, int operation, uint32_t value, const void *timeout) {
    rl::context &context = rl::ctx();
    rl::atomic<uint32_t> *at = rs_cell_of(word);
    context.sched();
    rl::preemption_disabler disabler(context);
    if (operation == FUTEX_WAKE_PRIVATE) return at->wake(context, CORES, $);
    if (at->fetch_add(0, rl::mo_relaxed, $) != value) return -1;
    return at->wait(context, timeout != NULL, true, $);
}

#define syscall(NUMBER, WORD, OPERATION, VALUE, TIMEOUT, ...)                                      \
    futex(WORD, OPERATION, (uint32_t)(VALUE), TIMEOUT)

#include "runtime/threads/park.c"

/* ---------------------------------------------------------------- models */

typedef struct world {
    alignas(RS_CACHE_LINE) char sched[RS_SCHED_BYTES];
    rs_task tasks[4];
    rs_runtime runtime;
} world;

template <class Model, class Design, int threads> struct parking : rs_model<Model, world, threads> {
    rl::var<int> runs[4];
    rl::atomic<int> left, stopping;

    static world *w() { return &rs_model<Model, world, threads>::world; }

    void setup() {
        rs_sched_config config;
        memset((void *)&config, 0, sizeof config);
        config.cores = threads;
        config.tasks_max = TASKS_MAX;
        Design::kind()->init(w()->sched, &config);
        Design::make(w()->sched, threads);
        memset((void *)cores, 0, sizeof cores);
        for (int i = 0; i <= CORES; i++) {
            rs_model_store(&cores[i].parked, 0);
            rs_model_store(&cores[i].look, 0);
            rs_model_store(&cores[i].counters.parks, 0);
        }
        w()->runtime.cores = cores;
        w()->runtime.core_count = threads;
        w()->runtime.asymmetric = Model::asymmetric;
        rs_model_store(&w()->runtime.sleepers, 0);
        for (int i = 0; i <= CORES; i++) cores[i].runtime = &w()->runtime;
        for (int i = 0; i < 4; i++) VAR(runs[i]) = 0;
        left.store(0, rl::mo_relaxed, $);
        stopping.store(0, rl::mo_relaxed, $);
    }

    /* As rs_process_ready and rs_loop_woken. */
    void ready(unsigned core, int task) {
        VAR(runs[task]) = VAR(runs[task]) + 1;
        uint32_t whom = Design::kind()->ready(w()->sched, &w()->tasks[task], core, RS_READY_NEW);
        if (whom == RS_WAKE_ANY)
            rs_park_wake_one(&w()->runtime, core + 1);
        else if (whom != RS_WAKE_NONE)
            rs_park_wake(&cores[whom]);
    }

    bool run(rs_task *task) {
        if (!task) return false;
        int i = (int)(task - w()->tasks);
        VAR(runs[i]) = VAR(runs[i]) + 1;
        left.fetch_sub(1, rl::mo_relaxed, $);
        return true;
    }

    rs_task *look(unsigned core, bool *again) {
        return rs_sched_look(Design::kind(), w()->sched, core, 0, again);
    }

    bool run_next(unsigned core) {
        bool again;
        return run(look(core, &again));
    }

    /* As sleep in loop_real.c. */
    rs_task *sleep(unsigned core) {
        rs_park_announce(&cores[core]);
        bool again;
        rs_task *task = look(core, &again);
        if (task || again || stopping.load(rl::mo_relaxed, $)) {
            rs_park_cancel(&cores[core]);
            return task;
        }
        rs_park_sleep(&cores[core], RS_FOREVER);
        return NULL;
    }

    void work(unsigned core) {
        while (!stopping.load(rl::mo_relaxed, $))
            if (!run_next(core)) run(sleep(core));
    }

    void at_end() {}
};

/* Core 0 makes two ready and has no time for the second itself. */
template <class Design, int threads, bool has_barrier>
struct the_second_finds_a_core
    : parking<the_second_finds_a_core<Design, threads, has_barrier>, Design, threads> {
    static const bool asymmetric = has_barrier;

    void thread(unsigned core) {
        if (core != 0) return this->work(core);
        this->left.store(2, rl::mo_relaxed, $);
        this->ready(0, 0);
        this->ready(0, 1);
        while (this->left.load(rl::mo_relaxed, $) == 2) rl::yield(1, $);
        while (this->left.load(rl::mo_relaxed, $))
            if (!this->run_next(0)) rl::yield(1, $);
        rs_park_call(&this->w()->runtime);
        this->stopping.store(1, rl::mo_relaxed, $);
        rs_park_wake_all(&this->w()->runtime);
    }
    void at_end() {
        for (int i = 0; i < 2; i++) RS_HOLDS(VAR(this->runs[i]) == 2);
    }
};

/* The monitor sleeps only while all cores do. What a core does when it wakes: rs_monitor_rise. */
struct the_monitor_wakes_with_a_core : parking<the_monitor_wakes_with_a_core, one_queue, 3> {
    static const bool asymmetric = false;

    rs_atomic_u32 *monitor() { return &cores[CORES].parked; } /* its word: 1 asleep */

    void rise() {
        if (rs_model_load(monitor()) != 1) return;
        rs_cell_of(monitor())->exchange(0, rl::mo_relaxed, $);
        rs_park_wake_word(monitor());
    }

    void thread(unsigned index) {
        if (index == 0) { /* the monitor */
            rs_model_store(monitor(), 1);
            if (rs_park_is_parked(&cores[1])) rs_park_wait(monitor(), 1, RS_FOREVER);
        } else if (index == 1) {
            while (!run_next(1)) {
                bool slept = !run(sleep(1));
                rise();
                if (!slept) break;
            }
        } else {
            ready(2, 0);
            rs_park_wake(&cores[1]);
        }
    }
};

typedef the_second_finds_a_core<stealing, 2, false> a_thief_is_woken;
typedef the_second_finds_a_core<stealing, 3, false> one_of_two_thieves_is_woken;
typedef the_second_finds_a_core<stealing, 2, true> a_thief_has_a_barrier;
typedef the_second_finds_a_core<one_queue, 3, true> one_of_two_has_a_barrier;
typedef the_second_finds_a_core<one_queue, 2, false> global_wakes;
typedef the_second_finds_a_core<one_queue, 3, false> global_wakes_one_of_two;
typedef the_second_finds_a_core<pinning, 2, false> pinned_wakes;
typedef the_second_finds_a_core<by_deadline, 2, false> deadline_wakes;
typedef the_second_finds_a_core<migrating, 2, false> migrate_wakes;

static const char *const files[] = {"threads/park.c", NULL};

static const rs_checked models[] = {RS_MODEL(a_thief_is_woken, 10000, 1),
                                    RS_MODEL(one_of_two_thieves_is_woken, 10000, 0),
                                    RS_MODEL(a_thief_has_a_barrier, 10000, 1),
                                    RS_MODEL(one_of_two_has_a_barrier, 10000, 0),
                                    RS_MODEL(global_wakes, 10000, 1),
                                    RS_MODEL(global_wakes_one_of_two, 10000, 0),
                                    RS_MODEL(pinned_wakes, 10000, 0),
                                    RS_MODEL(deadline_wakes, 10000, 0),
                                    RS_MODEL(migrate_wakes, 10000, 0),
                                    RS_MODEL(the_monitor_wakes_with_a_core, 10000, 0),
                                    {}};

static const rs_uncaught uncaught[] = {{}};

int main() {
    return rs_relacy_main(files, models, uncaught);
}
