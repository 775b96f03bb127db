/* high_scores_registry.c: the registry of the talk, repaired: it monitors replacements too, finds a
 * game by its table's pid in O(1), and is the one owner of the restart when tables are `temporary`.
 *
 * When no replacement can be started (the supervisor of the tables is down, or refuses), the game
 * stays, get_game answers {error, restarting}, and the registry tries again after 1 ms, then 2 ms,
 * … up to 100 ms. A game whose tables have died too often within a while (`game_budget`) waits for
 * the rest of it, so that one that always crashes does not occupy everybody. With `storage: ets`
 * the registry itself may die: its successor finds the games, and those of their tables that live.
 * Each of the repairs is an option; `monitors: first_table, lookup: walk,
 * refused: exit` is what the talk shows. Source: HighScoresRegistry of a 2016 talk on Elixir.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/high_scores_registry.h"

#include "runtime/base/assert.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor.h"
#include "scenarios/language/plan.h"
#include "scenarios/workers/entries.h"
#include "scenarios/workers/game_storage.h"
#include "scenarios/workers/high_scores_players.h"
#include "scenarios/workers/high_scores_table.h"
#include "scenarios/workers/label.h"
#include "scenarios/workers/score_storage.h"

/* A supervisor comes back within a millisecond; one that does not should not be pestered. */
#define BACKOFF_FIRST_NS UINT64_C(1000000)
#define BACKOFF_MAX_NS   UINT64_C(100000000)

/* Games whose table died and could not be replaced, first come first served: numbers + 1. */
typedef struct rs_waiting {
    uint32_t first, last, count;
    uint64_t backoff_ns; /* of the timer that runs; 0: none does */
} rs_waiting;

typedef struct rs_registry {
    const rs_high_scores_registry_config *config;
    rs_atom tables;
    rs_ets storage; /* 0: games are in memory only */
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

rs_term rs_game_answer_atom(uint32_t answer) {
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
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(error), rs_game_answer_atom(added->answer)});
}

static rs_term game_found_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_game_found *found = value;
    if (found->answer == RS_GAME_OK)
        return rs_term_tuple(2, (rs_term[]){RS_ATOM(ok), found->table});
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(error), rs_game_answer_atom(found->answer)});
}

const rs_type rs_add_game_type = {"add_game", sizeof(rs_add_game), add_game_to_term, NULL};
const rs_type rs_game_added_type = {"game_added", sizeof(rs_game_added), game_added_to_term, NULL};
const rs_type rs_get_game_type = {"get_game", sizeof(rs_get_game), get_game_to_term, NULL};
const rs_type rs_game_found_type = {"game_found", sizeof(rs_game_found), game_found_to_term, NULL};
static const rs_type retry_type = {"retry", 0, NULL, NULL};
static const rs_type rested_type = {"rested", sizeof(uint32_t), NULL, NULL};

/* ------------------------------------------------------------------ tables */

/* Somebody else asked for it before: {already_started, Pid}. */
static rs_pid already_started(rs_term reason) {
    if (!rs_term_is_pair(reason, RS_ATOM(already_started))) return 0;
    rs_term pid = rs_term_element(reason, 1);
    return rs_term_tag(pid) == RS_TAG_PID ? pid : 0;
}

/* Asks `tables` for a table of this game. On failure 0, and *reason is owned by the caller. */
static rs_pid ask_for_table(const rs_registry *registry, rs_pid tables, uint32_t number,
                            rs_term *reason) {
    rs_pid table = 0;
    *reason = RS_ATOM(noproc);
    if (!tables) return 0;
    char key[32];
    rs_label_write(key, RS_GAME_KEY, number);
    rs_worker_extra extra = {.key = number, .argument = registry->games.games[number].max_players};
    switch (rs_supervisor_start_child(tables, NULL, &extra, sizeof extra, key, &table, reason)) {
    case RS_START_OK: return table;
    case RS_START_IGNORE: *reason = RS_ATOM(ignore); return 0;
    case RS_START_ERROR: break;
    }
    table = already_started(*reason);
    if (table) rs_term_release(*reason);
    return table;
}

/* As a match on {ok, Pid} of the call's answer ends whoever makes it: the call exits when there is
 * no supervisor to answer it, the match when it refuses. */
static _Noreturn void exit_refused(const rs_registry *registry, rs_pid tables, rs_term reason) {
    if (rs_is_alive(tables))
        rs_exit(rs_shape_pair(rs_shape_word("badmatch"), rs_shape_pair(RS_ATOM(error), reason)));
    rs_term site =
        rs_shape_triple(rs_shape_word("gen_server"), rs_shape_word("call"), registry->tables);
    rs_exit(rs_shape_pair(reason, site));
}

static void store(const rs_registry *registry, uint32_t number, rs_pid tables) {
    if (registry->storage)
        rs_game_storage_put(registry->storage, number, &registry->games.games[number], tables);
}

/* From here on get_game leads to this child of `tables`. */
static void lead_to(rs_registry *registry, uint32_t number, rs_pid tables, rs_pid table) {
    rs_games_bind(&registry->games, number, table);
    store(registry, number, tables);
    rs_emit(RS_EVENT_REACHABLE, table, rs_role_of(table), registry->games.games[number].cause);
}

/* Gives the game a table. */
static bool start_table(rs_registry *registry, uint32_t number, bool is_first, rs_term *reason) {
    const rs_high_scores_registry_config *config = registry->config;
    rs_pid tables = rs_whereis(registry->tables);
    rs_pid table = ask_for_table(registry, tables, number, reason);
    if (!table && config->refused == RS_REFUSED_EXIT) exit_refused(registry, tables, *reason);
    if (!table) return false;
    if (is_first || config->monitors == RS_MONITORS_EVERY_TABLE) rs_monitor(table);
    lead_to(registry, number, tables, table);
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

/* The entry of the dead table, which was found (find_game), gets another. */
static bool replace_table(rs_registry *registry, uint32_t number) {
    rs_term reason = 0;
    rs_work(1);
    if (start_table(registry, number, false, &reason)) return true;
    rs_term_release(reason);
    push_waiting(registry, number);
    return false;
}

static void wait_and_retry(rs_waiting *waiting, uint64_t backoff_ns) {
    waiting->backoff_ns = backoff_ns > BACKOFF_MAX_NS ? BACKOFF_MAX_NS : backoff_ns;
    rs_send_after(waiting->backoff_ns, rs_self(), &retry_type, NULL, 0);
}

static void replace_or_wait(rs_registry *registry, uint32_t number) {
    if (!replace_table(registry, number) && !registry->waiting.backoff_ns)
        wait_and_retry(&registry->waiting, BACKOFF_FIRST_NS);
}

/* ------------------------------------------------------------------ budgets */

/* Counts a death of the game's table; the time until the game may have another one, 0: now. */
static uint64_t rest_ns(const rs_registry *registry, rs_game *game) {
    const rs_high_scores_registry_config *config = registry->config;
    if (!config->budget) return 0;
    uint64_t now_ns = rs_now_ns(), period = now_ns / config->budget_period_ns;
    if (game->period != (uint16_t)period) game->deaths = 0;
    game->period = (uint16_t)period;
    if (game->deaths <= config->budget) game->deaths++;
    return game->deaths > config->budget ? (period + 1) * config->budget_period_ns - now_ns : 0;
}

static void rest(uint32_t number, uint64_t ns) {
    rs_send_after(ns, rs_self(), &rested_type, &number, sizeof number);
}

/* ------------------------------------------------------------------ callbacks */

/* Of the tables that its predecessor led to, those go on that live under the present supervisor,
 * and the others are started. */
static void take_over(rs_registry *registry) {
    rs_pid tables = rs_whereis(registry->tables);
    rs_game_storage_load(registry->storage, &registry->games);
    for (uint32_t number = 0; number < registry->games.room; number++) {
        if (!rs_games_find(&registry->games, number)) continue;
        rs_pid table = rs_game_storage_table(registry->storage, number, tables);
        registry->games.games[number].cause = rs_self_cause();
        if (!table) {
            replace_or_wait(registry, number);
            continue;
        }
        rs_work(1);
        rs_monitor(table);
        lead_to(registry, number, tables, table);
    }
}

static rs_next registry_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_registry *registry = state;
    const rs_worker_args *start = args;
    const rs_high_scores_registry_config *config = start->config;
    registry->config = config;
    registry->tables = rs_atom_find(config->tables);
    if (config->storage == RS_GAMES_IN_MEMORY) return RS_INIT_OK;
    rs_score_storage_make(config->tables);
    registry->storage = rs_game_storage_open(rs_atom_find(start->path));
    take_over(registry);
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
        store(registry, (uint32_t)request->game, 0);
        if (start_table(registry, (uint32_t)request->game, true, &reason)) return;
        rs_games_remove(&registry->games, (uint32_t)request->game);
        if (registry->storage) rs_game_storage_remove(registry->storage, (uint32_t)request->game);
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
        rs_label_write(entry->key, RS_GAME_KEY, number);
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

/* Takes the dead table from its game; NULL: it is of none. Its steps are one, however many games
 * there are, or as many as there are. */
static rs_game *find_game(rs_registry *registry, rs_pid table, uint32_t *number) {
    bool has = true;
    uint64_t steps = 1;
    if (registry->config->lookup == RS_LOOKUP_WALK)
        steps = rs_games_walk(&registry->games, table, &has);
    rs_game *game = has ? rs_games_unbind(&registry->games, table, number) : NULL;
    if (game || !has) rs_work(steps);
    return game;
}

static void take_down(rs_registry *registry, const rs_message *down) {
    uint32_t number = 0;
    rs_game *game = find_game(registry, down->from, &number);
    if (!game) return;
    game->cause = down->cause;
    uint64_t ns = rest_ns(registry, game);
    if (ns)
        rest(number, ns);
    else
        replace_or_wait(registry, number);
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

/* Mail may come twice. */
static void wake(rs_registry *registry, uint32_t number) {
    const rs_game *game = rs_games_find(&registry->games, number);
    if (game && !game->table) replace_or_wait(registry, number);
}

static rs_next registry_handle_info(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_DOWN)
        take_down(state, info);
    else if (info->type == &retry_type)
        retry(state);
    else if (info->type == &rested_type)
        wake(state, *(const uint32_t *)(const void *)info->payload);
    return RS_NOREPLY;
}

static const rs_gen_server registry_server = {
    .name = "high_scores_registry",
    .state_bytes = sizeof(rs_registry),
    .init = registry_init,
    .handle_call = registry_handle_call,
    .handle_info = registry_handle_info,
};

/* ------------------------------------------------------------------ the worker */

static bool starts_tables(const rs_plan_node *node) {
    return node->child && node->child->worker == &rs_worker_high_scores_table;
}

static const char *const monitors[] = {"every_table", "first_table", NULL};
static const char *const lookups[] = {"index", "walk", NULL};
static const char *const refusals[] = {"retry", "exit", NULL};
static const char *const storages[] = {"memory", "ets", NULL};

static const rs_option registry_options[] = {
    {.key = "tables",
     .type = RS_OPTION_PATH,
     .offset = offsetof(rs_high_scores_registry_config, tables),
     .help = "path of the simple_one_for_one supervisor that starts the tables",
     .accepts = starts_tables,
     .accepted = "a simple_one_for_one supervisor of high_scores_table"},
    {.key = "monitors",
     .type = RS_OPTION_WORD,
     .offset = offsetof(rs_high_scores_registry_config, monitors),
     .fallback = "every_table",
     .words = monitors,
     .help = "whose deaths it hears of: first_table leaves out those that replace another"},
    {.key = "lookup",
     .type = RS_OPTION_WORD,
     .offset = offsetof(rs_high_scores_registry_config, lookup),
     .fallback = "index",
     .words = lookups,
     .help = "how it finds the game of a dead table: by an index of pids, or by a walk over all"},
    {.key = "refused",
     .type = RS_OPTION_WORD,
     .offset = offsetof(rs_high_scores_registry_config, refused),
     .fallback = "retry",
     .words = refusals,
     .help = "when no table can be started: retry, or exit as a failed match on the answer does"},
    {.key = "storage",
     .type = RS_OPTION_WORD,
     .offset = offsetof(rs_high_scores_registry_config, storage),
     .fallback = "memory",
     .words = storages,
     .help = "where the games are: in the process, or in an ets table, where they survive it"},
    {.key = "game_budget",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_high_scores_registry_config, budget),
     .fallback = "",
     .min = 1,
     .max = RS_REGISTRY_BUDGET_MAX,
     .help = "restarts of one game within game_budget_period; the next waits for its end"},
    {.key = "game_budget_period",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_high_scores_registry_config, budget_period_ns),
     .fallback = "1s",
     .min = 1,
     .max = INT64_MAX,
     .help = "how long a budget is for"},
};

static const char *const messages[] = {"add_game", "game_added", "get_game", "game_found", NULL};

const rs_worker rs_worker_high_scores_registry = {
    .name = "high_scores_registry",
    .about = "knows each game's table, and puts a new one in the place of one that died",
    .options = registry_options,
    .option_count = sizeof registry_options / sizeof *registry_options,
    .config_bytes = sizeof(rs_high_scores_registry_config),
    .server = &registry_server,
    .operations = rs_players_operations,
    .operation_count = RS_PLAYERS_OPERATIONS,
    .setup_actions = rs_players_setup_actions,
    .setup_action_count = RS_PLAYERS_SETUP_ACTIONS,
    .messages = messages,
    .portable = true,
    .entries_of = "tables",
};
