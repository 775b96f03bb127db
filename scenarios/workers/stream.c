/* stream.c: the random streams of workers.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/worker.h"

#include <stdio.h>

/* Longer role paths share what follows. */
#define STREAM_BYTES 256u

void rs_worker_stream(const rs_worker_args *args, const char *use, rs_prng *prng) {
    char stream[STREAM_BYTES];
    const char *role = args->role ? args->role : args->path;
    snprintf(stream, sizeof stream, "worker/%s/%s", use, role ? role : "");
    rs_prng_init_indexed(prng, args->seed, stream, args->incarnation);
}
