/* table_test.c: the process table when it is full.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

static void full_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[200];
    int count = 0;
    while (count < 200 && (pids[count] = rs_spawn(puppet, NULL, 0)) != 0) count++;
    CHECK(count >= 60 && count <= 64);
    rs_ref ref = 0;
    CHECK_INT(rs_spawn_monitor(puppet, NULL, 0, &ref), 0);
    CHECK_INT(rs_spawn_link(puppet, NULL, 0), 0);
    rs_pid pid = 0;
    const rs_spawn_options options = {.entry = puppet};
    CHECK(rs_spawn_opt(&options, &pid) != RS_OK);
    is_empty();
    for (int i = 0; i < count; i++) kill_and_wait(pids[i]);
    for (int i = 0; i < 20; i++) kill_and_wait(new_puppet());
    is_empty();
}
TEST(a_full_table_refuses_to_spawn) {
    for (uint32_t threads = 1; threads <= 2; threads++) {
        const rs_runtime_options options = {.threads = threads, .processes_max = 64};
        run_on(&options, full_table);
    }
}

TEST_MAIN()
