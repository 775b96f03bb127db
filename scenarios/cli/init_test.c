/* init_test.c: `respawn init`: all of the starter or nothing. What its files do is tested by
 * starter/starter_test.py.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <dirent.h>

#define STARTER "scenarios/cli/starter"

static const char *const names[] = {"respawn.yaml", "worker.c", "Makefile", "respawn-ab",
                                    ".github/workflows/respawn.yml"};
#define NAMES (sizeof names / sizeof *names)

static const char *in(const char *folder, const char *name) {
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void check_init(const char *folder, int status) {
    char arguments[256];
    snprintf(arguments, sizeof arguments, "init %s", folder);
    CHECK_EXIT(arguments, status);
}

static void sweep_away(const char *folder) {
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_INT(system(command), 0);
}

static int count_entries(const char *folder) {
    int count = 0;
    DIR *open = opendir(folder);
    CHECK(open != NULL);
    while (readdir(open)) count++;
    closedir(open);
    return count - 2; /* . and .. */
}

static bool is_executable(const char *path) {
    struct stat there;
    CHECK_INT(stat(path, &there), 0);
    return there.st_mode & S_IXUSR;
}

TEST(the_files_are_those_of_the_starter) {
    static char wrote[PROGRAM_TEXT], ours[PROGRAM_TEXT];
    char folder[128];
    snprintf(folder, sizeof folder, "%s", scratch("init"));
    check_init(folder, 0);
    for (size_t i = 0; i < NAMES; i++) {
        read_text(in(folder, names[i]), wrote);
        read_text(in(STARTER, names[i]), ours);
        CHECK(*ours != 0);
        CHECK_STR(wrote, ours);
        CHECK_SAYS(the_program.out, in(folder, names[i]));
        CHECK_INT(is_executable(in(folder, names[i])), is_executable(in(STARTER, names[i])));
    }
    CHECK(is_executable(in(folder, "respawn-ab")));
    CHECK_INT(count_entries(folder), NAMES);
    CHECK_SAYS(the_program.out, "\n  3. ");
    sweep_away(folder);
}

/* Each of them in the way once, also as a link that leads nowhere; what else is there stays. */
TEST(nothing_is_overwritten_and_nothing_half_written) {
    static char text[PROGRAM_TEXT];
    char folder[128];
    snprintf(folder, sizeof folder, "%s", scratch("taken"));
    for (size_t i = 0; i < NAMES; i++) {
        const char *path = in(folder, names[i]);
        CHECK_INT(mkdir(folder, 0777), 0);
        CHECK_INT(mkdir(in(folder, ".github"), 0777), 0);
        CHECK_INT(mkdir(in(folder, ".github/workflows"), 0777), 0);
        CHECK_INT(symlink("/nowhere/at/all", path), 0);
        check_init(folder, 2);
        CHECK_SAYS(the_program.err, in(folder, names[i]));
        CHECK_SAYS(the_program.err, " is there already, and nothing is overwritten");
        CHECK_STR(the_program.out, "");
        CHECK_INT(unlink(path), 0);
        write_text(path, "mine");
        check_init(folder, 2);
        read_text(path, text);
        CHECK_STR(text, "mine");
        for (size_t j = 0; j < NAMES; j++) CHECK(j == i || !exists(in(folder, names[j])));
        sweep_away(folder);
    }
}

/* The last file cannot be written: those before it are taken back. */
TEST(what_fails_leaves_nothing) {
    char folder[128];
    snprintf(folder, sizeof folder, "%s", scratch("half"));
    CHECK_INT(mkdir(folder, 0777), 0);
    write_text(in(folder, ".github"), "a file");
    check_init(folder, 2);
    CHECK_SAYS(the_program.err, ".github: Not a directory");
    CHECK_INT(count_entries(folder), 1);
    sweep_away(folder);
    check_init(in(folder, "below"), 2);
    CHECK_SAYS(the_program.err, "/below: No such file or directory");
    CHECK(!exists(folder));
    check_init("one two", 2);
    CHECK_SAYS(the_program.err, "usage: respawn init [DIR]");
}

TEST_MAIN()
