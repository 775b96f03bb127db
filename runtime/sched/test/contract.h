/* contract.h: the contract of a scheduler design, as functions that play it and return what
 * it broke: no task is lost, none comes twice, nothing waits while a core that could run it sleeps,
 * nobody waits longer than the design states, and equal calls give equal choices. sched_test.c asks
 * every design of the catalogue, planted_test.c designs that must be caught.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_CONTRACT_H
#define RS_TEST_CONTRACT_H

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"
#include "runtime/sched/sched.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define TASKS_MAX 600
/* Of a crowd's yielders and spawners. */
#define LONGEST_TURN_NS 10000000u

/* What a violation is told as; NULL: all is well. */
typedef const char *violation;

static char violation_text[256];

static violation broken(const char *format, ...) __attribute__((format(printf, 1, 2)));
static violation broken(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(violation_text, sizeof violation_text, format, arguments);
    va_end(arguments);
    return violation_text;
}

/* ------------------------------------------------------------------ a design with its cores */

typedef enum task_state { AWAY, QUEUED, RUNNING } task_state;

/* A core without task that is not asleep looks for one; a stuck one never ends its turn. */
typedef struct one_core {
    rs_task *running;
    bool is_detached, is_asleep, is_stuck;
} one_core;

typedef struct world {
    const rs_sched_kind *kind;
    rs_sched_config config;
    rs_choices nothing; /* to replay */
    void *sched;
    size_t bytes;
    rs_prng random;
    rs_task *tasks; /* of TASKS_MAX, never at the same place twice */
    uint8_t state[TASKS_MAX];
    uint64_t since[TASKS_MAX]; /* the round in which it became ready */
    uint32_t queued, most_queued;
    one_core core[RS_CORES_MAX];
    bool overran[TASKS_MAX];  /* it became ready after an overrun */
    uint64_t round, longest;  /* rounds that a task has waited */
    uint64_t longest_overrun; /* the same, of those that overran */
    uint64_t now_ns;
    uint64_t trace; /* a hash of all that the design has answered */
} world;

static world *new_world(const rs_sched_kind *kind, uint32_t cores, uint64_t seed) {
    world *w = calloc(1, sizeof *w);
    w->kind = kind;
    w->config = (rs_sched_config){.cores = cores,
                                  .tasks_max = TASKS_MAX,
                                  .seed = seed,
                                  .move_ns = 1000,
                                  .replay = &w->nothing};
    rs_sched_find(kind->name, w->config.parameters);
    for (size_t i = 0; i < RS_SCHED_PARAMETERS_MAX; i++)
        w->config.parameters[i] = kind->parameters[i].fallback;
    w->bytes = kind->bytes(&w->config);
    w->sched = mmap(NULL, w->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    w->tasks = calloc(TASKS_MAX, sizeof *w->tasks);
    CHECK(w->sched != MAP_FAILED && w->tasks != NULL);
    rs_prng_init_indexed(&w->random, seed, "sched/contract", cores);
    kind->init(w->sched, &w->config);
    return w;
}

static void end_world(world *w) {
    munmap(w->sched, w->bytes);
    free(w->tasks);
    free(w);
}

static uint32_t below(world *w, uint32_t bound) {
    return (uint32_t)rs_prng_below(&w->random, bound);
}

static void note(world *w, uint64_t answer) {
    w->trace = (w->trace ^ answer) * UINT64_C(0x100000001b3);
}

static uint32_t make_ready(world *w, rs_task *task, uint32_t core, rs_ready_why why) {
    size_t i = (size_t)(task - w->tasks);
    w->state[i] = QUEUED;
    w->since[i] = w->round;
    w->overran[i] = why == RS_READY_OVERRUN;
    if (++w->queued > w->most_queued) w->most_queued = w->queued;
    uint32_t whom = w->kind->ready(w->sched, task, core, why);
    note(w, whom);
    return whom;
}

/* A random task that is not queued yet; NULL when it is. */
static rs_task *any_away(world *w) {
    uint32_t i = below(w, TASKS_MAX);
    return w->state[i] == AWAY ? &w->tasks[i] : NULL;
}

static rs_ready_why any_reason(world *w) {
    return (rs_ready_why)below(w, RS_READY_OVERRUN + 1);
}

/* How long task `i`, which is queued, has waited. */
static void note_wait(world *w, size_t i) {
    uint64_t *longest = w->overran[i] ? &w->longest_overrun : &w->longest;
    if (w->round - w->since[i] > *longest) *longest = w->round - w->since[i];
}

/* take plays one look of `core` for a task; what comes must be a queued one. *again: nothing comes,
 * but the core is to look again. Now and then much time has passed. */
static violation take_unless(world *w, uint32_t core, rs_task **taken, bool *again) {
    w->now_ns += below(w, 8) ? below(w, 2000) : below(w, 2000000);
    rs_task *task = *taken = rs_sched_look(w->kind, w->sched, core, w->now_ns, again);
    if (!task) {
        note(w, TASKS_MAX + *again);
        return NULL;
    }
    size_t i = (size_t)(task - w->tasks);
    if (task < w->tasks || i >= TASKS_MAX) return broken("core %u got what is no task", core);
    if (w->state[i] != QUEUED)
        return broken("core %u got task %zu, which %s", core, i,
                      w->state[i] == AWAY ? "was not ready" : "another core runs");
    w->state[i] = RUNNING;
    w->queued--;
    note_wait(w, i);
    note(w, i);
    return NULL;
}

static violation take(world *w, uint32_t core, rs_task **taken) {
    bool again;
    return take_unless(w, core, taken, &again);
}

/* leave ends the task's turn; it is ready no more. */
static void leave(world *w, rs_task *task, uint32_t core) {
    uint64_t ns = below(w, 200000);
    bool dies = below(w, 4) == 0; /* the same numbers are drawn for every design */
    w->state[task - w->tasks] = AWAY;
    if (w->kind->ran) w->kind->ran(w->sched, task, core, ns);
    if (w->kind->forget && dies) w->kind->forget(w->sched, task);
}

/* drain plays the attached cores until all have nothing: what was ready must have come. */
static violation drain(world *w) {
    for (uint32_t idle = 0; idle < 2;) {
        bool any = false;
        for (uint32_t i = 0; i < w->config.cores; i++) {
            rs_task *task = NULL;
            if (w->core[i].is_detached) continue;
            violation v = take(w, i, &task);
            if (v) return v;
            if (!task) continue;
            leave(w, task, i);
            any = true;
        }
        idle = any ? 0 : idle + 1;
    }
    return w->queued ? broken("%u tasks are lost", w->queued) : NULL;
}

static void switch_core(world *w, uint32_t core) {
    one_core *c = &w->core[core];
    if (core == 0 || c->running) return; /* core 0 plays on: somebody must take the tasks */
    if (c->is_detached)
        w->kind->attach(w->sched, core);
    else
        w->kind->detach(w->sched, core);
    c->is_detached = !c->is_detached;
    c->is_asleep = false;
    for (uint32_t i = 0; i < w->config.cores; i++) w->core[i].is_asleep = false;
}

/* ------------------------------------------------------------------ no task is lost */

static violation play_at_random(world *w) {
    for (int step = 0; step < 8000; step++) {
        uint32_t core = below(w, w->config.cores), choice = below(w, 100);
        bool growing = step / 1000 % 2 == 0;
        rs_task *task = NULL;
        violation v = NULL;
        if (choice < 2)
            switch_core(w, core);
        else if (w->core[core].is_detached)
            continue;
        else if (choice < (growing ? 65u : 35u)) {
            if ((task = any_away(w))) make_ready(w, task, core, any_reason(w));
        } else if (!(v = take(w, core, &task)) && task)
            leave(w, task, core);
        if (!v && step % 2000 == 1999) v = drain(w);
        if (v) return v;
    }
    return drain(w);
}

/* Tasks are neither lost nor doubled, whatever comes when, with cores that come and go. */
static violation tasks_come_once(const rs_sched_kind *kind, uint32_t cores) {
    violation v = NULL;
    for (uint64_t seed = 1; seed <= 6 && !v; seed++) {
        world *w = new_world(kind, cores, seed);
        v = play_at_random(w);
        end_world(w);
    }
    return v;
}

/* What lay at a detached core is run by the others alone. */
static violation detached_tasks_move(const rs_sched_kind *kind, uint32_t cores) {
    if (cores < 2) return NULL;
    world *w = new_world(kind, cores, 7);
    uint32_t last = cores - 1;
    violation v = NULL;
    for (int round = 0; round < 3 && !v; round++) {
        for (uint32_t i = 0; i < 300; i++) {
            rs_task *task = any_away(w);
            if (task) make_ready(w, task, last, any_reason(w));
        }
        switch_core(w, last);
        v = drain(w);
        switch_core(w, last);
    }
    end_world(w);
    return v;
}

/* ------------------------------------------------------------------ no wake-up is lost */

static violation wake(world *w, uint32_t core, uint32_t whom) {
    if (whom == RS_WAKE_NONE) return NULL;
    if (whom != RS_WAKE_ANY) {
        if (whom >= w->config.cores) return broken("there is no core %u to wake", whom);
        if (w->core[whom].is_detached) return broken("core %u is detached, not asleep", whom);
        w->core[whom].is_asleep = false;
        return NULL;
    }
    for (uint32_t i = 1; i <= w->config.cores; i++) {
        one_core *c = &w->core[(core + i) % w->config.cores];
        if (!c->is_asleep || c->is_detached) continue;
        c->is_asleep = false;
        return NULL;
    }
    return NULL;
}

static violation tell_some(world *w, uint32_t core, uint32_t most) {
    for (uint32_t i = below(w, most + 1); i > 0; i--) {
        rs_task *task = any_away(w);
        if (!task) continue;
        rs_ready_why why = below(w, 3) ? RS_READY_SIGNAL : RS_READY_NEW;
        violation v = wake(w, core, make_ready(w, task, core, why));
        if (v) return v;
    }
    return NULL;
}

/* As runtime/threads does it: a core announces its sleep and looks once more. */
static violation look_twice(world *w, uint32_t core) {
    one_core *c = &w->core[core];
    bool again = false;
    violation v = NULL;
    for (int look = 0; look < 2 && !v && !c->running; look++)
        v = take_unless(w, core, &c->running, &again);
    c->is_asleep = !c->running && !again;
    return v;
}

/* `busy` percent of the turns make others ready: from few, so that most cores sleep, to many. */
static violation act(world *w, uint32_t core, uint32_t busy) {
    one_core *c = &w->core[core];
    rs_task *task = c->running;
    if (!task) return look_twice(w, core);
    if (below(w, 100) < busy) return tell_some(w, core, 4);
    uint32_t choice = below(w, 100);
    if (choice < 5) {
        c->is_stuck = true;
        return tell_some(w, core, 3);
    }
    c->running = NULL;
    if (choice < 75) {
        leave(w, task, core);
        return NULL;
    }
    if (w->kind->ran) w->kind->ran(w->sched, task, core, below(w, 200000));
    return wake(w, core, make_ready(w, task, core, RS_READY_YIELD));
}

static bool can_act(const one_core *c) {
    return !c->is_detached && !c->is_asleep && !c->is_stuck;
}

/* Every core sleeps, or is stuck in a task for ever. One task may wait for each that is stuck; no
 * other may, if a sleeper could run it. Then all go on. */
static violation check_sleepers(world *w) {
    uint32_t stuck = 0, waiting = 0;
    for (uint32_t i = 0; i < w->config.cores; i++) {
        rs_task *task = NULL;
        stuck += w->core[i].is_stuck;
        if (w->core[i].is_stuck || w->core[i].is_detached) continue;
        do {
            violation v = take(w, i, &task);
            if (v) return v;
            if (task) waiting++, leave(w, task, i);
        } while (task);
    }
    if (waiting > stuck)
        return broken("%u tasks wait for cores that sleep; %u are busy", waiting, stuck);
    for (uint32_t i = 0; i < w->config.cores; i++) {
        one_core *c = &w->core[i];
        if (c->running) leave(w, c->running, i);
        *c = (one_core){.is_detached = c->is_detached};
    }
    return drain(w);
}

static violation play_sleepers(world *w) {
    for (int step = 0; step < 12000; step++) {
        uint32_t core = below(w, w->config.cores), tries = 0;
        violation v = NULL;
        if (below(w, 500) == 0) switch_core(w, core);
        while (tries < w->config.cores && !can_act(&w->core[core]))
            core = (core + 1) % w->config.cores, tries++;
        if (tries == w->config.cores) {
            v = check_sleepers(w);
            if (!v) v = tell_some(w, 0, 1 + below(w, 40)); /* a timer fires on core 0 */
        } else {
            v = act(w, core, 10 + 15 * (uint32_t)(step / 1000 % 3));
        }
        if (v) return v;
    }
    return NULL;
}

/* Nothing stays queued while a core that could run it sleeps for ever. */
static violation sleepers_are_woken(const rs_sched_kind *kind, uint32_t cores) {
    violation v = NULL;
    for (uint64_t seed = 1; seed <= 8 && !v; seed++) {
        world *w = new_world(kind, cores, seed);
        v = play_sleepers(w);
        end_world(w);
    }
    return v;
}

/* ------------------------------------------------------------------ nobody starves */

/* What the tasks of a crowd do with a turn. */
typedef struct crowd {
    const char *name;
    uint32_t yielders; /* always ready */
    uint32_t pairs;    /* each of two wakes the other, and waits */
    uint32_t spawners; /* each makes new tasks, which end at once, and yields */
    uint32_t sleepers; /* yielders wake them, several at a time; they go back to sleep */
    bool lies_at_one;  /* all start at core 0 */
    bool instant;      /* the turns of pairs, newcomers and sleepers take no time at all */
    uint32_t overruns; /* so many of the yielders overrun in each turn */
} crowd;

static const crowd crowds[] = {
    {"yielders", 64, 0, 0, 0, true, false, 0},
    {"many yielders", TASKS_MAX, 0, 0, 0, true, false, 0},
    {"a pair and a yielder", 1, 1, 0, 0, true, false, 0},
    {"an instant pair and a yielder", 1, 1, 0, 0, true, true, 0},
    {"pairs and yielders", 10, 20, 0, 0, false, false, 0},
    {"a spawner and yielders", 3, 0, 1, 0, true, true, 0},
    {"spawners and pairs", 5, 10, 4, 0, false, false, 0},
    {"sleepers", 20, 5, 1, 500, false, false, 0},
    {"a loop and yielders", 9, 0, 0, 0, true, false, 1},
    {"loops and yielders", 64, 0, 0, 0, true, false, 32},
    {"loops and pairs", 40, 20, 0, 0, false, true, 30},
};

typedef struct fair {
    world *w;
    const crowd *crowd;
    uint32_t named; /* the tasks of yielders, pairs, spawners; sleepers; then newcomers */
} fair;

static uint32_t pairs_begin(const fair *f) {
    return f->crowd->yielders;
}
static uint32_t spawners_begin(const fair *f) {
    return pairs_begin(f) + 2 * f->crowd->pairs;
}
static uint32_t sleepers_begin(const fair *f) {
    return spawners_begin(f) + f->crowd->spawners;
}

static void start_crowd(fair *f) {
    world *w = f->w;
    for (uint32_t i = 0; i < sleepers_begin(f); i++) {
        bool waits = i >= pairs_begin(f) && i < spawners_begin(f) && (i - pairs_begin(f)) % 2;
        uint32_t core = f->crowd->lies_at_one ? 0 : i % w->config.cores;
        if (!waits) make_ready(w, &w->tasks[i], core, RS_READY_NEW);
    }
}

static void wake_away(fair *f, uint32_t from, uint32_t to, uint32_t core, rs_ready_why why) {
    for (uint32_t i = below(f->w, 4); i > 0 && from < to; i--) {
        rs_task *task = &f->w->tasks[from + below(f->w, to - from)];
        if (f->w->state[task - f->w->tasks] == AWAY) make_ready(f->w, task, core, why);
    }
}

/* Yielders and spawners have long turns, so that a design that favours short ones is tempted. */
static void have_turn(fair *f, rs_task *task, uint32_t core) {
    world *w = f->w;
    uint32_t i = (uint32_t)(task - w->tasks);
    bool pairs = i >= pairs_begin(f) && i < spawners_begin(f);
    bool ends = i >= sleepers_begin(f);
    uint64_t ns = below(w, pairs || ends ? 1000 : LONGEST_TURN_NS);
    if ((pairs || ends) && f->crowd->instant) ns = 0;
    if (i < f->crowd->overruns) ns = LONGEST_TURN_NS;
    if (w->kind->ran) w->kind->ran(w->sched, task, core, ns);
    w->state[i] = AWAY;
    if (ends && w->kind->forget) w->kind->forget(w->sched, task);
    if (ends) return;
    if (pairs) {
        uint32_t partner = pairs_begin(f) + ((i - pairs_begin(f)) ^ 1);
        make_ready(w, &w->tasks[partner], core, RS_READY_SIGNAL);
        return;
    }
    uint32_t sleepers_end = sleepers_begin(f) + f->crowd->sleepers;
    if (i < pairs_begin(f)) wake_away(f, sleepers_begin(f), sleepers_end, core, RS_READY_SIGNAL);
    if (i >= spawners_begin(f)) wake_away(f, sleepers_end, TASKS_MAX, core, RS_READY_NEW);
    make_ready(w, task, core, i < f->crowd->overruns ? RS_READY_OVERRUN : RS_READY_YIELD);
}

/* In each round every core looks once, in an order of its own. */
static violation play_round(fair *f) {
    world *w = f->w;
    uint32_t first = below(w, w->config.cores), step = below(w, 2) ? 1 : w->config.cores - 1;
    w->round++;
    for (uint32_t i = 0; i < w->config.cores; i++) {
        uint32_t core = (first + i * step) % w->config.cores;
        rs_task *task = NULL;
        violation v = take(w, core, &task);
        if (v) return v;
        if (task) have_turn(f, task, core);
    }
    return NULL;
}

static violation play_crowd(fair *f, uint64_t rounds) {
    world *w = f->w;
    start_crowd(f);
    for (uint64_t i = 0; i < rounds; i++) {
        violation v = play_round(f);
        if (v) return v;
    }
    for (uint32_t i = 0; i < TASKS_MAX; i++)
        if (w->state[i] == QUEUED) note_wait(w, i);
    uint64_t stated = w->kind->wait_rounds(&w->config, w->most_queued),
             overruns = f->crowd->overruns;
    if (stated == RS_FOREVER) return NULL;
    if (overruns && w->longest_overrun > stated + 61 * overruns)
        return broken("%s: who overran waited %" PRIu64 " rounds; stated are %" PRIu64,
                      f->crowd->name, w->longest_overrun, stated + 61 * overruns);
    if (overruns) stated += stated / 7 + 2; /* one turn in 8, at most, is theirs */
    if (w->longest <= stated) return NULL;
    return broken("%s: of %u ready tasks one waited %" PRIu64 " rounds; stated are %" PRIu64,
                  f->crowd->name, w->most_queued, w->longest, stated);
}

/* No task waits longer than the design states. More rounds than any states for a small
 * crowd. */
static violation waits_are_as_stated(const rs_sched_kind *kind, uint32_t cores) {
    violation v = NULL;
    for (size_t i = 0; i < sizeof crowds / sizeof *crowds && !v && kind->wait_rounds; i++) {
        fair f = {new_world(kind, cores, i + 1), &crowds[i], 0};
        uint64_t rounds = cores == 1 ? 60000 : 20000 / cores + 500;
        v = play_crowd(&f, crowds[i].overruns ? rounds / 4 : rounds);
        end_world(f.w);
    }
    return v;
}

/* ------------------------------------------------------------------ equal calls, equal choices */

static violation choices_are_a_function(const rs_sched_kind *kind, uint32_t cores) {
    uint64_t traces[2];
    violation v = NULL;
    world *first = NULL;
    for (int i = 0; i < 2 && !v; i++) {
        world *w = new_world(kind, cores, 3);
        v = play_at_random(w);
        traces[i] = w->trace;
        if (i == 0)
            first = w; /* stays, so that the second lies elsewhere */
        else
            end_world(w);
    }
    end_world(first);
    if (v) return v;
    return traces[0] == traces[1] ? NULL : broken("equal calls led to other choices");
}

/* ------------------------------------------------------------------ all of it */

typedef struct contract_case {
    const char *name;
    violation (*play)(const rs_sched_kind *kind, uint32_t cores);
} contract_case;

static const contract_case contract_cases[] = {
    {"tasks_come_once", tasks_come_once},
    {"detached_tasks_move", detached_tasks_move},
    {"sleepers_are_woken", sleepers_are_woken},
    {"waits_are_as_stated", waits_are_as_stated},
    {"choices_are_a_function", choices_are_a_function},
};
#define CONTRACT_CASES (sizeof contract_cases / sizeof *contract_cases)

#endif
