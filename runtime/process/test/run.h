/* run.h: what the tests of processes share: the runtimes to run in, small words for waiting, and
 * that memory comes back.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_RUN_H
#define RS_TEST_RUN_H

#include "runtime/base/sanitize.h"
#include "runtime/base/test/test.h"
#include "runtime/respawn.h"

/* Sanitizers would report the faults that are made here on purpose. */
#define FAULTY __attribute__((noinline, no_sanitize("address", "undefined", "thread")))

#define MS          UINT64_C(1000000)
#define LONG_NS     (20000 * MS) /* no answer until now: the test is stuck */
#define UNUSED_ARGS (void)args, (void)bytes

static const rs_type any_type = {.name = "any"};

/* ------------------------------------------------------------------ where tests run */

#define COSTS                                                                                      \
    { 1000, 200, 5000, 3000, 10 }
static const rs_runtime_options one_core = {.clock = RS_CLOCK_VIRTUAL, .costs = COSTS};
static const rs_runtime_options three_cores = {
    .clock = RS_CLOCK_VIRTUAL, .threads = 3, .scheduler = "steal", .costs = COSTS};
static const rs_runtime_options one_thread = {.threads = 1};
static const rs_runtime_options two_threads = {.threads = 2};

/* run_with runs the entry, which must end `normal`; a variant is its argument. */
static inline void run_with(const rs_runtime_options *options, rs_entry *entry, uint32_t variant) {
    rs_term reason = 0;
    CHECK_INT(rs_run(options, entry, &variant, sizeof variant, &reason), RS_OK);
    CHECK_STR(rs_atom_text(reason), "normal");
}

static inline void run_on(const rs_runtime_options *options, rs_entry *entry) {
    run_with(options, entry, 0);
}

/* everywhere_with runs the entry under the virtual clock, on one core and three, and with one and
 * two threads. */
static inline void everywhere_with(rs_entry *entry, uint32_t variant) {
    const rs_runtime_options *const kinds[] = {&one_core, &three_cores, &one_thread, &two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) run_with(kinds[i], entry, variant);
}

static inline void everywhere(rs_entry *entry) {
    everywhere_with(entry, 0);
}

/* on_one_and_two runs it with one thread and with two. */
static inline void on_one_and_two(rs_entry *entry) {
    run_on(&one_thread, entry);
    run_on(&two_threads, entry);
}

static inline rs_counters counters(void) {
    rs_counters now;
    rs_counters_read(&now);
    return now;
}

static inline uint32_t variant_of(const void *args) {
    return *(const uint32_t *)args;
}

/* ------------------------------------------------------------------ small lives */

static inline void ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
}

static inline void waits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
}

/* ------------------------------------------------------------------ waiting */

static inline bool is_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

/* wait_ns leaves the mailbox as it is. */
static inline void wait_ns(uint64_t duration_ns) {
    rs_receive(is_nothing, NULL, duration_ns);
}

static inline void hears_nothing(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    wait_ns(RS_FOREVER);
}

/* ------------------------------------------------------------------ terms */

/* is_term releases what it looks at. */
static inline void is_term(rs_term term, const char *expected) {
    char text[256];
    rs_term_print(term, text, sizeof text);
    rs_term_release(term);
    CHECK_STR(text, expected);
}

/* ------------------------------------------------------------------ memory */

/* read_settled reads once the last of the dead are buried: only the caller is alive, and nothing
 * has changed for a while. */
static inline void read_settled(rs_memory_use *use) {
    rs_memory_use last;
    do {
        rs_memory_read(&last);
        for (int i = 0; i < 10; i++) rs_receive(NULL, NULL, MS);
        rs_memory_read(use);
    } while (use->processes > 1 || memcmp(use, &last, sizeof last) != 0);
}

/* memory_returns waits, taking messages, until as much is used as `before`; false: never. */
static inline bool memory_returns(const rs_memory_use *before) {
    rs_memory_use after;
    for (int i = 0; i < 3000; i++) {
        rs_memory_read(&after);
        if (memcmp(before, &after, sizeof after) == 0) return true;
        rs_receive(NULL, NULL, MS);
    }
    return false;
}

static inline void memory_is(const rs_memory_use *before) {
    if (memory_returns(before)) return;
    rs_memory_use after;
    rs_memory_read(&after);
    CHECK_INT(after.processes, before->processes);
    CHECK_INT(after.arena, before->arena);
    CHECK_INT(after.message, before->message);
    CHECK_INT(after.relation, before->relation);
    CHECK_INT(after.timer, before->timer);
    CHECK_INT(after.stack, before->stack);
    CHECK_INT(after.table, before->table);
    CHECK_INT(after.other, before->other);
}

#endif
