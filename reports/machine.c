/* machine.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER "thread"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZER "address"
#elif __has_feature(thread_sanitizer)
#define SANITIZER "thread"
#elif __has_feature(memory_sanitizer)
#define SANITIZER "memory"
#endif
#endif
#ifndef SANITIZER
#define SANITIZER ""
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#if defined(__OPTIMIZE__)
#define TYPE "release"
#else
#define TYPE "debug"
#endif

#ifndef RESPAWN_VERSION
#define RESPAWN_VERSION "0"
#endif

static void copy_line(char *to, size_t size, const char *from) {
    size_t length = strcspn(from, "\n");
    while (length > 0 && (from[length - 1] == ' ' || from[length - 1] == '\r')) length--;
    if (length >= size) length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

/* Returns what follows `key<blanks>: ` at the start of a line, or NULL. */
static const char *value_of(const char *text, const char *key) {
    size_t length = strlen(key);
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) != 0) continue;
        const char *colon = line + length + strspn(line + length, " \t");
        if (*colon == ':') return colon + 1 + strspn(colon + 1, " \t");
    }
    return NULL;
}

void rs_machine_parse_cpu(const char *cpuinfo, char cpu[RS_MACHINE_TEXT]) {
    static const char *const keys[] = {"model name", "Model", "Hardware", "cpu", "CPU part"};
    cpu[0] = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !cpu[0]; i++) {
        const char *value = value_of(cpuinfo, keys[i]);
        if (value) copy_line(cpu, RS_MACHINE_TEXT, value);
    }
}

static void read_cpu(char cpu[RS_MACHINE_TEXT]) {
    char text[8192] = ""; /* the first core says it all */
    FILE *stream = fopen("/proc/cpuinfo", "re");
    if (stream) {
        text[fread(text, 1, sizeof text - 1, stream)] = '\0';
        fclose(stream);
    }
    rs_machine_parse_cpu(text, cpu);
}

static uint32_t allowed_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    return (uint32_t)CPU_COUNT(&set);
}

static uint64_t positive(long value) {
    return value > 0 ? (uint64_t)value : 0;
}

void rs_machine_probe(rs_machine *machine) {
    struct utsname names;
    *machine = (rs_machine){0};
    read_cpu(machine->cpu);
    if (uname(&names) == 0)
        snprintf(machine->kernel, sizeof machine->kernel, "%.30s %.60s %.30s", names.sysname,
                 names.release, names.machine);
    machine->cores = allowed_cores();
    machine->cores_online = (uint32_t)positive(sysconf(_SC_NPROCESSORS_ONLN));
    machine->memory_bytes = positive(sysconf(_SC_PHYS_PAGES)) * positive(sysconf(_SC_PAGESIZE));
}

void rs_machine_build(rs_build *build) {
    *build = (rs_build){0};
    copy_line(build->version, sizeof build->version, RESPAWN_VERSION);
    copy_line(build->compiler, sizeof build->compiler, COMPILER);
    copy_line(build->type, sizeof build->type, TYPE);
    copy_line(build->sanitizer, sizeof build->sanitizer, SANITIZER);
}
