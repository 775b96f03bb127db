/* surroundings.c: what the machine did beside the run. It is read by a process of the runtime,
 * where neither malloc nor stdio may be used; hence all the small buffers.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/surroundings.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TEXT_BYTES 2048u
/* Best of so many readings: one that is preempted lies. */
#define CLOCK_TRIES 5
/* The best of thirty pieces of some ten microseconds is one that nobody interrupted. */
#define SPIN_TRIES 30
#define SPIN_STEPS 4000

/* ------------------------------------------------------------------ clocks */

static uint64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The counter before and after the others tells how far apart they were read. */
void rs_clocks_read(rs_clocks *clocks) {
    clocks->error_ns = UINT64_MAX;
    for (int i = 0; i < CLOCK_TRIES; i++) {
        uint64_t before_ns = read_clock(CLOCK_MONOTONIC_RAW);
        uint64_t run_ns = read_clock(CLOCK_MONOTONIC), wall_ns = read_clock(CLOCK_REALTIME);
        uint64_t apart_ns = read_clock(CLOCK_MONOTONIC_RAW) - before_ns;
        if (apart_ns >= clocks->error_ns) continue;
        *clocks = (rs_clocks){before_ns + apart_ns / 2, run_ns, wall_ns, apart_ns};
    }
}

void rs_steps_take(rs_steps *steps, const rs_clocks *now) {
    const rs_clocks *last = &steps->last;
    if (last->raw_ns) {
        double moved_ns = (double)(int64_t)(now->wall_ns - last->wall_ns) -
                          (double)(int64_t)(now->raw_ns - last->raw_ns);
        double step_ns =
            (moved_ns < 0 ? -moved_ns : moved_ns) - (double)(now->error_ns + last->error_ns);
        if (step_ns < 0) step_ns = 0;
        if (!steps->largest_ns.known || step_ns > steps->largest_ns.value)
            steps->largest_ns = rs_known(step_ns);
    }
    steps->last = *now;
}

/* Each step needs the one before, so that the time is the processor's pace and nothing else's. */
static uint64_t spin_once(void) {
    uint64_t begin_ns = read_clock(CLOCK_MONOTONIC_RAW), value = begin_ns | 1;
    for (int i = 0; i < SPIN_STEPS; i++) value = value * UINT64_C(0x9e3779b97f4a7c15) + 1;
    volatile uint64_t kept = value; /* or nothing of it would be computed */
    (void)kept;
    return read_clock(CLOCK_MONOTONIC_RAW) - begin_ns;
}

rs_reading rs_surroundings_spin(void) {
    uint64_t best_ns = UINT64_MAX;
    for (int i = 0; i < SPIN_TRIES; i++) {
        uint64_t took_ns = spin_once();
        if (took_ns < best_ns) best_ns = took_ns;
    }
    return (rs_reading){best_ns > 0, best_ns};
}

/* ------------------------------------------------------------------ texts */

static bool read_number(const char **at, uint64_t *number) {
    *at += strspn(*at, " ");
    if (**at < '0' || **at > '9') return false;
    *number = 0;
    while (**at >= '0' && **at <= '9') *number = *number * 10 + (uint64_t)(*(*at)++ - '0');
    return true;
}

rs_reading rs_surroundings_waited(const char *schedstat) {
    uint64_t ran, waited;
    if (!read_number(&schedstat, &ran) || !read_number(&schedstat, &waited))
        return (rs_reading){.known = false};
    return (rs_reading){true, waited};
}

/* cpu user nice system idle iowait irq softirq steal */
void rs_surroundings_processors(const char *stat, rs_reading *busy, rs_reading *stolen) {
    enum { IDLE = 3, IOWAIT = 4, STEAL = 7, FIELDS = 8 };
    uint64_t ticks[FIELDS], sum = 0;
    *busy = *stolen = (rs_reading){.known = false};
    if (strncmp(stat, "cpu ", 4) != 0) return;
    stat += 4;
    for (int i = 0; i < FIELDS; i++) {
        if (!read_number(&stat, &ticks[i])) return;
        if (i != IDLE && i != IOWAIT && i != STEAL) sum += ticks[i];
    }
    *busy = (rs_reading){true, sum};
    *stolen = (rs_reading){true, ticks[STEAL]};
}

static const char *find_line(const char *text, const char *name) {
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, name, strlen(name)) == 0) return line + strlen(name);
        line += length + (line[length] == '\n');
    }
    return NULL;
}

/* Version 2 counts microseconds, version 1 nanoseconds. Where no limit is set there is no line, or
 * it stays 0. */
rs_reading rs_surroundings_throttled(const char *stat) {
    rs_reading throttled = {.known = false};
    const char *at = find_line(stat, "throttled_usec ");
    if (at && read_number(&at, &throttled.value)) return (rs_reading){true, throttled.value * 1000};
    at = find_line(stat, "throttled_time ");
    throttled.known = at && read_number(&at, &throttled.value);
    return throttled;
}

/* Lines are `number:controllers:path`; version 2 has no controllers. */
static bool has_cpu(const char *controllers, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t word = strcspn(controllers + at, ",:");
        if (word == 3 && strncmp(controllers + at, "cpu", 3) == 0) return true;
        at += word + 1;
    }
    return false;
}

bool rs_surroundings_group(const char *cgroup, char *path, size_t size) {
    bool found = false;
    for (const char *line = cgroup; *line && !found;) {
        size_t length = strcspn(line, "\n");
        const char *names = memchr(line, ':', length);
        const char *group = names ? memchr(names + 1, ':', length - (size_t)(names + 1 - line)) : 0;
        if (!group) break;
        bool second = group == names + 1;
        found = second || has_cpu(names + 1, (size_t)(group - names - 1));
        int rest = (int)(length - (size_t)(group + 1 - line));
        if (found)
            snprintf(path, size, "/sys/fs/cgroup%s%.*s/cpu.stat", second ? "" : "/cpu", rest,
                     group + 1);
        line += length + (line[length] == '\n');
    }
    return found;
}

/* ------------------------------------------------------------------ files */

static bool read_text(int folder, const char *path, char text[TEXT_BYTES]) {
    int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, TEXT_BYTES - 1) : -1;
    if (fd >= 0) close(fd);
    text[got > 0 ? got : 0] = 0;
    return got > 0;
}

static void add_thread(int tasks, const char *name, rs_reading *sum) {
    char path[64], text[TEXT_BYTES];
    if (*name == '.') return;
    snprintf(path, sizeof path, "%.32s/schedstat", name);
    if (!read_text(tasks, path, text)) return; /* it has ended meanwhile */
    rs_reading one = rs_surroundings_waited(text);
    sum->known |= one.known;
    sum->value += one.known ? one.value : 0;
}

/* The main thread is the one that watches, and it sleeps; all others play cores. */
static rs_reading read_waited(void) {
    char watcher[16];
    snprintf(watcher, sizeof watcher, "%d", (int)getpid());
    rs_reading sum = {.known = false};
    _Alignas(struct dirent64) char entries[TEXT_BYTES];
    int tasks = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tasks < 0) return sum;
    for (ssize_t got; (got = getdents64(tasks, entries, sizeof entries)) > 0;)
        for (ssize_t at = 0; at < got;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            if (strcmp(entry->d_name, watcher) != 0) add_thread(tasks, entry->d_name, &sum);
            at += entry->d_reclen;
        }
    close(tasks);
    return sum;
}

static void read_processors(rs_surroundings *surroundings) {
    char text[TEXT_BYTES];
    long ticks_per_s = sysconf(_SC_CLK_TCK);
    if (ticks_per_s <= 0 || !read_text(AT_FDCWD, "/proc/stat", text)) return;
    rs_surroundings_processors(text, &surroundings->busy_ns, &surroundings->stolen_ns);
    surroundings->step_ns = UINT64_C(1000000000) / (uint64_t)ticks_per_s;
    surroundings->busy_ns.value *= surroundings->step_ns;
    surroundings->stolen_ns.value *= surroundings->step_ns;
}

static rs_reading read_throttled(void) {
    char text[TEXT_BYTES], path[TEXT_BYTES];
    if (!read_text(AT_FDCWD, "/proc/self/cgroup", text) ||
        !rs_surroundings_group(text, path, sizeof path) || !read_text(AT_FDCWD, path, text))
        return (rs_reading){.known = false};
    return rs_surroundings_throttled(text);
}

void rs_surroundings_read(rs_surroundings *surroundings) {
    surroundings->waited_ns = read_waited();
    read_processors(surroundings);
    surroundings->throttled_ns = read_throttled();
    rs_clocks_read(&surroundings->clocks);
    surroundings->taken = true;
}
