/* path_test.c: patterns, and the positions they name.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/path.h"

#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <string.h>

TEST(a_star_stands_for_one_step) {
    CHECK(rs_path_matches("tables/*", "tables/game-1"));
    CHECK(!rs_path_matches("tables/*", "tables"));
    CHECK(!rs_path_matches("tables/*", "tables/"));
    CHECK(!rs_path_matches("tables/*", "tables/a/b"));
    CHECK(rs_path_matches("*", "registry"));
    CHECK(!rs_path_matches("*", ""));
    CHECK(rs_path_matches("", ""));
    CHECK(!rs_path_matches("tables", "tables/a"));
}

TEST(two_stars_stand_for_a_node_and_all_below_it) {
    CHECK(rs_path_matches("shop/**", "shop"));
    CHECK(rs_path_matches("shop/**", "shop/db"));
    CHECK(rs_path_matches("shop/**", "shop/db/tables/game-1"));
    CHECK(!rs_path_matches("shop/**", "shops"));
    CHECK(!rs_path_matches("shop/**", "workshop"));
    CHECK(!rs_path_matches("shop/**", ""));
    CHECK(rs_path_matches("**", "shop/db"));
    CHECK(!rs_path_matches("**", ""));
    CHECK(rs_path_matches("/**", ""));
    CHECK(rs_path_matches("/**", "shop/db"));
    CHECK(rs_path_is_pattern("shop/**") && rs_path_is_pattern("**"));
    CHECK(!rs_path_is_pattern("**/shop") && !rs_path_is_pattern("shop/***"));
}

static const char tree[] = "scenario: s\n"
                           "tree: { id: top, strategy: one_for_one, children: [{ id: shop,\n"
                           "  strategy: one_for_one, children: [{ id: db, worker: echo },\n"
                           "  { id: tables, strategy: simple_one_for_one, child: { worker: echo } "
                           "}] }, { id: web, worker: echo }] }\n";

static void check_selection(const rs_plan *plan, const char *pattern, const char *expected) {
    const rs_plan_node *nodes[8];
    char all[256] = "";
    uint32_t count = rs_path_select(plan->root, rs_path_resolve(plan->root, pattern), nodes, 8);
    for (uint32_t i = 0; i < count; i++) {
        bool is_template = nodes[i]->parent && nodes[i]->parent->child == nodes[i];
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s ",
                 nodes[i]->parent ? nodes[i]->path : "top", is_template ? "/*" : "");
    }
    if (strcmp(all, expected) != 0)
        rs_test_fail(__FILE__, __LINE__, "%s: \"%s\", not \"%s\"", pattern, all, expected);
}

TEST(patterns_select_nodes_of_the_plan) {
    rs_plan *plan = parse(tree);
    check_selection(plan, "*", "shop web ");
    check_selection(plan, "**", "shop shop/db shop/tables shop/tables/* web ");
    check_selection(plan, "top/**", "top shop shop/db shop/tables shop/tables/* web ");
    check_selection(plan, "top", "top ");
    check_selection(plan, "shop/**", "shop shop/db shop/tables shop/tables/* ");
    check_selection(plan, "shop/tables/**", "shop/tables shop/tables/* ");
    check_selection(plan, "shop/tables/game-1", "shop/tables/* ");
    check_selection(plan, "web/**", "web ");
    check_selection(plan, "web/*", "");
    check_selection(plan, "top/web", "");
    check_selection(plan, "shpo/**", "");
    rs_plan_destroy(plan);
}

TEST(a_role_is_of_a_node) {
    rs_plan *plan = parse(tree);
    CHECK_STR(rs_path_role(plan->root, "shop/db")->id, "db");
    CHECK(rs_path_role(plan->root, "") == plan->root);
    CHECK(rs_path_role(plan->root, "shop/tables/9") == plan->root->children[0]->children[1]->child);
    CHECK(rs_path_role(plan->root, "shop/tables/9/x") == NULL);
    CHECK(rs_path_role(plan->root, "shop/*") == NULL);
    rs_plan_destroy(plan);
}

TEST_MAIN()
