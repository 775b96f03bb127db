/* completion.c: `respawn completion bash`: a script for bash, made of the tables of commands and
 * flags.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/words.h"

#include <stdio.h>
#include <string.h>

const char *const rs_words_completion[] = {"bash", NULL};

/* The commands whose first argument is one of a few words. */
static const struct {
    const char *command;
    const char *const *words;
} choices[] = {
    {"list", rs_words_list},
    {"schema", rs_words_schema},
    {"completion", rs_words_completion},
};

/* What an argument is called, or a part of it; and what the script has for that. The first counts.
 * Of numbers, durations and names of one's own there is nothing to tell. */
static const struct {
    const char *part, *what;
} kinds[] = {
    {"SCENARIO", "scenario"}, {"KEY=", "setting"}, {"KEY", "key"},   {"DIR", "folder"},
    {"FILE", "file"},         {"PATH", "file"},    {"BASE", "file"}, {"CASE", "file"},
};

static const char *kind_of(const char *argument) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strstr(argument, kinds[i].part)) return kinds[i].what;
    return "nothing";
}

/* ------------------------------------------------------------------ the tables, as shell */

static void put_flag(void *context, const char *name, const char *argument) {
    (void)context;
    (void)argument;
    printf(" --%s", name);
}

static void put_flags(void) {
    puts("# The flags of command $1.\n_respawn_flags() {\n    case $1 in");
    for (const rs_command *command = rs_commands; command->name; command++) {
        printf("    %s) echo '", command->name);
        rs_options_visit(command->flags, put_flag, NULL);
        puts("' ;;");
    }
    puts("    esac\n}\n");
}

static void put_value(void *context, const char *name, const char *argument) {
    const rs_command *command = context;
    if (!argument) return;
    if (strcmp(name, "output") == 0) printf("    '%s -o' | \\\n", command->name);
    printf("    '%s --%s') echo %s ;;\n", command->name, name, kind_of(argument));
}

static void put_values(void) {
    puts("# What follows flag $2 of command $1; nothing at all when it takes no value.\n"
         "_respawn_value() {\n    case \"$1 $2\" in");
    for (const rs_command *command = rs_commands; command->name; command++)
        rs_options_visit(command->flags, put_value, (void *)(uintptr_t)command);
    puts("    esac\n}\n");
}

static const char *const *words_of(const rs_command *command) {
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (strcmp(choices[i].command, command->name) == 0) return choices[i].words;
    return NULL;
}

static void put_argument(const rs_command *command) {
    const char *const *words = words_of(command);
    printf("    %s) echo '%s", command->name, words ? "words" : kind_of(command->arguments));
    for (; words && *words; words++) printf(" %s", *words);
    puts("' ;;");
}

static void put_arguments(void) {
    puts("# What command $1 is about: words, or what they are.\n_respawn_argument() {\n"
         "    case $1 in");
    for (const rs_command *command = rs_commands; command->name; command++) put_argument(command);
    puts("    esac\n}\n");
}

static void put_commands(void) {
    fputs("_respawn_commands='", stdout);
    for (const rs_command *command = rs_commands; command->name; command++)
        printf("%s ", command->name);
    puts("--help --version'\n");
}

/* ------------------------------------------------------------------ the script */

static const char head[] = "# Completion of respawn in bash, made by `respawn completion bash`:\n"
                           "#     eval \"$(respawn completion bash)\"\n"
                           "# shellcheck shell=bash\n\n";

/* Words of a scenario are matched and never expanded: it may come from a stranger. */
static const char body[] =
    "# Offers those lines of the input that begin with $1, with what $2 is behind them.\n"
    "_respawn_offer() {\n"
    "    local line\n"
    "    while IFS= read -r line; do\n"
    "        case $line in \"$1\"*) COMPREPLY+=(\"$line${2-}\") ;; esac\n"
    "    done\n"
    "}\n"
    "\n"
    "_respawn_files() { # CURRENT; behind it what compgen shall look for\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _respawn_offer '' < <(compgen \"${@:2}\" -- \"$1\")\n"
    "}\n"
    "\n"
    "# The keys of the scenario on the command line.\n"
    "_respawn_keys() { # CURRENT SUFFIX\n"
    "    local word\n"
    "    for word in \"${COMP_WORDS[@]:2}\"; do\n"
    "        case $word in *.yaml|*.yml) ;; *) continue ;; esac\n"
    "        [ -z \"$2\" ] || compopt -o nospace 2>/dev/null\n"
    "        _respawn_offer \"$1\" \"$2\" < <(\"${COMP_WORDS[0]}\" list keys \"$word\" "
    "2>/dev/null)\n"
    "        return\n"
    "    done\n"
    "}\n"
    "\n"
    "# shellcheck disable=SC2086 # words are parted at their spaces\n"
    "_respawn_complete() { # WHAT CURRENT\n"
    "    case $1 in\n"
    "    words*) _respawn_offer \"$2\" '' < <(printf '%s\\n' ${1#words}) ;;\n"
    "    scenario)\n"
    "        _respawn_files \"$2\" -d\n"
    "        _respawn_files \"$2\" -f -X '!*.yaml'\n"
    "        _respawn_files \"$2\" -f -X '!*.yml' ;;\n"
    "    file) _respawn_files \"$2\" -f ;;\n"
    "    folder) _respawn_files \"$2\" -d ;;\n"
    "    setting) _respawn_keys \"$2\" = ;;\n"
    "    key) _respawn_keys \"$2\" '' ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_respawn() {\n"
    "    local command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]} before what\n"
    "    before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    COMPREPLY=()\n"
    "    # --flag=value is three words; so is key=value behind --set, where nobody knows the "
    "value.\n"
    "    if [ \"$current\" = = ] || { [ \"$before\" = = ] && [ \"$COMP_CWORD\" -gt 2 ]; }; then\n"
    "        if [ \"$current\" = = ]; then current=; else before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "        case $before in --*) ;; *) return ;; esac\n"
    "    fi\n"
    "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
    "        _respawn_complete \"words $_respawn_commands\" \"$current\"\n"
    "        return\n"
    "    fi\n"
    "    what=$(_respawn_value \"$command\" \"$before\")\n"
    "    if [ \"$command $before\" = 'list keys' ]; then what=scenario; fi\n"
    "    case $what$current in\n"
    "    -*) what=\"words $(_respawn_flags \"$command\")\" ;;\n"
    "    esac\n"
    "    _respawn_complete \"${what:-$(_respawn_argument \"$command\")}\" \"$current\"\n"
    "}\n"
    "\n"
    "complete -F _respawn respawn";

int rs_command_completion(const rs_options *options) {
    if (options->argument_count != 1 || strcmp(options->arguments[0], "bash") != 0) {
        rs_streams_refuse("usage: respawn completion bash");
        return RS_EXIT_USAGE;
    }
    fputs(head, stdout);
    put_commands();
    put_flags();
    put_values();
    put_arguments();
    puts(body);
    return RS_EXIT_PASSED;
}
