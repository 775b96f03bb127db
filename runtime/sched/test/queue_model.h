/* queue_model.h: what any run queue owes its tasks, for Relacy: each ready task runs once, after
 * all that was done before it became ready, and nobody else touches it meanwhile. C++, see
 * runtime/base/test/relacy.h.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_QUEUE_MODEL_H
#define RS_QUEUE_MODEL_H

#include "runtime/sched/test/design_models.h"

#define TASKS 8
/* Long enough for `migrate` to balance after each. */
#define TURN_NS UINT64_C(10000000)

/* Written into a task that runs, where its queue's link was: whoever still follows that is lost. */
#define RUNNING UINT64_C(0x5a5a5a5a5a5a5a5a)

typedef struct queue_world {
    alignas(RS_CACHE_LINE) char sched[RS_SCHED_BYTES];
    rs_task tasks[TASKS];
} queue_world;

/* Model has play of one core: thread(core), and how many turns there will be: turns(). */
template <class Model, class Design, int cores>
struct queue_model : rs_model<Model, queue_world, cores> {
    rl::var<int> runs[TASKS]; /* how often each was queued and run; who has the task may touch it */
    rl::atomic<int> left;     /* turns until the end */

    static queue_world *w() { return &rs_model<Model, queue_world, cores>::world; }

    void setup() {
        rs_sched_config config;
        memset((void *)&config, 0, sizeof config);
        config.cores = cores;
        config.tasks_max = TASKS_MAX;
        if (Design::kind()->bytes(&config) > sizeof w()->sched) abort();
        Design::kind()->init(w()->sched, &config);
        Design::make(w()->sched, cores);
        for (int i = 0; i < TASKS; i++) VAR(runs[i]) = 0;
        left.store(static_cast<Model *>(this)->turns(), rl::mo_relaxed, $);
    }

    void ready(unsigned core, int task, rs_ready_why why) {
        VAR(runs[task]) = VAR(runs[task]) + 1;
        Design::kind()->ready(w()->sched, &w()->tasks[task], core, why);
    }

    /* Moving costs nothing here, so thieves are never patient: that is no question of order. */
    rs_task *look(unsigned core) {
        bool again;
        return rs_sched_look(Design::kind(), w()->sched, core, 0, &again);
    }

    /* One turn, if there is something to do; returns the task, -1: none. */
    int run(unsigned core) {
        rs_task *task = look(core);
        if (!task) return -1;
        int i = (int)(task - w()->tasks);
        VAR(runs[i]) = VAR(runs[i]) + 1;
        task->key = RUNNING;
        rl::yield(1, $);
        RS_HOLDS(task->key == RUNNING);
        task->key = 0;
        if (Design::kind()->ran) Design::kind()->ran(w()->sched, task, core, TURN_NS);
        left.fetch_sub(1, rl::mo_relaxed, $);
        return i;
    }

    void run_all(unsigned core) {
        while (left.load(rl::mo_relaxed, $) > 0)
            if (run(core) < 0) rl::yield(1, $);
    }

    void at_end() {
        RS_HOLDS(left.load(rl::mo_relaxed, $) == 0);
        for (int i = 0; i < TASKS; i++) RS_HOLDS(VAR(runs[i]) % 2 == 0);
        for (unsigned core = 0; core < cores; core++) RS_HOLDS(look(core) == NULL);
    }
};

/* One core makes them ready, all run them. */
template <class Design, int cores, rs_ready_why why>
struct one_feeds_all : queue_model<one_feeds_all<Design, cores, why>, Design, cores> {
    int turns() { return TASKS; }
    void thread(unsigned core) {
        if (core == 0)
            for (int i = 0; i < TASKS; i++) this->ready(0, i, why);
        this->run_all(core);
    }
};

/* Each makes its own ready, twice, wherever they ran the first time. */
template <class Design, int cores, rs_ready_why why>
struct all_feed_all : queue_model<all_feed_all<Design, cores, why>, Design, cores> {
    int turns() { return 2 * cores * EACH; }
    enum { EACH = TASKS / cores };

    void thread(unsigned core) {
        for (int i = 0; i < EACH; i++) this->ready(core, (int)core * EACH + i, RS_READY_NEW);
        while (this->left.load(rl::mo_relaxed, $) > 0) {
            int task = this->run(core);
            if (task < 0) rl::yield(1, $);
            if (task >= 0 && VAR(this->runs[task]) == 2) this->ready(core, task, why);
        }
    }
};

/* A core goes and comes back; its tasks are the others'. */
template <class Design> struct one_leaves : queue_model<one_leaves<Design>, Design, 2> {
    int turns() { return TASKS; }
    void thread(unsigned core) {
        if (core == 0) {
            for (int i = 0; i < TASKS / 2; i++) this->ready(0, i, RS_READY_SIGNAL);
            Design::kind()->detach(this->w()->sched, 0);
        } else {
            for (int i = TASKS / 2; i < TASKS; i++) this->ready(1, i, RS_READY_YIELD);
            this->run_all(1);
        }
    }
};

#endif
