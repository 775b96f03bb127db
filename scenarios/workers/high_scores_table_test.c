/* high_scores_table_test.c: the table against a naive model, and its answers in a real tree.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/high_scores_table.h"

#include "runtime/base/test/test.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOM 64u

/* The model: everything ever added, in order of arrival; a table is what a stable sort keeps of it.
 */
typedef struct naive {
    rs_score all[ROOM];
    uint32_t count, max_players;
} naive;

/* A slow and obvious insertion: walk from the front past all scores >= the new one. */
static uint32_t naive_insert(naive *model, const rs_score *score) {
    uint32_t place = 0;
    while (place < model->count && model->all[place].score >= score->score) place++;
    for (uint32_t i = model->count; i > place; i--) model->all[i] = model->all[i - 1];
    model->all[place] = *score;
    if (++model->count > model->max_players) model->count = model->max_players;
    return place < model->max_players ? place + 1 : 0;
}

static void check_equal(const rs_high_scores_table *table, const naive *model) {
    CHECK_INT(table->count, model->count);
    for (uint32_t i = 0; i < table->count; i++) {
        CHECK_INT(table->scores[i].score, model->all[i].score);
        CHECK_INT(table->scores[i].time_ns, model->all[i].time_ns);
        CHECK_STR(table->scores[i].name, model->all[i].name);
    }
}

static void check_random_operations(uint32_t max_players, uint64_t scores, rs_prng *prng) {
    naive model = {.max_players = max_players};
    rs_score room[ROOM + 1];
    memset(room, 0x5a, sizeof room);
    rs_high_scores_table table = {.scores = room, .max_players = max_players & INT32_MAX};
    for (uint64_t time = 0; time < 200; time++) {
        rs_score score = {.score = (int64_t)rs_prng_below(prng, scores) - 2, .time_ns = time};
        score.name[0] = (char)('a' + rs_prng_below(prng, 26));
        CHECK_INT(rs_high_scores_table_insert(&table, &score), naive_insert(&model, &score));
        check_equal(&table, &model);
    }
    CHECK_INT(room[max_players].score, 0x5a5a5a5a5a5a5a5a);
}

TEST(table_equals_the_naive_model) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "high_scores_table_test");
    for (int round = 0; round < 500; round++) {
        uint32_t max_players = 1 + (uint32_t)rs_prng_below(&prng, ROOM - 1);
        uint64_t scores = 1 + rs_prng_below(&prng, 100); /* few scores make many ties */
        check_random_operations(max_players, scores, &prng);
    }
}

TEST(a_tie_goes_behind) {
    rs_score room[3];
    rs_high_scores_table table = {.scores = room, .max_players = 3};
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "a", .score = 5}), 1);
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "b", .score = 5}), 2);
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "c", .score = 7}), 1);
    CHECK_STR(room[1].name, "a");
    CHECK_STR(room[2].name, "b");
}

TEST(a_full_table_of_equal_scores_is_unfortunate) {
    rs_score room[1];
    rs_high_scores_table table = {.scores = room, .max_players = 1};
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "a", .score = 5}), 1);
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "b", .score = 5}), 0);
    CHECK_STR(room[0].name, "a");
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "c", .score = 6}), 1);
    CHECK_STR(room[0].name, "c");
}

static rs_pid start_in(rs_scores_in storage, int64_t max_players, uint64_t argument,
                       uint32_t role) {
    static rs_high_scores_table_config config;
    config.max_players = max_players;
    config.storage = (int)storage;
    rs_worker_args args = {.config = &config, .path = "tables", .argument = argument};
    const rs_gen_server *server = rs_worker_find("high_scores_table")->server;
    rs_start_options options = {.link = false, .role = role};
    rs_pid pid = 0;
    rs_term reason = 0;
    rs_start_result result =
        rs_gen_server_start(server, &args, sizeof args, &options, &pid, &reason);
    return result == RS_START_OK ? pid : 0;
}

static rs_pid start_table(int64_t max_players, uint64_t argument) {
    return start_in(RS_SCORES_IN_MEMORY, max_players, argument, 0);
}

static uint32_t add(rs_pid table, const char *name, int64_t score) {
    rs_add_score request = {.score = score};
    snprintf(request.name, sizeof request.name, "%s", name);
    const rs_message *answer =
        rs_gen_server_call(table, &rs_add_score_type, &request, sizeof request, RS_FOREVER);
    CHECK(answer->type == &rs_position_type);
    return ((const rs_position *)(const void *)answer->payload)->position;
}

static uint32_t count_scores(rs_pid table) {
    const rs_message *answer =
        rs_gen_server_call(table, &rs_current_scores_type, NULL, 0, RS_FOREVER);
    CHECK(answer->type == &rs_scores_type);
    return answer->bytes / (uint32_t)sizeof(rs_score);
}

static void play_a_table(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid table = start_table(2, 0);
    CHECK(table);
    CHECK_INT(count_scores(table), 0);
    CHECK_INT(add(table, "ann", 10), 1);
    CHECK_INT(add(table, "bob", 10), 2);
    CHECK_INT(add(table, "cid", 10), 0);
    CHECK_INT(add(table, "a name of far too many bytes", 11), 1);
    CHECK_INT(count_scores(table), 2);
    CHECK_INT(count_scores(start_table(2, 5)), 0);
    rs_pid wide = start_table(1, 3);
    for (int i = 0; i < 9; i++) add(wide, "dan", i);
    CHECK_INT(count_scores(wide), 3);
    CHECK_INT(start_table(0, 0), 0);
    CHECK_INT(start_table(1, RS_MAX_PLAYERS_MAX + 1), 0);
}

TEST(answers_as_the_talk_has_them) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, play_a_table, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

/* ------------------------------------------------------------------ in ets */

static void kill_table(rs_pid table) {
    rs_monitor(table);
    rs_exit_signal(table, RS_ATOM(kill));
    while (rs_receive(NULL, NULL, RS_FOREVER)->kind != RS_MESSAGE_DOWN) {
    }
}

/* has_scores asks for the whole table; the model's times are the order of arrival. */
static void has_scores(rs_pid table, const naive *model) {
    const rs_message *answer =
        rs_gen_server_call(table, &rs_current_scores_type, NULL, 0, RS_FOREVER);
    const rs_score *scores = (const void *)answer->payload;
    CHECK_INT(answer->bytes, model->count * sizeof *scores);
    for (uint32_t i = 0; i < model->count; i++) {
        CHECK_INT(scores[i].score, model->all[i].score);
        CHECK_STR(scores[i].name, model->all[i].name);
    }
}

/* Two games that share the stored table; each crashes now and then, and is what it was. */
static void survive(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    enum { GAMES = 2 };
    rs_prng prng;
    rs_prng_init(&prng, 1, "high_scores_table_test");
    for (uint32_t max_players = 1; max_players < 12; max_players++) {
        naive models[GAMES] = {{.max_players = max_players}, {.max_players = max_players}};
        rs_pid tables[GAMES];
        uint32_t first = max_players * GAMES; /* roles that nobody has had */
        for (uint32_t i = 0; i < GAMES; i++)
            tables[i] = start_in(RS_SCORES_IN_ETS, max_players, 0, first + i);
        for (int time = 0; time < 100; time++) {
            uint32_t game = (uint32_t)rs_prng_below(&prng, GAMES);
            rs_score score = {.score = (int64_t)rs_prng_below(&prng, 10) - 2};
            score.name[0] = (char)('a' + rs_prng_below(&prng, 26));
            CHECK_INT(add(tables[game], score.name, score.score),
                      naive_insert(&models[game], &score));
            if (rs_prng_below(&prng, 5)) continue;
            kill_table(tables[game]);
            tables[game] = start_in(RS_SCORES_IN_ETS, max_players, 0, first + game);
            has_scores(tables[game], &models[game]);
        }
        for (uint32_t i = 0; i < GAMES; i++) kill_table(tables[i]);
    }
}

TEST(stored_scores_survive_their_process) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, survive, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

static void check_text(const rs_type *type, const void *value, uint32_t bytes, const char *text) {
    char out[512];
    rs_term term = type->to_term(value, bytes);
    rs_term_print(term, out, sizeof out);
    CHECK_STR(out, text);
    rs_term_release(term);
}

static void print_everything(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    check_text(&rs_position_type, &(rs_position){0}, sizeof(rs_position), "unfortunate");
    check_text(&rs_position_type, &(rs_position){.position = 3}, sizeof(rs_position),
               "{congrats,3}");
    rs_score scores[2] = {{.name = "ann", .score = 7}, {.name = "bob", .score = -1}};
    check_text(&rs_scores_type, scores, sizeof scores, "{{\"ann\",7},{\"bob\",-1}}");
    check_text(&rs_scores_type, NULL, 0, "{}");
    rs_high_scores_table table = {.scores = scores, .count = 1, .max_players = 2};
    const rs_type *state = rs_worker_find("high_scores_table")->server->state_type;
    check_text(state, &table, sizeof table, "{high_scores_table,2,{{\"ann\",7}}}");
}

/* ------------------------------------------------------------------ back from the second version
 */

static rs_term change_back(const rs_high_scores_table_2 *second, uint32_t version, uint32_t bytes,
                           rs_high_scores_table *table) {
    const rs_old_state old = {second, bytes, version};
    const rs_gen_server *server = rs_worker_find("high_scores_table")->server;
    return server->code_change(&old, table, RS_ATOM(undefined));
}

static void come_back(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_high_scores_table_2 second = {.max_players = 3};
    rs_high_scores_table table = {.scores = NULL};
    CHECK(change_back(&second, 2, sizeof second, &table) == RS_ATOM(ok));
    CHECK(!table.scores && table.max_players == 3 && table.count == 0);
    second.scores = rs_alloc(3 * sizeof *second.scores);
    second.times_ns = rs_alloc(3 * sizeof *second.times_ns);
    second.names = rs_alloc(3 * sizeof *second.names);
    for (second.count = 0; second.count < 2; second.count++) {
        second.scores[second.count] = 9 - second.count;
        second.times_ns[second.count] = 70 + second.count;
        snprintf(second.names[second.count], sizeof *second.names, "p%u", second.count);
    }
    CHECK(change_back(&second, 3, sizeof second, &table) == RS_ATOM(badarg));
    CHECK(change_back(&second, 2, sizeof table, &table) == RS_ATOM(badarg));
    CHECK(change_back(&second, 2, sizeof second, &table) == RS_ATOM(ok));
    CHECK_INT(table.count, 2);
    CHECK(!table.is_stored);
    CHECK_INT(table.scores[1].score, 8);
    CHECK_INT(table.scores[1].time_ns, 71);
    CHECK_STR(table.scores[0].name, "p0");
    CHECK_STR(table.scores[1].name, "p1");
    CHECK_INT(rs_high_scores_table_insert(&table, &(rs_score){.name = "b", .score = 1}), 3);
}

TEST(a_table_comes_back_from_the_second_version_with_its_scores) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, come_back, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

TEST(prints_as_terms) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, print_everything, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

TEST_MAIN()
