/* peer.h: the workloads that every program of bench/peers has: WORKLOAD key=value… One reads its
 * parameters, runs in a world of its own and tells what it measured, to `peer` (main.c) or to a
 * benchmark (bench/workloads.c).
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PEER_H
#define RS_PEER_H

#include "bench/world.h"

#include <stdio.h>

#define RS_PEER_WORDS_MAX   64 /* bits of rs_peer.used */
#define RS_PEER_RESULTS_MAX 24 /* `restart` tells 15 */
#define RS_PEER_NAME_BYTES  32

typedef struct rs_peer_result {
    char name[RS_PEER_NAME_BYTES];
    double value;
} rs_peer_result;

typedef struct rs_peer {
    const char *workload;
    char **words;               /* key=value, as given; at most RS_PEER_WORDS_MAX */
    uint64_t used;              /* bit i: words[i] has been read */
    int count;                  /* of words */
    void *blocks;               /* of rs_peer_alloc */
    rs_runtime_options options; /* of rs_peer_run, but for the threads */
    char params[1024];          /* members of the JSON object, as resolved */
    uint64_t ops, took_ns;      /* operations, and how long they took */
    rs_peer_result results[RS_PEER_RESULTS_MAX];
    uint32_t result_count;
} rs_peer;

typedef struct rs_peer_workload {
    const char *name;
    void (*run)(rs_peer *peer);
} rs_peer_workload;

/* rs_peer_work runs the workload, which sets ops, took_ns and results; false: there is none of that
 * name. Ends the program with a sentence when a parameter is wrong or the run fails. */
bool rs_peer_work(rs_peer *peer);

/* rs_peer_list prints the names of all workloads, a space before each. */
void rs_peer_list(FILE *out);

/* One array for each file of workloads; ends with an empty entry. */
extern const rs_peer_workload rs_peer_messages[], rs_peer_calls[], rs_peer_restarts[],
    rs_peer_masses[], rs_peer_hostiles[];

/* A server without state that answers each number with the next one. */
extern const rs_gen_server rs_peer_counter;

/* rs_peer_number returns the parameter `key`, or `fallback` when it was not given; at least 1 when
 * that is, and ends the program with status 2 when it is no number. */
uint64_t rs_peer_number(rs_peer *peer, const char *key, uint64_t fallback);

/* rs_peer_choice returns the index of the parameter `key` in `words` (NULL-terminated), 0 when it
 * was not given; ends the program with status 2 when it is none of them. */
int rs_peer_choice(rs_peer *peer, const char *key, const char *const *words);

/* rs_peer_run runs entry(context) in a runtime with the parameter `threads` (2). Ends the program
 * with status 2 when a parameter was not read, 1 when the run fails. */
void rs_peer_run(rs_peer *peer, void (*entry)(void *context), void *context);

/* rs_peer_tell tells how many operations took how long. */
void rs_peer_tell(rs_peer *peer, uint64_t ops, uint64_t took_ns);

/* rs_peer_tell_number tells one more result. */
void rs_peer_tell_number(rs_peer *peer, const char *name, double value);

/* rs_peer_tell_percentiles sorts `samples` and tells p50, p90, p99, p999, max, each name beginning
 * with `prefix`. Nothing when count is 0. */
void rs_peer_tell_percentiles(rs_peer *peer, const char *prefix, uint64_t *samples_ns,
                              uint64_t count);

/* rs_peer_alloc returns zeroed memory for `count` things of `bytes` or ends the program. Owner: the
 * peer, until the workload has run. */
void *rs_peer_alloc(rs_peer *peer, uint64_t count, size_t bytes);

#endif
