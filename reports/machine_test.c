/* machine_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/machine.h"
#include "runtime/base/test/test.h"

TEST(the_model_is_found_in_each_spelling) {
    char cpu[RS_MACHINE_TEXT];
    rs_machine_parse_cpu("processor\t: 0\nmodel\t\t: 85\nmodel name\t: Xeon 8175M \nflags\t: a\n",
                         cpu);
    CHECK_STR(cpu, "Xeon 8175M");
    rs_machine_parse_cpu("processor\t: 0\nCPU part\t: 0xd0c\n", cpu);
    CHECK_STR(cpu, "0xd0c");
    rs_machine_parse_cpu("cpu\t\t: POWER9", cpu);
    CHECK_STR(cpu, "POWER9");
    rs_machine_parse_cpu("", cpu);
    CHECK_STR(cpu, "");
    rs_machine_parse_cpu("model name", cpu);
    CHECK_STR(cpu, "");
}

TEST(a_long_model_is_cut) {
    char text[500] = "model name: ", cpu[RS_MACHINE_TEXT];
    memset(text + 12, 'x', sizeof text - 13);
    rs_machine_parse_cpu(text, cpu);
    CHECK_INT(strlen(cpu), RS_MACHINE_TEXT - 1);
}

TEST(this_machine_is_known) {
    rs_machine machine;
    rs_machine_probe(&machine);
    CHECK(machine.cores >= 1);
    CHECK(machine.cores <= machine.cores_online);
    CHECK(machine.memory_bytes > 1 << 20);
    CHECK(strncmp(machine.kernel, "Linux ", 6) == 0);
}

TEST(this_build_is_known) {
    rs_build build;
    rs_machine_build(&build);
    CHECK_STR(build.version, RESPAWN_VERSION);
    CHECK(strncmp(build.compiler, "gcc ", 4) == 0 || strncmp(build.compiler, "clang ", 6) == 0);
    CHECK(build.type[0] != '\0');
}

TEST_MAIN()
