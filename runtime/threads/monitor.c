/* monitor.c: watching for overrunners.
 *
 * A core is watched without its help: its count of dispatches is the same at two looks when one
 * process ran all the while. Nothing is read from a clock and nothing written on the way of those
 * who behave.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/threads/monitor.h"

#include "runtime/process/clock.h"
#include "runtime/process/preempt.h"
#include "runtime/threads/blocking.h"
#include "runtime/threads/park.h"

/* Of a budget's tenths, how many lie between looks, and how many pass between asking and stopping:
 * who runs on is asked when a second look finds it, and stopped at the third, after four to seven.
 */
#define PERIOD_TENTHS 3u
#define GRACE_TENTHS  1u
#define LOOKS         2u
/* Then it is stopped; who refused so often loses its core. */
#define REFUSALS 4u
/* Where nobody can be stopped, nobody refuses, and who is seen so often may only have waited for a
 * processor: 50 ms of the default budget are longer than that, as a rule. */
#define UNSTOPPED_LOOKS 100u
/* When all cores sleep, the looks grow apart up to this; if then nothing has run in between, the
 * monitor sleeps until a core wakes it. */
#define DOZE_NS UINT64_C(10000000)

/* Values of the runtime's `monitor` word. */
enum { AWAKE, DOZING, ASLEEP };

typedef struct watched {
    uint64_t dispatch; /* the one seen last */
    uint64_t refusals; /* of its thread when it was first found again */
    uint32_t looks;    /* that found it again */
} watched;

typedef struct monitor {
    rs_runtime *runtime;
    rs_players *players;
    uint32_t cores;
    uint64_t period_ns;
    watched watched[RS_CORES_MAX];
    bool is_awake; /* some core was, at the last look */
    bool has_run;  /* some core had run something */
    bool has_asked; /* somebody, at the last look: the next one is due soon */
    bool is_stuck; /* somebody runs without a core */
    bool is_short; /* the system has no more threads just now */
} monitor;

/* ---------------------------------------------------------------- overrunners */

static bool has_refused(const monitor *m, rs_thread *thread, const watched *w) {
    if (!m->runtime->preemptive) return w->looks >= UNSTOPPED_LOOKS;
    return rs_load(&thread->refusals, rs_relaxed) - w->refusals >= REFUSALS;
}

/* Who sleeps in the kernel is not woken by a signal, but by what it waits for. */
static void stop(monitor *m, rs_core *core, rs_thread *thread, const watched *w) {
    if (rs_player_is_asleep(thread) || has_refused(m, thread, w))
        rs_players_release_core(m->players, core);
    else if (m->runtime->preemptive)
        rs_preempt_ask(thread, w->dispatch);
}

static void look_at(monitor *m, rs_core *core, watched *w) {
    uint64_t dispatch = rs_load(&core->counters.dispatches, rs_relaxed);
    bool is_new = dispatch != w->dispatch, is_parked = rs_park_is_parked(core);
    m->is_awake |= !is_parked;
    m->has_run |= is_new;
    if (is_new) *w = (watched){.dispatch = dispatch};
    if (is_new || is_parked) return;
    rs_thread *thread = rs_load(&core->thread, rs_acquire);
    rs_process *process = thread ? rs_load(&thread->process, rs_relaxed) : NULL;
    if (!process) return;
    if (w->looks++ == 0) w->refusals = rs_load(&thread->refusals, rs_relaxed);
    /* It may have ended by now, and its slot be another's: then that one yields for nothing. */
    rs_or(&process->flags, RS_PROCESS_OVERRUN, rs_relaxed);
    m->has_asked |= w->looks == 1;
    if (w->looks >= LOOKS) stop(m, core, thread, w);
}

/* Timers are looked at between dispatches, after a number of them: long ones would make them late.
 */
static void look_at_timers(rs_core *core, uint64_t now_ns) {
    if (rs_load(&core->timers.first_ns, rs_relaxed) <= now_ns) rs_store(&core->look, 1, rs_relaxed);
}

static void look(monitor *m) {
    uint64_t now_ns = rs_clock_real_ns();
    m->is_awake = m->has_run = m->has_asked = false;
    for (uint32_t i = 0; i < m->cores; i++) {
        look_at(m, &m->runtime->cores[i], &m->watched[i]);
        look_at_timers(&m->runtime->cores[i], now_ns);
        rs_wait_tick(&m->runtime->cores[i], now_ns);
    }
    m->is_stuck = rs_players_recall(m->players);
}

/* ---------------------------------------------------------------- sleeping */

static bool is_over(const monitor *m) {
    return rs_load(&m->runtime->ended, rs_seq_cst) == m->cores;
}

static bool is_anyone_awake(const monitor *m) {
    for (uint32_t i = 0; i < m->cores; i++)
        if (!rs_park_is_parked(&m->runtime->cores[i])) return true;
    return false;
}

/* seq_cst throughout: a core that wakes sees us asleep, or we see it awake. */
static void sleep_at_most(monitor *m, uint32_t how, uint64_t timeout_ns) {
    rs_atomic_u32 *word = &m->runtime->monitor;
    rs_swap(word, how, rs_seq_cst);
    bool is_wanted = is_over(m) || rs_blocking_wants(m->runtime->blocking);
    if (!is_wanted && (how == DOZING || !is_anyone_awake(m))) rs_park_wait(word, how, timeout_ns);
    rs_swap(word, AWAKE, rs_seq_cst);
}

/* doze returns how long to sleep after `slept_ns` without anyone awake. */
static uint64_t doze(const monitor *m, uint64_t slept_ns) {
    if (slept_ns < DOZE_NS) return slept_ns * 2;
    return m->has_run || m->is_stuck || m->is_short ? DOZE_NS : RS_FOREVER;
}

void rs_monitor_watch(rs_runtime *runtime, rs_players *players, uint32_t cores) {
    monitor m = {.runtime = runtime,
                 .players = players,
                 .cores = cores,
                 .period_ns = runtime->budget_ns / 10 * PERIOD_TENTHS};
    uint64_t pause_ns = m.period_ns;
    while (!is_over(&m)) {
        m.is_short = !rs_blocking_grow(runtime->blocking);
        if (runtime->budget_ns == RS_FOREVER) {
            sleep_at_most(&m, DOZING, m.is_short ? DOZE_NS : RS_FOREVER);
            continue;
        }
        look(&m);
        pause_ns = m.is_awake ? m.period_ns : doze(&m, pause_ns);
        if (m.has_asked) pause_ns = runtime->budget_ns / 10 * GRACE_TENTHS;
        sleep_at_most(&m, pause_ns == RS_FOREVER ? ASLEEP : DOZING, pause_ns);
        if (pause_ns == RS_FOREVER) pause_ns = m.period_ns;
    }
}

static void wake_from(rs_runtime *runtime, uint32_t how) {
    if (rs_cas_total(&runtime->monitor, &how, AWAKE)) rs_park_wake_word(&runtime->monitor);
}

void rs_monitor_rise(rs_runtime *runtime) {
    if (RS_UNLIKELY(rs_load(&runtime->monitor, rs_seq_cst) == ASLEEP)) wake_from(runtime, ASLEEP);
}

void rs_monitor_call(rs_runtime *runtime) {
    wake_from(runtime, ASLEEP);
    wake_from(runtime, DOZING);
}

void rs_monitor_end(rs_runtime *runtime) {
    rs_add(&runtime->ended, 1, rs_seq_cst);
    rs_monitor_call(runtime);
}
