/* crash.c: native crashes, contained: from just before the fault until a monitor's DOWN is
 * received, one thread, each in a fresh process. One iteration is one crash.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* ------------------------------------------------------------------ the faults */

/* A kind of fault and what its victim dies of. */
typedef struct fault {
    void (*make)(void);
    rs_term reason;
} fault;

/* Volatile, so that no compiler sees through them. */
static int *volatile bad_pointer, *volatile past_the_end;
static volatile int dividend = 7, divisor, quotient;
static volatile uint64_t depth_max = UINT64_MAX;

static void make_segv(void) {
    *bad_pointer = 1;
}

static void make_bus(void) {
    *past_the_end = 1;
}

static void make_fpe(void) {
    quotient = dividend / divisor;
}

static void make_ill(void) {
    __builtin_trap();
}

/* Reads its frame again after the inner call, so that this cannot become a loop. */
__attribute__((noinline)) static uint64_t descend(uint64_t depth) {
    volatile uint64_t frame[16];
    frame[depth % 16] = depth;
    return depth == depth_max ? 0 : descend(depth + 1) + frame[depth % 16];
}

static void make_stack_overflow(void) {
    descend(0);
}

static const fault segv = {make_segv, RS_ATOM(sigsegv)};
static const fault bus = {make_bus, RS_ATOM(sigbus)};
static const fault fpe = {make_fpe, RS_ATOM(sigfpe)};
static const fault ill = {make_ill, RS_ATOM(sigill)};
static const fault aborted = {abort, RS_ATOM(sigabrt)};
static const fault stack_overflow = {make_stack_overflow, RS_ATOM(stack_overflow)};

/* Maps a page of a file that is empty; false: the system refuses. */
static bool map_past_the_end(void) {
    if (past_the_end) return true;
    int file = memfd_create("empty", MFD_CLOEXEC);
    if (file < 0) return false;
    void *page = mmap(NULL, RS_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (page == MAP_FAILED) return false;
    past_the_end = page;
    return true;
}

/* ------------------------------------------------------------------ the victims */

typedef struct trial {
    const fault *kind;
    uint64_t struck_ns;
    rs_histogram latencies;
} trial;

static void crash(const void *args, uint32_t bytes) {
    (void)bytes;
    trial *task = *(trial *const *)args;
    task->struck_ns = rs_now_ns();
    task->kind->make();
}

static uint64_t crash_often(void *context, uint64_t iterations) {
    trial *task = context;
    rs_ref ref;
    for (uint64_t i = 0; i < iterations; i++) {
        if (!rs_spawn_monitor(crash, &task, sizeof task, &ref)) rs_exit(RS_ATOM(system_limit));
        const rs_message *down = rs_receive(NULL, NULL, RS_FOREVER);
        rs_histogram_record(&task->latencies, rs_now_ns() - task->struck_ns);
        if (rs_message_reason(down) != task->kind->reason) rs_exit(RS_ATOM(error));
    }
    return task->latencies.sum;
}

static void run(rs_bench *bench) {
    static trial task;
    task = (trial){.kind = rs_bench_case_of(bench)->context};
    if (!map_past_the_end()) {
        rs_bench_fail(bench, "cannot map an empty file");
        return;
    }
    if (rs_bench_in_world(bench, &rs_bench_1_thread, 1, crash_often, &task))
        rs_bench_latencies(bench, &task.latencies);
}

#define CASE(NAME, FAULT)                                                                          \
    { .name = "crash/" NAME, .run = run, .context = &(FAULT), .manual_time = true }

const rs_bench_case rs_bench_crash[] = {
    CASE("segv", segv),
    CASE("bus", bus),
    CASE("fpe", fpe),
    CASE("ill", ill),
    CASE("abort", aborted),
    CASE("stack_overflow", stack_overflow),
    {0},
};
