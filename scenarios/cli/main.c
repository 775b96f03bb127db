/* main.c: the program.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"

int main(int argc, char **argv) {
    return rs_command_main(argc, argv);
}
