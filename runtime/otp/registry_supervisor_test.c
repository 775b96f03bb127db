/* registry_supervisor_test.c: registries and scopes in a tree; everywhere.
 * What is expected was seen on Elixir 1.14.
 * Source: rules E6, PG1.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/registry_supervisor.h"

#include "runtime/store/pg.h"
#include "runtime/store/test/actor.h"

#define PARTITIONS 3u
#define CROWD      12

static rs_registry registry;
static rs_registry_child parts[PARTITIONS];

static rs_pid start_registry(rs_registry_kind kind) {
    rs_pid pid = 0;
    registry = make_registry("supervised", kind, PARTITIONS);
    CHECK_INT(rs_registry_supervisor_start(&registry, parts, NULL, &pid, NULL), RS_START_OK);
    CHECK_INT(rs_whereis(registry.name), pid);
    return pid;
}

static rs_pid partition_of(rs_pid supervisor, uint32_t which) {
    rs_child_info infos[PARTITIONS];
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, infos, PARTITIONS), PARTITIONS);
    return infos[PARTITIONS - 1 - which].child; /* in reverse start order */
}

static void end(rs_pid pid) {
    rs_ref ref = rs_monitor(pid);
    rs_exit_signal(pid, RS_ATOM(shutdown));
    wanted this = {pid, ref, RS_MESSAGE_DOWN};
    CHECK(rs_receive(is_wanted, &this, LONG_NS) != NULL);
}

static uint32_t count_alive(const rs_pid *pids) {
    uint32_t count = 0;
    for (int i = 0; i < CROWD; i++) count += rs_is_alive(pids[i]);
    return count;
}

static void register_crowd(rs_pid *crowd) {
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = new_actor();
        registers(crowd[i], &registry, i, i);
    }
}

static void await_alive(const rs_pid *crowd, uint64_t count) {
    for (int i = 0; i < 3000 && count_alive(crowd) != count; i++) wait_ns(MS);
    CHECK_INT(count_alive(crowd), count);
}

/* The supervisor has restarted what it had to when it answers. */
static rs_pid kill_partition(rs_pid supervisor, uint32_t which) {
    rs_pid old = partition_of(supervisor, which);
    kill_and_wait(old);
    rs_pid now = old;
    for (int i = 0; i < 3000 && (now == old || rs_term_kind(now) != RS_TAG_PID); i++) {
        wait_ns(MS);
        now = partition_of(supervisor, which);
    }
    CHECK(now != old);
    return now;
}

static void unique_goes_together(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid crowd[CROWD], supervisor = start_registry(RS_REGISTRY_UNIQUE);
    rs_pid other = partition_of(supervisor, 1);
    register_crowd(crowd);
    kill_partition(supervisor, 0);
    CHECK(partition_of(supervisor, 1) != other);
    await_alive(crowd, 0);
    CHECK_INT(rs_registry_count(&registry), 0);
    CHECK(rs_registry_register_name(&registry, key_of(1)));
    CHECK_INT(rs_registry_unregister(&registry, key_of(1)), RS_OK);
    end(supervisor);
    CHECK_INT(rs_registry_register(&registry, key_of(1), NULL, NULL), RS_ENOPROC);
}
TEST(E6_partitions_of_unique_keys_go_together) {
    everywhere(unique_goes_together);
}

static void duplicate_goes_alone(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid crowd[CROWD], supervisor = start_registry(RS_REGISTRY_DUPLICATE);
    rs_pid other = partition_of(supervisor, 1);
    register_crowd(crowd);
    kill_partition(supervisor, 0);
    CHECK_INT(partition_of(supervisor, 1), other);
    uint64_t left = rs_registry_count(&registry);
    CHECK(left > 0 && left < CROWD);
    await_alive(crowd, left);
    for (int i = 0; i < CROWD; i++) kill_and_wait(crowd[i]);
    await_count(&registry, 0);
    end(supervisor);
}
TEST(E6_partitions_of_duplicate_keys_go_alone) {
    everywhere(duplicate_goes_alone);
}

static void runs_once(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_registry(RS_REGISTRY_UNIQUE), second = 0;
    rs_term reason = 0;
    CHECK_INT(rs_registry_supervisor_start(&registry, parts, NULL, &second, &reason),
              RS_START_ERROR);
    CHECK(rs_term_is_pair(reason, RS_ATOM(already_started)));
    CHECK_INT(rs_term_element(reason, 1), supervisor);
    rs_term_release(reason);
    end(supervisor);
}
TEST(E6_a_registry_runs_once) {
    everywhere(runs_once);
}

/* ------------------------------------------------------------------ a scope in a tree */

static rs_start_result start_scope(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    const rs_spawn_options options = {.link = true, .link_tag = start->options.link_tag};
    rs_err err = rs_pg_start(rs_atom_find("scope"), &options, pid, reason);
    return err == RS_OK ? RS_START_OK : RS_START_ERROR;
}

static void restarts_scope(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_child_spec child = {.id = "scope", .start = start_scope, .shutdown_ns = 1000 * MS};
    const rs_supervisor_spec spec = {
        .intensity = 1, .period_s = 5, .children = &child, .child_count = 1};
    rs_pid supervisor = 0;
    rs_atom name = rs_atom_find("scope");
    uint32_t count = 0;
    CHECK_INT(rs_supervisor_start(&spec, NULL, &supervisor, NULL), RS_START_OK);
    rs_pid first = rs_whereis(name);
    CHECK_INT(rs_pg_join(name, key_of(1), rs_self()), RS_PG_OK);
    kill_and_wait(first);
    for (int i = 0; i < 3000; i++) {
        if (rs_pg_join(name, key_of(2), rs_self()) == RS_PG_OK) break;
        wait_ns(MS);
    }
    CHECK(rs_whereis(name) != first);
    rs_pg_get_members(name, key_of(1), &count);
    CHECK_INT(count, 0);
    rs_pg_get_members(name, key_of(2), &count);
    CHECK_INT(count, 1);
    end(supervisor);
    CHECK_INT(rs_whereis(name), 0);
}
TEST(PG1_a_scope_is_restarted_empty) {
    everywhere(restarts_scope);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {unique_goes_together, duplicate_goes_alone, runs_once, restarts_scope};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(trees_with_registries_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
