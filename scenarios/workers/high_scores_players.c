/* high_scores_players.c: what the clients of a high_scores_registry do, and the games that are
 * there before they come. Source: HighScoresRegistry of a 2016 talk on Elixir.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/high_scores_players.h"

#include "scenarios/engine/client.h"
#include "scenarios/engine/setup.h"
#include "scenarios/workers/games.h"
#include "scenarios/workers/high_scores_registry.h"
#include "scenarios/workers/high_scores_table.h"

/* Often enough for the eye, too seldom to cost. */
#define PROGRESS_EVERY 1000u

/* ------------------------------------------------------------------ operations */

/* The registry's answer; NULL when the operation has failed. */
static const void *ask_registry(rs_client *client, const rs_type *type, const void *request,
                                uint32_t bytes, const rs_type *expected) {
    rs_pid registry = rs_client_target(client);
    if (!registry) rs_client_fail(client, RS_ATOM(noproc));
    if (!registry) return NULL;
    const rs_message *answer = rs_client_call(client, registry, type, request, bytes);
    if (!answer || answer->type == expected) return answer ? answer->payload : NULL;
    rs_client_fail(client, RS_ATOM(bad_return_value));
    return NULL;
}

/* The table of the operation's game; 0 when the operation has failed. */
static rs_pid find_table(rs_client *client) {
    rs_get_game request = {.game = rs_client_key(client)};
    const void *answer =
        ask_registry(client, &rs_get_game_type, &request, sizeof request, &rs_game_found_type);
    if (!answer) return 0;
    rs_game_found found = *(const rs_game_found *)answer;
    if (found.answer != RS_GAME_OK) rs_client_fail(client, rs_game_answer_atom(found.answer));
    return found.table;
}

static void perform_add_score(rs_client *client) {
    rs_pid table = find_table(client);
    if (table) rs_high_scores_table_add_score(client, table);
}

static void perform_current_scores(rs_client *client) {
    rs_pid table = find_table(client);
    if (table) rs_high_scores_table_current_scores(client, table);
}

/* A game that exists already is as good as a new one. */
static void perform_add_game(rs_client *client) {
    rs_add_game request = {.game = rs_client_key(client)};
    const void *answer =
        ask_registry(client, &rs_add_game_type, &request, sizeof request, &rs_game_added_type);
    if (answer && ((const rs_game_added *)answer)->answer == RS_GAME_NOT_STARTED)
        rs_client_fail(client, rs_game_answer_atom(RS_GAME_NOT_STARTED));
}

const rs_operation rs_players_operations[RS_PLAYERS_OPERATIONS] = {
    {"add_score", "finds a game's table and adds a random score there", perform_add_score, 90},
    {"add_game", "adds a game, with a table, unless it is there", perform_add_game, 0},
    {"current_scores", "finds a game's table and asks for all of it", perform_current_scores, 10},
};

/* ------------------------------------------------------------------ setup */

typedef struct add_games_config {
    int64_t count, max_players;
} add_games_config;

/* Adds one game; false when the setup has failed. */
static bool set_up_game(rs_setup *setup, rs_pid registry, uint64_t game, int64_t max_players) {
    rs_add_game request = {.game = game, .max_players = (uint64_t)max_players};
    rs_term reason = 0;
    const rs_message *answer = rs_gen_server_try_call(registry, &rs_add_game_type, &request,
                                                      sizeof request, RS_FOREVER, &reason);
    if (!answer) {
        char text[128];
        rs_term_print(reason, text, sizeof text);
        rs_term_release(reason);
        rs_setup_fail(setup, "add_games: the registry died of %s at game %llu", text,
                      (unsigned long long)game);
        return false;
    }
    const rs_game_added *added = (const void *)answer->payload;
    if (answer->type == &rs_game_added_type && added->answer == RS_GAME_OK) return true;
    if (answer->type != &rs_game_added_type)
        rs_setup_fail(setup, "add_games: the target is not a high_scores_registry");
    else
        rs_setup_fail(setup, "add_games: game %llu: %s", (unsigned long long)game,
                      added->answer == RS_GAME_NOT_STARTED ? added->reason
                                                           : "there is such a game already");
    return false;
}

static bool set_up_games(rs_setup *setup, const void *config) {
    const add_games_config *games = config;
    uint64_t count = (uint64_t)games->count;
    rs_pid registry = rs_setup_target(setup);
    if (!registry) {
        rs_setup_fail(setup, "add_games: the registry is not alive");
        return false;
    }
    for (uint64_t game = 0; game < count; game++) {
        if (game % PROGRESS_EVERY == 0) rs_setup_progress(setup, game, count);
        if (!set_up_game(setup, registry, game, games->max_players)) return false;
    }
    rs_setup_progress(setup, count, count);
    return true;
}

static uint64_t count_games(const void *config) {
    return (uint64_t)((const add_games_config *)config)->count;
}

static const rs_option add_games_options[] = {
    {.key = "count",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(add_games_config, count),
     .fallback = "1",
     .min = 1,
     .max = RS_GAMES_MAX,
     .help = "how many games, numbered from 0"},
    {.key = "max_players",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(add_games_config, max_players),
     .fallback = "",
     .min = 1,
     .max = RS_MAX_PLAYERS_MAX,
     .help = "how many scores each table keeps; without it, what the tables' template says"},
};

const rs_setup_action rs_players_setup_actions[RS_PLAYERS_SETUP_ACTIONS] = {
    {.name = "add_games",
     .about = "adds games to the registry, each with its own table",
     .options = add_games_options,
     .option_count = sizeof add_games_options / sizeof *add_games_options,
     .config_bytes = sizeof(add_games_config),
     .run = set_up_games,
     .keys = count_games,
     .role_key = RS_GAME_KEY},
};
