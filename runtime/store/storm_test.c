/* storm_test.c: hundreds of processes that register, join and look, and are killed at any instant,
 * on 2 and 4 threads: a key never has two holders, whoever looks sees something that was, and
 * nothing of the dead stays. RESPAWN_SEED runs another storm. Source: rules E6, PG1, PG2.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/base/prng.h"
#include "runtime/store/pg.h"
#include "runtime/store/test/actor.h"

#include <stdlib.h>

#define CROWD      60   /* alive at a time */
#define KILLS      1500 /* in all */
#define KEYS       16
#define PARTITIONS 2u

static uint64_t seed = 1;

static void on_threads(rs_entry *entry) {
    const char *text = getenv("RESPAWN_SEED");
    if (text) seed = strtoull(text, NULL, 10);
    for (uint32_t threads = 2; threads <= 4; threads += 2) {
        const rs_runtime_options options = {.threads = threads, .budget_ns = 100000};
        run_on(&options, entry);
    }
}

/* What is left of the entry's process is nothing. */
#define RETURNS_MEMORY(ENTRY)                                                                      \
    static void ENTRY##_and_return_memory(const void *args, uint32_t bytes) {                      \
        UNUSED_ARGS;                                                                               \
        each_returns_memory((rs_entry *const[]){ENTRY}, 1);                                        \
    }

static rs_prng chance_of(uint64_t which) {
    rs_prng chance;
    rs_prng_init_indexed(&chance, seed, "storm", which);
    return chance;
}

static uint32_t draw(rs_prng *chance, uint32_t bound) {
    return (uint32_t)rs_prng_below(chance, bound);
}

/* One of the crowd. Its keys are its own terms: what others keep of them are copies. */
typedef struct life {
    rs_prng chance;
    rs_term keys[KEYS];
} life;

static life new_life(const void *args) {
    life made = {.chance = chance_of(*(const uint64_t *)args)};
    for (int64_t i = 0; i < KEYS; i++) {
        const rs_term parts[] = {rs_atom_find("key"), rs_term_integer(i)};
        made.keys[i] = rs_term_own_tuple(2, parts);
    }
    return made;
}

/* ------------------------------------------------------------------ registries */

static rs_registry unique, many;
static bool partitions_stand;
static rs_atomic_u64 holders[KEYS]; /* who says it has the unique key; it may be dead */

/* What a process writes says who it is and where. */
static int64_t value_of_key(rs_pid pid, int64_t key) {
    return (int64_t)(pid * 31 + (uint64_t)key);
}

static void check_entries(rs_registry_entries entries, int64_t key) {
    for (uint32_t i = 0; i < entries.count; i++) {
        const rs_registry_entry *entry = rs_registry_at(entries, i);
        CHECK_INT(value_in(entry), value_of_key(entry->pid, key));
    }
}

static void check_dispatched(rs_registry_entries entries, void *context) {
    CHECK(entries.count > 0);
    check_entries(entries, *(const int64_t *)context);
}

static void check_key(rs_term key, void *context) {
    CHECK(rs_term_is_pair(key, rs_atom_find("key")));
    ++*(uint32_t *)context;
}

static void look_around(life *this) {
    int64_t key = draw(&this->chance, KEYS);
    rs_term term = this->keys[key];
    uint32_t seen = 0;
    rs_registry_entries found = rs_registry_lookup(&unique, term);
    CHECK(found.count <= 1);
    check_entries(found, key);
    check_entries(rs_registry_lookup(&many, term), key);
    rs_registry_dispatch(&many, term, check_dispatched, &key);
    CHECK_INT(rs_registry_keys(&many, rs_self(), check_key, &seen), seen);
    rs_registry_whereis_name(&unique, term);
}

/* While the partition stands, whoever had the key before is dead or has given it back. When that is
 * dead, those in it may hear of it a moment later than who starts the next one. */
static void take_key(const life *this, int64_t key) {
    const int64_t value = value_of_key(rs_self(), key);
    if (rs_registry_register(&unique, this->keys[key], &value, NULL) != RS_OK) return;
    rs_pid before = rs_swap(&holders[key], rs_self(), rs_seq_cst);
    CHECK(before == 0 || !partitions_stand || !rs_is_alive(before));
}

static void give_key_back(const life *this, int64_t key) {
    rs_pid mine = rs_self();
    rs_cas_total(&holders[key], &mine, 0);
    rs_registry_unregister(&unique, this->keys[key]);
}

static void act_once(life *this) {
    int64_t key = draw(&this->chance, KEYS);
    const int64_t value = value_of_key(rs_self(), key);
    switch (draw(&this->chance, 8)) {
    case 0:
    case 1: take_key(this, key); break;
    case 2: give_key_back(this, key); break;
    case 3:
    case 4: rs_registry_register(&many, this->keys[key], &value, NULL); break;
    case 5: rs_registry_unregister(&many, this->keys[key]); break;
    default: look_around(this); break;
    }
}

static void lives(const void *args, uint32_t bytes) {
    (void)bytes;
    life this = new_life(args);
    for (;;) {
        act_once(&this);
        if (draw(&this.chance, 400) == 0) rs_crash(RS_ATOM(sigsegv));
        if (draw(&this.chance, 4) == 0) rs_yield();
    }
}

static void start_registries(rs_pid partitions[2][PARTITIONS]) {
    unique = make_registry("unique", RS_REGISTRY_UNIQUE, PARTITIONS);
    many = make_registry("many", RS_REGISTRY_DUPLICATE, PARTITIONS);
    for (uint32_t i = 0; i < KEYS; i++) rs_store(&holders[i], 0, rs_seq_cst);
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        partitions[0][i] = start_partition(&unique, i);
        partitions[1][i] = start_partition(&many, i);
    }
}

static void replace(rs_pid *pid, rs_entry *entry, uint64_t which) {
    if (*pid) rs_exit_signal(*pid, RS_ATOM(kill));
    *pid = rs_spawn(entry, &which, sizeof which);
    CHECK(*pid != 0);
}

static void storm(rs_entry *entry) {
    rs_pid crowd[CROWD] = {0};
    rs_prng chance = chance_of(0);
    for (uint64_t i = 0; i < KILLS; i++) {
        replace(&crowd[draw(&chance, CROWD)], entry, i + 1);
        if (draw(&chance, 8) == 0) wait_ns(draw(&chance, 200) * 1000u);
    }
    for (int i = 0; i < CROWD; i++)
        if (crowd[i]) kill_and_wait(crowd[i]);
}

static void registries_stand(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use between;
    rs_pid partitions[2][PARTITIONS];
    partitions_stand = true;
    start_registries(partitions);
    settle();
    rs_memory_read(&between);
    storm(lives);
    await_count(&unique, 0);
    await_count(&many, 0);
    memory_is(&between);
    for (uint32_t i = 0; i < 2 * PARTITIONS; i++) kill_and_wait(partitions[i / 2][i % 2]);
}
RETURNS_MEMORY(registries_stand)
TEST(E6_no_entry_of_the_dead_stays) {
    on_threads(registries_stand_and_return_memory);
}

/* Partitions die too, and all in them; who asks meanwhile finds nothing, or is refused. */
static void partitions_die(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid partitions[2][PARTITIONS];
    uint64_t which;
    partitions_stand = false;
    start_registries(partitions);
    rs_prng chance = chance_of(1);
    for (int round = 0; round < 60; round++) {
        rs_pid crowd[8] = {0};
        for (which = 0; which < 8; which++) replace(&crowd[which], lives, which + 1);
        wait_ns(MS / 4);
        uint32_t kind = draw(&chance, 2), number_of = draw(&chance, PARTITIONS);
        kill_and_wait(partitions[kind][number_of]);
        partitions[kind][number_of] = start_partition(kind ? &many : &unique, number_of);
        for (which = 0; which < 8; which++) kill_and_wait(crowd[which]);
    }
    await_count(&unique, 0);
    await_count(&many, 0);
    for (uint32_t i = 0; i < 2 * PARTITIONS; i++) kill_and_wait(partitions[i / 2][i % 2]);
}
RETURNS_MEMORY(partitions_die)
TEST(E6_partitions_may_die_in_the_storm) {
    on_threads(partitions_die_and_return_memory);
}

/* ------------------------------------------------------------------ long lists that change */

#define MOVERS 4
#define MOVED  300 /* of each: several slices in all */

/* Whoever moves stands there with the first so many of one generation, or with none. */
static void moves(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int64_t generation = 1;; generation++) {
        for (int64_t i = 0; i < MOVED; i++) {
            const int64_t value = generation * MOVED + i;
            rs_registry_register(&many, key_of(1), &value, NULL);
            if (i % 50 == 0) rs_yield();
        }
        rs_registry_unregister(&many, key_of(1));
    }
}

typedef struct mover {
    rs_pid pid;
    int64_t last; /* value seen */
} mover;

static mover *mover_of(mover *movers, rs_pid pid) {
    for (int i = 0; i < MOVERS; i++)
        if (movers[i].pid == pid) return &movers[i];
    rs_test_fail(__FILE__, __LINE__, "seed %" PRIu64 ": an entry of nobody", seed);
}

static void check_moved(mover *movers, const rs_registry_entry *entry) {
    mover *by = mover_of(movers, entry->pid);
    int64_t value = value_in(entry);
    if (by->last)
        CHECK_INT(value, by->last + 1);
    else
        CHECK_INT(value % MOVED, 0);
    by->last = value;
}

static void sees_one_moment(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    mover movers[MOVERS];
    many = make_registry("many", RS_REGISTRY_DUPLICATE, 1);
    rs_pid partition = start_partition(&many, 0);
    for (int i = 0; i < MOVERS; i++) movers[i].pid = rs_spawn(moves, NULL, 0);
    for (int round = 0; round < 600; round++) {
        for (int i = 0; i < MOVERS; i++) movers[i].last = 0;
        rs_registry_entries all = rs_registry_lookup(&many, key_of(1));
        for (uint32_t i = 0; i < all.count; i++) check_moved(movers, rs_registry_at(all, i));
        rs_yield();
    }
    for (int i = 0; i < MOVERS; i++) kill_and_wait(movers[i].pid);
    await_count(&many, 0);
    kill_and_wait(partition);
}
RETURNS_MEMORY(sees_one_moment)
TEST(long_lists_are_seen_as_they_are_at_one_moment) {
    on_threads(sees_one_moment_and_return_memory);
}

/* ------------------------------------------------------------------ process groups */

static rs_atom scope_name(void) {
    return rs_atom_find("stormy");
}

static void look_into_group(rs_term group) {
    uint32_t count;
    const rs_pid *members = rs_pg_get_members(scope_name(), group, &count);
    for (uint32_t i = 0; i < count; i++) CHECK(rs_term_kind(members[i]) == RS_TAG_PID);
}

static void joins(const void *args, uint32_t bytes) {
    (void)bytes;
    life this = new_life(args);
    const rs_pid *members;
    uint32_t count, seen = 0;
    for (;;) {
        rs_term group = this.keys[draw(&this.chance, KEYS)];
        switch (draw(&this.chance, 8)) {
        case 0:
        case 1:
        case 2: rs_pg_join(scope_name(), group, rs_self()); break;
        case 3:
        case 4: rs_pg_leave(scope_name(), group, rs_self()); break;
        case 5: rs_pg_monitor(scope_name(), group, &members, &count); break;
        case 6: rs_pg_which_groups(scope_name(), check_key, &seen); break;
        default: look_into_group(group); break;
        }
        while (rs_receive(NULL, NULL, 0)) {
        } /* what it hears of */
        if (draw(&this.chance, 400) == 0) rs_crash(RS_ATOM(sigsegv));
    }
}

/* Everybody who joined must have left, as far as anyone can hear. */
static void hears_everything(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    int64_t tally = 0;
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->type == &number_type) {
            send_number(message->from, tally);
            continue;
        }
        const rs_pg_event *event = (const void *)message->payload;
        tally += event->change == RS_PG_JOIN ? event->count : -(int64_t)event->count;
    }
}

static void ignore_content(const rs_pg_event *now, void *context) {
    (void)now, (void)context;
}

static void listens(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pg_monitor_scope(scope_name(), ignore_content, NULL);
    send_number(*(const rs_pid *)args, 0);
    hears_everything(NULL, 0);
}

static void count_group(rs_term group, void *context) {
    (void)group;
    ++*(uint32_t *)context;
}

static void await_no_groups(void) {
    uint32_t seen = 0;
    for (int i = 0; i < 3000 && rs_pg_which_groups(scope_name(), count_group, &seen); i++)
        wait_ns(MS);
    CHECK_INT(rs_pg_which_groups(scope_name(), count_group, &seen), 0);
}

static int64_t ask_tally(rs_pid listener) {
    send_number(listener, 0);
    return take_number();
}

/* The scope takes a group out before it tells so, and between two senders there is no order. */
static void await_no_members(rs_pid listener) {
    for (int i = 0; i < 3000 && ask_tally(listener) != 0; i++) wait_ns(MS);
    CHECK_INT(ask_tally(listener), 0);
}

static void groups_stand(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope, me = rs_self(), listener;
    CHECK_INT(rs_pg_start(scope_name(), NULL, &scope, NULL), RS_OK);
    listener = rs_spawn(listens, &me, sizeof me);
    CHECK_INT(take_number(), 0);
    storm(joins);
    await_no_groups();
    await_no_members(listener);
    kill_and_wait(listener);
    kill_and_wait(scope);
}
RETURNS_MEMORY(groups_stand)
TEST(PG2_no_membership_of_the_dead_stays) {
    on_threads(groups_stand_and_return_memory);
}

/* Scopes die in the middle of what they do, with all that their callers sent along. */
static void scopes_die(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 100; round++) {
        rs_pid scope, crowd[8] = {0};
        CHECK_INT(rs_pg_start(scope_name(), NULL, &scope, NULL), RS_OK);
        for (uint64_t i = 0; i < 8; i++) replace(&crowd[i], joins, i + 1);
        wait_ns(MS / 4);
        kill_and_wait(scope);
        for (int i = 0; i < 8; i++) kill_and_wait(crowd[i]);
    }
}
RETURNS_MEMORY(scopes_die)
TEST(PG1_scopes_may_die_in_the_storm) {
    on_threads(scopes_die_and_return_memory);
}

TEST_MAIN()
