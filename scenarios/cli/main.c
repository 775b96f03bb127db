/* main.c: the program.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/streams.h"

int main(int argc, char **argv) {
    rs_streams_init();
    return rs_command_main(argc, argv);
}
