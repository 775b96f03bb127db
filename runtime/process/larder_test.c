/* larder_test.c: what is taken from a larder is zero, however much of it a run has written before,
 * and nobody else's.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/larder.h"

#include "runtime/base/limits.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"
#include "runtime/process/region.h"

#include <string.h>

#define PIECES 40u
#define ROUNDS 2000

typedef struct piece {
    char *memory;
    size_t bytes, written;
} piece;

/* From less than a page to what is emptied rather than wiped. */
static size_t draw_bytes(rs_prng *prng) {
    static const size_t sizes[] = {1, 100, 4096, 5000, 65536, 300u << 10, 3u << 20};
    return sizes[rs_prng_below(prng, sizeof sizes / sizeof *sizes)];
}

static bool is_zero(const char *memory, size_t bytes) {
    return memory[0] == 0 && memcmp(memory, memory + 1, bytes - 1) == 0;
}

static void put_mark(piece *one, rs_prng *prng) {
    one->written = rs_prng_below(prng, one->bytes + 1);
    if (rs_prng_below(prng, 4) == 0) one->written = 0;
    memset(one->memory, 0x5a, one->written);
}

TEST(what_is_taken_is_zero_and_ones_own) {
    rs_larder *larder = rs_larder_create();
    piece pieces[PIECES] = {{.bytes = 0}};
    rs_prng prng;
    rs_prng_init(&prng, 7, "larder");
    for (int round = 0; round < ROUNDS; round++) {
        piece *one = &pieces[rs_prng_below(&prng, PIECES)];
        if (one->memory) {
            CHECK(one->written == 0 || memchr(one->memory, 0, one->written) == NULL);
            bool known = rs_prng_below(&prng, 3) != 0;
            rs_larder_give(larder, one->memory, one->bytes,
                           known ? one->written : RS_LARDER_UNKNOWN);
            one->memory = NULL;
            continue;
        }
        one->bytes = draw_bytes(&prng);
        one->memory = rs_larder_take(larder, one->bytes, RS_PAGE_BYTES);
        CHECK(one->memory != NULL);
        CHECK(is_zero(one->memory, one->bytes));
        put_mark(one, &prng);
    }
    for (uint32_t i = 0; i < PIECES; i++)
        rs_larder_give(larder, pieces[i].memory, pieces[i].bytes, RS_LARDER_UNKNOWN);
    rs_larder_destroy(larder);
}

TEST(it_gives_the_same_memory_again) {
    rs_larder *larder = rs_larder_create();
    void *first = rs_larder_take(larder, 10000, RS_PAGE_BYTES);
    rs_larder_give(larder, first, 10000, 0);
    CHECK(rs_larder_take(larder, 20000, RS_PAGE_BYTES) != first);
    CHECK(rs_larder_take(larder, 10000, RS_PAGE_BYTES) == first);
    rs_larder_give(larder, first, 10000, 0);
    rs_larder_destroy(larder);
}

TEST(what_was_used_stays_apart) {
    rs_larder *larder = rs_larder_create();
    CHECK(rs_larder_take_used(larder, 10000, RS_PAGE_BYTES) == NULL);
    char *used = rs_larder_take(larder, 10000, RS_PAGE_BYTES);
    used[9999] = 1;
    rs_larder_give_used(larder, used, 10000);
    char *other = rs_larder_take(larder, 10000, RS_PAGE_BYTES);
    CHECK(other != used);
    char *again = rs_larder_take_used(larder, 10000, RS_PAGE_BYTES);
    CHECK(again == used);
    CHECK_INT(again[9999], 1);
    rs_larder_give(larder, other, 10000, 0);
    rs_larder_give_used(larder, used, 10000);
    rs_larder_destroy(larder);
}

TEST(alignment_is_kept) {
    rs_larder *larder = rs_larder_create();
    const size_t huge = 2u << 20;
    for (int i = 0; i < 64; i++) {
        char *low = rs_larder_take(larder, huge, RS_PAGE_BYTES);
        rs_larder_give(larder, low, huge, 0);
        char *high = rs_larder_take(larder, huge, huge);
        CHECK_INT((uintptr_t)high % huge, 0);
        rs_larder_give(larder, high, huge, 0);
    }
    rs_larder_destroy(larder);
}

TEST(without_one_the_system_gives) {
    char *memory = rs_larder_take(NULL, 10000, RS_PAGE_BYTES);
    CHECK(memory != NULL);
    memory[0] = 1;
    rs_larder_give(NULL, memory, 10000, 1);
    CHECK(rs_larder_take_used(NULL, 10000, RS_PAGE_BYTES) == NULL);
    rs_larder_give(NULL, NULL, 10000, 0);
}

TEST_MAIN()
