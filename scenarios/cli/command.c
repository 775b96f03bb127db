/* command.c: finds the command, reads its flags, runs it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"

#include "reports/machine.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"
#include "scenarios/language/word.h"

#include <stdio.h>
#include <string.h>

#define COMMANDS_MAX 32u

const rs_command rs_commands[] = {
    {"run", "SCENARIO", "runs it: verdict, numbers, report", RS_FLAGS_SCENARIO | RS_FLAGS_RUN,
     rs_command_run},
    {"validate", "SCENARIO", "checks it and tells what it means",
     RS_FLAGS_SCENARIO | RS_FLAGS_VALIDATE, rs_command_validate},
    {"init", "[DIR]", "writes a scenario, a worker and a CI job to begin with", RS_FLAGS_ANY,
     rs_command_init},
    {"list", "[KIND]", "shows the words a scenario can use", RS_FLAGS_LIST, rs_command_list},
    {"explore", "SCENARIO", "searches seeds in virtual time for one that fails",
     RS_FLAGS_SCENARIO | RS_FLAGS_EXPLORE, rs_command_explore},
    {"replay", "FILE", "repeats a recorded failure or result", RS_FLAGS_SCENARIO | RS_FLAGS_REPLAY,
     rs_command_replay},
    {"sweep", "SCENARIO", "a table over all combinations of settings",
     RS_FLAGS_SCENARIO | RS_FLAGS_SWEEP, rs_command_sweep},
    {"ab", "SCENARIO", "two builds or two settings, interleaved: is B slower?",
     RS_FLAGS_SCENARIO | RS_FLAGS_AB, rs_command_ab},
    {"compare", "BASE… NEW", "recorded results: is the last one slower?", RS_FLAGS_COMPARE,
     rs_command_compare},
    {"report", "FILE…", "tells finished runs again, or the events of any runtime", RS_FLAGS_REPORT,
     rs_command_report},
    {"merge", "FILE…", "joins the shards of a search", RS_FLAGS_MERGE, rs_command_merge},
    {"conform", "CASE…", "the trace of a conformance case, as OTP would leave it", RS_FLAGS_ANY,
     rs_command_conform},
    {"schema", "[KIND]", "the JSON Schema of a scenario, result or events", RS_FLAGS_LIST,
     rs_command_schema},
    {"completion", "SHELL", "what makes a shell complete all this: bash", RS_FLAGS_ANY,
     rs_command_completion},
    {NULL, NULL, NULL, 0, NULL},
};

static const rs_command *find(const char *name) {
    for (const rs_command *command = rs_commands; command->name; command++)
        if (strcmp(command->name, name) == 0) return command;
    return NULL;
}

static void print_version(void) {
    rs_build build;
    rs_machine_build(&build);
    printf("respawn %s (%s, %s%s%s)\n", build.version, build.compiler, build.type,
           build.sanitizer[0] ? ", sanitizer " : "", build.sanitizer);
}

static void print_help(FILE *out) {
    fputs("respawn: a crash-test track for supervision trees\n\n"
          "usage: respawn COMMAND [FLAGS] …\n\n",
          out);
    for (const rs_command *command = rs_commands; command->name; command++)
        fprintf(out, "  %-10s %-9s  %s\n", command->name, command->arguments, command->about);
    fputs("\nrespawn COMMAND --help shows a command's flags. Exit status:\n\n", out);
#define X(NAME, STATUS, MEANING) fprintf(out, "  %2d  %s\n", STATUS, MEANING);
    RS_EXITS(X)
#undef X
}

/* Where flags and a sentence do not say enough. */
static const struct {
    const char *command, *text;
} more_help[] = {
    {"report",
     "FILE is a result (run --export-json) or a story (run --export-events); - is standard input.\n"
     "Of a story, restarts are told stage by stage, from the fault until\n\n"
     "  detected   the runtime knows the death: event \"exit\"\n"
     "  noticed    the supervisor took the exit\n"
     "  started    the replacement's init returned\n"
     "  reachable  a name or entry leads to it\n"
     "  served     it answered its first request\n\n"
     "Any runtime may have told it: a line of JSON for each event, and one before all that names\n"
     "the format.\n\n"
     "  {\"format\":\"respawn.events/1\",\"runtime\":\"beam\",\"clock\":\"real\"}\n"
     "  {\"t_ns\":5000,\"event\":\"fault\",\"role\":\"s1\",\"cause\":1,\"fault\":\"kills\"}\n"
     "  {\"t_ns\":5400,\"event\":\"exit\",\"role\":\"s1\",\"cause\":1,\"fault\":\"kills\"}\n\n"
     "What cannot be read, and what cannot have happened, is told as file:line: problem, and the\n"
     "exit status is 2. Several files are told one after another, then side by side in one table;\n"
     "--export-FORMAT takes a single file. That the run has failed is no failure of telling "
     "it.\n\n"},
};

static void print_more(const rs_command *command) {
    for (size_t i = 0; i < sizeof more_help / sizeof *more_help; i++)
        if (strcmp(more_help[i].command, command->name) == 0) fputs(more_help[i].text, stdout);
}

static void print_command_help(const rs_command *command) {
    printf("usage: respawn %s [FLAGS] %s\n\n%s: %s\n\n", command->name, command->arguments,
           command->name, command->about);
    print_more(command);
    rs_options_help(command->flags, stdout);
}

static int refuse_unknown(const char *name) {
    const char *words[COMMANDS_MAX] = {NULL};
    for (size_t i = 0; rs_commands[i].name; i++) words[i] = rs_commands[i].name;
    const char *nearest = rs_word_nearest(name, words);
    if (nearest)
        rs_streams_refuse("unknown command '%s' – did you mean '%s'?", name, nearest);
    else
        rs_streams_refuse("unknown command '%s' (respawn --help shows them all)", name);
    return RS_EXIT_USAGE;
}

static int run_command(const rs_command *command, int argc, char **argv) {
    rs_options options;
    bool read = rs_options_read(&options, command, argc, argv);
    int status = read ? RS_EXIT_PASSED : RS_EXIT_USAGE;
    if (read && options.help)
        print_command_help(command);
    else if (read && options.version)
        print_version();
    else if (read)
        status = command->run(&options);
    rs_options_fini(&options);
    return status;
}

static int run_line(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        print_help(stderr);
        return RS_EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return RS_EXIT_PASSED;
    }
    if (strcmp(name, "--version") == 0) {
        print_version();
        return RS_EXIT_PASSED;
    }
    const rs_command *command = find(name);
    return command ? run_command(command, argc - 1, argv + 1) : refuse_unknown(name);
}

/* A list that did not reach its reader is no list. */
int rs_command_main(int argc, char **argv) {
    int status = run_line(argc, argv);
    return rs_streams_flush() ? status : rs_exit_worse(status, RS_EXIT_ABORTED);
}
