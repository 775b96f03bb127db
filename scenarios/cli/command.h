/* command.h: the commands of the program, one file each, and the list of them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_COMMAND_H
#define RS_CLI_COMMAND_H

#include "scenarios/cli/options.h"

typedef struct rs_command {
    const char *name;
    const char *arguments;                 /* as help shows them */
    const char *about;                     /* one sentence */
    unsigned flags;                        /* the RS_FLAGS_… groups it takes */
    int (*run)(const rs_options *options); /* does it, and returns the exit status */
} rs_command;

/* rs_commands is the catalogue, in the order that help shows; ends with a NULL name. */
extern const rs_command rs_commands[];

/* rs_command_main is main: finds the command, reads its flags, runs it. */
int rs_command_main(int argc, char **argv);

/* One file each. */
int rs_command_run(const rs_options *options);
int rs_command_validate(const rs_options *options);
int rs_command_explore(const rs_options *options);
int rs_command_merge(const rs_options *options);
int rs_command_replay(const rs_options *options);
int rs_command_sweep(const rs_options *options);
int rs_command_ab(const rs_options *options);
int rs_command_compare(const rs_options *options);
int rs_command_report(const rs_options *options);
int rs_command_init(const rs_options *options);
int rs_command_list(const rs_options *options);
int rs_command_conform(const rs_options *options);
int rs_command_schema(const rs_options *options);
int rs_command_completion(const rs_options *options);

#endif
