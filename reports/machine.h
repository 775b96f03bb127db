/* machine.h: which machine and which build a result comes from. Numbers of different machines or
 * builds must never be compared unknowingly.
 * Invariant: what cannot be found out is "" or 0, and is left out of reports.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MACHINE_H
#define RS_MACHINE_H

#include <stdint.h>

#define RS_MACHINE_TEXT 128

typedef struct rs_machine {
    char cpu[RS_MACHINE_TEXT];    /* model name */
    char kernel[RS_MACHINE_TEXT]; /* "Linux 6.18.0 x86_64" */
    uint32_t cores;               /* this process may run on, by its affinity */
    uint32_t cores_online;
    uint64_t memory_bytes;
} rs_machine;

typedef struct rs_build {
    char version[32];   /* of respawn */
    char compiler[64];  /* "gcc 12.2.0" */
    char type[32];      /* "release", "debug" */
    char sanitizer[32]; /* "address", "thread", or "" */
} rs_build;

/* rs_machine_probe fills `machine` from /proc and the system. Never fails. */
void rs_machine_probe(rs_machine *machine);

/* rs_machine_build fills `build` with how this program was compiled. */
void rs_machine_build(rs_build *build);

/* rs_machine_parse_cpu finds the cpu's model in the text of a /proc/cpuinfo; `cpu` becomes "" when
 * it says nothing. Knows the x86 ("model name") and the ARM and POWER spellings. */
void rs_machine_parse_cpu(const char *cpuinfo, char cpu[RS_MACHINE_TEXT]);

#endif
