/* determinism.c: two stories of the same virtual run must be one.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/determinism.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *open_copy(int fd) {
    int copy = dup(fd);
    if (copy < 0) return NULL;
    lseek(copy, 0, SEEK_SET);
    FILE *stream = fdopen(copy, "r");
    if (!stream) close(copy);
    return stream;
}

static bool compare_lines(FILE *first, FILE *second, FILE *out) {
    char *a = NULL, *b = NULL;
    size_t a_room = 0, b_room = 0;
    bool same = true;
    for (uint64_t line = 1; same; line++) {
        bool a_ends = getline(&a, &a_room, first) < 0, b_ends = getline(&b, &b_room, second) < 0;
        if (a_ends && b_ends) break;
        same = a_ends == b_ends && strcmp(a, b) == 0;
        if (!same)
            fprintf(out, "respawn: the runs part at event %" PRIu64 ":\n  first:  %s  second: %s",
                    line - 1, a_ends ? "(the end)\n" : a, b_ends ? "(the end)\n" : b);
    }
    free(a);
    free(b);
    return same;
}

static bool compare_events(int first_fd, int second_fd, FILE *out) {
    FILE *first = open_copy(first_fd), *second = open_copy(second_fd);
    bool same = first && second && compare_lines(first, second, out);
    if (first) fclose(first);
    if (second) fclose(second);
    return same;
}

bool rs_determinism_compare(const rs_result *first, const rs_result *second, int first_fd,
                            int second_fd, FILE *out) {
    if (!compare_events(first_fd, second_fd, out)) return false;
    if (first->trace_hash && second->trace_hash &&
        strcmp(first->trace_hash, second->trace_hash) == 0)
        return true;
    fprintf(out, "respawn: the runs differ in their calls: trace %s, then %s\n",
            first->trace_hash ? first->trace_hash : "unknown",
            second->trace_hash ? second->trace_hash : "unknown");
    return false;
}

int rs_determinism_copy(int from, int to) {
    char bytes[65536];
    lseek(from, 0, SEEK_SET);
    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        if (got <= 0) return got < 0 ? errno : 0;
        for (ssize_t done = 0, put; done < got; done += put) {
            put = write(to, bytes + done, (size_t)(got - done));
            if (put <= 0) return put < 0 ? errno : ENOSPC;
        }
    }
}
