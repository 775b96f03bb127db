/* conform.c: `respawn conform`: the traces of conformance cases, one after another.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/conform.h"

#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"

/* What is wrong with a case is no reason to leave out the others. */
int rs_command_conform(const rs_options *options) {
    int status = RS_EXIT_PASSED;
    if (options->argument_count == 0) {
        rs_streams_refuse("usage: respawn conform CASE.json…");
        return RS_EXIT_USAGE;
    }
    for (uint32_t i = 0; i < options->argument_count; i++) {
        char message[RS_CASE_MESSAGE] = "";
        rs_err err = rs_conform_file(options->arguments[i], stdout, message);
        if (!err) continue;
        rs_streams_refuse("%s", message);
        status = rs_exit_worse(status, err == RS_ELIMIT ? RS_EXIT_ABORTED : RS_EXIT_USAGE);
    }
    return status;
}
