/* fold_test.c: trees that have more nodes than a screen has lines.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/live/fold.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#define NODES 200u

static rs_glimpse_node nodes[NODES];
static uint32_t node_count;
static rs_fold_line lines[NODES];

static void grow(uint32_t depth, uint64_t restarts) {
    nodes[node_count++] =
        (rs_glimpse_node){.id = "a", .kind = "b", .depth = depth, .roles = 1, .restarts = restarts};
}

static uint32_t fold(uint32_t room) {
    return rs_fold_tree(nodes, node_count, lines, room);
}

/* The root, three supervisors with two workers each; every number of restarts is another bit. */
static void grow_shop(void) {
    node_count = 0;
    grow(0, 1);
    for (uint32_t i = 0; i < 3; i++) {
        grow(1, 2u << 3 * i);
        grow(2, 4u << 3 * i);
        grow(2, 8u << 3 * i);
    }
}

TEST(what_fits_is_not_folded) {
    grow_shop();
    CHECK_INT(fold(10), 10);
    for (uint32_t i = 0; i < 10; i++) {
        CHECK_INT(lines[i].node, i);
        CHECK_INT(lines[i].nodes, 1);
        CHECK_INT(lines[i].restarts, nodes[i].restarts);
    }
    CHECK_INT(fold(50), 10);
}

TEST(the_deepest_level_is_folded_into_the_one_above) {
    grow_shop();
    CHECK_INT(fold(5), 4); /* one line is no use: it could only be for the others */
    CHECK_INT(lines[0].restarts, 1);
    CHECK_INT(lines[1].node, 1);
    CHECK_INT(lines[1].nodes, 3);
    CHECK_INT(lines[1].restarts, 2 + 4 + 8);
    CHECK_INT(lines[3].node, 7);
    CHECK_INT(lines[3].restarts, (2 + 4 + 8) << 6);
}

TEST(the_busiest_of_the_next_level_have_lines) {
    grow_shop();
    CHECK_INT(fold(7), 7); /* four of the upper levels, two of six, and the others */
    static const uint32_t shown[] = {0, 1, 4, 7, 8, 9, RS_FOLD_OTHERS};
    for (uint32_t i = 0; i < 7; i++) CHECK_INT(lines[i].node, shown[i]);
    CHECK_INT(lines[1].restarts, 2); /* its own: its children are among the others */
    CHECK_INT(lines[6].nodes, 4);
    CHECK_INT(lines[6].restarts, 4 + 8 + (4 + 8) * 8);
}

TEST(who_is_down_is_busy) {
    node_count = 0;
    grow(0, 0);
    for (uint32_t i = 0; i < 20; i++) grow(1, 0);
    nodes[17].down = 1;
    CHECK_INT(fold(3), 3);
    CHECK_INT(lines[1].node, 17);
    CHECK_INT(lines[1].down, 1);
    CHECK_INT(lines[2].nodes, 19);
}

TEST(one_line_is_enough_for_any_tree) {
    grow_shop();
    CHECK_INT(fold(1), 1);
    CHECK_INT(lines[0].node, 0);
    CHECK_INT(lines[0].nodes, 10);
    CHECK_INT(lines[0].restarts, 1023);
}

/* ------------------------------------------------------------------ any tree, any room */

static void grow_any(rs_prng *prng) {
    uint32_t count = 1 + (uint32_t)rs_prng_below(prng, NODES), depth = 0;
    node_count = 0;
    grow(0, 3);
    while (node_count < count) {
        depth = 1 + (uint32_t)rs_prng_below(prng, depth + 1);
        grow(depth, rs_prng_below(prng, 5));
        nodes[node_count - 1].down = rs_prng_below(prng, 2);
    }
}

/* Nothing is lost, nothing told twice, and who is shown stands below who was shown. */
static void check_lines(uint32_t count, uint32_t room) {
    uint64_t restarts = 0, down = 0, told = 0;
    CHECK(count >= 1 && count <= room);
    for (uint32_t i = 0; i < count; i++) {
        restarts += lines[i].restarts;
        down += lines[i].down;
        told += lines[i].nodes;
        CHECK(i == 0 || lines[i].node > lines[i - 1].node);
        CHECK(lines[i].node < node_count || i == count - 1);
    }
    CHECK_INT(told, node_count);
    for (uint32_t i = 0; i < node_count; i++) {
        restarts -= nodes[i].restarts;
        down -= nodes[i].down;
    }
    CHECK_INT(restarts, 0);
    CHECK_INT(down, 0);
}

TEST(every_number_stands_in_one_line) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "fold");
    for (int i = 0; i < 300; i++) {
        grow_any(&prng);
        for (uint32_t room = 1; room < 40; room++) check_lines(fold(room), room);
        CHECK_INT(fold(NODES), node_count);
    }
}

TEST_MAIN()
