/* high_scores_players.h: what the clients of a high_scores_registry do, and how its games are set
 * up. SPDX-License-Identifier: MIT
 */
#ifndef RS_HIGH_SCORES_PLAYERS_H
#define RS_HIGH_SCORES_PLAYERS_H

#include "scenarios/workers/worker.h"

#define RS_PLAYERS_OPERATIONS    3u
#define RS_PLAYERS_SETUP_ACTIONS 1u

extern const rs_operation rs_players_operations[RS_PLAYERS_OPERATIONS];
extern const rs_setup_action rs_players_setup_actions[RS_PLAYERS_SETUP_ACTIONS];

#endif
