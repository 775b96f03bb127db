/* stress_test.c: thousands of processes that spawn, send, link, monitor and kill each other at
 * random, on 2 and 4 threads: nothing is lost, nothing stays. Each test prints its seed when it
 * fails; RESPAWN_SEED runs it again.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/base/prng.h"
#include "runtime/process/test/run.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t seed = 1;

/* Runs `entry` on 2 and on 4 threads. */
static void on_threads(rs_entry *entry) {
    const char *text = getenv("RESPAWN_SEED");
    if (text) seed = strtoull(text, NULL, 10);
    for (uint32_t threads = 2; threads <= 4; threads += 2) {
        const rs_runtime_options options = {.threads = threads};
        run_on(&options, entry);
    }
}

static void nothing_stays(const rs_memory_use *before) {
    if (memory_returns(before)) return;
    fprintf(stderr, "seed %" PRIu64 "\n", seed);
    memory_is(before);
}

/* ------------------------------------------------------------------ chaos */

#define CROWD 400  /* alive at most */
#define LIVES 3000 /* spawned in all by the first process */
#define KNOWN 8    /* peers that a process remembers */

typedef struct peers {
    rs_pid self, known[KNOWN];
    uint64_t number;
} peers;
static const rs_type peer_type = {.name = "peer", .bytes = sizeof(rs_pid)};

/* What a process of the crowd holds on its stack. */
typedef struct life {
    peers peers;
    rs_prng random;
    rs_ref refs[KNOWN]; /* its monitors; 0: none */
    uint32_t downs_due;
} life;

static rs_pid any_peer(life *this) {
    return this->peers.known[rs_prng_below(&this->random, KNOWN)];
}

static void learn(life *this, rs_pid pid) {
    this->peers.known[rs_prng_below(&this->random, KNOWN)] = pid;
}

/* Each DOWN must be of a monitor that stands, which it ends. */
static void take_down(life *this, const rs_message *message) {
    for (int i = 0; i < KNOWN; i++)
        if (this->refs[i] == message->ref) {
            this->refs[i] = 0;
            return;
        }
    rs_test_fail(__FILE__, __LINE__, "seed %" PRIu64 ": a DOWN of no monitor", seed);
}

static void take_messages(life *this, uint64_t timeout_ns) {
    const rs_message *message;
    for (int i = 0; i < 20 && (message = rs_receive(NULL, NULL, timeout_ns)) != NULL; i++) {
        timeout_ns = 0;
        if (message->type == &peer_type)
            learn(this, *(const rs_pid *)(const void *)message->payload);
        else if (message->kind == RS_MESSAGE_DOWN)
            take_down(this, message);
        else
            CHECK_INT(message->kind, RS_MESSAGE_EXIT);
    }
}

static void toggle_monitor(life *this) {
    rs_ref *ref = &this->refs[rs_prng_below(&this->random, KNOWN)];
    if (*ref) {
        rs_demonitor(*ref, true);
        *ref = 0;
    } else {
        *ref = rs_monitor(any_peer(this));
        CHECK(*ref != 0);
    }
}

static void chaotic(const void *args, uint32_t bytes);

static void give_birth(life *this) {
    peers child = this->peers;
    child.number = rs_prng_next(&this->random);
    child.known[0] = rs_self();
    rs_pid pid = rs_prng_below(&this->random, 2) ? rs_spawn(chaotic, &child, sizeof child)
                                                 : rs_spawn_link(chaotic, &child, sizeof child);
    if (pid) learn(this, pid);
}

static void hurt(life *this) {
    static const rs_term reasons[] = {RS_ATOM(kill), RS_ATOM(normal), RS_ATOM(shutdown),
                                      RS_ATOM(badarg)};
    rs_exit_signal(any_peer(this), reasons[rs_prng_below(&this->random, 4)]);
}

static void end_of_life(life *this) {
    rs_term reason = 0;
    switch (rs_prng_below(&this->random, 4)) {
    case 0: rs_crash(RS_ATOM(sigsegv));
    case 1: rs_exit(RS_ATOM(shutdown));
    case 2: CHECK_INT(rs_term_parse("{stop,{it,\"now\"}}", &reason), RS_OK); rs_exit(reason);
    default: return;
    }
}

static void act(life *this) {
    rs_pid self = rs_self();
    switch (rs_prng_below(&this->random, 16)) {
    case 0:
    case 1: rs_send(any_peer(this), &peer_type, &self, sizeof self); break;
    case 2:
    case 3: toggle_monitor(this); break;
    case 4:
        rs_trap_exit(true); /* else most would die of a link to the dead */
        rs_link(any_peer(this));
        break;
    case 5: rs_unlink(any_peer(this)); break;
    case 6: hurt(this); break;
    case 7: rs_trap_exit(rs_prng_below(&this->random, 2)); break;
    case 8: rs_yield(); break;
    case 9:
        rs_send_after(rs_prng_below(&this->random, MS), any_peer(this), &peer_type, &self,
                      sizeof self);
        break;
    case 10: rs_free(rs_alloc(1 + this->peers.number % 5000), 1 + this->peers.number % 5000); break;
    case 11: rs_alloc(1 + this->peers.number % 500); break;
    case 12: take_messages(this, rs_prng_below(&this->random, MS / 10)); break;
    case 13:
        if (rs_prng_below(&this->random, 3) == 0) give_birth(this);
        break;
    default: take_messages(this, 0); break;
    }
}

static void chaotic(const void *args, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(peers));
    life this = {.peers = *(const peers *)args};
    rs_prng_init_indexed(&this.random, seed, "stress/chaos", this.peers.number);
    for (uint64_t i = rs_prng_below(&this.random, 60); i > 0; i--) act(&this);
    end_of_life(&this);
}

/* The watch: the first process monitors each one it spawns and hears of each exactly once. */
static void chaos(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    static rs_pid pids[LIVES];
    static rs_ref refs[LIVES];
    static bool fired[LIVES];
    memset(fired, 0, sizeof fired);
    rs_prng random;
    rs_prng_init(&random, seed, "stress/watch");
    int spawned = 0, gone = 0;
    while (gone < LIVES) {
        while (spawned < LIVES && spawned - gone < CROWD) {
            peers each = {.number = (uint64_t)spawned};
            for (int i = 0; i < KNOWN; i++)
                each.known[i] =
                    spawned ? pids[rs_prng_below(&random, (uint64_t)spawned)] : rs_self();
            if (spawned == 0) memset(each.known, 0, sizeof each.known);
            for (int i = 0; i < KNOWN && spawned == 0; i++)
                each.known[i] = rs_spawn(chaotic, &each, sizeof each);
            pids[spawned] = rs_spawn_monitor(chaotic, &each, sizeof each, &refs[spawned]);
            CHECK(pids[spawned++] != 0);
        }
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        if (!message) rs_test_fail(__FILE__, __LINE__, "seed %" PRIu64 ": lost a DOWN", seed);
        if (message->kind != RS_MESSAGE_DOWN) continue;
        int i = 0;
        while (i < spawned && refs[i] != message->ref) i++;
        CHECK(i < spawned && !fired[i] && message->from == pids[i]);
        fired[i] = true;
        gone++;
    }
    rs_receive(NULL, NULL, 10 * MS);
    nothing_stays(&before);
    CHECK(rs_receive(NULL, NULL, 0) == NULL);
}
TEST(chaos_leaves_nothing_and_every_monitor_fires_once) {
    for (int i = 0; i < 2; i++, seed++) on_threads(chaos);
}

/* ------------------------------------------------------------------ rings */

typedef struct token {
    uint64_t hops;
} token;
static const rs_type token_type = {.name = "token", .bytes = sizeof(token)};

typedef struct member_args {
    rs_pid next, boss;
} member_args;

/* member hands tokens on; the one whose count is used up goes to the boss. */
static void member(const void *args, uint32_t bytes) {
    (void)bytes;
    const member_args this = *(const member_args *)args;
    rs_pid next = this.next;
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->type == &peer_type) {
            next = *(const rs_pid *)(const void *)message->payload;
            continue;
        }
        token left = *(const token *)(const void *)message->payload;
        rs_pid to = left.hops ? next : this.boss;
        left.hops -= left.hops > 0;
        rs_send(to, &token_type, &left, sizeof left);
    }
}

static void ring_of(uint32_t size, uint32_t tokens, uint64_t hops) {
    rs_pid pids[64];
    CHECK(size <= 64);
    for (uint32_t i = 0; i < size; i++) {
        const member_args each = {i ? pids[i - 1] : 0, rs_self()};
        pids[i] = rs_spawn(member, &each, sizeof each);
        CHECK(pids[i] != 0);
    }
    rs_send(pids[0], &peer_type, &pids[size - 1], sizeof(rs_pid));
    const token each = {hops};
    for (uint32_t i = 0; i < tokens; i++) rs_send(pids[i % size], &token_type, &each, sizeof each);
    for (uint32_t i = 0; i < tokens; i++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        if (!message) rs_test_fail(__FILE__, __LINE__, "ring of %u: a wake-up was lost", size);
        CHECK(message->type == &token_type);
    }
    for (uint32_t i = 0; i < size; i++) rs_exit_signal(pids[i], RS_ATOM(kill));
}

static void rings(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    ring_of(2, 1, 10000); /* most of the time everyone but one sleeps */
    ring_of(2, 2, 10000);
    ring_of(7, 3, 10000);
    ring_of(64, 1, 5000);
    ring_of(64, 200, 300);
    rs_receive(NULL, NULL, 0);
    nothing_stays(&before);
}
TEST(no_wake_up_is_lost_in_rings) {
    on_threads(rings);
}

/* Sleeping with a timeout races with the message that ends the sleep. */
static void dozes(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_pid boss = *(const rs_pid *)args;
    rs_prng random;
    rs_prng_init_indexed(&random, seed, "stress/dozes", boss);
    for (uint64_t count = 0; count < 300;) {
        const rs_message *message = rs_receive(NULL, NULL, rs_prng_below(&random, MS / 20));
        if (!message) continue;
        count++;
        rs_send(boss, &token_type, message->payload, message->bytes);
    }
}

static void dozing(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { SLEEPERS = 8 };
    rs_pid self = rs_self(), pids[SLEEPERS];
    uint64_t sum = 0;
    for (int i = 0; i < SLEEPERS; i++) pids[i] = rs_spawn(dozes, &self, sizeof self);
    for (uint64_t i = 0; i < 300; i++) {
        const token each = {i};
        for (int j = 0; j < SLEEPERS; j++) rs_send(pids[j], &token_type, &each, sizeof each);
        for (int j = 0; j < SLEEPERS; j++) {
            const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
            CHECK(message != NULL && message->type == &token_type);
            sum += ((const token *)(const void *)message->payload)->hops;
        }
    }
    CHECK_INT(sum, SLEEPERS * (299 * 300 / 2));
}
TEST(no_wake_up_is_lost_at_the_timeout) {
    on_threads(dozing);
}

/* ------------------------------------------------------------------ death and signals */

static void is_hit(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

typedef struct hitter_args {
    rs_pid victim, boss;
} hitter_args;

/* Whatever the race, each monitor fires once: with the reason of death, or noproc. */
static void hitter(const void *args, uint32_t bytes) {
    (void)bytes;
    const hitter_args this = *(const hitter_args *)args;
    rs_trap_exit(true);
    rs_ref first = rs_monitor(this.victim);
    rs_link(this.victim);
    rs_send(this.victim, &token_type, &(token){1}, sizeof(token));
    rs_exit_signal(this.victim, RS_ATOM(kill));
    rs_ref second = rs_monitor(this.victim);
    bool is_first = false, is_second = false, is_exit = false;
    for (int i = 0; i < 3; i++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message != NULL && message->from == this.victim);
        rs_term reason = rs_message_reason(message);
        CHECK(reason == RS_ATOM(killed) || reason == RS_ATOM(noproc));
        bool *which = message->kind == RS_MESSAGE_EXIT ? &is_exit
                      : message->ref == first          ? &is_first
                                                       : &is_second;
        if (which == &is_second) CHECK(message->ref == second);
        CHECK(!*which);
        *which = true;
        CHECK(!rs_is_alive(this.victim)); /* P8, P9 */
    }
    rs_send(this.boss, &token_type, &(token){1}, sizeof(token));
}

static void hits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (int round = 0; round < 200; round++) {
        const hitter_args each = {rs_spawn(is_hit, NULL, 0), rs_self()};
        for (int i = 0; i < 6; i++) CHECK(rs_spawn(hitter, &each, sizeof each) != 0);
        for (int i = 0; i < 6; i++) {
            const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
            CHECK(message != NULL && message->type == &token_type);
        }
    }
    rs_receive(NULL, NULL, 0);
    nothing_stays(&before);
}
TEST(all_who_hit_at_once_hear_of_the_death_once) {
    on_threads(hits);
}

TEST_MAIN()
