/* schedulers_test.c: the scenarios that compare schedulers, cut short, pass under every design, on
 * few cores and on many, and tell the same story twice. SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "runtime/sched/sched.h"
#include "scenarios/cli/program.h"

#include <dirent.h>

#define FOLDER "scenarios/schedulers"

static void run_under(const char *scenario, const char *scheduler, unsigned cores) {
    char arguments[512];
    snprintf(arguments, sizeof arguments,
             "run " FOLDER "/%s --verify-determinism --set runtime.scheduler=%s "
             "--set runtime.threads=%u",
             scenario, scheduler, cores);
    CHECK_EXIT(arguments, 0);
    CHECK_SAYS(the_program.out, "run twice: every event and every call was the same");
}

static void run_under_all(const char *scenario) {
    for (const rs_sched_kind *const *kind = rs_scheds; *kind; kind++)
        if (!(*kind)->chooses) run_under(scenario, (*kind)->name, 2);
    run_under(scenario, "steal", 32);
}

TEST(spawn_storm_passes_twice_alike) {
    run_under_all("spawn_storm.yaml --set phases.storm=5ms");
}
TEST(fan_in_passes_twice_alike) {
    run_under_all("fan_in.yaml --set phases.rush=2ms --set phases.calm=1ms");
}
TEST(pipeline_passes_twice_alike) {
    run_under_all("pipeline.yaml --set phases.shift=10ms --set phases.close=1ms");
}
TEST(mixed_work_passes_twice_alike) {
    run_under_all("mixed_work.yaml --set phases.day=20ms");
}
TEST(restart_storm_passes_twice_alike) {
    run_under_all("restart_storm.yaml --set phases.storm=20ms --set phases.heal=200ms");
}

TEST(choosers_pass_twice_alike) {
    for (const rs_sched_kind *const *kind = rs_scheds; *kind; kind++)
        if ((*kind)->chooses && !(*kind)->replays)
            run_under("pipeline.yaml --set phases.shift=5ms --set phases.close=1ms", (*kind)->name,
                      3);
}

TEST(every_file_of_the_folder_is_tested_here) {
    unsigned files = 0;
    DIR *folder = opendir(FOLDER);
    CHECK(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));)
        files += strstr(entry->d_name, ".yaml") != NULL;
    closedir(folder);
    CHECK_INT(files, 5);
}

TEST_MAIN()
