/* seat.c: the idle time of processors, and what of the rest was not ours.
 *
 * Idle time is what the kernel counts exactly; how busy a processor was it guesses from where its
 * ticks fall, and a neighbour of 2 ms slices may lie between them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/seat.h"

#include "scenarios/engine/watch.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOOK_MS 100
/* Of what was seen, so much still counts a pair later: half of it after seven. */
#define KEPT 0.9
/* Others must have used so much less elsewhere, as a share of the time. */
#define GAIN 0.02

/* ------------------------------------------------------------------ apart from the machine */

void rs_seat_read(FILE *stat, uint64_t tick_ns, uint64_t *idle_ns, cpu_set_t *found) {
    char *line = NULL;
    size_t size = 0;
    CPU_ZERO(found);
    while (getline(&line, &size, stat) > 0) {
        uint32_t cpu;
        uint64_t idle, waits; /* for a disk, which is idle as well */
        bool is_one = strncmp(line, "cpu", 3) == 0 && line[3] != ' '; /* not of all */
        if (!is_one ||
            sscanf(line + 3, "%" SCNu32 " %*u %*u %*u %" SCNu64 " %" SCNu64, &cpu, &idle, &waits) !=
                3 ||
            cpu >= CPU_SETSIZE)
            continue;
        idle_ns[cpu] = (idle + waits) * tick_ns;
        CPU_SET(cpu, found);
    }
    free(line);
}

void rs_seat_count(rs_seat *seat, const uint64_t *idle_ns, uint64_t lasted_ns, uint64_t own_ns) {
    double own = (double)own_ns / CPU_COUNT(&seat->taken);
    for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &seat->allowed)) continue;
        rs_seat_use *use = &seat->uses[cpu];
        double idle = (double)idle_ns[cpu] - (double)use->idle_ns;
        double foreign = (double)lasted_ns - idle - (CPU_ISSET(cpu, &seat->taken) ? own : 0);
        use->foreign_ns = KEPT * use->foreign_ns + foreign;
        use->idle_ns = idle_ns[cpu];
    }
    seat->lasted_ns = KEPT * seat->lasted_ns + (double)lasted_ns;
}

static double cost_of(const rs_seat *seat, uint32_t cpu) {
    double gain_ns = CPU_ISSET(cpu, &seat->taken) ? GAIN * seat->lasted_ns : 0;
    return seat->uses[cpu].foreign_ns - gain_ns;
}

void rs_seat_choose(rs_seat *seat) {
    cpu_set_t chosen;
    CPU_ZERO(&chosen);
    for (uint32_t i = 0; i < seat->needed; i++) {
        uint32_t best = CPU_SETSIZE;
        for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
            if (CPU_ISSET(cpu, &seat->allowed) && !CPU_ISSET(cpu, &chosen) &&
                (best == CPU_SETSIZE || cost_of(seat, cpu) < cost_of(seat, best)))
                best = cpu;
        if (best < CPU_SETSIZE) CPU_SET(best, &chosen);
    }
    seat->taken = chosen;
}

/* ------------------------------------------------------------------ the machine */

static uint64_t used_ns(int who) {
    struct rusage usage;
    if (getrusage(who, &usage) != 0) return 0;
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

/* False: the system does not tell of all that may be taken. */
static bool look(rs_seat *seat) {
    static uint64_t idle_ns[CPU_SETSIZE];
    cpu_set_t found;
    long ticks_per_s = sysconf(_SC_CLK_TCK);
    FILE *stat = fopen("/proc/stat", "re");
    if (!stat) return false;
    rs_seat_read(stat, UINT64_C(1000000000) / (uint64_t)ticks_per_s, idle_ns, &found);
    fclose(stat);
    CPU_AND(&found, &found, &seat->allowed);
    if (!CPU_EQUAL(&found, &seat->allowed)) return false;
    uint64_t now_ns = rs_watch_wall_ns();
    uint64_t own_ns = used_ns(RUSAGE_SELF) + used_ns(RUSAGE_CHILDREN);
    rs_seat_count(seat, idle_ns, now_ns - seat->at_ns, own_ns - seat->own_ns);
    seat->at_ns = now_ns;
    seat->own_ns = own_ns;
    return true;
}

void rs_seat_open(rs_seat *seat, uint32_t needed) {
    *seat = (rs_seat){.needed = needed};
    if (sched_getaffinity(0, sizeof seat->allowed, &seat->allowed) != 0) return;
    seat->taken = seat->allowed;
    if (needed >= (uint32_t)CPU_COUNT(&seat->allowed) || !look(seat)) return;
    /* What was before is nobody's. */
    for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++) seat->uses[cpu].foreign_ns = 0;
    seat->lasted_ns = 0;
    poll(NULL, 0, LOOK_MS);
    seat->chooses = true;
}

void rs_seat_take(rs_seat *seat) {
    if (!seat->chooses || !look(seat)) return;
    rs_seat_choose(seat);
    sched_setaffinity(0, sizeof seat->taken, &seat->taken);
}

void rs_seat_close(rs_seat *seat) {
    if (seat->chooses) sched_setaffinity(0, sizeof seat->allowed, &seat->allowed);
}
