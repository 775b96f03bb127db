/* run_test.c: how runs begin and end.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

static void reasons_of_runs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    new_puppet(); /* left alive at the end of the run */
    start_timer(3600000 * MS, rs_self(), 1);
    rs_exit(RS_ATOM(shutdown));
}
TEST(a_run_ends_with_its_first_process) {
    for (uint32_t i = 0; i < 6; i++) {
        const rs_runtime_options options = {.clock = i & 1 ? RS_CLOCK_VIRTUAL : RS_CLOCK_REAL,
                                            .threads = 1 + i / 2,
                                            .scheduler = "steal"};
        rs_term reason = 0;
        CHECK_INT(rs_run(&options, reasons_of_runs, NULL, 0, &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "shutdown");
    }
    const rs_runtime_options unknown = {.scheduler = "no_such_design"};
    CHECK_INT(rs_run(&unknown, reasons_of_runs, NULL, 0, NULL), RS_EINVAL);
    CHECK_INT(rs_run(NULL, reasons_of_runs, NULL, 0, NULL), RS_OK);
    const rs_runtime_options refused = {.scheduler = "fifo", .threads = 2};
    CHECK_INT(rs_run(&refused, reasons_of_runs, NULL, 0, NULL), RS_EINVAL);
}

static long pages_mapped(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file && fscanf(file, "%ld", &pages) == 1);
    fclose(file);
    return pages;
}

/* A table of 10 processes is no whole number of pages. */
TEST(a_small_runtime_gives_its_address_space_back) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 10};
    long before = 0;
    for (int i = 0; i < 20; i++) {
        run_on(&options, ends);
        if (i == 9) before = pages_mapped();
    }
    if (RS_TSAN) return; /* it maps more all the time */
    CHECK(pages_mapped() - before < 1000);
}

TEST_MAIN()
