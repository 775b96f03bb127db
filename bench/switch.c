/* switch.c: from one stack to another. `switch/stack` is the switch alone, one iteration one way;
 * `switch/process` is what it costs to give others their turn: two processes that yield, one
 * iteration a yield.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/process/machine.h"

#include <stdlib.h>

#define STACK_BYTES 65536u
#define SWITCHES    1000u /* a batch; there and back are two */

static void *here, *there; /* where the one who does not run continues */

static void come_back(void) {
    for (;;) rs_machine_switch(&there, here);
}

static void run_stack(rs_bench *bench) {
    char *stack = aligned_alloc(16, STACK_BYTES);
    if (!stack) {
        rs_bench_fail(bench, "no memory");
        return;
    }
    there = rs_machine_prepare(stack + STACK_BYTES, come_back);
    while (rs_bench_keep_running(bench, SWITCHES))
        for (uint32_t i = 0; i < SWITCHES / 2; i++) rs_machine_switch(&here, there);
    free(stack);
}

static void yield_often(const void *args, uint32_t bytes) {
    (void)bytes;
    for (uint64_t left = *(const uint64_t *)args; left; left--) rs_yield();
}

static uint64_t yield_in_turns(void *context, uint64_t iterations) {
    (void)context;
    uint64_t half = iterations / 2, start_ns = rs_now_ns();
    rs_ref ref;
    rs_spawn_monitor(yield_often, &half, sizeof half, &ref);
    yield_often(&half, sizeof half);
    rs_receive(NULL, NULL, RS_FOREVER);
    return rs_now_ns() - start_ns;
}

static void run_process(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 2, yield_in_turns, NULL);
}

const rs_bench_case rs_bench_switch[] = {
    {.name = "switch/stack", .run = run_stack},
    {.name = "switch/process", .run = run_process, .manual_time = true},
    {0},
};
