/* arena.c: private memory. `arena/reuse` allocates a block and frees it; `arena/grow` allocates and
 * frees nothing, in processes that take a megabyte each and end: the cost of the end is in it.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#define GROWN_BYTES 1048576u

static uint64_t reuse_block(void *context, uint64_t iterations) {
    size_t bytes = (size_t)rs_bench_argument(context, 0);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++) rs_free(rs_alloc(bytes), bytes);
    return rs_now_ns() - start_ns;
}

static void grow(const void *args, uint32_t unused) {
    (void)unused;
    uint64_t bytes = *(const uint64_t *)args;
    for (uint64_t i = 0; i < GROWN_BYTES / bytes; i++) rs_alloc(bytes);
}

static uint64_t grow_often(void *context, uint64_t iterations) {
    uint64_t bytes = (uint64_t)rs_bench_argument(context, 0), start_ns = rs_now_ns();
    for (uint64_t done = 0; done < iterations; done += GROWN_BYTES / bytes)
        rs_bench_child(grow, &bytes, sizeof bytes);
    return rs_now_ns() - start_ns;
}

static void run_reuse(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, reuse_block, bench);
}

static void run_grow(rs_bench *bench) {
    uint64_t blocks = GROWN_BYTES / (uint64_t)rs_bench_argument(bench, 0);
    rs_bench_in_world(bench, &rs_bench_1_thread, blocks, grow_often, bench);
}

#define BYTES .args = {RS_BENCH_ARG("bytes", 16, 256, 4096)}, .manual_time = true

const rs_bench_case rs_bench_arena[] = {
    {.name = "arena/reuse", .run = run_reuse, BYTES},
    {.name = "arena/grow", .run = run_grow, BYTES},
    {0},
};
