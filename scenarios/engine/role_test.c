/* role_test.c: who lives on beside his successor is found while others come and go.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/role.h"

#include "runtime/base/test/test.h"

#include <pthread.h>

#define ELDER  7u
#define ROUNDS 60000u

static rs_roles roles;
static uint32_t role, other;

static void begin(void) {
    CHECK(rs_roles_init(&roles, NULL));
    uint32_t root = rs_roles_number(&roles, 0, "top");
    role = rs_roles_number(&roles, root, "left");
    other = rs_roles_number(&roles, root, "right");
}

static bool is_found(uint32_t of, uint64_t pid) {
    const rs_role_double *one = rs_roles_find_double(&roles, of, pid);
    CHECK(!one || one->role == of);
    return one != NULL;
}

static void end_double(uint64_t pid) {
    rs_roles_end_double(&roles, rs_roles_find_double(&roles, role, pid));
}

TEST(each_role_has_its_own_and_keeps_none_that_is_dead) {
    begin();
    for (uint64_t pid = 1; pid <= 3; pid++) rs_roles_double(&roles, role, pid, 0);
    rs_roles_double(&roles, other, 4, 0);
    CHECK(is_found(role, 1) && is_found(role, 2) && is_found(role, 3));
    CHECK(!is_found(role, 4) && !is_found(other, 1) && is_found(other, 4));
    const rs_role_double *midst = rs_roles_find_double(&roles, role, 2);
    end_double(2); /* in the midst, the latest, the first */
    CHECK(is_found(role, 1) && !is_found(role, 2) && is_found(role, 3));
    CHECK_INT(rs_load(&midst->next, rs_relaxed), 1); /* who stands there finds on */
    end_double(3);
    CHECK(is_found(role, 1) && !is_found(role, 3));
    end_double(1);
    CHECK_INT(rs_load(&roles.at[role].doubles, rs_relaxed), 0);
    CHECK_INT(rs_load(&roles.double_count, rs_relaxed), 4);
    CHECK(is_found(other, 4));
    rs_roles_fini(&roles, NULL);
}

/* As a core does that holds the role's lock. */
static void *come_and_go(void *unused) {
    for (uint64_t i = 0; i < ROUNDS; i++) {
        rs_spin_lock(&roles.at[role].lock);
        rs_roles_double(&roles, role, 100 + i, 0);
        if (i > 0) end_double(99 + i);
        rs_spin_unlock(&roles.at[role].lock);
    }
    return unused;
}

/* As the walk for orphans does. */
TEST(who_looks_without_the_lock_finds_who_lives) {
    pthread_t core;
    begin();
    rs_roles_double(&roles, role, ELDER, 0);
    CHECK_INT(pthread_create(&core, NULL, come_and_go, NULL), 0);
    while (!is_found(role, 99 + ROUNDS)) CHECK(is_found(role, ELDER));
    CHECK_INT(pthread_join(core, NULL), 0);
    CHECK(is_found(role, ELDER) && !is_found(role, 98 + ROUNDS));
    rs_roles_fini(&roles, NULL);
}

TEST_MAIN()
