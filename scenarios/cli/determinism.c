/* determinism.c: two stories of the same virtual run must be one.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/determinism.h"

#include "reports/formats/events.h"

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

typedef struct rs_line {
    char *text; /* NULL: the end */
    size_t room;
    bool ends, is_call;
} rs_line;

static void next_line(rs_line *line, FILE *from) {
    line->ends = getline(&line->text, &line->room, from) < 0;
    line->is_call = !line->ends && rs_events_is_call(line->text);
}

static int64_t time_of(const rs_line *line) {
    const char *digits = line->text + strcspn(line->text, "-0123456789");
    return strtoll(digits, NULL, 10);
}

/* Of a call in one run and an event in the other, the earlier is what only one of them has. */
static bool parts_at_call(const rs_line *first, const rs_line *second) {
    if (first->ends) return second->is_call;
    if (second->ends || first->is_call == second->is_call) return first->is_call;
    const rs_line *call = first->is_call ? first : second, *event = call == first ? second : first;
    return time_of(call) < time_of(event);
}

/* `events` came before, without the header. */
static void tell_parting(const rs_line *first, const rs_line *second, uint64_t events, FILE *out) {
    bool is_call = parts_at_call(first, second);
    fprintf(out,
            is_call ? "respawn: the runs part at a call after event %" PRIu64 ":\n"
                    : "respawn: the runs part at event %" PRIu64 ":\n",
            is_call ? events : events + 1);
    fprintf(out, "  first:  %s", first->ends ? "(the end)\n" : first->text);
    fprintf(out, "  second: %s", second->ends ? "(the end)\n" : second->text);
}

static bool compare_lines(FILE *first, FILE *second, FILE *out) {
    rs_line a = {0}, b = {0};
    bool same = true;
    for (uint64_t lines = 0; same; lines += !a.is_call) {
        next_line(&a, first);
        next_line(&b, second);
        if (a.ends && b.ends) break;
        same = a.ends == b.ends && strcmp(a.text, b.text) == 0;
        if (!same) tell_parting(&a, &b, lines ? lines - 1 : 0, out);
    }
    free(a.text);
    free(b.text);
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
    fprintf(out, "respawn: the runs tell the same and have other traces: %s, then %s\n",
            first->trace_hash ? first->trace_hash : "unknown",
            second->trace_hash ? second->trace_hash : "unknown");
    return false;
}

static int copy_events(FILE *from, FILE *to) {
    rs_line line = {0};
    bool written = true;
    for (next_line(&line, from); written && !line.ends; next_line(&line, from))
        if (!line.is_call) written = fputs(line.text, to) >= 0;
    free(line.text);
    return written && fflush(to) == 0 ? 0 : errno;
}

int rs_determinism_copy(int from, int to) {
    int copy = dup(to);
    FILE *in = open_copy(from), *out = copy < 0 ? NULL : fdopen(copy, "w");
    int error = in && out ? copy_events(in, out) : errno;
    if (in) fclose(in);
    if (out) fclose(out);
    if (!out && copy >= 0) close(copy);
    return error;
}
