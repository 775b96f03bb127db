/* table_test.c: the process table: when it is full, when the dead make room again, and that whoever
 * holds a pid of a slot's earlier life finds nobody there.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/limits.h"
#include "runtime/process/call.h"
#include "runtime/process/table.h"
#include "runtime/process/test/puppet.h"

#include <stdlib.h>
#include <sys/mman.h>

/* ------------------------------------------------------------------ full tables */

static uint32_t index_of(rs_pid pid) {
    return (uint32_t)pid >> 4;
}

/* born spawns a puppet. A table of few slots may be full for a moment: until another thread, which
 * the system may have stopped in a section, has seen the dead go. */
static rs_pid born(void) {
    rs_pid pid = rs_spawn(puppet, NULL, 0);
    for (int i = 0; i < 1000 && !pid; i++) {
        settle();
        pid = rs_spawn(puppet, NULL, 0);
    }
    CHECK(pid != 0);
    return pid;
}

static void full_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[200];
    int count = 0;
    /* A core that goes to sleep gives back what it had kept. */
    for (int refused = 0; refused < 5 && count < 200;) {
        pids[count] = rs_spawn(puppet, NULL, 0);
        if (pids[count]) {
            count++;
            refused = 0;
        } else {
            refused++;
            settle();
        }
    }
    CHECK(count >= 60 && count <= 64);
    rs_ref ref = 0;
    CHECK_INT(rs_spawn_monitor(puppet, NULL, 0, &ref), 0);
    CHECK_INT(rs_spawn_link(puppet, NULL, 0), 0);
    rs_pid pid = 0;
    const rs_spawn_options options = {.entry = puppet};
    CHECK(rs_spawn_opt(&options, &pid) != RS_OK);
    is_empty();
    for (int i = 0; i < count; i++) kill_and_wait(pids[i]);
    for (int i = 0; i < 20; i++) kill_and_wait(born());
    is_empty();
}
TEST(a_full_table_refuses_to_spawn) {
    for (uint32_t threads = 1; threads <= 2; threads++) {
        const rs_runtime_options options = {.threads = threads, .processes_max = 64};
        run_on(&options, full_table);
    }
}

/* ------------------------------------------------------------------ memory of the dead */

#define LIVES 300000u
/* More than the line of slots holds as a rule. */
#define CROWD (2 * RS_SLOTS_RESERVED + 5000)

/* Lives as short as the table allows. */
static void live_and_die(rs_core *core, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        rs_process *process = rs_table_take(core);
        CHECK(process != NULL);
        rs_table_retire(core, process);
    }
}

static uint32_t count_pages(const void *memory, size_t bytes) {
    static unsigned char resident[1u << 15];
    size_t pages = bytes / RS_PAGE_BYTES;
    uint32_t count = 0;
    CHECK(pages <= sizeof resident);
    CHECK_INT(mincore((void *)(uintptr_t)memory, bytes, resident), 0);
    for (size_t i = 0; i < pages; i++) count += resident[i] & 1u;
    return count;
}

static void line_of_slots(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_runtime *runtime = rs_the_runtime;
    rs_core *core = rs_section_enter();
    live_and_die(core, LIVES);
    rs_section_leave(core);
    const uint32_t most = 2 * RS_SLOTS_RESERVED * sizeof *runtime->waiting / RS_PAGE_BYTES;
    CHECK(count_pages(runtime->waiting, RS_PROCESSES_MAX * sizeof *runtime->waiting) <= most);
}
TEST(slots_that_wait_touch_no_more_memory_than_their_line) {
    run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL}, line_of_slots);
}

static rs_process *crowd[CROWD];
static bool seen[RS_PROCESSES_MAX];

static void take_crowd(rs_core *core) {
    memset(seen, 0, sizeof seen);
    for (uint32_t i = 0; i < CROWD; i++) {
        CHECK((crowd[i] = rs_table_take(core)) != NULL);
        CHECK(!seen[crowd[i]->index]);
        seen[crowd[i]->index] = true;
    }
}

/* The line begins somewhere in the middle of its ring when it outgrows it. */
static void outgrow(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_core *core = rs_section_enter();
    live_and_die(core, LIVES);
    for (int round = 0; round < 3; round++) {
        take_crowd(core);
        for (uint32_t i = 0; i < CROWD; i++) rs_table_retire(core, crowd[i]);
    }
    rs_section_leave(core);
}
TEST(a_line_that_outgrows_its_ring_keeps_every_slot_once) {
    run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL}, outgrow);
}

#define SMALL_MAX 100u

static uint32_t small; /* processes_max */

/* Each death in a full table makes room for one birth, at once, and for no other. */
static void one_for_one(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[SMALL_MAX];
    for (uint32_t i = 1; i < small; i++) pids[i] = new_puppet();
    for (uint32_t round = 0; round < 300; round++) {
        CHECK_INT(rs_spawn(puppet, NULL, 0), 0);
        if (small == 1) continue;
        uint32_t victim = 1 + round * 7 % (small - 1);
        kill_and_wait(pids[victim]);
        pids[victim] = new_puppet();
    }
    /* And many deaths for as many births. */
    for (uint32_t i = 1; i < small; i++) kill_and_wait(pids[i]);
    for (uint32_t i = 1; i < small; i++) pids[i] = new_puppet();
    CHECK_INT(rs_spawn(puppet, NULL, 0), 0);
}
TEST(each_death_in_a_full_table_makes_room_for_a_birth) {
    const uint32_t sizes[] = {1, 2, 3, 8, 9, 64, SMALL_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        small = sizes[i];
        run_on(&(rs_runtime_options){.threads = 1, .processes_max = small}, one_for_one);
        run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL, .processes_max = small},
               one_for_one);
    }
}

static void room_returns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[SMALL_MAX];
    uint32_t count = 0;
    while ((pids[count] = rs_spawn(puppet, NULL, 0)) != 0) count++;
    for (uint32_t round = 0; round < 300; round++) {
        rs_pid *victim = &pids[round * 7 % count];
        kill_and_wait(*victim);
        *victim = born();
    }
}
TEST(room_returns_on_threads) {
    for (uint32_t size = 4; size <= SMALL_MAX; size *= 5)
        run_on(&(rs_runtime_options){.threads = 2, .processes_max = size}, room_returns);
}

static void bears_one(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_work(1000000); /* each on a core of its own */
    rs_spawn(puppet, NULL, 0);
    rs_receive(NULL, NULL, RS_FOREVER);
}

/* What cores keep ready for their next births is a small part of the table. */
static void kept_by_cores(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 4; i++) CHECK(rs_spawn(bears_one, NULL, 0) != 0);
    settle();
    uint32_t count = 9;
    while (rs_spawn(puppet, NULL, 0)) count++;
    CHECK(count >= 64 - 64 / 8);
}
TEST(no_core_sits_on_more_than_its_part) {
    run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                 .threads = 4,
                                 .scheduler = "fifo",
                                 .costs = COSTS,
                                 .processes_max = 64},
           kept_by_cores);
}

#define BIRTHS  (RS_SLOTS_RESERVED * 2)
#define STAYING 20000u
#define CACHED  512u /* what one core keeps of free and of retired slots */

static uint32_t born_at[RS_SLOTS_RESERVED + STAYING + CACHED + 1]; /* by slot: its latest birth */

/* A slot rests while so many others are used; so the table stays as large as it must be. */
static void note_birth(rs_pid pid, uint32_t birth) {
    uint32_t slot = index_of(pid);
    CHECK(slot < sizeof born_at / sizeof *born_at);
    CHECK(born_at[slot] == 0 || birth - born_at[slot] > RS_SLOTS_RESERVED - CACHED);
    born_at[slot] = birth;
}

static void long_lines(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    memset(born_at, 0, sizeof born_at);
    for (uint32_t birth = 1; birth < BIRTHS; birth++) {
        bool stays = birth > BIRTHS / 4 * 3 && birth <= BIRTHS / 4 * 3 + STAYING;
        note_birth(rs_spawn(stays ? waits : ends, NULL, 0), birth);
        if (birth % 16 == 0) rs_yield();
    }
}
TEST(slots_rest_before_their_next_life) {
    run_on(&one_thread, long_lines);
    run_on(&one_core, long_lines);
}

/* ------------------------------------------------------------------ earlier lives */

/* reborn kills `pid` and returns a puppet in the same slot. */
static rs_pid reborn(rs_pid pid) {
    kill_and_wait(pid);
    for (int i = 0; i < 1000; i++) {
        rs_pid next = born();
        if (index_of(next) == index_of(pid)) return next;
        kill_and_wait(next);
        if (i % 4 == 3) wait_ns(MS); /* another core keeps it until it sleeps */
    }
    rs_test_fail(__FILE__, __LINE__, "the slot never came back");
}

static void must_not_run(uint64_t argument) {
    rs_exit(rs_term_integer((int64_t)argument));
}

/* Signals to the earlier life do not reach the next one. */
static void sends_to_old(rs_pid old) {
    send_number(old, 1);
    start_timer(0, old, 2);
    start_timer(MS, old, 3);
    rs_exit_signal(old, RS_ATOM(kill));
    rs_exit_signal(old, RS_ATOM(shutdown));
    rs_interrupt(old, must_not_run, 1, 0);
    rs_unlink(old);
    rs_group_kill(old);
    wait_ns(2 * MS);
}

static void asks_old(rs_pid old) {
    CHECK(!rs_is_alive(old));
    CHECK_INT(rs_role_of(old), 0);
    CHECK_INT(rs_group_count(old), 0);
    CHECK_INT(rs_register(rs_atom_find("table_old"), old), RS_ENOPROC);
    expect_down(old, rs_monitor(old), "noproc");
    rs_link(old);
    expect_exit(old, "noproc");
    rs_call_result result = rs_call(old, &any_type, NULL, 0, LONG_NS);
    CHECK(result.reply == NULL && result.reason == RS_ATOM(noproc));
}

static void earlier_lives(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_pid lives[10];
    lives[0] = born();
    for (int i = 1; i < 10; i++) {
        lives[i] = reborn(lives[i - 1]);
        rs_ref ref = rs_monitor(lives[i]);
        rs_link(lives[i]);
        for (int old = 0; old < i; old++) {
            CHECK(lives[old] != lives[i]);
            asks_old(lives[old]);
            sends_to_old(lives[old]);
        }
        sees(lives[i], "nothing");
        CHECK(rs_is_alive(lives[i]));
        is_empty();
        tell(lives[i], DO_EXIT, 0, "gone"); /* its own relations stand */
        expect_down(lives[i], ref, "gone");
        expect_exit(lives[i], "gone");
    }
}
TEST(an_earlier_life_of_a_slot_stays_dead) {
    const rs_runtime_options kinds[] = {
        {.clock = RS_CLOCK_VIRTUAL, .processes_max = 4},
        {.clock = RS_CLOCK_VIRTUAL, .processes_max = 16, .threads = 3, .scheduler = "steal"},
        {.threads = 1, .processes_max = 4},
        {.threads = 2, .processes_max = 16},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) run_on(&kinds[i], earlier_lives);
}

static bool is_call(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_CALL;
}

static bool is_plain(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE;
}

/* The relations and the call of an earlier life end with it: what others send to it because of them
 * finds nobody. */
static void answers_late(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    const rs_message *call = rs_receive(is_call, NULL, RS_FOREVER);
    rs_pid caller = call->from;
    rs_ref ref = call->ref;
    rs_receive(is_plain, NULL, RS_FOREVER);
    rs_call_reply_to(rs_self(), caller, ref, &any_type, NULL, 0);
    rs_exit(RS_ATOM(shutdown));
}

static void calls_for_ever(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid callee = *(const rs_pid *)args;
    rs_trap_exit(true);
    rs_link(callee);
    rs_monitor(callee);
    rs_call(callee, &any_type, NULL, 0, RS_FOREVER);
}

static void loose_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 20; round++) {
        rs_ref ref = 0;
        rs_pid callee = rs_spawn_monitor(answers_late, NULL, 0, &ref);
        rs_pid old = rs_spawn(calls_for_ever, &callee, sizeof callee);
        settle();
        rs_pid next = reborn(old);
        ask(next, DO_TRAP, 0, NULL);
        send_number(callee, 1);
        expect_down(callee, ref, "shutdown");
        settle();
        sees(next, "nothing");
        kill_and_wait(next);
    }
    is_empty();
}
TEST(what_an_earlier_life_began_does_not_reach_the_next) {
    const rs_runtime_options kinds[] = {
        {.clock = RS_CLOCK_VIRTUAL, .processes_max = 5},
        {.threads = 1, .processes_max = 5},
        {.threads = 2, .processes_max = 20},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) run_on(&kinds[i], loose_ends);
}

/* On threads: a pid once seen dead is never seen alive, while its slot lives on and on. */
static void breeds(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid boss = *(const rs_pid *)args;
    for (int i = 0; i < 3000; i++) {
        rs_pid pid = rs_spawn(ends, NULL, 0);
        if (pid) send_number(boss, (int64_t)pid);
        rs_yield();
    }
    send_number(boss, 0);
}

static void never_again(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { KNOWN = 64 };
    rs_pid self = rs_self(), known[KNOWN] = {0};
    bool dead[KNOWN] = {0};
    uint32_t count = 0, deaths = 0;
    CHECK(rs_spawn(breeds, &self, sizeof self) != 0);
    for (rs_pid pid; (pid = (rs_pid)take_number()); count++) {
        known[count % KNOWN] = pid;
        dead[count % KNOWN] = false;
        for (uint32_t i = 0; i < KNOWN && known[i]; i++) {
            bool alive = rs_is_alive(known[i]);
            CHECK(!(dead[i] && alive));
            deaths += !dead[i] && !alive;
            dead[i] = !alive;
        }
    }
    CHECK(deaths > 100);
}
TEST(who_is_seen_dead_is_never_seen_alive) {
    for (uint32_t threads = 1; threads <= 2; threads++)
        run_on(&(rs_runtime_options){.threads = threads, .processes_max = 16}, never_again);
}

TEST_MAIN()
