/* lessons_test.c: the scenarios that teach something. What stands at the head of one is run, in
 * virtual time: each command passes, twice alike, or fails where it says
 *
 *     #     respawn run scenarios/hang.yaml --set …     # fails: calls.availability
 *
 * by that expectation, which is how taking the lesson back must end. SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <dirent.h>

#define FOLDER  "scenarios"
#define COMMAND "#     respawn "
#define FAILS   "# fails: "

/* take_line moves `*text` behind its first line, which it returns without its end. */
static char *take_line(char **text) {
    char *line = *text, *end = strchr(line, '\n');
    if (!end) return NULL;
    *end = 0;
    *text = end + 1;
    return line;
}

/* take_command writes the next command of a head, with what its last backslash joins to it. */
static bool take_command(char **text, char command[512]) {
    char *line = take_line(text);
    while (line && *line == '#' && strncmp(line, COMMAND, sizeof COMMAND - 1) != 0)
        line = take_line(text);
    if (!line || *line != '#') return false;
    snprintf(command, 512, "%s", line + sizeof COMMAND - 1);
    for (char *joint; (joint = strrchr(command, '\\')) && !joint[1];) {
        line = take_line(text);
        CHECK(line != NULL && *line == '#');
        snprintf(joint, (size_t)(command + 512 - joint), "%s", line + 1);
    }
    return true;
}

/* A sweep shows more than it can be held to. */
static bool is_run(const char *command) {
    return strncmp(command, "run ", 4) == 0;
}

static void check_command(char *command) {
    char arguments[640], verdict[128];
    char *fails = strstr(command, FAILS);
    if (fails) *fails = 0;
    snprintf(arguments, sizeof arguments, "%s --set runtime.clock=virtual%s", command,
             fails ? "" : " --verify-determinism");
    CHECK_EXIT(arguments, fails ? 1 : 0);
    if (!fails) return;
    snprintf(verdict, sizeof verdict, "✗ %s", fails + sizeof FAILS - 1);
    CHECK_SAYS(the_program.out, verdict);
}

/* check_head returns how many commands of a scenario's head pass, and how many fail as they say. */
static void check_head(const char *name, unsigned counts[2]) {
    static char text[PROGRAM_TEXT];
    char path[512], command[512], *at = text;
    snprintf(path, sizeof path, FOLDER "/%s", name);
    read_text(path, text);
    if (!strstr(text, FAILS)) return;
    while (take_command(&at, command)) {
        if (!is_run(command)) continue;
        CHECK_SAYS(command, path);
        counts[strstr(command, FAILS) != NULL]++;
        check_command(command);
    }
}

TEST(lessons_hold_and_end_when_they_are_taken_back) {
    unsigned counts[2] = {0, 0};
    DIR *folder = opendir(FOLDER);
    CHECK(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strstr(entry->d_name, ".yaml")) check_head(entry->d_name, counts);
    closedir(folder);
    CHECK_INT(counts[false], 15); /* a pool for the poison, too */
    CHECK_INT(counts[true], 19);
}

TEST_MAIN()
