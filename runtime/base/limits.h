/* limits.h: every bound of the runtime, each with the reason for its value.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LIMITS_H
#define RS_LIMITS_H

#include "runtime/base/sanitize.h"

#include <stdint.h>

/* 28 bits of a pid are its index (terms keep 4 for the tag); 16 Mi processes reserve 3 GiB of
 * address space, which costs nothing until touched. */
#define RS_PROCESSES_MAX (1u << 24)

/* Slots wait in line behind this many others, so that generations (32 bits) cannot wrap within a
 * run: 2^16 * 2^32 spawns at 50 ns are 160 days. */
#define RS_SLOTS_RESERVED 65536u

/* Atoms come from code, ids and names, never from data; the BEAM's default is 1 Mi, scenarios use
 * hundreds. */
#define RS_ATOMS_MAX      (1u << 20)
#define RS_ATOM_BYTES_MAX 255u

/* A core is a scheduler index. 128 is what the virtual clock must simulate. */
#define RS_CORES_MAX 128u

/* Signals, callbacks or death steps that one dispatch may take before others run; about 100 us. */
#define RS_DISPATCH_BUDGET 1000u
/* Of a turn that continues one which was stopped from outside: as long as it is whole, the process
 * has passed no gate since. */
#define RS_CONTINUED_BUDGET (RS_DISPATCH_BUDGET + 1u)

/* A mailbox longer than this costs its senders a step of their budget for every so many messages,
 * up to a limit: a thousand messages still lie in the second-level cache, and sixteen sends a turn
 * still pay for the turn. */
#define RS_BACKLOG_FREE     512u
#define RS_BACKLOG_PER_STEP 64u
#define RS_BACKLOG_COST_MAX (RS_DISPATCH_BUDGET / 16)

/* Tables at a time: one for each of ten thousand games and room to spare; an index of 16 Ki heads
 * finds one in a few steps, and whoever makes them without end meets this before the memory's. */
#define RS_TABLES_MAX 65536u

/* How long a process may run before others do, unless rs_run is told otherwise: fifty times what
 * stopping it costs, a hundredth of what a person notices. */
#define RS_BUDGET_NS UINT64_C(1000000)

/* Jailed threads, whose processes live on without a core: each may want a processor beside the
 * cores' own threads, and a program with more calls that block at a time is better served by
 * rs_blocking. Beyond that a stuck core stays stuck until one of them is back. */
#define RS_SPARES_MAX 64u
/* Dead processes whose threads do not come back: 128 stacks and arenas are bearable, and who has so
 * many has a fault that will only make more. */
#define RS_ZOMBIES_MAX 128u

/* Threads for rs_blocking: so many calls may wait in the kernel at a time, as in libuv's largest
 * pools tenfold; more wait in line. */
#define RS_BLOCKING_THREADS_MAX 64u

/* Shared objects that a program may load in all, as they are never unmapped: each takes a
 * descriptor (of the usual 1024), some 100 KB, and a place in what every preemption looks through.
 * Who loads one a minute has four hours. */
#define RS_CODE_OBJECTS_MAX 256u
/* Modules of different names that may be replaced: a program has a dozen kinds of servers. */
#define RS_CODE_NAMES_MAX 64u
/* Calls that a new version must do without a native crash: one that breaks one call in a hundred is
 * found with certainty (1 - e^-10), and what breaks more rarely is for the supervisors. */
#define RS_CODE_TRIAL_CALLS 1000u
/* Larger is no worker; it would be copied into memory. */
#define RS_CODE_BYTES_MAX (64u << 20)

/* One process's private memory unless its spawner says otherwise: enough for a table of a million
 * entries, small enough that a hog dies before the machine does. */
#define RS_ARENA_BYTES_MAX (256u << 20)

/* Depth of nested terms that print, compare and hash walk: bounded so that no input can overflow a
 * stack. */
#define RS_TERM_DEPTH_MAX 64u

/* glibc's printf needs about 10 KiB, ASan frames three times as much. */
#if RS_ASAN || RS_TSAN
#define RS_STACK_BYTES (256u << 10)
#else
#define RS_STACK_BYTES (64u << 10)
#endif
/* A process with less stack than half of this that calls the runtime overflows before the runtime
 * is inside: its deepest path takes 2 KiB, with ASan's frames 8. */
#define RS_STACK_HEADROOM_BYTES (RS_STACK_BYTES / 8)
/* Frames larger than the guard are probed page by page (-fstack-clash-protection). */
#define RS_STACK_GUARD_BYTES (16u << 10)

#define RS_CACHE_LINE 64u
#define RS_PAGE_BYTES 4096u

#define RS_FOREVER UINT64_MAX /* a timeout or deadline that never comes */

#endif
