/* frame_test.c: what is on the screen, for a made-up moment of a run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/frame.h"

#include "reports/formats/paint.h"
#include "runtime/base/test/test.h"

#include <stdlib.h>

#define MS UINT64_C(1000000)

static const rs_plan_phase phases[] = {
    {"warm", 0, 1000 * MS}, {"storm", 1000 * MS, 4000 * MS}, {"heal", 5000 * MS, 1000 * MS}};
static const rs_fault_kind segv = {.name = "segv"};
static const rs_plan_fault faults[] = {
    {.id = "crashes", .crash = "tables/*", .how = &segv},
    {.id = "strays", .crash = "registry", .how = &segv},
};
static const rs_plan_node root = {.id = "shop"};
static rs_plan plan;
static rs_glimpse_node nodes[64];
static rs_glimpse seen;

static void add_node(const char *id, const char *kind, uint32_t depth, uint64_t restarts) {
    nodes[seen.node_count++] = (rs_glimpse_node){.id = id,
                                                 .kind = kind,
                                                 .depth = depth,
                                                 .supervisor = depth == 0,
                                                 .is_template = *id == '*',
                                                 .roles = 1,
                                                 .restarts = restarts};
}

static void add_blow(uint64_t ms, const char *role, uint32_t fault, rs_strike_outcome outcome,
                     uint64_t restart_ns) {
    seen.blows[seen.blow_count++] = (rs_glimpse_blow){.time_ns = ms * MS,
                                                      .restart_ns = restart_ns,
                                                      .role = role,
                                                      .incarnation = 2,
                                                      .fault = fault,
                                                      .outcome = (uint32_t)outcome};
}

static void add_rows(void) {
    static const char *const names[] = {"detected",  "noticed", "started",
                                        "reachable", "served",  "calls (uncorrected)"};
    for (uint32_t i = 0; i < RS_GLIMPSE_ROWS; i++) {
        rs_glimpse_row *row = &seen.rows[i];
        row->name = names[i];
        row->count = 4999;
        for (uint32_t k = 0; k < RS_GLIMPSE_QUANTILE_COUNT; k++)
            row->ns[k] = 1000 * (i + 1) + 100 * k;
    }
}

/* In the middle of the storm. */
static void make_moment(void) {
    plan = (rs_plan){.name = "high_scores",
                     .root = &root,
                     .phases = phases,
                     .phase_count = 3,
                     .load_count = 1,
                     .faults = faults,
                     .fault_count = 2};
    seen = (rs_glimpse){.plan = &plan,
                        .stage = RS_STAGE_RUN,
                        .now_ns = 3000 * MS,
                        .run = 1,
                        .runs = 1,
                        .calls_per_s = rs_known(1.79e6),
                        .messages_per_s = rs_known(7.16e6),
                        .restarts_per_s = rs_known(998),
                        .failed = 32,
                        .nodes = nodes};
    add_node("shop", "rest_for_one", 0, 0);
    add_node("tables", "simple_one_for_one", 1, 0);
    add_node("*", "high_scores_table", 2, 1998);
    nodes[2].roles = 10000;
    nodes[2].down = 1;
    add_node("registry", "high_scores_registry", 1, 0);
    add_rows();
    add_blow(2999, "tables/game-17", 0, RS_STRIKE_SURVIVED, RS_STRIKE_NOT_DUE);
    seen.blows[0].under_way = true;
    add_blow(2998, "tables/game-4", 0, RS_STRIKE_HIT, RS_STRIKE_NEVER);
    add_blow(2997, "tables/game-5540", 0, RS_STRIKE_HIT, 54100);
    add_blow(2996, NULL, 1, RS_STRIKE_NO_VICTIM, RS_STRIKE_NOT_DUE);
    add_blow(2995, "", 1, RS_STRIKE_ALREADY_DEAD, RS_STRIKE_NOT_DUE);
}

static char *draw(unsigned width, unsigned height, bool color) {
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    rs_frame_write(&seen, out, (rs_frame_look){width, height, color});
    CHECK_INT(fclose(out), 0);
    return text;
}

static void check_has(const char *text, const char *part) {
    if (!strstr(text, part)) rs_test_fail(__FILE__, __LINE__, "no \"%s\" in:\n%s", part, text);
}

static void check_lacks(const char *text, const char *part) {
    if (strstr(text, part)) rs_test_fail(__FILE__, __LINE__, "\"%s\" is in:\n%s", part, text);
}

/* ------------------------------------------------------------------ what is told */

TEST(a_moment_of_a_storm) {
    make_moment();
    char *text = draw(80, 24, false);
    CHECK_STR(text,
              "high_scores  storm  3.0 of 6.0 s\n"
              "█████████████│██████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░│░░░░░░░░░░░░░\n"
              "╵warm        ╵storm                                               ╵heal\n"
              "calls 1.79 M/s   messages 7.16 M/s   restarts 998 /s   failed calls 32\n"
              "\n"
              "TREE                                                              down  restarts\n"
              "shop              rest_for_one                                       0         0\n"
              "├─ tables         simple_one_for_one                                 0         0\n"
              "│  └─ * × 10 k    high_scores_table                                  1      1998\n"
              "└─ registry       high_scores_registry                               0         0\n"
              "\n"
              "LATENCY                  count       p50       p90       p99     p99.9       max\n"
              "detected                  4999      1 µs    1.1 µs    1.2 µs    1.3 µs    1.4 µs\n"
              "noticed                   4999      2 µs    2.1 µs    2.2 µs    2.3 µs    2.4 µs\n"
              "started                   4999      3 µs    3.1 µs    3.2 µs    3.3 µs    3.4 µs\n"
              "reachable                 4999      4 µs    4.1 µs    4.2 µs    4.3 µs    4.4 µs\n"
              "calls (uncorrected)       4999      6 µs    6.1 µs    6.2 µs    6.3 µs    6.4 µs\n"
              "\n"
              "FAULTS\n"
              "   2.999 s crashes        segv → tables/game-17#2                      under way\n"
              "   2.998 s crashes        segv → tables/game-4#2                            down\n"
              "   2.997 s crashes        segv → tables/game-5540#2              back in 54.1 µs\n"
              "   2.996 s strays         segv → registry                              no victim\n"
              "   2.995 s strays         segv → shop#2                             already dead\n");
    free(text);
}

TEST(a_small_screen_has_the_main_things) {
    make_moment();
    char *text = draw(40, 12, false);
    CHECK_STR(text, "high_scores  storm  3.0 of 6.0 s\n"
                    "██████│█████████████░░░░░░░░░░░░░│░░░░░░\n"
                    "calls 1.79 M/s   messages 7.16 M/s\n"
                    "restarts 998 /s   failed calls 32\n"
                    "TREE                      down  restarts\n"
                    "shop                         0         0\n"
                    "├─ tables +1                 1      1998\n"
                    "└─ registry                  0         0\n"
                    "LATENCY      count        p50        p99\n"
                    "reachable     4999       4 µs     4.2 µs\n"
                    "FAULTS\n"
                    "   2.999 s tables/game…        under way\n");
    free(text);
}

TEST(a_large_screen_has_everything) {
    make_moment();
    char *text = draw(200, 50, false);
    check_has(text, "\nserved                    4999          5 µs");
    check_has(text, "\n   2.995 s strays         segv → shop#2");
    free(text);
}

TEST(before_t_0_the_set_up_is_told) {
    make_moment();
    seen.stage = RS_STAGE_SETUP;
    seen.progress = 300;
    seen.goal = 10000;
    seen.calls_per_s = seen.messages_per_s = seen.restarts_per_s = (rs_optional){0};
    char *text = draw(80, 24, false);
    check_has(text, "high_scores  setting up: 300 of 10000\n░░░");
    check_has(text, "\ncalls –   messages –   restarts –   failed");
    check_lacks(text, "█");
    free(text);
    seen.stage = RS_STAGE_DRAIN;
    text = draw(80, 24, false);
    check_has(text, "high_scores  draining\n███");
    check_lacks(text, "░");
    free(text);
}

TEST(simulated_time_is_called_so) {
    make_moment();
    plan.runtime.clock = RS_PLAN_VIRTUAL;
    seen.speed = rs_known(12.34);
    char *text = draw(80, 24, false);
    check_has(text, "high_scores  storm  simulated 3.0 of 6.0 s  12.3 simulated s a second\n");
    free(text);
}

TEST(repetitions_are_counted) {
    make_moment();
    seen.run = 2;
    seen.runs = 10;
    char *text = draw(80, 24, false);
    check_has(text, "3.0 of 6.0 s  run 2 of 10\n");
    free(text);
}

TEST(long_names_leave_room_for_the_time) {
    static const rs_plan_phase one = {"the_calm_before_the_storm", 0, 6000 * MS};
    make_moment();
    plan.name = "a_scenario_that_says_in_its_name_what_it_is_about";
    plan.phases = &one;
    plan.phase_count = 1;
    plan.runtime.clock = RS_PLAN_VIRTUAL;
    for (unsigned width = RS_FRAME_WIDTH_MIN; width < 130; width++) {
        char *text = draw(width, 24, false);
        check_has(text, "  simulated 3.0 of 6.0 s\n");
        free(text);
    }
    char *text = draw(80, 24, false);
    check_has(text, "a_scenario_that_says_in_i…  the_calm_before_the_storm  simulated 3.0");
    free(text);
}

static void check_rates(unsigned width, const char *lines) {
    char *text = draw(width, 24, false);
    check_has(text, lines);
    free(text);
}

TEST(what_has_no_room_is_left_out_as_a_whole) {
    make_moment();
    seen.escalations = 3;
    check_rates(100, "\ncalls 1.79 M/s   messages 7.16 M/s   restarts 998 /s   escalations 3   "
                     "failed calls 32\n");
    check_rates(80, "\ncalls 1.79 M/s   messages 7.16 M/s\n"
                    "restarts 998 /s   escalations 3   failed calls 32\n");
    check_rates(40, "\nrestarts 998 /s   escalations 3\n");
    seen.failed = 0;
    check_rates(80, "\ncalls 1.79 M/s   messages 7.16 M/s   restarts 998 /s   escalations 3\n");
    seen.speed = rs_known(597);
    seen.runs = 10;
    check_rates(80, "  3.0 of 6.0 s  run 1 of 10  597 simulated s a second\n");
    check_rates(60, "  3.0 of 6.0 s  run 1 of 10\n");
}

/* Who was hit is told before by what. */
TEST(a_fault_leaves_room_for_its_victim) {
    make_moment();
    char *text = draw(60, 24, false);
    check_has(text, "\n   2.997 s segv → tables/game-5540#2         back in 54.1 µs\n");
    free(text);
}

/* A run without load, faults, and restarts has no sections for them. */
TEST(what_there_is_not_has_no_place) {
    make_moment();
    plan.load_count = plan.fault_count = 0;
    seen.blow_count = 0;
    seen.failed = 0;
    for (uint32_t i = 0; i < RS_GLIMPSE_ROWS; i++) seen.rows[i].count = 0;
    char *text = draw(80, 24, false);
    check_lacks(text, "LATENCY");
    check_lacks(text, "FAULTS");
    check_lacks(text, "calls");
    free(text);
    plan.fault_count = 2;
    text = draw(80, 24, false);
    check_has(text, "FAULTS\nnone has struck yet\n");
    check_has(text, "\nreachable                    0         –         –");
    free(text);
}

/* ------------------------------------------------------------------ sizes */

static unsigned check_lines(const char *text, unsigned width) {
    char line[4096];
    unsigned lines = 0;
    for (const char *end; (end = strchr(text, '\n')); text = end + 1, lines++) {
        snprintf(line, sizeof line, "%.*s", (int)(end - text), text);
        if (end > text && end[-1] == ' ')
            rs_test_fail(__FILE__, __LINE__, "trailing blank: %s|", line);
        if (rs_paint_columns(line) > width)
            rs_test_fail(__FILE__, __LINE__, "wider than %u: %s", width, line);
    }
    CHECK(*text == 0);
    return lines;
}

static void check_size(unsigned width, unsigned height) {
    char *text = draw(width, height, false);
    unsigned lines = check_lines(text, width);
    if (lines > height) rs_test_fail(__FILE__, __LINE__, "over %u lines:\n%s", height, text);
    free(text);
}

static void check_sizes(void) {
    for (unsigned height = RS_FRAME_HEIGHT_MIN; height < 45; height++)
        for (unsigned width = RS_FRAME_WIDTH_MIN; width < 130; width += 7)
            check_size(width, height);
    check_size(RS_FRAME_WIDTH_MAX, RS_FRAME_HEIGHT_MAX);
}

TEST(no_line_is_too_wide_and_none_too_many) {
    make_moment();
    check_sizes();
    for (uint32_t depth = 2; depth < 40; depth++) add_node("deeper_and_deeper", "pool", depth, 7);
    seen.runs = 100000;
    seen.escalations = UINT64_MAX;
    seen.speed = rs_known(1e300);
    check_sizes();
}

TEST(a_screen_beyond_the_limits_gets_what_is_within) {
    make_moment();
    char *small = draw(0, 0, false), *least = draw(RS_FRAME_WIDTH_MIN, RS_FRAME_HEIGHT_MIN, false);
    CHECK_STR(small, least);
    char *huge = draw(UINT32_MAX, UINT32_MAX, false);
    check_lines(huge, RS_FRAME_WIDTH_MAX);
    free(small), free(least), free(huge);
}

/* A name has the columns of its phase, or is not there. */
TEST(short_phases_do_not_break_the_bar) {
    static const rs_plan_phase many[] = {{"a", 0, MS},
                                         {"b", MS, 1},
                                         {"c", MS + 1, 1},
                                         {"d", MS + 2, 100 * MS},
                                         {"e", 101 * MS + 2, MS}};
    make_moment();
    plan.phases = many;
    plan.phase_count = 5;
    for (seen.now_ns = 0; seen.now_ns < 103 * MS; seen.now_ns += MS / 2) check_size(40, 24);
    char *text = draw(40, 24, false);
    check_has(text, "\n╵d\n");
    free(text);
}

/* ------------------------------------------------------------------ strangers */

/* Escape sequences, line ends, letters that turn the line round, wide ones, bytes that are none. */
TEST(hostile_texts_are_shown_and_not_obeyed) {
    make_moment();
    plan.name = "\x1b[2J\x1b]0;evil\x07";
    nodes[1].id = "a\nb\rc\x9b\x31";
    nodes[3].kind = "\xe2\x80\xae"
                    "desrever";
    seen.blows[0].role = "tables/\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\x1b[31m\xff";
    seen.blows[1].role = "a role whose name goes on and on and on and on and on and on and on and "
                         "on and on and on and on and on and on and on and on and on";
    check_sizes();
    char *text = draw(120, 30, false);
    check_has(text, "\\x1b[2J");
    check_has(text, "a\\x0ab\\x0dc");
    check_has(text, "\\u202edesrever");
    check_has(text, "\\x1b[31m\\xff#2");
    check_has(text, "segv → a role whose name goes on and on");
    check_has(text, "…");
    for (const char *at = text; *at; at++) CHECK(*at == '\n' || (unsigned char)*at >= 0x20);
    free(text);
}

/* ------------------------------------------------------------------ colour */

TEST(colour_is_there_when_it_is_wanted) {
    make_moment();
    char *plain = draw(80, 24, false), *coloured = draw(80, 24, true);
    check_lacks(plain, "\x1b");
    check_has(coloured, "\x1b[32mback in 54.1 µs\x1b[0m");
    check_has(coloured, "\x1b[31mdown\x1b[0m");
    free(plain), free(coloured);
}

TEST_MAIN()
