/* player.h: threads that play cores. Each core begins with one; when its core is taken from a
 * player, a spare one plays it on, and the player becomes a spare when it is back.
 *
 *     IDLE ──▶ PLAYING ──▶ STUCK ──▶ BACK ──▶ IDLE      OVER: the run has ended
 *                            └────▶ LEFT                 LEFT: it has, and nobody waits any more
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PLAYER_H
#define RS_PLAYER_H

#include "runtime/process/process.h"

#include <pthread.h>

#define RS_PLAYERS_MAX (RS_CORES_MAX + RS_SPARES_MAX + RS_ZOMBIES_MAX)

typedef enum rs_player_state {
    RS_PLAYER_IDLE,
    RS_PLAYER_PLAYING, /* `core` */
    RS_PLAYER_STUCK,   /* it has lost its core and runs `process` */
    RS_PLAYER_BACK,    /* it is giving `process` back */
    RS_PLAYER_LEFT,
    RS_PLAYER_OVER
} rs_player_state;

typedef struct rs_player {
    rs_runtime *runtime;
    pthread_t pthread;
    rs_thread *thread; /* set before its first section */
    rs_core *core;
    rs_process *process;
    uint32_t due, pause; /* looks until it is recalled, and from then to the next time */
    rs_atomic_u32 state; /* futex word */
} rs_player;

typedef struct rs_players {
    rs_runtime *runtime;
    uint32_t count;
    rs_player *of_core[RS_CORES_MAX]; /* who plays it */
    rs_player player[RS_PLAYERS_MAX];
} rs_players;

/* rs_players_start starts a player for every core. Errors: RS_ELIMIT when the system has no more
 * threads, RS_ENOMEM; rs_players_end is due in any case. Thread: the monitor, as for all below. */
rs_err rs_players_start(rs_players **players, rs_runtime *runtime);

/* rs_players_end waits for all threads to end, once all cores have; false: some are stuck for good
 * and were left behind, with everything they could touch. */
bool rs_players_end(rs_players *players);

/* rs_players_release_core takes the core from its player, if that runs the code of a process, and
 * gives it to a spare, or ends it when the run is over. False: nothing happened. Ends the program
 * when too many dead processes hold a thread. */
bool rs_players_release_core(rs_players *players, rs_core *core);

/* rs_players_recall tries to bring back who has lost its core and could be back; false: nobody is
 * stuck. */
bool rs_players_recall(rs_players *players);

/* rs_player_is_asleep says whether the thread waits in the kernel. */
bool rs_player_is_asleep(const rs_thread *thread);

#endif
