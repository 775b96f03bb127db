/* surroundings.h: what the machine did beside the run, read from the system at one instant. All
 * numbers but the spin only grow, so two readings, one at each end of the run, tell what was in
 * between, and the run itself pays for neither. What cannot be read stays unknown.
 * Thread: any, a process of the runtime's too.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SURROUNDINGS_H
#define RS_SURROUNDINGS_H

#include "reports/result.h"

#include <stdbool.h>
#include <stdint.h>

/* What the system may not tell. */
typedef struct rs_reading {
    bool known;
    uint64_t value;
} rs_reading;

/* Three clocks, read at once but for `error_ns`. */
typedef struct rs_clocks {
    uint64_t raw_ns;   /* the counter, which nobody sets or slews */
    uint64_t run_ns;   /* what runs are timed with */
    uint64_t wall_ns;  /* the time of day */
    uint64_t error_ns; /* they may lie so far apart */
} rs_clocks;

/* rs_surroundings is plain memory, valid when zeroed: nothing was read. */
typedef struct rs_surroundings {
    bool taken;
    rs_clocks clocks;
    rs_reading waited_ns;    /* how long the runtime's threads stood in line for a processor */
    rs_reading busy_ns;      /* of all processors, whoever used them */
    rs_reading stolen_ns;    /* that the hypervisor gave to others */
    uint64_t step_ns;        /* in which busy and stolen time are counted */
    rs_reading throttled_ns; /* that the control group's limit stopped it */
    rs_reading spin_ns;      /* a fixed piece of arithmetic took so long, at best */
} rs_surroundings;

/* rs_surroundings_read reads all but the spin, in some hundred microseconds. It allocates nothing.
 */
void rs_surroundings_read(rs_surroundings *surroundings);

/* rs_surroundings_spin returns how long a fixed piece of arithmetic takes at best: the pace of the
 * processor, whoever else wants it. Takes some two hundred microseconds. */
rs_reading rs_surroundings_spin(void);

/* rs_clocks_read reads the clocks, in about a microsecond. */
void rs_clocks_read(rs_clocks *clocks);

/* The time of day against the counter, from look to look. Zeroed: nobody has looked. */
typedef struct rs_steps {
    rs_clocks last;
    rs_optional largest_ns; /* step between two looks, at least; missing: there were none */
} rs_steps;

/* rs_steps_take has a look. Pure. */
void rs_steps_take(rs_steps *steps, const rs_clocks *now);

/* The parsers are apart from the files, for tests. Each takes the text of a file that ends with a
 * NUL, and returns an unknown reading when what it looks for is not there. */

/* rs_surroundings_waited reads how long a thread stood in line, from its schedstat. */
rs_reading rs_surroundings_waited(const char *schedstat);

/* rs_surroundings_processors reads the first line of /proc/stat, in ticks. */
void rs_surroundings_processors(const char *stat, rs_reading *busy, rs_reading *stolen);

/* rs_surroundings_throttled reads a control group's cpu.stat, of either version. */
rs_reading rs_surroundings_throttled(const char *stat);

/* rs_surroundings_group writes to `path` where the cpu.stat of the group lies that
 * /proc/self/cgroup tells of, below /sys/fs/cgroup; false when it tells of none. */
bool rs_surroundings_group(const char *cgroup, char *path, size_t size);

#endif
