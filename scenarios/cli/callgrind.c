/* callgrind.c: everything known of valgrind.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/callgrind.h"

#include "scenarios/cli/streams.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNTS      "count."
#define STACK_BYTES 8388608u /* what most systems give */

/* ------------------------------------------------------------------ life */

/* By its path, since it is a script with some distributions. */
static bool find_valgrind(char path[PATH_MAX]) {
    const char *folders = getenv("PATH");
    bool found = false;
    for (folders = folders ? folders : "/usr/bin:/bin"; !found && *folders;
         folders += *folders == ':') {
        size_t bytes = strcspn(folders, ":");
        snprintf(path, PATH_MAX, "%.*s/valgrind", (int)bytes, folders);
        found = access(path, X_OK) == 0;
        folders += bytes;
    }
    return found;
}

bool rs_callgrind_open(rs_callgrind *callgrind) {
    const char *temporary = getenv("TMPDIR");
    *callgrind = (rs_callgrind){.directory = ""};
    if (!find_valgrind(callgrind->valgrind))
        return rs_streams_refuse("--count-instructions needs valgrind, which is not on the PATH "
                                 "(on Debian: apt-get install valgrind)");
    char *directory = callgrind->directory;
    snprintf(directory, sizeof callgrind->directory, "%.200s/respawn-count.XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(directory)) {
        rs_streams_refuse("%s: %s", directory, strerror(errno));
        *directory = 0;
        return false;
    }
    snprintf(callgrind->program, sizeof callgrind->program, "%s/respawn", directory);
    snprintf(callgrind->counts_option, sizeof callgrind->counts_option,
             "--callgrind-out-file=%s/" COUNTS "%%p", directory);
    return true;
}

static void empty(const rs_callgrind *callgrind) {
    DIR *directory = opendir(callgrind->directory);
    if (!directory) return;
    for (const struct dirent *entry; (entry = readdir(directory));)
        if (*entry->d_name != '.') unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
}

void rs_callgrind_close(rs_callgrind *callgrind) {
    if (!*callgrind->directory) return;
    empty(callgrind);
    rmdir(callgrind->directory);
    *callgrind->directory = 0;
}

/* ------------------------------------------------------------------ running */

bool rs_callgrind_aim(const rs_callgrind *callgrind, int program) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", program);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = 0;
    empty(callgrind);
    return symlink(path, callgrind->program) == 0;
}

void rs_callgrind_words(const rs_callgrind *callgrind, char **words) {
    const char *const before[RS_CALLGRIND_WORDS] = {"valgrind", "-q", "--tool=callgrind",
                                                    callgrind->counts_option, callgrind->program};
    for (size_t i = 0; i < RS_CALLGRIND_WORDS; i++) words[i] = (char *)(uintptr_t)before[i];
}

/* Addresses are laid out by valgrind, so that whoever forbids this (containers do) spoils little.
 */
static void pin(void) {
    struct rlimit stack;
    personality(ADDR_NO_RANDOMIZE);
    if (getrlimit(RLIMIT_STACK, &stack) != 0) return;
    stack.rlim_cur = stack.rlim_max < STACK_BYTES ? stack.rlim_max : STACK_BYTES;
    setrlimit(RLIMIT_STACK, &stack);
}

void rs_callgrind_become(const rs_callgrind *callgrind, char **words) {
    /* Functions that are bound when first called would be so before the fork, or behind it. */
    static char path[] = "PATH=/usr/bin:/bin", words_of[] = "LC_ALL=C", bind[] = "LD_BIND_NOW=1";
    char *environment[] = {path, words_of, bind, NULL};
    pin();
    execve(callgrind->valgrind, words, environment);
}

/* ------------------------------------------------------------------ what was counted */

static double read_count(int directory, const char *name) {
    double count = (double)NAN;
    char line[4096];
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
    FILE *stream = file >= 0 ? fdopen(file, "r") : NULL;
    if (!stream) return count;
    while (fgets(line, sizeof line, stream))
        if (strncmp(line, "totals: ", 8) == 0) count = strtod(line + 8, NULL);
    fclose(stream);
    return count;
}

static bool is_later(const struct timespec *a, const struct timespec *b) {
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Each plugin was looked into by a child of its own, before. */
double rs_callgrind_read(const rs_callgrind *callgrind, pid_t parent) {
    char own[32], last[256] = "";
    struct timespec ended = {0};
    struct stat status;
    double count = (double)NAN;
    DIR *directory = opendir(callgrind->directory);
    if (!directory) return count;
    snprintf(own, sizeof own, COUNTS "%d", (int)parent);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (strncmp(entry->d_name, COUNTS, strlen(COUNTS)) != 0 ||
            strcmp(entry->d_name, own) == 0 ||
            fstatat(dirfd(directory), entry->d_name, &status, 0) != 0 ||
            (*last && !is_later(&status.st_mtim, &ended)))
            continue;
        ended = status.st_mtim;
        snprintf(last, sizeof last, "%s", entry->d_name);
    }
    if (*last) count = read_count(dirfd(directory), last);
    closedir(directory);
    return count;
}
