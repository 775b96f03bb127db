/* prng.c: seeded random streams, integer arithmetic only.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"

static uint64_t rotate(uint64_t x, int by) {
    return (x << by) | (x >> (64 - by));
}

static uint64_t split_mix(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t hash_path(const char *path) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *path; path++) hash = (hash ^ (unsigned char)*path) * 0x100000001b3u;
    return hash;
}

static void seed_from(rs_prng *prng, uint64_t seed, uint64_t path_hash) {
    uint64_t state = seed;
    state = split_mix(&state) ^ path_hash;
    for (int i = 0; i < 4; i++) prng->state[i] = split_mix(&state);
}

void rs_prng_init(rs_prng *prng, uint64_t seed, const char *path) {
    seed_from(prng, seed, hash_path(path));
}

void rs_prng_init_indexed(rs_prng *prng, uint64_t seed, const char *path, uint64_t index) {
    uint64_t mixed = index;
    seed_from(prng, seed, hash_path(path) ^ split_mix(&mixed));
}

uint64_t rs_prng_next(rs_prng *prng) {
    uint64_t *s = prng->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t rs_prng_below(rs_prng *prng, uint64_t bound) {
    if (bound == 0) return 0;
    unsigned __int128 wide = (unsigned __int128)rs_prng_next(prng) * bound;
    if ((uint64_t)wide < bound) {
        uint64_t threshold = (0 - bound) % bound;
        while ((uint64_t)wide < threshold) wide = (unsigned __int128)rs_prng_next(prng) * bound;
    }
    return (uint64_t)(wide >> 64);
}

/* minus_log2 returns -log2(u / 2^64) with 32 fraction bits, by squaring out one bit at a time. */
static uint64_t minus_log2(uint64_t u) {
    int zeros = __builtin_clzll(u);
    uint64_t mantissa = u << zeros; /* in [2^63, 2^64) */
    uint64_t fraction = 0;
    for (int i = 0; i < 32; i++) {
        unsigned __int128 square = (unsigned __int128)mantissa * mantissa;
        fraction <<= 1;
        if (square >> 127) {
            fraction |= 1;
            mantissa = (uint64_t)(square >> 64);
        } else {
            mantissa = (uint64_t)(square >> 63);
        }
    }
    return ((uint64_t)(zeros + 1) << 32) - fraction;
}

uint64_t rs_prng_exponential(rs_prng *prng, uint64_t mean) {
    const uint64_t ln2 = 0xb17217f7d1cf79acu; /* ln 2 * 2^64 */
    uint64_t u;
    do u = rs_prng_next(prng);
    while (u == 0);
    uint64_t minus_ln = (uint64_t)(((unsigned __int128)minus_log2(u) * ln2) >> 64); /* 32 bits */
    unsigned __int128 scaled = (unsigned __int128)minus_ln * mean + (1u << 31);
    return (uint64_t)(scaled >> 32);
}
