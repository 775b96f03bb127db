/* seat_test.c: which processors repetitions are given.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/seat.h"

#include "runtime/base/assert.h"
#include "runtime/base/test/test.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

static rs_seat seat;
static uint64_t idle_ns[CPU_SETSIZE];

/* Processors 0 … count - 1, all taken, of which `needed` are wanted. */
static void begin(uint32_t count, uint32_t needed) {
    memset(&seat, 0, sizeof seat);
    memset(idle_ns, 0, sizeof idle_ns);
    for (uint32_t i = 0; i < count; i++) CPU_SET(i, &seat.allowed);
    seat.taken = seat.allowed;
    seat.needed = needed;
    seat.chooses = true;
}

/* 100 ms, in which processor i was idle for idle_ms[i] and we used own_ms. */
static void pass(const uint64_t *idle_ms, uint64_t own_ms) {
    for (uint32_t i = 0; i < (uint32_t)CPU_COUNT(&seat.allowed); i++) idle_ns[i] += idle_ms[i] * MS;
    rs_seat_count(&seat, idle_ns, 100 * MS, own_ms * MS);
    rs_seat_choose(&seat);
}

TEST(idle_time_is_read_for_each_processor) {
    char text[] = "cpu  9 9 9 9 9 0 9 9 0 0\n"
                  "cpu0 1 2 3 40 5 0 1 2 0 0\n"
                  "cpu2 0 0 0 7 0 0 0 0 0 0\n"
                  "cpu5000 0 0 0 7 0 0 0 0 0 0\n"
                  "cpux 1 1 1 1 1\n"
                  "intr 12 cpu1 1 1 1 1 1\n";
    cpu_set_t found;
    FILE *stat = fmemopen(text, strlen(text), "r");
    memset(idle_ns, 0, sizeof idle_ns);
    rs_seat_read(stat, 10 * MS, idle_ns, &found);
    fclose(stat);
    CHECK_INT(CPU_COUNT(&found), 2);
    CHECK(CPU_ISSET(0, &found) && CPU_ISSET(2, &found));
    CHECK_INT(idle_ns[0], 450 * MS);
    CHECK_INT(idle_ns[2], 70 * MS);
}

TEST(who_has_no_neighbour_is_taken) {
    begin(3, 1);
    pass((uint64_t[]){50, 98, 0}, 0);
    CHECK_INT(CPU_COUNT(&seat.taken), 1);
    CHECK(CPU_ISSET(1, &seat.taken));
}

TEST(as_many_are_taken_as_are_needed) {
    begin(4, 2);
    pass((uint64_t[]){90, 20, 95, 10}, 0);
    CHECK_INT(CPU_COUNT(&seat.taken), 2);
    CHECK(CPU_ISSET(0, &seat.taken) && CPU_ISSET(2, &seat.taken));
}

TEST(what_we_use_ourselves_is_no_neighbour) {
    begin(2, 1);
    pass((uint64_t[]){100, 50}, 0);
    for (int i = 0; i < 20; i++) pass((uint64_t[]){5, 50}, 95);
    CHECK(CPU_ISSET(0, &seat.taken));
}

TEST(a_neighbour_who_comes_is_left) {
    begin(2, 1);
    for (int i = 0; i < 20; i++) pass((uint64_t[]){100, 80}, 0);
    CHECK(CPU_ISSET(0, &seat.taken));
    for (int i = 0; i < 10; i++) pass((uint64_t[]){0, 100}, CPU_ISSET(0, &seat.taken) ? 50 : 0);
    CHECK(CPU_ISSET(1, &seat.taken));
}

TEST(for_next_to_nothing_nobody_moves) {
    begin(2, 1);
    pass((uint64_t[]){100, 95}, 0);
    for (int i = 0; i < 30; i++) pass((uint64_t[]){9, 100}, 90);
    CHECK(CPU_ISSET(0, &seat.taken));
}

static pid_t burn_on(uint32_t cpu) {
    pid_t child = fork();
    if (child) return child;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sched_setaffinity(0, sizeof one, &one);
    for (;;) __asm__ volatile("");
}

static uint32_t first_of(const cpu_set_t *set) {
    uint32_t cpu = 0;
    while (!CPU_ISSET(cpu, set)) cpu++;
    return cpu;
}

/* The others of this machine may be as busy: nothing is claimed of them. */
TEST(a_real_neighbour_is_seen_and_the_way_back_is_open) {
    cpu_set_t before, now;
    RS_ASSERT(sched_getaffinity(0, sizeof before, &before) == 0);
    uint32_t cpu = first_of(&before);
    pid_t child = burn_on(cpu);
    rs_seat_open(&seat, 1);
    rs_seat_take(&seat);
    if (CPU_COUNT(&before) > 1) {
        CHECK(seat.chooses);
        CHECK(seat.uses[cpu].foreign_ns > 0.5 * seat.lasted_ns);
        CHECK_INT(CPU_COUNT(&seat.taken), 1);
        uint32_t taken = first_of(&seat.taken);
        CHECK(seat.uses[taken].foreign_ns <= seat.uses[cpu].foreign_ns);
        sched_getaffinity(0, sizeof now, &now);
        CHECK(CPU_EQUAL(&now, &seat.taken));
    }
    rs_seat_close(&seat);
    sched_getaffinity(0, sizeof now, &now);
    CHECK(CPU_EQUAL(&now, &before));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

TEST(who_needs_all_has_no_choice) {
    cpu_set_t before, now;
    RS_ASSERT(sched_getaffinity(0, sizeof before, &before) == 0);
    rs_seat_open(&seat, (uint32_t)CPU_COUNT(&before));
    rs_seat_take(&seat);
    CHECK(!seat.chooses);
    sched_getaffinity(0, sizeof now, &now);
    CHECK(CPU_EQUAL(&now, &before));
    rs_seat_close(&seat);
}

TEST_MAIN()
