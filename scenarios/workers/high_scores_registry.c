/* high_scores_registry.c: the registry of the talk, repaired: it monitors replacements too, finds a
 * game by its table's pid in O(1), and is the one owner of the restart when tables are `temporary`.
 *
 * When no replacement can be started (the supervisor of the tables is down, or refuses), the game
 * stays, get_game answers {error, restarting}, and the registry tries again after 1 ms, then 2 ms,
 * … up to 100 ms. Source: HighScoresRegistry of a 2016 talk on Elixir.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/high_scores_registry.h"

#include "runtime/base/assert.h"
#include "runtime/otp/supervisor.h"
#include "scenarios/engine/client.h"
#include "scenarios/engine/setup.h"
#include "scenarios/language/plan.h"
#include "scenarios/workers/entries.h"
#include "scenarios/workers/games.h"
#include "scenarios/workers/high_scores_table.h"
#include "scenarios/workers/label.h"

/* A supervisor comes back within a millisecond; one that does not should not be pestered. */
#define BACKOFF_FIRST_NS UINT64_C(1000000)
#define BACKOFF_MAX_NS   UINT64_C(100000000)

/* Often enough for the eye, too seldom to cost. */
#define PROGRESS_EVERY 1000u

/* Games whose table died and could not be replaced, first come first served: numbers + 1. */
typedef struct rs_waiting {
    uint32_t first, last, count;
    uint64_t backoff_ns; /* of the timer that runs; 0: none does */
} rs_waiting;

typedef struct rs_registry {
    rs_atom tables;
    rs_games games;
    rs_waiting waiting;
} rs_registry;

/* ------------------------------------------------------------------ messages */

static rs_term game_term(const char *word, uint64_t game) {
    return rs_term_tuple(2, (rs_term[]){rs_atom_find(word), rs_term_integer((int64_t)game)});
}

static rs_term add_game_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return game_term("add_game", ((const rs_add_game *)value)->game);
}

static rs_term get_game_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return game_term("get_game", ((const rs_get_game *)value)->game);
}

/* The atom that stands for a refusal in {error, _}. */
static rs_term answer_atom(uint32_t answer) {
    static const rs_term atoms[] = {
        [RS_GAME_OK] = RS_ATOM(ok),
        [RS_GAME_ALREADY_EXISTS] = RS_ATOM(game_already_exists),
        [RS_GAME_UNKNOWN] = RS_ATOM(unknown_game),
        [RS_GAME_RESTARTING] = RS_ATOM(restarting),
        [RS_GAME_NOT_STARTED] = RS_ATOM(not_started),
    };
    RS_ASSERT(answer < sizeof atoms / sizeof *atoms);
    return atoms[answer];
}

static rs_term game_added_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_game_added *added = value;
    if (added->answer == RS_GAME_OK) return RS_ATOM(ok);
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(error), answer_atom(added->answer)});
}

static rs_term game_found_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_game_found *found = value;
    if (found->answer == RS_GAME_OK)
        return rs_term_tuple(2, (rs_term[]){RS_ATOM(ok), found->table});
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(error), answer_atom(found->answer)});
}

const rs_type rs_add_game_type = {"add_game", sizeof(rs_add_game), add_game_to_term, NULL};
const rs_type rs_game_added_type = {"game_added", sizeof(rs_game_added), game_added_to_term, NULL};
const rs_type rs_get_game_type = {"get_game", sizeof(rs_get_game), get_game_to_term, NULL};
const rs_type rs_game_found_type = {"game_found", sizeof(rs_game_found), game_found_to_term, NULL};
/* A game's role key, before its number. */
#define GAME "game-"

static const rs_type retry_type = {"retry", 0, NULL, NULL};

/* ------------------------------------------------------------------ tables */

/* Asks the supervisor for a table of this game. On failure 0, and *reason is owned by the caller.
 */
static rs_pid ask_for_table(const rs_registry *registry, uint32_t number, rs_term *reason) {
    rs_pid tables = rs_whereis(registry->tables), table = 0;
    *reason = RS_ATOM(noproc);
    if (!tables) return 0;
    char key[32];
    rs_label_write(key, GAME, number);
    rs_worker_extra extra = {.key = number, .argument = registry->games.games[number].max_players};
    switch (rs_supervisor_start_child(tables, NULL, &extra, sizeof extra, key, &table, reason)) {
    case RS_START_OK: return table;
    case RS_START_IGNORE: *reason = RS_ATOM(ignore); return 0;
    case RS_START_ERROR: return 0;
    }
    return 0;
}

/* Gives the game a table: from here on get_game leads to it. */
static bool start_table(rs_registry *registry, uint32_t number, rs_term *reason) {
    rs_pid table = ask_for_table(registry, number, reason);
    if (!table) return false;
    rs_monitor(table);
    rs_games_bind(&registry->games, number, table);
    rs_emit(RS_EVENT_REACHABLE, table, rs_role_of(table), registry->games.games[number].cause);
    return true;
}

static void push_waiting(rs_registry *registry, uint32_t number) {
    rs_waiting *waiting = &registry->waiting;
    registry->games.games[number].next = 0;
    if (waiting->last)
        registry->games.games[waiting->last - 1].next = number + 1;
    else
        waiting->first = number + 1;
    waiting->last = number + 1;
    waiting->count++;
}

static uint32_t pop_waiting(rs_registry *registry) {
    rs_waiting *waiting = &registry->waiting;
    uint32_t number = waiting->first - 1;
    waiting->first = registry->games.games[number].next;
    if (!waiting->first) waiting->last = 0;
    waiting->count--;
    return number;
}

/* Two steps for each replacement, however many games there are: the entry of the dead table was
 * found (take_down), and gets another. */
static bool replace_table(rs_registry *registry, uint32_t number) {
    rs_term reason = 0;
    rs_work(1);
    if (start_table(registry, number, &reason)) return true;
    rs_term_release(reason);
    push_waiting(registry, number);
    return false;
}

static void wait_and_retry(rs_waiting *waiting, uint64_t backoff_ns) {
    waiting->backoff_ns = backoff_ns > BACKOFF_MAX_NS ? BACKOFF_MAX_NS : backoff_ns;
    rs_send_after(waiting->backoff_ns, rs_self(), &retry_type, NULL, 0);
}

/* ------------------------------------------------------------------ callbacks */

static rs_next registry_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_registry *registry = state;
    const rs_worker_args *start = args;
    const rs_high_scores_registry_config *config = start->config;
    registry->tables = rs_atom_find(config->tables);
    return RS_INIT_OK;
}

/* The game is added before its table is asked for: growing may cost the registry its life, and then
 * no table must be left behind. */
static void add_new_game(rs_registry *registry, const rs_add_game *request, rs_game_added *answer) {
    rs_term reason = RS_ATOM(system_limit);
    rs_game *game = rs_games_add(&registry->games, request->game);
    if (game) {
        game->max_players = (uint32_t)request->max_players;
        game->cause = rs_self_cause();
        if (start_table(registry, (uint32_t)request->game, &reason)) return;
        rs_games_remove(&registry->games, (uint32_t)request->game);
    }
    answer->answer = RS_GAME_NOT_STARTED;
    rs_term_print(reason, answer->reason, sizeof answer->reason);
    rs_term_release(reason);
}

static rs_next add_game(rs_registry *registry, const rs_add_game *request) {
    rs_game_added answer = {.answer = RS_GAME_OK};
    if (rs_games_find(&registry->games, request->game))
        answer.answer = RS_GAME_ALREADY_EXISTS;
    else
        add_new_game(registry, request, &answer);
    return rs_reply(&rs_game_added_type, &answer, sizeof answer);
}

static rs_next get_game(const rs_registry *registry, const rs_get_game *request) {
    rs_game_found answer = {.answer = RS_GAME_UNKNOWN};
    const rs_game *game = rs_games_find(&registry->games, request->game);
    if (game) {
        answer.answer = game->table ? RS_GAME_OK : RS_GAME_RESTARTING;
        answer.table = game->table;
    }
    return rs_reply(&rs_game_found_type, &answer, sizeof answer);
}

static rs_next list_entries(const rs_registry *registry, const rs_list_entries *request) {
    rs_role_entries answer = {.next = 0};
    uint64_t number = request->from, room = registry->games.room;
    for (; number < room && answer.count < RS_ENTRIES_MAX; number++) {
        const rs_game *game = rs_games_find(&registry->games, number);
        if (!game || !game->table) continue;
        rs_role_entry *entry = &answer.at[answer.count++];
        rs_label_write(entry->key, GAME, number);
        entry->pid = game->table;
    }
    if (number < room) answer.next = number;
    return rs_reply(&rs_role_entries_type, &answer, sizeof answer);
}

static rs_next registry_handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    if (request->type == &rs_get_game_type) return get_game(state, (const void *)request->payload);
    if (request->type == &rs_add_game_type) return add_game(state, (const void *)request->payload);
    if (request->type == &rs_list_entries_type)
        return list_entries(state, (const void *)request->payload);
    return rs_stop(RS_ATOM(bad_request));
}

static void take_down(rs_registry *registry, const rs_message *down) {
    uint32_t number = 0;
    rs_game *game = rs_games_unbind(&registry->games, down->from, &number);
    if (!game) return;
    rs_work(1);
    game->cause = down->cause;
    if (!replace_table(registry, number) && !registry->waiting.backoff_ns)
        wait_and_retry(&registry->waiting, BACKOFF_FIRST_NS);
}

/* One round over those that wait now; the first failure ends it, for the next would most likely
 * fail of the same. That one went to the end of the queue, so that no game blocks the others. */
static void retry(rs_registry *registry) {
    rs_waiting *waiting = &registry->waiting;
    uint64_t backoff_ns = waiting->backoff_ns;
    bool progress = true;
    while (progress && waiting->count) progress = replace_table(registry, pop_waiting(registry));
    waiting->backoff_ns = 0;
    if (waiting->count) wait_and_retry(waiting, 2 * backoff_ns);
}

static rs_next registry_handle_info(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_DOWN)
        take_down(state, info);
    else if (info->type == &retry_type)
        retry(state);
    return RS_NOREPLY;
}

static const rs_gen_server registry_server = {
    .name = "high_scores_registry",
    .state_bytes = sizeof(rs_registry),
    .init = registry_init,
    .handle_call = registry_handle_call,
    .handle_info = registry_handle_info,
};

/* ------------------------------------------------------------------ operations */

/* The table of the operation's game; 0 when the operation has failed. */
static rs_pid find_table(rs_client *client) {
    rs_pid registry = rs_client_target(client);
    if (!registry) {
        rs_client_fail(client, RS_ATOM(noproc));
        return 0;
    }
    rs_get_game request = {.game = rs_client_key(client)};
    const rs_message *answer =
        rs_client_call(client, registry, &rs_get_game_type, &request, sizeof request);
    if (!answer) return 0;
    if (answer->type != &rs_game_found_type) {
        rs_client_fail(client, RS_ATOM(bad_return_value));
        return 0;
    }
    rs_game_found found = *(const rs_game_found *)(const void *)answer->payload;
    if (found.answer != RS_GAME_OK) rs_client_fail(client, answer_atom(found.answer));
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

static const rs_setup_action registry_setup_actions[] = {
    {.name = "add_games",
     .about = "adds games to the registry, each with its own table",
     .options = add_games_options,
     .option_count = sizeof add_games_options / sizeof *add_games_options,
     .config_bytes = sizeof(add_games_config),
     .run = set_up_games,
     .keys = count_games,
     .role_key = GAME},
};

static bool starts_tables(const rs_plan_node *node) {
    return node->child && node->child->worker == &rs_worker_high_scores_table;
}

static const rs_option registry_options[] = {
    {.key = "tables",
     .type = RS_OPTION_PATH,
     .offset = offsetof(rs_high_scores_registry_config, tables),
     .help = "path of the simple_one_for_one supervisor that starts the tables",
     .accepts = starts_tables,
     .accepted = "a simple_one_for_one supervisor of high_scores_table"},
};

static const rs_operation registry_operations[] = {
    {"add_score", "finds a game's table and adds a random score there", perform_add_score, 90},
    {"current_scores", "finds a game's table and asks for all of it", perform_current_scores, 10},
};

const rs_worker rs_worker_high_scores_registry = {
    .name = "high_scores_registry",
    .about = "knows each game's table, and puts a new one in the place of one that died",
    .options = registry_options,
    .option_count = sizeof registry_options / sizeof *registry_options,
    .config_bytes = sizeof(rs_high_scores_registry_config),
    .server = &registry_server,
    .operations = registry_operations,
    .operation_count = sizeof registry_operations / sizeof *registry_operations,
    .setup_actions = registry_setup_actions,
    .setup_action_count = sizeof registry_setup_actions / sizeof *registry_setup_actions,
    .portable = true,
    .entries_of = "tables",
};
