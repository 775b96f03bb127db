/* prng.h: seeded random streams. A stream is derived from a seed and a name path
 * ("load/players/3"), so that adding one consumer never shifts another's numbers. All samplers are
 * integer arithmetic: equal on every compiler.
 * Source: xoshiro256** and splitmix64 (Blackman, Vigna); bounded integers after Lemire.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PRNG_H
#define RS_PRNG_H

#include <stdint.h>

/* The scheme's name, kept in results so that old seeds stay meaningful. */
#define RS_PRNG_SCHEME "xoshiro256**/fnv1a-splitmix64/1"

typedef struct rs_prng {
    uint64_t state[4];
} rs_prng;

/* rs_prng_init starts the stream `path` of `seed`. */
void rs_prng_init(rs_prng *prng, uint64_t seed, const char *path);

/* rs_prng_init_indexed starts the stream `path/index` of `seed` without formatting text. */
void rs_prng_init_indexed(rs_prng *prng, uint64_t seed, const char *path, uint64_t index);

/* rs_prng_next returns 64 uniform bits. */
uint64_t rs_prng_next(rs_prng *prng);

/* rs_prng_below returns a uniform integer in [0, bound); bound 0 gives 0. */
uint64_t rs_prng_below(rs_prng *prng, uint64_t bound);

/* rs_prng_exponential returns an exponentially distributed interval with the given mean.
 * Units: of `mean`, rounded to nearest; the relative error of the logarithm is below 2^-30. */
uint64_t rs_prng_exponential(rs_prng *prng, uint64_t mean);

#endif
