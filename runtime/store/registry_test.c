/* registry_test.c: who stands under which key, who is told of it, and what deaths do; everywhere.
 * What is expected was seen on Elixir 1.14.
 * Source: rule E6.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/registry.h"

#include "runtime/store/test/actor.h"

/* ------------------------------------------------------------------ unique keys */

static void unique_keys(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0), a = new_actor(), b = new_actor();
    not_found(&unique, 1);
    registers(a, &unique, 1, 10);
    is_refused(a, &unique, 1, a);
    is_refused(b, &unique, 1, a);
    registers(b, &unique, 2, 20);
    FOUND(&unique, 1, {a, 10});
    FOUND(&unique, 2, {b, 20});
    unregisters(b, &unique, 1); /* not its own: nothing happens */
    FOUND(&unique, 1, {a, 10});
    CHECK_INT(rs_registry_count(&unique), 2);
    unregisters(a, &unique, 1);
    unregisters(a, &unique, 1);
    not_found(&unique, 1);
    registers(b, &unique, 1, 11);
    FOUND(&unique, 1, {b, 11});
    kill_and_wait(b);
    not_found(&unique, 1);
    registers(a, &unique, 1, 12);
    await_count(&unique, 1);
    const rs_pid all[] = {a, partition};
    for (int i = 0; i < 2; i++) kill_and_wait(all[i]);
}
TEST(E6_a_unique_key_has_one_holder) {
    everywhere(unique_keys);
}

static void updates(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0), a = new_actor(), b = new_actor();
    registers(a, &unique, 1, 10);
    CHECK_INT(let(a, ACT_UPDATE, &unique, 1, 5).value, true);
    CHECK_INT(let(b, ACT_UPDATE, &unique, 1, 7).value, false);
    CHECK_INT(let(a, ACT_UPDATE, &unique, 2, 7).value, false);
    FOUND(&unique, 1, {a, 15});
    const rs_pid all[] = {a, b, partition};
    for (int i = 0; i < 3; i++) kill_and_wait(all[i]);
}
TEST(E6_a_holder_changes_its_value) {
    everywhere(updates);
}

static void hold_up(uint64_t ns) {
    rs_compute(ns);
}

/* The partition has not heard of the death yet. */
static void replaces_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0);
    for (int i = 0; i < 20; i++) {
        rs_pid a = new_actor();
        registers(a, &unique, 1, 10);
        registers(a, &unique, 2, 20);
        rs_interrupt(partition, hold_up, 3 * MS, 0);
        rs_exit_signal(a, RS_ATOM(kill));
        CHECK_INT(rs_registry_whereis_name(&unique, key_of(1)), 0);
        not_found(&unique, 2);
        CHECK_INT(rs_registry_register(&unique, key_of(1), &(int64_t){11}, NULL), RS_OK);
        FOUND(&unique, 1, {rs_self(), 11});
        await_count(&unique, 1); /* the dead one's other entry goes, the new one stays */
        FOUND(&unique, 1, {rs_self(), 11});
        CHECK_INT(rs_registry_unregister(&unique, key_of(1)), RS_OK);
    }
    kill_and_wait(partition);
}
TEST(E6_a_dead_holders_entry_is_replaced_at_once) {
    everywhere(replaces_dead);
}

/* ------------------------------------------------------------------ duplicate keys */

static void duplicate_keys(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry many = make_registry("many", RS_REGISTRY_DUPLICATE, 0);
    rs_pid partition = start_partition(&many, 0), a = new_actor(), b = new_actor();
    registers(a, &many, 1, 10);
    registers(a, &many, 1, 20);
    registers(b, &many, 1, 30);
    registers(a, &many, 1, 20);
    registers(a, &many, 2, 40);
    FOUND(&many, 1, {a, 10}, {a, 20}, {b, 30}, {a, 20});
    CHECK_INT(rs_registry_count(&many), 5);
    entries_are(rs_registry_values(&many, key_of(1), a), (const pair[]){{a, 10}, {a, 20}, {a, 20}},
                3);
    unregisters(a, &many, 1);
    FOUND(&many, 1, {b, 30});
    FOUND(&many, 2, {a, 40});
    kill_and_wait(a);
    await_count(&many, 1);
    not_found(&many, 2);
    kill_and_wait(b);
    await_count(&many, 0);
    kill_and_wait(partition);
}
TEST(E6_a_duplicate_key_has_any_number) {
    everywhere(duplicate_keys);
}

static bool is_odd(const rs_registry_entry *entry, void *context) {
    ++*(int *)context;
    return value_in(entry) % 2;
}

static void matches(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry many = make_registry("many", RS_REGISTRY_DUPLICATE, 0);
    rs_pid partition = start_partition(&many, 0), me = rs_self();
    int seen = 0;
    for (int64_t i = 0; i < 10; i++)
        CHECK_INT(rs_registry_register(&many, key_of(1), &i, NULL), RS_OK);
    entries_are(rs_registry_match(&many, key_of(1), is_odd, &seen),
                (const pair[]){{me, 1}, {me, 3}, {me, 5}, {me, 7}, {me, 9}}, 5);
    CHECK_INT(seen, 10);
    CHECK_INT(rs_registry_match(&many, key_of(2), is_odd, &seen).count, 0);
    CHECK_INT(rs_registry_unregister(&many, key_of(1)), RS_OK);
    kill_and_wait(partition);
}
TEST(E6_a_match_finds_some) {
    everywhere(matches);
}

/* ------------------------------------------------------------------ partitions */

typedef struct dispatched {
    const rs_registry *registry;
    uint32_t calls, entries;
} dispatched;

static void count_dispatched(rs_registry_entries entries, void *context) {
    dispatched *this = context;
    this->calls++;
    this->entries += entries.count;
    CHECK(entries.count > 0);
    rs_pid first = entries.first->pid;
    rs_registry_lookup(this->registry, key_of(2)); /* what it was given stays */
    CHECK_INT(entries.first->pid, first);
}

#define PARTITIONS 3u

static void start_all(const rs_registry *registry, rs_pid *pids) {
    for (uint32_t i = 0; i < PARTITIONS; i++) pids[i] = start_partition(registry, i);
}

static uint32_t count_alive(const rs_pid *pids, uint32_t count) {
    uint32_t alive = 0;
    for (uint32_t i = 0; i < count; i++) alive += rs_is_alive(pids[i]);
    return alive;
}

static void dispatches(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry many = make_registry("many", RS_REGISTRY_DUPLICATE, PARTITIONS);
    rs_pid partitions[PARTITIONS], actors[30];
    dispatched seen = {.registry = &many};
    start_all(&many, partitions);
    rs_registry_dispatch(&many, key_of(1), count_dispatched, &seen);
    CHECK_INT(seen.calls, 0);
    for (int i = 0; i < 30; i++) {
        actors[i] = new_actor();
        registers(actors[i], &many, 1, i);
        registers(actors[i], &many, 2, i);
    }
    rs_registry_dispatch(&many, key_of(1), count_dispatched, &seen);
    CHECK_INT(seen.calls, PARTITIONS);
    CHECK_INT(seen.entries, 30);
    CHECK_INT(rs_registry_lookup(&many, key_of(1)).count, 30);
    kill_and_wait(partitions[0]); /* and with it whoever stands there */
    uint32_t left = rs_registry_lookup(&many, key_of(1)).count;
    CHECK(left > 0 && left < 30);
    for (int i = 0; i < 3000 && count_alive(actors, 30) != left; i++) wait_ns(MS);
    CHECK_INT(count_alive(actors, 30), left);
    for (int i = 0; i < 30; i++) kill_and_wait(actors[i]);
    for (uint32_t i = 0; i < PARTITIONS; i++) kill_and_wait(partitions[i]);
}
TEST(E6_dispatch_calls_once_for_each_partition) {
    everywhere(dispatches);
}

static void sum_key(rs_term key, void *context) {
    *(int64_t *)context += rs_term_to_integer(key);
}

static void finds_keys(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, PARTITIONS);
    rs_pid partitions[PARTITIONS], a = new_actor();
    int64_t sum = 0;
    start_all(&unique, partitions);
    for (int64_t i = 1; i <= 2000; i++)
        CHECK_INT(rs_registry_register(&unique, key_of(i), &i, NULL), RS_OK);
    registers(a, &unique, 5000, 1);
    CHECK_INT(rs_registry_keys(&unique, rs_self(), sum_key, &sum), 2000);
    CHECK_INT(sum, 2000 * 2001 / 2);
    sum = 0;
    CHECK_INT(rs_registry_keys(&unique, a, sum_key, &sum), 1);
    CHECK_INT(sum, 5000);
    CHECK_INT(rs_registry_keys(&unique, partitions[0], sum_key, &sum), 0);
    CHECK_INT(rs_registry_count(&unique), 2001);
    for (int64_t i = 1; i <= 2000; i++)
        CHECK_INT(rs_registry_unregister(&unique, key_of(i)), RS_OK);
    CHECK_INT(rs_registry_count(&unique), 1);
    for (uint32_t i = 0; i < PARTITIONS; i++) kill_and_wait(partitions[i]);
    kill_and_wait(a);
}
TEST(E6_a_process_has_its_keys_in_all_partitions) {
    everywhere(finds_keys);
}

/* More than anybody takes out in one go. */
#define MANY 3000

static void registers_many(const void *args, uint32_t bytes) {
    (void)bytes;
    const act *this = (const void *)args;
    for (int64_t i = 0; i < MANY; i++)
        CHECK_INT(rs_registry_register(&this->registry, key_of(i % 7), &i, NULL), RS_OK);
    if (this->kind == ACT_UNREGISTER)
        for (int64_t i = 0; i < 7; i++)
            CHECK_INT(rs_registry_unregister(&this->registry, key_of(i)), RS_OK);
    send_number(this->boss, (int64_t)rs_registry_count(&this->registry));
    hears_nothing(NULL, 0);
}

static void holds_many(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    act this = {.boss = rs_self(), .registry = make_registry("many", RS_REGISTRY_DUPLICATE, 0)};
    rs_pid partition = start_partition(&this.registry, 0);
    rs_pid dies = rs_spawn(registers_many, &this, sizeof this);
    CHECK_INT(take_number(), MANY);
    CHECK_INT(rs_registry_lookup(&this.registry, key_of(3)).count, MANY / 7 + 1);
    kill_and_wait(dies);
    await_count(&this.registry, 0);
    this.kind = ACT_UNREGISTER;
    rs_pid leaves = rs_spawn(registers_many, &this, sizeof this);
    CHECK_INT(take_number(), 0);
    kill_and_wait(partition);
    CHECK(rs_is_alive(leaves)); /* the link went with the last entry */
    kill_and_wait(leaves);
}
TEST(E6_who_has_many_entries_takes_all_along) {
    everywhere(holds_many);
}

/* With a step for each of those who are linked already, or stand there, this would not end. */
#define CROWD (RS_TSAN ? 10000 : 100000)

static void registers_one(const act *this) {
    CHECK_INT(rs_registry_register(&this->registry, key_of(0), NULL, NULL), RS_OK);
}

static void stands_there(const void *args, uint32_t bytes) {
    (void)bytes;
    const act *this = (const void *)args;
    registers_one(this);
    send_number(this->boss, 0);
    hears_nothing(NULL, 0);
}

static void is_crowded(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    act this = {.boss = rs_self(), .registry = make_registry("many", RS_REGISTRY_DUPLICATE, 0)};
    rs_pid partition = start_partition(&this.registry, 0);
    rs_pid *crowd = rs_alloc(CROWD * sizeof *crowd);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = rs_spawn(stands_there, &this, sizeof this);
        take_number();
    }
    CHECK_INT(rs_registry_lookup(&this.registry, key_of(0)).count, CROWD);
    for (int i = 0; i < CROWD; i++) rs_exit_signal(crowd[i], RS_ATOM(kill));
    await_count(&this.registry, 0);
    kill_and_wait(partition);
}
TEST(E6_a_crowd_costs_each_of_it_the_same) {
    run_on(&one_core, is_crowded);
}

/* ------------------------------------------------------------------ links */

static void links(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0);
    rs_pid in = new_actor(), trapping = new_actor(), out = new_actor(), refused = new_actor();
    rs_ref ref = rs_monitor(in);
    registers(in, &unique, 1, 0);
    registers(in, &unique, 2, 0);
    unregisters(in, &unique, 1); /* one entry is left, and the link */
    let(trapping, ACT_TRAP, &unique, 0, 0);
    registers(trapping, &unique, 3, 0);
    registers(out, &unique, 4, 0);
    unregisters(out, &unique, 4);
    is_refused(refused, &unique, 2, in);
    rs_exit_signal(partition, RS_ATOM(kill));
    expect_down(in, ref, "killed");
    CHECK_INT(let(trapping, ACT_REGISTER, &unique, 5, 0).value, RS_ENOPROC);
    CHECK_INT(let(out, ACT_UNREGISTER, &unique, 4, 0).value, RS_ENOPROC);
    CHECK_INT(let(refused, ACT_UPDATE, &unique, 4, 0).value, false);
    not_found(&unique, 2);
    CHECK_INT(rs_registry_count(&unique), 0);
    partition = start_partition(&unique, 0);
    registers(trapping, &unique, 3, 1);
    FOUND(&unique, 3, {trapping, 1});
    const rs_pid all[] = {trapping, out, refused, partition};
    for (int i = 0; i < 4; i++) kill_and_wait(all[i]);
}
TEST(E6_a_partitions_death_is_an_exit_signal_to_all_in_it) {
    everywhere(links);
}

static void starts_partition(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    const rs_spawn_options link = {.link = true};
    rs_pid partition = 0, second = 0;
    rs_term reason = 0;
    CHECK_INT(rs_registry_start_partition(&unique, 0, &link, &partition, NULL), RS_OK);
    CHECK_INT(rs_registry_start_partition(&unique, 0, NULL, &second, &reason), RS_ETAKEN);
    const rs_term clash[] = {RS_ATOM(already_started), partition};
    rs_term expected = rs_term_tuple(2, clash);
    CHECK(rs_term_equal(reason, expected));
    rs_term_release(reason);
    rs_term_release(expected);
    CHECK_INT(rs_registry_register(&unique, key_of(1), NULL, NULL), RS_OK);
}

/* A partition ends with who started it, as a supervisor's child does. */
static void ends_with_parent(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_ref ref;
    rs_pid parent = rs_spawn_monitor(starts_partition, NULL, 0, &ref);
    expect_down(parent, ref, "normal");
    rs_pid partition = 0;
    for (int i = 0; i < 3000; i++) {
        if (rs_registry_start_partition(&unique, 0, NULL, &partition, NULL) == RS_OK) break;
        wait_ns(MS);
    }
    CHECK(partition != 0);
    CHECK_INT(rs_registry_count(&unique), 0);
    kill_and_wait(partition);
}
TEST(E6_a_partition_ends_with_its_parent) {
    everywhere(ends_with_parent);
}

/* ------------------------------------------------------------------ names */

static void via_names(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0), a = new_actor();
    const number n = {7};
    CHECK(rs_registry_register_name(&unique, key_of(1)));
    CHECK(!rs_registry_register_name(&unique, key_of(1)));
    CHECK_INT(rs_registry_whereis_name(&unique, key_of(1)), rs_self());
    CHECK_INT(rs_registry_whereis_name(&unique, key_of(2)), 0);
    FOUND(&unique, 1, {rs_self(), 0});
    CHECK_INT(rs_registry_send(&unique, key_of(1), &number_type, &n, sizeof n), RS_OK);
    CHECK_INT(take_number(), 7);
    CHECK_INT(rs_registry_send(&unique, key_of(2), &number_type, &n, sizeof n), RS_ENOPROC);
    registers(a, &unique, 2, 0);
    CHECK_INT(rs_registry_whereis_name(&unique, key_of(2)), a);
    const rs_pid all[] = {a, partition};
    rs_trap_exit(true);
    for (int i = 0; i < 2; i++) kill_and_wait(all[i]);
}
TEST(E6_a_unique_key_is_a_name) {
    everywhere(via_names);
}

/* ------------------------------------------------------------------ listeners */

static void hears(const rs_registry *registry, bool is_gone, int64_t key, rs_pid pid,
                  int64_t value) {
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->type == &rs_registry_event_type);
    const rs_registry_event *event = (const void *)message->payload;
    CHECK(event->key == key_of(key) && event->registry == registry->name);
    CHECK_INT(event->pid, pid);
    CHECK_INT(event->is_gone, is_gone);
    CHECK_INT(event->value_bytes, is_gone ? 0 : sizeof value);
    if (!is_gone) CHECK_INT(*(const int64_t *)(const void *)event->value, value);
}

static void listeners(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0), a = new_actor();
    unique.listeners[0] = rs_atom_find("nobody_listens");
    unique.listeners[1] = rs_atom_find("listener");
    CHECK_INT(rs_register(unique.listeners[1], rs_self()), RS_OK);
    CHECK_INT(rs_registry_register(&unique, key_of(1), &(int64_t){5}, NULL), RS_OK);
    hears(&unique, false, 1, rs_self(), 5);
    CHECK_INT(rs_registry_register(&unique, key_of(1), &(int64_t){6}, NULL), RS_ETAKEN);
    is_empty();
    CHECK_INT(rs_registry_unregister(&unique, key_of(1)), RS_OK);
    hears(&unique, true, 1, rs_self(), 0);
    CHECK_INT(rs_registry_unregister(&unique, key_of(9)), RS_OK); /* told all the same */
    hears(&unique, true, 9, rs_self(), 0);
    registers(a, &unique, 2, 8);
    hears(&unique, false, 2, a, 8);
    kill_and_wait(a);
    await_count(&unique, 0);
    is_empty(); /* of deaths nobody is told */
    kill_and_wait(partition);
}
TEST(E6_listeners_are_told) {
    everywhere(listeners);
}

/* ------------------------------------------------------------------ terms and memory */

static void find_term(rs_term key, void *context) {
    if (rs_term_equal(key, *(const rs_term *)context)) *(rs_term *)context = 0;
}

static void keys_are_terms(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_registry unique = make_registry("unique", RS_REGISTRY_UNIQUE, 0);
    rs_pid partition = start_partition(&unique, 0);
    const rs_term parts[] = {rs_atom_find("user"), rs_term_own_text("ada", 3)};
    rs_term mine = rs_term_own_tuple(2, parts), same = term_of("{user,\"ada\"}"), seen = same;
    CHECK(rs_registry_register_name(&unique, mine));
    rs_term_release(mine);
    CHECK_INT(rs_registry_whereis_name(&unique, same), rs_self());
    CHECK_INT(rs_registry_keys(&unique, rs_self(), find_term, &seen), 1);
    CHECK(seen == 0);
    CHECK_INT(rs_registry_unregister(&unique, same), RS_OK);
    CHECK(rs_registry_register_name(&unique, same));
    rs_term_release(same);
    rs_unlink(partition);
    kill_and_wait(partition);
}
TEST(E6_keys_are_terms) {
    everywhere(keys_are_terms);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {unique_keys,   updates,    replaces_dead, duplicate_keys,
                             matches,       dispatches, finds_keys,    holds_many,
                             links,         via_names,  listeners,     ends_with_parent,
                             keys_are_terms};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(registries_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
