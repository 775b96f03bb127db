/* streams_test.c: what is printed and what is written stay apart and whole, whatever the caller did
 * to the standard streams.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <glob.h>
#include <sys/resource.h>

#define SMOKE "run scenarios/smoke.yaml --set runtime.clock=virtual "

static const char *with(const char *start, const char *path) {
    static char arguments[512];
    snprintf(arguments, sizeof arguments, "%s%s", start, path);
    return arguments;
}

/* `path` holds one whole result and nothing else, and no temporary file lies beside it. */
static void check_result(const char *path) {
    static char text[PROGRAM_TEXT];
    char pattern[160];
    glob_t found;
    read_text(path, text);
    CHECK(strncmp(text, "{\n\"format\":\"respawn.result/", 26) == 0);
    CHECK_STR(text + strlen(text) - 3, "\n}\n");
    CHECK(!strstr(text, "EXPECTED"));
    snprintf(pattern, sizeof pattern, "%s*", path);
    CHECK_INT(glob(pattern, 0, NULL, &found), 0);
    CHECK_INT(found.gl_pathc, 1);
    globfree(&found);
    unlink(path);
}

TEST(a_closed_stream_does_not_get_into_a_file) {
    const char *path = scratch("closed.json");
    the_redirections = ">&-";
    CHECK_EXIT(with(SMOKE "--export-json ", path), 6);
    CHECK_SAYS(the_program.err, "standard output: Bad file descriptor");
    check_result(path);
    the_redirections = "<&- >&- 2>&-";
    CHECK_EXIT(with(SMOKE "--export-json ", path), 6);
    check_result(path);
}

/* Standard output becomes a pipe that nobody reads. */
static void break_the_pipe(void) {
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    CHECK(ends[1] < 10); /* of one digit, as sh wants it */
    close(ends[0]);
    static char redirection[8];
    snprintf(redirection, sizeof redirection, ">&%d", ends[1]);
    the_redirections = redirection;
}

TEST(a_reader_that_has_seen_enough_costs_no_result) {
    const char *path = scratch("pipe.json");
    break_the_pipe();
    CHECK_EXIT(with(SMOKE "--export-json ", path), 0);
    CHECK_STR(the_program.err, "");
    check_result(path);
    CHECK_EXIT("list", 0);
    CHECK_EXIT("schema", 0);
    CHECK_EXIT("validate scenarios/smoke.yaml", 0);
    CHECK_STR(the_program.err, "");
}

TEST(an_export_into_a_broken_pipe_is_an_error) {
    break_the_pipe();
    CHECK_EXIT(SMOKE "--export-json -", 6);
    CHECK_SAYS(the_program.err, "standard output: Broken pipe");
}

TEST(what_could_not_be_printed_is_an_error) {
    the_redirections = ">/dev/full";
    CHECK_EXIT("list", 6);
    CHECK_EXIT("schema", 6);
    CHECK_SAYS(the_program.err, "standard output: No space left on device");
    CHECK_EXIT("validate scenarios/smoke.yaml", 6);
    CHECK_EXIT("--help", 6);
    CHECK_EXIT(SMOKE, 6);
    CHECK_EXIT("validate /nowhere.yaml", 2);
}

TEST(a_limit_on_file_sizes_is_a_full_disk) {
    const char *path = scratch("limited.json");
    struct rlimit before;
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, before.rlim_max}), 0);
    int status = run_program(with(SMOKE "--quiet --export-json ", path));
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_INT(status, 6);
    CHECK_SAYS(the_program.err, "File too large");
    CHECK(!exists(path));
}

TEST(an_export_to_standard_output_has_it_for_itself) {
    CHECK_EXIT(SMOKE "--export-json -", 0);
    CHECK(strncmp(the_program.out, "{\n\"format\":\"respawn.result/", 26) == 0);
    CHECK_STR(the_program.out + strlen(the_program.out) - 3, "\n}\n");
    CHECK_SAYS(the_program.err, "EXPECTED");
    CHECK_EXIT(SMOKE "--export-events - --quiet", 0);
    CHECK(strncmp(the_program.out, "{\"format\":\"respawn.events/", 26) == 0);
}

TEST(two_exports_to_one_file_are_refused) {
    const char *path = scratch("one.json");
    char arguments[512];
    snprintf(arguments, sizeof arguments, SMOKE "--export-json %s --export-events %s", path, path);
    CHECK_EXIT(arguments, 2);
    CHECK_SAYS(the_program.err, "two exports to one file");
    CHECK(!exists(path));
    CHECK_EXIT(SMOKE "--export-json - --export-terminal -", 2);
    CHECK_EXIT(SMOKE "--export-json /dev/null --export-events /dev/null", 0);
    CHECK_EXIT(SMOKE "--export-json ''", 2);
    CHECK_SAYS(the_program.err, "empty");
}

TEST(no_export_overwrites_what_is_none) {
    const char *path = scratch("precious.txt");
    char text[PROGRAM_TEXT];
    write_text(path, "to be kept\n");
    CHECK_EXIT(with(SMOKE "--export-terminal ", path), 2);
    CHECK_SAYS(the_program.err, "--force");
    read_text(path, text);
    CHECK_STR(text, "to be kept\n");
    CHECK_EXIT(with(SMOKE "--force --export-terminal ", path), 0);
    unlink(path);
}

TEST_MAIN()
