/* player.c: threads that play cores.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/threads/player.h"

#include "runtime/process/clock.h"
#include "runtime/process/crash.h"
#include "runtime/process/intake.h"
#include "runtime/process/jail.h"
#include "runtime/process/observe.h"
#include "runtime/process/preempt.h"
#include "runtime/process/region.h"
#include "runtime/threads/loop.h"
#include "runtime/threads/monitor.h"
#include "runtime/threads/park.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Those who sleep, and the dead, are looked at in growing intervals, up to so many looks. */
#define RECALL_EVERY 64u
/* After a run so long for those who are stuck, in milliseconds: a signal and a switch take far
 * less; whoever is not back then waits for something that may never come. */
#define FAREWELL_MS 200u

static void become(rs_player *player, rs_player_state state) {
    /* release: core and process, for who reads the state. */
    rs_store(&player->state, (uint32_t)state, rs_release);
    rs_park_wake_word(&player->state);
}

static rs_player_state state_of(rs_player *player) {
    return (rs_player_state)rs_load(&player->state, rs_acquire);
}

/* ---------------------------------------------------------------- the player's side */

/* Of the program: those who were left behind still have it. */
static pthread_key_t player_key;
static bool has_key;

/* A thread that ends by itself, in pthread_exit, takes a core along. */
static void end_by_itself(void *player) {
    (void)player;
    rs_panic(__FILE__, __LINE__, "a process has ended the thread that ran it: the node is lost");
}

/* come_back gives back the process that ran without a core; false: the run has ended long ago.
 * Until the monitor has said STUCK it is not done with us. */
static bool come_back(rs_player *self) {
    uint32_t stuck = RS_PLAYER_STUCK;
    rs_process *process = rs_thread_process();
    rs_store(&rs_thread_here()->process, NULL, rs_relaxed);
    while (state_of(self) == RS_PLAYER_PLAYING) sched_yield();
    if (!rs_cas_strong(&self->state, &stuck, RS_PLAYER_BACK, rs_acq_rel)) return false;
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL); /* a call that was left had changed it */
    if (rs_jail_settle(self->runtime, process)) rs_park_call(self->runtime);
    become(self, RS_PLAYER_IDLE);
    return true;
}

/* When one core stops, so must all. */
static bool play(rs_player *self) {
    rs_core_play(self->core);
    if (!rs_loop_real(self->core)) return come_back(self);
    rs_core_play(NULL);
    rs_park_wake_all(self->runtime);
    become(self, RS_PLAYER_IDLE);
    rs_monitor_end(self->runtime);
    return true;
}

static void *live(void *context) {
    rs_player *self = context;
    self->thread = &rs_this_thread;
    pthread_setspecific(player_key, self);
    rs_context_thread(&rs_this_thread.scheduler_fiber);
    RS_ASSERT(rs_crash_thread());
    for (rs_player_state state; (state = state_of(self)) != RS_PLAYER_OVER;) {
        if (state == RS_PLAYER_IDLE)
            rs_park_wait(&self->state, RS_PLAYER_IDLE, RS_FOREVER);
        else if (!play(self))
            break;
    }
    rs_crash_thread_end();
    pthread_setspecific(player_key, NULL);
    return NULL;
}

/* ---------------------------------------------------------------- giving cores */

static rs_player *create(rs_players *players) {
    if (players->count == RS_PLAYERS_MAX) return NULL;
    rs_player *player = &players->player[players->count];
    player->runtime = players->runtime;
    if (pthread_create(&player->pthread, NULL, live, player) != 0) return NULL;
    players->count++;
    return player;
}

static void give(rs_players *players, rs_player *player, rs_core *core) {
    player->core = core;
    players->of_core[core->index] = player;
    become(player, RS_PLAYER_PLAYING);
}

rs_err rs_players_start(rs_players **started, rs_runtime *runtime) {
    rs_players *players = rs_region_reserve(sizeof *players, RS_PAGE_BYTES);
    *started = players;
    if (!players) return RS_ENOMEM;
    if (!has_key) RS_ASSERT(pthread_key_create(&player_key, end_by_itself) == 0);
    has_key = true;
    players->runtime = runtime;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        rs_player *player = create(players);
        if (!player) return RS_ELIMIT;
        give(players, player, &runtime->cores[i]);
    }
    return RS_OK;
}

/* ---------------------------------------------------------------- taking cores */

static uint32_t flags_of(const rs_player *player) {
    return rs_load(&player->process->flags, rs_relaxed);
}

static uint32_t count_stuck(rs_players *players, bool dead) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < players->count; i++) {
        rs_player *player = &players->player[i];
        if (state_of(player) != RS_PLAYER_STUCK) continue;
        count += !(flags_of(player) & RS_PROCESS_ABSENT) == !dead;
    }
    return count;
}

static rs_player *find_spare(rs_players *players) {
    if (count_stuck(players, false) >= RS_SPARES_MAX) return NULL;
    if (count_stuck(players, true) >= RS_ZOMBIES_MAX)
        rs_panic(__FILE__, __LINE__,
                 "too many killed processes still hold a thread each (RS_ZOMBIES_MAX): the node is "
                 "lost");
    for (uint32_t i = 0; i < players->count; i++)
        if (state_of(&players->player[i]) == RS_PLAYER_IDLE) return &players->player[i];
    return create(players);
}

/* The core is nobody's until it is given on: a grace period that begins meanwhile does not wait for
 * its thread, which is outside. */
static void leave_stuck(rs_players *players, rs_core *core, rs_process *process) {
    rs_player *player = players->of_core[core->index];
    players->of_core[core->index] = NULL;
    rs_store(&core->thread, NULL, rs_seq_cst);
    player->process = process;
    player->due = player->pause = 1;
    rs_add(&players->runtime->jailed, 1, rs_relaxed);
    become(player, RS_PLAYER_STUCK); /* before it can be killed, or settled */
    if (rs_jail_commit(players->runtime, process)) rs_park_call(players->runtime);
}

/* The core is the monitor's, and the process nobody's. */
static void tell_turn(rs_core *core, const rs_process *process) {
    if (!core->tells_turns) return;
    rs_clock_refresh(core);
    rs_observe_turn(core, process, RS_TURN_LOST);
}

bool rs_players_release_core(rs_players *players, rs_core *core) {
    rs_runtime *runtime = players->runtime;
    bool is_over = rs_load(&runtime->stopping, rs_seq_cst);
    rs_player *spare = is_over ? NULL : find_spare(players);
    if (!spare && !is_over) return false;
    rs_thread *thread = rs_load(&core->thread, rs_acquire);
    rs_process *process = thread ? rs_jail_take(runtime, thread) : NULL;
    if (!process) return false;
    tell_turn(core, process);
    leave_stuck(players, core, process);
    core->current = NULL;
    if (spare)
        give(players, spare, core);
    else
        rs_add(&runtime->ended, 1, rs_seq_cst);
    return true;
}

/* ---------------------------------------------------------------- those who are stuck */

/* The third field of the kernel's line on the thread, behind its name in parentheses. */
bool rs_player_is_asleep(const rs_thread *thread) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread->id);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    if (length <= 0) return false;
    line[length] = 0;
    const char *name_end = strrchr(line, ')');
    return name_end && name_end[1] && (name_end[2] == 'S' || name_end[2] == 'D');
}

/* The dead are fetched from wherever they are, the living are stopped if they run; who sleeps is
 * not disturbed. */
static void recall(rs_player *player) {
    if (player->due-- > 1) return;
    bool is_dead = flags_of(player) & RS_PROCESS_ABSENT;
    bool is_asleep = rs_player_is_asleep(player->thread);
    if (is_dead || !is_asleep) rs_preempt_fetch(player->thread);
    player->pause = !is_dead && !is_asleep         ? 1
                    : player->pause < RECALL_EVERY ? 2 * player->pause
                                                   : RECALL_EVERY;
    player->due = player->pause;
}

bool rs_players_recall(rs_players *players) {
    bool is_any = false;
    for (uint32_t i = 0; i < players->count; i++) {
        rs_player *player = &players->player[i];
        if (state_of(player) != RS_PLAYER_STUCK) continue;
        is_any = true;
        if (players->runtime->preemptive) recall(player);
    }
    return is_any;
}

/* ---------------------------------------------------------------- the end */

static bool is_anybody_away(rs_players *players) {
    for (uint32_t i = 0; i < players->count; i++) {
        rs_player_state state = state_of(&players->player[i]);
        if (state == RS_PLAYER_STUCK || state == RS_PLAYER_BACK) return true;
    }
    return false;
}

/* Now that the run is over, all who are stuck are fetched like the dead. */
static void await_stuck(rs_players *players) {
    rs_runtime *runtime = players->runtime;
    uint32_t rounds = runtime->preemptive ? FAREWELL_MS : FAREWELL_MS / 10;
    for (uint32_t i = 0; i < rounds && is_anybody_away(players); i++) {
        for (uint32_t j = 0; j < players->count && runtime->preemptive; j++)
            if (state_of(&players->player[j]) == RS_PLAYER_STUCK)
                rs_preempt_fetch(players->player[j].thread);
        rs_park_wait(&runtime->monitor, rs_load(&runtime->monitor, rs_relaxed), 1000000);
    }
}

static bool is_left(rs_player *player) {
    uint32_t stuck = RS_PLAYER_STUCK;
    return rs_cas_strong(&player->state, &stuck, RS_PLAYER_LEFT, rs_acq_rel);
}

static void dismiss(rs_player *player) {
    while (state_of(player) != RS_PLAYER_IDLE) sched_yield();
    become(player, RS_PLAYER_OVER);
    pthread_join(player->pthread, NULL);
}

bool rs_players_end(rs_players *players) {
    uint32_t left = 0;
    if (!players) return true;
    await_stuck(players);
    for (uint32_t i = 0; i < players->count; i++) {
        rs_player *player = &players->player[i];
        if (is_left(player)) {
            pthread_detach(player->pthread);
            left++;
        } else {
            dismiss(player);
        }
    }
    if (left) return false;
    rs_region_release(players, sizeof *players);
    return true;
}
