/* lookout_test.c: what is seen of a run from outside, against what is known of it inside.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/lookout.h"

#include "runtime/otp/gen_server.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/tally.h"
#include "scenarios/language/test/parse.h"

#include <stdlib.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

static const char shop[] =
    "scenario: test\n"
    "runtime: { clock: %s, threads: 2 }\n"
    "tree:\n"
    "  id: top\n"
    "  strategy: one_for_one\n"
    "  intensity: 1000\n"
    "  children:\n"
    "    - id: tables\n"
    "      strategy: simple_one_for_one\n"
    "      intensity: 1000\n"
    "      child: { worker: high_scores_table, restart: temporary }\n"
    "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
    "    - id: pair\n"
    "      strategy: one_for_all\n"
    "      intensity: 1000\n"
    "      children: [{ id: db, worker: echo }, { id: web, worker: echo }]\n"
    "setup: [{ add_games: registry, count: 5 }]\n"
    "load: [{ id: all, target: registry, via: registry, clients: 2, rate: 1k/s, timeout: 1s }]\n"
    "phases: { storm: %ums, heal: 100ms }\n"
    "faults:\n"
    "  - { id: t, crash: tables/*, how: kill, every: 5ms, during: storm }\n"
    "  - { id: d, crash: pair/db, how: kill, every: 10ms, during: storm }\n";

static rs_plan *plan;
static rs_shared *shared;
static rs_lookout lookout;

static void begin_shop(const char *clock, unsigned storm_ms) {
    char text[sizeof shop + 32];
    snprintf(text, sizeof text, shop, clock, storm_ms);
    plan = parse(text);
    shared = rs_shared_create(plan, 1, false, NULL);
    CHECK(shared != NULL);
    rs_lookout_init(&lookout, shared);
}

static void end_shop(void) {
    rs_lookout_fini(&lookout);
    rs_shared_destroy(shared);
    rs_plan_destroy(plan);
}

static const rs_glimpse_node *node_of(const rs_glimpse *seen, const char *id) {
    for (uint32_t i = 0; i < seen->node_count; i++)
        if (strcmp(seen->nodes[i].id, id) == 0) return &seen->nodes[i];
    rs_test_fail(__FILE__, __LINE__, "no node %s", id);
}

/* ------------------------------------------------------------------ the tree */

TEST(the_tree_is_the_plans_in_the_order_of_drawing) {
    static const struct {
        const char *id, *kind;
        uint32_t depth;
    } expected[] = {{"top", "one_for_one", 0},
                    {"tables", "simple_one_for_one", 1},
                    {"*", "high_scores_table", 2},
                    {"registry", "high_scores_registry", 1},
                    {"pair", "one_for_all", 1},
                    {"db", "echo", 2},
                    {"web", "echo", 2}};
    begin_shop("virtual", 50);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    CHECK_INT(seen->node_count, 7);
    for (uint32_t i = 0; i < 7; i++) {
        CHECK_STR(seen->nodes[i].id, expected[i].id);
        CHECK_STR(seen->nodes[i].kind, expected[i].kind);
        CHECK_INT(seen->nodes[i].depth, expected[i].depth);
        CHECK_INT(seen->nodes[i].down, 0); /* nobody has been started yet */
    }
    CHECK_INT(node_of(seen, "*")->roles, 0);
    CHECK(node_of(seen, "*")->is_template);
    CHECK(node_of(seen, "pair")->supervisor);
    CHECK(!node_of(seen, "db")->supervisor);
    end_shop();
}

static uint32_t start_role(uint32_t parent, const char *key, uint64_t pid) {
    uint32_t role = rs_roles_number(&shared->roles, parent, key);
    rs_store(&shared->roles.at[role].incarnation, 1, rs_relaxed);
    rs_store(&shared->roles.at[role].pid, pid, rs_relaxed);
    return role;
}

static void kill_role(uint32_t role) {
    rs_outage opened = {.since_ns = 1, .node = rs_shared_node(shared, role), .phase = 0};
    rs_store(&shared->roles.at[role].pid, 0, rs_relaxed);
    rs_outage_open(&shared->outages, 0, &shared->roles.at[role].outage, &opened, 1);
}

static void restart_role(uint32_t role) {
    rs_store(&shared->roles.at[role].pid, 99, rs_relaxed);
    rs_outage_start(&shared->outages, 1, &shared->roles.at[role].outage, 1000);
}

TEST(who_has_died_and_is_not_back_is_down) {
    begin_shop("real", 50);
    rs_shared_enter(shared, RS_STAGE_RUN);
    uint32_t tables = rs_shared_role(shared, "tables"), db = rs_shared_role(shared, "pair/db");
    start_role(rs_shared_role(shared, "pair"), "db", 7);
    uint32_t first = start_role(tables, "game-1", 8), second = start_role(tables, "game-2", 9);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    CHECK_INT(node_of(seen, "*")->roles, 2);
    kill_role(first);
    kill_role(second);
    kill_role(db);
    rs_lookout_take(&lookout, 0);
    CHECK_INT(node_of(seen, "*")->down, 2);
    CHECK_INT(node_of(seen, "*")->restarts, 0);
    CHECK_INT(node_of(seen, "db")->down, 1);
    CHECK_INT(node_of(seen, "web")->down, 0);
    restart_role(second);
    restart_role(db);
    rs_lookout_take(&lookout, 0);
    CHECK_INT(node_of(seen, "*")->down, 1);
    CHECK_INT(node_of(seen, "*")->restarts, 1);
    CHECK_INT(node_of(seen, "db")->down, 0);
    CHECK_INT(node_of(seen, "db")->restarts, 1);
    rs_shared_enter(shared, RS_STAGE_STOP);
    rs_store(&shared->roles.at[db].pid, 0, rs_relaxed); /* it is stopped, as all are */
    rs_lookout_take(&lookout, 0);
    CHECK_INT(node_of(seen, "db")->down, 0);
    end_shop();
}

/* A million roles are not counted in one go, and none is counted twice. */
TEST(new_roles_are_counted_bit_by_bit) {
    begin_shop("real", 50);
    uint32_t tables = rs_shared_role(shared, "tables");
    for (unsigned i = 0; i < 120000; i++) {
        char key[32];
        snprintf(key, sizeof key, "game-%u", i);
        rs_roles_number(&shared->roles, tables, key);
    }
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    CHECK(node_of(seen, "*")->roles > 0 && node_of(seen, "*")->roles < 120000);
    for (int i = 0; i < 10; i++) rs_lookout_take(&lookout, 0);
    CHECK_INT(node_of(seen, "*")->roles, 120000);
    end_shop();
}

/* ------------------------------------------------------------------ rates */

TEST(rates_are_over_the_last_second) {
    begin_shop("real", 50);
    rs_shared_enter(shared, RS_STAGE_RUN);
    rs_ledger_page *page = rs_ledgers_page(&shared->ledgers, 0);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    CHECK(!seen->calls_per_s.known); /* of one moment there is no rate */
    for (uint64_t i = 1; i <= 30; i++) {
        page->phases[0].answered += i <= 15 ? 100 : 300;
        rs_add(&shared->started, 2, rs_relaxed);
        rs_store(&shared->now_ns, i * 100 * MS, rs_relaxed);
        rs_store(&shared->signals, i * 50, rs_relaxed);
        rs_lookout_take(&lookout, i * 100 * MS);
        if (i == 10) CHECK_INT(seen->calls_per_s.value, 1000);
    }
    CHECK_INT(seen->calls_per_s.value, 3000); /* the first half is forgotten */
    CHECK_INT(seen->restarts_per_s.value, 20);
    CHECK_INT(seen->messages_per_s.value, 500);
    CHECK(!seen->speed.known);
    rs_shared_enter(shared, RS_STAGE_STOP);
    rs_lookout_take(&lookout, 3100 * MS);
    CHECK(!seen->calls_per_s.known && !seen->messages_per_s.known);
    end_shop();
}

/* Ten simulated seconds in one of the wall's; the child tells of each alone. */
TEST(virtual_rates_are_by_simulated_time) {
    begin_shop("virtual", 60000);
    rs_shared_enter(shared, RS_STAGE_RUN);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    rs_ledgers_page(&shared->ledgers, 0)->phases[0].answered = 4000;
    rs_store(&shared->now_ns, 20000 * MS, rs_relaxed);
    rs_store(&shared->signals, 8000, rs_relaxed);
    rs_lookout_take(&lookout, 2000 * MS);
    CHECK_INT(seen->calls_per_s.value, 200);
    CHECK_INT(seen->messages_per_s.value, 400);
    CHECK_INT(seen->speed.value, 10);
    rs_store(&shared->ledgers.windows_used, 2051, rs_relaxed); /* clients are half a second on */
    rs_lookout_take(&lookout, 2050 * MS);
    CHECK_INT(seen->now_ns, 20500 * MS);
    CHECK_INT(seen->messages_per_s.value, 400); /* told with the time that it belongs to */
    end_shop();
}

/* One that is stopped goes on telling nothing, at the time that it told last. */
TEST(a_child_that_stands_still_sends_nobody_knows_how_much) {
    begin_shop("real", 50);
    rs_shared_enter(shared, RS_STAGE_RUN);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    for (uint64_t i = 1; i <= 30; i++) {
        rs_store(&shared->now_ns, (i < 10 ? i : 10) * 100 * MS, rs_relaxed);
        rs_store(&shared->signals, (i < 10 ? i : 10) * 50, rs_relaxed);
        rs_lookout_take(&lookout, i * 100 * MS);
        if (i == 15) CHECK_INT(seen->messages_per_s.value, 500);
    }
    CHECK(!seen->messages_per_s.known);
    CHECK(seen->calls_per_s.known);
    CHECK_INT(seen->calls_per_s.value, 0);
    end_shop();
}

static void answer(uint64_t calls, uint64_t wall_ms) {
    rs_ledgers_page(&shared->ledgers, 0)->phases[0].answered += calls;
    rs_lookout_take(&lookout, wall_ms * MS);
}

/* Of a large tree there is a picture once in a while. */
TEST(rates_are_over_the_last_second_when_pictures_are_rare) {
    begin_shop("real", 50);
    rs_shared_enter(shared, RS_STAGE_RUN);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    for (uint64_t s = 5; s <= 30; s += 5) answer(500, s * 1000);
    CHECK_INT(seen->calls_per_s.value, 100);
    answer(5000, 35000);
    CHECK_INT(seen->calls_per_s.value, 1000);
    answer(7000, 35100); /* now they come often: one of a moment tells more than one of a minute */
    CHECK_INT(seen->calls_per_s.value, 70000);
    for (uint64_t i = 2; i <= 20; i++) answer(10, 35000 + 100 * i);
    CHECK_INT(seen->calls_per_s.value, 100);
    end_shop();
}

/* ------------------------------------------------------------------ a real end */

static double restarts_in(const rs_result *result, const char *path) {
    for (size_t i = 0; i < result->nodes.count; i++)
        if (strcmp(result->nodes.at[i].path, path) == 0) return result->nodes.at[i].restarts.value;
    rs_test_fail(__FILE__, __LINE__, "no node %s", path);
}

static void check_row(const rs_glimpse_row *row, const rs_result *result, const char *metric) {
    const rs_result_metric *told = rs_result_find(result, metric, NULL);
    CHECK(told && told->histogram && told->histogram->count > 0);
    CHECK_INT(row->count, told->histogram->count);
    CHECK_INT(row->ns[RS_GLIMPSE_P50], rs_histogram_percentile(told->histogram, RS_P50));
    CHECK_INT(row->ns[RS_GLIMPSE_P999], rs_histogram_percentile(told->histogram, RS_P999));
    CHECK_INT(row->ns[RS_GLIMPSE_MAX], told->histogram->max);
}

static void check_blows(const rs_glimpse *seen) {
    CHECK_INT(seen->blow_count, 13);
    for (uint32_t i = 0; i < seen->blow_count; i++) {
        const rs_glimpse_blow *blow = &seen->blows[i];
        CHECK(i == 0 || blow->time_ns <= seen->blows[i - 1].time_ns);
        CHECK_INT(blow->outcome, RS_STRIKE_HIT);
        CHECK(!blow->under_way && blow->incarnation >= 1);
        CHECK(blow->restart_ns != RS_STRIKE_NEVER && blow->restart_ns != RS_STRIKE_NOT_DUE);
        CHECK(strncmp(blow->role, blow->fault ? "pair/db" : "tables/game-", 7) == 0);
    }
    CHECK(seen->blows[0].time_ns >= 45 * MS && seen->blows[12].time_ns < 6 * MS);
}

TEST(in_the_end_it_has_seen_what_the_result_tells) {
    begin_shop("virtual", 50);
    rs_ending ending;
    rs_watch_run(&(rs_watch){.timeout_ns = UINT64_C(60000000000)}, shared, &ending);
    CHECK_INT(ending.status, RS_RESULT_COMPLETE);
    const rs_glimpse *seen = rs_lookout_take(&lookout, 0);
    CHECK_INT(rs_load(&shared->signals, rs_relaxed), 0); /* nobody looked on */
    rs_result *result = rs_result_create();
    rs_tally_fill(result, shared, &ending);
    CHECK_INT(seen->stage, RS_STAGE_DONE);
    CHECK_INT(node_of(seen, "*")->roles, 5);
    CHECK_INT(node_of(seen, "*")->restarts, restarts_in(result, "tables/*"));
    CHECK_INT(node_of(seen, "db")->restarts, restarts_in(result, "pair/db"));
    CHECK_INT(node_of(seen, "web")->restarts, restarts_in(result, "pair/web"));
    CHECK(node_of(seen, "web")->restarts > 0);
    check_row(&seen->rows[RS_OUTAGE_DETECTED], result, "restart.detected");
    check_row(&seen->rows[RS_OUTAGE_REACHABLE], result, "restart.reachable");
    check_row(&seen->rows[RS_GLIMPSE_CALLS], result, "calls.latency");
    CHECK_STR(seen->rows[RS_GLIMPSE_CALLS].name, "calls");
    check_blows(seen);
    rs_result_destroy(result);
    end_shop();
}

/* ------------------------------------------------------------------ while it goes on */

typedef struct looks {
    unsigned count, rated, hidden;
    uint64_t most_answered, most_blows, last_ns;
    bool silent;
} looks;

static bool look_on(void *context, const rs_shared *run, uint64_t wall_ns) {
    looks *all = context;
    const rs_glimpse *seen = rs_lookout_take(&lookout, wall_ns);
    CHECK(run == shared);
    CHECK(seen->now_ns >= all->last_ns); /* time goes on */
    CHECK(seen->blow_count >= all->most_blows);
    all->last_ns = seen->now_ns;
    all->most_blows = seen->blow_count;
    all->rated += seen->stage == RS_STAGE_RUN && seen->calls_per_s.value > 0 &&
                  seen->messages_per_s.value > 0;
    all->count++;
    return true;
}

static void look_away(void *context, bool silent) {
    looks *all = context;
    all->hidden++;
    all->silent = silent;
}

TEST(a_run_that_is_watched_tells_its_rates) {
    begin_shop("real", 1500);
    looks all = {0};
    rs_spectator spectator = {&all, look_on, look_away};
    rs_ending ending;
    rs_watch_run(&(rs_watch){.timeout_ns = UINT64_C(60000000000), .spectator = &spectator}, shared,
                 &ending);
    CHECK_INT(ending.status, RS_RESULT_COMPLETE);
    CHECK(all.count >= 5 && all.rated >= 2 && all.most_blows > 10);
    CHECK_INT(all.hidden, 1);
    CHECK(all.silent);
    end_shop();
}

/* What it had no room for is said on stderr later, when there must be no picture. */
TEST(a_run_with_a_trace_is_not_silent) {
    begin_shop("virtual", 50);
    CHECK(rs_film_init(&shared->film, shared->slots, 1000, NULL));
    looks all = {0};
    rs_spectator spectator = {&all, look_on, look_away};
    rs_ending ending;
    rs_watch_run(&(rs_watch){.timeout_ns = UINT64_C(60000000000), .spectator = &spectator}, shared,
                 &ending);
    CHECK_INT(ending.status, RS_RESULT_COMPLETE);
    CHECK(all.hidden == 1 && !all.silent);
    end_shop();
}

/* ------------------------------------------------------------------ what the child says */

static rs_next say_and_start(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    CHECK_INT(write(STDERR_FILENO, "a word\n", 7), 7);
    return RS_INIT_OK;
}

static const rs_gen_server talker_server = {.name = "talker", .init = say_and_start};
static const rs_worker talker = {.name = "talker", .about = "talks", .server = &talker_server};
static int said_fd;

static off_t said(void) {
    return lseek(said_fd, 0, SEEK_END);
}

static void look_away_from_words(void *context, bool silent) {
    looks *all = context;
    look_away(all, silent);
    CHECK_INT(said(), 0); /* up to now there may be a picture */
}

TEST(what_the_child_says_is_told_when_the_picture_is_gone) {
    static looks all;
    char text[16] = "";
    rs_plan *talk = parse("scenario: test\n"
                          "tree: { id: top, children: [{ id: a, worker: echo }] }\n"
                          "phases: { on: 10ms }\n");
    ((rs_plan_node *)(uintptr_t)talk->root->children[0])->worker = &talker;
    rs_shared *run = rs_shared_create(talk, 1, false, NULL);
    rs_spectator spectator = {&all, NULL, look_away_from_words};
    rs_ending ending;
    char path[] = "/tmp/respawn-said-XXXXXX";
    int before = dup(STDERR_FILENO);
    spectator.show = look_on;
    lookout = (rs_lookout){0};
    shared = run;
    rs_lookout_init(&lookout, run);
    said_fd = mkstemp(path);
    dup2(said_fd, STDERR_FILENO);
    rs_watch_run(&(rs_watch){.timeout_ns = UINT64_C(60000000000), .spectator = &spectator}, run,
                 &ending);
    dup2(before, STDERR_FILENO);
    CHECK_INT(ending.status, RS_RESULT_COMPLETE);
    CHECK(all.hidden == 1 && !all.silent);
    CHECK_INT(pread(said_fd, text, sizeof text - 1, 0), 7);
    CHECK_STR(text, "a word\n");
    unlink(path);
    rs_lookout_fini(&lookout);
    rs_shared_destroy(run);
    rs_plan_destroy(talk);
}

TEST_MAIN()
