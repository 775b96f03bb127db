/* high_scores_table.c: one game's best scores, exactly as the talk has them. The array is made
 * whole at the first score: an idle table stays tiny, and a used one's bytes do not depend on its
 * history. Source: HighScoresTable of a 2016 talk on Elixir.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/high_scores_table.h"

#include "runtime/base/assert.h"
#include "scenarios/workers/label.h"
#include "scenarios/workers/score_storage.h"

#include <string.h>

/* Few enough names that every client meets every player, many enough to fill any table. */
#define PLAYERS 10000u

/* A score is one below a million: ties are rare in a small table and certain in a large one. */
#define SCORES 1000000u

/* How many scores a printed table shows. */
#define SCORES_SHOWN 16u

static rs_term score_to_term(const char *name, int64_t score) {
    rs_term pair[2] = {rs_term_text(name, (uint32_t)strnlen(name, RS_SCORE_NAME_BYTES - 1)),
                       rs_term_integer(score)};
    rs_term term = rs_term_tuple(2, pair);
    rs_term_release(pair[0]);
    return term;
}

static rs_term add_score_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_add_score *request = value;
    return score_to_term(request->name, request->score);
}

static rs_term position_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_position *answer = value;
    if (!answer->position) return RS_ATOM(unfortunate);
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(congrats), rs_term_integer(answer->position)});
}

static rs_term current_scores_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return rs_atom_find("current_scores");
}

static rs_term scores_to_term(const void *value, uint32_t bytes) {
    const rs_score *scores = value;
    rs_term terms[SCORES_SHOWN] = {0};
    uint32_t count = bytes / (uint32_t)sizeof *scores;
    if (count > SCORES_SHOWN) count = SCORES_SHOWN;
    for (uint32_t i = 0; i < count; i++) terms[i] = score_to_term(scores[i].name, scores[i].score);
    rs_term term = rs_term_tuple(count, terms);
    for (uint32_t i = 0; i < count; i++) rs_term_release(terms[i]);
    return term;
}

static rs_term table_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_high_scores_table *table = value;
    rs_term terms[3] = {rs_atom_find("high_scores_table"), rs_term_integer(table->max_players),
                        scores_to_term(table->scores, table->count * (uint32_t)sizeof(rs_score))};
    rs_term term = rs_term_tuple(3, terms);
    rs_term_release(terms[2]);
    return term;
}

const rs_type rs_add_score_type = {"add_score", sizeof(rs_add_score), add_score_to_term, NULL};
const rs_type rs_position_type = {"position", sizeof(rs_position), position_to_term, NULL};
const rs_type rs_current_scores_type = {"current_scores", 0, current_scores_to_term, NULL};
const rs_type rs_scores_type = {"scores", 0, scores_to_term, NULL};
static const rs_type table_type = {"high_scores_table", sizeof(rs_high_scores_table), table_to_term,
                                   NULL};

/* The first place whose score is lower: ties go behind. */
static uint32_t find_place(const rs_high_scores_table *table, int64_t score) {
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table->scores[middle].score >= score)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t rs_high_scores_table_insert(rs_high_scores_table *table, const rs_score *score) {
    RS_ASSERT(table->count <= table->max_players);
    uint32_t place = find_place(table, score->score);
    if (place == table->max_players) return 0;
    if (table->count < table->max_players) table->count++;
    rs_score *slot = table->scores + place;
    memmove(slot + 1, slot, (table->count - 1 - place) * sizeof *slot);
    *slot = *score;
    return place + 1;
}

static rs_score_storage *storage_of(const rs_high_scores_table *table) {
    return (rs_score_storage *)(void *)table->scores - 1;
}

/* Stored, then declared, then the client is told, so that no score it counts on is missed, and none
 * is declared that a death could lose. */
static void add_to_table(rs_high_scores_table *table, const rs_score *score, rs_position *answer) {
    uint32_t before = table->count;
    answer->position = rs_high_scores_table_insert(table, score);
    if (table->is_stored)
        rs_score_storage_add(storage_of(table), score, answer->position - 1, before, table->count);
    if (table->count != before) rs_keep(table->count);
}

static bool is_unfortunate(const rs_high_scores_table *table, int64_t score) {
    return table->count == table->max_players && table->scores[table->count - 1].score >= score;
}

static rs_next add_score(rs_high_scores_table *table, const rs_add_score *request) {
    rs_position answer = {.room = table->max_players};
    if (!is_unfortunate(table, request->score)) {
        if (!table->scores) table->scores = rs_alloc(table->max_players * sizeof *table->scores);
        rs_score score = {.score = request->score, .time_ns = rs_now_ns()};
        memcpy(score.name, request->name, RS_SCORE_NAME_BYTES - 1);
        add_to_table(table, &score, &answer);
    }
    return rs_reply(&rs_position_type, &answer, sizeof answer);
}

/* Twice asked for, a table is started once: two of one role would each keep what the other loses.
 */
static rs_term refuse_second(rs_pid first) {
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(already_started), first});
}

static void open_storage(rs_high_scores_table *table, const char *path) {
    size_t bytes = table->max_players * sizeof *table->scores;
    rs_score_storage *storage = rs_alloc(sizeof *storage + bytes);
    table->scores = (rs_score *)(void *)(storage + 1);
    table->count = rs_score_storage_open(storage, path, table->max_players, table->scores);
    table->is_stored = 1;
}

static rs_next table_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_high_scores_table *table = state;
    const rs_worker_args *start = args;
    const rs_high_scores_table_config *config = start->config;
    uint64_t max_players = start->argument ? start->argument : (uint64_t)config->max_players;
    if (!max_players || max_players > RS_MAX_PLAYERS_MAX) return rs_stop(RS_ATOM(badarg));
    table->max_players = (uint32_t)max_players & INT32_MAX;
    if (config->storage == RS_SCORES_IN_ETS) {
        rs_pid first = rs_score_storage_claim(start->path);
        if (first) return rs_stop(refuse_second(first));
        open_storage(table, start->path);
    }
    rs_keep(table->count);
    return RS_INIT_OK;
}

static rs_next table_handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    rs_high_scores_table *table = state;
    if (request->type == &rs_add_score_type)
        return add_score(table, (const void *)request->payload);
    if (request->type == &rs_current_scores_type)
        return rs_reply(&rs_scores_type, table->scores,
                        table->count * (uint32_t)sizeof *table->scores);
    return rs_stop(RS_ATOM(bad_request));
}

static void take_scores(rs_high_scores_table *table, const rs_high_scores_table_2 *second) {
    table->scores = rs_alloc(table->max_players * sizeof *table->scores);
    for (uint32_t i = 0; i < table->count; i++) {
        rs_score *score = &table->scores[i];
        *score = (rs_score){.score = second->scores[i], .time_ns = second->times_ns[i]};
        memcpy(score->name, second->names[i], sizeof score->name);
    }
    rs_free(second->scores, table->max_players * sizeof *second->scores);
    rs_free(second->times_ns, table->max_players * sizeof *second->times_ns);
    rs_free(second->names, table->max_players * sizeof *second->names);
}

/* Back from the second version, when that was taken back: it keeps scores in memory only. */
static rs_term table_code_change(const rs_old_state *old, void *state, rs_term extra) {
    const rs_high_scores_table_2 *second = old->state;
    rs_high_scores_table *table = state;
    (void)extra;
    if (old->version != 2 || old->bytes != sizeof *second) return RS_ATOM(badarg);
    table->max_players = second->max_players & INT32_MAX;
    table->count = second->count;
    if (second->scores) take_scores(table, second);
    return RS_ATOM(ok);
}

void rs_high_scores_table_add_score(rs_client *client, rs_pid pid) {
    rs_add_score request = {.name = {0}};
    rs_prng *prng = rs_client_prng(client);
    rs_label_write(request.name, "player-", rs_prng_below(prng, PLAYERS));
    request.score = (int64_t)rs_prng_below(prng, SCORES);
    const rs_message *answer =
        rs_client_call(client, pid, &rs_add_score_type, &request, sizeof request);
    if (!answer) return;
    const rs_position *position = (const void *)answer->payload;
    if (answer->type == &rs_position_type)
        rs_client_told_added(client, pid, request.score, position->position, position->room);
    else
        rs_client_fail(client, RS_ATOM(bad_return_value));
}

static void tell_scores(rs_client *client, rs_pid pid, const rs_message *answer) {
    const rs_score *scores = (const void *)answer->payload;
    uint32_t count = answer->bytes / (uint32_t)sizeof *scores;
    if (!rs_client_is_heard(client)) return;
    rs_client_told_list(client, pid, count);
    for (uint32_t i = 0; i < count; i++) rs_client_told_item(client, pid, scores[i].score, i + 1);
}

void rs_high_scores_table_current_scores(rs_client *client, rs_pid pid) {
    const rs_message *answer = rs_client_call(client, pid, &rs_current_scores_type, NULL, 0);
    if (!answer) return;
    if (answer->type == &rs_scores_type)
        tell_scores(client, pid, answer);
    else
        rs_client_fail(client, RS_ATOM(bad_return_value));
}

static void perform(rs_client *client, void (*operation)(rs_client *client, rs_pid pid)) {
    rs_pid table = rs_client_target(client);
    if (table)
        operation(client, table);
    else
        rs_client_fail(client, RS_ATOM(noproc));
}

static void perform_add_score(rs_client *client) {
    perform(client, rs_high_scores_table_add_score);
}

static void perform_current_scores(rs_client *client) {
    perform(client, rs_high_scores_table_current_scores);
}

static const rs_gen_server table_server = {
    .name = "high_scores_table",
    .state_bytes = sizeof(rs_high_scores_table),
    .version = 1,
    .init = table_init,
    .handle_call = table_handle_call,
    .code_change = table_code_change,
    .state_type = &table_type,
};

static const char *const storages[] = {"memory", "ets", NULL};

static const rs_option table_options[] = {
    {.key = "max_players",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_high_scores_table_config, max_players),
     .fallback = "10",
     .min = 1,
     .max = RS_MAX_PLAYERS_MAX,
     .help = "how many scores the table keeps"},
    {.key = "storage",
     .type = RS_OPTION_WORD,
     .offset = offsetof(rs_high_scores_table_config, storage),
     .fallback = "memory",
     .words = storages,
     .help = "where the scores are: in the process, or in an ets table, where they survive it"},
};

static const rs_operation table_operations[] = {
    {"add_score", "a random player adds a random score", perform_add_score, 90},
    {"current_scores", "asks for the whole table, best first", perform_current_scores, 10},
};

static const char *const messages[] = {"add_score", "position", "current_scores", "scores", NULL};

const rs_worker rs_worker_high_scores_table = {
    .name = "high_scores_table",
    .about = "the best scores of one game, at most max_players of them",
    .options = table_options,
    .option_count = sizeof table_options / sizeof *table_options,
    .config_bytes = sizeof(rs_high_scores_table_config),
    .server = &table_server,
    .operations = table_operations,
    .operation_count = sizeof table_operations / sizeof *table_operations,
    .messages = messages,
    .portable = true,
};
