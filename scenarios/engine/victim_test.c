/* victim_test.c: positions of a tree, and whom a fault hits there.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/victim.h"

#include "runtime/base/test/test.h"

TEST(equal_paths_have_equal_numbers) {
    rs_roles roles = {.count = 0};
    CHECK(rs_roles_init(&roles, NULL));
    uint32_t root = rs_roles_number(&roles, 0, "shop");
    uint32_t tables = rs_roles_number(&roles, root, "tables");
    uint32_t one = rs_roles_number(&roles, tables, "game-1");
    CHECK_INT(rs_roles_number(&roles, tables, "game-1"), one);
    CHECK(rs_roles_number(&roles, root, "game-1") != one);
    CHECK_STR(rs_roles_path(&roles, root), "");
    CHECK_STR(rs_roles_path(&roles, one), "tables/game-1");
    CHECK_INT(rs_roles_count(&roles), 4);
    rs_roles_fini(&roles, NULL);
}

static void fill_house(rs_roles *roles, const char *const *keys, uint32_t count) {
    CHECK(rs_roles_init(roles, NULL));
    uint32_t root = rs_roles_number(roles, 0, "top");
    for (uint32_t i = 0; i < count; i++)
        rs_store(&roles->at[rs_roles_number(roles, root, keys[i])].pid, 100 + i, rs_relaxed);
}

TEST(victims_are_drawn_from_the_living_in_path_order) {
    static const char *const keys[] = {"d", "b", "a", "c"};
    rs_roles roles = {.count = 0};
    rs_victims victims;
    rs_prng prng;
    fill_house(&roles, keys, 4);
    CHECK(rs_victims_init(&victims, &roles, "*", false, NULL));
    rs_prng_init(&prng, 1, "test");
    CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_ALL, 0, &prng), 4);
    for (uint32_t i = 0; i < 4; i++)
        CHECK_INT(rs_roles_path(&roles, victims.live[i])[0], 'a' + (int)i);
    CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_SHARE, 300000, &prng), 2); /* 1.2 up */
    CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_COUNT, 9, &prng), 4);
    for (uint32_t number = 2; number <= 4; number++) rs_store(&roles.at[number].pid, 0, rs_relaxed);
    for (int i = 0; i < 50; i++) {
        CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_ONE, 1, &prng), 1);
        CHECK_STR(rs_roles_path(&roles, victims.live[0]), "c");
    }
    rs_store(&roles.at[5].pid, 0, rs_relaxed);
    CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_ONE, 1, &prng), 0);
    rs_victims_fini(&victims, NULL);
    rs_roles_fini(&roles, NULL);
}

/* What is laid at a position waits there for whoever comes. */
TEST(a_role_can_be_meant_while_it_is_empty) {
    static const char *const keys[] = {"b", "a"};
    rs_roles roles = {.count = 0};
    rs_victims victims;
    rs_prng prng;
    fill_house(&roles, keys, 2);
    rs_prng_init(&prng, 1, "test");
    rs_store(&roles.at[2].pid, 0, rs_relaxed);
    CHECK(rs_victims_init(&victims, &roles, "**", true, NULL));
    CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_ALL, 0, &prng), 2);
    CHECK_STR(rs_roles_path(&roles, victims.live[1]), "b");
    rs_victims_fini(&victims, NULL);
    CHECK(rs_victims_init(&victims, &roles, "**", false, NULL));
    CHECK_INT(rs_victims_pick(&victims, RS_PLAN_PICK_ALL, 0, &prng), 1);
    rs_victims_fini(&victims, NULL);
    rs_roles_fini(&roles, NULL);
}

TEST_MAIN()
