/* surroundings_test.c: what the system tells, as text and in truth.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/surroundings.h"

#include "runtime/base/test/test.h"

#include <time.h>

/* ------------------------------------------------------------------ texts */

TEST(a_thread_stood_in_line_for_the_second_number) {
    CHECK_INT(rs_surroundings_waited("1464204 286013 2\n").value, 286013);
    CHECK(rs_surroundings_waited("0 0 0\n").known);
    CHECK(!rs_surroundings_waited("").known);
    CHECK(!rs_surroundings_waited("12\n").known);
}

TEST(processors_are_busy_with_all_but_idling) {
    rs_reading busy, stolen;
    rs_surroundings_processors("cpu  1 20 300 4000 50000 600000 7000000 80000000 9 9\ncpu0 1\n",
                               &busy, &stolen);
    CHECK(busy.known && stolen.known);
    CHECK_INT(busy.value, 7600321);
    CHECK_INT(stolen.value, 80000000);
    static const char *const bad[] = {"", "cpu0 1 2 3 4 5 6 7 8\n", "cpu  1 2 3 4 5 6 7\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rs_surroundings_processors(bad[i], &busy, &stolen);
        CHECK(!busy.known && !stolen.known);
    }
}

TEST(both_versions_of_a_group_tell_how_long_it_was_stopped) {
    CHECK_INT(rs_surroundings_throttled("nr_periods 5\nnr_throttled 3\nthrottled_time 71\n").value,
              71);
    CHECK_INT(rs_surroundings_throttled("usage_usec 9\nthrottled_usec 71\n").value, 71000);
    CHECK(!rs_surroundings_throttled("usage_usec 9\nuser_usec 71\n").known);
    CHECK(!rs_surroundings_throttled("").known);
}

static void check_group(const char *cgroup, const char *expected) {
    char path[256] = "";
    CHECK(rs_surroundings_group(cgroup, path, sizeof path) == (expected != NULL));
    if (expected) CHECK_STR(path, expected);
}

TEST(the_group_is_found_by_its_controller) {
    check_group("0::/user.slice/a\n", "/sys/fs/cgroup/user.slice/a/cpu.stat");
    check_group("3:cpuset:/x\n2:cpuacct,cpu:/docker/1\n0::/\n",
                "/sys/fs/cgroup/cpu/docker/1/cpu.stat");
    check_group("2:cpuacct:/x\n1:cpuset:/y\n", NULL);
    check_group("", NULL);
    check_group("nonsense\n", NULL);
}

/* ------------------------------------------------------------------ the system */

TEST(clocks_go_on_together) {
    rs_clocks first, second;
    rs_clocks_read(&first);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    rs_clocks_read(&second);
    CHECK(second.raw_ns - first.raw_ns >= 19000000);
    CHECK(second.run_ns - first.run_ns >= 19000000);
    CHECK(first.error_ns < UINT64_MAX && first.wall_ns > first.run_ns);
}

TEST(readings_only_grow) {
    rs_surroundings first = {0}, second = {0};
    rs_surroundings_read(&first);
    rs_surroundings_read(&second);
    CHECK(first.taken && second.taken);
    CHECK(second.clocks.raw_ns > first.clocks.raw_ns);
    CHECK(second.busy_ns.value >= first.busy_ns.value);
    CHECK(second.stolen_ns.value >= first.stolen_ns.value);
    CHECK(second.throttled_ns.value >= first.throttled_ns.value);
    CHECK(rs_surroundings_spin().value > 0);
}

TEST_MAIN()
