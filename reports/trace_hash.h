/* trace_hash.h: 64 bits that stand for the whole story of a run: equal stories, equal hashes, on
 * every compiler and with every sanitizer. It takes in, event by event and in order, what a virtual
 * run must repeat exactly; never pids, addresses, sizes or real time.
 * Invariant: fields are length-prefixed, so no two different stories spell the same bytes.
 * Source: eight bytes at a time through the splitmix64 finaliser; not cryptographic.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TRACE_HASH_H
#define RS_TRACE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* "1:" and 16 hex digits. The 1 names this algorithm and these fields; change either, count on. */
#define RS_TRACE_HASH_TEXT 19

typedef struct rs_trace_hash {
    uint64_t state;
    uint64_t events;
} rs_trace_hash;

/* What one event adds. Texts may be NULL, which differs from "". */
typedef struct rs_trace_event {
    uint64_t time_ns;     /* virtual */
    const char *kind;     /* rs_event_word, or "call" */
    const char *role;     /* path below the root */
    uint64_t incarnation; /* the N of role#N */
    const char *reason;   /* printed without addresses */
    const char *outcome;  /* of a call: "answered", "timeout", … */
} rs_trace_event;

/* rs_trace_hash_init starts the hash of a story without events. */
void rs_trace_hash_init(rs_trace_hash *hash);

/* rs_trace_hash_add takes in the next event. */
void rs_trace_hash_add(rs_trace_hash *hash, const rs_trace_event *event);

/* rs_trace_hash_value returns the hash of what was added so far; the hash can go on. */
uint64_t rs_trace_hash_value(const rs_trace_hash *hash);

/* rs_trace_hash_print writes `1:<16 hex digits>` and a NUL to `text`. */
void rs_trace_hash_print(const rs_trace_hash *hash, char text[RS_TRACE_HASH_TEXT]);

#endif
