/* crash_report.h: what is left of a process that ended as it should not have: OTP's error report
 * and crash report in one, of bounded size, filled by the runtime and told by the reports. Plain
 * values only, so that it may lie in memory that outlives the runtime.
 * Source: rule G13.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CRASH_REPORT_H
#define RS_CRASH_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* Texts are cut: a line or two of a screen each. */
#define RS_CRASH_TEXT_BYTES  256u
#define RS_CRASH_NAME_BYTES  64u
#define RS_CRASH_STATE_BYTES 512u
/* Calls that lead to the fault: more than anybody reads, and deep recursion repeats itself. */
#define RS_CRASH_FRAMES_MAX 32u
/* Of messages that wait, were handled before, and of links: enough to see what went on. */
#define RS_CRASH_QUEUE_MAX  4u
#define RS_CRASH_RECENT_MAX 4u
#define RS_CRASH_LINKS_MAX  8u
/* Signals and relations that are looked at, so that a death takes no longer for having a million;
 * counts stop there. */
#define RS_CRASH_WALK_MAX 1024u

/* Program counters, the innermost first: where it was, then the addresses to return to. */
typedef struct rs_crash_frames {
    int32_t signal; /* of a native fault; 0: none */
    uint32_t count;
    uint64_t address; /* of SIGSEGV and SIGBUS: what was touched */
    uint64_t at[RS_CRASH_FRAMES_MAX];
} rs_crash_frames;

typedef struct rs_crash_message {
    char type[RS_CRASH_NAME_BYTES]; /* name of its type; "": it has none */
    char term[RS_CRASH_TEXT_BYTES]; /* as its type tells it, printed; "": not told */
    uint64_t from;                  /* pid */
    uint32_t bytes;
    uint32_t kind; /* rs_message_kind */
} rs_crash_message;

typedef struct rs_crash_link {
    uint64_t pid;
    uint32_t role;                  /* 0: none */
    char name[RS_CRASH_NAME_BYTES]; /* registered; "": none */
} rs_crash_link;

/* Zeroed is "not known". */
typedef struct rs_crash_report {
    uint64_t time_ns; /* of the run's clock */
    uint64_t pid, parent, group;
    uint32_t role, cause; /* 0: none */
    bool native;          /* a fault, or declared to be one: nothing of it ran any more */
    bool starting;        /* its init had not answered */
    bool interrupted;     /* it ran an action of rs_interrupt */
    bool trap_exit;
    bool has_message;               /* it was handling one */
    char name[RS_CRASH_NAME_BYTES]; /* registered; "": none */
    char module[RS_CRASH_NAME_BYTES];
    uint64_t entry; /* address of what it began with: its init, or the function spawned */
    char reason[RS_CRASH_TEXT_BYTES];
    char state[RS_CRASH_STATE_BYTES]; /* as its type tells it; "": not told, never when native */
    rs_crash_frames frames;
    rs_crash_message message;
    rs_crash_message recent[RS_CRASH_RECENT_MAX]; /* handled before it, oldest first */
    rs_crash_message queue[RS_CRASH_QUEUE_MAX];   /* that wait, oldest first */
    uint32_t recent_count, queue_count;           /* that are told of each */
    uint32_t queued;                              /* messages that wait, up to RS_CRASH_WALK_MAX */
    rs_crash_link links[RS_CRASH_LINKS_MAX];
    uint32_t link_count;                     /* that are told */
    uint32_t linked, monitors, monitored_by; /* how many, up to RS_CRASH_WALK_MAX relations */
    uint64_t arena_bytes, arena_limit_bytes;
} rs_crash_report;

#endif
