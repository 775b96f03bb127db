/* counts_test.c: `respawn ab --count-instructions`, under the real valgrind. The server spins for
 * each call, which virtual time does not see: both sides do the same, and what it costs is known.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/count.h"
#include "runtime/base/sanitize.h"
#include "runtime/base/test/test.h"
#include "scenarios/cli/measure.h"
#include "scenarios/cli/program.h"

#include <jansson.h>
#include <math.h>

#define COUNT   "ab --count-instructions --set runtime.clock=virtual "
#define DUEL    COUNT "scenarios/cli/test/duel.yaml --set 'phases={steady: 500us}' "
#define SPINNER COUNT "bench/calibrate/spinner.yaml --set 'phases={steady: 1ms}' "

static const char *spins(const char *a, const char *b) {
    return command_line(SPINNER "--plugin %s/bench/spinner.so --a-set tree.children.server.spin=%s "
                                "--b-set tree.children.server.spin=%s",
                        getenv("RESPAWN_BUILD"), a, b);
}

static json_t *verdict_of(const char *arguments, int status) {
    char path[256], all[2048];
    snprintf(path, sizeof path, "%s", scratch("verdict.json"));
    snprintf(all, sizeof all, "%s --export-json %s", arguments, path);
    CHECK_EXIT(all, status);
    json_t *verdict = json_load_file(path, 0, NULL);
    unlink(path);
    CHECK(verdict != NULL);
    return verdict;
}

static double median_of(const json_t *verdict, const char *side) {
    const json_t *metric = json_array_get(json_object_get(verdict, "metrics"), 0);
    return json_number_value(json_object_get(metric, side));
}

/* Neither valgrind nor its tools can run a program that a sanitizer watches. */
static bool is_counted_here(void) {
    if (!RS_ASAN && !RS_TSAN) return true;
    CHECK_EXIT(DUEL "--b-set runtime.costs.work=10ns", 6);
    CHECK_SAYS(the_program.out, "aborted: side A could not be measured: ");
    return false;
}

/* ------------------------------------------------------------------ words */

TEST(a_program_executes_what_it_executes) {
    if (!is_counted_here()) return;
    const char *build = getenv("RESPAWN_BUILD");
    json_t *verdict =
        verdict_of(command_line(DUEL "--a %s/respawn --b %s/respawn", build, build), 0);
    double a = median_of(verdict, "a"), b = median_of(verdict, "b");
    CHECK(a > 1e6 && fabs(b / a - 1) < 1e-4);
    CHECK_STR(json_string_value(json_object_get(verdict, "verdict")), "no regression");
    const json_t *pairs = json_object_get(verdict, "pairs");
    CHECK_INT(json_array_size(pairs), 3);
    for (size_t i = 0; i < 3; i++)
        CHECK(json_equal(json_object_get(json_array_get(pairs, i), "seed"),
                         json_object_get(json_array_get(pairs, 0), "seed")));
    CHECK_INT(json_array_size(json_object_get(verdict, "notes")), 0);
    CHECK_SAYS(the_program.out, "no regression: B executes as many instructions as A");
    json_decref(verdict);
}

static double calls_of_a_run(void) {
    char path[256];
    snprintf(path, sizeof path, "%s", scratch("result.json"));
    CHECK_EXIT(
        command_line("run bench/calibrate/spinner.yaml --plugin %s/bench/spinner.so --quiet "
                     "--set runtime.clock=virtual --set 'phases={steady: 1ms}' --export-json %s",
                     getenv("RESPAWN_BUILD"), path),
        0);
    json_t *result = json_load_file(path, 0, NULL);
    unlink(path);
    CHECK(result != NULL);
    const json_t *first = json_array_get(json_object_get(result, "repetitions"), 0);
    const json_t *values = json_object_get(first, "values");
    double count = json_number_value(json_object_get(values, "calls.issued"));
    json_decref(result);
    return count;
}

/* A step of the loop is a multiplication, an addition, a comparison and a jump, or nearly so. */
TEST(work_that_time_does_not_see_is_caught) {
    if (!is_counted_here()) return;
    json_t *verdict = verdict_of(spins("100", "200"), 3);
    double more = median_of(verdict, "b") - median_of(verdict, "a");
    double steps = 100 * calls_of_a_run();
    CHECK(steps > 10000 && more > 2.9 * steps && more < 6.1 * steps);
    CHECK_STR(json_string_value(json_object_get(verdict, "verdict")), "regression");
    CHECK_INT(json_array_size(json_object_get(verdict, "notes")), 0);
    json_decref(verdict);
}

/* And nothing is left of the directory in which counts were kept. */
TEST(other_work_is_told) {
    char folder[256];
    snprintf(folder, sizeof folder, "%s", scratch("counts"));
    CHECK(mkdir(folder, 0700) == 0);
    setenv("TMPDIR", folder, 1);
    run_program(DUEL "--b-set 'phases={steady: 600us}' --threshold 50%");
    unsetenv("TMPDIR");
    CHECK(rmdir(folder) == 0);
    if (!is_counted_here()) return;
    CHECK_INT(the_program.status, 0);
    CHECK_SAYS(the_program.out, "changed, below the threshold: B executes ");
    CHECK_SAYS(the_program.out, " % more instructions, and 50 % must be caught");
    CHECK_SAYS(the_program.out, "A and B did not do the same");
}

/* ------------------------------------------------------------------ sentences */

static const char *why_of(const double a[3], const double b[3]) {
    static char text[512];
    static rs_side sides[2];
    rs_pairs *pairs = calloc(1, sizeof *pairs);
    *pairs = (rs_pairs){.a = &sides[0], .b = &sides[1]};
    pairs->experiment = (rs_experiment){.count = 1, .pairs = 3, .threshold = 0.05};
    for (uint32_t i = 0; i < 3; i++) pairs->rows[i] = (rs_verdict_pair){.a = {a[i]}, .b = {b[i]}};
    rs_count_judge(&pairs->experiment.contests[0], a, b, 3, 0.05);
    rs_verdict verdict = {.threshold = 0.05};
    rs_measure_counts.judge(pairs, &verdict);
    snprintf(text, sizeof text, "%s", verdict.why);
    rs_verdict_fini(&verdict);
    free(pairs);
    return text;
}

TEST(sentences_say_how_much) {
    const double few[] = {1e6, 1e6, 1e6}, more[] = {1.1e6, 1.1e6, 1.1e6};
    const double loose[] = {1e6, 1.01e6, 1e6}, close[] = {1000027, 1e6, 1e6};
    CHECK_STR(why_of(few, close), "B executes as many instructions as A");
    CHECK_STR(why_of(more, few), "B executes 9.09 % fewer instructions");
    CHECK_STR(why_of(few, more), "B executes 10 % more instructions, and 5 % must be caught");
    CHECK_STR(why_of(close, loose),
              "what does not repeat cannot be compared: the counts of A lie 27 ppm apart, those of "
              "B lie 1 % apart, and 0.5 %, a tenth of the threshold, is what may be");
}

/* ------------------------------------------------------------------ what goes wrong */

TEST(wrong_is_not_counted) {
    if (!is_counted_here()) return;
    CHECK_EXIT(DUEL "--b-set 'expect=[calls.issued == 5]'", 1);
    CHECK_SAYS(the_program.out, "failed: side B is wrong, not slow: calls.issued == 5: ");
}

TEST(what_cannot_be_counted_is_refused) {
    CHECK_EXIT("ab scenarios/cli/test/duel.yaml --count-instructions --b-set runtime.threads=1", 2);
    CHECK_SAYS(the_program.err, "in real time no two runs execute the same: add "
                                "--set runtime.clock=virtual");
    CHECK_EXIT(DUEL "--b-set runtime.threads=1 --budget 10s", 2);
    CHECK_SAYS(the_program.err, "--budget is for pairs that are timed");
    CHECK_EXIT(DUEL, 2);
    CHECK_SAYS(the_program.err, "what is compared?");
    CHECK_EXIT("run scenarios/smoke.yaml --count-instructions", 2);
    CHECK_SAYS(the_program.err, "unknown flag '--count-instructions'");
}

TEST(without_valgrind_its_package_is_named) {
    char path[4096];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", "/nowhere:/etc", 1);
    CHECK_EXIT(DUEL "--b-set runtime.threads=1", 2);
    setenv("PATH", path, 1);
    CHECK_SAYS(the_program.err, "needs valgrind, which is not on the PATH (on Debian: apt-get "
                                "install valgrind)");
}

TEST(without_a_directory_nothing_is_counted) {
    setenv("TMPDIR", "/nowhere", 1);
    CHECK_EXIT(DUEL "--b-set runtime.threads=1", 2);
    unsetenv("TMPDIR");
    CHECK_SAYS(the_program.err, "/nowhere/respawn-count.");
}

TEST_MAIN()
