/* zipf.c: keys of which few are wanted often.
 *
 * Powers come from logarithms to base 2 in fixed point, those of primes alone: k^-s of a product is
 * the product of its factors', so that a million keys take 78,498 powers and four million
 * multiplications.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/zipf.h"

#include <stdbool.h>

typedef unsigned __int128 wide;

/* Binary places of logarithms, of weights while they are multiplied, and of those added up. */
#define LOG_PLACES    40
#define WEIGHT_PLACES 62
#define TOTAL_PLACES  40

#define ONE (UINT64_C(1) << WEIGHT_PLACES)

static uint64_t multiply(uint64_t a, uint64_t b) {
    return (uint64_t)(((wide)a * b) >> WEIGHT_PLACES);
}

static uint64_t square_root(wide value) {
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 63; bit; bit >>= 1)
        if ((wide)(root | bit) * (root | bit) <= value) root |= bit;
    return root;
}

/* roots[i] = 2^-(2^-(i + 1)), each the square root of the one before. */
static void fill_roots(uint64_t roots[LOG_PLACES]) {
    uint64_t root = ONE / 2;
    for (int i = 0; i < LOG_PLACES; i++) roots[i] = root = square_root((wide)root << WEIGHT_PLACES);
}

/* log2(k), by squaring out one binary place at a time. */
static uint64_t logarithm(uint32_t k) {
    int zeros = __builtin_clzll(k);
    uint64_t mantissa = (uint64_t)k << zeros, places = 0; /* in [2^63, 2^64) */
    for (int i = 0; i < LOG_PLACES; i++) {
        wide square = (wide)mantissa * mantissa;
        bool is_two = square >> 127;
        mantissa = (uint64_t)(square >> (is_two ? 64 : 63));
        places = places << 1 | is_two;
    }
    return ((uint64_t)(63 - zeros) << LOG_PLACES) + places;
}

static uint64_t power(uint32_t k, uint32_t exponent, const uint64_t roots[LOG_PLACES]) {
    uint64_t minus = (uint64_t)((wide)logarithm(k) * exponent / 1000);
    uint64_t whole = minus >> LOG_PLACES, weight = ONE;
    for (int i = 0; i < LOG_PLACES; i++)
        if (minus >> (LOG_PLACES - 1 - i) & 1) weight = multiply(weight, roots[i]);
    return whole > WEIGHT_PLACES ? 0 : weight >> whole;
}

/* All multiples of `prime` have it as a factor, those of its square once more, and so on. */
static void weigh_multiples(uint64_t *weights, uint32_t count, uint32_t prime, uint64_t weight) {
    for (uint64_t step = prime; step <= count; step *= prime)
        for (uint64_t k = step; k <= count; k += step)
            weights[k - 1] = multiply(weights[k - 1], weight);
}

void rs_zipf_fill(uint64_t *totals, uint32_t count, uint32_t exponent) {
    uint64_t roots[LOG_PLACES], total = 0;
    fill_roots(roots);
    for (uint32_t i = 0; i < count; i++) totals[i] = ONE;
    for (uint32_t k = 2; k <= count; k++) /* whoever is still ONE then has no smaller factor */
        if (totals[k - 1] == ONE) weigh_multiples(totals, count, k, power(k, exponent, roots));
    const int places = WEIGHT_PLACES - TOTAL_PLACES;
    for (uint32_t i = 0; i < count; i++)
        totals[i] = total += (totals[i] + (UINT64_C(1) << (places - 1))) >> places;
}

uint64_t rs_zipf_draw(const uint64_t *totals, uint32_t count, rs_prng *prng) {
    uint64_t at = rs_prng_below(prng, totals[count - 1]);
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (totals[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
