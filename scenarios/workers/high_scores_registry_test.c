/* high_scores_registry_test.c: the registry over a real supervisor of tables, under the virtual
 * clock.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/high_scores_registry.h"

#include "runtime/base/test/test.h"
#include "runtime/otp/supervisor.h"
#include "scenarios/workers/entries.h"
#include "scenarios/workers/high_scores_table.h"

#include <stdio.h>

#define GAMES   20u
#define KILLS   500u
#define MS      UINT64_C(1000000)
#define TABLES  "tables"
#define A_TABLE 1u /* role of the supervisor */

/* Hears the events of a run: roles are numbered by their keys. */
typedef struct ear {
    uint32_t reachable[GAMES], others;
} ear;

static uint32_t hear_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    unsigned game = 0;
    CHECK_INT(parent, A_TABLE);
    CHECK_INT(sscanf(key, "game-%u", &game), 1);
    return 100 + game;
}

static void hear_event(void *context, const rs_event *event) {
    ear *heard = context;
    if (event->kind != RS_EVENT_REACHABLE) return;
    uint32_t game = event->role - 100;
    if (game < GAMES)
        heard->reachable[game]++;
    else
        heard->others++;
}

static ear run(rs_entry *entry) {
    static ear heard;
    rs_observer observer = {.context = &heard, .event = hear_event, .role = hear_role};
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .observer = &observer};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, entry, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
    return heard;
}

static rs_start_result start_table(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const rs_worker_extra *extra = start->extra;
    CHECK_INT(start->extra_bytes, sizeof *extra);
    rs_worker_args args = *(const rs_worker_args *)start->args;
    args.key = extra->key;
    args.argument = extra->argument;
    return rs_gen_server_start(rs_worker_find("high_scores_table")->server, &args, sizeof args,
                               &start->options, pid, reason);
}

static rs_pid start_tables(void) {
    static const rs_high_scores_table_config config = {.max_players = 2};
    static const rs_worker_args args = {.config = &config, .path = TABLES};
    static const rs_child_spec child = {.id = "table",
                                        .start = start_table,
                                        .args = &args,
                                        .bytes = sizeof args,
                                        .restart = RS_TEMPORARY,
                                        .shutdown_ns = RS_BRUTAL_KILL};
    rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                               .intensity = 1,
                               .period_s = 1,
                               .children = &child,
                               .child_count = 1};
    rs_start_options options = {.name = rs_atom_find(TABLES), .role = A_TABLE};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_supervisor_start(&spec, &options, &pid, &reason), RS_START_OK);
    return pid;
}

static rs_pid start_registry(void) {
    static const rs_high_scores_registry_config config = {.tables = TABLES};
    rs_worker_args args = {.config = &config, .path = "registry"};
    rs_start_options options = {.name = rs_atom_find("registry")};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(rs_worker_find("high_scores_registry")->server, &args,
                                  sizeof args, &options, &pid, &reason),
              RS_START_OK);
    return pid;
}

static rs_game_added add(rs_pid registry, uint64_t game, uint64_t max_players) {
    rs_add_game request = {.game = game, .max_players = max_players};
    const rs_message *answer =
        rs_gen_server_call(registry, &rs_add_game_type, &request, sizeof request, RS_FOREVER);
    CHECK(answer->type == &rs_game_added_type);
    return *(const rs_game_added *)(const void *)answer->payload;
}

static rs_game_found get(rs_pid registry, uint64_t game) {
    rs_get_game request = {.game = game};
    const rs_message *answer =
        rs_gen_server_call(registry, &rs_get_game_type, &request, sizeof request, RS_FOREVER);
    CHECK(answer->type == &rs_game_found_type);
    return *(const rs_game_found *)(const void *)answer->payload;
}

static bool refuse(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static void wait_ns(uint64_t ns) {
    rs_receive(refuse, NULL, ns);
}

static void add_games(rs_pid registry) {
    for (uint32_t game = 0; game < GAMES; game++)
        CHECK_INT(add(registry, game, 0).answer, RS_GAME_OK);
}

static void check_all_games(rs_pid registry) {
    for (uint32_t game = 0; game < GAMES; game++) {
        rs_game_found found = get(registry, game);
        CHECK_INT(found.answer, RS_GAME_OK);
        CHECK(rs_is_alive(found.table));
    }
}

static void answer_as_the_talk(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    start_tables();
    rs_pid registry = start_registry();
    CHECK_INT(get(registry, 0).answer, RS_GAME_UNKNOWN);
    add_games(registry);
    check_all_games(registry);
    CHECK_INT(add(registry, 3, 0).answer, RS_GAME_ALREADY_EXISTS);
    CHECK_INT(get(registry, GAMES).answer, RS_GAME_UNKNOWN);
    CHECK_INT(get(registry, UINT64_MAX).answer, RS_GAME_UNKNOWN);
    CHECK(get(registry, 1).table != get(registry, 2).table);
}

TEST(answers_as_the_talk) {
    ear heard = run(answer_as_the_talk);
    for (uint32_t game = 0; game < GAMES; game++) CHECK_INT(heard.reachable[game], 1);
    CHECK_INT(heard.others, 0);
}

static uint32_t fill(rs_pid table) {
    rs_add_score request = {.name = "ann"};
    uint32_t kept = 0;
    for (request.score = 9; request.score > 0; request.score--) {
        const rs_message *answer =
            rs_gen_server_call(table, &rs_add_score_type, &request, sizeof request, RS_FOREVER);
        if (((const rs_position *)(const void *)answer->payload)->position) kept++;
    }
    return kept;
}

static void pass_max_players(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    start_tables();
    rs_pid registry = start_registry();
    CHECK_INT(add(registry, 0, 0).answer, RS_GAME_OK);
    CHECK_INT(add(registry, 1, 5).answer, RS_GAME_OK);
    CHECK_INT(fill(get(registry, 0).table), 2);
    CHECK_INT(fill(get(registry, 1).table), 5);
    rs_exit_signal(get(registry, 1).table, RS_ATOM(kill));
    wait_ns(MS);
    CHECK_INT(fill(get(registry, 1).table), 5);
}

TEST(max_players_come_from_the_game_or_the_template) {
    run(pass_max_players);
}

static void refuse_games(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid registry = start_registry();
    rs_game_added added = add(registry, 0, 0);
    CHECK_INT(added.answer, RS_GAME_NOT_STARTED);
    CHECK_STR(added.reason, "noproc");
    CHECK_INT(get(registry, 0).answer, RS_GAME_UNKNOWN);
    start_tables();
    CHECK_INT(add(registry, 0, 0).answer, RS_GAME_OK);
    CHECK_INT(add(registry, 1, RS_MAX_PLAYERS_MAX + 1).answer, RS_GAME_NOT_STARTED);
    CHECK_INT(get(registry, 1).answer, RS_GAME_UNKNOWN);
    CHECK_INT(add(registry, UINT64_MAX, 0).answer, RS_GAME_NOT_STARTED);
}

TEST(a_game_without_table_is_not_added) {
    run(refuse_games);
}

static uint64_t count_active(rs_pid tables) {
    rs_child_counts counts = {0};
    CHECK(rs_supervisor_count_children(tables, &counts));
    return counts.active;
}

static void kill_again_and_again(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid tables = start_tables(), registry = start_registry();
    add_games(registry);
    rs_memory_use before, after;
    rs_memory_read(&before);
    for (uint32_t kill = 0; kill < KILLS; kill++) {
        rs_pid victim = get(registry, kill % GAMES).table;
        rs_exit_signal(victim, RS_ATOM(kill));
        wait_ns(MS);
        CHECK(get(registry, kill % GAMES).table != victim);
    }
    check_all_games(registry);
    CHECK_INT(count_active(tables), GAMES);
    rs_memory_read(&after);
    CHECK_INT(after.processes, before.processes);
    CHECK_INT(after.arena, before.arena);
    CHECK_INT(after.relation, before.relation);
}

TEST(every_death_gets_one_replacement) {
    ear heard = run(kill_again_and_again);
    for (uint32_t game = 0; game < GAMES; game++)
        CHECK_INT(heard.reachable[game], 1 + KILLS / GAMES);
}

static void lose_the_supervisor(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid tables = start_tables(), registry = start_registry();
    add_games(registry);
    rs_exit_signal(tables, RS_ATOM(kill));
    wait_ns(50 * MS);
    for (uint32_t game = 0; game < GAMES; game++)
        CHECK_INT(get(registry, game).answer, RS_GAME_RESTARTING);
    CHECK_INT(add(registry, 5, 0).answer, RS_GAME_ALREADY_EXISTS);
    tables = start_tables();
    wait_ns(101 * MS);
    check_all_games(registry);
    CHECK_INT(count_active(tables), GAMES);
}

TEST(games_outlive_the_supervisor_of_their_tables) {
    ear heard = run(lose_the_supervisor);
    for (uint32_t game = 0; game < GAMES; game++) CHECK_INT(heard.reachable[game], 2);
}

static uint64_t list(rs_pid registry, uint64_t from, rs_role_entries *entries) {
    rs_list_entries request = {.from = from};
    const rs_message *answer =
        rs_gen_server_call(registry, &rs_list_entries_type, &request, sizeof request, RS_FOREVER);
    CHECK(answer->type == &rs_role_entries_type);
    *entries = *(const rs_role_entries *)(const void *)answer->payload;
    return entries->count;
}

static void list_games(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid tables = start_tables(), registry = start_registry();
    rs_role_entries entries;
    CHECK_INT(list(registry, 0, &entries), 0);
    CHECK_INT(entries.next, 0);
    for (uint64_t game = 0; game < 2 * RS_ENTRIES_MAX; game += 2) add(registry, game, 0);
    CHECK_INT(list(registry, 0, &entries), RS_ENTRIES_MAX);
    CHECK_STR(entries.at[1].key, "game-2");
    CHECK(entries.at[1].pid == get(registry, 2).table);
    add(registry, 1000, 0);
    CHECK_INT(list(registry, 0, &entries), RS_ENTRIES_MAX);
    CHECK_INT(list(registry, entries.next, &entries), 1);
    CHECK_STR(entries.at[0].key, "game-1000");
    CHECK_INT(entries.next, 0);
    rs_exit_signal(tables, RS_ATOM(kill));
    wait_ns(MS);
    CHECK_INT(list(registry, 0, &entries), 0); /* nobody is led anywhere meanwhile */
}

TEST(entries_are_the_games_that_have_a_table) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, list_games, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

TEST_MAIN()
